using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Lepton.Neuro.Experiments.Reporting;
using Spectre.Console;

namespace Lepton.Neuro.Experiments.Benchmarks;

/// <summary>What a benchmark found. Spikes, rates and events are those of the measured part; spikes and rates those of neurons, events those of sources too.</summary>
public sealed record BenchmarkResult
{
    /// <summary>The model.</summary>
    public required string Model { get; init; }

    /// <summary>Neurons.</summary>
    public required long Neurons { get; init; }

    /// <summary>All synapses.</summary>
    public required long Synapses { get; init; }

    /// <summary>Synapses that learn.</summary>
    public required long PlasticSynapses { get; init; }

    /// <summary>Threads asked for.</summary>
    public required int Threads { get; init; }

    /// <summary>Wall time from the description to the first step, s.</summary>
    public required double BuildSeconds { get; init; }

    /// <summary>Biological time measured, s.</summary>
    public required double BiologicalSeconds { get; init; }

    /// <summary>Wall time for it, s.</summary>
    public required double RunSeconds { get; init; }

    /// <summary>Wall time over biological time.</summary>
    public required double RealTimeFactor { get; init; }

    /// <summary>Spikes of neurons.</summary>
    public required long Spikes { get; init; }

    /// <summary>The mean rate of each population, Hz.</summary>
    public required IReadOnlyDictionary<string, double> RatesHz { get; init; }

    /// <summary>Synapses that the spikes reach.</summary>
    public required long SynapticEvents { get; init; }

    /// <summary>Those, a second of wall time.</summary>
    public required double SynapticEventsPerSecond { get; init; }

    /// <summary>The most memory the process held so far, MB (10^6 bytes).</summary>
    public required double PeakMegabytes { get; init; }

    /// <summary>A digest of what the run came to: every neuron's count of spikes since the beginning, every state variable, every plastic weight, to the last bit. It is made after the
    /// clock has stopped, so that it costs the measured time nothing; the same at any number of threads and any width.</summary>
    public required string SpikeHash { get; init; }

    /// <summary>The device of the GPU backend; null on the CPU.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Device { get; init; }

    /// <summary>Images a second of wall time; null where none are shown.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? ImagesPerSecond { get; init; }

    /// <summary>The result as JSON on one line.</summary>
    public string ToJsonLine() => JsonSerializer.Serialize(this, JsonContext.BenchmarkResult);

    /// <summary>The result as a table for a person.</summary>
    internal Table ToTable()
    {
        var table = new Table { Border = TableBorder.Rounded, Title = new TableTitle(Markup.Escape(Model)) };
        table.AddColumn("Quantity");
        table.AddColumn(new TableColumn("Value").RightAligned());
        void Add(string name, string value) => table.AddRow(Markup.Escape(name), Markup.Escape(value));
        Add("Neurons", Quantity.Count(Neurons));
        Add("Synapses", Quantity.Count(Synapses));
        if (PlasticSynapses > 0) Add("Plastic synapses", Quantity.Count(PlasticSynapses));
        if (Device is not null) Add("Device", Device);
        else Add("Threads", Quantity.Count(Threads));
        Add("Build", Quantity.Duration(BuildSeconds));
        Add("Biological time", Quantity.Duration(BiologicalSeconds));
        Add("Wall time", Quantity.Duration(RunSeconds));
        Add("Real-time factor", Quantity.Digits(RealTimeFactor));
        if (ImagesPerSecond is { } images) Add("Images a second", Quantity.Digits(images));
        Add("Spikes", Quantity.Count(Spikes));
        foreach (var (population, rate) in RatesHz) Add($"Rate of {population}", string.Create(CultureInfo.InvariantCulture, $"{rate:F3} Hz"));
        Add("Synaptic events", Quantity.Count(SynapticEvents));
        Add("Synaptic events a second", Quantity.WithPrefix(SynapticEventsPerSecond, "/s"));
        Add("Peak memory", string.Create(CultureInfo.InvariantCulture, $"{PeakMegabytes:N0} MB"));
        Add("Spike hash", SpikeHash);
        return table;
    }

    static readonly BenchmarkJsonContext JsonContext = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(BenchmarkResult))]
internal sealed partial class BenchmarkJsonContext : JsonSerializerContext;
