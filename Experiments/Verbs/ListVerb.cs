using System.CommandLine;
using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.Verbs;

/// <summary><c>lepton list</c>: the experiments and their settings.</summary>
internal sealed class ListVerb : IVerb
{
    public IReadOnlyList<string> Examples => ["lepton list"];

    public Command Build(Host host)
    {
        var command = new Command("list", "Show the experiments and their settings");
        command.SetAction(_ =>
        {
            if (host.Experiments.Count == 0)
                host.Output.WriteLine("There are no experiments in this build.");
            foreach (var experiment in host.Experiments)
                WriteExperiment(experiment, host);
            return ExitCodes.Success;
        });
        return command;
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
