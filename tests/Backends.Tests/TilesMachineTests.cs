using FsCheck;
using FsCheck.Fluent;
using Lepton.Neuro.Testing;

namespace Lepton.Neuro.Backends.Tests;

public sealed class TilesMachineTests
{
    static readonly TileMachine Loihi = TileMachine.Load("loihi");

    [Fact]
    public void LoihiIsAsPublished()
    {
        Assert.Equal(["crossbar", "loihi", "odin", "spinnaker2", "truenorth"], TileMachine.Presets);
        Assert.Equal(128, Loihi.Cores);
        Assert.Equal(255, Loihi.LargestWeight);
        Assert.Equal(23.6e-12, Loihi.Prices.Of(TileTerm.SynapticOperation), 1e-24);
        Assert.Equal(81e-12, Loihi.Prices.Of(TileTerm.NeuronActive), 1e-24);
        Assert.Equal(4e-12, Loihi.Prices.Of(TileTerm.HopNorth), 1e-24);
        Assert.Equal(0.104, Loihi.Prices.Of(TileTerm.Static), 1e-12);
        Assert.Equal(3.5e-9, Loihi.Latencies.Of(TileTerm.SynapticOperation), 1e-21);
        Assert.Equal(113e-9, Loihi.Barrier.Seconds(1), 1e-20);
        Assert.Equal((113 + (352 * 15.0 / 31)) * 1e-9, Loihi.Barrier.Seconds(16), 1e-20);
        Assert.Equal(465e-9, Loihi.Barrier.Seconds(32), 1e-20);
        Assert.Equal(465e-9, Loihi.Barrier.Seconds(100), 1e-20);
        Assert.Equal(113e-9, (Loihi.Barrier with { Between = Between.Step }).Seconds(31), 1e-20);
    }

    [Fact]
    public void EveryTermOfThePresetIsPricedOrSaysWhyNot()
    {
        foreach (string name in TileMachine.Presets)
        {
            var machine = TileMachine.Load(name);
            foreach (var term in Enum.GetValues<TileTerm>())
            {
                Assert.NotEqual(machine.Prices.Find(term) is null, machine.Prices.ReasonWithout(term) is null);
                if (machine.Prices.Find(term) is { } price) Assert.NotEmpty(price.Source);
            }
        }
    }

    [Fact]
    public void WritingAndReadingGivesTheSameMachine() => Properties.Holds(Machines, machine =>
    {
        var read = TileMachine.Parse(machine.ToYaml(), "m.yaml");
        Assert.Equal(machine.ToYaml(), read.ToYaml());
        Assert.Equal(
            machine with { Prices = read.Prices, Latencies = read.Latencies, Barrier = read.Barrier },
            read);
        Assert.Equal(machine.Barrier.Table, read.Barrier.Table);
        Assert.Equal(machine.Barrier with { Table = read.Barrier.Table }, read.Barrier);
        foreach (var term in Enum.GetValues<TileTerm>())
        {
            Assert.Equal(machine.Prices.Find(term), read.Prices.Find(term));
            Assert.Equal(machine.Prices.ReasonWithout(term), read.Prices.ReasonWithout(term));
            Assert.Equal(machine.Latencies.Find(term), read.Latencies.Find(term));
        }
    });

