using System.CommandLine;
using System.Globalization;
using Lepton.Neuro.Experiments.Benchmarks;
using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.Verbs;

/// <summary><c>lepton bench</c>: runs a whole model against the clock.</summary>
internal sealed class BenchVerb : IVerb
{
    const double MostSeconds = 1e6;

    readonly Argument<string?> model = new("model")
    {
        Description = $"The model: {string.Join(", ", Names)}",
        Arity = ArgumentArity.ZeroOrOne,
    };

    readonly Option<string?> scale = Text("--scale", "S", "The part of the full size, for microcircuit, delivery and rules: 0.01 to 1, for mapping: 0.001 to 1 [default: 1]");
    readonly Option<string?> neurons = Text("--neurons", "N", "The excitatory neurons, for diehl-cook: 100, 400, 1600 or 6400 [default: 400]");
    readonly Option<string?> seconds = Text("--seconds", "T", "Biological time to measure; whole images for diehl-cook [default: the model's]");
    readonly Option<string?> warmUp = Text("--warmup", "T", "Biological time to run before [default: the model's]");
    readonly Option<string?> threads = Text("--threads", "N", "Threads; results do not depend on it [default: all cores]");
    readonly Option<string?> seed = Text("--seed", "N", "The seed of all random numbers [default: 42]");
    readonly Option<string?> vectorBits = Text("--vector-bits", "auto|128|256|512", "Width of vectors; results do not depend on it [default: auto]");
    readonly Option<string?> backend = Text("--backend", "cpu|ilgpu", "What the network runs on; results do not depend on it [default: cpu]");
    readonly Option<string?> device = Text("--device", "cuda:N|opencl:N|cpu", $"The device, with --backend ilgpu; see lepton backends [default: {GpuBackend.DefaultDevice}]");
    readonly Option<bool> noDrive = new("--no-drive") { Description = "Leave out the external input, for microcircuit: the network falls silent" };
    readonly Option<string?> checkpoint = Text("--checkpoint", "FILE", "Save the run to a file, and go on from it where it exists; Ctrl-C saves too");
    readonly Option<string?> every = Text("--every", "T", "Biological time between two checkpoints [default: 10]");
    readonly Option<bool> quiet = new("--quiet") { Description = "Print only the table of results" };
    readonly Option<bool> json = new("--json") { Description = "Print the results as JSON on the last line; with --quiet print nothing else" };

    public IReadOnlyList<string> Examples => ["lepton bench cuba", "lepton bench microcircuit --scale 0.1 --threads 2 --json", "lepton bench diehl-cook --neurons 1600 --seconds 70 --checkpoint learning.checkpoint --every 7"];

    static IReadOnlyList<string> Names => [.. BenchmarkModel.All.Select(m => m.Name), DeliveryBenchmark.Name, EncodingBenchmark.Name, MappingBenchmark.Name, RulesBenchmark.Name, .. TrainingBenchmark.All.Keys];

    public Command Build(Host host)
    {
        var command = new Command("bench", "Run a whole model against the clock")
        {
            model, scale, neurons, seconds, warmUp, threads, seed, vectorBits, backend, device, noDrive, checkpoint, every, quiet, json,
        };
        model.CompletionSources.Add([.. Names]);
        backend.CompletionSources.Add("cpu", "ilgpu");
        device.CompletionSources.Add("cuda:0", "opencl:0", "cpu");
        vectorBits.CompletionSources.Add("auto", "128", "256", "512");
        command.SetAction(parsed => Run(parsed, host));
        return command;
    }

    public void WriteMoreHelp(ParseResult parsed, Host host)
    {
        host.Output.WriteLine("Models:");
        foreach (var known in BenchmarkModel.All) host.Output.WriteLine($"  {known.Name}: {known.Summary}");
        host.Output.WriteLine($"  {DeliveryBenchmark.Name}: {DeliveryBenchmark.Summary}");
        host.Output.WriteLine($"  {EncodingBenchmark.Name}: {EncodingBenchmark.Summary}");
        host.Output.WriteLine($"  {MappingBenchmark.Name}: {MappingBenchmark.Summary}");
        host.Output.WriteLine($"  {RulesBenchmark.Name}: {RulesBenchmark.Summary}");
        foreach (var (known, summary) in TrainingBenchmark.All) host.Output.WriteLine($"  {known}: {summary}");
        host.Output.WriteLine();
    }

