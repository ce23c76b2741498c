using System.Globalization;
using System.Text.Json.Nodes;
using Lepton.Neuro.Experiments.Reporting;
using Lepton.Neuro.Experiments.Running;
using Lepton.Neuro.Experiments.Sweeps;
using Spectre.Console;

namespace Lepton.Neuro.Experiments.Runs;

/// <summary>Two runs, or two groups of runs over seeds, side by side: in which settings they differ, and in which figures, and whether that may be chance.</summary>
/// <param name="First">One.</param>
/// <param name="Second">The other.</param>
internal sealed record RunComparison(RunGroup First, RunGroup Second)
{
    // Below this probability a difference is called significant.
    const double Significant = 0.05;

    /// <summary>The settings in which they differ: key, value of the first, value of the second.</summary>
    public IReadOnlyList<(string Key, string First, string Second)> Settings
    {
        get
        {
            var (one, two) = (First.Configuration.ToDictionary(StringComparer.Ordinal), Second.Configuration.ToDictionary(StringComparer.Ordinal));
            return [.. one.Keys.Union(two.Keys, StringComparer.Ordinal)
                .Select(key => (key, one.GetValueOrDefault(key, Quantity.Missing), two.GetValueOrDefault(key, Quantity.Missing)))
                .Where(row => row.Item2 != row.Item3)];
        }
    }

    /// <summary>The figures that both measured.</summary>
    public IReadOnlyList<MetricRow> Metrics => [.. ResultFiles.Numbers(First.Runs[0].Result).Keys.Where(ResultFiles.Numbers(Second.Runs[0].Result).ContainsKey).Select(Compare)];

    /// <summary>Whether runs of the same seed had the same spikes; null where there is no such pair.</summary>
    public bool? HasSameSpikes
    {
        get
        {
            var pairs = First.Runs.Join(Second.Runs, a => a.Result.Seed, b => b.Result.Seed, (a, b) => (a.Result.SpikeHash, Other: b.Result.SpikeHash)).Where(p => p.SpikeHash is not null).ToArray();
            return pairs.Length == 0 ? null : pairs.All(p => p.SpikeHash == p.Other);
        }
    }

    /// <summary>Prints the comparison.</summary>
    /// <param name="console">Where to.</param>
    /// <param name="output">The same, for plain lines.</param>
    /// <param name="all">Whether figures that do not differ are shown too.</param>
    public void Print(IAnsiConsole console, TextWriter output, bool all)
    {
        output.WriteLine($"A: {First.Name} ({Seeds(First)})");
        output.WriteLine($"B: {Second.Name} ({Seeds(Second)})");
        if (Settings.Count == 0)
        {
            output.WriteLine("They have the same configuration.");
        }
        else
        {
            var settings = new Table { Border = TableBorder.Rounded, Title = new TableTitle("Configuration") };
            foreach (string heading in (ReadOnlySpan<string>)["Key", "A", "B"]) settings.AddColumn(heading);
            foreach (var (key, one, two) in Settings) settings.AddRow(Markup.Escape(key), Markup.Escape(one), Markup.Escape(two));
            console.Write(settings);
        }
        var rows = Metrics.Where(r => all || r.Difference.Difference != 0).ToArray();
        if (rows.Length > 0)
        {
            var metrics = new Table { Border = TableBorder.Rounded, Title = new TableTitle("Figures") };
            metrics.AddColumn("Figure");
            foreach (string heading in (ReadOnlySpan<string>)["A", "B", "B - A", "p"]) metrics.AddColumn(new TableColumn(heading).RightAligned());
            foreach (var row in rows)
            {
                metrics.AddRow(
                    Markup.Escape(row.Name),
                    Markup.Escape(SweepTable.FormatOf(row.Name, row.First)),
                    Markup.Escape(SweepTable.FormatOf(row.Name, row.Second)),
                    Markup.Escape(SweepTable.DifferenceOf(row.Name, new(0, row.Difference.Difference, row.Difference.HalfWidth))),
                    Chance(row.Difference.Chance));
            }
            console.Write(metrics);
        }
        if (HasSameSpikes is { } same) output.WriteLine(same ? "The same seeds have the same spikes." : "The spikes differ.");
        output.WriteLine(First.Runs.Count > 1 && Second.Runs.Count > 1
            ? $"± is half of a 95 % interval; p is the chance of such a difference where there is none ({(Metrics.Any(m => m.Difference.IsPaired) ? "paired t test over the same seeds" : "Welch's t test")}); * marks p < 0.05."
            : "One run each says nothing about chance: give folders with several seeds, such as lepton sweep --seeds 5 makes.");
    }

    /// <summary>The comparison as JSON on one line.</summary>
    public string ToJsonLine() => new JsonObject
    {
        ["first"] = First.Name,
        ["second"] = Second.Name,
        ["configuration"] = new JsonArray([.. Settings.Select(s => new JsonObject { ["key"] = s.Key, ["first"] = s.First, ["second"] = s.Second })]),
        ["sameSpikes"] = HasSameSpikes,
        ["metrics"] = new JsonArray([.. Metrics.Select(m => new JsonObject
        {
            ["name"] = m.Name,
            ["first"] = Finite(m.First.Mean),
            ["second"] = Finite(m.Second.Mean),
            ["difference"] = Finite(m.Difference.Difference),
            ["low95"] = Finite(m.Difference.Difference - m.Difference.HalfWidth),
            ["high95"] = Finite(m.Difference.Difference + m.Difference.HalfWidth),
            ["p"] = Finite(m.Difference.Chance),
            ["isPaired"] = m.Difference.IsPaired,
        })]),
    }.ToJsonString(ResultFiles.Readable);

    MetricRow Compare(string name)
    {
        var (one, two) = (First.Values(name), Second.Values(name));
        var difference = one.Keys.SequenceEqual(two.Keys) ? SampleDifference.Paired([.. one.Values], [.. two.Values]) : SampleDifference.Welch([.. one.Values], [.. two.Values]);
        return new(name, Sample.Of(one.Values), Sample.Of(two.Values), difference);
    }

    static string Seeds(RunGroup group) => group.Runs.Count == 1 ? $"seed {group.Runs[0].Result.Seed}" : string.Create(CultureInfo.InvariantCulture, $"{group.Runs.Count} runs");

    static string Chance(double chance) => double.IsNaN(chance) ? Quantity.Missing : string.Create(CultureInfo.InvariantCulture, $"{chance:0.0000}{(chance < Significant ? " *" : "")}");

    static JsonValue? Finite(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;

    /// <summary>A figure of both.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="First">Its mean in the first.</param>
    /// <param name="Second">Its mean in the second.</param>
    /// <param name="Difference">The second less the first.</param>
    internal sealed record MetricRow(string Name, Sample First, Sample Second, SampleDifference Difference);
}
