using FsCheck;
using FsCheck.Fluent;
using Lepton.Neuro.Lanes;
using Lepton.Neuro.Plasticity;
using Lepton.Neuro.Testing;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Backends.Tests;

public sealed class TilesFormatsTests
{
    const int Steps = 24;

    /// <summary>A network, a rule, a machine, a mapping and faults. LEPTON_CASES=10000 tries ten thousand of them.</summary>
    public sealed record MappedCase(
        TileCase Tiles,
        int Rule,
        int Model,
        int WeightBits,
        Topology Topology,
        PacketKind Packets,
        int DeadTiles,
        int DeadCores,
        int DeadLinks,
        int NeuronsPerCore,
        PartitionMethod Partition,
        PlacementMethod Placement,
        RoutingMethod Routing,
        bool KnowsTraffic)
    {
        const float Most = 900;

        // None, those that show what a rule can do, and those that the library comes with.
        static readonly SynapseRule?[] rules =
        [
            null, new PairLikeRule(), new DeltaLikeRule(), new SteppedLikeRule(),
            new PairStdp { Potentiation = 0.05f, Depression = 0.03f, Maximum = Most }, new PairStdp { MuPlus = 0.3f, MuMinus = 1, Pairing = SpikePairing.Nearest, Maximum = Most },
            new TripletStdp { Maximum = Most }, new PowerLawStdp { Maximum = Most }, new StochasticStdp { Levels = 5, Maximum = Most }, new DiehlCookStdp { PreRate = 0.1f, Maximum = Most },
            new VogelsStdp { Rate = 0.1f, Maximum = Most }, new ClopathStdp { Maximum = Most }, new RewardStdp { Baseline = 0.1f, Maximum = Most }, new ThreeFactor(new PairStdp { Maximum = Most }),
            new ErrorModulated { PhaseLength = 8, Rate = 0.1f, Minimum = -Most, Maximum = Most }, new DeltaRule { Minimum = -Most, Maximum = Most }, new Hebb { Maximum = Most }, new Oja { Maximum = Most }, new Bcm { Maximum = Most },
            new SynapticScaling(new PairStdp { Maximum = Most }), new TsodyksMarkram { TauFacilitation = 50.ms, Maximum = Most },
            new ShortTerm(new PairStdp { Maximum = Most }, new TsodyksMarkram { Maximum = Most }),
        ];

        static readonly NeuronModel[] models =
        [
            new Lif { Start = Distribution.Uniform(-65, -50) }, new AdaptiveLif { Start = Distribution.Uniform(-65, -50) }, new IntegrateAndFire { Leak = 0.8f, Threshold = 900 }, new ConductanceLif(),
        ];

        public static Gen<MappedCase> Any { get; } =
            from tiles in TileCase.Any
            from rule in Gen.Choose(0, rules.Length - 1)
            from model in Gen.Choose(0, models.Length - 1)
            from weightBits in Gen.Choose(8, 16)
            from topology in Gen.Elements(Topology.Mesh, Topology.Torus)
            from packets in Gen.Elements(PacketKind.Unicast, PacketKind.Multicast)
            from deadTiles in Gen.Frequency((3, Gen.Constant(0)), (1, Gen.Choose(1, 3)))
            from deadCores in Gen.Choose(0, 40)
            from deadLinks in Gen.Choose(0, 10)
            from neurons in Gen.Choose(1, 25)
            from partition in Gen.Elements(Enum.GetValues<PartitionMethod>())
            from placement in Gen.Elements(Enum.GetValues<PlacementMethod>())
            from routing in Gen.Elements(Enum.GetValues<RoutingMethod>())
            from knowsTraffic in Gen.Elements(false, true)
            select new MappedCase(tiles, rule, model, weightBits, topology, packets, deadTiles, deadCores, deadLinks, neurons, partition, placement, routing, knowsTraffic);

        public static int Rules => rules.Length;

        public static int Models => models.Length;

        public SynapseRule? SynapseRule => rules[Rule];

        public Network Network() => Tiles.Network(SynapseRule, models[Model]);

        public TileMachine Machine => Tiles.Machine(WeightBits) with
        {
            Topology = Topology,
            Packets = Packets,
            Columns = 4 + Tiles.Columns,
            Rows = 4 + Tiles.Rows,
            Core = new(Tiles.Neurons, 20_000, 200, 200),
        };

        public Faults Faults
        {
            get
            {
                var machine = Machine;
                var drawn = RandomFaults.Draw(machine, DeadCores / 100.0, DeadLinks / 100.0, (ulong)Tiles.Seed);
                var random = new System.Random(Tiles.Seed);
                // The tile where packets from outside enter is none of them: without it nothing can be mapped.
                return drawn with { Tiles = [.. Enumerable.Range(0, DeadTiles).Select(_ => random.Next(machine.Tiles)).Where(t => t != machine.InputTile).Distinct()] };
            }
        }
    }

