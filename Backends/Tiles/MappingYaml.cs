using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Lepton.Neuro.Backends;

/// <summary>Writes a mapping as YAML and reads it back, for the same machine and network only.</summary>
/// <remarks>The machine's own YAML lies in the text, so that what differs can be named. Of the network there are its populations, and for each projection a digest of the synapses that are
/// stored. Weights and the constants of neurons are left out: a mapping holds for any of them, as every capacity is checked again when it is read.</remarks>
static class MappingYaml
{
    const int Format = 1;
    const int RunsALine = 24;
    const string Neurons = "neurons";
    const string Channels = "channels";

    public static string Write(Mapping mapping, PlacedSynapses synapses)
    {
        var text = new StringBuilder();
        void Line(string line) => text.Append(line).Append('\n');
        var (network, machine, options) = (mapping.Network, mapping.Machine, mapping.Options);
        string yaml = machine.ToYaml();
        var projections = Digests(network, synapses);
        Line($"mapping: {Format}");
        Line("machine:");
        Line($"  name: {Quoted(machine.Name)}");
        Line($"  sha256: {Digest(yaml)}");
        Line("  text: |");
        foreach (string line in yaml.TrimEnd('\n').Split('\n')) Line($"    {line}");
        Line("network:");
        Line($"  sha256: {Digest(network, projections)}");
        Line("  populations:");
        foreach (var population in network.Populations)
            Line(Invariant($"    - {{ name: {Quoted(population.Description.Name)}, count: {population.Count}, kind: {Kind(population)} }}"));
        Line(network.Projections.Count == 0 ? "  projections: []" : "  projections:");
        foreach (var projection in network.Projections)
            Line(Invariant($"    - {{ name: {Quoted(projection.Description.Name)}, synapses: {synapses.Formats[projection.Index].Stored}, sha256: {projections[projection.Index]} }}"));
        Line($"partition: {options.Partition}");
        Line($"placement: {options.Placement}");
        Line($"routing: {options.Routing}");
        Line(Invariant($"seed: {options.MapperSeed}"));
        Line($"learning: {(options.Learning ? "true" : "false")}");
        if (options.NeuronsPerCore is { } most) Line(Invariant($"neuronsPerCore: {most}"));
        if (options.Faults is { } faults)
        {
            Line("faults:");
            Line($"  tiles: [{string.Join(", ", faults.Tiles)}]");
            Line($"  cores: [{string.Join(", ", faults.Cores)}]");
            Line($"  links: [{string.Join(", ", faults.Links.Select(l => Invariant($"[{l.Tile}, {l.Other}]")))}]");
        }
        var placed = network.Populations.Where(p => p.Description.Model is not null && p.Count > 0).ToArray();
        Line(placed.Length == 0 ? "cores: []" : "cores:");
        foreach (var population in placed)
        {
            Line($"  - population: {Quoted(population.Description.Name)}");
            Line("    of: |");
            foreach (var runs in Runs(mapping, population).Chunk(RunsALine)) Line($"      {string.Join(' ', runs)}");
        }
        return text.ToString();
    }

    public static Mapping Read(string yaml, string file, CompiledNetwork network, TileMachine machine, Learned? learned)
    {
        var root = StrictMap.Root(yaml, file, "a mapping");
        root.Whole("mapping", Format, Format);
        Same(root.Map("machine"), machine);
        var options = new MappingOptions
        {
            Learned = learned,
            Partition = Named<PartitionMethod>(root, "partition"),
            Placement = Named<PlacementMethod>(root, "placement"),
            Routing = Named<RoutingMethod>(root, "routing"),
            MapperSeed = Seed(root),
            Learning = root.Flag("learning"),
            NeuronsPerCore = root.Has("neuronsPerCore") ? (int)root.Whole("neuronsPerCore", 1, int.MaxValue) : null,
            Faults = root.Has("faults") ? FaultsOf(root.Map("faults"), machine) : null,
        };
        // Which synapses are stored follows from the weights, so weights that do not fit the machine are refused here already.
        var synapses = new PlacedSynapses(network, machine, options);
        Same(root.Map("network"), network, synapses);
        var given = CoresOf(root, network, machine, Mesh.Of(machine, options.Faults));
        root.Done();
        var fill = new SequentialFill(network, machine, options, synapses);
        if (fill.Place(given) is { } refused) throw root.Wrong("cores", refused, "cores that hold what is placed on them");
        return new(network, machine, options, synapses, fill);
    }

