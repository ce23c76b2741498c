using Lepton.Neuro.Experiments.Running;
using Lepton.Neuro.Random;

namespace Lepton.Neuro.Experiments.Sweeps;

/// <summary>What a sweep is to do. Everything in it has been checked.</summary>
internal sealed record SweepPlan
{
    /// <summary>The most runs of a sweep.</summary>
    public const int MostRuns = 1_000_000;

    /// <summary>The experiment.</summary>
    public required IExperiment Experiment { get; init; }

    /// <summary>What all runs have in common, as typed.</summary>
    public required RunRequest Request { get; init; }

    /// <summary>The configuration file to start from; none where null.</summary>
    public RunRequest? File { get; init; }

    /// <summary>What all runs have in common, resolved; for the page.</summary>
    public required RunConfiguration Common { get; init; }

    /// <summary>What is varied.</summary>
    public required IReadOnlyList<GridAxis> Axes { get; init; }

    /// <summary>How many places are drawn at random; all of the grid where null.</summary>
    public int? Draws { get; init; }

    /// <summary>The rungs; none where null.</summary>
    public Halving? Halving { get; init; }

    /// <summary>The first seed; the others follow it.</summary>
    public required ulong FirstSeed { get; init; }

    /// <summary>How many seeds each place is run with, at least 1.</summary>
    public required int SeedCount { get; init; }

    /// <summary>How many runs go on at the same time, at least 1.</summary>
    public required int Jobs { get; init; }

    /// <summary>The figures to compare, by their names in <c>results.csv</c>; chosen from what was measured where empty.</summary>
    public required IReadOnlyList<string> Metrics { get; init; }

    /// <summary>Whether the smallest value of the first figure is the best; decided by its name where null.</summary>
    public bool? IsMinimized { get; init; }

    /// <summary>The command that makes this sweep again, for a shell. Where it began from a file, the file's settings are in it.</summary>
    /// <returns>One line.</returns>
    public string ToCommandLine()
    {
        var words = new List<string> { "lepton", "sweep", Experiment.Name };
        foreach (var axis in Axes) words.AddRange(["--grid", axis.Text]);
        if (Draws is { } draws) words.AddRange(["--random", Number(draws)]);
        if (Halving is { } halving) words.AddRange(["--halving", $"{halving.Key}={string.Join(',', halving.Budgets)}"]);
        if (Metrics.Count > 0) words.AddRange(["--metric", string.Join(',', Metrics)]);
        if (IsMinimized == true) words.Add("--minimize");
        words.AddRange(["--seed", Number(FirstSeed), "--seeds", Number(SeedCount)]);
        if (Common.Data is { } data) words.AddRange(["--data", data]);
        bool IsVaried(string key) => Halving?.Key == key || Axes.Any(a => a.Key == key);
        if (!IsVaried(GridAxis.Epochs)) words.AddRange(["--epochs", Number(Common.Epochs)]);
        foreach (var setting in Experiment.Settings.Where(s => Common.IsChanged(s) && !IsVaried(s.Key))) words.AddRange(["--set", $"{setting.Key}={setting.FormatValue(Common.Settings[setting.Key])}"]);
        return string.Join(' ', words.Select(Reporting.ShellWord.Quote));

        static string Number<T>(T number)
            where T : IFormattable => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>The seeds.</summary>
    public IEnumerable<ulong> Seeds => Enumerable.Range(0, SeedCount).Select(i => FirstSeed + (ulong)i);

    /// <summary>The places to look at first: the whole grid, or as many as were asked for, drawn from it. The same seed draws the same places.</summary>
    public IReadOnlyList<SweepPoint> Candidates()
    {
        if (Draws is { } draws)
        {
            var drawn = new List<SweepPoint>();
            for (int draw = 0; draw < draws; draw++)
            {
                var words = new uint[Axes.Count];
                Philox.Fill(new RandomStream(FirstSeed, RandomPurpose.Shuffling, 1), 0, (uint)draw, 0, 0, words);
                drawn.Add(new([.. Axes.Select((axis, i) => new KeyValuePair<string, string>(axis.Key, axis.Draw(words[i])))]));
            }
            return [.. drawn.DistinctBy(p => p.FolderName)];
        }
        IEnumerable<IReadOnlyList<KeyValuePair<string, string>>> grid = [[]];
        foreach (var axis in Axes) grid = grid.SelectMany(point => axis.Values.Select(value => (IReadOnlyList<KeyValuePair<string, string>>)[.. point, new(axis.Key, value)]));
        return [.. grid.Select(values => new SweepPoint(values))];
    }
}