    [Fact]
    public void AMappedNetworkIsTheUnmappedOneWhateverTheMachineTheMappingAndTheFaults()
    {
        int tried = 0;
        var mapped = new List<MappedCase>();
        int spiking = 0, learning = 0;
        Properties.Holds(MappedCase.Any, @case =>
        {
            tried++;
            var network = @case.Network().Compile(1.ms);
            var machine = @case.Machine;
            var faults = @case.Faults;
            Activity? traffic = null;
            if (@case.KnowsTraffic)
            {
                using var before = Cpu.Evaluate(network, new() { Threads = 1 });
                before.Advance(Steps);
                traffic = before.Activity;
            }
            Mapping mapping;
            try
            {
                mapping = Tiles.Map(network, machine, new()
                {
                    Learning = true,
                    Faults = faults,
                    NeuronsPerCore = @case.NeuronsPerCore,
                    Partition = @case.Partition,
                    Placement = @case.Placement,
                    Routing = @case.Routing,
                    Traffic = traffic,
                    MapperSeed = (ulong)@case.Tiles.Seed,
                });
            }
            catch (InvalidInputException e)
            {
                Assert.Contains("allowed: ", e.Message, StringComparison.Ordinal);
                return;
            }
            mapped.Add(@case);
            Assert.All(mapping.Cores, c => Assert.True(c.Neurons == 0 || !(faults.Cores.Contains(c.Core) || faults.Tiles.Contains(c.Tile))));
            using var plain = Cpu.Load(network, new() { Threads = 1 });
            using var tiles = Tiles.Load(mapping);
            var hashes = (plain.RecordAll(new SpikeHash()), tiles.RecordAll(new SpikeHash()));
            foreach (LearningSession session in new LearningSession[] { plain, tiles })
            {
                session.Begin(1);
                session.Advance(Steps / 2);
                if (@case.SynapseRule is { } rule)
                {
                    session.Update();
                    var learned = network.Projections.First(p => p.IsPlastic).Description;
                    if (rule.NeedsModulator) session.SetModulator(learned, [.. Enumerable.Range(0, learned.To.Count).Select(i => 1 - (i % 4 * 0.75f))]);
                }
                session.Advance(Steps - (Steps / 2));
            }
            Assert.Equal(hashes.Item1.Value, hashes.Item2.Value);
            foreach (var projection in network.Projections.Where(p => p.IsPlastic)) Assert.Equal(plain.Weights(projection.Description), tiles.Weights(projection.Description));
            foreach (var population in network.Populations.Where(p => p.Description.Model is not null))
            {
                foreach (string variable in population.Description.Model!.StateVariables) Assert.Equal(plain.State(population.Description, variable), tiles.State(population.Description, variable));
            }
            var found = tiles.Tiles;
            Assert.Equal(found.Hops.Total, found.Links.Sum());
            for (int link = 0; link < found.Links.Count; link++)
            {
                int from = link / 4, to = machine.Neighbour(from, link % 4);
                bool isDead = faults.Links.Contains((from, to)) || faults.Links.Contains((to, from)) || faults.Tiles.Contains(from) || faults.Tiles.Contains(to);
                Assert.True(found.Links[link] == 0 || !isDead);
            }
            Assert.InRange(mapping.LeastPackets(tiles.Activity), 0, found.Packets);
            Assert.InRange(mapping.LeastHops(tiles.Activity), 0, found.Hops.Total);
            if (found.Spikes > 0) spiking++;
            if (found.SynapticUpdates > 0) learning++;
        }, 200);
        Assert.True(mapped.Count > tried / 2, $"only {mapped.Count} of {tried} cases were mapped");
        Assert.True(spiking > mapped.Count / 2, $"neurons fired in only {spiking} of {mapped.Count} cases");
        Assert.True(learning > mapped.Count / 4, $"synapses learned in only {learning} of {mapped.Count} cases");
        if (tried < 100) return;
        // Nothing of what is drawn is refused always, so that it would not be tried at all.
        Assert.Equal(Enum.GetValues<PartitionMethod>(), mapped.Select(c => c.Partition).Distinct().Order());
        Assert.Equal(Enum.GetValues<PlacementMethod>(), mapped.Select(c => c.Placement).Distinct().Order());
        Assert.Equal(Enum.GetValues<RoutingMethod>(), mapped.Select(c => c.Routing).Distinct().Order());
        Assert.Contains(mapped, c => c.Faults.Tiles.Count > 0);
        Assert.Contains(mapped, c => c.Faults.Cores.Count > 0);
        Assert.Contains(mapped, c => c.Faults.Links.Count > 0);
        if (tried < 2_000) return;
        Assert.Equal(Enumerable.Range(0, MappedCase.Rules), mapped.Select(c => c.Rule).Distinct().Order());
        Assert.Equal(Enumerable.Range(0, MappedCase.Models), mapped.Select(c => c.Model).Distinct().Order());
    }

