namespace Lepton.Neuro.Experiments.Plots;

/// <summary>The membrane potential of a neuron.</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="Times">Times in ms.</param>
/// <param name="Millivolts">Potentials, as many; NaN is a gap.</param>
/// <param name="Spikes">The times of its spikes in ms; may be empty.</param>
public sealed record MembraneTrace(string Name, IReadOnlyList<double> Times, IReadOnlyList<double> Millivolts, IReadOnlyList<double> Spikes);

/// <summary>Membrane potentials over time. Integrate-and-fire neurons have no spikes in their potential, so a stroke above marks each one.</summary>
public static class MembraneTraces
{
    /// <summary>Draws potentials.</summary>
    /// <param name="title">The title.</param>
    /// <param name="traces">A neuron each; at least one.</param>
    /// <param name="threshold">The potential at which they fire, in mV, drawn as a dashed line; none where null.</param>
    /// <returns>The figure.</returns>
    /// <exception cref="ArgumentException">There is no trace, or one has not as many potentials as times.</exception>
    public static Figure Of(string title, IReadOnlyList<MembraneTrace> traces, double? threshold = null)
    {
        if (traces.Count == 0) throw new ArgumentException("Membrane traces need a neuron.", nameof(traces));
        foreach (var trace in traces)
        {
            if (trace.Times.Count != trace.Millivolts.Count)
                throw new ArgumentException($"Trace {trace.Name} has {trace.Times.Count} times and {trace.Millivolts.Count} potentials.", nameof(traces));
        }
        double[] finite = [.. traces.SelectMany(trace => trace.Millivolts).Append(threshold ?? double.NaN).Where(double.IsFinite)];
        double low = finite.DefaultIfEmpty(0).Min(), high = finite.DefaultIfEmpty(1).Max(), room = Math.Max(high - low, 1e-6);
        double Row(int index) => high + (room * (0.08 + (0.07 * index)));
        // The strokes belong to the lines: the legend names each neuron once.
        var spikes = traces.Select((trace, index) => (Trace: trace, Index: index)).Where(one => one.Trace.Spikes.Count > 0).Select(one => new Trace
        {
            Type = "scatter",
            Mode = "markers",
            Name = PlotText.Escape(one.Trace.Name),
            X = PlotData.Of([.. one.Trace.Spikes]),
            Y = PlotData.Of([.. Enumerable.Repeat(Row(one.Index), one.Trace.Spikes.Count)]),
            Marker = new Marker { Color = Colour.Series(one.Index), Size = 9, Symbol = "line-ns-open", Line = new LineStyle { Color = Colour.Series(one.Index), Width = 2 } },
            ShowLegend = false,
            HoverTemplate = "spike at %{x:.4~g} ms<extra></extra>",
        });
        double[] times = [.. traces.SelectMany(trace => trace.Times)];
        return new Figure
        {
            Title = title,
            Data =
            [
                .. traces.Select((trace, index) => new Trace
                {
                    Type = "scatter",
                    Mode = "lines",
                    Name = PlotText.Escape(trace.Name),
                    X = PlotData.Of([.. trace.Times]),
                    Y = PlotData.Of([.. trace.Millivolts]),
                    Line = new LineStyle { Color = Colour.Series(index), Width = 1.5 },
                    HoverTemplate = "%{y:.2f} mV at %{x:.4~g} ms<extra></extra>",
                }),
                .. spikes,
            ],
            Layout = new Layout
            {
                XAxis = new ChartAxis("Time", "ms").ToAxis(times) with { ShowGrid = false, ShowLine = true, Ticks = "outside" },
                YAxis = new ChartAxis("Membrane potential", "mV", Minimum: low - (0.05 * room), Maximum: Row(traces.Any(trace => trace.Spikes.Count > 0) ? traces.Count : 0)).ToAxis([]),
                Shapes = threshold is { } dashed && double.IsFinite(dashed)
                    ? [new Shape { XRef = "paper", X0 = 0, X1 = 1, Y0 = dashed, Y1 = dashed, Line = new LineStyle { Color = Colour.Muted, Width = 1, Dash = "dash" } }]
                    : null,
                ShowLegend = traces.Count > 1,
                Legend = new Legend { Orientation = "h", X = 0, XAnchor = "left", Y = 1.02, YAnchor = "bottom" },
                HoverMode = "closest",
            },
            Height = 340,
        };
    }
}
