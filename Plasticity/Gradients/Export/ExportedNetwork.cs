namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>A trained network as a description that any backend runs, and how to ask it.</summary>
/// <remarks>Spikes take a step from layer to layer, so the output's first step is <see cref="Latency"/> steps after the input's: biases begin as late, and the answer is read as late.
/// Begin a presentation of the image's number, <see cref="Show"/>, and read the class of the greatest number.</remarks>
public sealed class ExportedNetwork
{
    internal ExportedNetwork(Network network, Population from, Population output, Layer code, int latency, ReadoutLayer? readout, IReadOnlyList<string> notes)
        : this(network, from, output, latency, notes)
    {
        (Sample, OutputSteps, RowThreshold) = (code.Input, code.Output.Steps, (code as SequenceLayer)?.Threshold);
        (Readout, Gain) = (readout?.Readout ?? Readout.Rate, readout?.Gain ?? 1);
    }

    internal ExportedNetwork(Network network, Population from, Population output, int latency, IReadOnlyList<string> notes) =>
        (Network, Input, Output, Latency, Notes) = (network, from, output, latency, notes);

    /// <summary>The description.</summary>
    public Network Network { get; }

    /// <summary>Where samples are shown: channels in the order [channel, row, column], or row after row.</summary>
    public Population Input { get; }

    /// <summary>Whose spikes or potentials are the answer.</summary>
    public Population Output { get; }

    /// <summary>The steps from the input's first one to the output's.</summary>
    public int Latency { get; }

    /// <summary>The steps that the answer is made of.</summary>
    public int OutputSteps { get; internal init; }

    /// <summary>The shape of a sample.</summary>
    public SignalShape Sample { get; internal init; }

    /// <summary>From where on a number of a sample is a spike, where a sample is shown row by row; null where it is shown as a whole.</summary>
    public float? RowThreshold { get; internal init; }

    /// <summary>What the answer is read of.</summary>
    public Readout Readout { get; internal init; }

    /// <summary>What scores are multiplied by.</summary>
    public float Gain { get; internal init; }

    /// <summary>The steps of a presentation in all.</summary>
    public int Steps => Latency + OutputSteps;

    /// <summary>What was left out or changed, a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>Shows a sample.</summary>
    /// <param name="session">A session of <see cref="Network"/>, compiled with any step; no one else may begin a presentation meanwhile.</param>
    /// <param name="sample">The sample, [row, column, channel].</param>
    /// <param name="presentation">The presentation's number.</param>
    /// <param name="scores">A number a class; the greatest is the answer.</param>
    /// <exception cref="InvalidInputException">The sample or the scores have another length.</exception>
    public void Show(Session session, ReadOnlySpan<float> sample, ulong presentation, Span<float> scores)
    {
        if (sample.Length != Sample.Features) throw new InvalidInputException("the numbers of a sample", sample.Length, $"{Sample.Features}");
        if (scores.Length != Output.Count) throw new InvalidInputException("the room for scores", scores.Length, $"{Output.Count}");
        session.Begin(presentation);
        if (RowThreshold is null)
        {
            var signal = new float[Sample.Features];
            for (int i = 0; i < signal.Length; i++) signal[ChannelFirst.Place(Sample, i)] = sample[i];
            session.Present(Input, signal);
        }
        scores.Clear();
        switch (Readout)
        {
            case Readout.Last:
                Advance(session, sample, Steps);
                session.ReadState(Output, "V", scores);
                break;
            case Readout.MaxMembrane:
                MaxMembrane(session, sample, scores);
                break;
            default:
                Spikes(session, sample, scores, Readout == Readout.FirstSpike);
                break;
        }
        foreach (ref float score in scores) score *= Gain;
    }

    void Advance(Session session, ReadOnlySpan<float> sample, int steps)
    {
        if (RowThreshold is null)
        {
            session.Advance(steps);
            return;
        }
        var signal = new float[Input.Count];
        for (int i = 0; i < steps; i++)
        {
            int row = (int)session.PresentationStep;
            for (int x = 0; x < signal.Length; x++) signal[x] = row < OutputSteps && sample[(row * signal.Length) + x] >= RowThreshold ? 1 : 0;
            session.Present(Input, signal);
            session.Advance(1);
        }
    }

    void MaxMembrane(Session session, ReadOnlySpan<float> sample, Span<float> scores)
    {
        Advance(session, sample, Latency);
        scores.Fill(float.MinValue);
        var potentials = new float[scores.Length];
        for (int step = 0; step < OutputSteps; step++)
        {
            Advance(session, sample, 1);
            session.ReadState(Output, "V", potentials);
            for (int i = 0; i < scores.Length; i++) scores[i] = MathF.Max(scores[i], potentials[i]);
        }
    }

    void Spikes(Session session, ReadOnlySpan<float> sample, Span<float> scores, bool first)
    {
        long[] before = new long[scores.Length], after = new long[scores.Length];
        Advance(session, sample, Latency);
        session.ReadSpikeCounts(Output, before);
        for (int step = 0; step < OutputSteps; step++)
        {
            Advance(session, sample, 1);
            session.ReadSpikeCounts(Output, after);
            for (int i = 0; i < scores.Length; i++)
            {
                bool fired = after[i] > before[i];
                if (first && fired && scores[i] == 0) scores[i] = (OutputSteps - step) / (float)OutputSteps;
                else if (!first && fired) scores[i] += 1f / OutputSteps;
            }
            after.CopyTo(before, 0);
        }
    }
}

/// <summary>The order [channel, row, column] of a network's convolutions, from the order [row, column, channel] of a signal.</summary>
static class ChannelFirst
{
    public static int Place(SignalShape shape, int index)
    {
        int channel = index % shape.Channels, position = index / shape.Channels;
        return (channel * shape.Height * shape.Width) + position;
    }
}
