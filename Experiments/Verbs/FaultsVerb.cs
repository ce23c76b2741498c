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
        var ((points, folder), console) = options.Run(parsed, host, "faults", (context, trained) =>
        {
            var found = new FaultStudy(context, trained, hardware).Run(shares, count);
            context.AddFile("faults.csv", stream => stream.Write(Encoding.UTF8.GetBytes(Csv(found))));
            context.AddFile("faults.svg", stream => stream.Write(FigureFile.Render(FaultFigures.Shares(found), ".svg", Theme.Light, FigureFile.DefaultWidth)));
            if (FaultFigures.Drift(found) is { } drift) context.AddFile("drift.svg", stream => stream.Write(FigureFile.Render(drift, ".svg", Theme.Light, FigureFile.DefaultWidth)));
            context.AddFile("faults.html", stream => Page(found, context, hardware.Name).WriteTo(stream));
            return (found, context.OutputFolder);
        });
        var table = new Table { Border = TableBorder.Rounded }.AddColumn("fault");
        foreach (string heading in (ReadOnlySpan<string>)["rate", "accuracy", "least to most", "an inference"]) table.AddColumn(new TableColumn(heading).RightAligned().NoWrap());
        table.AddColumn("");
        var notes = new List<string>();
        foreach (var of in points.GroupBy(p => p.Fault))
        {
            // What is the same for all rates is said once, below.
            var (common, own) = Remarks([.. of.Select(p => p.Remark)]);
            if (common.Length > 0) notes.Add($"{of.Key}: {common}.");
            foreach (var (i, (p, remark)) in of.Zip(own).Index())
            {
                string spread = p.Draws > 1 ? $"{Quantity.Percent(p.Least, 2)} to {Quantity.Percent(p.Most, 2)}" : "";
                // A share, or seconds of drift.
                string rate = p.Rate <= 1 ? string.Create(CultureInfo.InvariantCulture, $"{p.Rate * 100:0.####} %") : p.Rate.ToString("N0", CultureInfo.InvariantCulture);
                table.AddRow(i == 0 ? Markup.Escape(p.Fault) : "", rate, Quantity.Percent(p.Accuracy, 2), spread, p.Energy is null ? "" : Quantity.WithPrefix(p.Energy, "J"), Markup.Escape(remark));
            }
        }
        console.Write(table);
        host.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Where least and most are named, accuracy is the mean over {count} draws of the faults."));
        foreach (string note in notes) host.Output.WriteLine(note);
        host.Output.WriteLine($"faults.csv, faults.svg and faults.html are in {folder}");
        host.Output.Flush();
        return ExitCodes.Success;
    }

    // What remarks have in common before their last colon, and what each has of its own; all of it where they are the same.
    static (string Common, IReadOnlyList<string> Own) Remarks(IReadOnlyList<string> remarks)
    {
        if (remarks.Distinct(StringComparer.Ordinal).Count() == 1) return (remarks[0], [.. remarks.Select(_ => "")]);
        int[] ends = [.. remarks.Select(remark => remark.LastIndexOf(": ", StringComparison.Ordinal))];
        return ends.All(end => end > 0) && remarks.Zip(ends, (remark, end) => remark[..end]).Distinct(StringComparer.Ordinal).Count() == 1
            ? (remarks[0][..ends[0]], [.. remarks.Zip(ends, (remark, end) => remark[(end + 2)..])])
            : ("", remarks);
    }

    static ReportPage Page(IReadOnlyList<FaultPoint> points, RunContext context, string machine)
    {
        double most = points.Where(p => p.Rate <= 1).Max(p => p.Rate);
        var worst = points.Where(p => p.Rate == most && p.Accuracy is not null).OrderBy(p => p.Accuracy).ToArray();
        string summary = worst.Length == 0 ? "" : string.Create(CultureInfo.InvariantCulture,
            $"With {most * 100:0.####} % faulty, from {Quantity.Percent(worst[0].Accuracy, 2)} ({worst[0].Fault}) to {Quantity.Percent(worst[^1].Accuracy, 2)} ({worst[^1].Fault}) of the test images are right.");
        var page = new ReportPage
        {
            Title = "Faults",
            Question = $"How much accuracy does a network that {context.Experiment} trains lose to faults of {machine}?",
            Summary = summary,
            Byline = string.Create(CultureInfo.InvariantCulture, $"Seed {context.Seed} · {BuildInformation.Name}"),
        };
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
