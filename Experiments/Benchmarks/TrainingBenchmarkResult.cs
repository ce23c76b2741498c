using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Lepton.Neuro.Experiments.Reporting;
using Spectre.Console;

namespace Lepton.Neuro.Experiments.Benchmarks;

/// <summary>What a benchmark of the training engine found. Times are the wall's; those of the processor, of all threads together, are what to look at on a machine that is busy.</summary>
public sealed record TrainingBenchmarkResult
{
    /// <summary>What was measured: train, infer or matmul.</summary>
    public required string Model { get; init; }

    /// <summary>Of what: the network, or the sizes of the matrices.</summary>
    public required string Workload { get; init; }

    /// <summary>Threads.</summary>
    public required int Threads { get; init; }

    /// <summary>The width of vectors, in bits.</summary>
    public required int VectorBits { get; init; }

    /// <summary>Wall time of the measured part, s.</summary>
    public required double RunSeconds { get; init; }

    /// <summary>Processor time of the measured part, s.</summary>
    public required double ProcessorSeconds { get; init; }

    /// <summary>Images of an update; null where none are shown.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Batch { get; init; }

    /// <summary>Images a second of wall time.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? ImagesPerSecond { get; init; }

    /// <summary>Images a second of processor time.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? ImagesPerProcessorSecond { get; init; }

    /// <summary>The part of the input's channels that fires in a step.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? InputDensity { get; init; }

    /// <summary>10^9 floating-point operations a second of processor time, by the kind of product: multiplications and additions counted apart.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, double>? GigaflopsPerSecond { get; init; }

    /// <summary>What a core does at most at this width: fused operations on registers alone, 10^9 a second of processor time.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? PeakGigaflopsPerSecond { get; init; }

    /// <summary>The least of the products' speeds over that.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? PartOfPeak { get; init; }

    /// <summary>A digest of what was computed; the same at any number of threads and any width.</summary>
    public required string ResultHash { get; init; }

    /// <summary>The result as JSON on one line.</summary>
    public string ToJsonLine() => JsonSerializer.Serialize(this, JsonContext.TrainingBenchmarkResult);

    /// <summary>The result as a table for a person.</summary>
    internal Table ToTable()
    {
        var table = new Table { Border = TableBorder.Rounded, Title = new TableTitle(Markup.Escape(Model)) };
        table.AddColumn("Quantity");
        table.AddColumn(new TableColumn("Value").RightAligned());
        void Add(string name, string value) => table.AddRow(Markup.Escape(name), Markup.Escape(value));
        Add("Workload", Workload);
        Add("Threads", Quantity.Count(Threads));
        Add("Vectors", string.Create(CultureInfo.InvariantCulture, $"{VectorBits} bits"));
        Add("Wall time", Quantity.Duration(RunSeconds));
        Add("Processor time", Quantity.Duration(ProcessorSeconds));
        if (Batch is { } batch) Add("Batch", Quantity.Count(batch));
        if (ImagesPerSecond is { } images) Add("Images a second", Quantity.Digits(images));
        if (ImagesPerProcessorSecond is { } processor) Add("Images a second of processor time", Quantity.Digits(processor));
        if (InputDensity is { } density) Add("Input that fires in a step", string.Create(CultureInfo.InvariantCulture, $"{density * 100:F1} %"));
        foreach (var (name, value) in GigaflopsPerSecond ?? new Dictionary<string, double>()) Add(name, string.Create(CultureInfo.InvariantCulture, $"{value:F1} GFLOP/s"));
        if (PeakGigaflopsPerSecond is { } peak) Add("Peak of a core", string.Create(CultureInfo.InvariantCulture, $"{peak:F1} GFLOP/s"));
        if (PartOfPeak is { } part) Add("Part of the peak, at least", string.Create(CultureInfo.InvariantCulture, $"{part * 100:F0} %"));
        Add("Result hash", ResultHash);
        return table;
    }

    static readonly TrainingBenchmarkJsonContext JsonContext = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(TrainingBenchmarkResult))]
internal sealed partial class TrainingBenchmarkJsonContext : JsonSerializerContext;
