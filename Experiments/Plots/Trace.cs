namespace Lepton.Neuro.Experiments.Plots;

/// <summary>A trace of plotly.js. Names are those of its reference (https://plotly.com/javascript/reference), written in C# casing. Null is left
/// out. Texts are read as plotly.js text: see <see cref="PlotText.Escape"/>.</summary>
public sealed record Trace
{
    /// <summary><c>scatter</c>, <c>scattergl</c>, <c>bar</c> or <c>heatmap</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The name in the legend.</summary>
    public string? Name { get; init; }

    /// <summary>Along the x axis.</summary>
    public PlotData? X { get; init; }

    /// <summary>Along the y axis.</summary>
    public PlotData? Y { get; init; }

    /// <summary>The matrix of a heat map.</summary>
    public PlotData? Z { get; init; }

    /// <summary>Further values, for <see cref="HoverTemplate"/>.</summary>
    public PlotData? CustomData { get; init; }

    /// <summary>Where a heat map's x axis starts.</summary>
    public double? X0 { get; init; }

    /// <summary>The width of a heat map's column.</summary>
    public double? Dx { get; init; }

    /// <summary>Where a heat map's y axis starts.</summary>
    public double? Y0 { get; init; }

    /// <summary>The height of a heat map's row.</summary>
    public double? Dy { get; init; }

    /// <summary><c>markers</c>, <c>lines</c> or <c>lines+markers</c>.</summary>
    public string? Mode { get; init; }

    /// <summary><c>h</c> for horizontal bars.</summary>
    public string? Orientation { get; init; }

    /// <summary>How points and bars look.</summary>
    public Marker? Marker { get; init; }

    /// <summary>How a line looks.</summary>
    public LineStyle? Line { get; init; }

    /// <summary>The scale of a heat map.</summary>
    public Colour? ColorScale { get; init; }

    /// <summary>The value of the scale's first colour.</summary>
    public double? ZMin { get; init; }

    /// <summary>The value of the scale's last colour.</summary>
    public double? ZMax { get; init; }

    /// <summary>Whether the scale is shown beside the figure.</summary>
    public bool? ShowScale { get; init; }

    /// <summary>How the scale is shown.</summary>
    public ColorBar? ColorBar { get; init; }

    /// <summary>Texts in the cells of a heat map, row after row.</summary>
    public IReadOnlyList<IReadOnlyList<string>>? Text { get; init; }

    /// <summary>How texts are shown.</summary>
    public string? TextTemplate { get; init; }

    /// <summary>What is shown under the pointer.</summary>
    public string? HoverTemplate { get; init; }

    /// <summary><c>skip</c> when nothing is shown under the pointer.</summary>
    public string? HoverInfo { get; init; }

    /// <summary>Whether gaps in a heat map answer the pointer.</summary>
    public bool? HoverOnGaps { get; init; }

    /// <summary>Whether the legend names it.</summary>
    public bool? ShowLegend { get; init; }

    /// <summary>The gap between a heat map's columns, in pixels.</summary>
    public double? XGap { get; init; }

    /// <summary>The gap between a heat map's rows, in pixels.</summary>
    public double? YGap { get; init; }
}

/// <summary>How points and bars look.</summary>
public sealed record Marker
{
    /// <summary>The colour.</summary>
    public Colour? Color { get; init; }

    /// <summary>The size in pixels.</summary>
    public double? Size { get; init; }

    /// <summary>0 to 1.</summary>
    public double? Opacity { get; init; }

    /// <summary>Such as <c>line-ns-open</c>.</summary>
    public string? Symbol { get; init; }

    /// <summary>The outline.</summary>
    public LineStyle? Line { get; init; }
}

/// <summary>How a line looks.</summary>
public sealed record LineStyle
{
    /// <summary>The colour.</summary>
    public Colour? Color { get; init; }

    /// <summary>The width in pixels.</summary>
    public double? Width { get; init; }

    /// <summary><c>solid</c>, <c>dash</c> or <c>dot</c>.</summary>
    public string? Dash { get; init; }
}

/// <summary>How a colour scale is shown beside a figure.</summary>
public sealed record ColorBar
{
    /// <summary>What the colours mean, with the unit.</summary>
    public TextBlock? Title { get; init; }

    /// <summary>The width in pixels.</summary>
    public double Thickness { get; init; } = 10;

    /// <summary>The width of its outline.</summary>
    public double OutlineWidth { get; init; }

    /// <summary>The format of its numbers, in d3's notation.</summary>
    public string? TickFormat { get; init; }
}

/// <summary>A text and its font.</summary>
public sealed record TextBlock
{
    /// <summary>The text.</summary>
    public required string Text { get; init; }

    /// <summary>The font.</summary>
    public Font? Font { get; init; }

    /// <summary>Which side of a colour bar it stands on.</summary>
    public string? Side { get; init; }
}

/// <summary>A font.</summary>
public sealed record Font
{
    /// <summary>The size in pixels.</summary>
    public double? Size { get; init; }

    /// <summary>The colour.</summary>
    public Colour? Color { get; init; }

    /// <summary>400 is regular, 600 is half bold.</summary>
    public int? Weight { get; init; }
}
