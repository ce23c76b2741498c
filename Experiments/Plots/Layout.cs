namespace Lepton.Neuro.Experiments.Plots;

/// <summary>The layout of a figure, in plotly.js's names. Colours, fonts and grid come from the page's theme.</summary>
public sealed record Layout
{
    /// <summary>The horizontal axis.</summary>
    public Axis? XAxis { get; init; }

    /// <summary>The vertical axis.</summary>
    public Axis? YAxis { get; init; }

    /// <summary><c>stack</c> or <c>group</c>.</summary>
    public string? BarMode { get; init; }

    /// <summary>The share of a bar's place left free, 0 to 1.</summary>
    public double? BarGap { get; init; }

    /// <summary>Whether there is a legend.</summary>
    public bool? ShowLegend { get; init; }

    /// <summary>The legend.</summary>
    public Legend? Legend { get; init; }

    /// <summary><c>x unified</c> shows all lines at a point together.</summary>
    public string? HoverMode { get; init; }

    /// <summary>Texts at points.</summary>
    public IReadOnlyList<Annotation>? Annotations { get; init; }

    /// <summary>Lines across the figure.</summary>
    public IReadOnlyList<Shape>? Shapes { get; init; }

    /// <summary>The free room around the axes.</summary>
    public Margin? Margin { get; init; }
}

/// <summary>An axis.</summary>
public sealed record Axis
{
    /// <summary>What it shows, with the unit.</summary>
    public TextBlock? Title { get; init; }

    /// <summary><c>linear</c>, <c>log</c> or <c>category</c>.</summary>
    public string? Type { get; init; }

    /// <summary>From and to; powers of ten on a logarithmic axis. Null leaves that end open.</summary>
    public IReadOnlyList<double?>? Range { get; init; }

    /// <summary><c>tozero</c> starts at zero.</summary>
    public string? RangeMode { get; init; }

    /// <summary><c>reversed</c> runs backwards.</summary>
    public string? AutoRange { get; init; }

    /// <summary>Where ticks are.</summary>
    public IReadOnlyList<double>? TickVals { get; init; }

    /// <summary>What ticks say.</summary>
    public IReadOnlyList<string>? TickText { get; init; }

    /// <summary>The format of ticks, in d3's notation.</summary>
    public string? TickFormat { get; init; }

    /// <summary>What stands behind every tick.</summary>
    public string? TickSuffix { get; init; }

    /// <summary>The distance of ticks.</summary>
    public double? DTick { get; init; }

    /// <summary>Whether ticks are named.</summary>
    public bool? ShowTickLabels { get; init; }

    /// <summary>Whether grid lines are drawn.</summary>
    public bool? ShowGrid { get; init; }

    /// <summary>Whether the axis has a line.</summary>
    public bool? ShowLine { get; init; }

    /// <summary><c>outside</c>, or empty for no marks.</summary>
    public string? Ticks { get; init; }

    /// <summary>The axis whose scale this one shares, such as <c>x</c>.</summary>
    public string? ScaleAnchor { get; init; }

    /// <summary><c>domain</c> shrinks the axis rather than widening its range.</summary>
    public string? Constrain { get; init; }

    /// <summary><c>top</c> puts the axis on top.</summary>
    public string? Side { get; init; }

    /// <summary>True makes room for long names.</summary>
    public bool? AutoMargin { get; init; }

    /// <summary>True forbids zooming.</summary>
    public bool? FixedRange { get; init; }
}

/// <summary>Where the legend stands.</summary>
public sealed record Legend
{
    /// <summary><c>h</c> or <c>v</c>.</summary>
    public string? Orientation { get; init; }

    /// <summary>Horizontal place, 0 to 1.</summary>
    public double? X { get; init; }

    /// <summary>Vertical place, 0 to 1.</summary>
    public double? Y { get; init; }

    /// <summary>Which side of the legend is at X.</summary>
    public string? XAnchor { get; init; }

    /// <summary>Which side of the legend is at Y.</summary>
    public string? YAnchor { get; init; }

    /// <summary><c>normal</c> or <c>reversed</c>.</summary>
    public string? TraceOrder { get; init; }
}

/// <summary>A text at a point.</summary>
public sealed record Annotation
{
    /// <summary>The text.</summary>
    public required string Text { get; init; }

    /// <summary>Place on the x axis: a number or a category.</summary>
    public required object X { get; init; }

    /// <summary>Place on the y axis: a number or a category.</summary>
    public required object Y { get; init; }

    /// <summary><c>x</c>, or <c>paper</c> for 0 to 1.</summary>
    public string? XRef { get; init; }

    /// <summary><c>y</c>, or <c>paper</c> for 0 to 1.</summary>
    public string? YRef { get; init; }

    /// <summary>Which side of the text is at X.</summary>
    public string? XAnchor { get; init; }

    /// <summary>Which side of the text is at Y.</summary>
    public string? YAnchor { get; init; }

    /// <summary>Pixels to the right.</summary>
    public double? XShift { get; init; }

    /// <summary>Pixels upwards.</summary>
    public double? YShift { get; init; }

    /// <summary>Whether an arrow points at the place.</summary>
    public bool ShowArrow { get; init; }

    /// <summary>The font.</summary>
    public Font? Font { get; init; }
}

/// <summary>A line across the figure.</summary>
public sealed record Shape
{
    /// <summary><c>line</c> or <c>rect</c>.</summary>
    public string Type { get; init; } = "line";

    /// <summary><c>x</c>, or <c>paper</c> for 0 to 1.</summary>
    public string? XRef { get; init; }

    /// <summary><c>y</c>, or <c>paper</c> for 0 to 1.</summary>
    public string? YRef { get; init; }

    /// <summary>From.</summary>
    public required double X0 { get; init; }

    /// <summary>To.</summary>
    public required double X1 { get; init; }

    /// <summary>From.</summary>
    public required double Y0 { get; init; }

    /// <summary>To.</summary>
    public required double Y1 { get; init; }

    /// <summary>How it looks.</summary>
    public LineStyle? Line { get; init; }
}

/// <summary>The free room around the axes, in pixels.</summary>
public sealed record Margin
{
    /// <summary>Left.</summary>
    public double? L { get; init; }

    /// <summary>Right.</summary>
    public double? R { get; init; }

    /// <summary>Top.</summary>
    public double? T { get; init; }

    /// <summary>Bottom.</summary>
    public double? B { get; init; }
}
