using System.Globalization;
using Lepton.Neuro.Experiments.Reporting;

namespace Lepton.Neuro.Experiments.Running;

/// <summary>Everything that decides what a run computes, checked. It is written to <c>config.yaml</c> and read back by <c>--config</c>.</summary>
public sealed record RunConfiguration
{
    /// <summary>The most threads that can be asked for.</summary>
    public const int MaximumThreads = 4096;

    /// <summary>The most epochs that can be asked for.</summary>
    public const int MaximumEpochs = 1_000_000;

    /// <summary>The seed when none is given.</summary>
    public const ulong DefaultSeed = 42;

    /// <summary>The experiment.</summary>
    public required IExperiment Experiment { get; init; }

    /// <summary>The seed of all random numbers.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The number of threads; at least 1. Results do not depend on it.</summary>
    public required int Threads { get; init; }

    /// <summary>The width of vectors. Results do not depend on it.</summary>
    public required VectorBits VectorBits { get; init; }

    /// <summary>The number of passes over the training set; at least 1.</summary>
    public required int Epochs { get; init; }

    /// <summary>The full path of the data folder, or null.</summary>
    public required string? Data { get; init; }

    /// <summary>The value of every setting of the experiment, by key.</summary>
    public required IReadOnlyDictionary<string, object> Settings { get; init; }

    /// <summary>Whether a setting has another value than its default.</summary>
    /// <param name="setting">A setting of the experiment.</param>
    /// <returns>True when it was changed.</returns>
    public bool IsChanged(Setting setting) => !Settings[setting.Key].Equals(setting.DefaultValue);

    /// <summary>What decides the results, key by key, but for the data: runs that agree in it and in the data have the same spikes.</summary>
    /// <param name="withSeed">Whether the seed is among it.</param>
    /// <returns>Keys and values as they are typed.</returns>
    public IEnumerable<KeyValuePair<string, string>> Deciding(bool withSeed = true)
    {
        yield return new("experiment", Experiment.Name);
        if (withSeed) yield return new("seed", Seed.ToString(CultureInfo.InvariantCulture));
        yield return new("epochs", Epochs.ToString(CultureInfo.InvariantCulture));
        foreach (var setting in Experiment.Settings) yield return new(setting.Key, setting.FormatValue(Settings[setting.Key]));
    }

    /// <summary>The command that runs this configuration again, for a shell.</summary>
    /// <returns>One line.</returns>
    public string ToCommandLine()
    {
        var words = new List<string>(Experiment.Command);
        if (Data is not null)
            words.AddRange(["--data", Data]);
        words.AddRange(["--seed", Seed.ToString(CultureInfo.InvariantCulture)]);
        words.AddRange(["--threads", Threads.ToString(CultureInfo.InvariantCulture)]);
        if (VectorBits != VectorBits.Auto)
            words.AddRange(["--vector-bits", FormatVectorBits(VectorBits)]);
        // Scripts have no epochs.
        if (Epochs != 1 || Experiment.Command[0] == "lepton")
            words.AddRange(["--epochs", Epochs.ToString(CultureInfo.InvariantCulture)]);
        foreach (var setting in Experiment.Settings.Where(IsChanged))
            words.AddRange(["--set", $"{setting.Key}={setting.FormatValue(Settings[setting.Key])}"]);
        return string.Join(' ', words.Select(ShellWord.Quote));
    }

    /// <summary>The command that runs a configuration file, for a shell.</summary>
    /// <param name="words">What follows <c>--config</c>.</param>
    /// <returns>One line.</returns>
    public string ToCommandLine(params IReadOnlyList<string> words)
    {
        // The name may be left out: the file holds it.
        IEnumerable<string> command = Experiment.Command is ["lepton", "run", _] ? ["lepton", "run"] : Experiment.Command;
        return string.Join(' ', command.Append("--config").Concat(words).Select(ShellWord.Quote));
    }

    /// <summary>The name of a vector width on the command line.</summary>
    /// <param name="bits">The width.</param>
    /// <returns><c>auto</c>, <c>128</c>, <c>256</c> or <c>512</c>.</returns>
    public static string FormatVectorBits(VectorBits bits) =>
        bits == VectorBits.Auto ? "auto" : ((int)bits).ToString(CultureInfo.InvariantCulture);

