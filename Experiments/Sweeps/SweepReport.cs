using System.Globalization;
using Lepton.Neuro.Experiments.Plots;
using Lepton.Neuro.Experiments.Reporting;

namespace Lepton.Neuro.Experiments.Sweeps;

/// <summary>The page of a sweep: what was asked, what came out, each figure against what was varied, and all places in a table.</summary>
internal static class SweepReport
{
    // More lines than colours can tell apart say nothing.
    const int MostLines = 8;

    /// <summary>Makes the page.</summary>
    /// <param name="table">What was found.</param>
    public static ReportPage Of(SweepTable table)
    {
        var plan = table.Plan;
        string name = plan.Experiment.Name;
        var page = new ReportPage
        {
            Title = $"Sweep of {name}",
            Question = Question(plan),
            Summary = table.Sentence(LowerFirst(ResultTable.NameOf(table.Metric))),
            Byline = string.Create(CultureInfo.InvariantCulture, $"Seeds {plan.Seeds.First()} to {plan.Seeds.Last()} · {BuildInformation.Name}"),
        };
        if (table.Best is { } best)
        {
            page.AddKeyFigure("Best configuration", best.Point.Text);
            foreach (string metric in table.Metrics) page.AddKeyFigure(ResultTable.NameOf(metric), SweepTable.FormatOf(metric, best.Of(metric)), "mean ± 95 % interval");
        }
        AddFront(page, table);
        foreach (string metric in table.Metrics) AddFigures(page, table, metric);
        page.AddSection("All configurations", "Means over the seeds with their 95 % intervals by Student's t. The rows of table.csv are the same; runs.csv has every run.",
            new ReportTable("", [.. table.Keys, "Seeds", .. table.Metrics.Select(ResultTable.NameOf)],
            [
                .. table.Rows.Select(row => (IReadOnlyList<string>)
                [
                    .. table.Keys.Select(k => row.Point.ValueOf(k) ?? ""),
                    row.Results.Count.ToString(CultureInfo.InvariantCulture),
                    .. table.Metrics.Select(m => row.Failure is { } failure && row.Results.Count == 0 ? failure : SweepTable.FormatOf(m, row.Of(m))),
                ]),
            ]));
        page.AddCode("How to reproduce it", "The same command in another folder gives the same table; in this one it finds all runs done. Each run's config.yaml lies in its folder.", plan.ToCommandLine());
        return page;
    }

    static string Question(SweepPlan plan)
    {
        var varied = plan.Axes.Select(a => a.Range is { } range
            ? string.Create(CultureInfo.InvariantCulture, $"{a.Key} from {range.Low} to {range.High}")
            : $"{a.Key} = {string.Join(", ", a.Values)}").ToArray();
        string over = varied.Length == 0 ? "with its defaults" : $"over {string.Join("; ", varied)}";
        string how = plan.Draws is { } draws ? string.Create(CultureInfo.InvariantCulture, $", {draws} places drawn at random") : "";
        string rungs = plan.Halving is { } halving ? $", halved over {halving.Key} = {string.Join(", ", halving.Budgets)}" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{plan.Experiment.Summary.Split(';')[0]}: {over}{how}{rungs}, {plan.SeedCount} {(plan.SeedCount == 1 ? "seed" : "seeds")} each.");
    }

    // Accuracy has its price: where both were measured, the places that are best for some budget are what a reader looks for.
    static void AddFront(ReportPage page, SweepTable table)
    {
        const string Energy = "perInference.energyJoules";
        if (table.Metrics.FirstOrDefault(IsShare) is not { } accuracy || !table.Metrics.Contains(Energy) || table.Rows.Count < 3) return;
        var (factor, prefix) = Quantity.Prefix(table.Rows.Select(r => r.Of(Energy).Mean).Where(double.IsFinite).DefaultIfEmpty(0).Max());
        page.AddSection("What accuracy costs", "A point is a configuration, with the means over its seeds. Those on the line are beaten by no other in both: to the left of it is less energy, above it more is right.",
            ParetoFront.Of($"{ResultTable.NameOf(accuracy)} against energy", new("Energy per inference", prefix + "J"), new(ResultTable.NameOf(accuracy), IsShare: true),
                [.. table.Rows.Select(r => new ParetoPoint(r.Point.Text, factor * r.Of(Energy).Mean, r.Of(accuracy).Mean))]));
    }

    static string LowerFirst(string name) => name.Length == 0 ? name : $"{char.ToLowerInvariant(name[0])}{name[1..]}";

    static bool IsShare(string metric) => metric.StartsWith("accuracy.", StringComparison.Ordinal);

