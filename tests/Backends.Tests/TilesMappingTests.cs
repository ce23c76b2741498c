using FsCheck;
using FsCheck.Fluent;
using Lepton.Neuro.Testing;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Backends.Tests;

public sealed class TilesMappingTests
{
    static readonly TileMachine Small = TileMachine.Load("loihi") with { Name = "small", Columns = 2, Rows = 2, CoresPerTile = 1, Core = new(2, 1000, 8, 8) };

    static (Network Network, Population Input, Population Hidden, Population Output) Chain(int hidden = 4, int outputs = 1)
    {
        var network = new Network(1);
        var input = network.Add("input", 2, new SpikeSource([(0.ms, 0), (1.ms, 1)]));
        var middle = network.Add("hidden", hidden, new IntegrateAndFire());
        var output = network.Add("output", outputs, new IntegrateAndFire { Threshold = 4 });
        network.Connect(input, middle, Wiring.AllToAll, 1);
        network.Connect(middle, output, Wiring.AllToAll, 1);
        return (network, input, middle, output);
    }

    [Fact]
    public void ASmallMappingIsAsWorkedOutByHand()
    {
        var (network, input, hidden, output) = Chain();
        var mapping = Tiles.Map(network.Compile(1.ms), Small);
        Assert.Equal(
            [
                new(0, 0, 2, 4, 36, 2, 2, 1),
                new(1, 1, 2, 4, 36, 2, 2, 1),
                new(2, 2, 1, 4, 36, 4, 0, 0.5),
            ],
            mapping.Cores);
        Assert.Equal(3, mapping.TilesUsed);
        Assert.Equal([0, 0, 1, 1], Enumerable.Range(0, 4).Select(i => mapping.CoreOf(hidden, i)));
        Assert.Equal(2, mapping.CoreOf(output, 0));
        Assert.Equal(-1, mapping.CoreOf(input, 1));
        Assert.Equal([new(0, 2, 0), new(1, 2, 0)], mapping.RoutesOf(input, 0).ToArray());
        Assert.Equal([new(2, 1, 0)], mapping.RoutesOf(hidden, 3).ToArray());
        Assert.Equal(0, mapping.RoutesOf(output, 0).Length);
    }

    [Fact]
    public void ASmallRunIsAsWorkedOutByHand()
    {
        var (network, _, _, _) = Chain();
        using var session = Tiles.Evaluate(network.Compile(1.ms), Small);
        session.Begin(0);
        session.Advance(4);
        // Inputs at steps 0 and 1; the four hidden neurons answer at steps 1 and 2, the output at steps 2 and 3.
        var tiles = session.Tiles;
        Assert.Equal((4L, 2L, 10L, 4L), (tiles.Steps, tiles.InputSpikes, tiles.Spikes, tiles.InputPackets));
        Assert.Equal(4 + 8, tiles.Packets);
        Assert.Equal(8 + 8, tiles.SynapticOperations);
        // Inputs: core 0 on the input tile, core 1 one hop north. Hidden 0 and 1: east; hidden 2 and 3, from (0, 1) to (1, 0): east, then south.
        Assert.Equal(new Hops(8, 0, 2, 4), tiles.Hops);
        Assert.Equal(new Hops(0, 0, 2, 0), tiles.InputHops);
        Assert.Equal(4 * 5, tiles.NeuronUpdates);
        Assert.Equal([new(4, 4, 2, 4, 0), new(4, 4, 2, 4, 0), new(2, 0, 8, 8, 0)], tiles.Cores);
        // The longest processing of a step, in synapses at 3.5 ns: step 0 two, steps 1 and 2 four; two updates of neurons take 16.8 ns. The barrier is that of 3 tiles.
        double barrier = 113 + (352 * 2.0 / 31);
        Assert.Equal((4 * 16.8e-9) + (4 * barrier * 1e-9), tiles.Seconds, 1e-14);
        var map = MachineMap.Of(tiles);
        Assert.Equal([2L, 2, 1, 0], map.Tiles.Select(t => t.Neurons));
        Assert.Equal([2L, 2, 8, 0], map.Tiles.Select(t => t.PacketsIn));
        Assert.Equal(new double[,] { { 4, 2 }, { 4, 0 } }, map.Grid(t => t.Spikes));
        Assert.Equal([new(0, 2, 4), new(0, 1, 2), new(1, 3, 4), new(3, 2, 4)], map.Links);
    }

