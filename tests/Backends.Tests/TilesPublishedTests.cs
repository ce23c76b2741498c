using System.Globalization;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Lepton.Neuro.Backends.Published;
using Lepton.Neuro.Testing;

namespace Lepton.Neuro.Backends.Tests;

public sealed class TilesPublishedTests
{
    const string Architecture = """
        architecture:
          name: small
          attributes:
            topology: mesh
            width: 2
            height: 2
            link_buffer_size: 1
            sync_model: table
            latency_sync: { 1: 1e-7, 3: 2e-7 }
          tile:
            - name: t[0..3]
              attributes: {energy_north_hop: 4e-12, latency_north_hop: 6e-9, energy_east_hop: 3e-12, latency_east_hop: 4e-9, energy_south_hop: 5e-12, latency_south_hop: 7e-9, energy_west_hop: 2e-12, latency_west_hop: 3e-9}
              core:
                - name: c[0..1]
                  attributes: {buffer_position: soma, buffer_inside_unit: false, max_neurons_supported: 8}
                  axon_in: [{name: ain, attributes: {energy_message_in: 1e-12, latency_message_in: 16e-9}}]
                  synapse:
                    - name: dense
                      attributes: {model: current_based, energy_process_spike: 35e-12, latency_process_spike: 4e-9}
                    - name: conv
                      attributes: {model: current_based, energy_process_spike: 24e-12, latency_process_spike: 3e-9}
                  dendrite:
                    name: den
                    attributes: {model: accumulator, energy_update: 1e-12, latency_update: 1e-9}
                  soma:
                    - name: lif
                      attributes: {model: leaky_integrate_fire, energy_access_neuron: 50e-12, latency_access_neuron: 6e-9, energy_update_neuron: 20e-12, latency_update_neuron: 4e-9, energy_spike_out: 70e-12, latency_spike_out: 30e-9}
                    - name: in[0..1]
                      attributes: {model: input, energy_access_neuron: 0, latency_access_neuron: 0, energy_update_neuron: 0, latency_update_neuron: 0, energy_spike_out: 0, latency_spike_out: 0}
                  axon_out: [{name: aout, attributes: {energy_message_out: 100e-12, latency_message_out: 5e-9}}]
        """;

    const string Net = """
        network:
          name: small
          groups:
            - name: b
              attributes: [log_spikes: true, soma_hw_name: lif, soma: {threshold: 3, leak_decay: 0.5}]
              neurons:
                - 0..1: [synapse_hw_name: conv]
                - 2: [bias: 1.5, reset_mode: soft]
            - name: a
              attributes: {soma_hw_name: "in[1]"}
              neurons:
                - 0: {spikes: [1, 0, 1]}
                - 1: {rate: 0.5}
          edges:
            - a.0 -> b.0: [weight: 4]
            - a.0 -> b.2: {synapse: {w: 1}, dendrite: {}}
            - b -> b: [type: sparse, source_target_pairs: [[0, 1], [1, 0]], weight: [5, -1]]
        mappings:
          - a.0..1: [core: 0.0, soma: "in[0]"]
          - b.2: {core: 3.1}
          - b.0: [core: 3.0]
          - b.1: [core: 0.1]
        """;

    [Fact]
    public void ASmallNetworkDoesWhatIsWorkedOutByHand()
    {
        var machine = PublishedMachine.Parse(Architecture, "arch.yaml");
        var network = PublishedNetwork.Parse(Net, "net.yaml", machine);
        var report = PublishedReport.Run(machine, network, 4, StepTiming.Simple);
        // b.2 climbs by its bias: 1.5, 1.25+1+1.5 = 3.25 (leak of 1.5, cut to 64ths), fires and keeps 0.25; a.0 fires at steps 1 and 3, a.1 at steps 2 and 4.
        Assert.Equal([("a.0", 1L), ("a.1", 2L), ("b.0", 2L), ("b.2", 2L), ("a.0", 3L), ("b.1", 3L), ("a.1", 4L), ("b.2", 4L)], report.Spikes.Select(s => (network.NameOf(s.Neuron), s.Step)));
        var first = report.Steps[0];
        Assert.Equal((1L, 2L, 2L, 4L, 2L), (first.Fired, first.Updated, first.Packets, first.Hops, first.SynapticOperations));
        // One access each of the three neurons, one update; two packets of two hops to tile 3: east, then north.
        Assert.Equal((3 * 50e-12) + 20e-12, first.Soma, 1e-24);
        Assert.Equal((2 * 101e-12) + (2 * 7e-12), first.Network, 1e-24);
        Assert.Equal(24e-12 + 35e-12, first.Synapse, 1e-24);
        Assert.Equal(2e-12, first.Dendrite, 1e-24);
        // Two tiles are in use, so the entry for one holds; the slowest core processes one packet of one synapse on the unit 'dense'.
        Assert.Equal(16e-9 + 5e-9 + 1e-7, first.Seconds, 1e-18);
        Assert.StartsWith("timestep,fired,updated,packets,hops,spikes,sim_time,synapse_energy,dendrite_energy,soma_energy,network_energy,total_energy\n1,1,2,2,4,2,", report.ToPerfCsv(), StringComparison.Ordinal);
        Assert.StartsWith("neuron,timestep\na.0,1\na.1,2\n", report.ToSpikesCsv(), StringComparison.Ordinal);
        Assert.Equal(8, JsonDocument.Parse(report.ToSummaryJson()).RootElement.GetProperty("fired").GetInt64());
    }

