namespace Lepton.Neuro.Experiments.Plots.Static;

/// <summary>Draws the traces of a figure: points and lines, bars, heat maps.</summary>
internal sealed class TraceDrawing(Figure figure, Palette palette, AxisScale x, AxisScale y)
{
    const double LabelSize = 12, CellTextSize = 11.5, ScaleBarWidth = 10;

    /// <summary>Up to so many cells of a heat map are shapes of their own, which can have gaps and texts.</summary>
    const int MostCells = 1024;

    readonly List<Bar> bars = Stack(figure, x, y);

    /// <summary>The heat map whose scale is shown, or null.</summary>
    public Trace? Scale { get; } = figure.Data.FirstOrDefault(trace => trace is { Type: "heatmap", ColorScale: not null } && trace.ShowScale != false);

    /// <summary>Lets the axes span all that is drawn.</summary>
    public void SpanAxes()
    {
        var (across, down) = (new Extent(), new Extent());
        var (padX, padY) = (0.0, 0.0);
        foreach (var trace in figure.Data)
        {
            if (trace.Type == "heatmap")
            {
                var (edgesX, edgesY) = Edges(trace);
                across.Add([edgesX[0], edgesX[^1]]);
                down.Add([edgesY[0], edgesY[^1]]);
            }
            else if (trace.Type != "bar")
            {
                var (placesX, placesY) = Coordinates(trace);
                across.Add(placesX);
                down.Add(placesY);
                padX = HasMarkers(trace) ? Math.Max(padX, 0.04) : padX;
                padY = 0.05;
            }
        }
        foreach (var bar in bars)
        {
            var (along, over) = bar.IsHorizontal ? (down, across) : (across, down);
            along.Add([bar.At - bar.Thickness / 2, bar.At + bar.Thickness / 2]);
            var axis = bar.IsHorizontal ? x : y;
            over.Add(axis.IsLogarithmic ? [axis.Coordinate(bar.To)] : [bar.From, bar.To]);
            if (!bar.IsHorizontal && bar.To > 0)
                padY = 0.05;
        }
        x.Span(across.Low, across.High, padX);
        y.Span(down.Low, bars.Any(bar => !bar.IsHorizontal) && down.Low == 0 && !y.IsLogarithmic ? down.High * 1.05 : down.High, bars.Count > 0 ? 0 : padY);
    }

    /// <summary>Adds the traces.</summary>
    /// <param name="marks">Where to.</param>
    /// <param name="plot">The room between the axes.</param>
    public void AddTo(List<Mark> marks, Box plot)
    {
        foreach (var trace in figure.Data.Where(trace => trace.Type == "heatmap"))
            AddHeatMap(marks, trace, plot);
        foreach (var bar in bars)
            AddBar(marks, bar, plot);
        foreach (var trace in figure.Data.Where(trace => trace.Type is not ("heatmap" or "bar")))
            AddScatter(marks, trace, plot);
        if (Scale is { } scale)
            AddScale(marks, scale, plot);
    }

    /// <summary>Adds what the legend shows beside a name.</summary>
    /// <param name="marks">Where to.</param>
    /// <param name="trace">The trace.</param>
    /// <param name="left">Where it begins.</param>
    /// <param name="line">The height of its middle.</param>
    public void AddSample(List<Mark> marks, Trace trace, double left, double line)
    {
        if (trace.Type == "bar")
        {
            marks.Add(new BoxMark(new(left + 8, line - 6, 12, 12), ColourOf(trace)));
            return;
        }
        if (HasLines(trace))
            marks.Add(new LineMark([new(left, line), new(left + 24, line)], LineColour(trace), trace.Line?.Width ?? 2, Dashes(trace.Line?.Dash)));
        if (HasMarkers(trace))
            marks.Add(new PointsMark([new(left + 12, line)], Math.Max(2.5, (trace.Marker?.Size ?? 6) / 2), ColourOf(trace), IsTick(trace)));
    }

    /// <summary>The lengths of dashes and gaps.</summary>
    /// <param name="dash">plotly.js's name.</param>
    /// <returns>Pixels, or null for a solid line.</returns>
    public static IReadOnlyList<double>? Dashes(string? dash) => dash switch { "dash" => [8, 6], "dot" => [2, 4], _ => null };

