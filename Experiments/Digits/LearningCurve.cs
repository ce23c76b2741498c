namespace Lepton.Neuro.Experiments.Digits;

/// <summary>Accuracy while learning: on training images as they come, before they are learned from.</summary>
/// <param name="images">The images of an epoch.</param>
/// <param name="epochs">The epochs.</param>
internal sealed class LearningCurve(int images, int epochs)
{
    const int Points = 60;

    readonly long block = Math.Max(1, (long)images * epochs / Points);
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
}
