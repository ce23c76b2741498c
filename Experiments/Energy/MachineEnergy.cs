using Lepton.Neuro.Backends;

namespace Lepton.Neuro.Experiments.Energy;

/// <summary>What a sample is.</summary>
internal enum EnergyMode
{
    /// <summary>An image that is told apart by a network that does not learn.</summary>
    Inference,

    /// <summary>An image that is learned from on the machine.</summary>
    Learning,
}

/// <summary>What a sample takes on a machine.</summary>
internal sealed record MachineEnergy
{
    /// <summary>The machine.</summary>
    public required string Machine { get; init; }

    /// <summary>What a sample is: an image that is told apart, or one that is learned from.</summary>
    public EnergyMode Mode { get; init; }

    /// <summary>The network, layer by layer.</summary>
    public required string Network { get; init; }

    /// <summary>The part of the test images that is right, in the machine's weight bits; null where it was not measured.</summary>
    public required double? Accuracy { get; init; }

    /// <summary>What the prices cover, in words.</summary>
    public required string Scope { get; init; }

    /// <summary>Joules an inference, with the interval that holds the mean with 95 %; null where nothing could be priced.</summary>
    public required BootstrapInterval? Joules { get; init; }

    /// <summary>Joules an inference with every price at its least and most published figure.</summary>
    public (double Least, double Most)? Band { get; init; }

    /// <summary>Joules an inference of the events alone; null where there is no such part.</summary>
    public double? DynamicJoules { get; init; }

    /// <summary>Joules an inference by part: what it is and how many.</summary>
    public IReadOnlyList<(string Part, double Joules)> Parts { get; init; } = [];

    /// <summary>Seconds an inference; null where it is not known.</summary>
    public double? LatencySeconds { get; init; }

    /// <summary>What limits the time.</summary>
    public MachineLoad? Load { get; init; }

    /// <summary>What happens and has no price.</summary>
    public IReadOnlyList<string> Unpriced { get; init; } = [];

    /// <summary>What the figure cannot be compared with, and why: a sentence.</summary>
    public required string Comparison { get; init; }

    /// <summary>How the figure was found; a sentence each.</summary>
    public required IReadOnlyList<string> Remarks { get; init; }
}
