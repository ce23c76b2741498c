using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lepton.Neuro.Experiments.Running;

/// <summary>Results as text: JSON for programs, and CSV with one header row and one data row, so that the tables of many runs can be put below
/// each other.</summary>
public static class ResultFiles
{
    static readonly ResultJsonContext Indented = new(Options(indented: true));
    static readonly ResultJsonContext OneLine = new(Options(indented: false));

    /// <summary>The results as indented JSON.</summary>
    /// <param name="result">The results.</param>
    /// <returns>The text, ending in a line end.</returns>
    public static string ToJson(RunResult result) => JsonSerializer.Serialize(result, Indented.RunResult) + "\n";

    /// <summary>The results as JSON on one line.</summary>
    /// <param name="result">The results.</param>
    /// <returns>The text, without a line end.</returns>
    public static string ToJsonLine(RunResult result) => JsonSerializer.Serialize(result, OneLine.RunResult);

    /// <summary>Reads results back.</summary>
    /// <param name="json">What <see cref="ToJson"/> wrote.</param>
    /// <returns>The results.</returns>
    /// <exception cref="JsonException">The text is not results.</exception>
    public static RunResult FromJson(string json) => JsonSerializer.Deserialize(json, OneLine.RunResult) ?? throw new JsonException("Results are null.");

    /// <summary>The results as a header row and a data row. A column's name is the path in the JSON, joined by dots.</summary>
    /// <param name="result">The results.</param>
    /// <returns>Two lines of RFC 4180 CSV, with line feeds.</returns>
    public static string ToCsv(RunResult result)
    {
        var columns = Columns(result);
        return Csv([[.. columns.Select(c => c.Name)], [.. columns.Select(c => c.Value)]]);
    }

    /// <summary>All that was measured, by name as in <see cref="ToCsv"/>, as far as it is a finite number; what the frame filled in besides the seconds is left out.</summary>
    /// <param name="result">The results.</param>
    /// <returns>Numbers by name.</returns>
    public static IReadOnlyDictionary<string, double> Numbers(RunResult result) => Columns(result)
        .Where(c => c.IsNumber && c.Name is not ("seed" or "threads"))
        .ToDictionary(c => c.Name, c => double.Parse(c.Value, CultureInfo.InvariantCulture), StringComparer.Ordinal);

    /// <summary>Lines of fields as RFC 4180 CSV, with line feeds.</summary>
    /// <param name="lines">The lines, the headings first.</param>
    /// <returns>The text.</returns>
    public static string Csv(IEnumerable<IReadOnlyList<string>> lines) => string.Concat(lines.Select(line => $"{string.Join(',', line.Select(Field))}\n"));

    /// <summary>Many results below each other: a column for everything that any of them measured, after columns of the caller's own.</summary>
    /// <param name="rows">Names and values to go before, and the results.</param>
    /// <returns>The headings and a line a result, for <see cref="Csv"/>.</returns>
    internal static IEnumerable<IReadOnlyList<string>> Table(IReadOnlyList<(IReadOnlyList<KeyValuePair<string, string>> Before, RunResult Result)> rows)
    {
        var all = rows.Select(row => row.Before.Concat(Columns(row.Result).Select(c => KeyValuePair.Create(c.Name, c.Value))).DistinctBy(p => p.Key).ToDictionary(StringComparer.Ordinal)).ToArray();
        // A column's own names come first, in the order in which they first appear.
        string[] header = [.. rows.SelectMany(row => row.Before.Select(p => p.Key)).Concat(all.SelectMany(row => row.Keys)).Distinct(StringComparer.Ordinal)];
        return all.Select(row => (IReadOnlyList<string>)[.. header.Select(name => row.GetValueOrDefault(name, ""))]).Prepend(header);
    }

    /// <summary>How JSON is written that is not a <see cref="RunResult"/>.</summary>
    internal static JsonSerializerOptions Readable { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    static List<Column> Columns(RunResult result)
    {
        var columns = new List<Column>();
        using var document = JsonDocument.Parse(ToJsonLine(result));
        Flatten(document.RootElement, "", columns);
        return columns;
    }

    static void Flatten(JsonElement element, string path, List<Column> columns)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in element.EnumerateObject())
                Flatten(property.Value, path.Length == 0 ? property.Name : $"{path}.{property.Name}", columns);
            return;
        }
        columns.Add(new(path, element.ValueKind switch
        {
            JsonValueKind.Null => "",
            JsonValueKind.String => element.GetString()!,
            _ => element.GetRawText(),
        }, element.ValueKind == JsonValueKind.Number));
    }

    static string Field(string text)
    {
        if (!text.AsSpan().ContainsAny(",\"\r\n") && text.AsSpan().Trim().Length == text.Length)
            return text;
        return new StringBuilder(text.Length + 2).Append('"').Append(text.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"')
            .ToString();
    }

    readonly record struct Column(string Name, string Value, bool IsNumber);

    static JsonSerializerOptions Options(bool indented) => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = indented,
        NewLine = "\n",
        // These files are read by programs, never pasted into a page: letters of all languages stay readable.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new FiniteDoubleConverter() },
    };
}

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(RunResult))]
internal sealed partial class ResultJsonContext : JsonSerializerContext;
