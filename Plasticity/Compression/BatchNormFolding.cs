using Lepton.Neuro.Plasticity.Gradients;
using Lepton.Neuro.Plasticity.ModelFiles;

namespace Lepton.Neuro.Plasticity.Compression;

/// <summary>Batch normalisation after weights becomes part of them, and what only training needs is left out: what quantization and pruning see is then what an inference uses.</summary>
/// <remarks>Source: B. Jacob et al., "Quantization and training of neural networks for efficient integer-arithmetic-only inference", CVPR 2018.</remarks>
public static class BatchNormFolding
{
    /// <summary>Makes a network without batch normalisation and dropout; a normalisation that does not follow a dense or convolutional layer stays.</summary>
    /// <param name="network">The network; it stays as it is.</param>
    /// <returns>Another one, whose answers differ by rounding alone.</returns>
    /// <exception cref="InvalidInputException">A layer cannot be copied.</exception>
    public static Sequential Fold(Sequential network)
    {
        var layers = new List<Layer>();
        var fills = new List<Action>();
        for (int i = 0; i < network.Layers.Count; i++)
        {
            var from = network.Layers[i];
            var norm = from is DenseLayer or ConvolutionLayer ? network.Layers.ElementAtOrDefault(i + 1) as BatchNormLayer : null;
            if (from is DropoutLayer) continue;
            var (id, numbers) = LayerParts.Describe(from);
            if (norm is not null)
            {
                numbers["bias"] = 1;
                i++;
            }
            var to = LayerParts.Create(id, from.Name, numbers);
            layers.Add(to);
            fills.Add(() => Fill(from, to, norm));
        }
        var folded = new Sequential([.. layers]);
        foreach (var fill in fills) fill();
        folded.ParametersChanged();
        return folded;
    }

    static void Fill(Layer from, Layer to, BatchNormLayer? norm)
    {
        foreach (var parameter in from.Parameters) parameter.Values.CopyTo(to.Parameters.First(p => p.Name == parameter.Name).Values);
        if (norm is null) return;
        var (factors, shifts) = norm.Folded();
        Span<float> weights = to.Parameters.First(p => p.Kind == ParameterKind.Weight).Values, bias = to.Parameters.First(p => p.Kind == ParameterKind.Offset).Values;
        if (from.Parameters.All(p => p.Kind != ParameterKind.Offset)) bias.Clear();
        for (int i = 0; i < weights.Length; i++) weights[i] *= factors[i % factors.Length];
        for (int c = 0; c < bias.Length; c++) bias[c] = MathF.FusedMultiplyAdd(bias[c], factors[c], shifts[c]);
    }
}
