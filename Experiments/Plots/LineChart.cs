namespace Lepton.Neuro.Experiments.Plots;

/// <summary>Lines, such as accuracy while learning.</summary>
public static class LineChart
{
    const int MostMarkedPoints = 40;

    /// <summary>Draws lines.</summary>
    /// <param name="title">The title.</param>
    /// <param name="x">The horizontal axis.</param>
    /// <param name="y">The vertical axis.</param>
    /// <param name="series">The lines.</param>
    /// <returns>The figure.</returns>
    /// <exception cref="ArgumentException">A line has not as many values as places.</exception>
    public static Figure Of(string title, ChartAxis x, ChartAxis y, params IReadOnlyList<LineSeries> series) => new()
    {
        Title = title,
        Data = [.. series.Select((line, index) => Draw(line, index, y))],
        Layout = new Layout
        {
            XAxis = x.ToAxis(series.SelectMany(line => line.X)) with { Ticks = "outside", ShowGrid = false, ShowLine = true },
            YAxis = y.ToAxis(series.SelectMany(line => line.Y)),
            ShowLegend = series.Count > 1,
            Legend = new Legend { Orientation = "h", X = 0, XAnchor = "left", Y = 1.02, YAnchor = "bottom" },
            HoverMode = "x unified",
        },
        Height = 340,
    };

    static Trace Draw(LineSeries line, int index, ChartAxis y)
    {
        if (line.X.Count != line.Y.Count)
            throw new ArgumentException($"Line {line.Name} has {line.X.Count} places and {line.Y.Count} values.", nameof(line));
        return new Trace
        {
            Type = "scatter",
            Mode = line.IsPoints ? "markers" : line.X.Count <= MostMarkedPoints && !line.IsDashed ? "lines+markers" : "lines",
            Name = PlotText.Escape(line.Name),
            X = PlotData.Of([.. line.X]),
            Y = PlotData.Of([.. line.Y]),
            Line = new LineStyle { Color = Colour.Series(index), Width = 2.25, Dash = line.IsDashed ? "dash" : index >= Theme.SeriesCount ? "dot" : null },
            Marker = new Marker { Color = Colour.Series(index), Size = line.IsPoints ? 9 : 6, Opacity = line.IsPoints ? 0.85 : null },
            HoverTemplate = y.IsShare ? "%{y:.2%}" : "%{y:.4~g}" + (y.Unit.Length == 0 ? "" : " " + PlotText.Escape(y.Unit)),
        };
    }
}
