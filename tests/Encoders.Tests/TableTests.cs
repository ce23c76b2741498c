using System.Globalization;
using System.Text;
using FsCheck.Fluent;
using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Encoders.Preprocessing;
using Lepton.Neuro.Testing;
using Xunit;

namespace Lepton.Neuro.Encoders.Tests;

public sealed class TableTests
{
    const string Iris = "5.1,3.5,1.4,0.2,Iris-setosa\n7.0,3.2,?,1.4,Iris-versicolor\n\n6.3,3.3,6.0,2.5,Iris-virginica\n4.9,,1.4,0.2,Iris-setosa\n";

    [Fact]
    public void A_table_without_header_has_its_label_last_and_its_gaps_as_NaN()
    {
        var table = Read(Iris);
        Assert.Equal(["0", "1", "2", "3"], table.Columns);
        Assert.Equal(["Iris-setosa", "Iris-versicolor", "Iris-virginica"], table.ClassNames);
        Assert.Equal([0, 1, 2, 0], table.Labels.ToArray());
        Assert.Equal([5.1f, 3.5f, 1.4f, 0.2f, 7, 3.2f, float.NaN, 1.4f, 6.3f, 3.3f, 6, 2.5f, 4.9f, float.NaN, 1.4f, 0.2f], table.Values.ToArray());
    }

    [Fact]
    public void Header_delimiter_and_label_are_told_or_given()
    {
        const string wine = "class;alcohol;\"malic; acid\"\r\n10;14.23;1.71\r\n2;13.2;NA\r\n";
        var table = Read(wine, new() { Label = "class" });
        Assert.Equal(["alcohol", "malic; acid"], table.Columns);
        // Whole numbers are ordered as numbers.
        Assert.Equal(["2", "10"], table.ClassNames);
        Assert.Equal([1, 0], table.Labels.ToArray());
        Assert.Equal(table.Values.ToArray(), Read(wine, new() { Label = "0" }).Values.ToArray());
        Assert.Equal(table.Values.ToArray(), Read(wine, new() { Label = "-3", HasHeader = true, Delimiter = ';' }).Values.ToArray());
        // Not all are whole numbers, so they are ordered as text.
        Assert.Equal(["10", "2.5"], Read(" 2.5   7 \n10  8\n", new() { Label = "0" }).ClassNames);
        Assert.Equal(2, Read("a\tb\n1\tx\n2\ty\n").Rows);
    }

    [Fact]
    public void Written_tables_are_read_back_in_chunks_of_any_size() =>
        Properties.Holds(
            from columns in Gen.Choose(1, 6)
            from rows in Gen.Choose(1, 40)
            from chunk in Gen.Choose(1, 50)
            from seed in Gen.Choose(0, 1 << 20)
            from header in Gen.Elements(true, false)
            select (columns, rows, chunk, seed, header),
            given =>
            {
                var random = new System.Random(given.seed);
                var values = Enumerable.Range(0, given.columns * given.rows).Select(_ => random.Next(5) == 0 ? float.NaN : (float)(random.NextDouble() * 1e3)).ToArray();
                var labels = Enumerable.Range(0, given.rows).Select(_ => $"a \"{random.Next(3)}\", b").ToArray();
                var text = new StringBuilder(given.header ? string.Join(',', Enumerable.Range(0, given.columns).Select(c => $"c{c}").Append("label")) + "\n" : "");
                for (int r = 0; r < given.rows; r++)
                {
                    var fields = values.Skip(r * given.columns).Take(given.columns).Select(v => v.ToString("R", CultureInfo.InvariantCulture));
                    text.Append(string.Join(',', fields)).Append(",\"").Append(labels[r].Replace("\"", "\"\"", StringComparison.Ordinal)).Append("\"\n");
                }
                using var file = TableFile.Open(new StringReader(text.ToString()), "t.csv", new() { ChunkRows = given.chunk, HasHeader = given.header });
                var chunks = file.Chunks().ToArray();
                Assert.Equal(Enumerable.Range(0, chunks.Length).Select(k => (long)k * given.chunk), chunks.Select(c => c.FirstRow));
                Assert.All(chunks.SkipLast(1), c => Assert.Equal(given.chunk, c.Rows));
                Assert.Equal(values, chunks.SelectMany(c => c.Values));
                Assert.Equal(labels, chunks.SelectMany(c => c.Labels));
            }, 60);

