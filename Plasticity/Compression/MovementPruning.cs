namespace Lepton.Neuro.Plasticity.Compression;

/// <summary>Pruning by movement: the weights that training drew towards zero become zero, however large they are still; those that it drew away from zero stay, however small.</summary>
/// <remarks>
/// <para>The importance of a weight is <c>S = -sum_t (dL/dw)_t w_t</c> over the steps of training. Gradient descent moves a weight by <c>dw = -rate dL/dw</c>, so S is the sum of <c>w dw</c>
/// over the rate, and for small steps <c>S = (w_after^2 - w_before^2) / (2 rate)</c>: the weights before and after are enough. Where gradients are at hand, <see cref="Accumulate"/> adds up S as it
/// is defined.</para>
/// <para>Source: V. Sanh, T. Wolf and A. Rush, "Movement pruning: adaptive sparsity by fine-tuning", NeurIPS 2020.</para>
/// </remarks>
public static class MovementPruning
{
    /// <summary>Prunes one set of weights.</summary>
    /// <param name="before">The weights before training.</param>
    /// <param name="after">The weights after it, as many.</param>
    /// <param name="sparsity">The part of the weights that is zero afterwards, at least, in [0, 1].</param>
    /// <returns>The weights after training that are left, in their places; zero elsewhere.</returns>
    /// <exception cref="InvalidInputException">The sparsity is out of its range, a weight is not finite, or there are not as many before as after.</exception>
    public static float[] Apply(ReadOnlySpan<float> before, ReadOnlySpan<float> after, double sparsity) => Apply([before.ToArray()], [after.ToArray()], sparsity)[0];

    /// <summary>Prunes several sets of weights together, by one threshold.</summary>
    /// <param name="before">The sets before training.</param>
    /// <param name="after">The sets after it, of the same sizes.</param>
    /// <param name="sparsity">The part of all weights that is zero afterwards, at least, in [0, 1].</param>
    /// <returns>The weights after training that are left, in their places; zero elsewhere.</returns>
    /// <exception cref="InvalidInputException">The sparsity is out of its range, a weight is not finite, or there are not as many before as after.</exception>
    public static IReadOnlyList<float[]> Apply(IReadOnlyList<float[]> before, IReadOnlyList<float[]> after, double sparsity)
    {
        Same(before, after, "the weights before training");
        return PruningOrder.Apply(after, sparsity, (set, i) =>
        {
            double was = Require.Finite("a weight before training", before[set][i]), isNow = after[set][i];
            // The factors are exact in double precision, the difference of squares would not be.
            return (isNow - was) * (isNow + was);
        });
    }

    /// <summary>Prunes by importances that were added up during training.</summary>
    /// <param name="weights">The sets of weights.</param>
    /// <param name="scores">The importance of each (see <see cref="Accumulate"/>): finite.</param>
    /// <param name="sparsity">The part of all weights that is zero afterwards, at least, in [0, 1].</param>
    /// <returns>The weights that are left, in their places; zero elsewhere.</returns>
    /// <exception cref="InvalidInputException">The sparsity is out of its range, a number is not finite, or there are not as many scores as weights.</exception>
    public static IReadOnlyList<float[]> ApplyScores(IReadOnlyList<float[]> weights, IReadOnlyList<float[]> scores, double sparsity)
    {
        Same(scores, weights, "the scores");
        return PruningOrder.Apply(weights, sparsity, (set, i) => Require.Finite("the score of a weight", scores[set][i]));
    }

    /// <summary>Adds a step of training to the importances: <c>scores -= gradients * weights</c>.</summary>
    /// <param name="scores">The importances; zero at first.</param>
    /// <param name="weights">The weights before the step.</param>
    /// <param name="gradients">The gradient of the loss.</param>
    /// <exception cref="InvalidInputException">The three have not the same length.</exception>
    public static void Accumulate(Span<float> scores, ReadOnlySpan<float> weights, ReadOnlySpan<float> gradients)
    {
        if (weights.Length != scores.Length) throw new InvalidInputException("the number of weights", weights.Length, $"{scores.Length}, one for each score");
        if (gradients.Length != scores.Length) throw new InvalidInputException("the number of gradients", gradients.Length, $"{scores.Length}, one for each score");
        for (int i = 0; i < scores.Length; i++) scores[i] = MathF.FusedMultiplyAdd(-gradients[i], weights[i], scores[i]);
    }

    static void Same(IReadOnlyList<float[]> given, IReadOnlyList<float[]> weights, string what)
    {
        if (given.Count != weights.Count) throw new InvalidInputException(what, $"{given.Count} sets", $"{weights.Count}, as of the weights");
        for (int i = 0; i < given.Count; i++)
        {
            if (given[i].Length != weights[i].Length) throw new InvalidInputException($"{what}, set {i}", $"{given[i].Length} numbers", $"{weights[i].Length}, one for each weight");
        }
    }
}