    public static void RequireMachine(string yaml, string file, TileMachine machine)
    {
        var root = StrictMap.Root(yaml, file, "a mapping");
        root.Whole("mapping", Format, Format);
        Same(root.Map("machine"), machine);
    }

    static void Same(StrictMap map, TileMachine machine)
    {
        string name = map.Text("name"), text = map.Text("text"), own = machine.ToYaml();
        if (map.Text("sha256") != Digest(own))
        {
            string[] made = text.TrimEnd('\n').Split('\n'), wanted = own.TrimEnd('\n').Split('\n');
            int at = 0;
            while (at < made.Length && at < wanted.Length && made[at] == wanted[at]) at++;
            string Shown(string[] lines) => at < lines.Length ? $"'{lines[at].Trim()}'" : at == made.Length && at == wanted.Length ? "the same text with another digest" : "the end";
            throw map.Wrong("sha256", $"made for another machine: '{name}' has {Shown(made)}, '{machine.Name}' has {Shown(wanted)}", $"the digest of machine '{machine.Name}', {Digest(own)}");
        }
        map.Done();
    }

    static void Same(StrictMap map, CompiledNetwork network, PlacedSynapses synapses)
    {
        var populations = map.List("populations").Select(p => (p, Name: p.Text("name"), Count: p.Whole("count", 0, int.MaxValue), Kind: p.Choice("kind", Neurons, Channels))).ToArray();
        var projections = map.List("projections").Select(p => (p, Name: p.Text("name"), Synapses: p.Whole("synapses", 0, long.MaxValue), Digest: p.Text("sha256"))).ToArray();
        foreach (var (entry, _, _, _) in populations) entry.Done();
        foreach (var (entry, _, _, _) in projections) entry.Done();
        var digests = Digests(network, synapses);
        if (map.Text("sha256") == Digest(network, digests))
        {
            map.Done();
            return;
        }
        const string Allowed = "the network that is run now; map it again where it has changed";
        const string Other = "made for another network: ";
        if (populations.Length != network.Populations.Count) throw map.Wrong("populations", Invariant($"{Other}{populations.Length} populations, now {network.Populations.Count}"), Allowed);
        for (int i = 0; i < populations.Length; i++)
        {
            var (entry, name, count, kind) = populations[i];
            var now = network.Populations[i];
            if (name != now.Description.Name) throw entry.Wrong("name", $"{Other}'{name}', now '{now.Description.Name}'", Allowed);
            if (count != now.Count) throw entry.Wrong("count", Invariant($"{Other}{count} of '{name}', now {now.Count}"), Allowed);
            if (kind != Kind(now)) throw entry.Wrong("kind", $"{Other}{kind} of '{name}', now {Kind(now)}", Allowed);
        }
        if (projections.Length != network.Projections.Count) throw map.Wrong("projections", Invariant($"{Other}{projections.Length} projections, now {network.Projections.Count}"), Allowed);
        for (int i = 0; i < projections.Length; i++)
        {
            var (entry, name, stored, digest) = projections[i];
            var now = network.Projections[i].Description;
            if (name != now.Name) throw entry.Wrong("name", $"{Other}'{name}', now '{now.Name}'", Allowed);
            if (stored != synapses.Formats[i].Stored) throw entry.Wrong("synapses", Invariant($"{Other}{stored} of '{name}', now {synapses.Formats[i].Stored}"), Allowed);
            if (digest != digests[i]) throw entry.Wrong("sha256", $"{Other}other synapses of '{name}'", Allowed);
        }
        throw map.Wrong("sha256", $"{Other}the same parts with another digest", Allowed);
    }

