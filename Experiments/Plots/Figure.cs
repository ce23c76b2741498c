using System.Text.Json;
using System.Text.Json.Serialization;
using Lepton.Neuro.Experiments.Reporting;
using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.Plots;

/// <summary>A figure for a report page, drawn by plotly.js. Make one with <see cref="SpikeRaster"/>, <see cref="LineChart"/>,
/// <see cref="StackedBars"/>, <see cref="ConfusionMatrix"/>, <see cref="TileMap"/> or <see cref="ImageGrid"/>, or put one together from traces.</summary>
public sealed record Figure : ReportPart
{
    /// <summary>The title, shown above. Any text.</summary>
    public required string Title { get; init; }

    /// <summary>What is drawn.</summary>
    public required IReadOnlyList<Trace> Data { get; init; }

    /// <summary>Axes, legend and notes.</summary>
    public required Layout Layout { get; init; }

    /// <summary>The height in pixels; the largest height where there is an <see cref="AspectRatio"/>.</summary>
    public int Height { get; init; } = 380;

    /// <summary>Width over height, for pictures whose height follows their width. Null keeps the height.</summary>
    public double? AspectRatio { get; init; }

    /// <summary>Whether it shares a row with the next figure where the screen is wide enough.</summary>
    public bool IsHalfWidth { get; init; }

    /// <summary>The same figure at half width.</summary>
    /// <returns>The figure.</returns>
    public Figure Half() => this with { IsHalfWidth = true };

    /// <summary>The figure as plotly.js reads it: <c>data</c> and <c>layout</c>. Safe inside a script element. Numbers that are not finite are null.</summary>
    /// <returns>The JSON.</returns>
    public string ToJson() => JsonSerializer.Serialize(new FigureJson(Data, Layout), FigureJsonContext.Plotly.FigureJson);
}

/// <summary>The part of a figure that plotly.js reads.</summary>
/// <param name="Data">The traces.</param>
/// <param name="Layout">The layout.</param>
internal sealed record FigureJson(IReadOnlyList<Trace> Data, Layout Layout);

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(FigureJson))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(double))]
[JsonSerializable(typeof(string))]
internal sealed partial class FigureJsonContext : JsonSerializerContext
{
    /// <summary>Names as plotly.js writes them, and no unset ones.</summary>
    public static FigureJsonContext Plotly { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = new LowerCase(),
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new FiniteDoubleConverter() },
    });

    sealed class LowerCase : JsonNamingPolicy
    {
#pragma warning disable CA1308 // plotly.js's names are lower case.
        public override string ConvertName(string name) => name.ToLowerInvariant();
#pragma warning restore CA1308
    }
}
