namespace Lepton.Neuro.Backends;

/// <summary>How a network is mapped.</summary>
public sealed record MappingOptions
{
    /// <summary>What was learned before: the weights of plastic projections; their initial weights where null.</summary>
    public Learned? Learned { get; init; }

    /// <summary>Whether plastic projections go on learning on the machine. Their synapses then take 32 bits each, for rules run in single precision.</summary>
    public bool Learning { get; init; }

    /// <summary>The most neurons that a core is given, where that is less than it can hold; null for no such limit. Fewer neurons a core need fewer axons a core.</summary>
    public int? NeuronsPerCore { get; init; }

    /// <summary>The cores and links that do not work.</summary>
    public MachineFaults Faults { get; init; } = MachineFaults.None;
}

/// <summary>How the synapses of a projection are stored.</summary>
/// <param name="Projection">The projection.</param>
/// <param name="NeededBits">The bits of a weight, sign included, that its weights need at least.</param>
/// <param name="Step">What 1 in a stored weight is worth, in the receptor's unit; 0 where all weights are zero or the weights are kept in single precision.</param>
/// <param name="IsPowerOfTwo">Whether the step can be a power of two.</param>
/// <param name="IsListed">Whether each synapse names its target, so that weights of zero are left out; else weights are a full matrix.</param>
/// <param name="Stored">Synapses stored.</param>
/// <param name="BitsEach">Bits a stored synapse.</param>
public sealed record SynapseFormat(Projection Projection, int NeededBits, double Step, bool IsPowerOfTwo, bool IsListed, long Stored, int BitsEach);
