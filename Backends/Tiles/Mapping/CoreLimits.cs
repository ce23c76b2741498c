namespace Lepton.Neuro.Backends;

/// <summary>What a core can hold, as limits of a partition. All are hard.</summary>
/// <param name="Neurons">Neurons.</param>
/// <param name="SynapseBits">Bits of synapse memory.</param>
/// <param name="AxonsIn">Sources whose packets it can tell apart.</param>
/// <param name="AxonsOut">Pairs of a neuron of the core and a core that its packets go to.</param>
/// <param name="TableEntries">Entries of a table that axons in and axons out share, where a core has such a one.</param>
public sealed record CoreLimits(int Neurons = int.MaxValue, long SynapseBits = long.MaxValue, int AxonsIn = int.MaxValue, int AxonsOut = int.MaxValue, int TableEntries = int.MaxValue)
{
    /// <summary>The limits of a machine's cores.</summary>
    /// <param name="machine">The machine.</param>
    public static CoreLimits Of(TileMachine machine) => new(machine.Core.Neurons, machine.Core.SynapseBits, machine.Core.AxonsIn, machine.Core.AxonsOut);
}

/// <summary>What a core of a partition holds.</summary>
/// <param name="Neurons">Neurons.</param>
/// <param name="SynapseBits">Bits of synapse memory.</param>
/// <param name="AxonsIn">Sources whose packets it receives.</param>
/// <param name="AxonsOut">Pairs of a neuron of the core and a core that its packets go to.</param>
public readonly record struct CoreUse(int Neurons, long SynapseBits, int AxonsIn, int AxonsOut)
{
    /// <summary>The first limit that this exceeds, with the need and the limit; null where it keeps all.</summary>
    /// <param name="limits">The limits.</param>
    public (string Constraint, long Need, long Limit)? Exceeds(CoreLimits limits)
    {
        if (Neurons > limits.Neurons) return ("neurons", Neurons, limits.Neurons);
        if (SynapseBits > limits.SynapseBits) return ("synapse memory in bits", SynapseBits, limits.SynapseBits);
        if (AxonsIn > limits.AxonsIn) return ("axons in", AxonsIn, limits.AxonsIn);
        if (AxonsOut > limits.AxonsOut) return ("axons out", AxonsOut, limits.AxonsOut);
        return (long)AxonsIn + AxonsOut > limits.TableEntries ? ("table entries", (long)AxonsIn + AxonsOut, limits.TableEntries) : null;
    }

    /// <summary>Whether it keeps all limits.</summary>
    /// <param name="limits">The limits.</param>
    public bool Fits(CoreLimits limits) =>
        Neurons <= limits.Neurons && SynapseBits <= limits.SynapseBits && AxonsIn <= limits.AxonsIn && AxonsOut <= limits.AxonsOut && (long)AxonsIn + AxonsOut <= limits.TableEntries;
}
