namespace Lepton.Neuro.Experiments.Plots;

/// <summary>The weights between two populations as a field of colours. Weights of both signs have zero in the colour of the page.</summary>
public static class WeightMatrix
{
    // More cells than pixels would only be slow.
    const int MostCells = 1200;

    /// <summary>Draws weights.</summary>
    /// <param name="title">The title.</param>
    /// <param name="weights">The weights, <c>[source, target]</c>, row after row; NaN where there is no synapse.</param>
    /// <param name="sources">How many sources there are.</param>
    /// <param name="targets">How many targets there are.</param>
    /// <param name="unit">The unit of a weight, or nothing.</param>
    /// <returns>The figure. Above 1,200 rows or columns a cell is the mean of neighbours.</returns>
    /// <exception cref="ArgumentException">The weights are not as many as sources and targets, or there are none.</exception>
    public static Figure Of(string title, ReadOnlySpan<float> weights, int sources, int targets, string unit = "")
    {
        if (sources < 1 || targets < 1 || weights.Length != (long)sources * targets)
            throw new ArgumentException($"{weights.Length} weights are not a matrix of {sources} x {targets}.", nameof(weights));
        int rows = Math.Min(sources, MostCells), columns = Math.Min(targets, MostCells);
        var cells = new float[rows * columns];
        var counts = new int[cells.Length];
        for (int source = 0; source < sources; source++)
        {
            int row = (int)((long)source * rows / sources);
            for (int target = 0; target < targets; target++)
            {
                float weight = weights[(source * targets) + target];
                if (!float.IsFinite(weight)) continue;
                int cell = (row * columns) + (int)((long)target * columns / targets);
                cells[cell] += weight;
                counts[cell]++;
            }
        }
        float low = 0, high = 0;
        for (int i = 0; i < cells.Length; i++)
        {
            cells[i] = counts[i] == 0 ? float.NaN : cells[i] / counts[i];
            if (counts[i] == 0) continue;
            (low, high) = (Math.Min(low, cells[i]), Math.Max(high, cells[i]));
        }
        double most = Math.Max(Math.Max(high, -low), 1e-30);
        return new Figure
        {
            Title = title,
            Data =
            [
                new Trace
                {
                    Type = "heatmap",
                    Z = PlotData.Matrix(cells, rows, columns),
                    X0 = ((double)targets / columns - 1) / 2,
                    Dx = (double)targets / columns,
                    Y0 = ((double)sources / rows - 1) / 2,
                    Dy = (double)sources / rows,
                    ZMin = low < 0 ? -most : 0,
                    ZMax = most,
                    ColorScale = low < 0 ? Colour.Diverging : Colour.Sequential,
                    ColorBar = new ColorBar { Title = new TextBlock { Text = PlotText.WithUnit("Weight", unit), Side = "right" } },
                    HoverOnGaps = false,
                    HoverTemplate = "from %{y:.0f} to %{x:.0f}: %{z:.4~g} " + PlotText.Escape(unit) + "<extra></extra>",
                },
            ],
            Layout = new Layout
            {
                XAxis = new Axis { Title = new TextBlock { Text = "Target" }, ShowGrid = false, Ticks = "outside", AutoMargin = true },
                YAxis = new Axis { Title = new TextBlock { Text = "Source" }, ShowGrid = false, Ticks = "outside", AutoRange = "reversed", AutoMargin = true },
                HoverMode = "closest",
            },
            Height = 420,
        };
    }
}
