using System.CommandLine;
using Lepton.Neuro.Experiments.Energy;
using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.Verbs;

/// <summary><c>lepton run</c>: runs an experiment and writes its results.</summary>
internal sealed class RunVerb : IVerb
{
    readonly Argument<string?> experiment = new("experiment")
    {
        Description = "The experiment; lepton list shows all. May be left out with --config",
        Arity = ArgumentArity.ZeroOrOne,
    };

    readonly Option<string?> data = Text("--data", "DIR", "The folder with the data");
    readonly Option<string?> seed = Text("--seed", "N", "The seed of all random numbers; the same seed gives the same spikes [default: 42]");
    readonly Option<string?> threads = Text("--threads", "N", "Threads; results do not depend on it [default: all cores]");
    readonly Option<string?> vectorBits = Text("--vector-bits", "auto|128|256|512", "Width of vectors; results do not depend on it [default: auto]");
    readonly Option<string?> epochs = Text("--epochs", "N", "Passes over the training set [default: the experiment's]");
    readonly Option<string?> output = Text("--out", "DIR", "The folder for the results [default: out/<experiment>-<seed>, or the next one that holds no run of other settings]");
    readonly Option<string[]> set = new("--set")
    {
        HelpName = "key=value",
        Description = "Change a setting of the experiment; may be repeated",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    readonly Option<string?> mapping = Text("--mapping", "FILE", "A mapping that lepton map wrote for the same network and machine: as --set mapping=FILE, for experiments that run on a tile machine");
    readonly Option<string?> config = Text("--config", "FILE.yaml", "Start from a configuration, such as the config.yaml of an earlier run; other options win over it");
    readonly Option<string?> checkpoint = Text("--checkpoint", "FILE", "Save the run to a file, and go on from it where it exists; Ctrl-C saves too");
    readonly Option<string?> every = Text("--every", "T", "Seconds of wall time between two checkpoints [default: 60]");
    readonly Option<bool> live = new("--live") { Description = "Show spikes as a raster of characters while learning" };
    readonly Option<bool> quiet = new("--quiet") { Description = "Print only the table of results" };
    readonly Option<bool> json = new("--json") { Description = "Print the results as JSON on the last line; with --quiet print nothing else" };

    public IReadOnlyList<string> Examples =>
    [
        "lepton run digits --data mnist --seed 1 --epochs 3",
        "lepton run --config out/digits-1/config.yaml --out out/again",
        "lepton run digits --epochs 20 --checkpoint long.checkpoint --every 30",
    ];

    public Command Build(Host host)
    {
        var command = new Command("run", "Run an experiment: results.json, results.csv, config.yaml and report.html appear when it has succeeded")
        {
            experiment, data, seed, threads, vectorBits, epochs, output, set, mapping, config, checkpoint, every, live, quiet, json,
        };
        Suggestions.Add(host, experiment, set);
        vectorBits.CompletionSources.Add("auto", "128", "256", "512");
        command.SetAction(parsed => Run(parsed, host));
        return command;
    }

    public void WriteMoreHelp(ParseResult parsed, Host host)
    {
        if (parsed.GetResult(experiment)?.Tokens is { Count: > 0 } tokens
            && host.Experiments.FirstOrDefault(known => string.Equals(known.Name, tokens[0].Value, StringComparison.Ordinal)) is { } found)
        {
            ListVerb.WriteExperiment(found, host);
            return;
        }
        if (host.Experiments.Count > 0)
        {
            host.Output.WriteLine("Experiments (lepton run <experiment> --help shows the settings of one):");
            foreach (var known in host.Experiments)
                host.Output.WriteLine($"  {known.Name}: {known.Summary}");
            host.Output.WriteLine();
        }
    }

    int Run(ParseResult parsed, Host host)
    {
        var file = parsed.GetValue(config) is { } path
            ? ConfigurationFile.Read(RunConfiguration.ResolvePath(host, "--config", path))
            : null;
        var request = new RunRequest
        {
            Experiment = parsed.GetValue(experiment),
            Data = parsed.GetValue(data),
            Seed = parsed.GetValue(seed),
            Threads = parsed.GetValue(threads),
            VectorBits = parsed.GetValue(vectorBits),
            Epochs = parsed.GetValue(epochs),
            Settings = [.. (parsed.GetValue(set) ?? []).Select(RunRequest.ParseAssignment), .. Mapping(parsed, host)],
        };
        var configuration = RunConfiguration.Resolve(host, request, file);
        var folder = parsed.GetValue(output) is { } named ? RunConfiguration.ResolvePath(host, "--out", named) : DefaultFolder(host, configuration, parsed.GetValue(quiet));
        if (parsed.GetValue(live) && parsed.GetValue(quiet)) throw new InvalidInputException("--live", "given together with --quiet", "one of the two");
        return new ExperimentRun(host, configuration, folder, new()
        {
            IsQuiet = parsed.GetValue(quiet),
            IsJson = parsed.GetValue(json),
            IsLive = parsed.GetValue(live),
            Checkpoint = Checkpoint(parsed, host),
        }).Execute();
    }

    IEnumerable<KeyValuePair<string, string>> Mapping(ParseResult parsed, Host host) =>
        StudyOptions.MappingFile(host, parsed.GetValue(mapping)) is { } file ? [new("mapping", file)] : [];

    /// <summary>Where results go that were given no place: into the folder of the experiment and the seed, or, where a run of other settings lies there, into the next one. So who changes a setting still
    /// has the run before, to compare with.</summary>
    static string DefaultFolder(Host host, RunConfiguration configuration, bool isQuiet)
    {
        string name = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"out/{configuration.Experiment.Name}-{configuration.Seed}");
        for (int number = 1; ; number++)
        {
            string folder = RunConfiguration.ResolvePath(host, "--out", number == 1 ? name : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{name}-{number}"));
            if (!IsOfAnother(host, configuration, Path.Combine(folder, "config.yaml"))) return folder;
            if (number == 1 && !isQuiet) host.Output.WriteLine($"{folder} holds a run with other settings, which is kept");
        }
    }

    static bool IsOfAnother(Host host, RunConfiguration configuration, string file)
    {
        if (!File.Exists(file)) return false;
        try
        {
            var found = RunConfiguration.Resolve(host, ConfigurationFile.Read(file));
            return found.Data != configuration.Data || !found.Deciding().SequenceEqual(configuration.Deciding());
        }
        catch (InvalidInputException)
        {
            // Whatever it is of, it is not of this run.
            return true;
        }
    }

    CheckpointRequest? Checkpoint(ParseResult parsed, Host host)
    {
        const double Longest = 1e6;
        if (parsed.GetValue(checkpoint) is not { } file)
        {
            return parsed.GetValue(every) is { } alone ? throw new InvalidInputException("--every", alone, "only together with --checkpoint FILE") : null;
        }
        string path = RunConfiguration.ResolvePath(host, "--checkpoint", file);
        if (Directory.Exists(path) || !Directory.Exists(Path.GetDirectoryName(path))) throw new InvalidInputException("--checkpoint", path, "a file in a folder that exists");
        double seconds = CheckpointRequest.DefaultSeconds;
        if (parsed.GetValue(every) is { } text
            && !(double.TryParse(text, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out seconds) && seconds is >= 0 and <= Longest))
        {
            throw new InvalidInputException("--every", text, "a number of seconds from 0 to 1000000");
        }
        return new(path, TimeSpan.FromSeconds(seconds));
    }

    static Option<string?> Text(string name, string value, string description) =>
        new(name) { HelpName = value, Description = description, Arity = ArgumentArity.ExactlyOne };
}
