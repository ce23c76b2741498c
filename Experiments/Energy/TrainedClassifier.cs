using Lepton.Neuro.Experiments.Digits;
using Lepton.Neuro.Plasticity.Compression;

namespace Lepton.Neuro.Experiments.Energy;

/// <summary>A network that has learned, and what it is judged by.</summary>
/// <param name="Full">The network as learned.</param>
/// <param name="Test">The images that it is judged by.</param>
/// <param name="Evaluation">How it runs.</param>
/// <param name="Bits">The bits of a weight that are asked for.</param>
/// <param name="Sparsity">The part of the weights that is pruned.</param>
/// <param name="NeuronsPerCore">The most neurons a core.</param>
internal sealed record TrainedClassifier(Classifier Full, PreparedImages Test, Evaluation Evaluation, int Bits, double Sparsity, int NeuronsPerCore)
{
    /// <summary>The network with pruned weights of some bits.</summary>
    /// <param name="bits">The bits, sign included.</param>
    public Classifier Compressed(int bits)
    {
        var quantization = new SymmetricQuantization(bits);
        return Full.WithWeights([.. MagnitudePruning.Apply(Full.Weights, Sparsity).Select(w => quantization.Apply(w).Values)]);
    }
}
