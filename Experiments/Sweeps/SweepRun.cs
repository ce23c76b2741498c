using System.Globalization;
using System.Text;
using Lepton.Neuro.Experiments.Reporting;
using Lepton.Neuro.Experiments.Running;
using Spectre.Console;

namespace Lepton.Neuro.Experiments.Sweeps;

/// <summary>A sweep from its plan to a folder: a folder a place, in it a folder a seed, and beside them the tables and the page. What is done is found again by its configuration, so that a sweep
/// that was killed, or asked for more, runs only what is missing.</summary>
/// <param name="host">The world around.</param>
/// <param name="plan">What to do.</param>
/// <param name="outputFolder">The full path of the sweep's folder.</param>
/// <param name="isQuiet">Whether to print only the table.</param>
/// <param name="isJson">Whether to print the places as JSON on the last line.</param>
internal sealed class SweepRun(Host host, SweepPlan plan, string outputFolder, bool isQuiet, bool isJson)
{
    /// <summary>Runs what is missing, and writes the tables and the page.</summary>
    /// <returns>An exit code: success, cancelled, or bad input where a run failed.</returns>
    public int Execute()
    {
        var first = Schedule(Rung(plan.Candidates(), 0));
        using var folder = RunFolder.Open(outputFolder);
        var console = ExperimentRun.CreateConsole(host);
        SweepTable table;
        try
        {
            table = isQuiet ? Run(first, new QuietProgress())
                : host.IsTerminal ? TerminalProgress.Show(console, progress => Run(first, progress))
                : Run(first, new PlainProgress(host.Output));
        }
        catch (OperationCanceledException) when (host.Cancellation.IsCancellationRequested)
        {
            host.Error.WriteLine($"lepton: cancelled; what is done is kept in {outputFolder}. To go on: the same command again.");
            return ExitCodes.Cancelled;
        }
        WriteText(folder, "table.csv", table.ToCsv());
        WriteText(folder, "runs.csv", table.RunsToCsv());
        folder.Write("report.html", stream => SweepReport.Of(table).WriteTo(stream));
        folder.Commit();
        Print(console, table);
        if (table.Rows.Where(r => r.Failure is not null).ToArray() is not { Length: > 0 } failed) return ExitCodes.Success;
        host.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"lepton: {failed.Length} of {table.Rows.Count} configurations failed, the first with {failed[0].Point.Text}: {failed[0].Failure!.ReplaceLineEndings(" ")}"));
        return ExitCodes.BadInput;
    }

    SweepTable Run(IReadOnlyList<Planned> runs, IProgressReporter progress)
    {
        var rows = new List<SweepRow>();
        int rungs = plan.Halving?.Budgets.Count ?? 1;
        for (int rung = 0; rung < rungs; rung++)
        {
            string name = plan.Halving is { } shown ? $"Runs, {shown.Key}={shown.Budgets[rung]}" : "Runs";
            var done = RunAll(runs, name, progress);
            rows.AddRange(done);
            if (rung + 1 == rungs) break;
            var ranked = new SweepTable(plan, done).Ranked(done);
            if (ranked.Count == 0) break;
            int kept = plan.Halving!.Kept(ranked.Count, rung);
            runs = Schedule(Rung([.. ranked.Take(kept).Select(r => r.Point)], rung + 1));
        }
        return new(plan, rows);
    }

    IReadOnlyList<SweepPoint> Rung(IReadOnlyList<SweepPoint> points, int rung) =>
        plan.Halving is { } halving ? [.. points.Select(p => p.With(halving.Key, halving.Budgets[rung]))] : points;

    // Every run is checked before the first one starts.
    List<Planned> Schedule(IReadOnlyList<SweepPoint> points)
    {
        long runs = (long)points.Count * plan.SeedCount;
        if (runs > SweepPlan.MostRuns) throw new InvalidInputException("the number of runs of the sweep", runs, string.Create(CultureInfo.InvariantCulture, $"at most {SweepPlan.MostRuns}"));
        var planned = new List<Planned>();
        foreach (var point in points)
        {
            foreach (ulong seed in plan.Seeds)
            {
                var configuration = RunConfiguration.Resolve(host, point.Request(plan.Request, seed), plan.File);
                planned.Add(new(point, configuration, Path.Combine(outputFolder, point.FolderName, string.Create(CultureInfo.InvariantCulture, $"seed-{seed}"))));
            }
        }
        return planned;
    }

    List<SweepRow> RunAll(IReadOnlyList<Planned> runs, string name, IProgressReporter progress)
    {
        var results = new RunResult?[runs.Count];
        var failures = new string?[runs.Count];
        for (int i = 0; i < runs.Count; i++) results[i] = Done(runs[i]);
        int[] missing = [.. Enumerable.Range(0, runs.Count).Where(i => results[i] is null)];
        if (missing.Length < runs.Count) progress.Note(string.Create(CultureInfo.InvariantCulture, $"{name}: {runs.Count - missing.Length:N0} of {runs.Count:N0} were done before"));
        using var phase = progress.Start(name, missing.Length, "runs");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(host.Cancellation);
        int next = -1;
        void Require(RunResult measured)
        {
            try
            {
                SweepTable.RequireMetrics(plan, measured);
            }
            catch (InvalidInputException)
            {
                stop.Cancel();
                throw;
            }
        }
        void Work()
        {
            while (!stop.IsCancellationRequested && Interlocked.Increment(ref next) is var at && at < missing.Length)
            {
                int run = missing[at];
                try
                {
                    results[run] = Measure(runs[run], stop.Token);
                }
                catch (InvalidInputException error)
                {
                    failures[run] = error.Message;
                }
                catch
                {
                    // A bug, or the user: the others need not go on.
                    stop.Cancel();
                    throw;
                }
                phase.Advance();
                // A figure that no run measures is told after the first, not after the last.
                if (results[run] is { } measured) Require(measured);
            }
        }
        try
        {
            Task.WaitAll([.. Enumerable.Range(0, Math.Min(plan.Jobs, Math.Max(1, missing.Length))).Select(_ => Task.Factory.StartNew(Work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))]);
        }
        catch (AggregateException errors) when (errors.Flatten().InnerExceptions.FirstOrDefault(e => e is not OperationCanceledException) is { } bug)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(bug);
        }
        catch (AggregateException)
        {
            stop.Cancel();
        }
        host.Cancellation.ThrowIfCancellationRequested();
        return [.. Enumerable.Range(0, runs.Count).GroupBy(i => runs[i].Point).Select(group =>
            new SweepRow(group.Key, [.. group.Select(i => results[i]).OfType<RunResult>()], group.Select(i => failures[i]).FirstOrDefault(f => f is not null)))];
    }

    RunResult Measure(Planned run, CancellationToken cancellation)
    {
        var manner = new RunManner
        {
            IsQuiet = true,
            WritesReport = false,
            Checkpoint = run.Configuration.Experiment.CanResume
                ? new(Path.Combine(run.Folder, RunFolder.CheckpointFile), TimeSpan.FromSeconds(CheckpointRequest.DefaultSeconds), IsAutomatic: true)
                : null,
        };
        return new ExperimentRun(host with { Cancellation = cancellation }, run.Configuration, run.Folder, manner).Measure();
    }

    /// <summary>The results that lie where a run would put its own; null where there are none.</summary>
    RunResult? Done(Planned run)
    {
        string results = Path.Combine(run.Folder, "results.json"), config = Path.Combine(run.Folder, "config.yaml");
        if (!File.Exists(results) || !File.Exists(config)) return null;
        var found = RunConfiguration.Resolve(host, ConfigurationFile.Read(config));
        if (!found.Deciding().SequenceEqual(run.Configuration.Deciding()) || found.Data != run.Configuration.Data)
        {
            var other = found.Deciding().Except(run.Configuration.Deciding()).Select(pair => $"{pair.Key}={pair.Value}").DefaultIfEmpty($"data={found.Data}").First();
            throw new InvalidInputException($"--out is {outputFolder}, where {Path.GetRelativePath(outputFolder, run.Folder)} is of a sweep with {other}; allowed: a folder of this sweep or a new one");
        }
        try
        {
            return ResultFiles.FromJson(File.ReadAllText(results));
        }
        catch (System.Text.Json.JsonException error)
        {
            throw new InvalidInputException($"{results} holds no results: {error.Message.ReplaceLineEndings(" ")}; allowed: what a run wrote", error);
        }
    }

    void Print(IAnsiConsole console, SweepTable table)
    {
        if (!(isQuiet && isJson))
        {
            if (!isQuiet) host.Output.WriteLine($"Tables and report.html are in {outputFolder}");
            console.Write(TableOf(table));
            host.Output.WriteLine(table.Sentence());
        }
        if (isJson) host.Output.WriteLine(table.ToJsonLine());
        host.Output.Flush();
    }

    static Table TableOf(SweepTable table)
    {
        var shown = new Table { Border = TableBorder.Rounded, Title = new TableTitle(Markup.Escape($"{table.Plan.Experiment.Name}: means and 95 % intervals")) };
        foreach (string key in table.Keys) shown.AddColumn(new TableColumn(Markup.Escape(key)).RightAligned());
        shown.AddColumn(new TableColumn("seeds").RightAligned());
        foreach (string metric in table.Metrics) shown.AddColumn(new TableColumn(Markup.Escape(metric)).RightAligned());
        foreach (var row in table.Rows)
        {
            shown.AddRow([
                .. table.Keys.Select(k => Markup.Escape(row.Point.ValueOf(k) ?? "")),
                row.Results.Count.ToString(CultureInfo.InvariantCulture),
                .. table.Metrics.Select(m => Markup.Escape(row.Failure is not null && row.Results.Count == 0 ? "failed" : SweepTable.FormatOf(m, row.Of(m)))),
            ]);
        }
        return shown;
    }

    static void WriteText(RunFolder folder, string name, string text) => folder.Write(name, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    sealed record Planned(SweepPoint Point, RunConfiguration Configuration, string Folder);
}
