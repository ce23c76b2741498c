using Lepton.Neuro.Experiments.Plots;
using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.Scripting;

/// <summary>What a script runs with: its settings, its seed, and where its figures and pictures go.</summary>
public sealed class ScriptRun
{
    const string Steps = "steps";

    readonly RunContext context;
    readonly Dictionary<string, ExtraValue> found = new(StringComparer.Ordinal);

    // What a run that is stopped keeps, and what one that goes on finds again: how many things are done, numbers of the script's own, spikes, and the results of inner runs.
    readonly List<RunResult> runs = [];
    readonly Queue<RunResult> runsBefore = new();
    List<double>[] kept = [];
    double[][] keptBefore = [];
    byte[] logBefore = [];
    LearningSession? session;
    SpikeLog? log;
    long done, doneBefore, due;
    string unit = Steps;
    int pictures;
    bool isRead;

    internal ScriptRun(RunContext context) => this.context = context;

    /// <summary>The seed of all random numbers.</summary>
    public ulong Seed => context.Seed;

    /// <summary>How many threads to use.</summary>
    public int Threads => context.Threads;

    /// <summary>Shows how far the script is.</summary>
    public IProgressReporter Progress => context.Progress;

    /// <summary>Cancelled by Ctrl-C.</summary>
    public CancellationToken Cancellation => context.Cancellation;

    /// <summary>The full path of the first picture; null where nothing was shown.</summary>
    internal string? Picture { get; private set; }

    /// <summary>What was measured.</summary>
    internal RunResult Result { get; private set; } = new();

    /// <summary>The value of a setting.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="setting">One of the script's settings.</param>
    public T Get<T>(Setting<T> setting)
        where T : notnull => context.Get(setting);

    /// <summary>A session that learns, on the CPU. Where the run goes on (<c>--checkpoint</c>) it is the one that was saved. One a script.</summary>
    /// <param name="plan">The plan.</param>
    /// <returns>The session, to be disposed.</returns>
    /// <exception cref="InvalidInputException">The checkpoint is damaged, or of another run.</exception>
    public LearningSession Load(CompiledNetwork plan)
    {
        session = context.Checkpoint.Load(plan, new() { Threads = Threads, VectorBits = (int)context.VectorBits });
        context.Checkpoint.Restore(Read);
        return session;
    }

    /// <summary>Records the spikes of the script's session from now on. A run that goes on finds those from before.</summary>
    /// <param name="populations">What to record; all populations where none is named.</param>
    /// <returns>The log. One a script.</returns>
    /// <exception cref="InvalidOperationException"><see cref="Load"/> was not called.</exception>
    public SpikeLog Log(params IReadOnlyList<Population> populations)
    {
        log = SpikeLog.Of(session ?? throw new InvalidOperationException("Load a session first."), populations);
        if (logBefore.Length > 0)
        {
            using var reader = new BinaryReader(new MemoryStream(logBefore));
            log.Restore(reader);
        }
        return log;
    }

    /// <summary>Runs the script's session for a time; shows how far it is, and stops when the user asks for it. A run that goes on does not repeat what was done.</summary>
    /// <param name="time">The time.</param>
    /// <exception cref="InvalidOperationException"><see cref="Load"/> was not called.</exception>
    public void Advance(Time time)
    {
        const int Parts = 100;
        var running = session ?? throw new InvalidOperationException("Load a session first.");
        due += time.Steps(running.Network.Step);
        if (running.Step >= due) return;
        long part = Math.Max(1, time.Steps(running.Network.Step) / Parts);
        using var phase = context.Progress.Start("Running", due - running.Step, "steps");
        while (running.Step < due)
        {
            long before = running.Step;
            try
            {
                running.Advance(Math.Min(due - running.Step, part), context.Cancellation);
            }
            catch (OperationCanceledException)
            {
                Keep();
                throw;
            }
            phase.Advance(running.Step - before);
            context.Checkpoint.SaveWhenDue(running, Write);
        }
    }

    /// <summary>Goes through things one by one: shows how far it is, and stops when the user asks for it. Where a session was loaded or networks are run inside, it saves itself then, and goes on after what was
    /// done.</summary>
    /// <typeparam name="T">What they are.</typeparam>
    /// <param name="things">The things.</param>
    /// <param name="unit">What they are called, in the plural.</param>
    /// <param name="kept">Numbers of the script's own that it adds to while it goes: a run that goes on finds them as they were.</param>
    /// <returns>The same things; those that are left, in a run that goes on with a session.</returns>
    /// <exception cref="InvalidOperationException">A script with a session goes through things for the second time: it could not tell where to go on.</exception>
    public IEnumerable<T> Each<T>(IReadOnlyCollection<T> things, string unit, params List<double>[] kept)
    {
        Look();
        if (session is not null && this.unit != Steps) throw new InvalidOperationException("A script with a session goes through things once.");
        this.unit = unit;
        this.kept = kept;
        foreach (var (list, before) in kept.Zip(keptBefore)) list.AddRange(before);
        // Without a session to go on with, what lies before is gone through again: inner runs are not repeated.
        done = session is null ? 0 : doneBefore;
        using var phase = context.Progress.Start("Running", things.Count - done, unit);
        foreach (var thing in things.Skip((int)done))
        {
            // Here, where the session is still there, and where a thing is done as a whole.
            if (context.Cancellation.IsCancellationRequested) Keep();
            context.Cancellation.ThrowIfCancellationRequested();
            yield return thing;
            done++;
            phase.Advance();
            if (session is not null) context.Checkpoint.SaveWhenDue(session, Write);
        }
    }

