namespace Lepton.Neuro.Experiments.Plots;

/// <summary>A value for each tile of a machine, drawn where the tile lies.</summary>
public static class TileMap
{
    /// <summary>Draws a map of tiles.</summary>
    /// <param name="title">The title.</param>
    /// <param name="scale">What the colours mean; a share is shown as a percentage.</param>
    /// <param name="values">A value a tile, by row and column; NaN where there is no tile.</param>
    /// <param name="labels">A text a tile, of the same size; line ends start new lines. Null for none.</param>
    /// <returns>The figure.</returns>
    /// <exception cref="ArgumentException">The sizes do not agree.</exception>
    public static Figure Of(string title, ChartAxis scale, double[,] values, string[,]? labels = null)
    {
        var rows = values.GetLength(0);
        var columns = values.GetLength(1);
        if (labels is not null && (labels.GetLength(0) != rows || labels.GetLength(1) != columns))
            throw new ArgumentException($"Values are {rows} x {columns}, labels {labels.GetLength(0)} x {labels.GetLength(1)}.", nameof(labels));
        var flat = new float[rows * columns];
        var texts = new List<IReadOnlyList<string>>();
        for (var row = 0; row < rows; row++)
        {
            var line = new List<string>();
            for (var column = 0; column < columns; column++)
            {
                flat[row * columns + column] = (float)values[row, column];
                line.Add(labels is null ? "" : PlotText.Escape(labels[row, column] ?? "").ReplaceLineEndings("<br>"));
            }
            texts.Add(line);
        }
        var number = scale.IsShare ? "%{z:.1%}" : "%{z:.4~g} " + PlotText.Escape(scale.Unit);
        return new Figure
        {
            Title = title,
            Data =
            [
                new Trace
                {
                    Type = "heatmap",
                    Z = PlotData.Matrix(flat, rows, columns),
                    Text = texts,
                    TextTemplate = labels is null ? null : "%{text}",
                    ZMin = scale.Minimum ?? 0,
                    ZMax = scale.Maximum ?? Math.Max(flat.Where(float.IsFinite).DefaultIfEmpty(1).Max(), 1e-9f),
                    ColorScale = Colour.Sequential,
                    ColorBar = new ColorBar { Title = new TextBlock { Text = PlotText.WithUnit(scale.Name, scale.Unit), Side = "right" }, TickFormat = scale.IsShare ? ".0%" : null },
                    XGap = 4,
                    YGap = 4,
                    HoverOnGaps = false,
                    HoverTemplate = $"column %{{x}}, row %{{y}}<br>{number}<extra></extra>",
                },
            ],
            Layout = new Layout
            {
                XAxis = new Axis { Title = new TextBlock { Text = "Column" }, DTick = Math.Max(1, columns / 16), ShowGrid = false, Constrain = "domain" },
                YAxis = new Axis { Title = new TextBlock { Text = "Row" }, DTick = Math.Max(1, rows / 16), ShowGrid = false, AutoRange = "reversed", ScaleAnchor = "x", Constrain = "domain" },
                HoverMode = "closest",
            },
            Height = Math.Clamp(120 + 64 * rows, 280, 680),
        };
    }
}
