using System.Globalization;
using Lepton.Neuro.Experiments.Plots;

namespace Lepton.Neuro.Experiments.Energy;

/// <summary>The pictures of a sweep over bits, steps and machines.</summary>
internal static class EnergyFigures
{
    const double Microjoule = 1e-6;
    const double Microsecond = 1e-6;

    /// <summary>Accuracy against energy: the places that no other one of the same machine beats are joined by a line, the others are hollow.</summary>
    /// <param name="points">All places.</param>
    public static Figure Energy(IReadOnlyList<EnergyPoint> points) =>
        Draw("Accuracy against energy", new("Energy per inference", "µJ", IsLogarithmic: true), points, p => p.Joules / Microjoule);

    /// <summary>Accuracy against latency.</summary>
    /// <param name="points">All places.</param>
    public static Figure Latency(IReadOnlyList<EnergyPoint> points) =>
        Draw("Accuracy against latency", new("Latency of an inference", "µs", IsLogarithmic: true), points, p => p.LatencySeconds / Microsecond);

    static Figure Draw(string title, ChartAxis x, IReadOnlyList<EnergyPoint> points, Func<EnergyPoint, double?> place)
    {
        var drawn = points.Where(p => place(p) > 0 && p.Accuracy is not null).ToArray();
        var front = EnergyPoint.Front(points);
        string[] machines = [.. drawn.Select(p => p.Machine).Distinct()];
        var figure = LineChart.Of(title, x, new("Accuracy", IsShare: true), [.. machines.Select(machine =>
        {
            var best = drawn.Where(p => p.Machine == machine && front.Contains(p)).OrderBy(place).ToArray();
            return new LineSeries(machine, [.. best.Select(p => place(p)!.Value)], [.. best.Select(p => p.Accuracy!.Value)]);
        })]);
        var beaten = machines.Index().Select(m => (m.Index, Points: drawn.Where(p => p.Machine == m.Item && !front.Contains(p)).ToArray())).Where(m => m.Points.Length > 0).Select(m => new Trace
        {
            Type = "scatter",
            Mode = "markers",
            Name = $"{PlotText.Escape(machines[m.Index])}, beaten",
            ShowLegend = false,
            X = PlotData.Of([.. m.Points.Select(p => place(p)!.Value)]),
            Y = PlotData.Of([.. m.Points.Select(p => p.Accuracy!.Value)]),
            Marker = new Marker { Color = Colour.Series(m.Index), Size = 6, Opacity = 0.4 },
            Text = [[.. m.Points.Select(Name)]],
            HoverTemplate = "%{y:.2%}",
        });
        return figure with
        {
            Data = [.. figure.Data, .. beaten],
            Layout = figure.Layout with { ShowLegend = true, HoverMode = "closest" },
            Height = 420,
        };
    }

    static string Name(EnergyPoint point) => string.Create(CultureInfo.InvariantCulture, $"{point.Steps} steps, {point.Bits} bits");
}
