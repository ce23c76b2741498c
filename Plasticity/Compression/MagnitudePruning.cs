namespace Lepton.Neuro.Plasticity.Compression;

/// <summary>Pruning by magnitude: the weights nearest to zero become zero, and their synapses need not be stored or delivered.</summary>
/// <remarks>Source: S. Han, J. Pool, J. Tran and W. Dally, "Learning both weights and connections for efficient neural networks", NIPS 2015. Among equal magnitudes the later ones
/// go first, so that the sparsity is exact and the result does not depend on any order.</remarks>
public static class MagnitudePruning
{
    /// <summary>Prunes one set of weights.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="sparsity">The part of the weights that is zero afterwards, at least, in [0, 1].</param>
    /// <returns>The weights that are left, in their places; zero elsewhere.</returns>
    /// <exception cref="InvalidInputException">The sparsity is out of its range, or a weight is not finite.</exception>
    public static float[] Apply(ReadOnlySpan<float> weights, double sparsity) => Apply([weights.ToArray()], sparsity)[0];

    /// <summary>Prunes several sets of weights together: a threshold for all of them, so that a set whose weights matter less loses more.</summary>
    /// <param name="sets">The sets, on one scale.</param>
    /// <param name="sparsity">The part of all weights that is zero afterwards, at least, in [0, 1].</param>
    /// <returns>The weights that are left, in their places; zero elsewhere.</returns>
    /// <exception cref="InvalidInputException">The sparsity is out of its range, or a weight is not finite.</exception>
    public static IReadOnlyList<float[]> Apply(IReadOnlyList<float[]> sets, double sparsity) =>
        PruningOrder.Apply(sets, sparsity, (set, i) => Math.Abs(sets[set][i]));

    /// <summary>The part of the weights that is zero.</summary>
    /// <param name="weights">The weights.</param>
    /// <returns>0 where there are none.</returns>
    public static double Sparsity(ReadOnlySpan<float> weights) => weights.IsEmpty ? 0 : weights.Count(0f) / (double)weights.Length;
}
