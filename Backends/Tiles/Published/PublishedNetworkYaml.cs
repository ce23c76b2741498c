using System.Globalization;

namespace Lepton.Neuro.Backends.Published;

/// <summary>Reads the published simulator's description of a mapped network. An attribute that would be left out of account is refused.</summary>
sealed class PublishedNetworkYaml(string file, PublishedMachine machine, string? mapping = null, string mappingFile = "")
{
    const int MostNeurons = 1 << 26;

    readonly List<PublishedGroup> groups = [];
    readonly Dictionary<string, PublishedGroup> byName = new(StringComparer.Ordinal);
    readonly List<PublishedNeuron> neurons = [];
    readonly Dictionary<(int Tile, int Offset), int> cores = machine.Cores.Select((c, i) => (c.Tile, c.Offset, Core: i)).ToDictionary(c => (c.Tile, c.Offset), c => c.Core);

    public PublishedNetwork Read(string yaml)
    {
        var root = StrictMap.Root(yaml, file, "a network");
        if (root.Has("architecture")) root.Skip("architecture");
        var network = root.Map("network");
        string name = network.Has("name") ? network.Text("name") : "";
        foreach (var group in network.List("groups")) ReadGroup(group);
        var edges = new PublishedEdges(Address, neurons.Count).Read(network.List("edges"));
        network.Done();
        var placed = root;
        if (mapping is not null)
        {
            // A mapping of its own stands in place of the network's.
            if (root.Has("mappings")) root.Skip("mappings");
            placed = PublishedMapping.Read(mapping, mappingFile, name, groups, neurons.Count, edges, machine);
        }
        ReadMapping(placed.List("mappings"));
        root.Done();
        if (mapping is not null) placed.Done();
        CheckUnits(placed);
        return new() { Name = name, Groups = groups, Neurons = neurons, Edges = edges };
    }

    void ReadGroup(StrictMap group)
    {
        string name = group.Text("name");
        if (byName.ContainsKey(name)) throw group.Wrong("name", $"'{name}' again", "a name of its own");
        var common = group.Has("attributes") ? ReadNeuron(group.Listed("attributes"), new()) : new();
        int first = neurons.Count;
        var entries = group.List("neurons");
        var ranges = entries.Select(entry => Single(entry, "a neuron or a range of them, such as 0..9") is var key && PublishedRange.Parse(key) is { } range
            ? (Entry: entry, Key: key, Range: range)
            : throw entry.Wrong(key, $"'{key}'", "a neuron or a range of them, such as 0..9")).ToList();
        // As in the published simulator, the size of a group is the number of neurons that are listed.
        long count = ranges.Sum(r => r.Range.Last - r.Range.First + 1L);
        if (first + count > MostNeurons) throw group.Wrong("neurons", count.ToString(CultureInfo.InvariantCulture), FormattableString.Invariant($"at most {MostNeurons} in the network"));
        neurons.AddRange(Enumerable.Repeat(common, (int)count));
        foreach (var (entry, key, range) in ranges)
        {
            if (range.Last >= count) throw entry.Wrong(key, FormattableString.Invariant($"neuron {range.Last}"), FormattableString.Invariant($"0 to {count - 1}, for {count} neurons are listed"));
            for (int i = range.First; i <= range.Last; i++) neurons[first + i] = ReadNeuron(entry.Listed(key), common);
            entry.Done();
        }
        group.Done();
        var read = new PublishedGroup(name, first, (int)count);
        groups.Add(read);
        byName.Add(name, read);
    }

    static PublishedNeuron ReadNeuron(StrictMap map, PublishedNeuron basis)
    {
        foreach (string log in new[] { "log_spikes", "log_potential" })
        {
            if (map.Has(log)) map.Flag(log);
        }
        var neuron = basis with
        {
            SomaUnit = map.Has("soma_hw_name") ? map.Text("soma_hw_name") : basis.SomaUnit,
            SynapseUnit = map.Has("synapse_hw_name") ? map.Text("synapse_hw_name") : basis.SynapseUnit,
            DendriteUnit = map.Has("dendrite_hw_name") ? map.Text("dendrite_hw_name") : basis.DendriteUnit,
        };
        neuron = ReadModel(map, neuron);
        if (map.Has("soma"))
        {
            var soma = map.Listed("soma");
            neuron = ReadModel(soma, neuron);
            soma.Done();
        }
        if (map.Has("dendrite")) map.Listed("dendrite").Done();
        map.Done();
        return neuron;
    }