    /// <summary>Checks what the user gave and fills in what was left out. The command line wins over the file, the file over the defaults.
    /// Nothing is written.</summary>
    /// <param name="host">The experiments, and the folder against which paths are resolved.</param>
    /// <param name="given">The command line.</param>
    /// <param name="file">The configuration file, or nothing.</param>
    /// <returns>The checked configuration.</returns>
    /// <exception cref="InvalidInputException">Something given cannot be used.</exception>
    public static RunConfiguration Resolve(Host host, RunRequest given, RunRequest? file = null)
    {
        file ??= new RunRequest();
        var experiment = FindExperiment(host, given, file);
        var values = experiment.Settings.ToDictionary(setting => setting.Key, setting => setting.DefaultValue, StringComparer.Ordinal);
        // A file's value may be replaced by the command line; two on the command line are a slip.
        if (given.Settings.GroupBy(s => s.Key, StringComparer.Ordinal).FirstOrDefault(g => g.Distinct().Count() > 1) is { } twice)
            throw new InvalidInputException($"Setting {twice.Key}", $"given as {string.Join(" and as ", twice.Select(s => s.Value))}", "one value");
        foreach (var (key, text) in file.Settings.Concat(given.Settings))
        {
            var setting = experiment.Settings.FirstOrDefault(candidate => string.Equals(candidate.Key, key, StringComparison.Ordinal))
                ?? throw new InvalidInputException(
                    $"Experiment {experiment.Name} has no setting {key}: {Nearest.Hint(key, [.. experiment.Settings.Select(known => known.Key)])}");
            values[key] = setting.ParseValue(text);
        }

        return new RunConfiguration
        {
            Experiment = experiment,
            Seed = (given.Seed ?? file.Seed) is { } seed ? ParseSeed(seed) : DefaultSeed,
            Threads = (given.Threads ?? file.Threads) is { } threads
                ? ParseCount("--threads", threads, MaximumThreads)
                : Math.Clamp(Environment.ProcessorCount, 1, MaximumThreads),
            VectorBits = ParseVectorBits(given.VectorBits ?? file.VectorBits ?? "auto"),
            Epochs = (given.Epochs ?? file.Epochs) is { } epochs ? ParseCount("--epochs", epochs, MaximumEpochs) : experiment.DefaultEpochs,
            Data = FindData(host, experiment, given.Data ?? file.Data),
            Settings = values,
        };
    }

    static IExperiment FindExperiment(Host host, RunRequest given, RunRequest file)
    {
        var names = host.Experiments.Select(known => known.Name).ToArray();
        if (given.Experiment is not null && file.Experiment is not null && !string.Equals(given.Experiment, file.Experiment, StringComparison.Ordinal))
            throw new InvalidInputException($"The configuration file is for experiment {file.Experiment}, but {given.Experiment} was asked for");
        var name = given.Experiment ?? file.Experiment
            ?? throw new InvalidInputException($"Name the experiment to run: {(names.Length == 0 ? "there are none" : string.Join(", ", names))}");
        return host.Experiments.FirstOrDefault(known => string.Equals(known.Name, name, StringComparison.Ordinal))
            ?? throw new InvalidInputException($"There is no experiment {name}: {Nearest.Hint(name, names)}");
    }

    static string? FindData(Host host, IExperiment experiment, string? folder)
    {
        if (folder is null)
        {
            return experiment.DataNeeded is { } needed
                ? throw new InvalidInputException("--data", null, $"a folder with {needed}")
                : null;
        }
        var path = ResolvePath(host, "--data", folder);
        return Directory.Exists(path) || (experiment.TakesDataFile && File.Exists(path)) ? path
            : DataSets.DataCache.Find(folder)
            ?? throw new InvalidInputException("--data", folder, DataSets.PublicDataSet.All.Any(d => d.Name == folder) ? $"a folder that exists; lepton data get {folder} fetches one"
                : $"a folder that exists{(Nearest.To(folder, DataSets.PublicDataSet.All.Select(d => d.Name)) is { } meant ? $", or the name of a data set: did you mean {meant}?" : "")}");
    }

    /// <summary>The full path of what the user typed.</summary>
    /// <param name="host">Knows the current folder.</param>
    /// <param name="option">The option, for the message.</param>
    /// <param name="path">What the user typed.</param>
    /// <returns>The full path.</returns>
    /// <exception cref="InvalidInputException">It is empty or holds a character that no path can hold.</exception>
    internal static string ResolvePath(Host host, string option, string path) =>
        path.Length == 0 || path.Any(char.IsControl)
            ? throw new InvalidInputException(option, path.Length == 0 ? "empty" : "a text with control characters", "a path")
            : Path.GetFullPath(path, host.CurrentDirectory);

    internal static ulong ParseSeed(string text) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seed)
            ? seed
            : throw new InvalidInputException("--seed", text, $"a whole number from 0 to {ulong.MaxValue.ToString(CultureInfo.InvariantCulture)}");

    internal static int ParseCount(string option, string text, int maximum) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count) && count >= 1 && count <= maximum
            ? count
            : throw new InvalidInputException(option, text, $"a whole number from 1 to {maximum.ToString(CultureInfo.InvariantCulture)}");

    internal static VectorBits ParseVectorBits(string text) => text switch
    {
        "auto" => VectorBits.Auto,
        "128" => VectorBits.Bits128,
        "256" => VectorBits.Bits256,
        "512" => VectorBits.Bits512,
        _ => throw new InvalidInputException("--vector-bits", text, "auto, 128, 256 or 512"),
    };
}