    [Fact]
    public void NoCapacityIsEverExceeded()
    {
        int mapped = 0;
        Properties.Holds(TileCase.Any, @case =>
        {
            if (@case.TryMap() is not { } mapping) return;
            mapped++;
            var core = mapping.Machine.Core;
            Assert.True(mapping.Cores.Count <= mapping.Machine.Cores);
            Assert.All(mapping.Cores, c => Assert.True(c.Neurons <= core.Neurons && c.SynapseBits <= core.SynapseBits && c.AxonsIn <= core.AxonsIn && c.AxonsOut <= core.AxonsOut));
            Assert.All(mapping.Cores, c => Assert.InRange(c.Fill, 0, 1));
            // Counted again from the synapses themselves.
            var all = TilesOracle.Synapses(mapping).ToArray();
            foreach (var load in mapping.Cores)
            {
                var here = all.Where(s => mapping.CoreOf(s.To, s.Target) == load.Core).ToArray();
                Assert.Equal(here.Length, load.Synapses);
                Assert.Equal(here.Sum(s => (long)s.Bits), load.SynapseBits);
                Assert.Equal(here.Select(s => (s.From, s.Source)).Distinct().Count(), load.AxonsIn);
                Assert.Equal(
                    all.Where(s => s.From.Model is not null && mapping.CoreOf(s.From, s.Source) == load.Core)
                        .Select(s => (s.From, s.Source, mapping.CoreOf(s.To, s.Target))).Distinct().Count(),
                    load.AxonsOut);
                Assert.Equal(
                    mapping.Network.Populations.Sum(p => Enumerable.Range(0, p.Count).Count(i => mapping.CoreOf(p.Description, i) == load.Core)),
                    load.Neurons);
            }
            Assert.Equal(mapping.Network.NeuronCount, mapping.Neurons);
        }, 200);
        Assert.True(mapped > Properties.Cases(200) * 3 / 10, $"only {mapped} cases were mapped");
    }

    [Fact]
    public void NeuronsAreFilledInOrderAndACoreEndsOnlyWhereALimitIsMet()
    {
        Properties.Holds(TileCase.Any, @case =>
        {
            // Room for all axons, so that only neurons, memory and axons in can close a core.
            var wide = @case with { AxonsOut = 10_000 };
            if (wide.TryMap() is not { } mapping) return;
            int last = 0;
            var perNeuron = TilesOracle.Synapses(mapping).ToLookup(s => (s.To, s.Target));
            foreach (var population in mapping.Network.Populations.Where(p => p.Description.Model is not null))
            {
                for (int i = 0; i < population.Count; i++)
                {
                    int core = mapping.CoreOf(population.Description, i);
                    Assert.InRange(core, last, last + 1);
                    if (core > last)
                    {
                        var load = mapping.Cores[last];
                        var mine = perNeuron[(population.Description, i)].ToArray();
                        var known = mapping.Network.Populations.SelectMany(p => Enumerable.Range(0, p.Count).Select(n => (p.Description, n)))
                            .Where(p => Array.Exists(mapping.RoutesOf(p.Description, p.n).ToArray(), r => r.Core == load.Core)).ToHashSet();
                        int fresh = mine.Select(s => (s.From, s.Source)).Distinct().Count(s => !known.Contains(s));
                        Assert.True(load.Neurons == wide.Neurons || load.SynapseBits + mine.Sum(s => s.Bits) > wide.Memory || load.AxonsIn + fresh > wide.AxonsIn);
                    }
                    last = core;
                }
            }
        });
    }

