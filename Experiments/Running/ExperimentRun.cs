using System.Diagnostics;
using System.Text;
using Lepton.Neuro.Experiments.Reporting;
using Spectre.Console;

namespace Lepton.Neuro.Experiments.Running;

/// <summary>One run from a checked configuration to files and a table.</summary>
/// <param name="host">The world around.</param>
/// <param name="configuration">What to run.</param>
/// <param name="outputFolder">The full path of the folder for the results.</param>
/// <param name="quiet">Whether to print only the table.</param>
/// <param name="json">Whether to print the results as JSON on the last line.</param>
internal sealed class ExperimentRun(Host host, RunConfiguration configuration, string outputFolder, bool quiet, bool json)
{
    /// <summary>Runs the experiment.</summary>
    /// <returns>An exit code: success or cancelled. All else is thrown.</returns>
    public int Execute()
    {
        using var folder = RunFolder.Open(outputFolder);
        var console = CreateConsole(host);
        RunResult result;
        ReportPage report;
        try
        {
            (result, report) = quiet ? Run(folder, new QuietProgress())
                : host.IsTerminal ? TerminalProgress.Show(console, progress => Run(folder, progress))
                : Run(folder, new PlainProgress(host.Output));
            host.Cancellation.ThrowIfCancellationRequested();
        }
        catch (OperationCanceledException) when (host.Cancellation.IsCancellationRequested)
        {
            host.Error.WriteLine($"lepton: cancelled; nothing new was written, {(folder.HasEarlierResults
                ? $"the earlier results in {folder.Path} are kept."
                : $"and there were no earlier results in {folder.Path}.")}");
            return ExitCodes.Cancelled;
        }

        WriteText(folder, "config.yaml", ConfigurationFile.Write(configuration));
        folder.Write("report.html", stream => RunReport.Complete(report, configuration, result).WriteTo(stream));
        WriteText(folder, "results.csv", ResultFiles.ToCsv(result));
        WriteText(folder, "results.json", ResultFiles.ToJson(result));
        folder.Commit();

        if (!(quiet && json))
        {
            if (!quiet)
                host.Output.WriteLine($"Results and report.html are in {folder.Path}");
            console.Write(ResultTable.Create(result));
        }
        if (json)
            host.Output.WriteLine(ResultFiles.ToJsonLine(result));
        host.Output.Flush();
        return ExitCodes.Success;
    }

    (RunResult Result, ReportPage Report) Run(RunFolder folder, IProgressReporter progress)
    {
        var context = new RunContext(configuration, folder, progress, host.Cancellation);
        var start = Stopwatch.GetTimestamp();
        var measured = configuration.Experiment.Run(context);
        var result = measured with
        {
            Experiment = configuration.Experiment.Name,
            Seed = configuration.Seed,
            Threads = configuration.Threads,
            Commit = BuildInformation.Commit,
            Version = BuildInformation.Version,
            WallSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds,
        };
        return (result, context.Report);
    }

    /// <summary>The terminal, or the log, that the host prints to.</summary>
    /// <param name="host">The world around.</param>
    /// <returns>The console.</returns>
    internal static IAnsiConsole CreateConsole(Host host)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(host.Output),
            Ansi = host.IsTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            Interactive = host.IsTerminal ? InteractionSupport.Detect : InteractionSupport.No,
        });
        // A log has no width: leave room, so that rows are not wrapped.
        if (!host.IsTerminal)
            console.Profile.Width = 120;
        return console;
    }

    static void WriteText(RunFolder folder, string name, string text) =>
        folder.Write(name, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
}
