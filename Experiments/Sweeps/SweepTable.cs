using System.Globalization;
using System.Text.Json.Nodes;
using Lepton.Neuro.Experiments.Reporting;
using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.Sweeps;

/// <summary>A place of a sweep with what its runs found.</summary>
/// <param name="Point">The place.</param>
/// <param name="Results">The results of its seeds, in their order; those that failed are missing.</param>
/// <param name="Failure">Why a run failed; null where none did.</param>
internal sealed record SweepRow(SweepPoint Point, IReadOnlyList<RunResult> Results, string? Failure)
{
    /// <summary>The mean of a figure over the seeds, with its interval.</summary>
    /// <param name="metric">The figure's name.</param>
    public Sample Of(string metric) => Sample.Of(Results.Select(r => ResultFiles.Numbers(r).GetValueOrDefault(metric, double.NaN)));
}

/// <summary>What a sweep found: a row a place, best first where asked for.</summary>
/// <param name="Plan">What was asked for.</param>
/// <param name="Rows">The places, in the order in which they were run.</param>
internal sealed record SweepTable(SweepPlan Plan, IReadOnlyList<SweepRow> Rows)
{
    // What a person wants to see first, where it was measured.
    static readonly string[] Preferred = ["accuracy.mapped", "accuracy.compressed", "accuracy.full"];

    const string Energy = "perInference.energyJoules";

    /// <summary>The figures that are compared.</summary>
    public IReadOnlyList<string> Metrics { get; } = Choose(Plan, Rows);

    /// <summary>The figure that decides which place is the best.</summary>
    public string Metric => Metrics[0];

    /// <summary>Whether less of it is better.</summary>
    public bool IsMinimized => Plan.IsMinimized ?? (Metric.EndsWith("Joules", StringComparison.Ordinal) || Metric.EndsWith("Seconds", StringComparison.Ordinal));

    /// <summary>The runs that succeeded.</summary>
    public int Runs => Rows.Sum(r => r.Results.Count);

    /// <summary>Rows that have the figure, the best first.</summary>
    /// <param name="rows">Rows of the table.</param>
    public IReadOnlyList<SweepRow> Ranked(IEnumerable<SweepRow> rows) =>
        [.. rows.Where(r => double.IsFinite(r.Of(Metric).Mean)).OrderBy(r => IsMinimized ? r.Of(Metric).Mean : -r.Of(Metric).Mean)];

    /// <summary>The best place; null where nothing was measured. With halving only what came to the last rung counts.</summary>
    public SweepRow? Best => Ranked(Plan.Halving is { } halving ? Rows.Where(r => r.Point.ValueOf(halving.Key) == halving.Budgets[^1]) : Rows) is [var best, ..] ? best : null;

    /// <summary>The keys of the columns before the figures.</summary>
    public IReadOnlyList<string> Keys => [.. Rows.SelectMany(r => r.Point.Values).Select(v => v.Key).Distinct(StringComparer.Ordinal)];