    [Fact]
    public void WordsThatHoldAllValuesChangeNothing() => Properties.Holds(Gen.Choose(1, 1_000_000), seed =>
    {
        var random = new System.Random(seed);
        var description = new Network((ulong)seed);
        // An encoder's probabilities would be rounded too: these spikes are given.
        var input = description.Add("input", 20, new SpikeSource([.. Enumerable.Range(0, 240).Select(_ => (random.Next(60) * 1.ms, random.Next(20))).Distinct()]));
        var cells = description.Add("cells", 15, new IntegrateAndFire { Leak = 1, Threshold = 10 });
        description.Connect(input, cells, Wiring.AllToAll, Weight.Explicit([.. Enumerable.Range(0, 300).Select(_ => random.Next(-3, 8) * 0.25f)]), 1.ms);
        description.Connect(cells, cells, Wiring.OneToOne, -0.5, 2.ms);
        var network = description.Compile(1.ms);
        var machine = TileMachine.Load("loihi");
        using var plain = Reference.Evaluate(network);
        using var words = Tiles.Evaluate(network, machine, null, new() { InMachineWords = true });
        plain.Advance(60);
        words.Advance(60);
        Assert.True(plain.Activity.TotalSpikes > 20);
        Assert.Equal(plain.State(cells, "V"), words.State(cells, "V"));
        Assert.All(plain.State(cells, "V"), v => Assert.True(machine.State.Holds(v)));
        for (int p = 0; p < 2; p++) Assert.Equal(plain.Activity.Spikes[p], words.Activity.Spikes[p]);
    }, 20);

    [Fact]
    public void OtherwiseTheRunIsThatOfTheFixedLaneAtTheMachinesWidths()
    {
        int differs = 0;
        Properties.Holds(TileCase.Any, @case =>
        {
            var network = @case.Network(@case.Seed % 2 == 0 ? new PairLikeRule() : null).Compile(1.ms);
            var loihi = TileMachine.Load("loihi");
            // 24 bits with 12 behind the point, and 32 with 16.
            bool wide = @case.Seed % 3 == 0;
            var machine = loihi with { State = wide ? new(32, 16) : new(24, 12) };
            using var expected = wide ? Reference.LoadFixed<Q16x16>(network) : Reference.LoadFixed<Q12x12>(network);
            using var plain = Reference.Load(network);
            using var found = Tiles.Load(network, machine, null, new() { InMachineWords = true });
            foreach (LearningSession session in new LearningSession[] { expected, plain, found }) session.Advance(Steps);
            var others = network.Populations[2].Description;
            Assert.Equal(expected.State(others, "V"), found.State(others, "V"));
            for (int p = 0; p < network.Populations.Count; p++) Assert.Equal(expected.Activity.Spikes[p], found.Activity.Spikes[p]);
            foreach (var projection in network.Projections.Where(p => p.IsPlastic)) Assert.Equal(expected.Weights(projection.Description), found.Weights(projection.Description));
            if (!plain.State(others, "V").SequenceEqual(found.State(others, "V"))) differs++;
        }, 20);
        Assert.True(differs > 0);
    }

