using System.CommandLine;
using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.Verbs;

/// <summary><c>lepton list</c>: the experiments and their settings.</summary>
internal sealed class ListVerb : IVerb
{
    readonly Argument<string?> experiment = new("experiment") { Description = "Show this one only", Arity = ArgumentArity.ZeroOrOne };

    public IReadOnlyList<string> Examples => ["lepton list", "lepton list digits"];

    public Command Build(Host host)
    {
        var command = new Command("list", "Show the experiments and their settings") { experiment };
        Suggestions.Add(host, experiment);
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(experiment) is { } name)
            {
                WriteExperiment(
                    host.Experiments.FirstOrDefault(known => known.Name == name) ?? throw new InvalidInputException($"There is no experiment {name}: {Nearest.Hint(name, [.. host.Experiments.Select(known => known.Name)])}"), host);
                return ExitCodes.Success;
            }
            if (host.Experiments.Count == 0)
                host.Output.WriteLine("There are no experiments in this build.");
            foreach (var known in host.Experiments)
                WriteExperiment(known, host);
            // What comes last is what a terminal still shows: all of them at a glance.
            WriteOverview(host);
            return ExitCodes.Success;
        });
        return command;
    }

    static void WriteOverview(Host host)
    {
        if (host.Experiments.Count < 2) return;
        int width = host.Experiments.Max(known => known.Name.Length);
        foreach (var known in host.Experiments)
            host.Output.WriteLine($"{known.Name.PadRight(width)}  {known.Summary.Split(';')[0]}");
        host.Output.WriteLine("\nlepton run <experiment> runs one; lepton list <experiment> shows its settings alone.");
    }

    /// <summary>Prints an experiment with its settings.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="host">The world around.</param>
    internal static void WriteExperiment(IExperiment experiment, Host host)
    {
        host.Output.WriteLine($"{experiment.Name}: {experiment.Summary}");
        if (experiment.DataNeeded is { } needed)
            host.Output.WriteLine($"  --data DIR    a folder with {needed}");
        host.Output.WriteLine(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"  --epochs N    default {experiment.DefaultEpochs}"));
        WriteSettings(experiment, host);
        host.Output.WriteLine();
    }

    static void WriteSettings(IExperiment experiment, Host host)
    {
        var rows = experiment.Settings.Select(setting => (
            Key: $"  --set {setting.Key}={(setting is TextSetting && setting.DefaultText.Length == 0 ? "''" : Reporting.ShellWord.Quote(setting.DefaultText))}",
            Allowed: setting.Unit.Length == 0 ? setting.Allowed : $"{setting.Allowed} {setting.Unit}",
            setting.Description)).ToArray();
        if (rows.Length == 0)
            return;
        host.Output.WriteLine("  Settings, shown with their defaults:");
        var keyWidth = rows.Max(row => row.Key.Length);
        var allowedWidth = rows.Max(row => row.Allowed.Length);
        foreach (var (key, allowed, description) in rows)
            host.Output.WriteLine($"{key.PadRight(keyWidth)}  {allowed.PadRight(allowedWidth)}  {description}");
    }
}
