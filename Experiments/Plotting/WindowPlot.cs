using System.CommandLine;
using Lepton.Neuro.Experiments.Plots;
using Lepton.Neuro.Experiments.Rules;

namespace Lepton.Neuro.Experiments.Plotting;

/// <summary><c>lepton plot window</c>: how a pair of spikes changes a weight, against the interval between them.</summary>
internal sealed class WindowPlot : RulePlot
{
    readonly Option<string?> span = new("--span") { HelpName = "MS", Description = "The longest interval, in ms [default: 100]" };
    readonly Option<string?> pairs = new("--pairs") { HelpName = "N", Description = "How many pairs, one second apart [default: 1]" };

    public override IReadOnlyList<string> Examples => ["lepton plot window pair-stdp --set tau-post=40 --out window.svg"];

    protected override string Name => "window";

    protected override string Description => "A rule's change of the weight against the interval between the two spikes of a pair";

    protected override void AddOptions(Command command)
    {
        command.Add(span);
        command.Add(pairs);
    }

    protected override Figure Draw(ParseResult parsed, PairBench bench)
    {
        var widest = Number(parsed, span) ?? 100;
        if (widest is < 1 or > 10_000)
            throw new InvalidInputException("--span", widest, "1 to 10000 ms");
        var count = Number(parsed, pairs) ?? 1;
        if (count is < 1 or > 1000 || count != Math.Floor(count))
            throw new InvalidInputException("--pairs", count, "a whole number from 1 to 1000");
        var step = widest <= 20 ? 0.1 : widest <= 400 ? 1 : 10;
        var half = (int)Math.Floor(widest / step);
        var (x, y) = (new List<double>(), new List<double>());
        for (var i = -half; i <= half; i++)
        {
            // Spikes at the same time are a case of their own: the line has a gap there.
            x.Add(i * step);
            y.Add(i == 0 ? double.NaN : bench.Change(Math.Round(i * step, 6), (int)count, 1000, step));
        }
        var name = RuleCatalogue.NameOf(bench.Rule);
        var figure = LineChart.Of(
            $"Window of {name}: {(count == 1 ? "one pair" : $"{count:0} pairs")}, weight {bench.Weight:0.###} at first{bench.Conditions}",
            new ChartAxis("Interval from the arrival to the target's spike", "ms"),
            new ChartAxis("Change of the weight"),
            new LineSeries(name, x, y));
        return figure with { Layout = figure.Layout with { Shapes = [PlotLines.Across(0), PlotLines.Upright(0)] } };
    }
}