    static PublishedNeuron ReadModel(StrictMap map, PublishedNeuron basis)
    {
        double Number(string key, double otherwise) => map.Has(key) ? map.Number(key, double.MinValue) : otherwise;
        PotentialReset Mode(string key, PotentialReset otherwise, params string[] allowed) =>
            map.Has(key) ? Enum.Parse<PotentialReset>(map.Choice(key, allowed), ignoreCase: true) : otherwise;
        bool forced = basis.ForceUpdate;
        foreach (string key in new[] { "force_update", "force_update_every_timestep" })
        {
            if (map.Has(key)) forced = map.Flag(key);
        }
        if (map.Has("log_u")) map.Flag("log_u");
        return basis with
        {
            Bias = Number("bias", basis.Bias),
            Threshold = Number("threshold", basis.Threshold),
            LeakDecay = Number("leak_decay", basis.LeakDecay),
            InputDecay = Number("input_decay", basis.InputDecay),
            ResetMode = Mode("reset_mode", basis.ResetMode, "none", "soft", "hard"),
            Reset = Number("reset", basis.Reset),
            ReverseThreshold = Number("reverse_threshold", basis.ReverseThreshold),
            ReverseResetMode = Mode("reverse_reset_mode", basis.ReverseResetMode, "none", "soft", "hard", "saturate"),
            ReverseReset = Number("reverse_reset", basis.ReverseReset),
            RefractoryDelay = map.Has("refractory_delay") ? (int)map.Whole("refractory_delay", 0, int.MaxValue) : basis.RefractoryDelay,
            Potential = Number("potential", basis.Potential),
            ForceUpdate = forced,
            Spikes = map.Has("spikes") ? [.. map.Texts("spikes").Select(s => Spike(map, s))] : basis.Spikes,
            Rate = map.Has("rate") ? map.Number("rate", 0, 1) : basis.Rate,
        };
    }

    static bool Spike(StrictMap map, string text) => text switch
    {
        "1" or "true" or "True" => true,
        "0" or "false" or "False" => false,
        _ => throw map.Wrong("spikes", $"'{text}'", "a list of 0 and 1"),
    };

    void ReadMapping(IReadOnlyList<StrictMap> entries)
    {
        var load = new int[machine.Cores.Count];
        int order = 0;
        foreach (var entry in entries)
        {
            string key = Single(entry, "a neuron such as group.3, a range such as group.0..9, or a group");
            var info = entry.Listed(key);
            int core = Core(info);
            string Unit(string name, string otherwise) => info.Has(name) ? info.Text(name) : otherwise;
            foreach (int neuron in Addresses(entry, key))
            {
                if (neurons[neuron].Core >= 0) throw entry.Wrong(key, "placed again", "each neuron once");
                if (++load[core] > machine.Cores[core].Neurons)
                    throw entry.Wrong(key, FormattableString.Invariant($"neuron {load[core]} of core {machine.Cores[core].Tile}.{machine.Cores[core].Offset}"), FormattableString.Invariant($"at most {machine.Cores[core].Neurons} neurons a core"));
                neurons[neuron] = neurons[neuron] with
                {
                    Core = core,
                    MappedAt = order++,
                    SomaUnit = Unit("soma", neurons[neuron].SomaUnit),
                    SynapseUnit = Unit("synapse", neurons[neuron].SynapseUnit),
                    DendriteUnit = Unit("dendrite", neurons[neuron].DendriteUnit),
                };
            }
            info.Done();
            entry.Done();
        }
        int missing = neurons.FindIndex(n => n.Core < 0);
        if (missing >= 0)
        {
            var group = groups.Last(g => g.First <= missing && g.Count > 0);
            throw new InvalidInputException(FormattableString.Invariant($"{(mapping is null ? file : mappingFile)}, key 'mappings': neuron {group.Name}.{missing - group.First} is on no core; allowed: each neuron on one core"));
        }
    }