    /// <summary>The room that a colour scale takes.</summary>
    /// <param name="trace">Its heat map.</param>
    /// <returns>Pixels.</returns>
    public static double ScaleWidth(Trace trace) =>
        14 + ScaleBarWidth + 8 + ScaleAxis(trace).Ticks(6).SelectMany(tick => tick.Lines).Select(line => StrokeFont.Measure(line, LabelSize)).DefaultIfEmpty(0).Max() + (trace.ColorBar?.Title is null ? 0 : 20);

    static bool HasLines(Trace trace) => trace.Mode is null || trace.Mode.Contains("lines", StringComparison.Ordinal);

    static bool HasMarkers(Trace trace) => trace.Mode?.Contains("markers", StringComparison.Ordinal) == true;

    static bool IsTick(Trace trace) => trace.Marker?.Symbol?.StartsWith("line-ns", StringComparison.Ordinal) == true;

    Rgba ColourOf(Trace trace) => palette[trace.Marker?.Color ?? trace.Line?.Color ?? Colour.Series(0)].Fade(trace.Marker?.Opacity ?? 1);

    Rgba LineColour(Trace trace) => palette[trace.Line?.Color ?? trace.Marker?.Color ?? Colour.Series(0)];

    (double[] X, double[] Y) Coordinates(Trace trace)
    {
        var count = trace.Y?.Names?.Count ?? trace.Y?.ToNumbers().Length ?? trace.X?.Names?.Count ?? trace.X?.ToNumbers().Length ?? 0;
        return (x.Coordinates(trace.X, count), y.Coordinates(trace.Y, count));
    }

    void AddScatter(List<Mark> marks, Trace trace, Box plot)
    {
        var (acrossAll, downAll) = Coordinates(trace);
        var places = new Place?[Math.Min(acrossAll.Length, downAll.Length)];
        for (var i = 0; i < places.Length; i++)
            places[i] = double.IsFinite(acrossAll[i]) && double.IsFinite(downAll[i]) ? new Place(x.Pixel(acrossAll[i]), y.Pixel(downAll[i])) : null;
        if (HasLines(trace))
        {
            var piece = new List<Place>();
            foreach (var place in places.Append(null))
            {
                if (place is { } next)
                {
                    piece.Add(next);
                    continue;
                }
                if (piece.Count > 1)
                    marks.Add(new LineMark([.. piece], LineColour(trace), trace.Line?.Width ?? 2, Dashes(trace.Line?.Dash), plot));
                piece.Clear();
            }
        }
        if (HasMarkers(trace))
        {
            // Points at the edge are shown whole; those outside are not.
            var shown = places.OfType<Place>().Where(place => place.X >= plot.X - 0.5 && place.X <= plot.Right + 0.5 && place.Y >= plot.Y - 0.5 && place.Y <= plot.Bottom + 0.5).ToArray();
            if (shown.Length > 0)
                marks.Add(new PointsMark(shown, (trace.Marker?.Size ?? 6) / 2, ColourOf(trace), IsTick(trace)));
        }
    }

    void AddBar(List<Mark> marks, Bar bar, Box plot)
    {
        var (along, over) = bar.IsHorizontal ? (y, x) : (x, y);
        var from = over.IsLogarithmic && bar.From <= 0 ? over.Low : over.Coordinate(bar.From);
        double a = along.Pixel(bar.At - bar.Thickness / 2), b = along.Pixel(bar.At + bar.Thickness / 2), c = over.Pixel(from), d = over.Pixel(over.Coordinate(bar.To));
        if (!double.IsFinite(a + b + c + d))
            return;
        var outline = bar.Trace.Marker?.Line?.Width ?? 0;
        var (start, length) = (Math.Min(c, d), Math.Max(0, Math.Abs(c - d) - outline));
        var (side, thick) = (Math.Min(a, b), Math.Abs(a - b));
        marks.Add(new BoxMark(bar.IsHorizontal ? new(start, side, length, thick) : new(side, start, thick, length), ColourOf(bar.Trace), plot));
    }

