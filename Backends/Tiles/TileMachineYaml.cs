using System.Text;
using System.Text.Json;

namespace Lepton.Neuro.Backends;

/// <summary>Machines as YAML, read strictly: every key is known, every term is priced or says why not.</summary>
static class TileMachineYaml
{
    const string Rounding = "nearestEven";
    const string Overflow = "saturate";

    static readonly TileTerm[] Prices = Enum.GetValues<TileTerm>();
    static readonly TileTerm[] Latencies = [.. Prices.Except([TileTerm.Barrier, TileTerm.Static, TileTerm.InputSpike])];

    public static TileMachine Read(string yaml, string file)
    {
        var root = StrictMap.Root(yaml, file, "a machine");
        string name = root.Text("name");
        string source = root.Text("source");
        var mesh = root.Map("mesh");
        int columns = (int)mesh.Whole("columns", 1, 1024);
        int rows = (int)mesh.Whole("rows", 1, 1024);
        int coresPerTile = (int)mesh.Whole("coresPerTile", 1, 1024);
        var topology = mesh.Has("topology") ? Named<Topology>(mesh, "topology") : Topology.Mesh;
        mesh.Done();
        var core = root.Map("core");
        var capacity = new CoreCapacity(
            (int)core.Whole("neurons", 1, 1 << 24),
            core.Whole("synapseBits", 1, 1L << 48),
            (int)core.Whole("axonsIn", 1, int.MaxValue),
            (int)core.Whole("axonsOut", 1, int.MaxValue));
        core.Done();
        var formats = root.Map("formats");
        int weightBits = (int)formats.Whole("weightBits", 1, 16);
        int indexBits = (int)formats.Whole("indexBits", 0, 64);
        int stateBits = (int)formats.Whole("stateBits", 2, 32);
        var state = new StateFormat(stateBits, (int)formats.Whole("stateFractionBits", 0, stateBits - 1));
        formats.Choice("rounding", Rounding);
        formats.Choice("overflow", Overflow);
        formats.Done();
        var network = root.Map("network");
        var packets = Named<PacketKind>(network, "packets");
        network.Choice("routing", "xy");
        int? routingEntries = network.Has("routingEntries") ? (int)network.Whole("routingEntries", 1, int.MaxValue) : null;
        int linkBuffer = (int)network.Whole("linkBuffer", 1, int.MaxValue);
        var port = network.Map("inputPort");
        int inputColumn = (int)port.Whole("column", 0, columns - 1);
        int inputRow = (int)port.Whole("row", 0, rows - 1);
        port.Done();
        network.Done();
        var prices = List(root.Map("prices"), Prices, term => term == TileTerm.Static ? "W" : "J");
        var latencies = List(root.Map("latencies"), Latencies, _ => "s");
        var barrier = Barrier(root.Map("barrier"));
        var analog = root.Has("analog") ? Analog(root.Map("analog")) : null;
        root.Done();
        return new()
        {
            Name = name,
            Source = source,
            Columns = columns,
            Rows = rows,
            CoresPerTile = coresPerTile,
            Core = capacity,
            WeightBits = weightBits,
            IndexBits = indexBits,
            State = state,
            Topology = topology,
            Packets = packets,
            RoutingEntries = routingEntries,
            Analog = analog,
            InputColumn = inputColumn,
            InputRow = inputRow,
            LinkBuffer = linkBuffer,
            Prices = prices,
            Latencies = latencies,
            Barrier = barrier,
        };
    }