    int Run(ParseResult parsed, Host host)
    {
        string name = parsed.GetValue(model) ?? throw new InvalidInputException($"Name the model to run: {string.Join(", ", Names)}");
        if (!Names.Contains(name, StringComparer.Ordinal)) throw new InvalidInputException($"There is no model {name}: {Nearest.Hint(name, [.. Names])}");
        var known = name == RulesBenchmark.Name ? RulesBenchmark.Model : BenchmarkModel.All.FirstOrDefault(m => m.Name == name);
        var settings = Settings(parsed, host, name, known);
        bool silent = parsed.GetValue(quiet), asJson = parsed.GetValue(json);
        var console = ExperimentRun.CreateConsole(host);
        if (name == RulesBenchmark.Name) return new RulesBenchmark(settings, host).Execute(asJson);
        if (name == EncodingBenchmark.Name)
        {
            var encoded = Show(progress => new EncodingBenchmark(settings, progress, host.Cancellation).Execute());
            return Print(() => EncodingBenchmark.ToTable(encoded), () => EncodingBenchmark.ToJsonLine(encoded));
        }
        if (name == MappingBenchmark.Name)
        {
            var mapped = Show(progress => new MappingBenchmark(settings, progress, host.Cancellation).Execute());
            return Print(() => MappingBenchmark.ToTable(mapped), () => MappingBenchmark.ToJsonLine(mapped));
        }
        if (TrainingBenchmark.All.ContainsKey(name))
        {
            var found = Show(progress => new TrainingBenchmark(name, settings, progress, host.Cancellation).Execute());
            return Print(found.ToTable, found.ToJsonLine);
        }
        var result = Show(Measure);
        return Print(result.ToTable, result.ToJsonLine);

        T Show<T>(Func<IProgressReporter, T> measure) => silent ? measure(new QuietProgress())
            : host.IsTerminal ? TerminalProgress.Show(console, measure)
            : measure(new PlainProgress(host.Output));

        int Print(Func<Spectre.Console.Table> table, Func<string> line)
        {
            if (!(silent && asJson)) console.Write(table());
            if (asJson) host.Output.WriteLine(line());
            host.Output.Flush();
            return ExitCodes.Success;
        }

        BenchmarkResult Measure(IProgressReporter progress) =>
            known is null
                ? new DeliveryBenchmark(settings, progress, host.Cancellation).Execute()
                : new BenchmarkRun(known, settings, progress, host.Cancellation).Execute();
    }

    BenchmarkSettings Settings(ParseResult parsed, Host host, string name, BenchmarkModel? known)
    {
        var scales = known is not null ? known.Scales : name == DeliveryBenchmark.Name ? (0.01, 1) : name == MappingBenchmark.Name ? (MappingBenchmark.LeastScale, 1) : ((double, double)?)null;
        if (parsed.GetValue(scale) is { } givenScale && scales is null) throw new InvalidInputException("--scale", givenScale, $"nothing: {name} has one size");
        var sizes = known?.NeuronCounts ?? [];
        if (parsed.GetValue(neurons) is { } givenNeurons && !sizes.Any(s => s.ToString(CultureInfo.InvariantCulture) == givenNeurons))
        {
            throw new InvalidInputException("--neurons", givenNeurons, sizes.Count == 0 ? $"nothing: {name} has no such choice" : string.Join(", ", sizes.Order()));
        }
        if (parsed.GetValue(noDrive) && known is not { CanBeUndriven: true }) throw new InvalidInputException("--no-drive", "given", $"only for a model with external input of its own, not for {name}");
        string? path = parsed.GetValue(checkpoint) is { } file ? RunConfiguration.ResolvePath(host, "--checkpoint", file) : null;
        if (path is not null && known is null) throw new InvalidInputException("--checkpoint", path, $"nothing: {name} has no state to go on from");
        if (path is null && parsed.GetValue(every) is { } givenEvery) throw new InvalidInputException("--every", givenEvery, "only together with --checkpoint FILE");
        if (path is not null && (Directory.Exists(path) || !Directory.Exists(Path.GetDirectoryName(path))))
            throw new InvalidInputException("--checkpoint", path, "a file in a folder that exists");
        return new()
        {
            Scale = scales is { } range ? Number(parsed, scale, 1, range.Item1, range.Item2) : 1,
            Neurons = sizes.Count == 0 ? 0 : parsed.GetValue(neurons) is { } count ? int.Parse(count, CultureInfo.InvariantCulture) : sizes[0],
            Seconds = Number(parsed, seconds, known?.Seconds ?? 1, 0.001, MostSeconds),
            WarmUp = Number(parsed, warmUp, known?.WarmUp ?? 0.2, 0, MostSeconds),
            Threads = parsed.GetValue(threads) is { } givenThreads ? RunConfiguration.ParseCount("--threads", givenThreads, 1024) : Math.Clamp(Environment.ProcessorCount, 1, 1024),
            Seed = parsed.GetValue(seed) is { } givenSeed ? RunConfiguration.ParseSeed(givenSeed) : RunConfiguration.DefaultSeed,
            VectorBits = (int)RunConfiguration.ParseVectorBits(parsed.GetValue(vectorBits) ?? "auto"),
            Device = Device(parsed, name, known),
            Driven = !parsed.GetValue(noDrive),
            Checkpoint = path,
            CheckpointEvery = Number(parsed, every, 10, 0.001, MostSeconds),
        };
    }

    string? Device(ParseResult parsed, string name, BenchmarkModel? known)
    {
        string? on = parsed.GetValue(backend), named = parsed.GetValue(device);
        if (on is not (null or "cpu" or "ilgpu")) throw new InvalidInputException("--backend", on, "cpu, ilgpu");
        if (on is not "ilgpu") return named is null ? null : throw new InvalidInputException("--device", named, "only together with --backend ilgpu");
        if (known is null && name != EncodingBenchmark.Name) throw new InvalidInputException("--backend", on, $"cpu: {name} runs no network, it measures what this machine's processor does");
        GpuBackend.Check();
        return named ?? GpuBackend.DefaultDevice;
    }

    static double Number(ParseResult parsed, Option<string?> option, double otherwise, double least, double most)
    {
        if (parsed.GetValue(option) is not { } text) return otherwise;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number >= least && number <= most
            ? number
            : throw new InvalidInputException(option.Name, text, string.Create(CultureInfo.InvariantCulture, $"a number from {least} to {most}"));
    }

    static Option<string?> Text(string name, string value, string description) =>
        new(name) { HelpName = value, Description = description, Arity = ArgumentArity.ExactlyOne };
}
