using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Lepton.Neuro.Backends;
using Lepton.Neuro.Experiments.Energy;
using Lepton.Neuro.Experiments.Plots;
using Lepton.Neuro.Experiments.Reporting;
using Lepton.Neuro.Experiments.Running;
using Spectre.Console;

namespace Lepton.Neuro.Experiments.Verbs;

/// <summary><c>lepton sweep energy</c>: energy, latency and accuracy over bits, steps and machines. A network is trained for each number of steps, and judged with weights of each number of bits on each
/// machine. Each place is kept as soon as it is found, so that the same command goes on where an earlier one stopped.</summary>
internal sealed class EnergySweep
{
    const int MostBits = 16;
    const int MostSteps = 1024;

    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    readonly StudyOptions options = new();
    readonly Option<string?> bits = StudyOptions.Text("--bits", "a,b,c", "Bits of a weight [default: 2,4,8]");
    readonly Option<string?> steps = StudyOptions.Text("--steps", "a,b,c", "Steps that an image is shown; for each of them a network is trained [default: 8,16,32]");
    readonly Option<string?> machine = StudyOptions.Text("--machine", "a,b,c", $"The machines: {string.Join(", ", TileMachine.Presets)}, or YAML files [default: all presets]");

    /// <summary>A command that works.</summary>
    public const string Example = "lepton sweep energy digits --bits 2,4,8 --steps 8,16,32 --machine loihi,crossbar --set train-images=5000 --set test-images=1000";

    /// <summary>The subcommand.</summary>
    /// <param name="host">The world around.</param>
    public Command Build(Host host)
    {
        var command = new Command("energy", "Energy, latency and accuracy over bits x steps x machines: table.csv, pareto.svg and report.html; resumable") { bits, steps, machine };
        options.AddTo(command);
        command.SetAction(parsed => Run(parsed, host));
        return command;
    }

