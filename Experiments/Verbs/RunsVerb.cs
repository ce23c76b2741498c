using System.CommandLine;
using System.Globalization;
using System.Text;
using Lepton.Neuro.Experiments.Reporting;
using Lepton.Neuro.Experiments.Running;
using Lepton.Neuro.Experiments.Runs;
using Spectre.Console;

namespace Lepton.Neuro.Experiments.Verbs;

/// <summary><c>lepton runs</c>: what lies in the folders of earlier runs, listed, shown, compared and exported.</summary>
internal sealed class RunsVerb : IVerb
{
    const string DefaultFolder = "out";

    public IReadOnlyList<string> Examples => ["lepton runs list", "lepton runs show out/digits-42", "lepton runs compare out/digits-42 out/again", "lepton runs export --csv --out all.csv"];

    public Command Build(Host host) => new("runs", "List, show, compare and export the results of earlier runs: plain files in folders")
    {
        List(host), Show(host), Compare(host), Export(host),
    };

    static Command List(Host host)
    {
        var (folder, json) = (Folder(), Json());
        var command = new Command("list", "List the runs in a folder and below") { folder, json };
        command.SetAction(parsed =>
        {
            var runs = Find(host, parsed.GetValue(folder));
            if (parsed.GetValue(json))
            {
                foreach (var run in runs) host.Output.WriteLine(ResultFiles.ToJsonLine(run.Result));
                return ExitCodes.Success;
            }
            var table = new Table { Border = TableBorder.Rounded };
            table.AddColumn("Run");
            table.AddColumn("Experiment");
            foreach (string heading in (ReadOnlySpan<string>)["Seed", "Accuracy", "Energy", "Took", "Finished"]) table.AddColumn(new TableColumn(heading).RightAligned());
            foreach (var run in runs)
            {
                var result = run.Result;
                table.AddRow(
                    Markup.Escape(run.Name),
                    Markup.Escape(result.Experiment),
                    result.Seed.ToString(CultureInfo.InvariantCulture),
                    Quantity.Percent(result.Accuracy.Mapped ?? result.Accuracy.Compressed ?? result.Accuracy.Full, 2),
                    Quantity.WithPrefix(result.PerInference.EnergyJoules, "J"),
                    Quantity.Duration(result.WallSeconds),
                    run.Finished.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture));
            }
            ExperimentRun.CreateConsole(host).Write(table);
            return ExitCodes.Success;
        });
        return command;
    }

    static Command Show(Host host)
    {
        var run = new Argument<string>("run") { Description = "The folder of a run" };
        var json = Json();
        var command = new Command("show", "Show what a run was asked and what came out") { run, json };
        command.SetAction(parsed =>
        {
            string folder = RunConfiguration.ResolvePath(host, "run", parsed.GetValue(run)!);
            var record = RunGroup.Read(folder, host.CurrentDirectory) is { Runs: [var only] } ? only
                : throw new InvalidInputException("the run", folder, "the folder of one run; lepton runs list shows those below it");
            if (parsed.GetValue(json))
            {
                host.Output.WriteLine(ResultFiles.ToJsonLine(record.Result));
                return ExitCodes.Success;
            }
            var console = ExperimentRun.CreateConsole(host);
            var table = new Table { Border = TableBorder.Rounded, Title = new TableTitle("Configuration") };
            table.AddColumn("Key");
            table.AddColumn(new TableColumn("Value").RightAligned());
            foreach (var (key, value) in record.Configuration) table.AddRow(Markup.Escape(key), Markup.Escape(value));
            console.Write(table);
            console.Write(ResultTable.Create(record.Result));
            host.Output.WriteLine($"Run it again: {ConfigurationFile.Again(Path.Combine(record.Folder, "config.yaml"), Path.Combine(record.Name, "config.yaml"))} --out again");
            return ExitCodes.Success;
        });
        return command;
    }

    static Command Compare(Host host)
    {
        var first = new Argument<string>("A") { Description = "The folder of a run, or of runs that differ in the seed alone" };
        var second = new Argument<string>("B") { Description = "The same, to compare with" };
        var all = new Option<bool>("--all") { Description = "Show figures that do not differ, too" };
        var json = Json();
        var command = new Command("compare", "Compare two runs, or two groups of runs over seeds: configuration, figures, significance") { first, second, all, json };
        command.SetAction(parsed =>
        {
            RunGroup Read(Argument<string> argument) => RunGroup.Read(RunConfiguration.ResolvePath(host, argument.Name, parsed.GetValue(argument)!), host.CurrentDirectory);
            var comparison = new RunComparison(Read(first), Read(second));
            if (parsed.GetValue(json)) host.Output.WriteLine(comparison.ToJsonLine());
            else comparison.Print(ExperimentRun.CreateConsole(host), host.Output, parsed.GetValue(all));
            return ExitCodes.Success;
        });
        return command;
    }

    static Command Export(Host host)
    {
        var folder = Folder();
        var csv = new Option<bool>("--csv") { Description = "As comma-separated values, the default and only format: a row a run, its configuration before its figures" };
        var output = new Option<string?>("--out") { HelpName = "FILE", Description = "Write to a file instead of the terminal", Arity = ArgumentArity.ExactlyOne };
        var command = new Command("export", "Write all runs in a folder and below as one table") { folder, csv, output };
        command.SetAction(parsed =>
        {
            var runs = Find(host, parsed.GetValue(folder));
            string text = ResultFiles.Csv(ResultFiles.Table(
                [.. runs.Select(run => ((IReadOnlyList<KeyValuePair<string, string>>)[new("run", run.Name), .. run.Configuration.Where(p => p.Key is not ("experiment" or "seed")).Select(p => KeyValuePair.Create($"config.{p.Key}", p.Value))], run.Result))]));
            if (parsed.GetValue(output) is { } file)
            {
                string path = RunConfiguration.ResolvePath(host, "--out", file);
                WholeFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
                host.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{runs.Count:N0} {(runs.Count == 1 ? "run" : "runs")} in {path}"));
            }
            else
            {
                host.Output.Write(text);
            }
            return ExitCodes.Success;
        });
        return command;
    }

    static IReadOnlyList<RunRecord> Find(Host host, string? folder)
    {
        string path = RunConfiguration.ResolvePath(host, "folder", folder ?? DefaultFolder);
        if (!Directory.Exists(path)) throw new InvalidInputException("the folder of runs", folder ?? DefaultFolder, "a folder that exists");
        var runs = RunRecord.Find(path, host.CurrentDirectory);
        return runs.Count > 0 ? runs : throw new InvalidInputException("the folder of runs", folder ?? DefaultFolder, "one with results.json and config.yaml in it or below");
    }

    static Argument<string?> Folder() => new("folder") { Description = "Where to look [default: out]", Arity = ArgumentArity.ZeroOrOne };

    static Option<bool> Json() => new("--json") { Description = "Print JSON, a line a result" };
}
