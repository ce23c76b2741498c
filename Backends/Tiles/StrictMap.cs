using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Lepton.Neuro.Backends;

/// <summary>A mapping of YAML of which every key must be read. What is wrong is named with file, line and key.</summary>
sealed class StrictMap
{
    const string MappingAllowed = "a mapping of keys to values";
    const string NumberAllowed = "a finite number";

    readonly string file;
    readonly string path;
    readonly YamlNode node;
    readonly Dictionary<string, (YamlNode Key, YamlNode Value)> children = new(StringComparer.Ordinal);
    readonly HashSet<string> known = new(StringComparer.Ordinal);
    readonly HashSet<string> optional = new(StringComparer.Ordinal);

    public StrictMap(string file, string path, YamlNode node, string allowed = MappingAllowed)
        : this(file, path, node)
    {
        if (node is not YamlMappingNode map) throw Wrong(node, path, Describe(node), allowed);
        Add(map);
    }

    StrictMap(string file, string path, YamlNode node)
    {
        this.file = file;
        this.path = path;
        this.node = node;
    }

    /// <summary>The keys, in the order of the text.</summary>
    public IEnumerable<string> Keys => children.Keys;

    /// <summary>The mapping at the root of a text.</summary>
    /// <param name="yaml">The text: one document.</param>
    /// <param name="file">What it is called in messages.</param>
    /// <param name="what">What it describes, for messages.</param>
    /// <exception cref="InvalidInputException">The text is no YAML, refers to itself, or holds anything but one mapping.</exception>
    public static StrictMap Root(string yaml, string file, string what)
    {
        var stream = new YamlStream();
        var parser = new Parser(new StringReader(yaml));
        try
        {
            stream.Load(parser);
        }
        catch (Exception e) when (e is YamlException or InvalidOperationException)
        {
            // The parser leaves some broken text by other exceptions than its own, which know no line.
            long line = e is YamlException known ? known.Start.Line : parser.Current?.End.Line ?? 1;
            string reason = e is YamlException ? e.Message.ReplaceLineEndings(" ") : "brackets or quotes do not match";
            throw new InvalidInputException(Invariant($"{file}, line {line}: {reason}; allowed: one YAML document of {what}"), e);
        }
        if (stream.Documents.Count != 1) throw new InvalidInputException($"{file}: the number of YAML documents", stream.Documents.Count, "1");
        var root = stream.Documents[0].RootNode;
        RefuseCycles(file, root);
        return new(file, "", root, MappingAllowed);
    }

    // An anchor may be referred to inside of what it stands for. Nodes are walked once each, so that references to references take no longer than the text.
    static void RefuseCycles(string file, YamlNode root)
    {
        var open = new HashSet<YamlNode>(ReferenceEqualityComparer.Instance);
        var done = new HashSet<YamlNode>(ReferenceEqualityComparer.Instance);
        Walk(root, "");

        void Walk(YamlNode node, string path)
        {
            if (open.Contains(node)) throw new InvalidInputException(Invariant($"{file}, line {node.Start.Line}, key '{path}': a reference to what it is a part of (a cycle); allowed: references to what ends before them"));
            if (node is YamlScalarNode || !done.Add(node)) return;
            open.Add(node);
            if (node is YamlMappingNode map)
            {
                foreach (var (key, value) in map.Children)
                {
                    Walk(key, path);
                    string name = (key as YamlScalarNode)?.Value ?? "";
                    Walk(value, path.Length == 0 ? name : $"{path}.{name}");
                }
            }
            else if (node is YamlSequenceNode list)
            {
                for (int i = 0; i < list.Children.Count; i++) Walk(list.Children[i], Invariant($"{path}[{i}]"));
            }
            open.Remove(node);
        }
    }

    /// <summary>A mapping that may also be written as a list of mappings, one after the other; a later key replaces an earlier one.</summary>
    public static StrictMap Listed(string file, string path, YamlNode node)
    {
        var map = new StrictMap(file, path, node);
        if (node is YamlMappingNode single)
        {
            map.Add(single);
        }
        else if (node is YamlSequenceNode list)
        {
            foreach (var item in list.Children) map.Add(item as YamlMappingNode ?? throw map.Wrong(item, path, Describe(item), MappingAllowed));
        }
        else
        {
            throw map.Wrong(node, path, Describe(node), "a mapping of keys to values, or a list of such mappings");
        }
        return map;
    }

    /// <summary>Whether an optional key is there.</summary>
    public bool Has(string key)
    {
        optional.Add(key);
        return children.ContainsKey(key);
    }

    /// <summary>Takes a key as known without reading it.</summary>
    public void Skip(string key) => known.Add(key);

    public StrictMap Map(string key, string allowed = MappingAllowed) => new(file, At(key), Node(key, allowed), allowed);

    /// <summary>See <see cref="Listed(string, string, YamlNode)"/>.</summary>
    public StrictMap Listed(string key) => Listed(file, At(key), Node(key, MappingAllowed));

    /// <summary>The mappings of a list; one mapping counts as a list of one where <paramref name="orOne"/>.</summary>
    public IReadOnlyList<StrictMap> List(string key, bool orOne = false)
    {
        var found = Node(key, "a list of mappings");
        if (found is YamlMappingNode && orOne) return [new(file, At(key), found, MappingAllowed)];
        if (found is not YamlSequenceNode list) throw Wrong(found, At(key), Describe(found), orOne ? "a mapping, or a list of mappings" : "a list of mappings");
        return [.. list.Children.Select((item, i) => new StrictMap(file, Invariant($"{At(key)}[{i}]"), item, MappingAllowed))];
    }