    [Fact]
    public void StatesAreWordsOfTheMachinesFormatWhicheverItIs()
    {
        var network = new TileCase(2, 25, 9, 6, 3, 3, 3, 2, 9, 5000, 60, 60).Network().Compile(1.ms);
        // Each width and each number of fraction bits once: a format is a type of its own, and takes a while to compile.
        foreach (var format in new StateFormat[] { new(8, 0), new(12, 4), new(8, 6), new(16, 8), new(20, 12), new(24, 15), new(32, 16) })
        {
            using var words = Tiles.Evaluate(network, TileMachine.Load("loihi") with { State = format }, null, new() { InMachineWords = true });
            words.Advance(5);
            foreach (var population in network.Populations.Where(p => p.Description.Model is IntegrateAndFire).Select(p => p.Description))
                Assert.All(words.State(population, "V"), v => Assert.True(format.Holds(v), $"{v} is no word of {format}"));
        }
    }

    [Fact]
    public void WhatWasLearnedMustBeOfTheNetwork()
    {
        var network = new TileCase(2, 25, 9, 6, 3, 3, 3, 2, 9, 5000, 60, 60).Network(new PairLikeRule()).Compile(1.ms);
        var machine = TileMachine.Load("loihi");
        float[]?[] none = new float[]?[network.Projections.Count];
        float[][]?[] states = new float[][]?[network.Populations.Count];
        Assert.Contains("the number of projections that were learned is 1", Message(new([null], states)), StringComparison.Ordinal);
        none[network.Projections.First(p => p.IsPlastic).Index] = [1, 2];
        Assert.Contains(" is 2; allowed: ", Message(new(none, states)), StringComparison.Ordinal);

        string Message(Learned learned) => Assert.Throws<InvalidInputException>(() => Tiles.Map(network, machine, new() { Learned = learned })).Message;
    }

    [Fact]
    public void InTheMachinesWordsTooNothingIsLearnedThatIsOnlyEvaluated()
    {
        var network = new TileCase(2, 25, 9, 6, 3, 3, 3, 2, 9, 5000, 60, 60).Network(new PairLikeRule()).Compile(1.ms);
        var plastic = network.Projections.First(p => p.IsPlastic).Description;
        // Whole multiples of a step, so that the machine can hold them.
        var weights = new float[]?[network.Projections.Count];
        foreach (var p in network.Projections.Where(p => p.IsPlastic)) weights[p.Index] = [.. Enumerable.Range(0, (int)p.Connectivity.Count).Select(i => (i * 37 % 255) * 2.5f)];
        var learned = new Learned(weights, [.. network.Populations.Select(_ => (float[][]?)null)]);
        var machine = TileMachine.Load("loihi") with { State = new(32, 16) };
        using var tiles = Tiles.Evaluate(network, machine, learned, new() { InMachineWords = true });
        using var expected = Reference.EvaluateFixed<Q16x16>(network, learned);
        tiles.Advance(40);
        expected.Advance(40);
        Assert.True(tiles.Activity.TotalSpikes > 50);
        Assert.Equal(weights[network.Projections.First(p => p.IsPlastic).Index], tiles.Weights(plastic));
        for (int p = 0; p < network.Populations.Count; p++) Assert.Equal(expected.Activity.Spikes[p], tiles.Activity.Spikes[p]);
    }

