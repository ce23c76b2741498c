namespace Lepton.Neuro.Experiments.Digits;

/// <summary>Accuracy while learning: on training images as they come, before they are learned from.</summary>
/// <param name="images">The images of an epoch.</param>
/// <param name="epochs">The epochs.</param>
internal sealed class LearningCurve(int images, int epochs)
{
    const int Points = 60;

    // A mean over fewer images is mostly chance; but of a few images, too, there should be a curve.
    const int LeastBlock = 25, LeastPoints = 8;

    readonly long block = Math.Max(Math.Max(1, (long)images * epochs / Points), Math.Min(LeastBlock, (long)images * epochs / LeastPoints));
    readonly List<double> seen = [], accuracy = [], byEpoch = [];
    long shown, judged, right, judgedOfEpoch, rightOfEpoch;

    /// <summary>How many images had been shown at each point, in all.</summary>
    public IReadOnlyList<double> Seen => seen;

    /// <summary>The accuracy since the point before.</summary>
    public IReadOnlyList<double> Accuracy => accuracy;

    /// <summary>The mean accuracy of each epoch.</summary>
    public IReadOnlyList<double> ByEpoch => byEpoch;

    /// <summary>Counts an image.</summary>
    /// <param name="answer">What the network took it for; -1 where it cannot tell yet.</param>
    /// <param name="label">What it is.</param>
    public void Add(int answer, int label)
    {
        shown++;
        if (answer >= 0)
        {
            judged++;
            judgedOfEpoch++;
            if (answer == label)
            {
                right++;
                rightOfEpoch++;
            }
        }
        if (shown % block == 0 && judged > 0)
        {
            seen.Add(shown);
            accuracy.Add(right / (double)judged);
            (judged, right) = (0, 0);
        }
        if (shown % images == 0)
        {
            byEpoch.Add(judgedOfEpoch == 0 ? double.NaN : rightOfEpoch / (double)judgedOfEpoch);
            (judgedOfEpoch, rightOfEpoch) = (0, 0);
        }
    }

    /// <summary>Writes the curve so far.</summary>
    /// <param name="writer">Where to.</param>
    public void Save(BinaryWriter writer)
    {
        foreach (long count in (ReadOnlySpan<long>)[shown, judged, right, judgedOfEpoch, rightOfEpoch]) writer.Write(count);
        foreach (var list in (ReadOnlySpan<List<double>>)[seen, accuracy, byEpoch])
        {
            writer.Write(list.Count);
            foreach (double value in list) writer.Write(value);
        }
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <param name="reader">Where from.</param>
    public void Restore(BinaryReader reader)
    {
        (shown, judged, right, judgedOfEpoch, rightOfEpoch) = (reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64());
        foreach (var list in (ReadOnlySpan<List<double>>)[seen, accuracy, byEpoch])
        {
            list.Clear();
            for (int left = reader.ReadInt32(); left > 0; left--) list.Add(reader.ReadDouble());
        }
    }
}