    static Faults FaultsOf(StrictMap map, TileMachine machine)
    {
        IReadOnlyList<int> Numbers(string key, int end) => [.. map.Texts(key).Select(t => int.TryParse(t, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number < end
            ? number
            : throw map.Wrong(key, $"'{t}'", Invariant($"whole numbers below {end}")))];
        var faults = new Faults { Tiles = Numbers("tiles", machine.Tiles), Cores = Numbers("cores", machine.Cores), Links = map.Pairs("links") };
        map.Done();
        return faults;
    }

    // The core of each source; -1 for channels.
    static int[] CoresOf(StrictMap root, CompiledNetwork network, TileMachine machine, Mesh mesh)
    {
        var placed = network.Populations.Where(p => p.Description.Model is not null && p.Count > 0).ToArray();
        var entries = root.List("cores");
        if (entries.Count != placed.Length) throw root.Wrong("cores", Invariant($"{entries.Count} populations"), Invariant($"{placed.Length}, those that have neurons"));
        var given = new List<int>();
        int next = 0;
        foreach (var population in network.Populations)
        {
            if (population.Description.Model is null || population.Count == 0)
            {
                given.AddRange(Enumerable.Repeat(-1, population.Count));
                continue;
            }
            var entry = entries[next++];
            string name = entry.Text("population");
            if (name != population.Description.Name) throw entry.Wrong("population", $"'{name}'", $"'{population.Description.Name}', in the network's order");
            int before = given.Count;
            foreach (string run in entry.Text("of").Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries))
            {
                int times = run.IndexOf('x', StringComparison.Ordinal), count = 1;
                bool isRun = int.TryParse(times < 0 ? run : run[..times], NumberStyles.None, CultureInfo.InvariantCulture, out int core)
                    && (times < 0 || (int.TryParse(run[(times + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out count) && count > 0));
                if (!isRun || core >= machine.Cores) throw entry.Wrong("of", $"'{run}'", Invariant($"cores below {machine.Cores}, each with x and how many neurons follow on it, or alone for one"));
                if (!mesh.IsLive(core)) throw entry.Wrong("of", Invariant($"core {core}, which is dead"), "cores that work");
                if (count > population.Count - (given.Count - before)) throw entry.Wrong("of", Invariant($"more than {population.Count} neurons"), Invariant($"{population.Count}, all of '{name}'"));
                given.AddRange(Enumerable.Repeat(core, count));
            }
            if (given.Count - before != population.Count) throw entry.Wrong("of", Invariant($"{given.Count - before} neurons"), Invariant($"{population.Count}, all of '{name}'"));
            entry.Done();
        }
        return [.. given];
    }

    static IEnumerable<string> Runs(Mapping mapping, CompiledPopulation population)
    {
        int core = mapping.CoreOf(population.Description, 0), length = 0;
        for (int neuron = 0; neuron < population.Count; neuron++)
        {
            int now = mapping.CoreOf(population.Description, neuron);
            if (now != core)
            {
                yield return Run(core, length);
                (core, length) = (now, 0);
            }
            length++;
        }
        yield return Run(core, length);
    }

    static string Run(int core, int length) => length == 1 ? Invariant($"{core}") : Invariant($"{core}x{length}");

    static string[] Digests(CompiledNetwork network, PlacedSynapses synapses)
    {
        var sources = new List<int>();
        return [.. network.Projections.Select(projection =>
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            for (int target = 0; target < projection.Connectivity.Targets; target++)
            {
                synapses.Sources(projection, target, sources);
                int count = sources.Count;
                hash.AppendData(MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in count)));
                hash.AppendData(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(sources)));
            }
            return Convert.ToHexStringLower(hash.GetHashAndReset());
        })];
    }

    static string Digest(CompiledNetwork network, string[] projections) => Digest(string.Join('\n', network.Populations
        .Select(p => Invariant($"{p.Description.Name} {p.Count} {Kind(p)}"))
        .Concat(network.Projections.Select(p => Invariant($"{p.Description.Name} {p.Description.From.Index} {p.Description.To.Index} {projections[p.Index]}")))));

    static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    static string Kind(CompiledPopulation population) => population.Description.Model is null ? Channels : Neurons;

    static ulong Seed(StrictMap root)
    {
        string text = root.Text("seed");
        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed) ? seed : throw root.Wrong("seed", $"'{text}'", "a whole number of 0 or more");
    }

    static T Named<T>(StrictMap map, string key)
        where T : struct, Enum => Enum.Parse<T>(map.Choice(key, Enum.GetNames<T>()));

    static string Quoted(string text) => JsonSerializer.Serialize(text);

    static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
