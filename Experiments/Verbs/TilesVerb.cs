using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Lepton.Neuro.Backends.Published;
using Lepton.Neuro.Experiments.Energy;
using Lepton.Neuro.Experiments.Reporting;
using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.Verbs;

/// <summary><c>lepton tiles run</c>: runs a mapped network of the published simulator's format step by step.</summary>
internal sealed class TilesVerb : IVerb
{
    const string RunAction = "run";

    readonly Argument<string?> action = new("action") { Description = "What to do: run", Arity = ArgumentArity.ZeroOrOne };
    readonly Option<string?> machine = Text("--machine", "ARCH.yaml", "The machine: a file of SANA-FE's architecture format, one of ours, or a preset");
    readonly Option<string?> network = Text("--network", "NET.yaml", "The mapped network, in SANA-FE's format; with --mapping it needs no mappings");
    readonly Option<string?> mapping = Text("--mapping", "FILE", "A mapping in place of the network's own: the mapping.yaml of an earlier run, or one written after it");
    readonly Option<string?> steps = Text("--steps", "N", "How many steps [default: 100]");
    readonly Option<string?> timing = Text("--timing", "simple|detailed", "The time of a step: without or with congestion of the mesh [default: detailed]");
    readonly Option<string?> output = Text("--out", "DIR", "The folder for perf.csv, spikes.csv, summary.json and mapping.yaml [default: out/tiles]");
    readonly Option<bool> quiet = new("--quiet") { Description = "Print nothing" };

    public IReadOnlyList<string> Examples => ["lepton tiles run --machine arch.yaml --network net.yaml --steps 64 --timing detailed --out out/tiles"];

    public Command Build(Host host)
    {
        var command = new Command("tiles", "Run a mapped network on a tile machine: perf.csv, spikes.csv, summary.json and mapping.yaml appear when it has succeeded")
        {
            action, machine, network, mapping, steps, timing, output, quiet,
        };
        command.SetAction(parsed => Run(parsed, host));
        return command;
    }

    int Run(ParseResult parsed, Host host)
    {
        if (parsed.GetValue(action) is not RunAction) throw new InvalidInputException("the action of tiles", parsed.GetValue(action), RunAction);
        string Required(Option<string?> option) => parsed.GetValue(option) ?? throw new InvalidInputException(option.Name, null, "a file");
        string machinePath = Required(machine), networkPath = RunConfiguration.ResolvePath(host, "--network", Required(network));
        int count = RunConfiguration.ParseCount("--steps", parsed.GetValue(steps) ?? "100", int.MaxValue);
        var kind = (parsed.GetValue(timing) ?? "detailed") switch
        {
            "simple" => StepTiming.Simple,
            "detailed" => StepTiming.Detailed,
            var other => throw new InvalidInputException("--timing", other, "simple, detailed"),
        };
        var hardware = PublishedMachine.Load(Lepton.Neuro.Backends.TileMachine.Presets.Contains(machinePath, StringComparer.Ordinal) ? machinePath : RunConfiguration.ResolvePath(host, "--machine", machinePath));
        var mapped = StudyOptions.MappingFile(host, parsed.GetValue(mapping)) is { } saved ? PublishedNetwork.Load(networkPath, hardware, saved) : PublishedNetwork.Load(networkPath, hardware);
        using var folder = RunFolder.Open(RunConfiguration.ResolvePath(host, "--out", parsed.GetValue(output) ?? "out/tiles"));
        long start = Stopwatch.GetTimestamp();
        var report = PublishedReport.Run(hardware, mapped, count, kind, host.Cancellation);
        var took = Stopwatch.GetElapsedTime(start);
        folder.Add("perf.csv", stream => stream.Write(Encoding.UTF8.GetBytes(report.ToPerfCsv())));
        folder.Add("spikes.csv", stream => stream.Write(Encoding.UTF8.GetBytes(report.ToSpikesCsv())));
        folder.Add("summary.json", stream => stream.Write(Encoding.UTF8.GetBytes(report.ToSummaryJson())));
        folder.Add(StudyOptions.MapFile, stream => stream.Write(Encoding.UTF8.GetBytes(mapped.MappingToYaml(hardware))));
        folder.Commit();
        if (!parsed.GetValue(quiet)) Print(host, report, took);
        return ExitCodes.Success;
    }

    static void Print(Host host, PublishedReport report, TimeSpan took)
    {
        var total = report.Total;
        host.Output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{report.Steps.Count} steps: {total.Fired} spikes, {total.Packets} packets, {total.Hops} hops, {total.SynapticOperations} synaptic operations"));
        host.Output.WriteLine($"{Quantity.WithPrefix(total.Total, "J")} in {Quantity.WithPrefix(total.Seconds, "s")} of the machine's time");
        host.Output.WriteLine($"simulated in {Quantity.WithPrefix(took.TotalSeconds, "s")}: {Quantity.WithPrefix(total.SynapticOperations / took.TotalSeconds, "synaptic operations/s")}");
    }

    static Option<string?> Text(string name, string value, string description) =>
        new(name) { HelpName = value, Description = description, Arity = ArgumentArity.ExactlyOne };
}
