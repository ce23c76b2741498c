using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.Runs;

/// <summary>Runs of one configuration with different seeds: what a figure's mean and its spread are taken over.</summary>
/// <param name="Name">The folder as it is shown.</param>
/// <param name="Runs">At least one.</param>
internal sealed record RunGroup(string Name, IReadOnlyList<RunRecord> Runs)
{
    /// <summary>What decides the results, but for the seed.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Configuration => [.. Runs[0].Configuration.Where(pair => pair.Key != "seed")];

    /// <summary>A figure of each run, by seed; a seed that did not measure it is missing.</summary>
    /// <param name="metric">The figure's name.</param>
    public SortedDictionary<ulong, double> Values(string metric)
    {
        var values = new SortedDictionary<ulong, double>();
        foreach (var run in Runs)
        {
            if (ResultFiles.Numbers(run.Result).TryGetValue(metric, out double value)) values[run.Result.Seed] = value;
        }
        return values;
    }

    /// <summary>Reads the run in a folder, or all runs below it, which must differ in nothing but their seeds.</summary>
    /// <param name="folder">The full path.</param>
    /// <param name="shownFrom">The folder that names are relative to.</param>
    /// <exception cref="InvalidInputException">There is no run, or there are runs of several configurations.</exception>
    public static RunGroup Read(string folder, string shownFrom)
    {
        if (!Directory.Exists(folder)) throw new InvalidInputException("the run", folder, "a folder that exists; lepton runs list shows the runs there are");
        IReadOnlyList<RunRecord> runs = RunRecord.IsAt(folder) ? [RunRecord.Read(folder, shownFrom)] : RunRecord.Find(folder, shownFrom);
        if (runs.Count == 0) throw new InvalidInputException("the run", folder, "a folder with results.json and config.yaml in it or below; lepton runs list shows the runs there are");
        var group = new RunGroup(Path.GetRelativePath(shownFrom, folder), runs);
        foreach (var run in runs)
        {
            var other = run.Configuration.Where(pair => pair.Key != "seed").Except(group.Configuration).ToArray();
            if (other.Length > 0)
            {
                throw new InvalidInputException(
                    $"{folder} holds runs of several configurations: {other[0].Key} is {other[0].Value} in {run.Name} and {runs[0].Configuration.FirstOrDefault(p => p.Key == other[0].Key).Value} in {runs[0].Name}; allowed: runs that differ in the seed alone");
            }
        }
        return group;
    }
}
