namespace Lepton.Neuro.Experiments.Plots;

/// <summary>A solution with two aims.</summary>
/// <param name="Name">Its name; may be empty.</param>
/// <param name="X">The first aim.</param>
/// <param name="Y">The second aim.</param>
public sealed record ParetoPoint(string Name, double X, double Y);

/// <summary>Solutions by two aims, such as energy and accuracy, with the line of those that none of the others beats in both.</summary>
public static class ParetoFront
{
    // More names would lie on each other.
    const int MostNames = 12;

    /// <summary>The solutions that no other is at least as good as in both aims and better in one, by the first aim.</summary>
    /// <param name="points">All solutions; those that are not finite are left out.</param>
    /// <param name="lowerX">Whether less of the first aim is better.</param>
    /// <param name="lowerY">Whether less of the second aim is better.</param>
    /// <returns>The best ones, from small to large x. Of equal ones all are kept.</returns>
    public static IReadOnlyList<ParetoPoint> Best(IReadOnlyList<ParetoPoint> points, bool lowerX = true, bool lowerY = false)
    {
        double Cost(double value, bool lower) => lower ? value : -value;
        var best = new List<ParetoPoint>();
        double bound = double.PositiveInfinity;
        foreach (var group in points.Where(p => double.IsFinite(p.X) && double.IsFinite(p.Y)).GroupBy(p => Cost(p.X, lowerX)).OrderBy(g => g.Key))
        {
            double least = group.Min(p => Cost(p.Y, lowerY));
            if (!(least < bound)) continue;
            bound = least;
            best.AddRange(group.Where(p => Cost(p.Y, lowerY) == least));
        }
        return [.. best.OrderBy(p => p.X)];
    }

    /// <summary>Draws solutions.</summary>
    /// <param name="title">The title.</param>
    /// <param name="x">The first aim.</param>
    /// <param name="y">The second aim.</param>
    /// <param name="points">The solutions.</param>
    /// <param name="lowerX">Whether less of the first aim is better.</param>
    /// <param name="lowerY">Whether less of the second aim is better.</param>
    /// <returns>The figure.</returns>
    public static Figure Of(string title, ChartAxis x, ChartAxis y, IReadOnlyList<ParetoPoint> points, bool lowerX = true, bool lowerY = false)
    {
        var best = Best(points, lowerX, lowerY);
        ParetoPoint[] others = [.. points.Except(best)];
        string hover = $"%{{text}}<br>{PlotText.Escape(x.Name)} %{{x:.4~g}} {PlotText.Escape(x.Unit)}<br>{PlotText.Escape(y.Name)} {(y.IsShare ? "%{y:.2%}" : "%{y:.4~g} " + PlotText.Escape(y.Unit))}<extra></extra>";
        Trace Points(string name, IReadOnlyList<ParetoPoint> shown, int series, string mode) => new()
        {
            Type = "scatter",
            Mode = mode,
            Name = name,
            X = PlotData.Of([.. shown.Select(p => p.X)]),
            Y = PlotData.Of([.. shown.Select(p => p.Y)]),
            CustomData = PlotData.Of(shown.Select(p => p.Name)),
            Line = new LineStyle { Color = Colour.Series(series), Width = 2 },
            Marker = new Marker { Color = Colour.Series(series), Size = series == 0 ? 9 : 7, Opacity = series == 0 ? 1 : 0.55 },
            HoverTemplate = hover.Replace("%{text}", "%{customdata}", StringComparison.Ordinal),
        };
        return new Figure
        {
            Title = title,
            Data = [Points("beaten in both", others, 6, "markers"), Points("front", best, 0, "lines+markers")],
            Layout = new Layout
            {
                XAxis = x.ToAxis(points.Select(p => p.X)) with { ShowLine = true, Ticks = "outside" },
                YAxis = y.ToAxis(points.Select(p => p.Y)),
                ShowLegend = true,
                Legend = new Legend { Orientation = "h", X = 0, XAnchor = "left", Y = 1.02, YAnchor = "bottom" },
                HoverMode = "closest",
                Annotations = best.Count > MostNames ? null : [.. best.Where(p => p.Name.Length > 0).Select(p => new Annotation
                {
                    Text = PlotText.Escape(p.Name),
                    X = x.IsLogarithmic ? Math.Log10(p.X) : p.X,
                    Y = y.IsLogarithmic ? Math.Log10(p.Y) : p.Y,
                    // Away from the points that are worse.
                    XAnchor = lowerX ? "right" : "left",
                    YAnchor = lowerY ? "top" : "bottom",
                    XShift = lowerX ? -6 : 6,
                    YShift = lowerY ? -5 : 5,
                    Font = new Font { Size = 12, Color = Colour.Muted },
                })],
            },
            Height = 380,
        };
    }
}