    public static string Write(TileMachine machine)
    {
        var text = new StringBuilder();
        void Line(string line) => text.Append(line).Append('\n');
        Line($"name: {Quoted(machine.Name)}");
        Line($"source: {Quoted(machine.Source)}");
        Line("mesh:");
        Line(Invariant($"  columns: {machine.Columns}"));
        Line(Invariant($"  rows: {machine.Rows}"));
        Line(Invariant($"  coresPerTile: {machine.CoresPerTile}"));
        Line($"  topology: {Key(machine.Topology)}");
        Line("core:");
        Line(Invariant($"  neurons: {machine.Core.Neurons}"));
        Line(Invariant($"  synapseBits: {machine.Core.SynapseBits}"));
        Line(Invariant($"  axonsIn: {machine.Core.AxonsIn}"));
        Line(Invariant($"  axonsOut: {machine.Core.AxonsOut}"));
        Line("formats:");
        Line(Invariant($"  weightBits: {machine.WeightBits}"));
        Line(Invariant($"  indexBits: {machine.IndexBits}"));
        Line(Invariant($"  stateBits: {machine.State.Bits}"));
        Line(Invariant($"  stateFractionBits: {machine.State.FractionBits}"));
        Line($"  rounding: {Rounding}");
        Line($"  overflow: {Overflow}");
        Line("network:");
        Line($"  packets: {Key(machine.Packets)}");
        Line("  routing: xy");
        if (machine.RoutingEntries is { } entries) Line(Invariant($"  routingEntries: {entries}"));
        Line(Invariant($"  linkBuffer: {machine.LinkBuffer}"));
        Line("  inputPort:");
        Line(Invariant($"    column: {machine.InputColumn}"));
        Line(Invariant($"    row: {machine.InputRow}"));
        Line("prices:");
        foreach (var term in Prices) Line(Entry(machine.Prices, term));
        Line("latencies:");
        foreach (var term in Latencies) Line(Entry(machine.Latencies, term));
        Line("barrier:");
        Line($"  unit: {machine.Barrier.Unit}");
        Line($"  between: {Key(machine.Barrier.Between)}");
        Line($"  evidence: {Key(machine.Barrier.Evidence)}");
        Line($"  source: {Quoted(machine.Barrier.Source)}");
        Line("  table:");
        foreach (var (tiles, value) in machine.Barrier.Table) Line(Invariant($"    {tiles}: {value:R}"));
        if (machine.Analog is { } analog)
        {
            Line("analog:");
            Line(Invariant($"  inputBits: {analog.InputBits}"));
            Line(Invariant($"  outputBits: {analog.OutputBits}"));
            Line(Invariant($"  onOffRatio: {analog.OnOffRatio:R}"));
            Line(Invariant($"  programmingNoise: {{ constant: {analog.Programming.Constant:R}, linear: {analog.Programming.Linear:R}, quadratic: {analog.Programming.Quadratic:R} }}"));
            Line(Invariant($"  readNoise: {analog.ReadNoise:R}"));
            Line(Invariant($"  driftExponent: {analog.DriftExponent:R}"));
            Line(Invariant($"  driftSpread: {analog.DriftSpread:R}"));
            Line($"  source: {Quoted(analog.Source)}");
        }
        return text.ToString();
    }

    static string Entry(PriceList list, TileTerm term) => list.Find(term) is { } price
        ? Invariant($"  {Key(term)}: {{ value: {price.Value:R}{Spread(price)}, unit: {price.Unit}, scope: {Key(price.Scope)}, evidence: {Key(price.Evidence)}, source: {Quoted(price.Source)} }}")
        : $"  {Key(term)}: {{ unpriced: {Quoted(list.ReasonWithout(term) ?? "not given")} }}";

    static string Spread(Price price) =>
        (price.Least < price.Value ? Invariant($", least: {price.Least:R}") : "") + (price.Most > price.Value ? Invariant($", most: {price.Most:R}") : "");

    static PriceList List(StrictMap map, TileTerm[] terms, Func<TileTerm, string> baseUnit)
    {
        var prices = new Dictionary<TileTerm, Price>();
        var unpriced = new Dictionary<TileTerm, string>();
        foreach (var term in terms)
        {
            var entry = map.Map(Key(term), "a price with value, unit, scope, evidence and source, or 'unpriced' with the reason");
            if (entry.Has("unpriced"))
            {
                unpriced[term] = entry.Text("unpriced");
            }
            else
            {
                var price = new Price(
                    entry.Number("value"),
                    entry.Choice("unit", [.. Price.UnitsOf(baseUnit(term))]),
                    Named<PriceScope>(entry, "scope"),
                    Named<Evidence>(entry, "evidence"),
                    entry.Text("source"));
                prices[term] = price with
                {
                    Least = entry.Has("least") ? entry.Number("least", 0, price.Value) : price.Value,
                    Most = entry.Has("most") ? entry.Number("most", price.Value) : price.Value,
                };
            }
            entry.Done();
        }
        map.Done();
        return new(prices, unpriced);
    }

    static AnalogArray Analog(StrictMap map)
    {
        int inputBits = (int)map.Whole("inputBits", 1, 16), outputBits = (int)map.Whole("outputBits", 1, 32);
        double ratio = map.Number("onOffRatio", 1);
        var noise = map.Map("programmingNoise");
        var programming = new ProgrammingNoise(noise.Number("constant"), noise.Number("linear", double.MinValue), noise.Number("quadratic", double.MinValue));
        noise.Done();
        var analog = new AnalogArray(inputBits, outputBits, ratio, programming, map.Number("readNoise"), map.Number("driftExponent"), map.Number("driftSpread"), map.Text("source"));
        map.Done();
        return analog;
    }

    static BarrierTime Barrier(StrictMap map)
    {
        string unit = map.Choice("unit", [.. Price.UnitsOf("s")]);
        var between = Named<Between>(map, "between");
        var evidence = Named<Evidence>(map, "evidence");
        string source = map.Text("source");
        var table = map.Map("table", "tiles and times").Table();
        map.Done();
        return new(table, between, unit, evidence, source);
    }

    static T Named<T>(StrictMap map, string key)
        where T : struct, Enum
    {
        var values = Enum.GetValues<T>();
        string found = map.Choice(key, [.. values.Select(v => Key(v))]);
        return Array.Find(values, v => Key(v) == found);
    }

    // The scope is two words in the literature.
    static string Key<T>(T value)
        where T : struct, Enum => value is PriceScope
            ? JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString())
            : JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    static string Quoted(string text) => JsonSerializer.Serialize(text);

    static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
