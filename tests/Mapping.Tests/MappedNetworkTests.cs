using FsCheck.Fluent;
using Lepton.Neuro.Testing;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Backends.Tests;

public sealed class MappedNetworkTests
{
    static readonly (PartitionMethod Partition, PlacementMethod Placement, RoutingMethod Routing)[] ways =
    [
        (PartitionMethod.Multilevel, PlacementMethod.Annealing, RoutingMethod.Unicast),
        (PartitionMethod.Greedy, PlacementMethod.Greedy, RoutingMethod.Steiner),
        (PartitionMethod.Sequential, PlacementMethod.SpaceFillingCurve, RoutingMethod.SharedXy),
        (PartitionMethod.Multilevel, PlacementMethod.ForceDirected, RoutingMethod.Steiner),
    ];

    static Network Network(int seed)
    {
        var random = new System.Random(seed);
        var network = new Network((ulong)seed);
        var input = network.Add("input", 12, new PoissonSource(200.Hz));
        var cells = network.Add("cells", 20 + random.Next(30), new IntegrateAndFire { Leak = 0.9f, Threshold = 3 });
        var others = network.Add("others", 10 + random.Next(20), new IntegrateAndFire { Leak = 0.8f, Threshold = 2 });
        network.Connect(input, cells, Wiring.InDegree(4), 1, 1.ms);
        network.Connect(cells, others, Wiring.Probability(0.2), 1, Delay.Uniform(1.ms, 4.ms));
        network.Connect(others, cells, Wiring.Probability(0.1), -0.5, 2.ms);
        return network;
    }

    static TileMachine Machine(int seed) => TileMachine.Load("loihi") with { Name = "case", Columns = 5, Rows = 4, CoresPerTile = 2, Core = new(6 + (seed % 5), 4000, 60, 80), InputColumn = seed % 5, InputRow = seed / 5 % 4 };

    static Faults Broken(int seed)
    {
        var machine = Machine(seed);
        int input = machine.InputTile, other = (input + 9) % 20;
        return new() { Tiles = [other], Cores = [(2 * input) + 1, (2 * input + 14) % 40], Links = [(0, 1), (5, 9)] };
    }

    [Fact]
    public void SpikesOfAMappedNetworkAreThoseOfTheUnmapped() => Properties.Holds(Gen.Choose(1, 1_000_000), seed =>
    {
        var network = Network(seed).Compile(1.ms);
        using var plain = Cpu.Evaluate(network);
        plain.Begin(0);
        plain.Advance(40);
        Assert.True(plain.Activity.TotalSpikes > 0);
        foreach (var (partition, placement, routing) in ways)
        {
            foreach (var faults in new[] { null, Broken(seed) })
            {
                var options = new MappingOptions { Partition = partition, Placement = placement, Routing = routing, Faults = faults, Traffic = plain.Activity, MapperSeed = (ulong)seed };
                var mapping = Tiles.Map(network, Machine(seed), options);
                using var session = Tiles.Evaluate(mapping);
                session.Begin(0);
                session.Advance(40);
                foreach (var population in network.Populations) Assert.Equal(plain.Activity.Spikes[population.Index], session.Activity.Spikes[population.Index]);
                Check(mapping, session.Tiles);
            }
        }
    }, 10);

    static void Check(Mapping mapping, TileActivity did)
    {
        var machine = mapping.Machine;
        var core = machine.Core;
        Assert.All(mapping.Cores, c => Assert.True(c.Neurons <= core.Neurons && c.SynapseBits <= core.SynapseBits && c.AxonsIn <= core.AxonsIn && c.AxonsOut <= core.AxonsOut));
        Assert.All(mapping.Cores.Where(c => c.Neurons > 0), c => Assert.True(mapping.Mesh.IsLive(c.Core)));
        Assert.Equal(mapping.Network.NeuronCount, mapping.Neurons);
        Assert.Equal(did.Hops.Total, did.Links.Sum());
        // Nothing passes a dead link or tile.
        for (int i = 0; i < did.Links.Count; i++)
        {
            if (did.Links[i] > 0) Assert.True(mapping.Mesh.Next(i / 4, (Direction)(i % 4)) >= 0);
        }
        var certificate = MappingCertificate.Of(mapping, Activity.Of(mapping.Network, did.Steps, Spikes(mapping, did)));
        Assert.Equal(did.Packets, certificate.Packets);
        Assert.Equal(did.Hops.Total, certificate.Hops);
        Assert.InRange(certificate.LeastPackets, 1, certificate.Packets);
        Assert.InRange(certificate.LeastHops, 0, certificate.LeastHopsOfPartition);
        Assert.InRange(certificate.LeastHopsOfPartition, 0, certificate.Hops);
        Assert.Contains($"{certificate.Packets} packets, at least {certificate.LeastPackets} in any mapping", certificate.ToString());
    }

    // The spikes that a run counted are those of a fresh one.
    static List<long[]> Spikes(Mapping mapping, TileActivity did)
    {
        using var session = Cpu.Evaluate(mapping.Network);
        session.Begin(0);
        session.Advance((int)did.Steps);
        return [.. session.Activity.Spikes];
    }

