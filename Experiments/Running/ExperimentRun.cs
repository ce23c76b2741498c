using System.Diagnostics;
using System.Text;
using Lepton.Neuro.Experiments.Reporting;
using Spectre.Console;

namespace Lepton.Neuro.Experiments.Running;

/// <summary>How a run shows itself and saves itself; nothing of it changes a result.</summary>
internal sealed record RunManner
{
    /// <summary>Whether to print only the table.</summary>
    public bool IsQuiet { get; init; }

    /// <summary>Whether to print the results as JSON on the last line.</summary>
    public bool IsJson { get; init; }

    /// <summary>Whether to show spikes in characters.</summary>
    public bool IsLive { get; init; }

    /// <summary>Whether the page is written: thousands of runs of a sweep would each hold a library for figures.</summary>
    public bool WritesReport { get; init; } = true;

    /// <summary>The checkpoint; none where null.</summary>
    public CheckpointRequest? Checkpoint { get; init; }
}

/// <summary>One run from a checked configuration to files and a table.</summary>
/// <param name="host">The world around.</param>
/// <param name="configuration">What to run.</param>
/// <param name="outputFolder">The full path of the folder for the results.</param>
/// <param name="manner">How it shows and saves itself.</param>
internal sealed class ExperimentRun(Host host, RunConfiguration configuration, string outputFolder, RunManner manner)
{
    /// <summary>Runs the experiment and prints what came out.</summary>
    /// <returns>An exit code: success or cancelled. All else is thrown.</returns>
    public int Execute()
    {
        if (manner.Checkpoint is { } asked && !configuration.Experiment.CanResume)
            throw new InvalidInputException("--checkpoint", asked.Path, $"nothing: {configuration.Experiment.Name} is over too soon to go on from anywhere");
        using var folder = RunFolder.Open(outputFolder);
        var console = CreateConsole(host);
        var about = new Holder();
        RunResult result;
        try
        {
            result = manner.IsQuiet ? Run(folder, new QuietProgress(), about)
                : host.IsTerminal ? TerminalProgress.Show(console, progress => Run(folder, progress, about))
                : Run(folder, new PlainProgress(host.Output), about);
        }
        catch (OperationCanceledException) when (host.Cancellation.IsCancellationRequested)
        {
            host.Error.WriteLine(Cancelled(folder, about.Checkpoint));
            return ExitCodes.Cancelled;
        }

        if (!(manner.IsQuiet && manner.IsJson))
        {
            if (!manner.IsQuiet)
            {
                if (about.Sentence.Length > 0) host.Output.WriteLine($"\n{about.Sentence}");
                host.Output.WriteLine($"Results and report.html are in {folder.Path}");
            }
            console.Write(ResultTable.Create(result));
        }
        if (manner.IsJson)
            host.Output.WriteLine(ResultFiles.ToJsonLine(result));
        host.Output.Flush();
        return ExitCodes.Success;
    }

    /// <summary>Runs the experiment and writes its files, and prints nothing.</summary>
    /// <returns>What was measured.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public RunResult Measure()
    {
        using var folder = RunFolder.Open(outputFolder);
        return Run(folder, new QuietProgress(), new Holder());
    }

    /// <summary>Runs one of the experiments that come with Lepton, and keeps no file.</summary>
    /// <param name="request">What to run.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>What was measured.</returns>
    /// <exception cref="InvalidInputException">It cannot be run so.</exception>
    internal static RunResult InMemory(RunRequest request, CancellationToken cancellation)
    {
        var host = new Host { Output = TextWriter.Null, Error = TextWriter.Null, Experiments = Catalogue.All, CurrentDirectory = Environment.CurrentDirectory, Cancellation = cancellation };
        var configuration = RunConfiguration.Resolve(host, request);
        using var folder = RunFolder.Open(Path.Combine(Path.GetTempPath(), $"lepton-{Guid.NewGuid():N}"));
        return configuration.Experiment.Run(new RunContext(configuration, folder, new QuietProgress(), cancellation));
    }

    RunResult Run(RunFolder folder, IProgressReporter progress, Holder about)
    {
        var context = new RunContext(configuration, folder, progress, host.Cancellation, manner.Checkpoint, manner.IsLive);
        about.Checkpoint = context.Checkpoint;
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
        host.Cancellation.ThrowIfCancellationRequested();
        WriteText(folder, "config.yaml", ConfigurationFile.Write(configuration));
        if (manner.WritesReport)
        {
            var page = RunReport.Complete(context.Report, configuration, result, Near(Path.Combine(folder.Path, "config.yaml")));
            about.Sentence = page.Summary;
            folder.Write("report.html", stream => page.WriteTo(stream));
        }
        WriteText(folder, "results.csv", ResultFiles.ToCsv(result));
        WriteText(folder, "results.json", ResultFiles.ToJson(result));
        folder.Commit();
        context.Checkpoint.Complete();
        return result;
    }

    string Near(string path) => Path.GetRelativePath(host.CurrentDirectory, path) is var near && near.StartsWith("..", StringComparison.Ordinal) ? path : near;

    string Cancelled(RunFolder folder, RunCheckpoint? checkpoint)
    {
        if (checkpoint?.SavedTo is { } saved)
        {
            string again = $"{configuration.ToCommandLine()} --checkpoint {ShellWord.Quote(saved)} --out {ShellWord.Quote(folder.Path)}";
            return $"lepton: cancelled after {checkpoint.Reached}, which are saved. To go on: {again}";
        }
        return $"lepton: cancelled; nothing new was written, {(folder.HasEarlierResults
            ? $"the earlier results in {folder.Path} are kept."
            : $"and there were no earlier results in {folder.Path}.")}";
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

    // What is known of a run before it returns, and beside what it returns.
    sealed class Holder
    {
        public RunCheckpoint? Checkpoint { get; set; }

        /// <summary>What came out, as the page says it.</summary>
        public string Sentence { get; set; } = "";
    }
}
