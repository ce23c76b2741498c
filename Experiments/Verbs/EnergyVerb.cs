using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Lepton.Neuro.Experiments.Energy;
using Lepton.Neuro.Experiments.Plots;
using Lepton.Neuro.Experiments.Reporting;
using Lepton.Neuro.Experiments.Running;
using Spectre.Console;

namespace Lepton.Neuro.Experiments.Verbs;

/// <summary><c>lepton energy</c>: what an inference takes on several machines, beside published figures.</summary>
internal sealed class EnergyVerb : IVerb
{
    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    readonly StudyOptions options = new(takesModels: true);
    readonly Option<string?> machine = StudyOptions.Text("--machine", "a,b,c", $"The machines: presets ({string.Join(", ", EnergyStudy.Presets)}) or YAML files [default: all presets]");

    readonly Option<string?> mapping = StudyOptions.Text("--mapping", "FILE", "A mapping that lepton map wrote for the same network, instead of a new one; with one machine only");

    public IReadOnlyList<string> Examples =>
    [
        "lepton energy digits --machine loihi,crossbar,systolic --set train-images=5000 --set test-images=1000",
        "lepton energy out/digits-42/model.lepton --machine loihi",
        "lepton energy out/compress/bits4-pruned80.lepton --data mnist",
    ];

    public Command Build(Host host)
    {
        var command = new Command("energy", "Train a network, or take one from a model file, and price an inference and a learned sample on machines: energy.csv, energy.json, energy.svg and energy.html appear when it has succeeded") { machine, mapping };
        options.AddTo(command);
        command.SetAction(parsed => Run(parsed, host));
        return command;
    }