    [Fact]
    public void TheSameSeedGivesTheSameMappingAndTrafficOfAnotherNetworkIsRefused()
    {
        var network = Network(7).Compile(1.ms);
        var options = new MappingOptions { Partition = PartitionMethod.Multilevel, Placement = PlacementMethod.Annealing };
        Assert.Equal(Tiles.Map(network, Machine(7), options).Cores, Tiles.Map(Network(7).Compile(1.ms), Machine(7), options).Cores);
        var other = Network(8).Compile(1.ms);
        var activity = Activity.Of(other, 1, [.. other.Populations.Select(p => new long[p.Count])]);
        Assert.Contains("the recorded spikes is of other populations", Assert.Throws<InvalidInputException>(() => Tiles.Map(network, Machine(7), options with { Traffic = activity })).Message);
    }

    [Fact]
    public void ClusteredNetworksNeedFewerPacketsAndHops()
    {
        // Groups that talk among themselves, woven into one population: filling in order tears each of them apart.
        var network = new Network(5);
        var cells = network.Add("cells", 128, new IntegrateAndFire { Leak = 0.9f, Threshold = 2 });
        var input = network.Add("input", 128, new PoissonSource(100.Hz));
        network.Connect(input, cells, Wiring.OneToOne, 3, 1.ms);
        var edges = Enumerable.Range(0, 128).SelectMany(i => Enumerable.Range(1, 5).Select(k => (i, (i + (8 * k * (k + 1) / 2)) % 128))).ToArray();
        network.Connect(cells, cells, Wiring.Edges(edges), 0.5, 1.ms);
        var compiled = network.Compile(1.ms);
        var machine = Machine(0) with { Core = new(16, 1 << 20, 1000, 1000) };
        var (ordered, chosen) = (Run(new()), Run(new() { Partition = PartitionMethod.Multilevel, Placement = PlacementMethod.Annealing }));
        Assert.Equal(ordered.Spikes, chosen.Spikes);
        Assert.True(chosen.Packets < 0.7 * ordered.Packets, $"{chosen.Packets} packets, {ordered.Packets} in order");
        Assert.True(chosen.Hops.Total < ordered.Hops.Total);

        TileActivity Run(MappingOptions options)
        {
            using var session = Tiles.Evaluate(Tiles.Map(compiled, machine, options));
            session.Begin(0);
            session.Advance(50);
            return session.Tiles;
        }
    }

    [Fact]
    public void FillingInOrderCutsCoresWhereAxonsOutBindAsThePartitionDoes()
    {
        int cut = 0;
        Properties.Holds(Gen.Choose(1, 1_000_000), seed =>
        {
            var network = Network(seed).Compile(1.ms);
            var machine = Machine(seed) with { Columns = 12, Core = new(12, 40000, 60, 12 + (seed % 14)) };
            var mapping = Tiles.Map(network, machine);
            var traffic = SpikeTraffic.Of(network, mapping.Formats[0].BitsEach);
            var partition = Partitioner.Divide(traffic, CoreLimits.Of(machine), new() { Method = PartitionMethod.Sequential });
            int neuron = 0;
            foreach (var population in network.Populations.Where(p => p.Description.Model is not null))
            {
                for (int i = 0; i < population.Count; i++) Assert.Equal(partition.CoreOf[neuron++], mapping.CoreOf(population.Description, i));
            }
            Assert.Equal(partition.Cores.Select(c => c.AxonsOut), mapping.Cores.Select(c => c.AxonsOut));
            if (partition.Cores.Count > Partitioner.Divide(traffic, CoreLimits.Of(machine) with { AxonsOut = int.MaxValue }, new() { Method = PartitionMethod.Sequential }).Cores.Count) cut++;
        }, 30);
        Assert.True(cut > 10, $"axons out bound in {cut} cases only");
    }

    [Fact]
    public void TheProgressOfAMappingNamesItsParts()
    {
        var parts = new List<string>();
        Tiles.Map(Network(3).Compile(1.ms), Machine(3), new() { Partition = PartitionMethod.Multilevel, Placement = PlacementMethod.Annealing, Progress = parts.Add });
        Assert.Equal(["formats", "traffic", "partition", "flows", "placement", "filling"], parts);
        parts.Clear();
        Tiles.Map(Network(3).Compile(1.ms), Machine(3), new() { Progress = parts.Add });
        Assert.Equal(["formats", "filling"], parts);
    }

    [Fact]
    public void TooManyDeadCoresAreRefusedWithNeedAndLimit()
    {
        var network = Network(3).Compile(1.ms);
        var faults = new Faults { Cores = [.. Enumerable.Range(2, 38)] };
        var error = Assert.Throws<InvalidInputException>(() => Tiles.Map(network, Machine(3), new() { Faults = faults }));
        Assert.Contains("cores on the machine: need ", error.Message);
        Assert.Contains(", limit 2; allowed: a machine of at least ", error.Message);
    }
}
