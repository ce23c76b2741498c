namespace Lepton.Neuro.Plasticity.ModelFiles;

/// <summary>The largest sizes that a model file may state. They are checked before memory is taken, so that a small file cannot ask for much.</summary>
public sealed record ModelLimits
{
    /// <summary>The bytes of a file, at most 2^31 - 1. Default 1 GiB.</summary>
    public long Bytes { get; init; } = 1L << 30;

    /// <summary>All weights, edges, delays and numbers of a file together. Default 100 million.</summary>
    public long Weights { get; init; } = 100_000_000;

    /// <summary>Populations, projections and drives, each. Default 65,536.</summary>
    public int Parts { get; init; } = 65_536;

    /// <summary>The numbers that layers make of a sample, all layers together. Default 8 million.</summary>
    public long Signals { get; init; } = 8_000_000;
}
