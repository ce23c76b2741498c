using System.Globalization;

namespace Lepton.Neuro.Experiments.Plots;

/// <summary>What was shown against what was answered. Colour is the share of the row; a cell gives the count and that share.</summary>
public static class ConfusionMatrix
{
    /// <summary>Draws a confusion matrix.</summary>
    /// <param name="title">The title.</param>
    /// <param name="classes">The names of the classes.</param>
    /// <param name="counts">Rows are what was shown, columns what was answered; as many of each as there are classes.</param>
    /// <returns>The figure.</returns>
    /// <exception cref="ArgumentException">The matrix has another size.</exception>
    public static Figure Of(string title, IReadOnlyList<string> classes, int[,] counts)
    {
        var size = classes.Count;
        if (counts.GetLength(0) != size || counts.GetLength(1) != size)
            throw new ArgumentException($"{size} classes need a matrix of {size} x {size}.", nameof(counts));
        var shares = new float[size * size];
        var texts = new List<IReadOnlyList<string>>();
        for (var row = 0; row < size; row++)
        {
            long shown = 0;
            for (var column = 0; column < size; column++)
                shown += counts[row, column];
            var cells = new List<string>();
            for (var column = 0; column < size; column++)
            {
                var share = shown == 0 ? 0 : (double)counts[row, column] / shown;
                shares[row * size + column] = (float)share;
                cells.Add(counts[row, column] == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{counts[row, column]:N0}<br>{share * 100:0.0} %"));
            }
            texts.Add(cells);
        }
        return new Figure
        {
            Title = title,
            Data =
            [
                new Trace
                {
                    Type = "heatmap",
                    X = PlotData.Of(classes),
                    Y = PlotData.Of(classes),
                    Z = PlotData.Matrix(shares, size, size),
                    Text = texts,
                    TextTemplate = "%{text}",
                    ZMin = 0,
                    ZMax = 1,
                    ColorScale = Colour.Sequential,
                    ColorBar = new ColorBar { Title = new TextBlock { Text = "Share of row", Side = "right" }, TickFormat = ".0%" },
                    XGap = 2,
                    YGap = 2,
                    HoverTemplate = "shown %{y}, answered %{x}<br>%{text}<extra></extra>",
                },
            ],
            Layout = new Layout
            {
                XAxis = new Axis { Title = new TextBlock { Text = "Answered" }, Type = "category", ShowGrid = false, Constrain = "domain", AutoMargin = true },
                YAxis = new Axis { Title = new TextBlock { Text = "Shown" }, Type = "category", ShowGrid = false, AutoRange = "reversed", AutoMargin = true },
                HoverMode = "closest",
            },
            Height = Math.Clamp(140 + 48 * size, 320, 760),
        };
    }
}
