namespace Lepton.Neuro.Experiments.Digits;

/// <summary>What neurons that learned without labels stand for: how much each fired for each class. An answer weighs each neuron's spikes by that (the "proportion weighting" of the field).</summary>
/// <param name="neurons">Neurons.</param>
/// <param name="classes">Classes.</param>
public sealed class ClassVotes(int neurons, int classes)
{
    readonly long[] spikes = new long[neurons * classes];
    readonly long[] images = new long[classes];
    double[]? shares;

    /// <summary>Classes.</summary>
    public int Classes => classes;

    /// <summary>Counts what a training image made the neurons fire.</summary>
    /// <param name="label">Its class.</param>
    /// <param name="counts">A count a neuron.</param>
    public void Add(int label, ReadOnlySpan<int> counts)
    {
        images[label]++;
        for (int i = 0; i < neurons; i++) spikes[(i * classes) + label] += counts[i];
        shares = null;
    }

    /// <summary>The class that spikes speak for; the first one where there is no spike.</summary>
    /// <param name="counts">A count a neuron.</param>
    public int Answer(ReadOnlySpan<int> counts)
    {
        shares ??= Shares();
        Span<double> votes = stackalloc double[classes];
        votes.Clear();
        for (int i = 0; i < neurons; i++)
        {
            if (counts[i] == 0) continue;
            for (int c = 0; c < classes; c++) votes[c] += counts[i] * shares[(i * classes) + c];
        }
        int best = 0;
        for (int c = 1; c < classes; c++)
        {
            if (votes[c] > votes[best]) best = c;
        }
        return best;
    }

    /// <summary>What was counted, as numbers: the images of each class, then for each neuron its spikes for each class.</summary>
    public double[] ToNumbers() => [.. images.Concat(spikes).Select(count => (double)count)];

    /// <summary>The votes that numbers tell of.</summary>
    /// <param name="neurons">Neurons.</param>
    /// <param name="classes">Classes.</param>
    /// <param name="numbers">As <see cref="ToNumbers"/> gives them.</param>
    /// <exception cref="InvalidInputException">There are too many or too few, or one is no count.</exception>
    public static ClassVotes FromNumbers(int neurons, int classes, double[] numbers)
    {
        if (numbers.Length != (neurons + 1L) * classes) throw new InvalidInputException("the votes of neurons", $"{numbers.Length} numbers", $"{(neurons + 1L) * classes}");
        var votes = new ClassVotes(neurons, classes);
        for (int i = 0; i < numbers.Length; i++)
        {
            // Counts are exact in double precision up to 2^53.
            long count = (long)Require.InRange("a vote of a neuron", numbers[i], 0, 1L << 53);
            if (i < classes) votes.images[i] = count;
            else votes.spikes[i - classes] = count;
        }
        return votes;
    }

    /// <summary>Writes what was counted.</summary>
    /// <param name="writer">Where to.</param>
    public void Save(BinaryWriter writer)
    {
        foreach (long count in spikes) writer.Write(count);
        foreach (long count in images) writer.Write(count);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <param name="reader">Where from.</param>
    public void Restore(BinaryReader reader)
    {
        for (int i = 0; i < spikes.Length; i++) spikes[i] = reader.ReadInt64();
        for (int i = 0; i < images.Length; i++) images[i] = reader.ReadInt64();
        shares = null;
    }

    // The mean count of a class, as a share of the neuron's means over all classes: neurons that fire a lot have no more to say than others.
    double[] Shares()
    {
        var result = new double[neurons * classes];
        for (int i = 0; i < neurons; i++)
        {
            double sum = 0;
            for (int c = 0; c < classes; c++)
            {
                double mean = images[c] == 0 ? 0 : spikes[(i * classes) + c] / (double)images[c];
                result[(i * classes) + c] = mean;
                sum += mean;
            }
            for (int c = 0; sum > 0 && c < classes; c++) result[(i * classes) + c] /= sum;
        }
        return result;
    }
}