    [Fact]
    public void WithoutLoadDetailedTimeIsTheTimeOfTheWay()
    {
        var machine = PublishedMachine.Parse(Architecture, "arch.yaml");
        var network = PublishedNetwork.Parse(Net.Replace("a.0 -> b.2: {synapse: {w: 1}, dendrite: {}}", "a.1 -> b.2: [w: 0]", StringComparison.Ordinal), "net.yaml", machine);
        var step = new PublishedRun(machine, network, StepTiming.Detailed).Advance();
        // a.0 sends at once; one packet goes east and north and is processed, and its two tiles wait.
        Assert.Equal(1, step.Packets);
        Assert.Equal(5e-9 + 4e-9 + 6e-9 + 16e-9 + 3e-9 + 1e-9 + 1e-7, step.Seconds, 1e-18);
    }

    [Fact]
    public void DetailedTimeIsThatOfStraightForwardBookkeeping() => Properties.Holds(Gen.Choose(1, 1_000_000), seed =>
    {
        var random = new System.Random(seed);
        int links = random.Next(2, 12), cores = random.Next(1, 6), buffer = random.Next(1, 3);
        var route = new List<int>();
        var ways = Enumerable.Range(0, random.Next(1, 30)).Select(_ =>
        {
            int first = route.Count;
            route.AddRange(Enumerable.Range(0, links).OrderBy(_ => random.Next()).Take(random.Next(1, links)));
            return new PacketWay(random.Next(cores), random.Next(1, 50) * 1e-9, random.Next(0, 9) * 1e-9, first, route.Count - first);
        }).ToArray();
        var first = new int[cores + 1];
        var sent = new List<int>();
        var generation = new List<double>();
        for (int core = 0; core < cores; core++)
        {
            for (int i = random.Next(40); i > 0; i--)
            {
                sent.Add(random.Next(-1, ways.Length));
                generation.Add(random.NextDouble() * 30e-9);
            }
            first[core + 1] = sent.Count;
        }
        var mesh = new CongestedMesh(links, cores, buffer);
        mesh.Run(ways, route.ToArray(), first, sent.ToArray(), generation.ToArray());
        double found = mesh.Run(ways, route.ToArray(), first, sent.ToArray(), generation.ToArray());
        Assert.Equal(Plain(ways, route, first, sent, generation, cores, buffer), found, 1e-15);
    });

    // No state is kept: what is under way is worked out anew for each packet.
    static double Plain(PacketWay[] ways, List<int> route, int[] first, List<int> sent, List<double> generation, int cores, int buffer)
    {
        var underWay = new List<(PacketWay Way, double Received)>();
        var at = first.ToArray();
        var clock = new double[cores];
        var free = new double[cores];
        double last = 0;
        while (true)
        {
            var ready = Enumerable.Range(0, cores).Where(c => at[c] < first[c + 1]).OrderBy(c => clock[c] + generation[at[c]]).ThenBy(c => c).ToArray();
            if (ready.Length == 0) return last;
            int core = ready[0];
            double now = clock[core] + generation[at[core]];
            last = Math.Max(last, now);
            underWay.RemoveAll(p => p.Received <= now);
            int packet = sent[at[core]++];
            if (packet >= 0)
            {
                var way = ways[packet];
                var mine = route.GetRange(way.FirstLink, way.Links);
                double density = underWay.Sum(p => route.GetRange(p.Way.FirstLink, p.Way.Links).Count(mine.Contains) / (p.Way.Links + 1.0));
                double mean = underWay.Count == 0 ? 0 : underWay.Average(p => p.Way.Processing);
                now += Math.Max(0, density - (way.Links * buffer)) * mean;
                double received = Math.Max(free[way.Destination], now + Math.Max(way.Travel, density * mean / way.Links));
                free[way.Destination] = received + way.Processing;
                last = Math.Max(last, free[way.Destination]);
                underWay.Add((way, received));
            }
            clock[core] = now;
        }
    }

