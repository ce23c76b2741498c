using Lepton.Neuro.Experiments.Reporting;

namespace Lepton.Neuro.Experiments.Plots;

/// <summary>Horizontal bars made of parts, with their totals, such as where the energy goes.</summary>
public static class StackedBars
{
    /// <summary>Draws bars.</summary>
    /// <param name="title">The title.</param>
    /// <param name="axis">What the bars measure, in the plain unit, such as <c>J</c>; the figure chooses the SI prefix.</param>
    /// <param name="bars">The names of the bars, from top to bottom.</param>
    /// <param name="parts">The parts. On a logarithmic axis only the length of the whole bar can be compared, not that of parts.</param>
    /// <returns>The figure.</returns>
    /// <exception cref="ArgumentException">A part has not one value a bar.</exception>
    public static Figure Of(string title, ChartAxis axis, IReadOnlyList<string> bars, params IReadOnlyList<BarPart> parts)
    {
        foreach (var part in parts)
        {
            if (part.Values.Count != bars.Count)
                throw new ArgumentException($"Part {part.Name} has {part.Values.Count} values for {bars.Count} bars.", nameof(parts));
        }
        var totals = bars.Select((_, bar) => parts.Sum(part => double.IsFinite(part.Values[bar]) ? part.Values[bar] : 0)).ToArray();
        var (factor, prefix) = axis.Unit.Length == 0 ? (1, "") : Quantity.Prefix(axis.IsLogarithmic ? Middle(totals) : totals.DefaultIfEmpty(0).Max());
        var unit = prefix + axis.Unit;
        var scaled = axis with { Unit = unit, Minimum = axis.Minimum * factor, Maximum = axis.Maximum * factor };
        var names = bars.Select(PlotText.Escape).ToArray();
        var horizontal = scaled.ToAxis(totals.Select(total => total * factor));
        return new Figure
        {
            Title = title,
            Data = [.. parts.Select((part, index) => new Trace
            {
                Type = "bar",
                Orientation = "h",
                Name = PlotText.Escape(part.Name),
                Y = PlotData.Of(bars),
                X = PlotData.Of([.. part.Values.Select(value => value * factor)]),
                Marker = new Marker { Color = Colour.Series(index), Line = new LineStyle { Color = Colour.Surface, Width = 1 } },
                HoverTemplate = $"{PlotText.Escape(part.Name)}: %{{x:.3~g}} {PlotText.Escape(unit)}<extra>%{{y}}</extra>",
            })],
            Layout = new Layout
            {
                BarMode = "stack",
                BarGap = 0.35,
                XAxis = horizontal with
                {
                    ShowLine = false,
                    // Room for the totals behind the bars.
                    Range = horizontal.Range ?? (axis.IsLogarithmic ? null : [0, Math.Max(totals.DefaultIfEmpty(0).Max() * factor * 1.18, 1e-12)]),
                },
                YAxis = new Axis { Type = "category", AutoRange = "reversed", AutoMargin = true, ShowGrid = false },
                ShowLegend = parts.Count > 1,
                Legend = new Legend { Orientation = "h", X = 0, XAnchor = "left", Y = 1.02, YAnchor = "bottom", TraceOrder = "normal" },
                HoverMode = "closest",
                Annotations = [.. totals.Select((total, bar) => new Annotation
                {
                    Text = PlotText.Escape(axis.Unit.Length == 0 ? Quantity.Digits(total) : Quantity.WithPrefix(total, axis.Unit)),
                    X = axis.IsLogarithmic ? Math.Log10(Math.Max(total * factor, 1e-12)) : total * factor,
                    Y = names[bar],
                    XAnchor = "left",
                    XShift = 6,
                    Font = new Font { Weight = 600, Color = Colour.Ink },
                })],
            },
            Height = 130 + 54 * bars.Count,
        };
    }

    // Over decades, a unit in the middle of them has the shortest numbers.
    static double Middle(double[] totals)
    {
        var above = totals.Where(total => total > 0 && double.IsFinite(total)).ToArray();
        return above.Length == 0 ? 0 : Math.Sqrt(above.Min()) * Math.Sqrt(above.Max());
    }
}