    int Core(StrictMap info)
    {
        string text = info.Text("core");
        int dot = text.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && int.TryParse(text[..dot], NumberStyles.None, CultureInfo.InvariantCulture, out int tile) && int.TryParse(text[(dot + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int offset)
            && cores.TryGetValue((tile, offset), out int core)
            ? core
            : throw info.Wrong("core", $"'{text}'", FormattableString.Invariant($"tile.core, a core of machine '{machine.Name}', which has {machine.Tiles.Count} tiles and {machine.Cores.Count} cores"));
    }

    IEnumerable<int> Addresses(StrictMap entry, string key)
    {
        int dot = key.IndexOf('.', StringComparison.Ordinal);
        var group = Group(entry, key, dot < 0 ? key : key[..dot]);
        var range = dot < 0 ? (0, group.Count - 1) : PublishedRange.Parse(key[(dot + 1)..]) ?? throw entry.Wrong(key, $"'{key}'", "a neuron such as group.3, a range such as group.0..9, or a group");
        if (range.Item2 >= group.Count) throw entry.Wrong(key, FormattableString.Invariant($"neuron {range.Item2}"), FormattableString.Invariant($"0 to {group.Count - 1}"));
        return Enumerable.Range(group.First + range.Item1, range.Item2 - range.Item1 + 1);
    }

    // One end of an edge: a neuron, or the whole group where no neuron is named.
    (PublishedGroup Group, int? Neuron) Address(StrictMap entry, string key, string text)
    {
        int dot = text.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0) return (Group(entry, key, text), null);
        var group = Group(entry, key, text[..dot]);
        return int.TryParse(text[(dot + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int neuron) && neuron < group.Count
            ? (group, group.First + neuron)
            : throw entry.Wrong(key, $"neuron '{text}'", FormattableString.Invariant($"{group.Name}.0 to {group.Name}.{group.Count - 1}"));
    }

    PublishedGroup Group(StrictMap entry, string key, string name) =>
        byName.TryGetValue(name, out var group) ? group : throw entry.Wrong(key, $"group '{name}'", $"the groups {string.Join(", ", byName.Keys)}");

    void CheckUnits(StrictMap root)
    {
        for (int i = 0; i < neurons.Count; i++)
        {
            var neuron = neurons[i];
            var core = machine.Cores[neuron.Core];
            // Neurons differ little, so a name is spelled out only for the one that is wrong.
            string? wrong = Soma(core, neuron) is not { } soma ? $"soma unit '{neuron.SomaUnit}', which its core lacks"
                : soma.Model is not ("leaky_integrate_fire" or "input") ? $"soma unit '{soma.Name}' of model '{soma.Model}'"
                : Event(core.Synapses, neuron.SynapseUnit) is not { } synapse ? $"synapse unit '{neuron.SynapseUnit}', which its core lacks"
                : synapse.Model != "current_based" ? $"synapse unit '{synapse.Name}' of model '{synapse.Model}'"
                : Event(core.Dendrites, neuron.DendriteUnit) is not { } dendrite ? $"dendrite unit '{neuron.DendriteUnit}', which its core lacks"
                : dendrite.Model != "accumulator" ? $"dendrite unit '{dendrite.Name}' of model '{dendrite.Model}'"
                : null;
            if (wrong is null) continue;
            var group = groups.Last(g => g.First <= i && g.Count > 0);
            throw root.Wrong("mappings", FormattableString.Invariant($"neuron {group.Name}.{i - group.First} in {wrong}"), "units of the core, with the models leaky_integrate_fire or input, current_based and accumulator");
        }
    }

    internal static SomaUnit? Soma(PublishedCore core, PublishedNeuron neuron) =>
        neuron.SomaUnit.Length == 0 ? core.Somas[0] : core.Somas.FirstOrDefault(u => u.Name == neuron.SomaUnit);

    internal static EventUnit? Event(IReadOnlyList<EventUnit> units, string name) =>
        name.Length == 0 ? units[0] : units.FirstOrDefault(u => u.Name == name);

    static string Single(StrictMap entry, string allowed)
    {
        string[] keys = [.. entry.Keys];
        return keys.Length == 1 ? keys[0] : throw entry.Wrong(null, FormattableString.Invariant($"{keys.Length} keys"), allowed);
    }
}
