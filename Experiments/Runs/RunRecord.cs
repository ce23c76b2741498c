using System.Text.Json;
using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.Runs;

/// <summary>A run that lies in a folder: what was asked, as written then, and what came out.</summary>
/// <param name="Folder">The full path.</param>
/// <param name="Name">The folder as it is shown: relative to where the user stands.</param>
/// <param name="Request">What <c>config.yaml</c> says.</param>
/// <param name="Result">What <c>results.json</c> says.</param>
/// <param name="Finished">When it was finished.</param>
internal sealed record RunRecord(string Folder, string Name, RunRequest Request, RunResult Result, DateTime Finished)
{
    // Deep enough for a sweep in a folder of sweeps.
    const int MostDepth = 6;

    /// <summary>The configuration key by key, as written: of any experiment, known to this program or not.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Configuration =>
    [
        new("experiment", Result.Experiment),
        new("data", Request.Data ?? ""),
        new("seed", Request.Seed ?? ""),
        new("epochs", Request.Epochs ?? ""),
        .. Request.Settings,
    ];

    /// <summary>Reads a run.</summary>
    /// <param name="folder">The full path of its folder.</param>
    /// <param name="shownFrom">The folder that names are relative to.</param>
    /// <exception cref="InvalidInputException">Its files cannot be read.</exception>
    public static RunRecord Read(string folder, string shownFrom)
    {
        string file = Path.Combine(folder, "results.json");
        try
        {
            var result = ResultFiles.FromJson(File.ReadAllText(file));
            string name = Path.GetRelativePath(shownFrom, folder);
            return new(folder, name.StartsWith("..", StringComparison.Ordinal) ? folder : name, ConfigurationFile.Read(Path.Combine(folder, "config.yaml")), result, File.GetLastWriteTime(file));
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"{file} holds no results: {error.Message.ReplaceLineEndings(" ")}; allowed: what a run wrote", error);
        }
    }

    /// <summary>Whether a run lies in a folder.</summary>
    /// <param name="folder">The full path.</param>
    public static bool IsAt(string folder) => File.Exists(Path.Combine(folder, "results.json")) && File.Exists(Path.Combine(folder, "config.yaml"));

    /// <summary>All runs in a folder and below, in the order of their names.</summary>
    /// <param name="folder">The full path.</param>
    /// <param name="shownFrom">The folder that names are relative to.</param>
    public static IReadOnlyList<RunRecord> Find(string folder, string shownFrom)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = MostDepth, IgnoreInaccessible = true };
        return [.. Directory.EnumerateDirectories(folder, "*", options).Prepend(folder).Where(IsAt).Order(StringComparer.Ordinal).Select(path => Read(path, shownFrom))];
    }
}
