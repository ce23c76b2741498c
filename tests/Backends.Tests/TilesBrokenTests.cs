using FsCheck;
using FsCheck.Fluent;
using Lepton.Neuro.Testing;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Backends.Tests;

public sealed class TilesBrokenTests
{
    [Fact]
    public void WhatIsLostIsWhatADeadCoreHeldAndWhatPassedADeadLink()
    {
        // A row of three tiles of one core; packets enter at the first. Neurons 0 and 1 of the first population are on core 0, the second population is on core 1 and 2.
        var machine = TileMachine.Load("loihi") with { Columns = 3, Rows = 1, CoresPerTile = 1, Core = new(2, 100_000, 100, 100), InputColumn = 0, InputRow = 0 };
        var network = new Network(1);
        var input = network.Add("input", 1, new PoissonSource(100.Hz));
        var first = network.Add("first", 2, new IntegrateAndFire());
        var second = network.Add("second", 4, new IntegrateAndFire());
        network.Connect(input, first, Wiring.AllToAll, 1);
        network.Connect(first, second, Wiring.AllToAll, 1);
        var mapping = Tiles.Map(network.Compile(1.ms), machine);
        bool[] Reaches(Population from, Population to, Faults faults) => new BrokenMachine(mapping, faults).Reaches(from, to);
        Assert.DoesNotContain(false, Reaches(first, second, new()));
        Assert.DoesNotContain(true, Reaches(first, second, new() { Cores = [0] }));
        Assert.DoesNotContain(true, Reaches(input, first, new() { Cores = [0] }));
        Assert.Equal([true, true, false, false, true, true, false, false], Reaches(first, second, new() { Cores = [2] }));
        Assert.Equal([true, true, false, false, true, true, false, false], Reaches(first, second, new() { Links = [(2, 1)] }));
        Assert.DoesNotContain(true, Reaches(first, second, new() { Links = [(0, 1)] }));
        Assert.DoesNotContain(false, Reaches(input, first, new() { Links = [(0, 1)] }));
        Assert.DoesNotContain(true, Reaches(first, second, new() { Tiles = [1] }));
        // A core that is dead lets packets pass; so its tile's neighbours are reached.
        Assert.Equal([false, false, true, true, false, false, true, true], Reaches(first, second, new() { Cores = [1] }));
    }

    [Fact]
    public void WithMoreFaultsNothingComesBack() => Properties.Holds(Gen.Choose(1, 1_000_000), seed =>
    {
        var tiles = new TileCase(seed, 12, 20, 9, 3, 4, 4, 2, 5, 20_000, 200, 200);
        var machine = tiles.Machine() with { Core = new(5, 20_000, 200, 200) };
        var network = tiles.Network().Compile(1.ms);
        var mapping = Tiles.Map(network, machine);
        var (few, many) = (new BrokenMachine(mapping, RandomFaults.Draw(machine, 0.1, 0.1, (ulong)seed)), new BrokenMachine(mapping, RandomFaults.Draw(machine, 0.3, 0.3, (ulong)seed)));
        foreach (var projection in network.Projections)
        {
            var (from, to) = (projection.Description.From, projection.Description.To);
            Assert.All(few.Reaches(from, to).Zip(many.Reaches(from, to)), r => Assert.True(r.First || !r.Second));
        }
    }, 30);
}
