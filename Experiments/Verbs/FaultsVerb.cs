using System.CommandLine;
using System.Globalization;
using System.Text;
using Lepton.Neuro.Backends;
using Lepton.Neuro.Experiments.Energy;
using Lepton.Neuro.Experiments.Reporting;
using Lepton.Neuro.Experiments.Running;
using Spectre.Console;

namespace Lepton.Neuro.Experiments.Verbs;

/// <summary><c>lepton faults</c>: accuracy against the share of a machine that is faulty.</summary>
internal sealed class FaultsVerb : IVerb
{
    readonly StudyOptions options = new();
    readonly Option<string?> machine = StudyOptions.Text("--machine", "NAME", $"The machine: {string.Join(", ", TileMachine.Presets)}, or a YAML file [default: loihi]");
    readonly Option<string?> rates = StudyOptions.Text("--rates", "a,b,c", "The shares that are faulty, as numbers or percentages [default: 0,0.1%,1%,5%,10%]");

    public IReadOnlyList<string> Examples => ["lepton faults digits --machine crossbar --rates 0,1%,5% --set train-images=5000"];

    public Command Build(Host host)
    {
        var command = new Command("faults", "Train a network, and run it with dead cores and links, faulty weight bits and drift: faults.csv appears when it has succeeded") { machine, rates };
        options.AddTo(command);
        command.SetAction(parsed => Run(parsed, host));
        return command;
    }

    int Run(ParseResult parsed, Host host)
    {
        var hardware = StudyOptions.Machine(host, parsed.GetValue(machine) ?? "loihi");
        double[] shares = [.. (parsed.GetValue(rates) ?? "0,0.1%,1%,5%,10%").Split(',', StringSplitOptions.TrimEntries).Select(text => StudyOptions.Share("--rates", text))];
        var (points, console) = options.Run(parsed, host, "faults", (context, trained) =>
        {
            var found = new FaultStudy(context, trained, hardware).Run(shares);
            context.AddFile("faults.csv", stream => stream.Write(Encoding.UTF8.GetBytes(Csv(found))));
            return found;
        });
        var table = new Table().AddColumns("fault", "rate", "accuracy", "energy per inference", "");
        foreach (var p in points)
            table.AddRow(p.Fault, p.Rate.ToString("0.####", CultureInfo.InvariantCulture), Quantity.Percent(p.Accuracy, 2), Quantity.WithPrefix(p.Energy, "J"), Markup.Escape(p.Remark));
        console.Write(table);
        host.Output.Flush();
        return ExitCodes.Success;
    }

    static string Csv(IReadOnlyList<FaultPoint> points)
    {
        var text = new StringBuilder("fault,rate,accuracy,energy_joules,remark\n");
        foreach (var p in points) text.Append(CultureInfo.InvariantCulture, $"\"{p.Fault}\",{p.Rate:R},{p.Accuracy:R},{p.Energy:R},\"{p.Remark.Replace("\"", "\"\"", StringComparison.Ordinal)}\"\n");
        return text.ToString();
    }
}
