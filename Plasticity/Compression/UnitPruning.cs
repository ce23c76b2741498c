using Lepton.Neuro.Plasticity.Gradients;

namespace Lepton.Neuro.Plasticity.Compression;

/// <summary>A matrix of weights in a chain of layers: <c>[source, unit]</c>, the unit fastest.</summary>
/// <param name="Weights">The weights.</param>
/// <param name="Units">How many units it leads to.</param>
/// <param name="Recurrent">Whether it leads from these units to themselves.</param>
public sealed record ChainedWeights(float[] Weights, int Units, bool Recurrent = false);

/// <summary>What is left of a chain after units went.</summary>
/// <param name="Weights">The weights of each matrix in their places; zero where units went.</param>
/// <param name="Gone">For each matrix, which of the units that it leads to went.</param>
public sealed record PrunedChain(IReadOnlyList<float[]> Weights, IReadOnlyList<bool[]> Gone);

/// <summary>Structured pruning of a whole network: units, or filters, of each layer but the last go by <see cref="StructuredPruning"/>, and with them what leads from them to the next layer. The sparsity is
/// of units; of weights more is gone, for a matrix between two layers loses rows and columns.</summary>
public static class UnitPruning
{
    /// <summary>Prunes.</summary>
    /// <param name="chain">The matrices, from the input to the output. The sources of one are the units of the one before, the unit fastest where there are several places.</param>
    /// <param name="sparsity">The part of the units that goes, in [0, 1].</param>
    /// <returns>What is left.</returns>
    /// <exception cref="InvalidInputException">The sparsity is out of its range, a size does not fit, or a weight is not finite.</exception>
    public static PrunedChain Apply(IReadOnlyList<ChainedWeights> chain, double sparsity)
    {
        int last = chain.Count - 1;
        while (last > 0 && chain[last].Recurrent) last--;
        var weights = new List<float[]>();
        var gone = new List<bool[]>();
        bool[]? before = null, now = null;
        for (int m = 0; m < chain.Count; m++)
        {
            var matrix = chain[m];
            var left = (float[])matrix.Weights.Clone();
            if (matrix.Recurrent)
            {
                // The units are those of the matrix before: it said which go.
                Clear(left, matrix.Units, now, now);
            }
            else
            {
                before = now;
                now = new bool[matrix.Units];
                if (m < last)
                {
                    now.AsSpan().Fill(true);
                    foreach (int kept in StructuredPruning.Apply(matrix.Weights, matrix.Units, PruningGroup.Column, sparsity).Kept) now[kept] = false;
                }
                Clear(left, matrix.Units, before, now);
            }
            weights.Add(left);
            gone.Add(now!);
        }
        return new(weights, gone);
    }

    /// <summary>The chain of a network's weights.</summary>
    /// <param name="network">The network.</param>
    /// <param name="weights">Weights for its parameters that are weights, in their order.</param>
    /// <exception cref="InvalidInputException">A layer has weights that are no matrix of units, or normalises what units say.</exception>
    internal static List<ChainedWeights> ChainOf(Sequential network, IReadOnlyList<float[]> weights)
    {
        var chain = new List<ChainedWeights>();
        foreach (var layer in network.Layers)
        {
            if (layer is DenseLayer or ConvolutionLayer or RecurrentLayer) chain.Add(new(weights[chain.Count], layer.Output.Channels, layer is RecurrentLayer));
            else if (layer.Parameters.Count > 0) throw new InvalidInputException($"layer '{layer.Name}'", "in a network that loses units", "dense, convolutional and recurrent layers, normalisation folded into them");
        }
        return chain;
    }

    static void Clear(float[] weights, int units, bool[]? sources, bool[]? targets)
    {
        for (int i = 0; i < weights.Length; i++)
        {
            if (sources?[i / units % sources.Length] == true || targets?[i % units] == true) weights[i] = 0;
        }
    }
}
