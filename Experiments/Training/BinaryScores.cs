namespace Lepton.Neuro.Experiments.Training;

/// <summary>How good a detector is at a threshold.</summary>
/// <param name="Threshold">The threshold: what scores as much or more is called positive.</param>
/// <param name="Precision">The part of what it calls positive that is; 1 where it calls nothing so.</param>
/// <param name="Recall">The part of the positive ones that it finds.</param>
/// <param name="Accuracy">The part of all answers that is right.</param>
internal readonly record struct DetectionQuality(double Threshold, double Precision, double Recall, double Accuracy)
{
    /// <summary>The harmonic mean of precision and recall.</summary>
    public double F1 => Precision + Recall > 0 ? 2 * Precision * Recall / (Precision + Recall) : 0;
}

/// <summary>Scores of samples that are positive or not: the higher, the more likely.</summary>
internal sealed class BinaryScores
{
    readonly (double Score, bool IsPositive)[] ordered;
    readonly int positives;

    /// <summary>Puts scores in order.</summary>
    /// <param name="scores">A score a sample.</param>
    /// <param name="isPositive">Whether it is positive.</param>
    public BinaryScores(IReadOnlyList<double> scores, IReadOnlyList<bool> isPositive)
    {
        ordered = [.. scores.Zip(isPositive).OrderByDescending(s => s.First)];
        positives = ordered.Count(s => s.IsPositive);
    }

    /// <summary>Every threshold that tells samples apart, from the highest down. Equal scores are called alike.</summary>
    public IEnumerable<DetectionQuality> Curve()
    {
        int found = 0;
        for (int i = 0; i < ordered.Length; i++)
        {
            found += ordered[i].IsPositive ? 1 : 0;
            if (i + 1 == ordered.Length || ordered[i + 1].Score < ordered[i].Score) yield return Quality(ordered[i].Score, i + 1, found);
        }
    }

    /// <summary>The area under the curve of precision over recall, as average precision: the precision of each threshold times the recall gained by it. A detector that guesses has the part of the
    /// positive ones.</summary>
    public double AveragePrecision
    {
        get
        {
            double area = 0, recall = 0;
            foreach (var at in Curve())
            {
                area += (at.Recall - recall) * at.Precision;
                recall = at.Recall;
            }
            return area;
        }
    }

    /// <summary>The quality at a threshold.</summary>
    /// <param name="threshold">The threshold.</param>
    public DetectionQuality At(double threshold) => Quality(threshold, ordered.Count(s => s.Score >= threshold), ordered.Count(s => s.Score >= threshold && s.IsPositive));

    /// <summary>The threshold of the highest F1; the highest of them where there are several.</summary>
    public DetectionQuality Best() => Curve().MaxBy(q => q.F1);

    DetectionQuality Quality(double threshold, int called, int found) => new(
        threshold,
        called == 0 ? 1 : found / (double)called,
        positives == 0 ? 0 : found / (double)positives,
        (found + (ordered.Length - called - (positives - found))) / (double)ordered.Length);
}
