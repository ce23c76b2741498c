namespace Lepton.Neuro.Backends.Published;

/// <summary>Reads the published simulator's description of an architecture. An attribute that would be left out of account is refused.</summary>
static class PublishedMachineYaml
{
    const int MostTiles = 1 << 20;

    public static PublishedMachine Read(string yaml, string file)
    {
        var root = StrictMap.Root(yaml, file, "an architecture");
        var architecture = root.Map("architecture");
        // A mapped network may share the file.
        foreach (string other in new[] { "network", "mappings" })
        {
            if (root.Has(other)) root.Skip(other);
        }
        root.Done();
        string name = architecture.Has("name") ? architecture.Text("name") : "";
        var mesh = architecture.Map("attributes");
        if (mesh.Has("topology")) mesh.Choice("topology", "mesh");
        int width = (int)mesh.Whole("width", 1, 4096), height = (int)mesh.Whole("height", 1, 4096);
        int buffer = (int)mesh.Whole("link_buffer_size", 1, int.MaxValue);
        var barrier = Barrier(mesh);
        mesh.Done();
        var tiles = new List<PublishedTile>();
        var cores = new List<PublishedCore>();
        foreach (var node in architecture.List("tile", orOne: true))
        {
            var tile = Tile(node.Map("attributes"));
            var nodes = node.List("core", orOne: true);
            int count = Copies(node, out _).Count;
            if (tiles.Count + count > Math.Min(MostTiles, width * height))
                throw node.Wrong("name", FormattableString.Invariant($"{tiles.Count + count} tiles"), FormattableString.Invariant($"at most {width * height}, the places of a mesh of {width} x {height}"));
            var template = new List<PublishedCore>();
            foreach (var core in nodes)
            {
                var read = Core(core);
                foreach (int _ in Copies(core, out string _)) template.Add(read with { Offset = template.Count });
                core.Done();
            }
            node.Done();
            for (int i = 0; i < count; i++)
            {
                cores.AddRange(template.Select(c => c with { Tile = tiles.Count }));
                tiles.Add(tile);
            }
        }
        architecture.Done();
        if (cores.Count == 0) throw architecture.Wrong("tile", "no core", "at least one tile with a core");
        return new() { Name = name, Width = width, Height = height, LinkBuffer = buffer, Barrier = barrier, Tiles = tiles, Cores = cores };
    }

    static List<(int Tiles, double Seconds)> Barrier(StrictMap mesh)
    {
        string model = mesh.Has("sync_model") ? mesh.Choice("sync_model", "fixed", "table") : "fixed";
        if (model == "fixed") return [(0, mesh.Has("latency_sync") ? mesh.Number("latency_sync") : 0)];
        return mesh.IsText("latency_sync") ? [(0, mesh.Number("latency_sync"))] : [.. mesh.Map("latency_sync", "times by tiles in use").Table(0)];
    }

    static PublishedTile Tile(StrictMap attributes)
    {
        Cost Hop(string direction) => new(attributes.Number($"energy_{direction}_hop"), attributes.Number($"latency_{direction}_hop"));
        var tile = new PublishedTile(Hop("east"), Hop("west"), Hop("north"), Hop("south"));
        Ignore(attributes, "log_energy");
        attributes.Done();
        return tile;
    }

    static PublishedCore Core(StrictMap core)
    {
        var attributes = core.Map("attributes");
        attributes.Choice("buffer_position", "soma");
        if (attributes.Has("buffer_inside_unit")) attributes.Choice("buffer_inside_unit", "false", "False");
        int neurons = (int)attributes.Whole("max_neurons_supported", 1, 1 << 24);
        Ignore(attributes, "log_energy");
        attributes.Done();
        return new(0, 0, neurons, Axon(core, "axon_in", "message_in"), Axon(core, "axon_out", "message_out"), Events(core, "synapse", "process_spike"), Events(core, "dendrite", "update"), Somas(core));
    }

    static Cost Axon(StrictMap core, string section, string what)
    {
        var units = core.List(section, orOne: true);
        if (units.Count != 1) throw core.Wrong(section, FormattableString.Invariant($"{units.Count} units"), "one unit");
        units[0].Text("name");
        var attributes = units[0].Map("attributes");
        var cost = new Cost(attributes.Number($"energy_{what}"), attributes.Number($"latency_{what}"));
        attributes.Done();
        units[0].Done();
        return cost;
    }

    static List<EventUnit> Events(StrictMap core, string section, string what)
    {
        var units = new List<EventUnit>();
        foreach (var unit in core.List(section, orOne: true))
        {
            var attributes = unit.Map("attributes");
            string model = attributes.Text("model");
            var cost = new Cost(attributes.Number($"energy_{what}"), attributes.Number($"latency_{what}"));
            Ignore(attributes, "log_energy", "log_latency");
            attributes.Done();
            foreach (int i in Copies(unit, out string name)) units.Add(new(Numbered(unit, name, i), model, cost));
            unit.Done();
        }
        return units.Count > 0 ? units : throw core.Wrong(section, "empty", "at least one unit");
    }

    static List<SomaUnit> Somas(StrictMap core)
    {
        var units = new List<SomaUnit>();
        foreach (var unit in core.List("soma", orOne: true))
        {
            var attributes = unit.Map("attributes");
            string model = attributes.Text("model");
            Cost Of(string what) => new(attributes.Number($"energy_{what}"), attributes.Number($"latency_{what}"));
            var (access, update, spike) = (Of("access_neuron"), Of("update_neuron"), Of("spike_out"));
            Ignore(attributes, "log_energy", "log_latency");
            attributes.Done();
            foreach (int i in Copies(unit, out string name)) units.Add(new(Numbered(unit, name, i), model, access, update, spike));
            unit.Done();
        }
        return units.Count > 0 ? units : throw core.Wrong("soma", "empty", "at least one unit");
    }

    // What the simulator writes to its logs changes nothing here.
    static void Ignore(StrictMap map, params ReadOnlySpan<string> keys)
    {
        foreach (string key in keys)
        {
            if (map.Has(key)) map.Skip(key);
        }
    }

    static string Numbered(StrictMap node, string name, int number) =>
        node.Text("name").Contains("..", StringComparison.Ordinal) ? FormattableString.Invariant($"{name}[{number}]") : name;

    // "name[0..5]" stands for six of them.
    static IReadOnlyCollection<int> Copies(StrictMap node, out string name)
    {
        string text = node.Text("name");
        name = text;
        if (!text.Contains("..", StringComparison.Ordinal)) return [0];
        int open = text.IndexOf('[', StringComparison.Ordinal);
        if (open < 0 || text[^1] != ']' || PublishedRange.Parse(text[(open + 1)..^1]) is not { } range)
            throw node.Wrong("name", $"'{text}'", "a name, or one that ends in a range such as [0..5]");
        name = text[..open];
        return [.. Enumerable.Range(range.First, range.Last - range.First + 1)];
    }
}

/// <summary>Ranges of numbers such as <c>0..5</c>, both ends included.</summary>
static class PublishedRange
{
    public static (int First, int Last)? Parse(string text)
    {
        int dots = text.IndexOf("..", StringComparison.Ordinal);
        if (dots < 0) return Number(text) is { } single ? (single, single) : null;
        return Number(text[..dots]) is { } first && Number(text[(dots + 2)..]) is { } last && first <= last ? (first, last) : null;
    }

    static int? Number(string text) =>
        int.TryParse(text.Trim(), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int number) && number < 1 << 28 ? number : null;
}
