namespace Lepton.Neuro.Plasticity.Compression;

/// <summary>The values that a quantized weight can have: <c>(q - Zero) * Step</c> for whole q in [Least, Most]. Zero is one of them.</summary>
/// <param name="Step">The distance of neighbouring values, above 0.</param>
/// <param name="Zero">The q of the value zero.</param>
/// <param name="Least">The least q.</param>
/// <param name="Most">The greatest q.</param>
public readonly record struct QuantizationGrid(float Step, int Zero, int Least, int Most)
{
    /// <summary>The least value.</summary>
    public float Low => Value(Least);

    /// <summary>The greatest value.</summary>
    public float High => Value(Most);

    /// <summary>A grid of 2^bits - 1 values with as many below zero as above: q in [-(2^(bits - 1) - 1), 2^(bits - 1) - 1]. Of one bit: -Step, 0 and Step.</summary>
    /// <param name="bits">The bits of a weight, 1 to 16.</param>
    /// <param name="largest">The largest magnitude that fits; a step of 1 where it is 0.</param>
    /// <exception cref="InvalidInputException">The bits are out of their range, or the magnitude is not finite or below zero.</exception>
    public static QuantizationGrid Symmetric(int bits, float largest)
    {
        Require.InRange("the bits of a weight", bits, 1L, 16L);
        Require.InRange("the largest magnitude", largest, 0, float.MaxValue);
        int most = bits == 1 ? 1 : (1 << (bits - 1)) - 1;
        return new(StepOf(largest, most), 0, -most, most);
    }

    /// <summary>A grid of 2^bits values that spans a range, stretched to include zero: q in [0, 2^bits - 1].</summary>
    /// <param name="bits">The bits of a weight, 1 to 16.</param>
    /// <param name="low">The lower end.</param>
    /// <param name="high">The upper end, not below <paramref name="low"/>.</param>
    /// <exception cref="InvalidInputException">The bits are out of their range, or an end is not finite or below the other.</exception>
    public static QuantizationGrid Asymmetric(int bits, float low, float high)
    {
        Require.InRange("the bits of a weight", bits, 1L, 16L);
        Require.InRange("the lower end", low, -float.MaxValue / 4, float.MaxValue / 4);
        Require.InRange("the upper end", high, low, float.MaxValue / 4);
        (low, high) = (MathF.Min(low, 0), MathF.Max(high, 0));
        int most = (1 << bits) - 1;
        float step = StepOf(high - low, most);
        return new(step, Math.Clamp((int)MathF.Round(-low / step), 0, most), 0, most);
    }

    /// <summary>The q of the value nearest to a weight.</summary>
    /// <param name="weight">The weight.</param>
    public int Quantize(float weight) => (int)Math.Clamp(MathF.Round(weight / Step) + Zero, Least, Most);

    /// <summary>The value of a q.</summary>
    /// <param name="q">In [Least, Most].</param>
    public float Value(int q) => (q - Zero) * Step;

    /// <summary>The value nearest to a weight.</summary>
    /// <param name="weight">The weight.</param>
    public float Nearest(float weight) => Value(Quantize(weight));

    /// <summary>The sum of the squares of what weights lose.</summary>
    /// <param name="weights">The weights.</param>
    public double SquaredError(ReadOnlySpan<float> weights)
    {
        double sum = 0;
        foreach (float weight in weights)
        {
            double error = Nearest(weight) - (double)weight;
            sum += error * error;
        }
        return sum;
    }

    static float StepOf(float range, int most)
    {
        if (range == 0) return 1;
        float step = MathF.Max(range / most, 1.2e-38f);
        // Division may round down: then the largest weight would be a hair more than the largest multiple.
        return step * most < range ? MathF.BitIncrement(step) : step;
    }
}
