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

    /// <summary>The energies of a sample: those found here beside published ones, with network and accuracy in each bar's name.</summary>
    /// <param name="rows">What was found.</param>
    /// <param name="published">What was published.</param>
    public static Figure Samples(IReadOnlyList<MachineEnergy> rows, IReadOnlyList<PublishedEnergy> published)
    {
        static bool IsProduct(MachineEnergy row) => row.Load is null && row.LatencySeconds is null && !row.Machine.StartsWith(EnergyStudy.Systolic, StringComparison.Ordinal);
        static string Share(double? accuracy) => accuracy is { } part ? string.Create(CultureInfo.InvariantCulture, $"{part * 100:0.#} %") : "not measured";
        var drawn = rows.Where(r => r.Joules?.Mean > 0).OrderBy(r => r.Joules!.Mean).ToArray();
        var others = published.OrderBy(p => p.Joules).ToArray();
        string[] names =
        [
            .. drawn.Select(r => $"{r.Machine}{(r.Mode == EnergyMode.Learning ? ", learning" : IsProduct(r) ? " (does not fit)" : "")}, {r.Network}, {Share(r.Accuracy)}"),
            .. others.Select(p => $"{p.Hardware} {p.Work}, {p.Network}{(p.Mode == "inference" ? "" : $", {p.Mode.Replace("on-chip ", "", StringComparison.Ordinal)}")}, {Share(p.Accuracy)}"),
        ];
        double[] None(int count) => [.. Enumerable.Repeat(double.NaN, count)];
        double least = drawn.Select(r => r.Joules!.Mean).Concat(others.Select(p => p.Joules)).Min(), most = drawn.Select(r => r.Joules!.Mean).Concat(others.Select(p => p.Joules)).Max();
        // Bars of a logarithm begin anywhere; a decade more on either side gives room for the shortest one and for the figures.
        return StackedBars.Of("Energy of a digit, as modelled here and as published", new("Energy per sample", "J", IsLogarithmic: true, Minimum: least / 10, Maximum: most * 10), names,
            new BarPart("modelled here", [.. drawn.Select(r => r.Joules!.Mean), .. None(others.Length)]),
            new BarPart("published, of other networks", [.. None(drawn.Length), .. others.Select(p => p.Joules)])) with
        { Height = 130 + (30 * names.Length) };
    }

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
