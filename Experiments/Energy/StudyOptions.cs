using System.CommandLine;
using System.Globalization;
using Lepton.Neuro.Backends;
using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.Energy;

/// <summary>What the verbs have in common that train an experiment's network, or that of an earlier run, and study it.</summary>
internal sealed class StudyOptions
{
    readonly Argument<string?> model = new("run|model")
    {
        Description = "An experiment, such as digits, or the folder of an earlier run, whose config.yaml says what to train",
        Arity = ArgumentArity.ZeroOrOne,
    };

    readonly Option<string?> data = Text("--data", "DIR", "The folder with the data");
    readonly Option<string?> seed = Text("--seed", "N", "The seed of all random numbers [default: 42]");
    readonly Option<string?> threads = Text("--threads", "N", "Threads; results do not depend on it [default: all cores]");
    readonly Option<string?> epochs = Text("--epochs", "N", "Passes over the training set [default: the experiment's]");
    readonly Option<string[]> set = new("--set") { HelpName = "key=value", Description = "Change a setting of the experiment; may be repeated", Arity = ArgumentArity.OneOrMore };
    readonly Option<string?> output = Text("--out", "DIR", "The folder for the results");
    readonly Option<bool> quiet = new("--quiet") { Description = "Print only the table" };

    /// <summary>An option with one value.</summary>
    public static Option<string?> Text(string name, string value, string description) =>
        new(name) { HelpName = value, Description = description, Arity = ArgumentArity.ExactlyOne };

    /// <summary>The machine that was named: a preset, or a file, found from the current folder.</summary>
    public static TileMachine Machine(Host host, string name)
    {
        string path = RunConfiguration.ResolvePath(host, "--machine", name);
        return TileMachine.Load(File.Exists(path) ? path : name);
    }

    /// <summary>A share, as a number or a percentage.</summary>
    public static double Share(string option, string text)
    {
        bool percent = text.EndsWith('%');
        return double.TryParse(percent ? text[..^1] : text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && (percent ? number / 100 : number) is >= 0 and <= 1 and var share
            ? share
            : throw new InvalidInputException(option, text, "a number from 0 to 1, or a percentage up to 100%");
    }

    /// <summary>Adds them to a verb.</summary>
    public void AddTo(Command command)
    {
        command.Add(model);
        foreach (Option option in new Option[] { data, seed, threads, epochs, set, output, quiet }) command.Add(option);
    }

    /// <summary>Trains what is named and studies it; files appear when all has succeeded.</summary>
    /// <param name="parsed">What was typed.</param>
    /// <param name="host">The world around.</param>
    /// <param name="name">The study, for the folder's default name.</param>
    /// <param name="study">Does the study, and adds files to the folder.</param>
    /// <returns>What the study gave, and the console to print it on.</returns>
    public (T Result, Spectre.Console.IAnsiConsole Console) Run<T>(ParseResult parsed, Host host, string name, Func<RunContext, TrainedClassifier, T> study)
    {
        string known = string.Join(", ", host.Experiments.Select(e => e.Name));
        string named = parsed.GetValue(model) ?? throw new InvalidInputException("the run or model", null, $"{known}, or the folder of an earlier run");
        bool isExperiment = host.Experiments.Any(e => e.Name == named);
        string file = isExperiment ? "" : Path.Combine(RunConfiguration.ResolvePath(host, "the run", named), "config.yaml");
        if (!isExperiment && !File.Exists(file)) throw new InvalidInputException("the run or model", named, $"{known}, or the folder of an earlier run, which holds a config.yaml");
        var configuration = RunConfiguration.Resolve(
            host,
            new()
            {
                Experiment = isExperiment ? named : null,
                Data = parsed.GetValue(data),
                Seed = parsed.GetValue(seed),
                Threads = parsed.GetValue(threads),
                Epochs = parsed.GetValue(epochs),
                Settings = [.. (parsed.GetValue(set) ?? []).Select(RunRequest.ParseAssignment)],
            },
            isExperiment ? null : ConfigurationFile.Read(file));
        using var folder = RunFolder.Open(RunConfiguration.ResolvePath(host, "--out", parsed.GetValue(output) ?? $"out/{name}-{configuration.Experiment.Name}"));
        var console = ExperimentRun.CreateConsole(host);
        T Study(IProgressReporter progress)
        {
            T? found = default;
            bool done = false;
            RunContext context = null!;
            context = new RunContext(configuration, folder, progress, host.Cancellation)
            {
                Study = trained =>
                {
                    found = study(context, trained);
                    done = true;
                },
            };
            configuration.Experiment.Run(context);
            return done ? found! : throw new InvalidInputException("the run or model", configuration.Experiment.Name, "an experiment whose network tells classes of images apart");
        }
        var result = parsed.GetValue(quiet) ? Study(new QuietProgress())
            : host.IsTerminal ? TerminalProgress.Show(console, Study)
            : Study(new PlainProgress(host.Output));
        folder.Commit();
        return (result, console);
    }
}
