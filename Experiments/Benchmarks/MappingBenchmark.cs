using System.Collections;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Lepton.Neuro.Backends;
using Lepton.Neuro.Experiments.Reporting;
using Lepton.Neuro.Experiments.Running;
using Spectre.Console;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Experiments.Benchmarks;

/// <summary>How long a part of <see cref="MappingBenchmark"/> took.</summary>
/// <param name="Name">What was done.</param>
/// <param name="WallSeconds">Wall time.</param>
/// <param name="CpuSeconds">Processor time of the process, all threads of it.</param>
/// <param name="PeakMegabytes">The most memory that the process had held when it was done, MB.</param>
/// <param name="Note">What came out.</param>
internal sealed record MappingStage(string Name, double WallSeconds, double CpuSeconds, double PeakMegabytes, string Note);

/// <summary>What <c>bench mapping --json</c> prints.</summary>
/// <param name="Model">Always <c>mapping</c>.</param>
/// <param name="Neurons">Neurons of the large network.</param>
/// <param name="Synapses">Its synapses.</param>
/// <param name="Cores">The cores that it takes.</param>
/// <param name="Packets">Packets where every neuron fires once.</param>
/// <param name="LeastPackets">Packets that no mapping does without.</param>
/// <param name="Hops">Hops of these packets.</param>
/// <param name="LeastHops">Hops that no placement of these cores does without.</param>
/// <param name="TableEntries">Entries of all routers' tables, one a source and router that its packets come to.</param>
/// <param name="CompressedEntries">Entries of the compressed tables.</param>
/// <param name="PlacementSeconds">Processor time to place and route 2,000 clusters.</param>
/// <param name="OperationsPerSecond">Synaptic operations a second of processor time, one thread, each step timed: the least of the networks that ran.</param>
/// <param name="Stages">The parts.</param>
internal sealed record MappingResult(string Model, long Neurons, long Synapses, int Cores, long Packets, long LeastPackets, long Hops, long LeastHops, long TableEntries, long CompressedEntries,
    double PlacementSeconds, double OperationsPerSecond, IReadOnlyList<MappingStage> Stages);

/// <summary>Tile machines against the clock: 2,000 clusters placed and routed; mapped networks run, each step timed; a network of a million neurons and 100 million synapses mapped, with its tables.</summary>
/// <remarks>The large network is a sheet of neurons, each of which hears 90 sources within 16 places of its own and 10 anywhere; neurons are numbered in an order that tells nothing of it.</remarks>
/// <param name="settings">The part of the million neurons, the biological seconds that mapped networks run for, and the seed.</param>
/// <param name="progress">Shows how far it is.</param>
/// <param name="cancellation">Stops it.</param>
internal sealed class MappingBenchmark(BenchmarkSettings settings, IProgressReporter progress, CancellationToken cancellation)
{
    public const string Name = "mapping";

    public const string Summary = "tile machines: 2,000 clusters placed and routed, mapped networks run with timing, a million neurons (times --scale) mapped with all tables";

    /// <summary>The least part of a million neurons.</summary>
    public const double LeastScale = 0.001;

    const int Clusters = 2000, TargetsEach = 8;

    readonly List<MappingStage> stages = [];

    /// <summary>Measures all.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public MappingResult Execute()
    {
        double placed = Placed();
        double operations = Math.Min(Ran("digits-like, 784 to 1,000, all to all, on loihi", Dense(), TileMachine.Load("loihi")), Ran("4,000 neurons of 100 sources each on spinnaker2", Sparse(), TileMachine.Load("spinnaker2")));
        return Mapped(placed, operations);
    }

    /// <summary>The results as a table for a person.</summary>
    /// <param name="result">The results.</param>
    public static Table ToTable(MappingResult result)
    {
        var table = new Table { Border = TableBorder.Rounded, Title = new TableTitle(Name) };
        table.AddColumn("Part");
        foreach (string column in (string[])["Wall time", "Processor time", "Peak memory"]) table.AddColumn(new TableColumn(column).RightAligned());
        table.AddColumn("What came out");
        foreach (var s in result.Stages) table.AddRow(Markup.Escape(s.Name), Quantity.Duration(s.WallSeconds), Quantity.Duration(s.CpuSeconds), $"{Quantity.Count(Math.Round(s.PeakMegabytes))} MB", Markup.Escape(s.Note));
        return table;
    }