    [Fact]
    public void WidthsThatAreNotMadeAreRefused()
    {
        var network = new TileCase(2, 5, 9, 6, 3, 3, 3, 2, 9, 5000, 60, 60).Network().Compile(1.ms);
        var error = Assert.Throws<InvalidInputException>(() => Tiles.Evaluate(network, TileMachine.Load("loihi") with { State = new(23, 6) }, null, new() { InMachineWords = true }));
        Assert.Contains("8, 12, 16, 20, 24, 32", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<InvalidInputException>(() => Tiles.Evaluate(network, TileMachine.Load("loihi") with { State = new(24, 7) }, null, new() { InMachineWords = true }));
        Assert.Contains("0, 4, 6, 8, 12, 15, 16", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MulticastPacketsPassALinkOnce()
    {
        var network = new TileCase(8, 20, 30, 6, 0, 5, 4, 2, 4, 5000, 60, 60);
        var plan = network.Network().Compile(1.ms);
        var machine = network.Machine() with { Columns = 5, Rows = 4, Core = new(4, 20_000, 200, 200) };
        TileActivity Run(PacketKind kind)
        {
            using var session = Tiles.Evaluate(plan, machine with { Packets = kind });
            session.Advance(40);
            return session.Tiles;
        }
        var (unicast, multicast) = (Run(PacketKind.Unicast), Run(PacketKind.Multicast));
        Assert.Equal(unicast.Packets, multicast.Packets);
        Assert.True(multicast.Hops.Total < unicast.Hops.Total);
        Assert.True(multicast.Cores.Sum(c => c.PacketsOut) < unicast.Cores.Sum(c => c.PacketsOut));
        Assert.All(unicast.Links.Zip(multicast.Links), l => Assert.InRange(l.Second, 0, l.First));
        var error = Assert.Throws<InvalidInputException>(() => Tiles.Map(plan, machine with { Packets = PacketKind.Multicast, RoutingEntries = 3 }));
        Assert.Contains("routing-table entries on tile", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OnATorusPacketsTakeTheShorterWay() => Properties.Holds(
        from columns in Gen.Choose(1, 6)
        from rows in Gen.Choose(1, 6)
        from ends in Gen.Choose(0, 35).Two()
        select (columns, rows, ends.Item1 % (columns * rows), ends.Item2 % (columns * rows)),
        c =>
        {
            var mesh = TileMachine.Load("loihi") with { Columns = c.columns, Rows = c.rows };
            var torus = mesh with { Topology = Topology.Torus };
            var (x, y) = mesh.PlaceOf(c.Item3);
            var (u, v) = mesh.PlaceOf(c.Item4);
            int dx = Math.Abs(x - u), dy = Math.Abs(y - v);
            Assert.Equal(dx + dy, mesh.Route(c.Item3, c.Item4).Total);
            Assert.Equal(Math.Min(dx, c.columns - dx) + Math.Min(dy, c.rows - dy), torus.Route(c.Item3, c.Item4).Total);
            int at = c.Item3;
            var way = new Router(Mesh.Of(torus)).Way(c.Item3, c.Item4);
            Assert.Equal(torus.Route(c.Item3, c.Item4).Total, way.Count);
            foreach (var link in way)
            {
                Assert.Equal(at, link.Tile);
                at = torus.Neighbour(at, (int)link.Direction);
            }
            Assert.Equal(c.Item4, at);
        });

    [Fact]
    public void OneBitHoldsOneWeightOfOneSign()
    {
        Network Of(params float[] weights)
        {
            var network = new Network(1);
            network.Connect(network.Add("in", weights.Length, new PoissonSource(1.Hz)), network.Add("out", 1, new IntegrateAndFire()), Wiring.AllToAll, Weight.Explicit(weights));
            return network;
        }
        var machine = TileMachine.Load("truenorth");
        Assert.Equal(1, Tiles.Map(Of(0.5f, 0, 0.5f).Compile(1.ms), machine).Formats[0].NeededBits);
        Assert.Contains("need 2 bits", Assert.Throws<InvalidInputException>(() => Tiles.Map(Of(0.5f, -0.5f).Compile(1.ms), machine)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidInputException>(() => Tiles.Map(Of(0.5f, 1).Compile(1.ms), machine));
    }
}