    int Run(ParseResult parsed, Host host)
    {
        string[] machines = parsed.GetValue(machine) is { } list ? list.Split(',', StringSplitOptions.TrimEntries) : [.. EnergyStudy.Presets];
        string? mappingFile = StudyOptions.MappingFile(host, parsed.GetValue(mapping));
        if (mappingFile is not null && (machines.Length != 1 || machines[0] == EnergyStudy.Systolic))
            throw new InvalidInputException("--mapping", "given for other than one tile machine", "together with --machine and the machine that the mapping was made for");
        for (int i = 0; i < machines.Length; i++)
        {
            if (EnergyStudy.Presets.Contains(machines[i], StringComparer.Ordinal)) continue;
            // A machine that is wrong is refused now, not after minutes of learning.
            StudyOptions.Machine(host, machines[i]);
            machines[i] = RunConfiguration.ResolvePath(host, "--machine", machines[i]);
        }
        if (mappingFile is not null) Backends.Mapping.RequireMachine(mappingFile, StudyOptions.Machine(host, machines[0]));
        var (found, console) = options.Run(parsed, host, "energy", (context, trained) =>
        {
            var study = new EnergyStudy(context, trained, mappingFile);
            MachineEnergy[] inference = [.. machines.SelectMany(study.On)], learning = [.. machines.Select(study.Learning).OfType<MachineEnergy>()], rows = [.. inference, .. learning];
            var metrics = study.Metrics();
            context.AddFile("energy.csv", stream => stream.Write(Encoding.UTF8.GetBytes(Csv(rows))));
            context.AddFile("energy.json", stream => JsonSerializer.Serialize(
                stream, new { machines = inference.Select(Json), learning = learning.Select(Json), neuroBench = metrics, published = PublishedEnergies.Mnist, publishedSource = PublishedEnergies.Source }, Indented));
            var figure = EnergyFigures.Samples(rows, PublishedEnergies.Mnist);
            context.AddFile("energy.svg", stream => stream.Write(FigureFile.Render(figure, ".svg", Theme.Light, FigureFile.DefaultWidth)));
            context.AddFile("energy.html", stream => stream.Write(FigureFile.Render(figure, ".html", Theme.Light, FigureFile.DefaultWidth)));
            return (Rows: rows, Metrics: metrics, Learns: trained.Learner is not null);
        });
        console.Write(Table(found.Rows));
        foreach (var row in found.Rows)
        {
            string name = Name(row);
            host.Output.WriteLine($"{name}: {row.Comparison}.");
            foreach (string remark in row.Remarks) host.Output.WriteLine($"{name}: {remark}.");
            if (row.Unpriced.Count > 0) host.Output.WriteLine($"{name}: without a price: {string.Join(", ", row.Unpriced)}.");
            if (row.Load is { } load) host.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: time goes to {load.Bottleneck} ({load.BottleneckShare * 100:0} %); cores are busy {load.Utilisation * 100:0.0} % of it."));
        }
        if (!found.Learns) host.Output.WriteLine("A learned sample has no row: weights that are compressed already are not taught further.");
        var m = found.Metrics;
        host.Output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"As NeuroBench counts it: footprint {m.FootprintBytes:0} bytes ({m.PackedBytes:0} with weights packed into the bits that they need), connection sparsity {m.ConnectionSparsity:0.000}, activation sparsity {m.ActivationSparsity:0.000}, a sample {m.EffectiveMacs:0} effective MACs, {m.EffectiveAcs:0} effective ACs, {m.Dense:0} dense."));
        host.Output.WriteLine($"Published: {PublishedEnergies.Source}. Our rows are modelled for this network, on the images given; theirs are other networks on MNIST.");
        host.Output.Flush();
        return ExitCodes.Success;
    }

    static string Mode(MachineEnergy row) => row.Mode == EnergyMode.Learning ? "learning" : "inference";

    static string Name(MachineEnergy row) => row.Mode == EnergyMode.Learning ? $"{row.Machine}, learning" : row.Machine;

    static object Json(MachineEnergy row) => new
    {
        row.Machine,
        mode = Mode(row),
        row.Network,
        row.Accuracy,
        row.Scope,
        row.Comparison,
        energyJoules = row.Joules?.Mean,
        interval95 = row.Joules is { Count: > 1 } j ? new[] { j.Low, j.High } : null,
        images = row.Joules?.Count,
        band = row.Band is { } band ? new[] { band.Least, band.Most } : null,
        dynamicJoules = row.DynamicJoules,
        parts = row.Parts.ToDictionary(p => p.Part, p => p.Joules),
        latencySeconds = row.LatencySeconds,
        utilisation = row.Load?.Utilisation,
        bottleneck = row.Load?.Bottleneck,
        row.Unpriced,
        row.Remarks,
    };

    static string Csv(IReadOnlyList<MachineEnergy> rows)
    {
        var text = new StringBuilder("hardware,work,mode,network,accuracy,scope,energy_joules,low_joules,high_joules,least_joules,most_joules,latency_seconds,images,comparison,remarks\n");
        static string Quote(string field) => $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        foreach (var r in rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"{Quote(r.Machine)},modelled here,{Mode(r)},{r.Network},{r.Accuracy},{Quote(r.Scope)},{r.Joules?.Mean:R},{r.Joules?.Low:R},{r.Joules?.High:R},{r.Band?.Least:R},{r.Band?.Most:R},{r.LatencySeconds:R},{r.Joules?.Count},{Quote(r.Comparison)},{Quote(string.Join("; ", r.Remarks))}\n");
        }
        foreach (var p in PublishedEnergies.Mnist)
            text.Append(CultureInfo.InvariantCulture, $"{p.Hardware},{p.Work},{p.Mode},{Quote(p.Network)},{p.Accuracy},as published,{p.Joules:R},,,,,{p.LatencySeconds:R},,,\n");
        return text.ToString();
    }

    static Table Table(IReadOnlyList<MachineEnergy> rows)
    {
        var table = new Table().AddColumns("machine", "network", "accuracy", "energy per sample", "95 % interval", "band of prices", "latency", "scope");
        foreach (var r in rows)
        {
            table.AddRow(
                Markup.Escape(Name(r)),
                Markup.Escape($"{r.Network}, {Mode(r)}"),
                r.Accuracy is null ? "not measured" : Quantity.Percent(r.Accuracy, 2),
                Quantity.WithPrefix(r.Joules?.Mean, "J"),
                r.Joules is { Count: > 1 } j ? $"{Quantity.WithPrefix(j.Low, "J")} to {Quantity.WithPrefix(j.High, "J")}" : "",
                r.Band is { } band ? $"{Quantity.WithPrefix(band.Least, "J")} to {Quantity.WithPrefix(band.Most, "J")}" : "",
                Quantity.WithPrefix(r.LatencySeconds, "s"),
                Markup.Escape(r.Scope));
        }
        foreach (var p in PublishedEnergies.Mnist)
            table.AddRow($"{p.Hardware} ({p.Work})", Markup.Escape($"{p.Network}, {p.Mode}"), Quantity.Percent(p.Accuracy, 1), Quantity.WithPrefix(p.Joules, "J"), "", "", Quantity.WithPrefix(p.LatencySeconds, "s"), "as published");
        return table;
    }
}