    /// <summary>The results as JSON on one line.</summary>
    /// <param name="result">The results.</param>
    public static string ToJsonLine(MappingResult result) => JsonSerializer.Serialize(result, MappingJsonContext.Default.MappingResult);

    double Placed()
    {
        var mesh = new Mesh(25, 20, 4);
        // Code is compiled while it is used for the first time.
        Route(Placer.Place(Sheet(1800, settings.Seed + 1), mesh));
        var flow = Sheet(Clusters, settings.Seed);
        Placement placement = null!;
        var place = Measure("2,000 clusters placed on 25 x 20 tiles of 4 cores", () =>
        {
            placement = Placer.Place(flow, mesh);
            return Text($"{placement.Hops:N0} hops");
        });
        var route = Measure("the same routed, Steiner trees", () => Text($"{Route(placement):N0} links of all trees"));
        var others = Enum.GetValues<PlacementMethod>().Where(m => m != PlacementMethod.Annealing).Select(m => Text($"{m} {Placer.Place(flow, mesh, new() { Method = m }).Hops:N0}"));
        stages.Add(new("hops by other methods", 0, 0, BenchmarkRun.PeakMegabytes(), Text($"{string.Join(", ", others)}; at least {placement.LeastHops:N0}")));
        return place.CpuSeconds + route.CpuSeconds;
    }

    // Clusters of a sheet 40 wide, in an order that tells nothing, each of which sends to others near it.
    static FlowGraph Sheet(int clusters, ulong seed)
    {
        const int width = 40;
        var words = new Words(seed);
        int[] name = Shuffled(clusters, ref words);
        var flows = new List<Flow>();
        for (int i = 0; i < clusters; i++)
        {
            for (int k = 0; k < TargetsEach; k++)
            {
                int column = Math.Clamp((i % width) + words.Below(7) - 3, 0, width - 1), row = Math.Clamp((i / width) + words.Below(7) - 3, 0, (clusters / width) - 1);
                flows.Add(new(name[i], name[(row * width) + column], 1 + words.Below(1000)));
            }
        }
        return new(clusters, flows);
    }

    static long Route(Placement placement)
    {
        var router = new Router(placement.Mesh);
        var tiles = new List<int>();
        long hops = 0;
        for (int cluster = 0; cluster < placement.Flow.Clusters; cluster++)
        {
            tiles.Clear();
            foreach (int other in placement.Flow.Neighbours(cluster)) tiles.Add(placement.TileOf(other));
            hops += router.Tree(placement.TileOf(cluster), tiles, RoutingMethod.Steiner).Hops;
        }
        return hops;
    }

    CompiledNetwork Dense()
    {
        var network = new Network(settings.Seed);
        var input = network.Add("input", 784, new PoissonSource(50.Hz));
        var cells = network.Add("cells", 1000, new IntegrateAndFire { Leak = 0.9f, Threshold = 400 });
        network.Connect(input, cells, Wiring.AllToAll, 1, 1.ms);
        return network.Compile(1.ms);
    }

    CompiledNetwork Sparse()
    {
        var network = new Network(settings.Seed);
        var input = network.Add("input", 1000, new PoissonSource(20.Hz));
        var cells = network.Add("cells", 4000, new IntegrateAndFire { Leak = 0.9f, Threshold = 8 });
        network.Connect(input, cells, Wiring.InDegree(50), 1, 1.ms);
        network.Connect(cells, cells, Wiring.InDegree(50), -0.5, 1.ms);
        return network.Compile(1.ms);
    }

