using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;

namespace Lepton.Neuro.Encoders.Data;

/// <summary>Tables of text with a column of labels, as those of the UCI repository: one row a line, fields separated by commas (or what <see cref="TableOptions"/> says), quoted as RFC 4180 has
/// it, with names of columns or without, numbers or missing values in all columns but the label's, any text in that.</summary>
public sealed class TableFile : IDisposable
{
    const int LongestField = 1 << 16, MostColumns = 1 << 16;
    readonly string name;
    readonly TableOptions options;
    readonly CsvParser parser;
    readonly HashSet<string> missing;
    readonly int label, fields;
    readonly char delimiter;
    string[]? first;
    long row;

    TableFile(TextReader text, string name, TableOptions options)
    {
        this.name = name;
        this.options = options;
        Require.InRange("the rows of a chunk", (long)options.ChunkRows, 1, 1 << 20);
        missing = new(options.Missing, StringComparer.Ordinal);
        delimiter = options.Delimiter ?? Tell(ref text);
        if (delimiter is '"' or '\r' or '\n') throw new InvalidInputException("the delimiter of a table", $"character {(int)delimiter}", "any character but quotes and line ends");
        parser = new(text, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = delimiter.ToString(),
            TrimOptions = TrimOptions.Trim,
            MaxFieldSize = LongestField,
            IgnoreBlankLines = true,
            WhiteSpaceChars = [.. " \t".Where(c => c != delimiter)],
        });
        try
        {
            first = Next() ?? throw new InvalidInputException($"{name}: the rows", "none", "at least one");
            fields = first.Length;
            Require.InRange($"{name}, line {parser.RawRow}: the fields", (long)fields, 2, MostColumns);
            bool header = options.HasHeader ?? !first.Where((_, c) => c != Place(options.Label)).Any(f => Number(f) is not null);
            if (header)
            {
                label = options.Label is null ? fields - 1 : Array.FindIndex(first, f => f == options.Label) is >= 0 and var at ? at : Index(options.Label);
                Columns = [.. first.Where((_, c) => c != label)];
                LabelName = first[label];
                first = null;
            }
            else
            {
                label = Index(options.Label);
                Columns = [.. Enumerable.Range(0, fields).Where(c => c != label).Select(c => c.ToString(CultureInfo.InvariantCulture))];
                LabelName = label.ToString(CultureInfo.InvariantCulture);
            }
        }
        catch
        {
            parser.Dispose();
            throw;
        }
    }

    /// <summary>The names of the columns of numbers, in order; <c>0</c>, <c>1</c>, ... where the file gives none.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>The name of the label's column.</summary>
    public string LabelName { get; }

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file, in UTF-8.</param>
    /// <param name="options">How it is read.</param>
    /// <exception cref="InvalidInputException">The file cannot be read, has no row or no column beside the label's, or has no such label.</exception>
    public static TableFile Open(string path, TableOptions? options = null)
    {
        StreamReader text;
        try
        {
            text = new(path, Encoding.UTF8);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new InvalidInputException($"{path} cannot be read ({failure.Message.ReplaceLineEndings(" ")}); allowed: a table of text", failure);
        }
        return Open(text, Path.GetFileName(path), options);
    }

    /// <summary>Opens a table that is read from text.</summary>
    /// <param name="text">The text; closed with the table.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="options">How it is read.</param>
    /// <exception cref="InvalidInputException">As for a file.</exception>
    public static TableFile Open(TextReader text, string name, TableOptions? options = null) => new(text, name, options ?? new());

    /// <summary>Reads a whole file, missing values as NaN.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How it is read.</param>
    /// <exception cref="InvalidInputException">The file cannot be read or is damaged; the message names file, line and column.</exception>
    public static Table Read(string path, TableOptions? options = null)
    {
        using var file = Open(path, options);
        return Table.Of(file.Columns, file.Chunks());
    }

    /// <summary>The rows, a chunk at a time; once.</summary>
    /// <exception cref="InvalidInputException">While reading: a row has another number of fields, a field is no number, a label is missing, or the text is damaged; the message names line and column.</exception>
    public IEnumerable<TableChunk> Chunks()
    {
        var values = new List<float>();
        var labels = new List<string>();
        for (string[]? record = first ?? Next(); record is not null; record = Next())
        {
            first = null;
            if (record.Length != fields) throw new InvalidInputException($"{name}, line {parser.RawRow}: the fields", record.Length, string.Create(CultureInfo.InvariantCulture, $"{fields}, as in the first line"));
            for (int column = 0; column < fields; column++)
            {
                if (column != label) values.Add(missing.Contains(record[column]) ? float.NaN : Number(record[column]) ?? throw Wrong(column, record[column], "a number, or one of the marks of a missing value"));
            }
            labels.Add(missing.Contains(record[label]) ? throw Wrong(label, record[label], "a label") : record[label]);
            if (labels.Count == options.ChunkRows)
            {
                yield return Chunk();
                values.Clear();
                labels.Clear();
            }
        }
        if (labels.Count > 0) yield return Chunk();

        TableChunk Chunk()
        {
            row += labels.Count;
            return new(row - labels.Count, fields - 1, [.. values], [.. labels]);
        }
    }

    /// <summary>Closes the text.</summary>
    public void Dispose() => parser.Dispose();

    string[]? Next()
    {
        try
        {
            if (!parser.Read()) return null;
            // Several spaces between two fields are one.
            return delimiter == ' ' ? [.. parser.Record!.Where(f => f.Length > 0)] : parser.Record;
        }
        catch (Exception damage) when (damage is CsvHelperException or IOException)
        {
            throw new InvalidInputException($"{name}, line {parser.RawRow}: the text is damaged; allowed: fields of at most {LongestField} characters, quoted as RFC 4180 has it", damage);
        }
    }

    InvalidInputException Wrong(int column, string found, string allowed)
    {
        string title = column == label ? LabelName : Columns[column < label ? column : column - 1];
        return new($"{name}, line {parser.RawRow}, column {Short(title)}", $"'{Short(found)}'", allowed);
    }

    static string Short(string text) => string.Concat((text.Length > 40 ? text[..40] + "..." : text).Select(c => char.IsControl(c) ? ' ' : c));

    static float? Number(string field) => float.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && !float.IsNaN(value) ? value : null;

    int Index(string? wanted) =>
        Place(wanted) is >= 0 and var at && at < fields ? at : throw new InvalidInputException($"{name}: the column of the label", Short(wanted ?? ""), string.Create(CultureInfo.InvariantCulture, $"a name of a column, or -{fields} to {fields - 1}"));

    /// <summary>The place of a column that is given by number; -1 where it is not.</summary>
    int Place(string? wanted) =>
        wanted is null ? first!.Length - 1
        : !int.TryParse(wanted, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int at) ? -1
        : at < 0 ? first!.Length + at : at;

    /// <summary>The delimiter by the first line, which is then put back.</summary>
    static char Tell(ref TextReader text)
    {
        string line;
        try
        {
            var begin = new char[LongestField];
            int length = text.ReadBlock(begin);
            string all = new(begin, 0, length);
            text = new Joined(all, text);
            string start = all.TrimStart('\r', '\n', ' ');
            int end = start.AsSpan().IndexOfAny('\r', '\n');
            line = end < 0 ? start : start[..end];
        }
        catch (IOException)
        {
            // The parser meets the same failure, and says where.
            return ',';
        }
        char best = ' ';
        foreach (char candidate in ",;\t|")
        {
            if (line.Count(c => c == candidate) > (best == ' ' ? 0 : line.Count(c => c == best))) best = candidate;
        }
        return best;
    }

    /// <summary>What was read already, and then the rest.</summary>
    sealed class Joined(string begin, TextReader rest) : TextReader
    {
        int at;

        public override int Peek() => at < begin.Length ? begin[at] : rest.Peek();

        public override int Read() => at < begin.Length ? begin[at++] : rest.Read();

        public override int Read(char[] buffer, int index, int count)
        {
            if (at == begin.Length) return rest.Read(buffer, index, count);
            int part = Math.Min(count, begin.Length - at);
            begin.CopyTo(at, buffer, index, part);
            at += part;
            return part;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) rest.Dispose();
            base.Dispose(disposing);
        }
    }
}
