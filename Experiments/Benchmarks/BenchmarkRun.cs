using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Lepton.Neuro.Backends;
using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.Benchmarks;

/// <summary>One run of a model against the clock.</summary>
/// <param name="model">The model.</param>
/// <param name="settings">How to run.</param>
/// <param name="progress">Shows how far it is.</param>
/// <param name="cancellation">Stops it.</param>
internal sealed class BenchmarkRun(BenchmarkModel model, BenchmarkSettings settings, IProgressReporter progress, CancellationToken cancellation)
{
    /// <summary>Builds, warms up, and measures.</summary>
    /// <exception cref="InvalidInputException">The network needs more memory than there is.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public BenchmarkResult Execute()
    {
        long begin = Stopwatch.GetTimestamp();
        var plan = model.Build(settings).Compile(model.Step);
        MemoryNeed.Check(model.Name, MemoryNeed.Of(plan, settings.Threads), MemoryNeed.Available());
        cancellation.ThrowIfCancellationRequested();
        using var session = Load(plan);
        double buildSeconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        cancellation.ThrowIfCancellationRequested();

        // The run is a warm-up and a measured part, wherever it goes on from: what is measured is what is left of the second.
        long warm = Parts(settings.WarmUp) * PartSteps, end = warm + (Parts(settings.Seconds) * PartSteps);
        if (session.Step >= end)
        {
            throw new InvalidInputException(string.Create(CultureInfo.InvariantCulture,
                $"the checkpoint '{settings.Checkpoint}' is at {session.Step * model.Step.Seconds:G6} s; allowed: one before the end of the run, which is at {end * model.Step.Seconds:G6} s"));
        }
        Advance(session, "Warming up", warm);
        var before = Counts(session);
        long first = session.Step;
        double runSeconds = Advance(session, "Measuring", end);
        double biological = (session.Step - first) * plan.Step.Seconds;

        var spikes = Counts(session);
        for (int p = 0; p < spikes.Length; p++)
        {
            for (int i = 0; i < spikes[p].Length; i++) spikes[p][i] -= before[p][i];
        }
        var activity = Activity.Of(plan, session.Step - first, spikes);
        var populations = plan.Source.Populations.Where(p => p.Model is not null).ToArray();
        return new()
        {
            Model = model.Name,
            Neurons = plan.NeuronCount,
            Synapses = plan.SynapseCount,
            PlasticSynapses = plan.Projections.Where(p => p.IsPlastic).Sum(p => p.Connectivity.Count),
            Threads = settings.Threads,
            Device = settings.Device,
            BuildSeconds = buildSeconds,
            BiologicalSeconds = biological,
            RunSeconds = runSeconds,
            RealTimeFactor = runSeconds / biological,
            Spikes = populations.Sum(activity.SpikesOf),
            RatesHz = populations.ToDictionary(p => p.Name, p => activity.SpikesOf(p) / (p.Count * biological)),
            SynapticEvents = activity.TotalSynapticEvents,
            SynapticEventsPerSecond = activity.TotalSynapticEvents / runSeconds,
            PeakMegabytes = PeakMegabytes(),
            SpikeHash = Digest(session),
            ImagesPerSecond = model.ShowsImages ? biological / model.Part.Seconds / runSeconds : null,
        };
    }

    /// <summary>The most memory this process held so far, MB.</summary>
    internal static double PeakMegabytes()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64 / 1e6;
    }

    /// <summary>A digest of counts, states and plastic weights.</summary>
    internal static string Digest(Session session)
    {
        var hash = new SpikeHash();
        hash.Add((ulong)session.Step);
        foreach (var counts in Counts(session))
        {
            foreach (long count in counts) hash.Add((ulong)count);
        }
        foreach (var population in session.Network.Source.Populations)
        {
            foreach (var variable in population.Model?.StateVariables ?? []) Add(session.State(population, variable));
        }
        foreach (var projection in session.Network.Source.Projections)
        {
            if (projection.Rule is not null) Add(session.Weights(projection));
        }
        return hash.ToString();

        void Add(float[] values)
        {
            foreach (uint word in MemoryMarshal.Cast<float, uint>(values)) hash.Add(word);
        }
    }

    long PartSteps => model.Part.Steps(model.Step);

    LearningSession Load(CompiledNetwork plan)
    {
        var options = new CpuOptions { Threads = settings.Threads, VectorBits = settings.VectorBits };
        string? path = File.Exists(settings.Checkpoint) ? settings.Checkpoint : null;
        var session = settings.Device is { } device ? GpuBackend.Load(plan, device, path) : path is null ? Cpu.Load(plan, options) : Cpu.Resume(plan, path, options);
        if (path is null) return session;
        progress.Note(string.Create(CultureInfo.InvariantCulture, $"Going on from {path}, at {session.Step * plan.Step.Seconds:G6} s"));
        return session;
    }

    /// <summary>Runs whole parts up to a step, and saves as often as asked for and at the end, cancelled or not.</summary>
    /// <returns>The wall time without that of saving, s.</returns>
    double Advance(LearningSession session, string name, long end)
    {
        long parts = (end - session.Step) / PartSteps;
        if (parts <= 0) return 0;
        long every = Math.Max(1, Parts(settings.CheckpointEvery)) * PartSteps;
        using var phase = progress.Start(name, model.ShowsImages ? parts : parts * (long)model.Part.Milliseconds, model.ShowsImages ? "images" : "ms");
        var clock = Stopwatch.StartNew();
        while (session.Step < end)
        {
            if (cancellation.IsCancellationRequested)
            {
                Save(session);
                cancellation.ThrowIfCancellationRequested();
            }
            model.Prepare(session, session.Step / PartSteps);
            session.Advance(PartSteps);
            phase.Advance(model.ShowsImages ? 1 : (long)model.Part.Milliseconds);
            if (settings.Checkpoint is null || (session.Step % every != 0 && session.Step < end)) continue;
            clock.Stop();
            Save(session);
            clock.Start();
        }
        // A device may still be at work: it is done when the counts are here.
        if (settings.Device is not null) Counts(session);
        return clock.Elapsed.TotalSeconds;
    }

    void Save(LearningSession session)
    {
        if (settings.Checkpoint is { } path) session.Save(path);
    }

    long Parts(double seconds) => seconds == 0 ? 0 : Math.Max(1, (long)Math.Round(seconds / model.Part.Seconds));

    static long[][] Counts(Session session) => [.. session.Network.Populations.Select(p =>
    {
        var counts = new long[p.Count];
        session.ReadSpikeCounts(p.Description, counts);
        return counts;
    })];
}
