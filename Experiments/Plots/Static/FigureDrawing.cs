namespace Lepton.Neuro.Experiments.Plots.Static;

/// <summary>Turns a figure into a scene: what plotly.js does on a page, for the kinds of trace that our figures use.</summary>
internal sealed class FigureDrawing
{
    const double TitleSize = 16, AxisTitleSize = 13, LabelSize = 12;

    readonly Figure figure;
    readonly Palette palette;
    readonly List<Mark> marks = [];
    readonly AxisScale x, y;
    readonly TraceDrawing traces;

    FigureDrawing(Figure figure, Theme theme)
    {
        this.figure = figure;
        palette = new Palette(theme);
        x = new AxisScale(figure.Layout.XAxis, figure.Data.Select(trace => trace.X));
        y = new AxisScale(figure.Layout.YAxis, figure.Data.Select(trace => trace.Y));
        traces = new TraceDrawing(figure, palette, x, y);
    }

    /// <summary>Draws a figure.</summary>
    /// <param name="figure">The figure.</param>
    /// <param name="theme">The colours.</param>
    /// <param name="width">The width in pixels.</param>
    /// <returns>The scene.</returns>
    public static Scene Draw(Figure figure, Theme theme, int width) => new FigureDrawing(figure, theme).Draw(width);

    Scene Draw(int width)
    {
        traces.SpanAxes();
        var title = string.Join(" ", PlotText.Lines(figure.Title));
        var top = 0.0;
        if (title.Trim().Length > 0)
        {
            marks.Add(new TextMark(title, new(16, 22), Math.Min(TitleSize, TitleSize * (width - 32) / Math.Max(1, StrokeFont.Measure(title, TitleSize, isBold: true))), palette[Colour.Ink], IsBold: true));
            top = 40;
        }
        var height = (int)Math.Round(top + (figure.AspectRatio is { } ratio && ratio > 0 ? Math.Min(figure.Height, width / ratio) : figure.Height));
        var plot = PlaceAxes(width, height, top);
        DrawAxes(plot);
        traces.AddTo(marks, plot);
        DrawShapes(plot);
        DrawAnnotations(plot);
        return new Scene(title, width, height, palette[Colour.Surface], marks);
    }

    Box PlaceAxes(int width, int height, double top)
    {
        var margin = figure.Layout.Margin;
        var (xAxis, yAxis) = (figure.Layout.XAxis, figure.Layout.YAxis);
        var left = (margin?.L ?? 14) + (yAxis?.Title is null ? 0 : 22);
        var right = margin?.R ?? 24;
        var bottom = (margin?.B ?? 12) + (xAxis?.Title is null ? 0 : 22);
        top += margin?.T ?? 10;
        top = DrawLegend(left, top, width - left - right);
        if (traces.Scale is { } scale)
            right += TraceDrawing.ScaleWidth(scale);
        var labels = y.Ticks(MostTicks(height - top - bottom, 44)).SelectMany(tick => tick.Lines).Select(line => StrokeFont.Measure(line, LabelSize)).DefaultIfEmpty(0).Max();
        left += labels > 0 ? labels + 9 : 0;
        var slot = Math.Max(1, width - left - right);
        IsCrowded = x.IsCategory && x.Ticks(1000).Any(tick => tick.Lines.Any(line => StrokeFont.Measure(line, LabelSize) > slot / (x.High - x.Low == 0 ? 1 : Math.Abs(x.High - x.Low)) - 6));
        var deep = x.Ticks(10) is not { Count: > 0 } ticks ? 0
            : IsCrowded ? ticks.SelectMany(tick => tick.Lines).Max(line => StrokeFont.Measure(line, LabelSize)) + 12
            : 10 + 15 * ticks.Max(tick => tick.Lines.Length);
        bottom += deep;
        var plot = new Box(left, top, Math.Max(20, width - left - right), Math.Max(20, height - top - bottom));
        x.Place(plot.X, plot.Right);
        y.Place(plot.Bottom, plot.Y);
        if (yAxis?.ScaleAnchor is null && xAxis?.ScaleAnchor is null)
            return plot;
        // The axis with room to spare shrinks toward the middle.
        var density = Math.Min(x.Density, y.Density);
        var (across, down) = (Math.Abs(x.High - x.Low) * density, Math.Abs(y.High - y.Low) * density);
        plot = new Box(plot.X + (plot.Width - across) / 2, plot.Y + (plot.Height - down) / 2, across, down);
        x.Place(plot.X, plot.Right);
        y.Place(plot.Bottom, plot.Y);
        return plot;
    }

    /// <summary>Whether names below the plot must stand upright.</summary>
    bool IsCrowded { get; set; }

    static int MostTicks(double pixels, double each) => (int)Math.Clamp(pixels / each, 2, 12);