    /// <summary>The texts of a list.</summary>
    public IReadOnlyList<string> Texts(string key)
    {
        var found = Node(key, "a list");
        if (found is not YamlSequenceNode list) throw Wrong(found, At(key), Describe(found), "a list");
        return [.. list.Children.Select(item => item is YamlScalarNode { Value: { } text } ? text : throw Wrong(item, At(key), Describe(item), "a list of numbers or words"))];
    }

    /// <summary>A list of pairs of whole numbers of 0 or more.</summary>
    public IReadOnlyList<(int First, int Second)> Pairs(string key)
    {
        const string Allowed = "a list of pairs of whole numbers of 0 or more";
        var found = Node(key, Allowed);
        if (found is not YamlSequenceNode list) throw Wrong(found, At(key), Describe(found), Allowed);
        return [.. list.Children.Select(item => item is YamlSequenceNode { Children: [YamlScalarNode first, YamlScalarNode second] }
            && int.TryParse(first.Value, NumberStyles.None, CultureInfo.InvariantCulture, out int one) && int.TryParse(second.Value, NumberStyles.None, CultureInfo.InvariantCulture, out int two)
            ? (one, two)
            : throw Wrong(item, At(key), Describe(item), Allowed))];
    }

    /// <summary>Whether the value of a key is one word or number.</summary>
    public bool IsText(string key) => children.TryGetValue(key, out var found) && found.Value is YamlScalarNode;

    public string Text(string key)
    {
        var found = Node(key, "a text");
        return found is YamlScalarNode { Value: { Length: > 0 } text } ? text : throw Wrong(found, At(key), Describe(found), "a text that is not empty");
    }

    /// <summary>A text that may be empty.</summary>
    public string Raw(string key)
    {
        var found = Node(key, "a text");
        return found is YamlScalarNode { Value: { } text } ? text : throw Wrong(found, At(key), Describe(found), "a text");
    }

    public string Choice(string key, params string[] allowed)
    {
        string list = string.Join(", ", allowed);
        var found = Node(key, list);
        return found is YamlScalarNode { Value: { } text } && allowed.Contains(text, StringComparer.Ordinal) ? text : throw Wrong(found, At(key), Describe(found), list);
    }

    public bool Flag(string key) => Choice(key, "true", "false", "True", "False") is "true" or "True";

    public long Whole(string key, long least, long most)
    {
        string allowed = Invariant($"a whole number, {least} to {most}");
        var found = Node(key, allowed);
        return found is YamlScalarNode scalar && long.TryParse(scalar.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) && value >= least && value <= most
            ? value
            : throw Wrong(found, At(key), Describe(found), allowed);
    }

    /// <summary>A finite number in a range; 0 or more where no range is given.</summary>
    public double Number(string key, double least = 0, double most = double.MaxValue)
    {
        string allowed = NumberAllowed + (least == 0 && most == double.MaxValue ? " of 0 or more" : least > double.MinValue || most < double.MaxValue ? Invariant($", {least:R} to {most:R}") : "");
        var found = Node(key, allowed);
        return found is YamlScalarNode scalar && double.TryParse(scalar.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) && value >= least && value <= most
            ? value
            : throw Wrong(found, At(key), Describe(found), allowed);
    }

    /// <summary>Numbers by ascending whole numbers, such as times by tiles.</summary>
    /// <param name="first">What the first key must be.</param>
    public List<(int Tiles, double Value)> Table(int first = 1)
    {
        var table = new List<(int Tiles, double Value)>();
        foreach (var (text, (key, _)) in children)
        {
            if (!(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int tiles) && tiles >= first))
                throw Wrong(key, path, Describe(key), Invariant($"whole numbers of tiles as keys, at least {first}"));
            if (table.Count > 0 && tiles <= table[^1].Tiles) throw Wrong(key, path, Describe(key), "keys in ascending order");
            table.Add((tiles, Number(text)));
        }
        if (table.Count == 0 || (first == 1 && table[0].Tiles != 1)) throw Wrong(node, path, table.Count == 0 ? "empty" : Invariant($"from {table[0].Tiles} tiles on"), "a table that begins with 1 tile");
        return table;
    }

    /// <summary>Refuses keys that nobody asked for.</summary>
    public void Done()
    {
        foreach (var (found, (key, _)) in children)
        {
            if (!known.Contains(found)) throw Wrong(key, At(found), "unknown", $"the keys {string.Join(", ", known.Union(optional))}");
        }
    }

    /// <summary>What is wrong about a key, or about the whole mapping where the key is null.</summary>
    public InvalidInputException Wrong(string? key, string found, string allowed) =>
        key is not null && children.TryGetValue(key, out var child) ? Wrong(child.Key, At(key), found, allowed) : Wrong(node, key is null ? path : At(key), found, allowed);

    void Add(YamlMappingNode map)
    {
        foreach (var (key, value) in map.Children)
        {
            if (key is not YamlScalarNode { Value: { } text }) throw Wrong(key, path, Describe(key), "a word as the key");
            children[text] = (key, value);
        }
    }

    YamlNode Node(string key, string allowed)
    {
        known.Add(key);
        return children.TryGetValue(key, out var found) ? found.Value : throw Wrong(node, At(key), "missing", allowed);
    }

    string At(string key) => path.Length == 0 ? key : $"{path}.{key}";

    InvalidInputException Wrong(YamlNode at, string key, string found, string allowed) =>
        new(Invariant($"{file}, line {at.Start.Line}, key '{key}': {found}; allowed: {allowed}"));

    static string Describe(YamlNode node) => node switch
    {
        YamlScalarNode scalar => $"'{scalar.Value}'",
        YamlSequenceNode => "a list",
        _ => "a mapping",
    };

    static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
