using System.CommandLine;
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
    readonly Option<string?> output = Text("--out", "DIR", "The folder for the results [default: out/<experiment>-<seed>]");
    readonly Option<string[]> set = new("--set")
    {
        HelpName = "key=value",
        Description = "Change a setting of the experiment; may be repeated",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    readonly Option<string?> config = Text("--config", "FILE.yaml", "Start from a configuration, such as the config.yaml of an earlier run; other options win over it");
    readonly Option<bool> quiet = new("--quiet") { Description = "Print only the table of results" };
    readonly Option<bool> json = new("--json") { Description = "Print the results as JSON on the last line; with --quiet print nothing else" };

    public IReadOnlyList<string> Examples =>
    [
        "lepton run digits --data mnist --seed 1 --epochs 3",
        "lepton run --config out/digits-1/config.yaml --out out/again",
    ];

    public Command Build(Host host)
    {
        var command = new Command("run", "Run an experiment: results.json, results.csv, config.yaml and report.html appear when it has succeeded")
        {
            experiment, data, seed, threads, vectorBits, epochs, output, set, config, quiet, json,
        };
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
            Settings = [.. (parsed.GetValue(set) ?? []).Select(RunRequest.ParseAssignment)],
        };
        var configuration = RunConfiguration.Resolve(host, request, file);
        var folder = RunConfiguration.ResolvePath(host, "--out", parsed.GetValue(output)
            ?? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"out/{configuration.Experiment.Name}-{configuration.Seed}"));
        return new ExperimentRun(host, configuration, folder, parsed.GetValue(quiet), parsed.GetValue(json)).Execute();
    }

    static Option<string?> Text(string name, string value, string description) =>
        new(name) { HelpName = value, Description = description, Arity = ArgumentArity.ExactlyOne };
}