    void AddHeatMap(List<Mark> marks, Trace trace, Box plot)
    {
        if (trace.Z?.Shape is not { Rows: > 0, Columns: > 0 } shape)
            return;
        var values = trace.Z.ToNumbers();
        var (low, high) = Range(trace, values);
        var scale = trace.ColorScale ?? Colour.Sequential;
        Rgba At(double value) => double.IsFinite(value) ? palette.At(scale, (value - low) / (high - low)) : Rgba.Clear;
        var (edgesX, edgesY) = Edges(trace);
        if (shape.Rows * shape.Columns > MostCells && edgesX.Length > 0)
        {
            double left = x.Pixel(edgesX[0]), right = x.Pixel(edgesX[^1]), first = y.Pixel(edgesY[0]), last = y.Pixel(edgesY[^1]);
            var pixels = new Rgba[shape.Rows * shape.Columns];
            for (var row = 0; row < shape.Rows; row++)
            {
                for (var column = 0; column < shape.Columns; column++)
                    pixels[(first <= last ? row : shape.Rows - 1 - row) * shape.Columns + (left <= right ? column : shape.Columns - 1 - column)] = At(values[row * shape.Columns + column]);
            }
            marks.Add(new ImageMark(new(Math.Min(left, right), Math.Min(first, last), Math.Abs(right - left), Math.Abs(last - first)), shape.Columns, shape.Rows, pixels, plot));
            return;
        }
        var (gapX, gapY) = (trace.XGap ?? 0, trace.YGap ?? 0);
        for (var row = 0; row < shape.Rows; row++)
        {
            for (var column = 0; column < shape.Columns; column++)
            {
                var colour = At(values[row * shape.Columns + column]);
                double a = x.Pixel(edgesX[column]), b = x.Pixel(edgesX[column + 1]), c = y.Pixel(edgesY[row]), d = y.Pixel(edgesY[row + 1]);
                var box = new Box(Math.Min(a, b) + gapX / 2, Math.Min(c, d) + gapY / 2, Math.Max(0, Math.Abs(a - b) - gapX), Math.Max(0, Math.Abs(c - d) - gapY));
                if (colour.A > 0)
                    marks.Add(new BoxMark(box, colour, plot));
                if (trace.TextTemplate is not null && trace.Text is { } texts)
                    AddCellText(marks, PlotText.Lines(texts[row][column]), box, colour.A == 0 ? palette[Colour.Surface] : colour);
            }
        }
    }

    static void AddCellText(List<Mark> marks, string[] lines, Box box, Rgba behind)
    {
        var widest = lines.Max(line => StrokeFont.Measure(line, CellTextSize));
        var size = CellTextSize * Math.Min(1, Math.Min((box.Width - 4) / Math.Max(widest, 1), (box.Height - 2) / (lines.Length * CellTextSize * 1.2)));
        // Smaller than this it is only noise.
        if (widest <= 0 || size < 5)
            return;
        var ink = behind.Luminance > 0.5 ? new Rgba(27, 31, 36) : new Rgba(255, 255, 255);
        for (var line = 0; line < lines.Length; line++)
            marks.Add(new TextMark(lines[line], new(box.X + box.Width / 2, box.Y + box.Height / 2 + (line - (lines.Length - 1) / 2.0) * size * 1.25), size, ink, TextAnchor.Middle));
    }

    void AddScale(List<Mark> marks, Trace trace, Box plot)
    {
        const int Steps = 128;
        var bar = new Box(plot.Right + 14, plot.Y, ScaleBarWidth, plot.Height);
        var colours = Enumerable.Range(0, Steps).Select(step => palette.At(trace.ColorScale!.Value, 1 - (step + 0.5) / Steps)).ToArray();
        marks.Add(new ImageMark(bar, 1, Steps, colours));
        var axis = ScaleAxis(trace);
        axis.Place(bar.Bottom, bar.Y);
        var widest = 0.0;
        foreach (var tick in axis.Ticks((int)Math.Clamp(bar.Height / 50, 2, 6)))
        {
            marks.Add(new TextMark(tick.Lines[0], new(bar.Right + 6, axis.Pixel(tick.At)), LabelSize, palette[Colour.Muted]));
            widest = Math.Max(widest, StrokeFont.Measure(tick.Lines[0], LabelSize));
        }
        if (trace.ColorBar?.Title is { } title)
            marks.Add(new TextMark(string.Join(" ", PlotText.Lines(title.Text)), new(bar.Right + widest + 20, plot.Y + plot.Height / 2), 13, palette[Colour.Ink], TextAnchor.Middle, IsUpright: true));
    }

