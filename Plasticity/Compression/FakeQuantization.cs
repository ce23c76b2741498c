namespace Lepton.Neuro.Plasticity.Compression;

/// <summary>Training that knows of quantization: forward, weights are rounded to a grid; backward, rounding counts as the identity inside the grid's range, and what is clipped learns nothing.</summary>
/// <remarks>Sources: Y. Bengio, N. Leonard and A. Courville, "Estimating or propagating gradients through stochastic neurons for conditional computation", arXiv:1308.3432 (2013), the straight-through
/// estimator; B. Jacob et al., CVPR 2018, its use here; S. Esser et al., "Learned step size quantization", ICLR 2020, the gradient of a step. For a grid a channel, call these for each
/// channel's weights.</remarks>
public static class FakeQuantization
{
    /// <summary>Rounds weights to a grid: <c>rounded = (clamp(round(w / Step) + Zero, Least, Most) - Zero) Step</c>.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="grid">The grid.</param>
    /// <param name="rounded">Where to; may be <paramref name="weights"/>.</param>
    /// <exception cref="InvalidInputException">There are not as many places as weights.</exception>
    public static void Forward(ReadOnlySpan<float> weights, in QuantizationGrid grid, Span<float> rounded)
    {
        Same("the places for rounded weights", rounded.Length, weights.Length);
        for (int i = 0; i < weights.Length; i++) rounded[i] = grid.Nearest(weights[i]);
    }

    /// <summary>Makes the gradient of rounded weights that of the weights: it stays inside [Low, High] and is zero outside.</summary>
    /// <param name="weights">The weights before rounding.</param>
    /// <param name="grid">The grid.</param>
    /// <param name="gradient">The gradient of the rounded weights; masked in place.</param>
    /// <exception cref="InvalidInputException">There are not as many gradients as weights.</exception>
    public static void MaskGradient(ReadOnlySpan<float> weights, in QuantizationGrid grid, Span<float> gradient)
    {
        Same("the number of gradients", gradient.Length, weights.Length);
        float low = grid.Low, high = grid.High;
        for (int i = 0; i < weights.Length; i++)
        {
            if (!(weights[i] >= low && weights[i] <= high)) gradient[i] = 0;
        }
    }

    /// <summary>The gradient of the grid's step, where the step is learned: <c>sum_i g_i d_i / sqrt(n Most)</c> with <c>d = round(w / Step) - w / Step</c> inside the range, and the end's q
    /// less Zero outside.</summary>
    /// <param name="weights">The weights before rounding.</param>
    /// <param name="grid">The grid.</param>
    /// <param name="gradient">The gradient of the rounded weights, before <see cref="MaskGradient"/>.</param>
    /// <returns>The gradient of the step.</returns>
    /// <exception cref="InvalidInputException">There are not as many gradients as weights.</exception>
    public static double StepGradient(ReadOnlySpan<float> weights, in QuantizationGrid grid, ReadOnlySpan<float> gradient)
    {
        Same("the number of gradients", gradient.Length, weights.Length);
        double sum = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            double exact = weights[i] / (double)grid.Step;
            bool inside = exact >= grid.Least - grid.Zero && exact <= grid.Most - grid.Zero;
            sum += gradient[i] * (grid.Quantize(weights[i]) - grid.Zero - (inside ? exact : 0));
        }
        return weights.IsEmpty ? 0 : sum / Math.Sqrt((double)weights.Length * Math.Max(1, grid.Most));
    }

    static void Same(string what, int given, int wanted)
    {
        if (given != wanted) throw new InvalidInputException(what, given, $"{wanted}, one for each weight");
    }
}