    [Fact]
    public void TheOrderOfEdgesAndProjectionsDoesNotMatter() => Properties.Holds(TileCase.Any, @case =>
    {
        var random = new System.Random(@case.Seed);
        var edges = Enumerable.Range(0, 60).Select(_ => (random.Next(@case.Inputs), random.Next(@case.Cells))).ToArray();
        var onward = Enumerable.Range(0, 60).Select(_ => (random.Next(@case.Cells), random.Next(@case.Cells))).ToArray();
        var first = Map(edges, onward, false);
        random.Shuffle(edges);
        random.Shuffle(onward);
        var second = Map(edges, onward, true);
        Assert.Equal(first.Cores, second.Cores);
        foreach (var population in first.Network.Populations)
        {
            for (int i = 0; i < population.Count; i++)
                Assert.Equal(first.RoutesOf(population.Description, i).ToArray(), second.RoutesOf(second.Network.Populations[population.Index].Description, i).ToArray());
        }

        Mapping Map((int, int)[] edges, (int, int)[] onward, bool swapped)
        {
            var network = new Network(1);
            var input = network.Add("input", @case.Inputs, new PoissonSource(10.Hz));
            var cells = network.Add("cells", @case.Cells, new IntegrateAndFire());
            if (swapped) network.Connect(cells, cells, Wiring.Edges(onward), 1);
            network.Connect(input, cells, Wiring.Edges(edges), 1);
            if (!swapped) network.Connect(cells, cells, Wiring.Edges(onward), 1);
            return Tiles.Map(network.Compile(1.ms), @case.Machine() with { Columns = 20, Rows = 20, Core = new(@case.Neurons, @case.Memory + 2000, 200, @case.AxonsOut + 40) });
        }
    });

    [Fact]
    public void NoPlacementIsBelowTheBounds()
    {
        var machine = Small with { Core = new(2, 1000, 8, 8), InputColumn = 1 };
        Properties.Holds(Gen.Choose(0, 4).ArrayOf(12), picks =>
        {
            var network = new Network(3);
            var input = network.Add("input", 2, new SpikeSource([]));
            var cells = network.Add("cells", 5, new IntegrateAndFire());
            var inward = picks[..5].Select((p, i) => (i % 2, p)).ToArray();
            var within = picks[5..].Select((p, i) => (i % 5, p)).ToArray();
            network.Connect(input, cells, Wiring.Edges(inward), 1);
            network.Connect(cells, cells, Wiring.Edges(within), 1);
            var compiled = network.Compile(1.ms);
            var mapping = Tiles.Map(compiled, machine);
            var activity = Activity.Of(compiled, 10, [[3, 1], [2, 7, 1, 8, 2]]);
            long packets = long.MaxValue, hops = long.MaxValue;
            for (int code = 0; code < 1024; code++)
            {
                int[] core = [.. Enumerable.Range(0, 5).Select(i => (code >> (2 * i)) & 3)];
                if (core.GroupBy(c => c).Any(g => g.Count() > 2)) continue;
                long here = 0, far = 0;
                foreach (var (spikes, from, targets) in inward.GroupBy(e => e.Item1).Select(g => (activity.Spikes[0][g.Key], machine.InputTile, g.Select(e => core[e.p])))
                    .Concat(within.GroupBy(e => e.Item1).Select(g => (activity.Spikes[1][g.Key], core[g.Key], g.Select(e => core[e.p])))))
                {
                    foreach (int to in targets.Distinct())
                    {
                        here += spikes;
                        far += spikes * machine.Route(from, to).Total;
                    }
                }
                packets = Math.Min(packets, here);
                hops = Math.Min(hops, far);
            }
            var reached = TileActivity.Of(mapping, activity);
            Assert.InRange(mapping.LeastPackets(activity), 1, packets);
            Assert.InRange(mapping.LeastHops(activity), 0, hops);
            Assert.True(packets <= reached.Packets && hops <= reached.Hops.Total);
        }, 40);
    }