    [Theory]
    [InlineData("columns: 8", "columns: -8", "line 5, key 'mesh.columns': '-8'; allowed: a whole number, 1 to 1024")]
    [InlineData("columns: 8", "columns: 8\n  depth: 2", "line 6, key 'mesh.depth': unknown; allowed: the keys columns, rows, coresPerTile, topology")]
    [InlineData("  neurons: 1024\n", "", "line 10, key 'core.neurons': missing")]
    [InlineData("synapseBits: 1048576", "synapseBits: -5", "key 'core.synapseBits': '-5'")]
    [InlineData("axonsIn: 4096", "axonsIn: many", "key 'core.axonsIn': 'many'")]
    [InlineData("weightBits: 9", "weightBits: 17", "key 'formats.weightBits': '17'; allowed: a whole number, 1 to 16")]
    [InlineData("packets: unicast", "packets: broadcast", "key 'network.packets': 'broadcast'; allowed: unicast, multicast")]
    [InlineData("    row: 0", "    row: 4", "key 'network.inputPort.row': '4'; allowed: a whole number, 0 to 3")]
    [InlineData("value: 81, least: 72.8, unit: pJ", "value: 81, least: 72.8, unit: ns", "key 'prices.neuronActive.unit': 'ns'; allowed: fJ, pJ, nJ, uJ, J")]
    [InlineData("value: 104, unit: mW", "value: 104, unit: mJ", "key 'prices.static.unit': 'mJ'; allowed: uW, mW, W")]
    [InlineData("value: 8.4, unit: ns", "value: 8.4, unit: pJ", "key 'latencies.neuronActive.unit': 'pJ'")]
    [InlineData("value: 81, least: 72.8,", "value: -81,", "key 'prices.neuronActive.value': '-81'; allowed: a finite number of 0 or more")]
    [InlineData("value: 81, least: 72.8,", "value: .nan,", "key 'prices.neuronActive.value': '.nan'")]
    [InlineData("value: 81, least: 72.8,", "", "line 29, key 'prices.neuronActive.value': missing")]
    [InlineData("scope: per-term", "scope: some", "key 'prices.neuronActive.scope': 'some'; allowed: per-term, all-in")]
    [InlineData("evidence: simulated", "evidence: guessed", "allowed: measured, calibrated, simulated, derived, survey")]
    [InlineData("  barrier: { unpriced: \"its time is published, its energy is not\" }\n", "", "line 29, key 'prices.barrier': missing")]
    [InlineData("unpriced: \"not published\"", "unpriced: \"\"", "allowed: a text that is not empty")]
    [InlineData("unpriced: \"not published\"", "unpriced: \"no\", value: 3", "key 'prices.axonIn.value': unknown; allowed: the keys unpriced")]
    [InlineData("    1: 113", "    2: 113", "key 'barrier.table': from 2 tiles on")]
    [InlineData("    32: 465", "    1: 465", "line ")]
    [InlineData("name: loihi", "name: loihi\nname: again", "line ")]
    [InlineData("name: loihi", "name: &a [*a]", "line 2, key 'name[0]': a reference to what it is a part of (a cycle)")]
    [InlineData("mesh:\n  columns: 8", "mesh: &m\n  more: {again: *m}\n  columns: 8", "key 'mesh.more.again': a reference to what it is a part of (a cycle)")]
    [InlineData("name: loihi", "name: loihi\ncolour: red", "key 'colour': unknown; allowed: the keys name, source, mesh, core, formats, network, prices, latencies, barrier, analog")]
    [InlineData("name: loihi", "name: [a\nb: }", "brackets or quotes do not match")]
    [InlineData("mesh:\n  columns: 8", "mesh: [1, 2]\nx:\n  columns: 8", "line 4, key 'mesh': a list")]
    [InlineData("name: loihi", "name: {", "line ")]
    public void ABadFileIsRefusedWithFileLineAndKey(string old, string with, string message)
    {
        using var stream = typeof(TileMachine).Assembly.GetManifestResourceStream("Machines/loihi.yaml")!;
        string text = new StreamReader(stream).ReadToEnd();
        int at = text.IndexOf(old, StringComparison.Ordinal);
        Assert.True(at >= 0, old);
        string bad = text[..at] + with + text[(at + old.Length)..];
        var error = Assert.Throws<InvalidInputException>(() => TileMachine.Parse(bad, "bad.yaml"));
        Assert.StartsWith("bad.yaml, line ", error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no such machine")]
    public void AMachineThatIsNotThereIsNamedWithThePresets(string name)
    {
        var error = Assert.Throws<InvalidInputException>(() => TileMachine.Load(name));
        Assert.Contains($"'{name}'", error.Message, StringComparison.Ordinal);
        Assert.Contains("loihi", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AMachineIsLoadedFromAFile()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, (Loihi with { Name = "mine" }).ToYaml());
            Assert.Equal("mine", TileMachine.Load(path).Name);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void RoutesGoAlongTheRowThenTheColumn()
    {
        Assert.Equal((7, 3), Loihi.PlaceOf(31));
        Assert.Equal(new Hops(7, 0, 3, 0), Loihi.Route(0, 31));
        Assert.Equal(new Hops(0, 7, 0, 3), Loihi.Route(31, 0));
        Assert.Equal(default, Loihi.Route(5, 5));
        Assert.Equal(new Hops(0, 1, 2, 0), Loihi.Route(5, 3));
    }

    static Gen<TileMachine> Machines { get; } =
        from shape in Gen.Choose(1, 1024).ArrayOf(3)
        from capacity in Gen.Choose(1, 1 << 24).ArrayOf(4)
        from bits in Gen.Choose(2, 16).ArrayOf(3)
        from port in Gen.Choose(0, 1023).ArrayOf(2)
        from values in Gen.Choose(0, 1_000_000).ArrayOf(33)
        from name in Gen.Elements("plain", "with: colon", "\"quoted\"", "ünïcode", "# hash", "12", "tab\tand\nline")
        select Loihi with
        {
            Name = name,
            Source = "x " + name,
            Columns = shape[0],
            Rows = shape[1],
            CoresPerTile = shape[2],
            Core = new(capacity[0], capacity[1] * 1000L, capacity[2], capacity[3]),
            WeightBits = bits[0],
            IndexBits = bits[1],
            State = new(bits[2], bits[2] - 1),
            Topology = (Topology)(bits[0] % 2),
            Packets = (PacketKind)(bits[1] % 2),
            RoutingEntries = bits[1] % 3 == 0 ? null : capacity[2],
            LinkBuffer = bits[0],
            Analog = bits[2] % 2 == 0 ? null : new(bits[0], bits[1], 1 + values[0], new(values[1] / 7.0, -values[2] / 3.0, values[3]), values[4] / 11.0, values[5], values[6], name),
            InputColumn = port[0] % shape[0],
            InputRow = port[1] % shape[1],
            Prices = List(values.AsSpan(0, 15), term => term == TileTerm.Static ? "uW" : "fJ", name, _ => true),
            Latencies = List(values.AsSpan(15, 14), _ => "us", name, term => term is not (TileTerm.Barrier or TileTerm.Static or TileTerm.InputSpike)),
            Barrier = new([(1, values[28] / 7.0), (3 + (values[29] % 5), values[30] / 3.0)], (Between)(values[32] % 2), "ps", (Evidence)(values[32] % 5), name),
        };

    static PriceList List(Span<int> values, Func<TileTerm, string> unit, string source, Func<TileTerm, bool> wanted)
    {
        var prices = new Dictionary<TileTerm, Price>();
        var unpriced = new Dictionary<TileTerm, string>();
        foreach (var term in Enum.GetValues<TileTerm>().Where(wanted))
        {
            int value = values[(int)term];
            if (value % 3 == 0) unpriced[term] = source;
            else prices[term] = new(value / 13.0, unit(term), (PriceScope)(value % 2), (Evidence)(value % 5), source) { Least = value / 26.0, Most = value % 4 == 0 ? value : value / 13.0 };
        }
        return new(prices, unpriced);
    }
}
