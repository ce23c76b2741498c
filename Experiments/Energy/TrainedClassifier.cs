using Lepton.Neuro.Backends;
using Lepton.Neuro.Experiments.Digits;
using Lepton.Neuro.Plasticity.Compression;

namespace Lepton.Neuro.Experiments.Energy;

/// <summary>A network that has learned, and what it is judged by.</summary>
/// <param name="Full">The network as learned.</param>
/// <param name="Training">The images that it learned from.</param>
/// <param name="Test">The images that it is judged by.</param>
/// <param name="Evaluation">How it runs.</param>
/// <param name="Bits">The bits of a weight that are asked for.</param>
/// <param name="Sparsity">The part of the weights that is pruned.</param>
/// <param name="NeuronsPerCore">The most neurons a core.</param>
/// <param name="Learner">Makes another learner of the same kind, given what opens its session; null where the network is compressed or cannot be taught further.</param>
internal sealed record TrainedClassifier(
    Classifier Full, PreparedImages Training, PreparedImages Test, Evaluation Evaluation, int Bits, double Sparsity, int NeuronsPerCore, Func<Func<CompiledNetwork, LearningSession>, ImageLearner>? Learner)
{
    /// <summary>Whether weights are on their grids already, as a file of <c>lepton compress</c> has them: they stay as they are.</summary>
    public bool IsCompressed { get; init; }

    /// <summary>Whether it comes from a file, and not from training in this run.</summary>
    public bool IsLoaded { get; init; }

    /// <summary>What it learned, as the plan of a learner holds it.</summary>
    /// <param name="plan">The plan.</param>
    public Learned? LearnedIn(CompiledNetwork plan) => IsLoaded ? SavedNetwork.LearnedIn(plan, Full) : Full.Learned;

    /// <summary>The network with pruned weights of some bits.</summary>
    /// <param name="bits">The bits, sign included.</param>
    public Classifier Compressed(int bits)
    {
        // Once more with the same weights: those of zero are left out, as in any compressed network.
        if (IsCompressed) return Full.WithWeights(Full.Weights);
        var quantization = new SymmetricQuantization(bits);
        return Full.WithWeights([.. MagnitudePruning.Apply(Full.Weights, Sparsity).Select(w => quantization.Apply(w).Values)]);
    }

    /// <summary>The network with weights of the bits asked for, or of as many as a machine has.</summary>
    /// <param name="machine">The machine.</param>
    public Classifier For(TileMachine machine) => Compressed(Math.Max(2, Math.Min(Bits, machine.WeightBits)));

    /// <summary>Shows the first test images to a session.</summary>
    /// <param name="classifier">The network.</param>
    /// <param name="session">A session of it.</param>
    /// <param name="images">How many.</param>
    public void Show(Classifier classifier, Session session, int images) => classifier.Show(session, Test, images);
}