    [Fact]
    public void Damage_is_named_with_line_and_column()
    {
        Refused("1,2,x\n1,2\n", "t.csv, line 2: the fields is 2; allowed: 3");
        Refused("1,2,x\n1,b,y\n", "t.csv, line 2, column 1 is 'b'; allowed: a number");
        Refused("h,g,x\n1,b,y\n", "t.csv, line 2, column g is 'b'");
        Refused("1,2,x\n1,3,?\n", "t.csv, line 2, column 2 is '?'; allowed: a label");
        Refused("", "t.csv: the rows is none");
        Refused("1\n2\n", "t.csv, line 1: the fields is 1");
        Refused("1,2\n", "t.csv: the column of the label is 7", new() { Label = "7" });
        Refused("a,b\n1,2\n", "t.csv: the column of the label is c", new() { Label = "c" });
        Assert.Throws<InvalidInputException>(() => TableFile.Read(Path.Combine(Path.GetTempPath(), "lepton-no-such-table.csv")));

        static void Refused(string text, string part, TableOptions? options = null) =>
            Assert.Contains(part, Assert.Throws<InvalidInputException>(() => Read(text, options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Mutated_tables_give_rows_or_one_refusal()
    {
        var bytes = Encoding.UTF8.GetBytes("a,b,\"c\"\n1,2.5,x\n?,\"3\",y\n1e3,4,\"z \"\"q\"\"\"\n");
        Properties.Holds(
            from cut in Gen.Choose(0, 2 * bytes.Length)
            from changes in Gen.ListOf(Gen.Choose(0, bytes.Length - 1).SelectMany(at => Gen.Choose(0, 255).Select(value => (at, value))))
            select (cut, changes),
            given =>
            {
                var copy = bytes[..Math.Min(bytes.Length, given.cut)];
                foreach (var (at, value) in given.changes.Take(5))
                    if (at < copy.Length) copy[at] = (byte)value;
                try
                {
                    using var file = TableFile.Open(new StreamReader(new MemoryStream(copy)), "t.csv");
                    _ = file.Chunks().Count();
                }
                catch (InvalidInputException refusal)
                {
                    Assert.DoesNotContain('\n', refusal.Message);
                }
            }, 1500);
    }

    [Fact]
    public void Repairing_does_what_the_policy_says_value_by_value_and_reports_it() =>
        Properties.Holds(
            from seed in Gen.Choose(0, 1 << 20)
            from missing in Gen.Elements(RepairAction.Fill, RepairAction.Drop)
            from outside in Gen.Elements(RepairAction.Fill, RepairAction.Drop, RepairAction.Clip)
            from rows in Gen.Choose(1, 60)
            from size in Gen.Choose(1, 20)
            select (seed, missing, outside, rows, size),
            given =>
            {
                const int columns = 3;
                var random = new System.Random(given.seed);
                float[] kinds = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, -2, 7, 0, 0.5f, 1, 0.25f, 0.75f, 0.1f, 0.2f];
                var values = Enumerable.Range(0, given.rows * columns).Select(_ => kinds[random.Next(kinds.Length)]).ToArray();
                var policy = new RepairPolicy { Missing = given.missing, OutOfRange = given.outside, Least = 0, Most = 1, Fillers = [10, 20, 30] };
                var chunks = Enumerable.Range(0, given.rows).Chunk(given.size)
                    .Select(c => new TableChunk(c[0], columns, values[(c[0] * columns)..((c[^1] + 1) * columns)], [.. c.Select(r => $"{r}")])).ToArray();
                var repair = new Repair(policy);
                var got = repair.Apply(chunks).ToArray();
                var expected = new List<float>();
                var labels = new List<string>();
                for (int r = 0; r < given.rows; r++)
                {
                    var row = values[(r * columns)..((r + 1) * columns)];
                    if ((given.missing == RepairAction.Drop && row.Any(float.IsNaN)) || (given.outside == RepairAction.Drop && row.Any(v => v is < 0 or > 1))) continue;
                    labels.Add($"{r}");
                    expected.AddRange(row.Select((v, c) =>
                        float.IsNaN(v) ? policy.Fillers[c] : v is >= 0 and <= 1 ? v : given.outside == RepairAction.Fill ? policy.Fillers[c] : Math.Clamp(v, 0, 1)));
                }
                Assert.Equal(expected, got.SelectMany(c => c.Values));
                Assert.Equal(labels, got.SelectMany(c => c.Labels));
                var report = repair.Report;
                Assert.Equal((given.rows, values.Count(float.IsNaN), values.Count(v => v < 0), values.Count(v => v > 1)), ((int)report.Rows, (int)report.Missing, (int)report.TooSmall, (int)report.TooLarge));
                Assert.Equal(given.rows - labels.Count, report.Dropped);
                int first = Array.FindIndex(values, v => !(v >= 0 && v <= 1));
                Assert.Equal(first < 0 ? (-1, -1) : (first / columns, first % columns), ((int)report.FirstRow, report.FirstColumn));
                var (images, kept) = new Repair(policy).Apply(PixelMatrix.Create(columns, values));
                Assert.Equal(expected, images.Values.ToArray());
                Assert.Equal(labels, kept.Select(k => $"{k}"));
            }, 80);

    [Fact]
    public void Means_are_those_of_the_values_that_are_good()
    {
        var table = TableFile.Open(new StringReader(Iris), "iris.csv", new() { ChunkRows = 1 });
        var means = Repair.Means(table.Chunks(), new() { Least = 0, Most = 6.5f });
        Assert.Equal([(5.1 + 6.3 + 4.9) / 3, (3.5 + 3.2 + 3.3) / 3, (1.4 + 6 + 1.4) / 3, (0.2 + 1.4 + 2.5 + 0.2) / 4], means.Select(m => (double)m), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void What_a_policy_refuses_is_named()
    {
        var bad = PixelMatrix.Create(2, [0, float.NaN, 3, 1]);
        Assert.Contains("row 0, column 1", Assert.Throws<InvalidInputException>(() => new Repair(new()).Apply(bad)).Message, StringComparison.Ordinal);
        Assert.Contains("row 1, column 0, counted from 0, is 3", Assert.Throws<InvalidInputException>(() => new Repair(new() { Missing = RepairAction.Fill, Most = 1 }).Apply(bad)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidInputException>(() => new Repair(new() { Missing = RepairAction.Clip }));
        Assert.Throws<InvalidInputException>(() => new Repair(new() { Least = 1, Most = 0 }));
        Assert.Throws<InvalidInputException>(() => new Repair(new() { Fillers = [1, 2, 3], Missing = RepairAction.Fill }).Apply(bad));
    }

    static Table Read(string text, TableOptions? options = null)
    {
        using var file = TableFile.Open(new StringReader(text), "t.csv", options);
        return Table.Of(file.Columns, file.Chunks());
    }
}
