using System.Globalization;
using Lepton.Neuro.Experiments.Plots;

namespace Lepton.Neuro.Experiments.Energy;

/// <summary>The pictures of a sweep over bits, steps and machines.</summary>
internal static class EnergyFigures
{
    const double Microjoule = 1e-6;
    const double Microsecond = 1e-6;

    /// <summary>Accuracy against energy: the places of a machine are joined by a line that no other one of it beats in these two; the others are pale.</summary>
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
        string[] machines = [.. drawn.Select(p => p.Machine).Distinct()];
        var figure = LineChart.Of(title, x, new("Accuracy", IsShare: true), [.. machines.Select(machine =>
        {
            var best = Front(drawn, machine, place);
            return new LineSeries(machine, [.. best.Select(p => place(p)!.Value)], [.. best.Select(p => p.Accuracy!.Value)]);
        })]);
        var beaten = machines.Index().Select(m => (m.Index, Points: drawn.Where(p => p.Machine == m.Item).Except(Front(drawn, m.Item, place)).ToArray())).Where(m => m.Points.Length > 0).Select(m => new Trace
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

    // From the cheapest place on, each that is more accurate than all before.
    static List<EnergyPoint> Front(IEnumerable<EnergyPoint> points, string machine, Func<EnergyPoint, double?> place)
    {
        var front = new List<EnergyPoint>();
        foreach (var point in points.Where(p => p.Machine == machine).OrderBy(place).ThenByDescending(p => p.Accuracy))
        {
            if (front.Count == 0 || point.Accuracy > front[^1].Accuracy) front.Add(point);
        }
        return front;
    }

    static string Name(EnergyPoint point) => string.Create(CultureInfo.InvariantCulture, $"{point.Steps} steps, {point.Bits} bits");
}
