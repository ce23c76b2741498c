using Lepton.Neuro.Backends;
using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Plasticity.Compression;

namespace Lepton.Neuro.Experiments.Digits;

/// <summary>All that a run of <see cref="ImagePipeline"/> found, for its results and its report.</summary>
internal sealed record Outcome
{
    /// <summary>The task.</summary>
    public required ImageData Data { get; init; }

    /// <summary>What it was learned by: a phrase.</summary>
    public required string Rule { get; init; }

    /// <summary>The images learned from.</summary>
    public required PreparedImages Training { get; init; }

    /// <summary>The images judged on.</summary>
    public required PreparedImages Test { get; init; }

    /// <summary>Passes over the training images.</summary>
    public required int Epochs { get; init; }

    /// <summary>Accuracy while learning.</summary>
    public required LearningCurve Curve { get; init; }

    /// <summary>Test images shown to the network as learned.</summary>
    public required Verdict Full { get; init; }

    /// <summary>Test images shown to the compressed network.</summary>
    public required Verdict Compressed { get; init; }

    /// <summary>Test images shown to the compressed network on the machine.</summary>
    public required Verdict Mapped { get; init; }

    /// <summary>The compressed network.</summary>
    public required Classifier Classifier { get; init; }

    /// <summary>The weights as learned, layer by layer.</summary>
    public required IReadOnlyList<float[]> FullWeights { get; init; }

    /// <summary>What the compressed weights of each layer take.</summary>
    public required IReadOnlyList<CompressedSize> Compression { get; init; }

    /// <summary>What happened on the machine.</summary>
    public required TileActivity Activity { get; init; }

    /// <summary>What an inference costs there.</summary>
    public required EnergyReport Energy { get; init; }

    /// <summary>What an inference of the equivalent rate network costs, all products computed.</summary>
    public required MacBaseline Dense { get; init; }

    /// <summary>The same with only the products of synapses that are left.</summary>
    public required MacBaseline Pruned { get; init; }
}