    double Ran(string what, CompiledNetwork network, TileMachine machine)
    {
        var mapping = Tiles.Map(network, machine);
        using var session = Tiles.Evaluate(mapping, TileOptions.On(new() { Threads = 1, VectorBits = settings.VectorBits }));
        session.Begin(0);
        session.Advance((long)Math.Ceiling(settings.WarmUp * 1000));
        long before = session.Tiles.SynapticOperations, operations = 0, spikes = 0;
        var stage = Measure(Text($"run with timing: {what}"), () =>
        {
            for (int part = 0; part < 10; part++)
            {
                cancellation.ThrowIfCancellationRequested();
                session.Advance((long)Math.Ceiling(settings.Seconds * 100));
            }
            var did = session.Tiles;
            (operations, spikes) = (did.SynapticOperations - before, did.Spikes);
            return Text($"{operations:N0} synaptic operations, {spikes:N0} spikes of neurons");
        });
        double perSecond = operations / Math.Max(stage.CpuSeconds, 1e-9);
        stages[^1] = stage with { Note = Text($"{stage.Note}: {perSecond / 1e6:N0} M a second of processor time") };
        return perSecond;
    }

    MappingResult Mapped(double placed, double operations)
    {
        int side = (int)Math.Round(1000 * Math.Sqrt(settings.Scale)), neurons = side * side;
        CompiledNetwork plan = null!;
        Measure("network compiled", () =>
        {
            plan = Large(side).Compile(1.ms);
            return Text($"{plan.NeuronCount:N0} neurons, {plan.SynapseCount:N0} synapses");
        });
        var chip = TileMachine.Load("spinnaker2");
        // An eighth more cores than the neurons fill.
        int tiles = (int)Math.Ceiling(neurons * 1.125 / chip.Core.Neurons / chip.CoresPerTile), columns = (int)Math.Ceiling(Math.Sqrt(tiles));
        var machine = chip with { Name = "cores of spinnaker2 on one mesh", Columns = columns, Rows = (tiles + columns - 1) / columns };
        string running = "";
        long begin = 0;
        TimeSpan cpu = default;
        var mapping = Tiles.Map(plan, machine, new()
        {
            Partition = PartitionMethod.Multilevel,
            Placement = PlacementMethod.Annealing,
            MapperSeed = settings.Seed,
            Progress = next =>
            {
                cancellation.ThrowIfCancellationRequested();
                Finish(next);
            },
        });
        Finish("");
        var population = plan.Populations[0].Description;
        stages[^1] = stages[^1] with { Note = Text($"{mapping.CoresUsed:N0} cores of {machine.Cores:N0} on {machine.Columns} x {machine.Rows} tiles") };
        var once = new long[neurons];
        Array.Fill(once, 1);
        MappingCertificate certificate = null!;
        Measure("ways of all packets, bounds", () =>
        {
            certificate = MappingCertificate.Of(mapping, Activity.Of(plan, 1, [once]));
            return certificate.ToString();
        });
        IReadOnlyList<RouterTable> tables = null!;
        long entries = 0, compressed = 0;
        Measure("tables of all routers", () =>
        {
            tables = new Routes(mapping.Mesh, Sources(mapping, population), mapping.Routing).Tables();
            entries = tables.Sum(t => (long)t.Entries.Count);
            return Text($"{entries:N0} entries, {tables.Max(t => t.Entries.Count):N0} in the largest");
        });
        Measure("tables compressed", () =>
        {
            int most = 0;
            foreach (var table in tables)
            {
                cancellation.ThrowIfCancellationRequested();
                int count = table.Compressed().Entries.Count;
                compressed += count;
                most = Math.Max(most, count);
            }
            return Text($"{compressed:N0} entries, {most:N0} in the largest");
        });
        return new(Name, neurons, plan.SynapseCount, mapping.CoresUsed, certificate.Packets, certificate.LeastPackets, certificate.Hops, certificate.LeastHopsOfPartition, entries, compressed, placed, operations, stages);

        void Finish(string next)
        {
            var used = Environment.CpuUsage.TotalTime;
            if (running.Length > 0) stages.Add(new(running, Stopwatch.GetElapsedTime(begin).TotalSeconds, (used - cpu).TotalSeconds, BenchmarkRun.PeakMegabytes(), ""));
            if (running.Length > 0) progress.Note(Text($"{running}: {stages[^1].CpuSeconds:F1} s of processor time"));
            (running, begin, cpu) = (next.Length == 0 ? "" : $"mapping: {next}", Stopwatch.GetTimestamp(), used);
        }
    }