    int Run(ParseResult parsed, Host host)
    {
        int[] widths = Numbers("--bits", parsed.GetValue(bits) ?? "2,4,8", 2, MostBits), lengths = Numbers("--steps", parsed.GetValue(steps) ?? "8,16,32", 1, MostSteps);
        (string Path, TileMachine Machine)[] machines = [.. (parsed.GetValue(machine) is { } list ? list.Split(',', StringSplitOptions.TrimEntries) : [.. TileMachine.Presets])
            .Select(name => (TileMachine.Presets.Contains(name, StringComparer.Ordinal) ? name : RunConfiguration.ResolvePath(host, "--machine", name), StudyOptions.Machine(host, name)))];
        if (machines.GroupBy(m => m.Machine.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice) throw new InvalidInputException("--machine", $"{twice.Key} twice", "each machine once");
        var configurations = lengths.Select(n => options.Configuration(parsed, host, new KeyValuePair<string, string>("steps", n.ToString(CultureInfo.InvariantCulture)))).ToArray();
        string path = options.Folder(parsed, host, $"sweep-energy-{configurations[0].Experiment.Name}");
        using var folder = RunFolder.Open(path);
        var console = ExperimentRun.CreateConsole(host);
        IReadOnlyList<EnergyPoint> points;
        try
        {
            points = options.Show(parsed, host, console, progress => lengths.Zip(configurations).SelectMany(c => At(c.First, c.Second, progress)).ToArray());
        }
        catch (OperationCanceledException) when (host.Cancellation.IsCancellationRequested)
        {
            host.Error.WriteLine($"lepton: cancelled; what is done is kept in {path}. To go on: the same command again.");
            return ExitCodes.Cancelled;
        }
        var front = EnergyPoint.Front(points);
        Figure energy = EnergyFigures.Energy(points), latency = EnergyFigures.Latency(points);
        folder.Write("table.csv", stream => stream.Write(Encoding.UTF8.GetBytes(Csv(points, front))));
        folder.Write("pareto.svg", stream => stream.Write(FigureFile.Render(energy, ".svg", Theme.Light, FigureFile.DefaultWidth)));
        folder.Write("report.html", stream => Page(points, front, energy, latency, configurations[0], machines.Select(m => m.Path), widths, lengths).WriteTo(stream));
        folder.Commit();
        console.Write(Table(points, front));
        host.Output.WriteLine("A star marks a place that no other one of the same machine beats in energy, latency and accuracy. Machines are not compared: their prices cover different things.");
        host.Output.Flush();
        return ExitCodes.Success;

        IEnumerable<EnergyPoint> At(int length, RunConfiguration configuration, IProgressReporter progress)
        {
            string own = Path.Combine(path, string.Create(CultureInfo.InvariantCulture, $"steps-{length}"));
            // More bits than a machine has are as many as it has.
            var wanted = (from m in machines from w in widths.Where(w => w <= m.Machine.WeightBits).DefaultIfEmpty(m.Machine.WeightBits) select new Place(configuration, own, length, w, m.Path, m.Machine)).ToArray();
            var found = wanted.ToDictionary(p => p, p => p.Done());
            var missing = wanted.Where(p => found[p] is null).ToArray();
            if (missing.Length < wanted.Length) progress.Note(string.Create(CultureInfo.InvariantCulture, $"{length} steps: {wanted.Length - missing.Length} of {wanted.Length} places were done before"));
            if (missing.Length > 0)
            {
                using var trained = RunFolder.Open(own);
                StudyOptions.Train(host, configuration, trained, progress, (context, classifier) =>
                {
                    foreach (var place in missing)
                    {
                        host.Cancellation.ThrowIfCancellationRequested();
                        var row = new EnergyStudy(context, classifier with { Bits = place.Bits }).On(place.MachinePath)[0];
                        found[place] = place.Keep(EnergyPoint.Of(length, place.Bits, row));
                    }
                    return missing.Length;
                });
                trained.Commit();
            }
            return wanted.Select(p => found[p]!);
        }
    }

    static int[] Numbers(string option, string text, int least, int most) =>
        [.. text.Split(',', StringSplitOptions.TrimEntries).Select(t => int.TryParse(t, NumberStyles.None, CultureInfo.InvariantCulture, out int n) && n >= least && n <= most
            ? n
            : throw new InvalidInputException(option, t, string.Create(CultureInfo.InvariantCulture, $"whole numbers from {least} to {most}, divided by commas"))).Distinct()];

    static ReportPage Page(
        IReadOnlyList<EnergyPoint> points, IReadOnlyList<EnergyPoint> front, Figure energy, Figure latency, RunConfiguration configuration, IEnumerable<string> machines, int[] widths, int[] lengths)
    {
        string Invariant(FormattableString text) => FormattableString.Invariant(text);
        var judged = points.Where(p => p.Accuracy is not null && p.Joules is not null).ToArray();
        var best = judged.OrderByDescending(p => p.Accuracy).ThenBy(p => p.Joules).FirstOrDefault();
        string Where(EnergyPoint p) => Invariant($"{p.Steps} steps, {p.Bits} bits on {p.Machine}");
        string[] names = [.. points.Select(p => p.Machine).Distinct(StringComparer.Ordinal)];
        var page = new ReportPage
        {
            Title = "Energy, latency and accuracy",
            Question = $"What do bits and steps cost a network that {configuration.Experiment.Name} trains? Steps {string.Join(", ", lengths)}; bits {string.Join(", ", widths)}; {(names.Length == 1 ? "machine" : "machines")} {string.Join(", ", names)}.",
            Summary = best is null
                ? Invariant($"None of {points.Count} places could be judged and priced.")
                : Invariant($"Of {points.Count} places the most accurate is right for {Quantity.Percent(best.Accuracy, 2)}, with {Where(best)}, and takes {Quantity.WithPrefix(best.Joules, "J")} an inference{Cheaper(judged, best)}."),
            Byline = Invariant($"Seed {configuration.Seed} · {BuildInformation.Name}"),
        };
        if (best is not null)
        {
            page.AddKeyFigure("Most accurate", Quantity.Percent(best.Accuracy, 2), Where(best));
            page.AddKeyFigure("Its energy", Quantity.WithPrefix(best.Joules, "J"), best.Scope);
            if (best.LatencySeconds is { } seconds) page.AddKeyFigure("Its latency", Quantity.WithPrefix(seconds, "s"), "an inference");
            page.AddKeyFigure("Places", Quantity.Count(points.Count), Invariant($"{front.Count} that no other one beats"));
        }
        page.AddSection("What bits and steps cost", "A point is a number of steps and of bits on a machine. A line joins those that no other one of the same machine beats in the two that are drawn; the others are pale. "
            + "Machines are not compared with each other: their prices cover different things.", energy, latency);
        page.AddSection("All places", "A star marks a place that no other one of the same machine beats in energy, latency and accuracy. The interval is that of 95 % over the test images. The rows of table.csv are the same.",
            new ReportTable("", ["Machine", "Steps", "Bits", "Accuracy", "Energy", "95 % interval", "Latency", "Prices", "Best"],
            [
                .. Sorted(points).Select(p => (IReadOnlyList<string>)
                [
                    p.Machine,
                    p.Steps.ToString(CultureInfo.InvariantCulture),
                    p.Bits.ToString(CultureInfo.InvariantCulture),
                    Quantity.Percent(p.Accuracy, 2),
                    Quantity.WithPrefix(p.Joules, "J"),
                    p.LowJoules is null ? Quantity.Missing : $"{Quantity.WithPrefix(p.LowJoules, "J")} to {Quantity.WithPrefix(p.HighJoules, "J")}",
                    Quantity.WithPrefix(p.LatencySeconds, "s"),
                    p.Scope,
                    front.Contains(p) ? "*" : "",
                ]),
            ]));
        string[] command =
        [
            "lepton", "sweep", "energy", configuration.Experiment.Name, "--bits", string.Join(',', widths), "--steps", string.Join(',', lengths), "--machine", string.Join(',', machines),
            "--seed", Invariant($"{configuration.Seed}"), "--epochs", Invariant($"{configuration.Epochs}"),
            .. configuration.Data is { } data ? (string[])["--data", data] : [],
            .. configuration.Experiment.Settings.Where(s => s.Key != "steps" && configuration.IsChanged(s)).SelectMany(s => (string[])["--set", $"{s.Key}={s.FormatValue(configuration.Settings[s.Key])}"]),
        ];
        page.AddCode("How to reproduce it", "The same command in another folder gives the same places; in this one it finds them done.", string.Join(' ', command.Select(ShellWord.Quote)));
        return page;
    }

    // What a reader asks next: how much less a point in a hundred saves.
    static string Cheaper(EnergyPoint[] points, EnergyPoint best)
    {
        var near = points.Where(p => p.Machine == best.Machine && p.Scope == best.Scope && p.Accuracy >= best.Accuracy - 0.01).MinBy(p => p.Joules);
        return near is null || near.Joules >= best.Joules ? ""
            : FormattableString.Invariant($"; within a point of it is one with {near.Steps} steps and {near.Bits} bits that takes {Quantity.WithPrefix(near.Joules, "J")}");
    }

    static IEnumerable<EnergyPoint> Sorted(IEnumerable<EnergyPoint> points) => points.OrderBy(p => p.Machine, StringComparer.Ordinal).ThenBy(p => p.Steps).ThenBy(p => p.Bits);

    static string Csv(IReadOnlyList<EnergyPoint> points, IReadOnlyList<EnergyPoint> front)
    {
        var text = new StringBuilder("steps,bits,machine,network,accuracy,energy_joules,low_joules,high_joules,latency_seconds,scope,placed,pareto\n");
        foreach (var p in points)
            text.Append(CultureInfo.InvariantCulture, $"{p.Steps},{p.Bits},\"{p.Machine}\",{p.Network},{p.Accuracy:R},{p.Joules:R},{p.LowJoules:R},{p.HighJoules:R},{p.LatencySeconds:R},\"{p.Scope}\",{(p.IsPlaced ? 1 : 0)},{(front.Contains(p) ? 1 : 0)}\n");
        return text.ToString();
    }

    static Table Table(IReadOnlyList<EnergyPoint> points, IReadOnlyList<EnergyPoint> front)
    {
        var table = new Table().AddColumns("machine", "steps", "bits", "accuracy", "energy per inference", "latency", "scope", "");
        foreach (var p in Sorted(points))
        {
            table.AddRow(
                Markup.Escape(p.Machine),
                p.Steps.ToString(CultureInfo.InvariantCulture),
                p.Bits.ToString(CultureInfo.InvariantCulture),
                Quantity.Percent(p.Accuracy, 2),
                Quantity.WithPrefix(p.Joules, "J"),
                Quantity.WithPrefix(p.LatencySeconds, "s"),
                Markup.Escape(p.Scope),
                front.Contains(p) ? "*" : "");
        }
        return table;
    }

    /// <summary>A place of the sweep and the file that keeps it.</summary>
    sealed record Place(RunConfiguration Configuration, string Folder, int Steps, int Bits, string MachinePath, TileMachine Machine)
    {
        string FileName => Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"bits-{Bits}-{Digest[..12]}.json"));

        // What decides the figures: the training, and all that is known of the machine.
        string Digest => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
            string.Join('\n', Configuration.Deciding().Select(p => $"{p.Key}={p.Value}").Append($"data={Configuration.Data}").Append(Machine.ToYaml())))));

        public EnergyPoint? Done()
        {
            if (!File.Exists(FileName)) return null;
            try
            {
                return JsonSerializer.Deserialize<EnergyPoint>(File.ReadAllText(FileName), Indented);
            }
            catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
            {
                throw new InvalidInputException($"{FileName} holds no place of a sweep ({error.Message.ReplaceLineEndings(" ")}); allowed: what lepton sweep energy wrote", error);
            }
        }

        public EnergyPoint Keep(EnergyPoint point)
        {
            WholeFile.Write(FileName, JsonSerializer.SerializeToUtf8Bytes(point, Indented));
            return point;
        }
    }
}
