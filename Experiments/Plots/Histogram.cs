using MathNet.Numerics.Statistics;

namespace Lepton.Neuro.Experiments.Plots;

/// <summary>How values are distributed: intervals between spikes, correlations, weights. One set of values is bars, several are outlines above each other.</summary>
public static class Histogram
{
    /// <summary>Draws a histogram. All sets share their bins.</summary>
    /// <param name="title">The title.</param>
    /// <param name="axis">What the values are. Its ends, where given, are those of the bins, and values outside are left out; a logarithmic one has bins of equal ratio, and leaves out values that are not above 0.</param>
    /// <param name="sets">Names and values; those that are not finite are left out.</param>
    /// <param name="bins">How many bins, 1 to 1000; 0 chooses by the rule of Freedman and Diaconis, from 8 to 80.</param>
    /// <returns>The figure. Heights are the shares of a set that lie in a bin.</returns>
    /// <exception cref="ArgumentException">There is no set, or the number of bins is out of range.</exception>
    public static Figure Of(string title, ChartAxis axis, IReadOnlyList<(string Name, IReadOnlyList<double> Values)> sets, int bins = 0)
    {
        if (sets.Count == 0) throw new ArgumentException("A histogram needs a set of values.", nameof(sets));
        if (bins is < 0 or > 1000) throw new ArgumentException($"{bins} bins are not 1 to 1000.", nameof(bins));
        double[][] places = [.. sets.Select(set => set.Values.Select(value => axis.IsLogarithmic ? Math.Log10(value) : value).Where(double.IsFinite).ToArray())];
        double[] edges = Edges(axis, [.. places.SelectMany(p => p)], bins);
        double[][] shares = [.. places.Select(values => Shares(values, edges))];
        double[] shown = axis.IsLogarithmic ? [.. edges.Select(edge => Math.Pow(10, edge))] : edges;
        var figure = sets.Count == 1 ? Bars(title, axis, sets[0].Name, shown, shares[0]) : Outlines(title, axis, sets, shown, shares);
        double most = shares.SelectMany(share => share).DefaultIfEmpty(0).Max();
        return figure with
        {
            Layout = figure.Layout with
            {
                XAxis = (axis with { Minimum = shown[0], Maximum = shown[^1] }).ToAxis(shown) with { ShowGrid = false, ShowLine = true, Ticks = "outside" },
                YAxis = new ChartAxis("Share", IsShare: true, Minimum: 0, Maximum: most > 0 ? most * 1.06 : 1).ToAxis([]) with { TickFormat = ".2~%" },
                HoverMode = "x unified",
            },
            Height = 340,
        };
    }

    static Figure Bars(string title, ChartAxis axis, string name, double[] edges, double[] shares) => new()
    {
        Title = title,
        Data =
        [
            // Outlines with a filled ground would need a kind of trace of their own; bars at places that are not evenly spaced would have gaps.
            axis.IsLogarithmic ? Outline(name, 0, edges, shares) : new Trace
            {
                Type = "bar",
                Name = PlotText.Escape(name),
                X = PlotData.Of([.. edges.Zip(edges.Skip(1), (a, b) => (a + b) / 2)]),
                Y = PlotData.Of(shares),
                Marker = new Marker { Color = Colour.Series(0), Line = new LineStyle { Color = Colour.Surface, Width = 0.5 } },
                HoverTemplate = "%{y:.2%}<extra></extra>",
            },
        ],
        Layout = new Layout { BarGap = 0, ShowLegend = false },
    };

    static Figure Outlines(string title, ChartAxis axis, IReadOnlyList<(string Name, IReadOnlyList<double> Values)> sets, double[] edges, double[][] shares) => new()
    {
        Title = title,
        Data = [.. sets.Select((set, index) => Outline(set.Name, index, edges, shares[index]))],
        Layout = new Layout { ShowLegend = true, Legend = new Legend { Orientation = "h", X = 0, XAnchor = "left", Y = 1.02, YAnchor = "bottom" } },
    };

    static Trace Outline(string name, int index, double[] edges, double[] shares) => new()
    {
        Type = "scatter",
        Mode = "lines",
        Name = PlotText.Escape(name),
        X = PlotData.Of([edges[0], .. shares.SelectMany((_, bin) => new[] { edges[bin], edges[bin + 1] }), edges[^1]]),
        Y = PlotData.Of([0, .. shares.SelectMany(share => new[] { share, share }), 0]),
        Line = new LineStyle { Color = Colour.Series(index), Width = 1.75, Dash = index >= Theme.SeriesCount ? "dot" : null },
        HoverTemplate = "%{y:.2%}",
    };

    static double[] Edges(ChartAxis axis, double[] values, int bins)
    {
        double? Given(double? end) => end is { } value ? axis.IsLogarithmic ? Math.Log10(value) is var power && double.IsFinite(power) ? power : null : double.IsFinite(value) ? value : null : null;
        double low = Given(axis.Minimum) ?? (values.Length > 0 ? values.Min() : 0), high = Given(axis.Maximum) ?? (values.Length > 0 ? values.Max() : 1);
        if (!(high > low)) (low, high) = (low - 0.5, low + 0.5);
        if (bins == 0)
        {
            double width = values.Length > 1 ? 2 * values.InterquartileRange() / Math.Cbrt(values.Length) : 0;
            bins = width > 0 ? (int)Math.Clamp(Math.Ceiling((high - low) / width), 8, 80) : 20;
        }
        return [.. Enumerable.Range(0, bins + 1).Select(i => low + ((high - low) * i / bins))];
    }

    static double[] Shares(double[] values, double[] edges)
    {
        var shares = new double[edges.Length - 1];
        foreach (double value in values)
        {
            if (value < edges[0] || value > edges[^1]) continue;
            shares[Math.Min(shares.Length - 1, (int)((value - edges[0]) / (edges[^1] - edges[0]) * shares.Length))] += 1.0 / values.Length;
        }
        return shares;
    }
}
