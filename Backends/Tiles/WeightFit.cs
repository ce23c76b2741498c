namespace Lepton.Neuro.Backends;

/// <summary>Finds the fewest bits that hold some weights as whole numbers times one step.</summary>
/// <remarks>A weight w is held as k where w is k times the step, rounded to single precision: so each pair of w and k leaves an interval for the step,
/// and the numbers fit where the intervals have a point in common. The search goes from few bits up.</remarks>
static class WeightFit
{
    /// <summary>The most bits looked for.</summary>
    public const int MostBits = 16;

    /// <summary>The fit of some weights; null where more than <see cref="MostBits"/> bits are needed.</summary>
    /// <param name="magnitudes">The distinct absolute values of the weights, without zero.</param>
    public static (int Bits, double Step, bool IsPowerOfTwo)? Find(IReadOnlyCollection<float> magnitudes)
    {
        const int Largest = (1 << (MostBits - 1)) - 1;
        if (magnitudes.Count == 0) return (2, 0, true);
        if (magnitudes.Count > Largest) return null;
        float[] ascending = [.. magnitudes.Order()];
        float most = ascending[^1], least = ascending[0];
        // The least weight is at least one step, so the greatest is at least their ratio, and there are as many whole numbers as weights.
        double first = Math.Max(Math.Floor((double)most / least), ascending.Length);
        for (double top = first; top <= Largest; top++)
        {
            if (Steps(ascending, most / top) is not { } steps) continue;
            int bits = 1 + (int)Math.Floor(Math.Log2(top)) + 1;
            double power = Math.ScaleB(1, (int)Math.Floor(Math.Log2(steps.Most)));
            return power >= steps.Least ? (bits, power, true) : (bits, (float)Middle(steps) is var single && single >= steps.Least && single <= steps.Most ? single : Middle(steps), false);
        }
        return null;
    }

    static double Middle((double Least, double Most) steps) => steps.Least + ((steps.Most - steps.Least) / 2);

    static (double Least, double Most)? Steps(float[] magnitudes, double guess)
    {
        double least = 0, most = double.PositiveInfinity;
        // From the greatest down: it pins the step down best, and what does not fit shows soon.
        for (int i = magnitudes.Length - 1; i >= 0; i--)
        {
            double weight = magnitudes[i], k = Math.Round(weight / guess);
            if (k < 1) return null;
            least = Math.Max(least, (weight + MathF.BitDecrement(magnitudes[i])) / 2 / k);
            most = Math.Min(most, (weight + MathF.BitIncrement(magnitudes[i])) / 2 / k);
            if (least > most) return null;
        }
        return (least, most);
    }
}