    void DrawAxes(Box plot)
    {
        var (xAxis, yAxis) = (figure.Layout.XAxis ?? new Axis(), figure.Layout.YAxis ?? new Axis());
        var (muted, rule, ink) = (palette[Colour.Muted], palette[Colour.Rule], palette[Colour.Ink]);
        var (across, down) = (x.Ticks(MostTicks(plot.Width, 84)), y.Ticks(MostTicks(plot.Height, 44)));
        foreach (var tick in across)
        {
            var at = x.Pixel(tick.At);
            if (xAxis.ShowGrid != false)
                marks.Add(new LineMark([new(at, plot.Y), new(at, plot.Bottom)], rule, 1));
            if (xAxis.Ticks == "outside")
                marks.Add(new LineMark([new(at, plot.Bottom), new(at, plot.Bottom + 5)], muted, 1));
            for (var line = 0; line < tick.Lines.Length; line++)
            {
                marks.Add(IsCrowded
                    ? new TextMark(tick.Lines[line], new(at + 14 * line, plot.Bottom + 7), LabelSize, muted, TextAnchor.End, IsUpright: true)
                    : new TextMark(tick.Lines[line], new(at, plot.Bottom + 15 + 15 * line), LabelSize, muted, TextAnchor.Middle));
            }
        }
        foreach (var tick in down)
        {
            var at = y.Pixel(tick.At);
            if (yAxis.ShowGrid != false)
                marks.Add(new LineMark([new(plot.X, at), new(plot.Right, at)], rule, 1));
            if (yAxis.Ticks == "outside")
                marks.Add(new LineMark([new(plot.X - 5, at), new(plot.X, at)], muted, 1));
            for (var line = 0; line < tick.Lines.Length; line++)
                marks.Add(new TextMark(tick.Lines[line], new(plot.X - 9, at + 15 * (line - (tick.Lines.Length - 1) / 2.0)), LabelSize, muted, TextAnchor.End));
        }
        if (xAxis.ShowLine == true)
            marks.Add(new LineMark([new(plot.X, plot.Bottom), new(plot.Right, plot.Bottom)], muted, 1));
        if (yAxis.ShowLine == true)
            marks.Add(new LineMark([new(plot.X, plot.Y), new(plot.X, plot.Bottom)], muted, 1));
        if (xAxis.Title is { } below)
        {
            var deep = across.Count == 0 ? 6 : IsCrowded ? across.SelectMany(tick => tick.Lines).Max(line => StrokeFont.Measure(line, LabelSize)) + 10 : 8 + 15 * across.Max(tick => tick.Lines.Length);
            marks.Add(new TextMark(string.Join(" ", PlotText.Lines(below.Text)), new(plot.X + plot.Width / 2, plot.Bottom + deep + 13), AxisTitleSize, ink, TextAnchor.Middle));
        }
        if (yAxis.Title is { } beside)
        {
            var wide = down.SelectMany(tick => tick.Lines).Select(line => StrokeFont.Measure(line, LabelSize)).DefaultIfEmpty(0).Max();
            marks.Add(new TextMark(string.Join(" ", PlotText.Lines(beside.Text)), new(plot.X - wide - 22, plot.Y + plot.Height / 2), AxisTitleSize, ink, TextAnchor.Middle, IsUpright: true));
        }
    }

    /// <summary>Draws the legend in rows and returns where the room below begins.</summary>
    double DrawLegend(double left, double top, double width)
    {
        var named = figure.Data.Where(trace => trace.ShowLegend != false && trace.Type != "heatmap" && trace.Name is { Length: > 0 }).ToArray();
        if (!(figure.Layout.ShowLegend ?? named.Length > 1) || named.Length == 0)
            return top;
        var (at, line) = (left, top + 10);
        foreach (var trace in named)
        {
            var name = string.Join(" ", PlotText.Lines(trace.Name!));
            var needed = 34 + StrokeFont.Measure(name, LabelSize) + 20;
            if (at > left && at + needed > left + width)
                (at, line) = (left, line + 20);
            traces.AddSample(marks, trace, at, line);
            marks.Add(new TextMark(name, new(at + 30, line), LabelSize, palette[Colour.Ink]));
            at += needed;
        }
        return line + 18;
    }

    void DrawShapes(Box plot)
    {
        foreach (var shape in figure.Layout.Shapes ?? [])
        {
            double X(double value) => shape.XRef == "paper" ? plot.X + value * plot.Width : x.Pixel(value);
            double Y(double value) => shape.YRef == "paper" ? plot.Bottom - value * plot.Height : y.Pixel(value);
            var colour = palette[shape.Line?.Color ?? Colour.Muted];
            Place a = new(X(shape.X0), Y(shape.Y0)), b = new(X(shape.X1), Y(shape.Y1));
            IReadOnlyList<Place> places = shape.Type == "rect" ? [a, new(b.X, a.Y), b, new(a.X, b.Y), a] : [a, b];
            marks.Add(new LineMark(places, colour, shape.Line?.Width ?? 1, TraceDrawing.Dashes(shape.Line?.Dash), plot));
        }
    }

    void DrawAnnotations(Box plot)
    {
        foreach (var note in figure.Layout.Annotations ?? [])
        {
            var atX = (note.XRef == "paper" ? plot.X + x.CoordinateOf(note.X) * plot.Width : x.Pixel(x.CoordinateOf(note.X))) + (note.XShift ?? 0);
            var atY = (note.YRef == "paper" ? plot.Bottom - y.CoordinateOf(note.Y) * plot.Height : y.Pixel(y.CoordinateOf(note.Y))) - (note.YShift ?? 0);
            if (!double.IsFinite(atX + atY))
                continue;
            var along = note.XAnchor switch { "left" => TextAnchor.Start, "right" => TextAnchor.End, _ => TextAnchor.Middle };
            var across = note.YAnchor switch { "top" => TextAnchor.Start, "bottom" => TextAnchor.End, _ => TextAnchor.Middle };
            var size = note.Font?.Size ?? LabelSize;
            var lines = PlotText.Lines(note.Text);
            for (var line = 0; line < lines.Length; line++)
            {
                var shift = across switch { TextAnchor.Start => line, TextAnchor.End => line - lines.Length + 1, _ => line - (lines.Length - 1) / 2.0 };
                marks.Add(new TextMark(lines[line], new(atX, atY + shift * size * 1.25), size, palette[note.Font?.Color ?? Colour.Ink], along, across, note.Font?.Weight >= 600));
            }
        }
    }
}
