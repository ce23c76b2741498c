namespace Lepton.Neuro.Plasticity.Compression;

/// <summary>Weights that are whole multiples of a step.</summary>
/// <param name="Values">The weights: multiples of <paramref name="Step"/>.</param>
/// <param name="Step">The distance of neighbouring weights; 1 where all are zero.</param>
/// <param name="Bits">The bits of a weight, sign included.</param>
public sealed record QuantizedWeights(float[] Values, float Step, int Bits)
{
    /// <summary>The weights as the integers that hardware stores: in [-(2^(Bits - 1) - 1), 2^(Bits - 1) - 1].</summary>
    public int[] Integers => Array.ConvertAll(Values, v => (int)MathF.Round(v / Step));
}

/// <summary>Symmetric uniform quantization: a weight becomes the nearest multiple of a step, zero stays zero, and both signs have the same range.</summary>
/// <remarks>
/// <para>With n bits the largest magnitude is 2^(n - 1) - 1 steps (for one bit: weights are 0 or plus and minus one step). The step is the least that the largest weight fits into; as a power of two it
/// loses up to a bit of resolution, but then every weight is exact in the simulator's sums and in any machine with as many bits, so that what is mapped equals what was quantized, bit for bit.
/// The error of a weight is at most half a step.</para>
/// <para>Source: B. Jacob et al., "Quantization and training of neural networks for efficient integer-arithmetic-only inference", CVPR 2018 (symmetric case).</para>
/// </remarks>
/// <param name="Bits">The bits of a weight, sign included: 1 to 16.</param>
public sealed record SymmetricQuantization(int Bits)
{
    /// <summary>Whether the step is a power of two. Default true.</summary>
    public bool PowerOfTwoStep { get; init; } = true;

    /// <summary>The largest magnitude, in steps.</summary>
    public int Largest => Bits == 1 ? 1 : (1 << (Bits - 1)) - 1;

    /// <summary>Quantizes weights.</summary>
    /// <param name="weights">The weights.</param>
    /// <returns>The quantized weights, with their step.</returns>
    /// <exception cref="InvalidInputException">The bits are out of their range, or a weight is not finite.</exception>
    public QuantizedWeights Apply(ReadOnlySpan<float> weights)
    {
        Require.InRange("the bits of a weight", Bits, 1L, 16L);
        float most = 0;
        foreach (float weight in weights) most = MathF.Max(most, MathF.Abs((float)Require.Finite("a weight that is quantized", weight)));
        float step = StepFor(most);
        var values = new float[weights.Length];
        // A small negative weight would become a negative zero: adding zero makes it the zero that all others are.
        for (int i = 0; i < values.Length; i++) values[i] = (Math.Clamp(MathF.Round(weights[i] / step), -Largest, Largest) * step) + 0f;
        return new(values, step, Bits);
    }

    float StepFor(float most)
    {
        if (most == 0) return 1;
        if (!PowerOfTwoStep)
        {
            // Division may round down: then the largest weight would be a hair more than the largest multiple.
            float exact = most / Largest;
            return exact * Largest < most ? MathF.BitIncrement(exact) : exact;
        }
        float step = MathF.ScaleB(1, Math.Max(-126, MathF.ILogB(most) - Bits));
        while (step * Largest < most) step *= 2;
        return step;
    }
}
