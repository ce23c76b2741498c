using System.Diagnostics;
using System.Globalization;
using Lepton.Neuro.Experiments.Reporting;
using Lepton.Neuro.Experiments.Running;
using Lepton.Neuro.Random;

namespace Lepton.Neuro.Experiments.Digits;

/// <summary>Learning, image after image, from wherever the run's checkpoint left it: what is learned is the same, interrupted or not.</summary>
/// <param name="context">The run.</param>
/// <param name="learner">What learns.</param>
/// <param name="training">What it learns from.</param>
internal sealed class LearningLoop(RunContext context, ImageLearner learner, PreparedImages training)
{
    static readonly TimeSpan BetweenStatuses = TimeSpan.FromSeconds(0.5);

    readonly long all = (long)training.Count * context.Epochs;
    long shown;
    bool ended;

    /// <summary>Accuracy while learning.</summary>
    public LearningCurve Curve { get; } = new(training.Count, context.Epochs);

    /// <summary>The wall time of learning, of all parts of an interrupted run, in seconds.</summary>
    public double Seconds { get; private set; }

    /// <summary>Learns from all images that are left.</summary>
    /// <exception cref="OperationCanceledException">Cancelled, between two images.</exception>
    public void Run()
    {
        context.Checkpoint.Restore(Restore);
        if (ended) return;
        foreach (var population in learner.Watched) context.Live?.Watch(learner.Session, population);
        while (shown < all) LearnEpoch((int)(shown / training.Count));
        learner.EndLearning();
        ended = true;
        context.Checkpoint.Save(learner.Session, Write);
    }

    /// <summary>Saves where it stands after a cancellation, unless nothing was learned yet.</summary>
    public void SaveCancelled()
    {
        if (shown > 0) context.Checkpoint.SaveCancelled(learner.Session, Write, string.Create(CultureInfo.InvariantCulture, $"{shown:N0} of {all:N0} images"));
    }

    void LearnEpoch(int epoch)
    {
        string name = context.Epochs == 1 ? "Learning" : string.Create(CultureInfo.InvariantCulture, $"Learning, epoch {epoch + 1} of {context.Epochs}");
        int first = (int)(shown % training.Count);
        using var phase = context.Progress.Start(name, training.Count - first, "images");
        var order = new RandomStream(context.Seed, RandomPurpose.Shuffling, 0).Permutation(training.Count, (uint)epoch);
        var pixels = new float[training.Images.ImageSize];
        var window = new Window(Spikes());
        var clock = Stopwatch.StartNew();
        double before = Seconds;
        foreach (int image in order.Skip(first))
        {
            Seconds = before + clock.Elapsed.TotalSeconds;
            context.Cancellation.ThrowIfCancellationRequested();
            context.Checkpoint.SaveWhenDue(learner.Session, Write);
            training.Read(image, pixels);
            float rate = 1 - (0.9f * (shown / (float)all));
            context.Live?.Begin(learner.Session.Step);
            int label = training.Label(image), answer = learner.Learn(pixels, label, ImagePipeline.FirstTraining + (ulong)shown, rate);
            Curve.Add(answer, label);
            shown++;
            phase.Advance();
            window.Add(answer, label);
            if (window.Elapsed < BetweenStatuses) continue;
            long spikes = Spikes();
            phase.Status(window.Describe(spikes));
            context.Live?.Show(context.Progress);
            window = new(spikes);
        }
        Seconds = before + clock.Elapsed.TotalSeconds;
        if (double.IsFinite(Curve.ByEpoch[epoch]))
            context.Progress.Note(string.Create(CultureInfo.InvariantCulture, $"Epoch {epoch + 1}: {Curve.ByEpoch[epoch] * 100:0.00} % of the training images right as they came"));
    }

    long Spikes()
    {
        long sum = 0;
        foreach (var population in learner.Session.Network.Populations)
        {
            var counts = new long[population.Count];
            learner.Session.ReadSpikeCounts(population.Description, counts);
            sum += counts.Sum();
        }
        return sum;
    }

    void Write(BinaryWriter writer)
    {
        writer.Write(shown);
        writer.Write(ended);
        writer.Write(Seconds);
        Curve.Save(writer);
        learner.Save(writer);
    }

    void Restore(BinaryReader reader)
    {
        shown = reader.ReadInt64();
        ended = reader.ReadBoolean();
        Seconds = reader.ReadDouble();
        Curve.Restore(reader);
        learner.Restore(reader);
        context.Progress.Note(string.Create(CultureInfo.InvariantCulture, $"Going on after {shown:N0} of {all:N0} images"));
    }

    /// <summary>What happened since the last status.</summary>
    sealed class Window(long spikesBefore)
    {
        readonly long start = Stopwatch.GetTimestamp();
        int judged, right;

        public TimeSpan Elapsed => Stopwatch.GetElapsedTime(start);

        public void Add(int answer, int label)
        {
            if (answer < 0) return;
            judged++;
            if (answer == label) right++;
        }

        public string Describe(long spikes)
        {
            string rate = $"{Quantity.WithPrefix((spikes - spikesBefore) / Elapsed.TotalSeconds, "spikes/s")}";
            return judged == 0 ? rate : $"{Quantity.Percent(right / (double)judged)} right, {rate}";
        }
    }
}
