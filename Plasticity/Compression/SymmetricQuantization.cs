namespace Lepton.Neuro.Plasticity;

/// <summary>Weights as small integers times a step.</summary>
/// <param name="Codes">The integers.</param>
/// <param name="Step">The step.</param>
/// <param name="Bits">How many bits an integer takes, sign included.</param>
public sealed record QuantizedWeights(IReadOnlyList<int> Codes, double Step, int Bits)
{
    /// <summary>The weights: <c>code * Step</c>.</summary>
    public float[] Values => [.. Codes.Select(code => (float)(code * Step))];
}

/// <summary>Symmetric quantization: weights become integers of a few bits, times one step for each projection.</summary>
/// <remarks>
/// <para><c>code = round(w / step)</c> (halves to the even one), within ±(2^(Bits-1) - 1), so that a weight and its negative have codes that are negatives. The step is the least at which the
/// largest weight has a code: the largest magnitude over 2^(Bits-1) - 1, or the next power of two, at which hardware needs shifts only. A weight moves by at most half a step.
/// Quantizing again changes nothing.</para>
/// <para>At 1 bit there are two codes, -1 and 1, and the step is the mean magnitude (rounded to a power of two where one is wanted). At any number of bits a weight that
/// is zero stays zero: it is a synapse that is not there.</para>
/// <para>Sources: B. Jacob et al., CVPR 2018 (symmetric uniform quantization); M. Rastegari et al., ECCV 2016 (one bit and a scale).</para>
/// </remarks>
/// <param name="Bits">The bits of a weight, 1 to 16.</param>
/// <param name="PowerOfTwoStep">Whether the step is a power of two.</param>
public sealed record SymmetricQuantization(int Bits, bool PowerOfTwoStep = false)
{
    /// <summary>Quantizes the weights of a projection.</summary>
    /// <param name="weights">The weights.</param>
    /// <returns>As many weights.</returns>
    /// <exception cref="InvalidInputException">The number of bits is outside its range, or a weight is not finite.</exception>
    public QuantizedWeights Quantize(ReadOnlySpan<float> weights)
    {
        Require.InRange("the bits of a weight", Bits, 1L, 16L);
        double largest = 0, sum = 0;
        int present = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            double magnitude = Math.Abs(Require.Finite($"weight {i} to quantize", weights[i]));
            largest = Math.Max(largest, magnitude);
            sum += magnitude;
            if (magnitude > 0) present++;
        }
        var codes = new int[weights.Length];
        if (present == 0) return new(codes, 1, Bits);
        double step = Bits == 1 ? Binary(sum / present) : Uniform(largest / Levels);
        for (int i = 0; i < codes.Length; i++) codes[i] = Bits == 1 ? Math.Sign(weights[i]) : (int)Math.Round(weights[i] / step);
        return new(codes, step, Bits);
    }

    int Levels => (1 << (Bits - 1)) - 1;

    // As a float, so that the mean of the values found is the step itself.
    double Binary(double mean) => PowerOfTwoStep ? Math.ScaleB(1, (int)Math.Round(Math.Log2(mean))) : (float)mean;

    double Uniform(double least)
    {
        if (!PowerOfTwoStep) return least;
        int exponent = Math.ILogB(least);
        return Math.ScaleB(1, Math.ScaleB(1, exponent) < least ? exponent + 1 : exponent);
    }
}