    /// <summary>What came out, in one sentence.</summary>
    /// <param name="name">What the metric is called in it; its own name where null.</param>
    public string Sentence(string? name = null)
    {
        int failed = Rows.Count(r => r.Failure is not null);
        string runs = string.Create(CultureInfo.InvariantCulture, $"{Runs:N0} runs of {Rows.Count:N0} configurations");
        string troubles = failed == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"; {failed:N0} configurations failed");
        return Best is not { } best
            ? $"{runs}: none measured {name ?? Metric}{troubles}."
            : $"{runs}: the {(IsMinimized ? "smallest" : "largest")} {name ?? Metric} is that of {best.Point.Text}, {Format(best.Of(Metric))}{troubles}.";
    }

    /// <summary>A mean with its interval as people read it.</summary>
    /// <param name="sample">The sample.</param>
    public string Format(Sample sample) => FormatOf(Metric, sample);

    /// <summary>A mean with its interval as people read it.</summary>
    /// <param name="metric">The figure.</param>
    /// <param name="sample">The sample.</param>
    public static string FormatOf(string metric, Sample sample)
    {
        string Value(double value) => ResultTable.ValueOf(metric, value);
        return double.IsFinite(sample.HalfWidth) ? $"{Value(sample.Mean)} ± {Value(sample.HalfWidth)}" : Value(sample.Mean);
    }

    /// <summary>A difference of means with its interval as people read it: signed, and that of shares in points.</summary>
    /// <param name="metric">The figure.</param>
    /// <param name="sample">The difference.</param>
    public static string DifferenceOf(string metric, Sample sample)
    {
        string text = FormatOf(metric, sample).Replace(" %", "", StringComparison.Ordinal);
        return $"{(sample.Mean > 0 ? "+" : "")}{text}{(text.Length < FormatOf(metric, sample).Length ? " points" : "")}";
    }

    /// <summary>The places as CSV: keys, seeds, and each figure's mean and 95 % interval.</summary>
    public string ToCsv()
    {
        var lines = new List<IReadOnlyList<string>>
        {
            (IReadOnlyList<string>)[.. Keys, "seeds", .. Metrics.SelectMany(m => (string[])[$"{m}.mean", $"{m}.low95", $"{m}.high95"]), "failure"],
        };
        foreach (var row in Rows)
        {
            lines.Add([
                .. Keys.Select(k => row.Point.ValueOf(k) ?? ""),
                row.Results.Count.ToString(CultureInfo.InvariantCulture),
                .. Metrics.SelectMany(m => row.Of(m) is var s ? (string[])[Plain(s.Mean), Plain(s.Low), Plain(s.High)] : []),
                row.Failure ?? "",
            ]);
        }
        return ResultFiles.Csv(lines);
    }

    /// <summary>All runs as CSV: what was varied, then what each found.</summary>
    public string RunsToCsv() => ResultFiles.Csv(ResultFiles.Table(
        Rows.SelectMany(row => row.Results.Select(result => (Before: row.Point.Values, result))).ToArray()));

    /// <summary>The places as JSON on one line.</summary>
    public string ToJsonLine() => new JsonObject
    {
        ["experiment"] = Plan.Experiment.Name,
        ["metric"] = Metric,
        ["runs"] = Runs,
        ["failed"] = Rows.Count(r => r.Failure is not null),
        ["best"] = Best is { } best ? Values(best.Point) : null,
        ["points"] = new JsonArray([.. Rows.Select(row => new JsonObject
        {
            ["settings"] = Values(row.Point),
            ["seeds"] = row.Results.Count,
            ["metrics"] = new JsonObject(Metrics.Select(m => KeyValuePair.Create(m, (JsonNode?)Interval(row.Of(m))))),
            ["failure"] = row.Failure,
        })]),
    }.ToJsonString(ResultFiles.Readable);

    static JsonObject Interval(Sample sample) => new() { ["mean"] = Finite(sample.Mean), ["low95"] = Finite(sample.Low), ["high95"] = Finite(sample.High) };

    static JsonValue? Finite(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;

    static JsonObject Values(SweepPoint point) => new(point.Values.Select(v => KeyValuePair.Create(v.Key, (JsonNode?)JsonValue.Create(v.Value))));

    static string Plain(double value) => double.IsFinite(value) ? value.ToString("R", CultureInfo.InvariantCulture) : "";

    /// <summary>Refuses figures that are asked for and not measured.</summary>
    /// <param name="plan">What is asked for.</param>
    /// <param name="result">What a run measured.</param>
    /// <exception cref="InvalidInputException">There is such a figure.</exception>
    internal static void RequireMetrics(SweepPlan plan, RunResult result)
    {
        var measured = ResultFiles.Numbers(result);
        if (plan.Metrics.FirstOrDefault(metric => !measured.ContainsKey(metric)) is { } missing)
            throw new InvalidInputException($"--metric is {missing}, which {plan.Experiment.Name} does not measure: {Nearest.Hint(missing, [.. measured.Keys])}");
    }

    static string[] Choose(SweepPlan plan, IReadOnlyList<SweepRow> rows)
    {
        if (rows.SelectMany(r => r.Results).FirstOrDefault() is not { } first) return plan.Metrics.Count > 0 ? [.. plan.Metrics] : [Preferred[0]];
        var measured = ResultFiles.Numbers(first);
        if (plan.Metrics.Count > 0)
        {
            RequireMetrics(plan, first);
            return [.. plan.Metrics];
        }
        var chosen = new List<string>();
        if (Preferred.FirstOrDefault(measured.ContainsKey) is { } accuracy) chosen.Add(accuracy);
        if (measured.ContainsKey(Energy)) chosen.Add(Energy);
        return chosen.Count > 0 ? [.. chosen] : [measured.Keys.FirstOrDefault(k => k.StartsWith("extra.", StringComparison.Ordinal)) ?? "wallSeconds"];
    }
}
