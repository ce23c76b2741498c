namespace Lepton.Neuro.Experiments.Plots;

/// <summary>A value for each tile of a machine, drawn where the tile lies.</summary>
public static class TileMap
{
    /// <summary>The most letters that the fields of a row have room for, at half the width of a page.</summary>
    const int MostLetters = 48;

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
        // In a field of a wide machine there is no room for words: they are shown when it is pointed at.
        var longest = labels is null ? 0 : labels.Cast<string?>().Max(label => (label ?? "").Split('\n').Max(line => line.Length));
        var isWritten = labels is not null && longest * columns <= MostLetters;
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
                    TextTemplate = isWritten ? "%{text}" : null,
                    ZMin = scale.Minimum ?? 0,
                    ZMax = scale.Maximum ?? Math.Max(flat.Where(float.IsFinite).DefaultIfEmpty(1).Max(), 1e-9f),
                    ColorScale = Colour.Sequential,
                    ColorBar = new ColorBar { Title = new TextBlock { Text = PlotText.WithUnit(scale.Name, scale.Unit), Side = "right" }, TickFormat = scale.IsShare ? ".0%" : null },
                    XGap = 4,
                    YGap = 4,
                    HoverOnGaps = false,
                    HoverTemplate = $"column %{{x}}, row %{{y}}<br>{(labels is null ? "" : "%{text}<br>")}{number}<extra></extra>",
                },
            ],
            Layout = new Layout
            {
                XAxis = new Axis { Title = new TextBlock { Text = "Column" }, DTick = Math.Max(1, columns / 16), ShowGrid = false, Constrain = "domain" },
                YAxis = new Axis { Title = new TextBlock { Text = "Row" }, DTick = Math.Max(1, rows / 16), ShowGrid = false, AutoRange = "reversed", ScaleAnchor = "x", Constrain = "domain" },
                HoverMode = "closest",
            },
            // As high as square fields are at half the width of a page, and no higher than is good for few of them.
            Height = Math.Clamp(100 + (int)(rows * Math.Min(64, 360.0 / columns)), 220, 680),
        };
    }
}