    [Fact]
    public void TheBoundsAreMetWhereTargetsFillCores()
    {
        // All channels reach all eight neurons, two a core: four cores, one of them on the input tile, two beside it, one two hops away.
        var network = new Network(3);
        var input = network.Add("input", 1, SpikeSource.OneNeuron(0.ms));
        var cells = network.Add("cells", 8, new IntegrateAndFire { Threshold = 5 });
        network.Connect(input, cells, Wiring.AllToAll, 1);
        using var session = Tiles.Evaluate(network.Compile(1.ms), Small);
        session.Advance(3);
        Assert.Equal(4, session.Tiles.Packets);
        Assert.Equal(4, session.Tiles.Hops.Total);
        Assert.Equal(4, session.Mapping.LeastPackets(session.Activity));
        Assert.Equal(4, session.Mapping.LeastHops(session.Activity));
    }

    [Theory]
    [InlineData(10, 2, 1000, 8, null, "neurons on all cores: need 11, limit 8; allowed: a machine of at least 6 such cores")]
    [InlineData(4, 9, 17, 8, null, "synapse memory in bits on all cores: need 108, limit 68; allowed: a machine of at least 7 such cores, fewer synapses (prune), or fewer weight bits")]
    [InlineData(4, 9, 30, 8, null, "synapse memory in bits on one core for neuron 0 of population 'output': need 36, limit 30; allowed: fewer synapses a neuron")]
    [InlineData(4, 9, 1000, 3, null, "axons in on one core for neuron 0 of population 'output': need 4, limit 3; allowed: fewer sources a neuron")]
    [InlineData(4, 9, 1000, 8, 1, "neurons on all cores: need 5, limit 4")]
    [InlineData(7, 9, 63, 8, null, "cores on the machine: need 4, limit 3; allowed: a machine of at least 4 such cores, or more synapse memory in bits a core, which closed 3 of them")]
    public void ARefusalNamesConstraintCoreNeedLimitAndRemedy(int hidden, int neurons, int bits, int axonsIn, int? most, string message)
    {
        var (network, _, _, _) = Chain(hidden);
        var machine = Small with { Core = new(neurons, bits, axonsIn, 8), Columns = hidden == 7 ? 3 : 2, Rows = hidden == 7 ? 1 : 2 };
        var error = Assert.Throws<InvalidInputException>(() => Tiles.Map(network.Compile(1.ms), machine, new() { NeuronsPerCore = most }));
        Assert.Contains($"the network does not fit machine 'small': {message}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TooManyAxonsOutCutACore()
    {
        // Together, the four neurons reach two cores each: eight axons out, where five are allowed. Cut after two, the others take room from their targets,
        // which then lie on three cores: six axons out for two neurons, so each stays alone but the last, whose core holds targets only beside it.
        var network = new Network(1);
        var first = network.Add("first", 4, new IntegrateAndFire());
        var second = network.Add("second", 8, new IntegrateAndFire());
        network.Connect(first, second, Wiring.AllToAll, 1);
        var machine = Small with { Columns = 4, Core = new(4, 1000, 8, 5) };
        var mapping = Tiles.Map(network.Compile(1.ms), machine);
        Assert.Equal([1, 1, 1, 4, 4, 1], mapping.Cores.Select(c => c.Neurons));
        Assert.Equal([3, 3, 3, 3, 0, 0], mapping.Cores.Select(c => c.AxonsOut));
    }

    [Fact]
    public void ANeuronOfMoreCoresThanAxonsOutIsRefused()
    {
        var (network, _, _, _) = Chain(hidden: 1, outputs: 5);
        var error = Assert.Throws<InvalidInputException>(() => Tiles.Map(network.Compile(1.ms), Small with { Core = new(2, 1000, 8, 2) }));
        Assert.Contains("axons out on core 0 for neuron 0 of population 'hidden': need 3, limit 2", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0.1)]
    [InlineData(0.0123)]
    public void QuantizedWeightsNeedTheBitsThatTheyWereMadeWith(double step) => Properties.Holds(
        from bits in Gen.Choose(2, 16)
        from seed in Gen.Choose(0, 1 << 20)
        select (bits, seed),
        @case =>
        {
            int most = (1 << (@case.bits - 1)) - 1;
            var random = new System.Random(@case.seed);
            float single = (float)(step * (1 + random.NextDouble()));
            // The largest and the least number are there, so no fewer bits do.
            var weights = Enumerable.Range(0, 40).Select(i => i == 0 ? most : i == 1 ? 1 : random.Next(-most, most + 1)).Select(k => k * single).ToArray();
            var format = Tiles.Map(Flat(weights), TileMachine.Load("loihi") with { WeightBits = @case.bits }).Formats[0];
            Assert.Equal(@case.bits, format.NeededBits);
            Assert.Equal(single, format.Step, 1e-6 * single);
            if (@case.bits == 2) return;
            var error = Assert.Throws<InvalidInputException>(() => Tiles.Map(Flat(weights), TileMachine.Load("loihi") with { WeightBits = @case.bits - 1 }));
            Assert.Contains($"need {@case.bits} bits", error.Message, StringComparison.Ordinal);
            Assert.Contains("'input -> cells'", error.Message, StringComparison.Ordinal);
            Assert.Contains("Compression", error.Message, StringComparison.Ordinal);
        }, 40);

    [Fact]
    public void ASteppedPowerOfTwoIsRecognized()
    {
        var format = Tiles.Map(Flat([0.75f, -0.25f, 0.5f]), TileMachine.Load("loihi")).Formats[0];
        Assert.Equal((3, 0.25, true), (format.NeededBits, format.Step, format.IsPowerOfTwo));
        var other = Tiles.Map(Flat([0.3f, 0.2f, 0.1f * 7]), TileMachine.Load("loihi")).Formats[0];
        Assert.False(other.IsPowerOfTwo);
    }

    [Fact]
    public void RandomWeightsAreRefusedWithTheProjection()
    {
        var network = new Network(1);
        var input = network.Add("input", 9, new PoissonSource(1.Hz));
        network.Connect(input, network.Add("cells", 9, new IntegrateAndFire()), Wiring.AllToAll, Weight.Normal(0, 1));
        var error = Assert.Throws<InvalidInputException>(() => Tiles.Map(network.Compile(1.ms), TileMachine.Load("loihi")));
        Assert.Contains("projection 'input -> cells' (0): its weights need more than 16 bits", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ZerosAreLeftOutWhereAListIsShorter()
    {
        float[] weights = [.. Enumerable.Range(0, 40).Select(i => i % 8 == 0 ? 1f : 0f)];
        var listed = Tiles.Map(Flat(weights), TileMachine.Load("loihi"));
        Assert.Equal((true, 5L, 19), (listed.Formats[0].IsListed, listed.Formats[0].Stored, listed.Formats[0].BitsEach));
        Assert.Equal(5, listed.Synapses);
        weights = [.. weights.Select((w, i) => i % 8 < 4 ? 1f : 0f)];
        var matrix = Tiles.Map(Flat(weights), TileMachine.Load("loihi"));
        Assert.Equal((false, 40L, 9), (matrix.Formats[0].IsListed, matrix.Formats[0].Stored, matrix.Formats[0].BitsEach));
    }

    static CompiledNetwork Flat(float[] weights)
    {
        var network = new Network(1);
        var input = network.Add("input", 5, new PoissonSource(1.Hz));
        network.Connect(input, network.Add("cells", 8, new IntegrateAndFire()), Wiring.AllToAll, Weight.Explicit(weights.Length == 40 ? weights : [.. weights, .. new float[40 - weights.Length]]));
        return network.Compile(1.ms);
    }
}