    Network Large(int side)
    {
        var network = new Network(settings.Seed);
        var cells = network.Add("cells", side * side, new IntegrateAndFire { Leak = 0.9f, Threshold = 20 });
        network.Connect(cells, cells, Wiring.Edges(new SheetEdges(side, settings.Seed)), 1, 1.ms);
        return network;
    }

    // Keys as a loader gives them: the core, then the neuron on it.
    static List<RoutedSource> Sources(Mapping mapping, Population population)
    {
        var order = Enumerable.Range(0, population.Count).OrderBy(i => mapping.CoreOf(population, i)).ToArray();
        var sources = new List<RoutedSource>(order.Length);
        uint number = 0;
        int before = -1;
        foreach (int neuron in order)
        {
            int core = mapping.CoreOf(population, neuron);
            number = core == before ? number + 1 : (uint)core << 8;
            before = core;
            var routes = mapping.RoutesOf(population, neuron);
            var cores = new int[routes.Length];
            for (int k = 0; k < cores.Length; k++) cores[k] = routes[k].Core;
            sources.Add(new(number, mapping.Machine.TileOf(core), cores, 1));
        }
        return sources;
    }

    MappingStage Measure(string name, Func<string> work)
    {
        cancellation.ThrowIfCancellationRequested();
        using var phase = progress.Start(name, 1, "parts");
        var cpu = Environment.CpuUsage.TotalTime;
        long begin = Stopwatch.GetTimestamp();
        string note = work();
        var stage = new MappingStage(name, Stopwatch.GetElapsedTime(begin).TotalSeconds, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds, BenchmarkRun.PeakMegabytes(), note);
        stages.Add(stage);
        phase.Advance();
        progress.Note(Text($"{name}: {stage.CpuSeconds:F1} s of processor time; {note}"));
        return stage;
    }

    static int[] Shuffled(int count, ref Words words)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        for (int i = count - 1; i > 0; i--)
        {
            int j = words.Below(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }
        return order;
    }

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    // SplitMix64 (S. Vigna): drawing 100 million sources five times over by Philox would take longer than mapping them.
    struct Words(ulong seed)
    {
        ulong state = seed;

        public int Below(int count)
        {
            ulong z = state += 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return (int)((((z ^ (z >> 31)) >> 32) * (ulong)count) >> 32);
        }
    }

    /// <summary>The synapses of the large network, worked out when asked for.</summary>
    sealed class SheetEdges : IReadOnlyList<(int Source, int Target)>
    {
        const int Each = 100, Near = 90, Reach = 8;

        readonly int side;
        readonly ulong seed;
        readonly int[] placeOf;
        readonly int[] neuronAt;

        public SheetEdges(int side, ulong seed)
        {
            this.side = side;
            this.seed = seed;
            var words = new Words(seed);
            placeOf = Shuffled(side * side, ref words);
            neuronAt = new int[placeOf.Length];
            for (int i = 0; i < placeOf.Length; i++) neuronAt[placeOf[i]] = i;
        }

        public int Count => checked(placeOf.Length * Each);

        public (int Source, int Target) this[int index]
        {
            get
            {
                int target = index / Each;
                var words = new Words(seed + ((ulong)index << 8) + 1);
                if (index % Each >= Near) return (words.Below(placeOf.Length), target);
                int place = placeOf[target];
                return (neuronAt[(Beside(place / side, ref words) * side) + Beside(place % side, ref words)], target);
            }
        }

        public IEnumerator<(int Source, int Target)> GetEnumerator()
        {
            for (int i = 0; i < Count; i++) yield return this[i];
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        // The sheet's borders are joined.
        int Beside(int at, ref Words words) => (at + words.Below((2 * Reach) + 1) + words.Below((2 * Reach) + 1) - (2 * Reach) + (2 * side)) % side;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(MappingResult))]
internal sealed partial class MappingJsonContext : JsonSerializerContext;
