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
        var header = new List<string>();
        var row = new List<string>();
        using var document = JsonDocument.Parse(ToJsonLine(result));
        Flatten(document.RootElement, "", header, row);
        return $"{string.Join(',', header.Select(Field))}\n{string.Join(',', row.Select(Field))}\n";
    }

    static void Flatten(JsonElement element, string path, List<string> header, List<string> row)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in element.EnumerateObject())
                Flatten(property.Value, path.Length == 0 ? property.Name : $"{path}.{property.Name}", header, row);
            return;
        }
        header.Add(path);
        row.Add(element.ValueKind switch
        {
            JsonValueKind.Null => "",
            JsonValueKind.String => element.GetString()!,
            _ => element.GetRawText(),
        });
    }

    static string Field(string text)
    {
        if (!text.AsSpan().ContainsAny(",\"\r\n") && text.AsSpan().Trim().Length == text.Length)
            return text;
        return new StringBuilder(text.Length + 2).Append('"').Append(text.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"')
            .ToString();
    }

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
