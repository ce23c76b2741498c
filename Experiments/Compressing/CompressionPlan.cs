using Lepton.Neuro.Backends;
using Lepton.Neuro.Plasticity.Compression;

namespace Lepton.Neuro.Experiments.Compressing;

/// <summary>What a sweep of compressions tries.</summary>
internal sealed record CompressionPlan
{
    /// <summary>Bits of a weight.</summary>
    public required IReadOnlyList<int> Bits { get; init; }

    /// <summary>Parts of the weights that are pruned, in [0, 1).</summary>
    public required IReadOnlyList<double> Sparsities { get; init; }

    /// <summary>How ranges of grids are found.</summary>
    public required Calibration Calibration { get; init; }

    /// <summary>Whether each neuron has a grid of its own.</summary>
    public required bool IsPerChannel { get; init; }

    /// <summary>Whether both signs have the same range.</summary>
    public required bool IsSymmetric { get; init; }

    /// <summary>Which weights go.</summary>
    public PruningMethod Pruning { get; init; }

    /// <summary>How many values the weights of a layer share, in place of a grid; null for grids.</summary>
    public int? SharedWeights { get; init; }

    /// <summary>Epochs of training while weights are pruned and rounded; 0 for none.</summary>
    public int FineTuning { get; init; }

    /// <summary>The greatest learning rate of that training.</summary>
    public double FineTuningRate { get; init; } = 0.001;

    /// <summary>The machine that prices an inference.</summary>
    public required TileMachine Machine { get; init; }

    /// <summary>The most neurons that a core is given.</summary>
    public required int NeuronsPerCore { get; init; }
}

/// <summary>What one compression gave. All figures are of the network that was read back from the file.</summary>
/// <param name="Bits">Bits of a weight; 32 for weights as learned.</param>
/// <param name="Sparsity">The part of the weights that was asked to be pruned.</param>
/// <param name="Accuracy">The part of the test images that is right.</param>
/// <param name="FileBytes">The size of the whole model file.</param>
/// <param name="WeightBytes">What the layers' weights take of it.</param>
/// <param name="IdealBytes">What these weights would take at their entropy, without any table.</param>
/// <param name="Synapses">Weights that are not zero.</param>
/// <param name="SynapticOperations">Synaptic operations an image; NaN where the machine cannot store the weights.</param>
/// <param name="Joules">Energy an image; NaN likewise.</param>
internal sealed record CompressionPoint(
    int Bits, double Sparsity, double Accuracy, long FileBytes, long WeightBytes, double IdealBytes, long Synapses, double SynapticOperations, double Joules)
{
    /// <summary>Whether no other point is at least as accurate and smaller, or as small and more accurate.</summary>
    /// <param name="all">All points.</param>
    public bool IsOnFront(IEnumerable<CompressionPoint> all) =>
        !all.Any(p => (p.Accuracy >= Accuracy && p.FileBytes < FileBytes) || (p.Accuracy > Accuracy && p.FileBytes <= FileBytes));
}
