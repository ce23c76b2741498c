using Lepton.Neuro.Testing;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Backends.Tests;

public sealed class TilesEnergyTests
{
    [Fact]
    public void EnergyIsTheSumOfCountsTimesPrices()
    {
        int mapped = 0;
        Properties.Holds(TileCase.Any, @case =>
        {
            if (@case.TryMap() is not { } mapping) return;
            mapped++;
            using var session = Tiles.Evaluate(mapping);
            session.Advance(40);
            var tiles = session.Tiles;
            var report = EnergyReport.Of(tiles, 4);
            Assert.All(report.Terms, t => Assert.Equal(t.Count * t.Price.InBaseUnits, t.Joules));
            Assert.Equal(report.Terms.Sum(t => t.Joules), report.Joules);
            Assert.Equal(report.Neurons + report.Synapses + report.Network + report.Static + report.Learning, report.Joules, 1e-12 * report.Joules);
            double pico = (81.0 * tiles.NeuronUpdates) + (23.6 * tiles.SynapticOperations) + (1.7 * tiles.Packets)
                + (3 * (tiles.Hops.East + tiles.Hops.West)) + (4 * (tiles.Hops.North + tiles.Hops.South));
            Assert.Equal(((pico * 1e-12) + (0.104 * tiles.Seconds)) / 4, report.Joules, 1e-9 * report.Joules);
            Assert.Equal(29e-12 * (tiles.NeuronUpdates - tiles.Spikes) / 4, report.InactiveSaving, 1e-9 * report.InactiveSaving);
            Assert.True(report.InactiveSaving < report.Neurons);
            Assert.Equal(tiles.Seconds / 4, report.LatencySeconds);
            Assert.Equal(report.Joules - report.Static, report.DynamicJoules, 1e-12 * report.Joules);
            Assert.Contains(report.Unpriced, u => u.Term == TileTerm.Barrier && u.Count == 10);
            Assert.Equal(tiles.Spikes > 0, report.Unpriced.Any(u => u.Term == TileTerm.SpikeOut));
        }, 40);
        Assert.True(mapped > Properties.Cases(40) / 4, $"only {mapped} cases were mapped");
    }

    [Fact]
    public void LearningIsPricedAsAPartOfItsOwn()
    {
        var @case = new TileCase(4, 9, 9, 6, 0, 8, 4, 4, 9, 5000, 60, 60);
        var network = @case.Network(new PairLikeRule()).Compile(1.ms);
        using var session = Tiles.Load(network, TileMachine.Load("loihi"));
        session.Advance(40);
        var report = EnergyReport.Of(session.Tiles, 1);
        Assert.True(session.Tiles.SynapticUpdates > 0);
        Assert.Equal(session.Tiles.SynapticUpdates * 120e-12, report.Learning, 1e-9 * report.Learning);
        Assert.Contains(report.Assumptions, a => a.Contains("32 bits", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AnAllInPriceIsNeverAddedToAnother(bool alone)
    {
        var loihi = TileMachine.Load("loihi");
        var priced = loihi.Prices.Priced.ToDictionary(t => t, t => loihi.Prices.Find(t)!);
        if (alone) priced.Clear();
        priced[TileTerm.SynapticOperation] = new(26, "pJ", PriceScope.AllIn, Evidence.Measured, "somewhere");
        var machine = loihi with { Prices = new(priced, Enum.GetValues<TileTerm>().Except(priced.Keys).ToDictionary(t => t, _ => "none")) };
        using var session = Tiles.Evaluate(new TileCase(4, 9, 9, 6, 0, 8, 4, 4, 9, 5000, 60, 60).Network().Compile(1.ms), machine);
        session.Advance(5);
        Assert.Throws<InvalidInputException>(() => EnergyReport.Of(session.Tiles, 0));
        if (alone)
        {
            var report = EnergyReport.Of(session.Tiles, 1);
            Assert.Equal(PriceScope.AllIn, report.Scope);
            Assert.Equal(session.Tiles.SynapticOperations * 26e-12, report.Joules, 1e-9 * report.Joules);
            Assert.Single(report.Terms);
            return;
        }
        var error = Assert.Throws<InvalidInputException>(() => EnergyReport.Of(session.Tiles, 1));
        Assert.Contains("the price of SynapticOperation on machine 'loihi' is all-in, beside other prices", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheDenseNetworkIsAsWorkedOutByHand()
    {
        var network = new Network(1);
        var input = network.Add("input", 784, new PoissonSource(1.Hz));
        var hidden = network.Add("hidden", 100, new IntegrateAndFire());
        var output = network.Add("output", 10, new IntegrateAndFire());
        network.Connect(input, hidden, Wiring.AllToAll, 1);
        var second = network.Connect(hidden, output, Wiring.AllToAll, 1);
        network.Connect(hidden, hidden, Wiring.OneToOne, -1);
        network.Connect(output, hidden, Wiring.TransposeOf(second), 0);
        var layers = MacBaseline.LayersOf(network.Compile(1.ms));
        Assert.Equal([new("input -> hidden", 784, 100, 78400, 78400), new("hidden -> output", 100, 10, 1000, 1000)], layers);
        var baseline = MacBaseline.Of(layers);
        Assert.Equal(WeightMemory.Sram, baseline.WeightsIn);
        Assert.Equal(79400, baseline.Macs);
        // 0.3 pJ a multiply-accumulate; 9,800 + 125 words of weights from 1 MB; 98 + 13 words read, 13 + 2 written, in 8 KB.
        double sram = (79400 * 0.3) + (9925 * 100) + (126 * 10);
        Assert.Equal(sram * 1e-12, baseline.Joules, 1e-18);
        Assert.Equal(baseline.Joules, baseline.MostJoules, 1e-18);
        var far = MacBaseline.Of(layers, WeightMemory.Dram);
        Assert.Equal((sram + (9925 * 1200)) * 1e-12, far.Joules, 1e-17);
        Assert.Equal((sram + (9925 * 2500)) * 1e-12, far.MostJoules, 1e-17);
        Assert.All(baseline.Terms, t => Assert.Equal(t.Count * t.Price.InBaseUnits, t.Joules));
    }

    [Fact]
    public void ASharedKernelIsReadOnce()
    {
        var network = new Network(1);
        var input = network.Add("input", 36, new PoissonSource(1.Hz));
        var maps = network.Add("maps", 32, new IntegrateAndFire());
        network.Connect(input, maps, Wiring.Convolution(6, 6, 1, 2, 3), 1);
        Assert.Equal([new("input -> maps", 36, 32, 32 * 9, 18)], MacBaseline.LayersOf(network.Compile(1.ms)));
    }

    [Fact]
    public void WeightsThatFitNoMemoryGoToDramOrAreRefused()
    {
        MacLayer[] large = [new("large", 2_000_000, 10, 4_000_000, 4_000_000)];
        var baseline = MacBaseline.Of(large);
        Assert.Equal(WeightMemory.Dram, baseline.WeightsIn);
        Assert.Contains(baseline.Terms, t => t.Name == "words of activations read from DRAM" && t.Count == 250_000);
        Assert.Equal((500_000 + 250_000 + 2) * 1300e-12, baseline.MostJoules - baseline.Joules, 1e-12);
        Assert.Contains("4000000", Assert.Throws<InvalidInputException>(() => MacBaseline.Of(large, WeightMemory.Sram)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidInputException>(() => MacBaseline.Of([]));
        Assert.Throws<InvalidInputException>(() => MacBaseline.Of([new("bad", -1, 1, 1, 1)]));
    }
}
