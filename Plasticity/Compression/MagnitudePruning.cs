namespace Lepton.Neuro.Plasticity;

/// <summary>Among which weights the smallest are looked for.</summary>
public enum PruningScope
{
    /// <summary>Each projection loses the same part of its weights.</summary>
    EachProjection,

    /// <summary>The smallest of all weights go, wherever they are.</summary>
    Global,
}

/// <summary>Pruning by magnitude: the smallest weights become zero.</summary>
/// <remarks>Of n weights, <c>round(Sparsity * n)</c> are zero afterwards (halves round up), or as many as were zero before where that is more. Among weights of equal magnitude those that come
/// first go first. Source: S. Han, J. Pool, J. Tran and W. Dally, "Learning both weights and connections for efficient neural networks", NeurIPS 2015.</remarks>
/// <param name="Sparsity">The part of all weights that is zero afterwards, in [0, 1].</param>
/// <param name="Scope">Among which weights the smallest are looked for; default: in each projection.</param>
public sealed record MagnitudePruning(double Sparsity, PruningScope Scope = PruningScope.EachProjection)
{
    /// <summary>Prunes the weights of one projection.</summary>
    /// <param name="weights">The weights; not changed.</param>
    /// <returns>As many weights.</returns>
    /// <exception cref="InvalidInputException">The sparsity is outside its range, or a weight is not finite.</exception>
    public float[] Prune(ReadOnlySpan<float> weights) => Smallest([weights.ToArray()])[0];

    /// <summary>Prunes the weights of projections.</summary>
    /// <param name="weights">The weights of each projection; not changed.</param>
    /// <returns>As many weights for each.</returns>
    /// <exception cref="InvalidInputException">The sparsity is outside its range, or a weight is not finite.</exception>
    public float[][] Prune(IReadOnlyList<float[]> weights) =>
        Scope == PruningScope.Global ? Smallest([.. weights.Select(w => (float[])w.Clone())]) : [.. weights.Select(w => Prune(w))];

    float[][] Smallest(float[][] weights)
    {
        Require.InRange("the sparsity", Sparsity, 0, 1);
        var places = new List<(float Magnitude, int Projection, int Index)>();
        for (int p = 0; p < weights.Length; p++)
        {
            for (int i = 0; i < weights[p].Length; i++)
            {
                Require.Finite($"weight {i} to prune", weights[p][i]);
                places.Add((MathF.Abs(weights[p][i]), p, i));
            }
        }
        places.Sort();
        int count = (int)Math.Floor((Sparsity * places.Count) + 0.5);
        foreach (var (_, p, i) in places.Take(count)) weights[p][i] = 0;
        return weights;
    }
}