    /// <summary>Keeps a figure that was found, for results.json.</summary>
    /// <param name="name">A camelCase name that ends in the unit.</param>
    /// <param name="value">The value.</param>
    public void Found(string name, ExtraValue value)
    {
        found[name] = value;
        Result = Result with { Extra = found };
    }

    /// <summary>Keeps the digest of all spikes, for results.json: equal digests, equal spikes.</summary>
    /// <param name="hash">What recorded the spikes.</param>
    public void Found(SpikeHash hash) => Result = Result with { SpikeHash = hash.ToString() };

    /// <summary>Shows figures: a section of the page, and a PNG each.</summary>
    /// <param name="howToRead">A sentence that says how to read them.</param>
    /// <param name="figures">The figures.</param>
    public void Show(string howToRead, params IReadOnlyList<Figure> figures)
    {
        context.Report.AddSection(figures.Count > 0 ? figures[0].Title : "Result", howToRead, [.. figures]);
        foreach (var figure in figures)
        {
            string name = FormattableString.Invariant($"picture-{++pictures}.png");
            context.AddFile(name, stream => stream.Write(FigureFile.Render(figure, ".png", Theme.Light, FigureFile.DefaultWidth)));
            Picture ??= Path.Combine(context.OutputFolder, name);
        }
    }

    /// <summary>Runs one of the experiments of <c>lepton run</c>, without files.</summary>
    /// <param name="experiment">Its name.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="epochs">Passes over the training set; the experiment's own where null.</param>
    /// <param name="settings">Settings and their values, such as <c>("hidden", 50)</c>.</param>
    /// <returns>What it measured.</returns>
    /// <exception cref="InvalidInputException">There is no such experiment or setting, or a value is out of its range.</exception>
    public RunResult Run(string experiment, ulong seed, int? epochs = null, params IReadOnlyList<(string Key, object Value)> settings)
    {
        Look();
        var result = runsBefore.Count > 0 ? runsBefore.Dequeue() : ExperimentRun.InMemory(new()
        {
            Experiment = experiment,
            Seed = FormattableString.Invariant($"{seed}"),
            Threads = FormattableString.Invariant($"{Threads}"),
            Epochs = epochs is { } passes ? FormattableString.Invariant($"{passes}") : null,
            Settings = [.. settings.Select(s => KeyValuePair.Create(s.Key, FormattableString.Invariant($"{s.Value}")))],
        }, context.Cancellation);
        runs.Add(result);
        if (session is null) context.Checkpoint.SaveWhenDue(Write);
        return result;
    }

    /// <summary>Keeps the results of inner runs when the user stops the script while one goes on.</summary>
    internal void KeepRuns()
    {
        if (session is null) Keep();
    }

    void Keep()
    {
        if (session is not null) context.Checkpoint.SaveCancelled(session, Write, FormattableString.Invariant($"{(unit == Steps ? session.Step : done):N0} {unit}"));
        else if (runs.Count > 0) context.Checkpoint.SaveCancelled(Write, FormattableString.Invariant($"{runs.Count:N0} networks"));
    }

    // What has no session is read once, when it is first asked for: by then a session would have been loaded.
    void Look()
    {
        if (isRead) return;
        isRead = true;
        if (session is null) context.Checkpoint.RestoreAlone(Read);
    }

    void Write(BinaryWriter writer)
    {
        writer.Write(done);
        writer.Write(kept.Length);
        foreach (var list in kept)
        {
            writer.Write(list.Count);
            foreach (double number in list) writer.Write(number);
        }
        using var spikes = new MemoryStream();
        using (var inner = new BinaryWriter(spikes, System.Text.Encoding.UTF8, leaveOpen: true)) log?.Save(inner);
        writer.Write((int)spikes.Length);
        writer.Write(spikes.ToArray());
        writer.Write(runs.Count);
        foreach (var run in runs) writer.Write(ResultFiles.ToJson(run));
    }

    void Read(BinaryReader reader)
    {
        doneBefore = reader.ReadInt64();
        keptBefore = [.. Enumerable.Range(0, reader.ReadInt32()).Select(_ => Enumerable.Range(0, reader.ReadInt32()).Select(_ => reader.ReadDouble()).ToArray())];
        logBefore = reader.ReadBytes(reader.ReadInt32());
        for (int count = reader.ReadInt32(); count > 0; count--) runsBefore.Enqueue(ResultFiles.FromJson(reader.ReadString()));
    }
}