    [Fact]
    public void GroupsAreConnectedDenselyOrByConvolution()
    {
        var machine = PublishedMachine.Parse(Architecture, "arch.yaml");
        string With(string edge) => $"""
            network:
              groups:
                - name: a
                  neurons: [0..8: {"{}"}]
                - name: b
                  neurons: [0..7: {"{}"}]
              edges: ["{edge}"]
            mappings: [a.0..4: [core: 0.0], a.5..8: [core: 0.1], b: [core: 1.0]]
            """.Replace("[\"", "[", StringComparison.Ordinal).Replace("\"]", "]", StringComparison.Ordinal);
        string Weights(int count) => string.Join(", ", Enumerable.Range(0, count));
        var dense = PublishedNetwork.Parse(With($"a -> b: [type: dense, weight: [{Weights(72)}]]"), "net.yaml", machine);
        Assert.Equal(Enumerable.Range(0, 72).Select(i => new PublishedEdge(i / 8, 9 + (i % 8), i)), dense.Edges);
        var conv = PublishedNetwork.Parse(With($"a -> b: [type: conv2d, input_height: 3, input_width: 3, input_channels: 1, kernel_height: 2, kernel_width: 2, kernel_count: 2, weight: [{Weights(8)}]]"), "net.yaml", machine);
        Assert.Equal(32, conv.Edges.Count);
        // Output row 1, column 0 of kernel 1 sees input row 2, column 1 through tap (1, 1).
        Assert.Contains(new PublishedEdge(7, 9 + 4 + 2, (3 * 2) + 1), conv.Edges);
        Assert.Equal(4, conv.Edges.Count(e => e.To == 9 + 6));
    }

    [Theory]
    [InlineData("width: 2", "width: -2", "arch.yaml, line 5, key 'architecture.attributes.width': '-2'; allowed: a whole number, 1 to 4096")]
    [InlineData("energy_east_hop: 3e-12, ", "", "key 'architecture.tile[0].attributes.energy_east_hop': missing")]
    [InlineData("sync_model: table", "sync_model: dynamic", "key 'architecture.attributes.sync_model': 'dynamic'; allowed: fixed, table")]
    [InlineData("buffer_position: soma", "buffer_position: axon_out", "buffer_position': 'axon_out'; allowed: soma")]
    [InlineData("name: t[0..3]", "name: t[0..4]", "5 tiles; allowed: at most 4")]
    [InlineData("name: t[0..3]", "name: t[3..0]", "'t[3..0]'; allowed: a name")]
    [InlineData("topology: mesh", "topology: mesh\n    colour: red", "key 'architecture.attributes.colour': unknown")]
    public void AWrongArchitectureIsRefusedWithFileLineAndKey(string old, string with, string message) =>
        Refused(message, () => PublishedMachine.Parse(Replace(Architecture, old, with), "arch.yaml"));

    [Theory]
    [InlineData("b.1: [core: 0.1]", "b.1: [core: 9.1]", "key 'mappings[3].b.1.core': '9.1'; allowed: tile.core")]
    [InlineData("  - b.1: [core: 0.1]", "", "neuron b.1 is on no core")]
    [InlineData("b.1: [core: 0.1]", "b.2: [core: 0.1]", "placed again")]
    [InlineData("a.0 -> b.0: [weight: 4]", "a.0 -> c.0: [weight: 4]", "line 15, key 'network.edges[0].a.0 -> c.0': group 'c'; allowed: the groups b, a")]
    [InlineData("a.0 -> b.0: [weight: 4]", "a.0 -> b.7: [weight: 4]", "neuron 'b.7'; allowed: b.0 to b.2")]
    [InlineData("a.0 -> b.0: [weight: 4]", "a.0 -> b.0: [weight: x]", "weight': 'x'; allowed: a finite number")]
    [InlineData("a.0 -> b.0: [weight: 4]", "a.0 -> b.0: [weight: 4, delay: 2]", "delay': unknown")]
    [InlineData("a.0 -> b.0", "a.0 to b.0", "allowed: source -> target")]
    [InlineData("reset_mode: soft", "reset_mode: gentle", "'gentle'; allowed: none, soft, hard")]
    [InlineData("soma_hw_name: lif", "soma_hw_name: missing", "soma unit 'missing', which its core lacks")]
    [InlineData("bias: 1.5", "bias: .inf", "bias': '.inf'; allowed: a finite number")]
    [InlineData("- 2: [bias", "- 5: [bias", "neuron 5; allowed: 0 to 2, for 3 neurons are listed")]
    [InlineData("weight: [5, -1]", "weight: [5]", "a list of 1; allowed: more than 1 weights")]
    [InlineData("- name: a\n", "- name: b\n", "'b' again")]
    public void AWrongNetworkIsRefusedWithFileLineAndKey(string old, string with, string message) =>
        Refused(message, () => PublishedNetwork.Parse(Replace(Net, old, with), "net.yaml", PublishedMachine.Parse(Architecture, "arch.yaml")));

