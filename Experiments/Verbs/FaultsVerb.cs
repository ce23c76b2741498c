using System.CommandLine;
using System.Globalization;
using System.Text;
using Lepton.Neuro.Backends;
using Lepton.Neuro.Experiments.Energy;
using Lepton.Neuro.Experiments.Plots;
using Lepton.Neuro.Experiments.Reporting;
using Lepton.Neuro.Experiments.Running;
using Spectre.Console;

namespace Lepton.Neuro.Experiments.Verbs;

/// <summary><c>lepton faults</c>: accuracy against the share of a machine that is faulty.</summary>
internal sealed class FaultsVerb : IVerb
{
    readonly StudyOptions options = new();
    readonly Option<string?> machine = StudyOptions.Text("--machine", "NAME", $"The machine: {string.Join(", ", TileMachine.Presets)}, or a YAML file [default: loihi]");
    const string DefaultRates = "0,0.1%,0.2%,0.5%,1%,2%,5%,10%,20%,50%";
    const int MostDraws = 1000;

    readonly Option<string?> rates = StudyOptions.Text("--rates", "a,b,c", $"The shares that are faulty, as numbers or percentages [default: {DefaultRates}]");
    readonly Option<string?> draws = StudyOptions.Text("--draws", "N", "How often faults are drawn that cost accuracy; the curve is the mean [default: 3]");

    public IReadOnlyList<string> Examples => ["lepton faults digits --machine crossbar --rates 0,1%,5% --set train-images=5000"];

    public Command Build(Host host)
    {
        var command = new Command("faults", "Train a network, and run it with dead cores and links, faulty weight bits and drift: faults.csv, faults.svg and faults.html appear when it has succeeded") { machine, rates, draws };
        options.AddTo(command);
        command.SetAction(parsed => Run(parsed, host));
        return command;
    }

    int Run(ParseResult parsed, Host host)
    {
        var hardware = StudyOptions.Machine(host, parsed.GetValue(machine) ?? "loihi");
        double[] shares = [.. (parsed.GetValue(rates) ?? DefaultRates).Split(',', StringSplitOptions.TrimEntries).Select(text => StudyOptions.Share("--rates", text))];
        int count = RunConfiguration.ParseCount("--draws", parsed.GetValue(draws) ?? "3", MostDraws);
        var (points, console) = options.Run(parsed, host, "faults", (context, trained) =>
        {
            var found = new FaultStudy(context, trained, hardware).Run(shares, count);
            context.AddFile("faults.csv", stream => stream.Write(Encoding.UTF8.GetBytes(Csv(found))));
            context.AddFile("faults.svg", stream => stream.Write(FigureFile.Render(FaultFigures.Shares(found), ".svg", Theme.Light, FigureFile.DefaultWidth)));
            if (FaultFigures.Drift(found) is { } drift) context.AddFile("drift.svg", stream => stream.Write(FigureFile.Render(drift, ".svg", Theme.Light, FigureFile.DefaultWidth)));
            context.AddFile("faults.html", stream => Page(found).WriteTo(stream));
            return found;
        });
        var table = new Table().AddColumns("fault", "rate", "accuracy", "least to most", "energy per inference", "");
        foreach (var p in points)
        {
            string spread = p.Draws > 1 ? string.Create(CultureInfo.InvariantCulture, $"{Quantity.Percent(p.Least, 2)} to {Quantity.Percent(p.Most, 2)} of {p.Draws}") : "";
            table.AddRow(p.Fault, p.Rate.ToString("0.####", CultureInfo.InvariantCulture), Quantity.Percent(p.Accuracy, 2), spread, Quantity.WithPrefix(p.Energy, "J"), Markup.Escape(p.Remark));
        }
        console.Write(table);
        host.Output.Flush();
        return ExitCodes.Success;
    }

    static ReportPage Page(IReadOnlyList<FaultPoint> points)
    {
        var page = new ReportPage { Title = "Faults" };
        Figure[] figures = [FaultFigures.Shares(points), .. FaultFigures.Drift(points) is { } drift ? [drift] : Array.Empty<Figure>()];
        return page.AddSection("How redundant is what was learned?", "A point is the mean over draws of the faults. Mapped anew: the mapper knows what is dead and goes around it. Mapping kept: it died after the network was mapped. "
            + "The dashed line is the accuracy without faults.", figures);
    }

    static string Csv(IReadOnlyList<FaultPoint> points)
    {
        var text = new StringBuilder("fault,rate,draws,accuracy,least_accuracy,most_accuracy,energy_joules,remark\n");
        foreach (var p in points) text.Append(CultureInfo.InvariantCulture, $"\"{p.Fault}\",{p.Rate:R},{p.Draws},{p.Accuracy:R},{p.Least:R},{p.Most:R},{p.Energy:R},\"{p.Remark.Replace("\"", "\"\"", StringComparison.Ordinal)}\"\n");
        return text.ToString();
    }
}
