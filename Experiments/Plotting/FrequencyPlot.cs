using System.CommandLine;
using Lepton.Neuro.Experiments.Plots;
using Lepton.Neuro.Experiments.Rules;

namespace Lepton.Neuro.Experiments.Plotting;

/// <summary><c>lepton plot frequency</c>: how pairs of spikes change a weight, against how often the pairs come.</summary>
internal sealed class FrequencyPlot : RulePlot
{
    /// <summary>The measured changes of layer-5 neurons of visual cortex, relative to the weight: 60 pairs, 10 ms apart, with standard errors.
    /// P. J. Sjöström, G. Turrigiano and S. Nelson, Neuron 32, 1149 (2001), as tabulated by Pfister and Gerstner (2006).</summary>
    static readonly (double Rate, double After, double AfterError, double Before, double BeforeError)[] Measured =
    [
        (0.1, -0.04, 0.05, -0.29, 0.08),
        (10, 0.14, 0.10, -0.41, 0.11),
        (20, 0.29, 0.14, -0.34, 0.10),
        (40, 0.53, 0.11, 0.56, 0.32),
        (50, 0.56, 0.26, 0.75, 0.19),
    ];

    static readonly double[] Periods = [10_000, 2000, 1000, 500, 250, 200, 160, 125, 100, 80, 65, 50, 40, 35, 30, 28, 25, 24, 22, 20];

    readonly Option<string?> interval = new("--interval") { HelpName = "MS", Description = "The interval within a pair, in ms; measured points are shown at 10 [default: 10]" };
    readonly Option<string?> pairs = new("--pairs") { HelpName = "N", Description = "How many pairs; measured points are shown at 60 [default: 60]" };

    public override IReadOnlyList<string> Examples => ["lepton plot frequency triplet-stdp --out frequency.png"];

    protected override string Name => "frequency";

    protected override string Description => "A rule's change of the weight against the rate of pairs, with measured points";

    protected override void AddOptions(Command command)
    {
        command.Add(interval);
        command.Add(pairs);
    }

    protected override Figure Draw(ParseResult parsed, PairBench bounded)
    {
        var apart = Number(parsed, interval) ?? 10;
        if (apart is < 1 or > 100 || apart != Math.Floor(apart))
            throw new InvalidInputException("--interval", apart, "a whole number of ms from 1 to 100");
        var count = Number(parsed, pairs) ?? 60;
        if (count is < 1 or > 1000 || count != Math.Floor(count))
            throw new InvalidInputException("--pairs", count, "a whole number from 1 to 1000");
        var bench = bounded.Unbounded();
        var periods = Periods.Where(period => period >= apart * 2).ToArray();
        double[] rates = [.. periods.Select(period => 1000 / period)];
        double[] Curve(double signed) => [.. periods.Select(period => bench.Change(signed, (int)count, period, 1))];
        var name = RuleCatalogue.NameOf(bench.Rule);
        var (first, last) = ($"{name}, arrival {apart:0} ms before the spike", $"{name}, arrival {apart:0} ms after the spike");
        var figure = LineChart.Of(
            $"Change by {count:0} pairs against their rate: {name}{(ReferenceEquals(bench, bounded) ? "" : ", bounds left off")}{bench.Conditions}",
            new ChartAxis("Rate of pairs", "Hz"),
            new ChartAxis("Change of the weight"),
            new LineSeries(first, rates, Curve(apart)),
            new LineSeries(last, rates, Curve(-apart)));
        Trace[] curves = [.. figure.Data.Select(trace => trace with { Mode = "lines" })];
        var isMeasured = apart == 10 && count == 60;
        return figure with
        {
            Data = isMeasured ? [.. curves, .. Points(0, "Measured, 10 ms before", point => (point.After, point.AfterError)), .. Points(1, "Measured, 10 ms after", point => (point.Before, point.BeforeError))] : curves,
            Layout = figure.Layout with { Shapes = [PlotLines.Across(0)], HoverMode = "closest" },
            Height = 420,
        };
    }

    static IEnumerable<Trace> Points(int series, string name, Func<(double Rate, double After, double AfterError, double Before, double BeforeError), (double Value, double Error)> read)
    {
        // The two orders are shifted a little, so that their bars do not hide each other.
        var shift = series == 0 ? -0.25 : 0.25;
        double[] x = [.. Measured.Select(point => point.Rate + shift)];
        yield return new Trace
        {
            Type = "scatter",
            Mode = "lines",
            X = PlotData.Of([.. x.SelectMany(at => new[] { at, at, double.NaN })]),
            Y = PlotData.Of([.. Measured.SelectMany(point => new[] { read(point).Value - read(point).Error, read(point).Value + read(point).Error, double.NaN })]),
            Line = new LineStyle { Color = Colour.Series(series), Width = 1.25 },
            HoverInfo = "skip",
            ShowLegend = false,
        };
        yield return new Trace
        {
            Type = "scatter",
            Mode = "markers",
            Name = name,
            X = PlotData.Of(x),
            Y = PlotData.Of([.. Measured.Select(point => read(point).Value)]),
            Marker = new Marker { Color = Colour.Series(series), Size = 9 },
            HoverTemplate = "%{y:.2f} at %{x:.1f} Hz",
        };
    }
}
