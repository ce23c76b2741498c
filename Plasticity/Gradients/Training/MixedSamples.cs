namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>Several sets of samples as one, so that each batch is a mixture of them: training shuffles all of them together. For fine-tuning on other data without forgetting what was learned, and for classes
/// or sources of which there are few.</summary>
/// <remarks>Of each set a number of copies is taken, so its part of the batches is its count times its copies over the sum of these. Nothing is copied in memory. A copy is augmented in another way than the others, for
/// it is another presentation.</remarks>
public sealed class MixedSamples : ISamples
{
    readonly ISamples[] sets;
    readonly int[] ends;

    /// <summary>A mixture.</summary>
    /// <param name="parts">The sets, at least one, each with its copies, at least 1. Samples of all sets have the same shape.</param>
    /// <exception cref="InvalidInputException">There are no sets, a set is empty, copies are out of range, or there are too many samples in all (2^31 or more).</exception>
    public MixedSamples(params IReadOnlyList<(ISamples Set, int Copies)> parts)
    {
        if (parts.Count == 0) throw new InvalidInputException("the sets of a mixture", 0, "at least 1");
        sets = [.. parts.Select(p => p.Set)];
        ends = new int[parts.Count];
        long end = 0;
        for (int i = 0; i < ends.Length; i++)
        {
            if (sets[i].Count < 1) throw new InvalidInputException($"the samples of set {i} of a mixture", sets[i].Count, "at least 1");
            end += sets[i].Count * Require.InRange($"the copies of set {i} of a mixture", (long)parts[i].Copies, 1, 1 << 20);
            if (end > int.MaxValue) throw new InvalidInputException("the samples of a mixture", end, $"at most {int.MaxValue}");
            ends[i] = (int)end;
        }
        Classes = sets.Max(s => s.Classes);
    }

    /// <inheritdoc/>
    public int Count => ends[^1];

    /// <summary>The classes of the set that has most.</summary>
    public int Classes { get; }

    /// <inheritdoc/>
    public int Label(int index)
    {
        var (set, sample) = Find(index);
        return set.Label(sample);
    }

    /// <inheritdoc/>
    public void Read(int index, Span<float> values)
    {
        var (set, sample) = Find(index);
        set.Read(sample, values);
    }

    (ISamples Set, int Sample) Find(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        int set = 0;
        while (index >= ends[set]) set++;
        return (sets[set], (index - (set == 0 ? 0 : ends[set - 1])) % sets[set].Count);
    }
}