    static AxisScale ScaleAxis(Trace trace)
    {
        var (low, high) = Range(trace, trace.Z?.ToNumbers() ?? []);
        var axis = new AxisScale(new Axis { Range = [low, high], TickFormat = trace.ColorBar?.TickFormat }, []);
        axis.Span(low, high, 0);
        return axis;
    }

    static (double Low, double High) Range(Trace trace, double[] values)
    {
        var extent = new Extent();
        extent.Add(values);
        double low = trace.ZMin ?? (double.IsFinite(extent.Low) ? extent.Low : 0), high = trace.ZMax ?? (double.IsFinite(extent.High) ? extent.High : 1);
        if (!double.IsFinite(low))
            low = 0;
        return (low, double.IsFinite(high) && high > low ? high : low + 1);
    }

    /// <summary>The coordinates of the borders between the cells of a heat map.</summary>
    (double[] X, double[] Y) Edges(Trace trace)
    {
        var (rows, columns) = trace.Z?.Shape ?? (1, 1);
        return (Between(x.Coordinates(trace.X, 0), trace.X0, trace.Dx, columns), Between(y.Coordinates(trace.Y, 0), trace.Y0, trace.Dy, rows));

        static double[] Between(double[] middles, double? start, double? step, int count)
        {
            if (middles.Length != count)
                middles = [.. Enumerable.Range(0, count).Select(i => (start ?? 0) + i * (step ?? 1))];
            var edges = new double[count + 1];
            for (var i = 1; i < count; i++)
                edges[i] = (middles[i - 1] + middles[i]) / 2;
            var (first, last) = count > 1 ? ((middles[1] - middles[0]) / 2, (middles[^1] - middles[^2]) / 2) : ((step ?? 1) / 2, (step ?? 1) / 2);
            (edges[0], edges[count]) = (middles[0] - first, middles[^1] + last);
            return edges;
        }
    }

    /// <summary>Puts bars at the same place on top of each other, or beside each other.</summary>
    static List<Bar> Stack(Figure figure, AxisScale x, AxisScale y)
    {
        var traces = figure.Data.Where(trace => trace.Type == "bar").ToArray();
        var isStacked = figure.Layout.BarMode == "stack";
        var tops = new Dictionary<(double At, bool IsNegative), double>();
        var stacked = new List<Bar>();
        for (var i = 0; i < traces.Length; i++)
        {
            var isHorizontal = traces[i].Orientation == "h";
            var (values, names) = isHorizontal ? (traces[i].X, traces[i].Y) : (traces[i].Y, traces[i].X);
            var lengths = values?.ToNumbers() ?? [];
            var places = (isHorizontal ? y : x).Coordinates(names, lengths.Length);
            var gap = places.Where(double.IsFinite).Distinct().Order().ToArray();
            var slot = gap.Length > 1 ? gap.Zip(gap.Skip(1), (a, b) => b - a).Min() : 1;
            var thickness = slot * (1 - (figure.Layout.BarGap ?? 0.2)) / (isStacked ? 1 : traces.Length);
            for (var bar = 0; bar < Math.Min(lengths.Length, places.Length); bar++)
            {
                if (!double.IsFinite(lengths[bar]) || !double.IsFinite(places[bar]))
                    continue;
                var at = isStacked ? places[bar] : places[bar] + (i - (traces.Length - 1) / 2.0) * thickness;
                var from = isStacked ? tops.GetValueOrDefault((at, lengths[bar] < 0)) : 0;
                tops[(at, lengths[bar] < 0)] = from + lengths[bar];
                stacked.Add(new(traces[i], isHorizontal, at, thickness, from, from + lengths[bar]));
            }
        }
        return stacked;
    }

    sealed record Bar(Trace Trace, bool IsHorizontal, double At, double Thickness, double From, double To);

    sealed class Extent
    {
        public double Low { get; private set; } = double.PositiveInfinity;

        public double High { get; private set; } = double.NegativeInfinity;

        public void Add(IEnumerable<double> values)
        {
            foreach (var value in values)
            {
                if (double.IsFinite(value))
                    (Low, High) = (Math.Min(Low, value), Math.Max(High, value));
            }
        }
    }
}
