using System.CommandLine;
using System.Globalization;
using Lepton.Neuro.Backends;
using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Encoders.Preprocessing;
using Lepton.Neuro.Experiments.Compressing;
using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.Energy;

/// <summary>What the verbs have in common that train an experiment's network, or that of an earlier run, and study it.</summary>
/// <param name="takesModels">Whether a model file may be named too, which is then studied without training.</param>
internal sealed class StudyOptions(bool takesModels = false)
{
    /// <summary>The name of the file that holds a mapping.</summary>
    public const string MapFile = "mapping.yaml";

    const string Model = "the run or model";

    readonly Argument<string?> model = new("run|model")
    {
        Description = "An experiment, such as digits, or the folder of an earlier run, whose config.yaml says what to train" + (takesModels ? "; or a model file of a run or of lepton compress, which is not trained again" : ""),
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
    public static TileMachine Machine(Host host, string name) => RunConfiguration.ResolvePath(host, "--machine", name) is var path && File.Exists(path) ? TileMachine.Load(path) : Machine("--machine", name);

    /// <summary>The machine that was named: a preset, or a file.</summary>
    /// <param name="option">What named it.</param>
    /// <param name="name">Its name.</param>
    public static TileMachine Machine(string option, string name) =>
        !File.Exists(name) && !TileMachine.Presets.Contains(name, StringComparer.Ordinal)
            ? throw new InvalidInputException(option, name, $"{string.Join(", ", TileMachine.Presets)}, or the path of a YAML file{(Nearest.To(name, TileMachine.Presets) is { } meant ? $": did you mean {meant}?" : "")}")
            : TileMachine.Load(name);

    /// <summary>A share, as a number or a percentage.</summary>
    public static double Share(string option, string text)
    {
        bool percent = text.EndsWith('%');
        return double.TryParse(percent ? text[..^1] : text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && (percent ? number / 100 : number) is >= 0 and <= 1 and var share
            ? share
            : throw new InvalidInputException(option, text, "a number from 0 to 1, or a percentage up to 100%");
    }

    /// <summary>The file of a mapping that was named, or the one in a folder where <c>lepton map</c> wrote it; null where nothing was named.</summary>
    public static string? MappingFile(Host host, string? name)
    {
        return name is null ? null : MappingFile(RunConfiguration.ResolvePath(host, "--mapping", name), name);
    }

    /// <summary>The file of a mapping, or the one in a folder.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="named">How the user called it.</param>
    public static string MappingFile(string path, string? named = null)
    {
        string file = Directory.Exists(path) ? Path.Combine(path, MapFile) : path;
        return File.Exists(file) ? file : throw new InvalidInputException("--mapping", named ?? path, $"a file that lepton map wrote, or the folder with its {MapFile}");
    }

    /// <summary>The model file that was named in place of an experiment or a run; null where none was.</summary>
    public string? ModelFile(ParseResult parsed, Host host) =>
        parsed.GetValue(model) is { } named && host.Experiments.All(e => e.Name != named) && RunConfiguration.ResolvePath(host, Model, named) is var path && File.Exists(path) ? path : null;

    /// <summary>The folder with the data, as it was typed; null where none was.</summary>
    public string? Data(ParseResult parsed) => parsed.GetValue(data);

    /// <summary>The seed that was typed, or the default.</summary>
    public ulong Seed(ParseResult parsed) => parsed.GetValue(seed) is { } given ? RunConfiguration.ParseSeed(given) : RunConfiguration.DefaultSeed;

    /// <summary>Refuses what has no meaning where nothing is trained.</summary>
    /// <param name="parsed">What was typed.</param>
    public void RefuseTraining(ParseResult parsed)
    {
        foreach (Option option in new Option[] { epochs, set })
        {
            if (parsed.GetResult(option) is { Implicit: false }) throw new InvalidInputException(option.Name, "given", "nothing beside a model file, which is not trained");
        }
    }

    /// <summary>Adds them to a verb.</summary>
    /// <param name="command">The verb.</param>
    /// <param name="withOutput">Whether results go to a folder.</param>
    public void AddTo(Command command, bool withOutput = true)
    {
        command.Add(model);
        foreach (Option option in new Option[] { data, seed, threads, epochs, set }) command.Add(option);
        if (!withOutput) return;
        command.Add(output);
        command.Add(quiet);
    }

    /// <summary>What is to be trained.</summary>
    /// <param name="parsed">What was typed.</param>
    /// <param name="host">The world around.</param>
    /// <param name="settings">Settings that the study decides; the user may not.</param>
    public RunConfiguration Configuration(ParseResult parsed, Host host, params KeyValuePair<string, string>[] settings)
    {
        string known = string.Join(", ", host.Experiments.Select(e => e.Name)) + (takesModels ? ", a model file" : "");
        string named = parsed.GetValue(model) ?? throw new InvalidInputException(Model, null, $"{known}, or the folder of an earlier run");
        bool isExperiment = host.Experiments.Any(e => e.Name == named);
        string file = isExperiment ? "" : Path.Combine(RunConfiguration.ResolvePath(host, "the run", named), "config.yaml");
        if (!isExperiment && !File.Exists(file)) throw new InvalidInputException(Model, named, $"{known}, or the folder of an earlier run, which holds a config.yaml");
        KeyValuePair<string, string>[] typed = [.. (parsed.GetValue(set) ?? []).Select(RunRequest.ParseAssignment)];
        foreach (var (key, _) in settings)
        {
            if (typed.Any(t => t.Key == key)) throw new InvalidInputException($"--set {key}", "given beside what the study varies", $"--{key} alone");
        }
        return RunConfiguration.Resolve(
            host,
            Typed(parsed) with { Experiment = isExperiment ? named : null, Settings = [.. typed, .. settings] },
            isExperiment ? null : ConfigurationFile.Read(file));
    }

    RunRequest Typed(ParseResult parsed) => new()
    {
        Data = parsed.GetValue(data),
        Seed = parsed.GetValue(seed),
        Threads = parsed.GetValue(threads),
        Epochs = parsed.GetValue(epochs),
        Settings = [.. (parsed.GetValue(set) ?? []).Select(RunRequest.ParseAssignment)],
    };

    /// <summary>The folder for the results.</summary>
    /// <param name="parsed">What was typed.</param>
    /// <param name="host">The world around.</param>
    /// <param name="name">The folder's name where none was typed.</param>
    public string Folder(ParseResult parsed, Host host, string name) => RunConfiguration.ResolvePath(host, "--out", parsed.GetValue(output) ?? $"out/{name}");

    /// <summary>Does work under the display that was asked for.</summary>
    /// <param name="parsed">What was typed.</param>
    /// <param name="host">The world around.</param>
    /// <param name="console">Where a terminal's display is drawn.</param>
    /// <param name="work">The work.</param>
    public T Show<T>(ParseResult parsed, Host host, Spectre.Console.IAnsiConsole console, Func<IProgressReporter, T> work) =>
        parsed.GetValue(quiet) ? work(new QuietProgress())
            : host.IsTerminal ? TerminalProgress.Show(console, work)
            : work(new PlainProgress(host.Output));

    /// <summary>Trains and studies, without files of its own.</summary>
    /// <param name="host">The world around.</param>
    /// <param name="configuration">What is trained.</param>
    /// <param name="folder">Where the files of the training and of the study go.</param>
    /// <param name="progress">Shows how far it is.</param>
    /// <param name="study">Does the study.</param>
    /// <param name="saved">A network that has learned already, in place of training; null where it learns now.</param>
    public static T Train<T>(Host host, RunConfiguration configuration, RunFolder folder, IProgressReporter progress, Func<RunContext, TrainedClassifier, T> study, Plasticity.ModelFiles.Model? saved = null)
    {
        T? found = default;
        bool done = false;
        RunContext context = null!;
        context = new RunContext(configuration, folder, progress, host.Cancellation)
        {
            Model = saved,
            Study = trained =>
            {
                found = study(context, trained);
                done = true;
            },
        };
        configuration.Experiment.Run(context);
        return done ? found! : throw new InvalidInputException(Model, configuration.Experiment.Name, "an experiment whose network tells classes of images apart");
    }

    /// <summary>Trains what is named, or takes it from a model file, and studies it; files appear when all has succeeded.</summary>
    /// <param name="parsed">What was typed.</param>
    /// <param name="host">The world around.</param>
    /// <param name="name">The study, for the folder's default name.</param>
    /// <param name="study">Does the study, and adds files to the folder.</param>
    /// <returns>What the study gave, and the console to print it on.</returns>
    public (T Result, Spectre.Console.IAnsiConsole Console) Run<T>(ParseResult parsed, Host host, string name, Func<RunContext, TrainedClassifier, T> study)
    {
        if (takesModels && ModelFile(parsed, host) is { } file) return Load(file, parsed, host, name, study);
        var configuration = Configuration(parsed, host);
        using var folder = RunFolder.Open(Folder(parsed, host, $"{name}-{configuration.Experiment.Name}"));
        var console = ExperimentRun.CreateConsole(host);
        var result = Show(parsed, host, console, progress => Train(host, configuration, folder, progress, study));
        folder.Commit();
        return (result, console);
    }

    (T Result, Spectre.Console.IAnsiConsole Console) Load<T>(string file, ParseResult parsed, Host host, string name, Func<RunContext, TrainedClassifier, T> study)
    {
        var saved = ModelImages.Load(host, file);
        var configuration = SavedNetwork.Configuration(host, file, saved, Typed(parsed));
        using var folder = RunFolder.Open(Folder(parsed, host, $"{name}-{Path.GetFileNameWithoutExtension(file)}"));
        var console = ExperimentRun.CreateConsole(host);
        ImageSet test = null!;
        T Study(RunContext context, TrainedClassifier loaded)
        {
            test = loaded.Test.Images;
            return study(context, loaded);
        }
        var result = Show(parsed, host, console, progress =>
        {
            if (!TrainedModel.Is(saved)) return Train(host, configuration, folder, progress, Study, saved);
            var context = new RunContext(configuration, folder, progress, host.Cancellation);
            return Study(context, SavedNetwork.Exported(host, file, saved, configuration, context));
        });
        folder.Commit();
        ModelImages.Remark(host, saved, new(test, new Normalize(NormalizeTo.ImageRange).Fit(test)));
        return (result, console);
    }
}
