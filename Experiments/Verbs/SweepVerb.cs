using System.CommandLine;
using System.Globalization;
using Lepton.Neuro.Experiments.Running;
using Lepton.Neuro.Experiments.Sweeps;

namespace Lepton.Neuro.Experiments.Verbs;

/// <summary><c>lepton sweep</c>: runs an experiment over a grid, a random sample of it, or by halving, with several seeds.</summary>
internal sealed class SweepVerb : IVerb
{
    const int MostSeeds = 10_000;

    readonly Argument<string?> experiment = new("experiment")
    {
        Description = "The experiment; lepton list shows all. May be left out with --config",
        Arity = ArgumentArity.ZeroOrOne,
    };

    readonly Option<string[]> grid = Many("--grid", "key=values", "Vary a setting or the epochs: a,b,c or 1..64x2 or 0..1+0.25; with --random also 0..1 or 0.001..0.1log; may be repeated");
    readonly Option<string?> random = Text("--random", "N", "Try N places of the grid, drawn at random, instead of all");
    readonly Option<string?> halving = Text("--halving", "key=budgets", "Give all places a small budget, the best a larger one, and so on: epochs=1..9x3");
    readonly Option<string?> metric = Text("--metric", "names", "What to compare, by names as in results.csv, the first one decides [default: accuracy and energy]");
    readonly Option<bool> minimize = new("--minimize") { Description = "Less of the metric is better; joules and seconds are minimized by themselves" };
    readonly Option<string?> seeds = Text("--seeds", "N", "How many seeds each place is run with: --seed and those that follow it [default: 1]");
    readonly Option<string?> jobs = Text("--jobs", "J", "How many runs go on at the same time [default: all cores]");
    readonly Option<string?> data = Text("--data", "DIR", "The folder with the data");
    readonly Option<string?> seed = Text("--seed", "N", "The first seed [default: 42]");
    readonly Option<string?> threads = Text("--threads", "N", "Threads of a run [default: the cores shared among the jobs]");
    readonly Option<string?> vectorBits = Text("--vector-bits", "auto|128|256|512", "Width of vectors; results do not depend on it [default: auto]");
    readonly Option<string?> epochs = Text("--epochs", "N", "Passes over the training set [default: the experiment's]");
    readonly Option<string[]> set = Many("--set", "key=value", "Change a setting of all runs; may be repeated");
    readonly Option<string?> config = Text("--config", "FILE.yaml", "Start from a configuration, such as the config.yaml of an earlier run");
    readonly Option<string?> output = Text("--out", "DIR", "The folder for the sweep; what is done there is not done again [default: out/sweep-<experiment>]");
    readonly Option<bool> quiet = new("--quiet") { Description = "Print only the table" };
    readonly Option<bool> json = new("--json") { Description = "Print the means and intervals as JSON on the last line; with --quiet print nothing else" };

    public IReadOnlyList<string> Examples =>
    [
        "lepton sweep digits --grid hidden=25..200x2 --grid bits=2,4,8 --seeds 5 --jobs 2",
        "lepton sweep digits --grid learning-rate=0.0005..0.02log --grid hidden=50..400 --random 20 --halving train-images=1000..9000x3",
        EnergySweep.Example,
    ];

    public Command Build(Host host)
    {
        var command = new Command("sweep", "Run an experiment many times: over a grid, at random, or by halving; resumable, with means and 95 % intervals")
        {
            experiment, grid, random, halving, metric, minimize, seeds, jobs, data, seed, threads, vectorBits, epochs, set, config, output, quiet, json,
        };
        command.Subcommands.Add(new EnergySweep().Build(host));
        Suggestions.Add(host, experiment, set, grid);
        vectorBits.CompletionSources.Add("auto", "128", "256", "512");
        command.SetAction(parsed => Run(parsed, host));
        return command;
    }

    int Run(ParseResult parsed, Host host)
    {
        var file = parsed.GetValue(config) is { } path ? ConfigurationFile.Read(RunConfiguration.ResolvePath(host, "--config", path)) : null;
        int cores = Math.Max(1, Environment.ProcessorCount);
        int together = parsed.GetValue(jobs) is { } givenJobs ? RunConfiguration.ParseCount("--jobs", givenJobs, 1024) : cores;
        var request = new RunRequest
        {
            Experiment = parsed.GetValue(experiment),
            Data = parsed.GetValue(data),
            Seed = parsed.GetValue(seed),
            Threads = parsed.GetValue(threads) ?? Math.Max(1, cores / together).ToString(CultureInfo.InvariantCulture),
            VectorBits = parsed.GetValue(vectorBits),
            Epochs = parsed.GetValue(epochs),
            Settings = [.. (parsed.GetValue(set) ?? []).Select(RunRequest.ParseAssignment)],
        };
        // What all runs have in common must itself be right.
        var common = RunConfiguration.Resolve(host, request, file);
        int? draws = parsed.GetValue(random) is { } givenDraws ? RunConfiguration.ParseCount("--random", givenDraws, SweepPlan.MostRuns) : null;
        GridAxis[] axes = [.. (parsed.GetValue(grid) ?? []).Select(text => GridAxis.Parse(text, common.Experiment, draws is not null))];
        if (axes.GroupBy(a => a.Key, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice) throw new InvalidInputException("--grid", $"given twice for {twice.Key}", "once a key");
        if (draws is not null && axes.Length == 0) throw new InvalidInputException("--random", draws, "only together with --grid");
        var rungs = parsed.GetValue(halving) is { } budgets ? Halving.Of(GridAxis.Parse(budgets, common.Experiment, isDrawn: false)) : null;
        if (rungs is not null && axes.FirstOrDefault(a => a.Key == rungs.Key) is { } both) throw new InvalidInputException("--halving", both.Key, "a key that --grid does not vary");
        foreach (var axis in axes)
        {
            if (request.Settings.Any(s => s.Key == axis.Key) || (axis.Key == GridAxis.Epochs && request.Epochs is not null))
                throw new InvalidInputException($"{axis.Key}", "both set and varied", "one of the two");
        }
        int count = parsed.GetValue(seeds) is { } givenSeeds ? RunConfiguration.ParseCount("--seeds", givenSeeds, MostSeeds) : 1;
        if (ulong.MaxValue - common.Seed < (ulong)(count - 1)) throw new InvalidInputException("--seed", common.Seed, string.Create(CultureInfo.InvariantCulture, $"one that {count} seeds can begin with"));
        var plan = new SweepPlan
        {
            Experiment = common.Experiment,
            Common = common,
            Request = request,
            File = file,
            Axes = axes,
            Draws = draws,
            Halving = rungs,
            FirstSeed = common.Seed,
            SeedCount = count,
            Jobs = together,
            Metrics = parsed.GetValue(metric)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [],
            IsMinimized = parsed.GetValue(minimize) ? true : null,
        };
        string folder = RunConfiguration.ResolvePath(host, "--out", parsed.GetValue(output) ?? $"out/sweep-{common.Experiment.Name}");
        return new SweepRun(host, plan, folder, parsed.GetValue(quiet), parsed.GetValue(json)).Execute();
    }

    static Option<string?> Text(string name, string value, string description) => new(name) { HelpName = value, Description = description, Arity = ArgumentArity.ExactlyOne };

    static Option<string[]> Many(string name, string value, string description) =>
        new(name) { HelpName = value, Description = description, Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = false };
}
