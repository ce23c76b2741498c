using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.Codes;

/// <summary>Spikes of an encoded picture on disk: a table <c>step,population,neuron,time_ms</c>, and beside it, under the same name with <c>.json</c>, how they came about, which decoding needs.</summary>
internal static class SpikeFile
{
    const string Header = "step,population,neuron,time_ms";

    /// <summary>What stands beside the table.</summary>
    /// <param name="Encoder">The encoder's name.</param>
    /// <param name="Width">Columns of the picture.</param>
    /// <param name="Height">Rows of the picture.</param>
    /// <param name="Steps">Steps.</param>
    /// <param name="StepMs">The length of a step in ms.</param>
    /// <param name="Seed">The seed.</param>
    /// <param name="Settings">The encoder's settings, by key.</param>
    /// <param name="Populations">The channels of each population, by name, in order.</param>
    internal sealed record Description(
        string Encoder, int Width, int Height, int Steps, double StepMs, ulong Seed, IReadOnlyDictionary<string, string> Settings, IReadOnlyDictionary<string, int> Populations);

    /// <summary>Writes both files; earlier ones stay until the new ones are whole.</summary>
    /// <param name="path">The table.</param>
    /// <param name="code">The encoder.</param>
    /// <param name="request">How.</param>
    /// <param name="spikes">The spikes.</param>
    /// <exception cref="InvalidInputException">A file cannot be written.</exception>
    public static void Write(string path, ImageCode code, CodeRequest request, IReadOnlyList<CodedSpikes> spikes)
    {
        var description = new Description(
            code.Name, request.Width, request.Height, request.Steps, request.Step.Milliseconds, request.Seed,
            code.Settings.ToDictionary(s => s.Key, s => s.FormatValue(request.Values[s.Key]), StringComparer.Ordinal),
            spikes.ToDictionary(s => s.Name, s => s.Channels, StringComparer.Ordinal));
        WholeFile.Write(DescriptionOf(path), stream => JsonSerializer.Serialize(stream, description, SpikeJsonContext.Default.Description));
        WholeFile.Write(path, stream =>
        {
            using var writer = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
            writer.WriteLine(Header);
            foreach (var population in spikes)
            {
                foreach (var (step, channel) in population.Spikes)
                    writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{step},{population.Name},{channel},{Math.Round(step * request.Step.Milliseconds, 9)}"));
            }
        });
    }

    /// <summary>Reads both files.</summary>
    /// <param name="path">The table.</param>
    /// <exception cref="InvalidInputException">A file cannot be read or is damaged; the message names the line.</exception>
    public static (ImageCode Code, CodeRequest Request, IReadOnlyList<CodedSpikes> Spikes) Read(string path)
    {
        string name = Path.GetFileName(path), beside = DescriptionOf(path);
        Description description;
        try
        {
            description = JsonSerializer.Deserialize(File.ReadAllBytes(beside), SpikeJsonContext.Default.Description) is { Settings: not null, Populations: not null, Encoder: not null } read
                ? read : throw new InvalidInputException($"{Path.GetFileName(beside)}: a field", null, "what lepton encode writes");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new InvalidInputException($"{beside} cannot be read ({failure.Message.ReplaceLineEndings(" ")}); allowed: what lepton encode writes beside {name}", failure);
        }
        var code = ImageCodes.Find(description.Encoder);
        var request = CodeRequest.Of(code, description.Width, description.Height, description.Steps, new(description.StepMs * 1e-3), description.Seed, description.Settings);
        foreach (var (population, channels) in description.Populations) Require.InRange($"{Path.GetFileName(beside)}: the channels of {population}", (long)channels, request.Pixels, int.MaxValue);
        var spikes = description.Populations.ToDictionary(p => p.Key, _ => new List<(long, int)>(), StringComparer.Ordinal);
        try
        {
            using var reader = new StreamReader(path);
            if (reader.ReadLine() is var header && header != Header) throw new InvalidInputException($"{name}, line 1: the header", header is null ? null : "another", Header);
            int line = 1;
            while (reader.ReadLine() is { } text)
            {
                line++;
                string[] fields = text.Split(',');
                if (fields.Length != 4
                    || !long.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out long step) || step >= request.Steps
                    || !spikes.TryGetValue(fields[1], out var list)
                    || !int.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out int channel) || channel >= description.Populations[fields[1]])
                {
                    throw new InvalidInputException(
                        string.Create(CultureInfo.InvariantCulture, $"{name}, line {line}"), $"'{(text.Length > 60 ? text[..60] + "..." : text)}'",
                        $"a step below {request.Steps}, one of {string.Join(", ", spikes.Keys)}, a neuron of it, and a time");
                }
                list.Add((step, channel));
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new InvalidInputException($"{path} cannot be read ({failure.Message.ReplaceLineEndings(" ")}); allowed: a table that lepton encode wrote", failure);
        }
        return (code, request, [.. description.Populations.Select(p => new CodedSpikes(p.Key, p.Value, spikes[p.Key]))]);
    }

    static string DescriptionOf(string path) => Path.ChangeExtension(path, ".json");
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SpikeFile.Description))]
internal sealed partial class SpikeJsonContext : JsonSerializerContext;