    static void AddFigures(ReportPage page, SweepTable table, string metric)
    {
        var figures = new List<Figure>();
        string name = ResultTable.NameOf(metric);
        string[] numeric = [.. table.Keys.Where(k => table.Rows.All(r => Number(r, k) is not null) && table.Rows.Select(r => Number(r, k)).Distinct().Count() > 1)];
        string plain = metric.EndsWith("Joules", StringComparison.Ordinal) ? "J" : metric.EndsWith("Seconds", StringComparison.Ordinal) ? "s" : "";
        var (factor, prefix) = plain.Length == 0 ? (1, "") : Quantity.Prefix(table.Rows.Select(r => Math.Abs(r.Of(metric).Mean)).Where(double.IsFinite).DefaultIfEmpty(0).Max());
        var y = new ChartAxis(name, prefix + plain, IsShare: IsShare(metric));
        foreach (string key in numeric)
        {
            var lines = table.Rows
                .GroupBy(r => string.Join(", ", r.Point.Values.Where(v => v.Key != key).Select(v => $"{v.Key}={v.Value}")))
                .Where(g => g.Select(r => Number(r, key)).Distinct().Count() > 1)
                .OrderByDescending(g => g.Max(r => table.IsMinimized ? -r.Of(table.Metric).Mean : r.Of(table.Metric).Mean))
                .Take(MostLines)
                .Select(g => (g.Key, Rows: g.OrderBy(r => Number(r, key)).ToArray()))
                .ToArray();
            if (lines.Length == 0)
            {
                lines = [("", table.Rows.OrderBy(r => Number(r, key)).ToArray())];
            }
            double[] x = [.. table.Rows.Select(r => Number(r, key)!.Value)];
            // A grid that multiplies is read on an axis that does.
            bool isLogarithmic = x.Min() > 0 && x.Max() / x.Min() >= 20;
            var series = new List<LineSeries>();
            foreach (var (line, rows) in lines)
            {
                double[] places = [.. rows.Select(r => Number(r, key)!.Value)];
                series.Add(new(line.Length == 0 ? "mean" : line, places, [.. rows.Select(r => factor * r.Of(metric).Mean)]));
                if (lines.Length > 1 || !rows.Any(r => double.IsFinite(r.Of(metric).HalfWidth))) continue;
                series.Add(new("95 % interval, low", places, [.. rows.Select(r => factor * r.Of(metric).Low)], IsDashed: true));
                series.Add(new("95 % interval, high", places, [.. rows.Select(r => factor * r.Of(metric).High)], IsDashed: true));
            }
            var figure = LineChart.Of($"Against {key}", new(key, Unit(table, key) is var unit && unit != key ? unit : "", IsLogarithmic: isLogarithmic), y, series);
            // Several lines have room for their intervals as bars alone.
            figures.Add(lines.Length == 1 ? figure : figure with { Data = [.. lines.SelectMany((line, i) => Bars(i, line.Rows, r => Number(r, key)!.Value, r => r.Of(metric), factor, IsShare(metric))), .. figure.Data] });
        }
        if (figures.Count == 0) return;
        page.AddSection(name, table.Plan.SeedCount > 1 ? "A point is the mean over the seeds, with its 95 % interval." : "A point is a run.", figures.Count == 1 ? figures : [.. figures.Select(figure => figure.Half())]);
    }

    static IEnumerable<Trace> Bars(int series, IReadOnlyList<SweepRow> rows, Func<SweepRow, double> place, Func<SweepRow, Sample> read, double factor, bool isShare)
    {
        // Few seeds give intervals that reach beyond what can be.
        double Cut(double value) => isShare ? Math.Clamp(value, 0, 1) : value;
        var known = rows.Where(r => double.IsFinite(read(r).HalfWidth)).ToArray();
        if (known.Length == 0) yield break;
        yield return new Trace
        {
            Type = "scatter",
            Mode = "lines",
            X = PlotData.Of([.. known.SelectMany(r => new[] { place(r), place(r), double.NaN })]),
            Y = PlotData.Of([.. known.SelectMany(r => new[] { factor * Cut(read(r).Low), factor * Cut(read(r).High), double.NaN })]),
            Line = new LineStyle { Color = Colour.Series(series), Width = 1 },
            HoverInfo = "skip",
            ShowLegend = false,
        };
    }

    static string Unit(SweepTable table, string key) => table.Plan.Axes.FirstOrDefault(a => a.Key == key)?.Unit ?? "";

    static double? Number(SweepRow row, string key) =>
        double.TryParse(row.Point.ValueOf(key), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : null;
}
