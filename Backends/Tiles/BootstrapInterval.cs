using Lepton.Neuro.Random;

namespace Lepton.Neuro.Backends;

/// <summary>An interval for the mean of a sample, from drawing it again with replacement.</summary>
/// <remarks>The percentile bootstrap of B. Efron (Annals of Statistics 7, 1979): the means of many samples drawn from the sample; the interval holds the middle share of them.</remarks>
/// <param name="Mean">The mean.</param>
/// <param name="Low">The lower end.</param>
/// <param name="High">The upper end.</param>
/// <param name="Count">How many values.</param>
public sealed record BootstrapInterval(double Mean, double Low, double High, int Count)
{
    /// <summary>How many samples are drawn.</summary>
    public const int Draws = 2000;

    /// <summary>The interval of some values.</summary>
    /// <param name="values">The values, at least one.</param>
    /// <param name="seed">The seed of the draws.</param>
    /// <param name="confidence">The share of the means that it holds, above 0 and below 1.</param>
    /// <exception cref="InvalidInputException">There is no value, or the confidence is out of its range.</exception>
    public static BootstrapInterval Of(ReadOnlySpan<double> values, ulong seed, double confidence = 0.95)
    {
        if (values.IsEmpty) throw new InvalidInputException("the values of an interval", "none", "at least one");
        if (!(confidence > 0 && confidence < 1)) throw new InvalidInputException("the confidence of an interval", confidence, "above 0 and below 1");
        var stream = new RandomStream(seed, RandomPurpose.Shuffling, 1);
        var means = new double[Draws];
        var words = new uint[(values.Length + Philox.Group - 1) / Philox.Group * Philox.Group];
        for (int draw = 0; draw < Draws; draw++)
        {
            Philox.Fill(stream, 0, (uint)draw, 0, 0, words);
            double sum = 0;
            for (int i = 0; i < values.Length; i++) sum += values[RandomStream.Below(words[i], values.Length)];
            means[draw] = sum / values.Length;
        }
        Array.Sort(means);
        double mean = 0;
        foreach (double value in values) mean += value;
        int cut = (int)Math.Floor((1 - confidence) / 2 * Draws);
        return new(mean / values.Length, means[cut], means[Draws - 1 - cut], values.Length);
    }
}