    [Fact]
    public void OurMachinesRunThemToo()
    {
        var machine = PublishedMachine.Load("loihi");
        var network = PublishedNetwork.Parse(Net.Replace("synapse_hw_name: conv", "", StringComparison.Ordinal).Replace("lif", "soma", StringComparison.Ordinal)
            .Replace("\"in[1]\"", "input", StringComparison.Ordinal).Replace(", soma: \"in[0]\"", "", StringComparison.Ordinal), "net.yaml", machine);
        var step = PublishedReport.Run(machine, network, 4, StepTiming.Simple).Steps[0];
        Assert.Equal(2 * 23.6e-12, step.Synapse, 1e-24);
        Assert.Equal((2 * 52e-12) + 81e-12, step.Soma, 1e-24);
        // Tile 3 is three rows up of tile 0.
        Assert.Equal(2 * (1.7e-12 + (3 * 4e-12)), step.Network, 1e-24);
    }

    [Fact]
    public void TheReferenceRunIsMet()
    {
        if (Reference() is not { } folder) return;
        var machine = PublishedMachine.Load(Path.Combine(folder, "arch_grid.yaml"));
        var network = PublishedNetwork.Load(Path.Combine(folder, "snn_grid.yaml"), machine);
        foreach (var (timing, file, tolerance) in new[] { (StepTiming.Simple, "perf_simple.csv", 1e-9), (StepTiming.Detailed, "perf_detailed.csv", 1e-3) })
        {
            var report = PublishedReport.Run(machine, network, 64, timing);
            string[] expected = File.ReadAllLines(Path.Combine(folder, file));
            Assert.Equal(expected[0], report.ToPerfCsv().Split('\n')[0]);
            Assert.Equal(expected.Length - 1, report.Steps.Count);
            foreach (var (line, step) in expected.Skip(1).Zip(report.Steps))
            {
                double[] row = [.. line.Split(',').Select(v => double.Parse(v, CultureInfo.InvariantCulture))];
                Assert.Equal(row[..6], new double[] { step.Step, step.Fired, step.Updated, step.Packets, step.Hops, step.SynapticOperations });
                Near(row[6], step.Seconds, tolerance);
                double[] energies = [step.Synapse, step.Dendrite, step.Soma, step.Network, step.Total];
                for (int i = 0; i < energies.Length; i++) Near(row[7 + i], energies[i], 1e-9);
            }
            Assert.Equal(File.ReadAllText(Path.Combine(folder, "spikes.csv")).ReplaceLineEndings("\n"), report.ToSpikesCsv());
        }

        static void Near(double expected, double found, double tolerance) => Assert.InRange(found, expected - (tolerance * expected), expected + (tolerance * expected));
    }

    internal static string? Reference()
    {
        string[] candidates = Environment.GetEnvironmentVariable("LEPTON_DATA") is { } data ? [Path.Combine(data, "..", "reference", "tiles", "grid")] : [];
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            candidates = [.. candidates, Path.Combine(folder.FullName, "shared", "reference", "tiles", "grid")];
        return candidates.FirstOrDefault(Directory.Exists);
    }

    static void Refused(string message, Action action)
    {
        var error = Assert.Throws<InvalidInputException>(action);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    static string Replace(string text, string old, string with)
    {
        int at = text.IndexOf(old, StringComparison.Ordinal);
        Assert.True(at >= 0, old);
        return text[..at] + with + text[(at + old.Length)..];
    }
}
