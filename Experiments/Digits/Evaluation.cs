using Lepton.Neuro.Backends;
using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.Digits;

/// <summary>What a network made of images.</summary>
/// <param name="Answers">What it took each image for.</param>
/// <param name="Accuracy">The part that is right.</param>
/// <param name="Spikes">How often each output neuron fired for each image, image after image.</param>
/// <param name="Hash">A digest of all spikes of the layers' neurons, in the order of images.</param>
internal sealed record Verdict(int[] Answers, double Accuracy, int[] Spikes, string Hash)
{
    /// <summary>What was shown against what was answered.</summary>
    /// <param name="images">The images.</param>
    public int[,] Confusion(PreparedImages images)
    {
        var counts = new int[images.Images.Classes, images.Images.Classes];
        for (int i = 0; i < Answers.Length; i++) counts[images.Label(i), Answers[i]]++;
        return counts;
    }
}

/// <summary>What a network made of images on a tile machine, and what that cost.</summary>
/// <param name="Verdict">Its answers.</param>
/// <param name="Activity">What happened on the machine, of all images together.</param>
/// <param name="Energy">The energy and time of an image, the mean of all.</param>
/// <param name="Joules">The energy of each image; empty where that was not asked for.</param>
internal sealed record MachineVerdict(Verdict Verdict, TileActivity Activity, EnergyReport Energy, double[] Joules);

/// <summary>Shows images to a network that does not learn, on as many sessions as there are threads. A presentation depends on its number alone, so the result does not depend on
/// which session showed which image.</summary>
/// <param name="threads">How many sessions, at least 1.</param>
/// <param name="bits">The width of vectors.</param>
/// <param name="progress">Shows how far it is.</param>
/// <param name="cancellation">Stops between images.</param>
internal sealed class Evaluation(int threads, VectorBits bits, IProgressReporter progress, CancellationToken cancellation)
{
    /// <summary>How a session runs: on one thread, for there are as many sessions as threads.</summary>
    public CpuOptions Cpu { get; } = new() { Threads = 1, VectorBits = (int)bits };

    /// <summary>Runs on the CPU.</summary>
    /// <param name="name">What is being done.</param>
    /// <param name="classifier">The network.</param>
    /// <param name="images">The images.</param>
    /// <param name="first">The number of the first image's presentation.</param>
    public Verdict Run(string name, Classifier classifier, PreparedImages images, ulong first = 0)
    {
        var sessions = Open(images, () => Backends.Cpu.Evaluate(classifier.Plan, Cpu, classifier.Learned));
        try
        {
            return Run(name, classifier, images, first, sessions);
        }
        finally
        {
            foreach (var session in sessions) session.Dispose();
        }
    }

    /// <summary>How a session on a tile machine runs wherever its energy is told: each step is timed with the waiting on links, for time decides what static power takes.</summary>
    /// <param name="cpu">How the session runs that makes the spikes.</param>
    public static TileOptions OnChip(CpuOptions cpu) => TileOptions.On(cpu) with { WithCongestion = true };

    /// <summary>Runs on a tile machine, and prices an image: every verb that tells the energy of an image classifier does it here.</summary>
    /// <param name="name">What is being done.</param>
    /// <param name="classifier">The network.</param>
    /// <param name="mapping">Where its neurons are.</param>
    /// <param name="images">The images.</param>
    /// <param name="analog">How its analog arrays are read; null for weights as they were meant.</param>
    /// <param name="priceEach">Whether each image is priced by itself too.</param>
    public MachineVerdict Run(string name, Classifier classifier, Mapping mapping, PreparedImages images, AnalogReads? analog = null, bool priceEach = false)
    {
        var sessions = Open(images, () => Tiles.Evaluate(mapping, OnChip(Cpu) with { Analog = analog }));
        try
        {
            var joules = new double[priceEach ? images.Count : 0];
            var before = sessions.Select(s => s.Tiles).ToArray();
            // Counts are subtracted, not joules: those would be rounded as the images before decide, which differ with the number of threads.
            void Price(int worker, int image)
            {
                var after = sessions[worker].Tiles;
                joules[image] = EnergyReport.Of(after.Since(before[worker]), 1).Joules;
                before[worker] = after;
            }
            var verdict = Run(name, classifier, images, 0, sessions, priceEach ? Price : null);
            var activity = TileActivity.Sum(sessions.Select(s => s.Tiles));
            return new(verdict, activity, EnergyReport.Of(activity, images.Count), joules);
        }
        finally
        {
            foreach (var session in sessions) session.Dispose();
        }
    }

    TSession[] Open<TSession>(PreparedImages images, Func<TSession> open) => [.. Enumerable.Range(0, Math.Clamp(threads, 1, images.Count)).Select(_ => open())];

    Verdict Run(string name, Classifier classifier, PreparedImages images, ulong first, IReadOnlyList<Session> sessions, Action<int, int>? shown = null)
    {
        using var phase = progress.Start(name, images.Count, "images");
        int outputs = classifier.Output.Count, next = -1;
        var answers = new int[images.Count];
        var digests = new ulong[images.Count];
        var spikes = new int[images.Count * outputs];
        var options = new ParallelOptions { MaxDegreeOfParallelism = sessions.Count, CancellationToken = cancellation };
        Parallel.For(0, sessions.Count, options, worker =>
        {
            var session = sessions[worker];
            var digest = new ImageDigest();
            foreach (var layer in classifier.Layers) session.Record(layer, digest);
            var pixels = new float[images.Images.ImageSize];
            long[] before = new long[outputs], after = new long[outputs];
            while (Interlocked.Increment(ref next) is var image && image < images.Count)
            {
                cancellation.ThrowIfCancellationRequested();
                images.Read(image, pixels);
                digest.Begin(session.Step);
                classifier.Show(session, pixels, first + (ulong)image);
                session.ReadSpikeCounts(classifier.Output, after);
                var counts = spikes.AsSpan(image * outputs, outputs);
                for (int i = 0; i < outputs; i++) counts[i] = (int)(after[i] - before[i]);
                (before, after) = (after, before);
                answers[image] = classifier.Answer(session, counts);
                digests[image] = digest.Value;
                shown?.Invoke(worker, image);
                phase.Advance();
            }
        });
        var hash = new SpikeHash();
        foreach (ulong digest in digests) hash.Add(digest);
        return new(answers, answers.Where((answer, image) => answer == images.Label(image)).Count() / (double)images.Count, spikes, hash.ToString());
    }
}
