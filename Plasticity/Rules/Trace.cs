using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Plasticity;

/// <summary>Which earlier spikes an event of a spike-timing rule pairs with.</summary>
public enum SpikePairing
{
    /// <summary>All of them: a spike adds 1 to its trace.</summary>
    AllToAll,

    /// <summary>The nearest one of the other neuron: a spike sets its trace to 1 (the symmetric scheme of Morrison, Diesmann and Gerstner 2008).</summary>
    Nearest,

    /// <summary>Each arrival with the spike of the target before it and with the one after it, and no others (the presynaptic-centred scheme).</summary>
    PresynapticCentred,

    /// <summary>Neighbours only, and each spike in at most one pair of a kind: an arrival pairs with the target's last spike if no other arrival came between, and the other way round
    /// (the reduced symmetric or restricted scheme).</summary>
    Restricted,
}

/// <summary>One exponential trace of a neuron's spikes.</summary>
/// <remarks>A step takes it from <c>X</c> to <c>keep * (X + spiked)</c>, so an event n steps after a spike sees <c>keep^n</c>. What falls below 1e-20 is set to zero:
/// no rule can tell the difference in a weight, and subnormal numbers would slow a machine down forever.</remarks>
/// <typeparam name="T">The lane.</typeparam>
public struct Trace<T>
    where T : unmanaged, ILane<T>
{
    const float Least = 1e-20f;

    /// <summary>The trace: 0 or more.</summary>
    public T Value;

    /// <summary>A step of a trace.</summary>
    /// <param name="value">The trace.</param>
    /// <param name="spiked">The mask of neurons that fired.</param>
    /// <param name="keep">What a step leaves of it.</param>
    /// <param name="kept">What a spike leaves of it before it adds 1: 1 to sum over all spikes, 0 to see the latest one only.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Next(T value, T spiked, T keep, T kept) => Cut(T.Select(spiked, T.FusedMultiplyAdd(kept, value, 1f), value) * keep);

    /// <summary>Zero where a trace is too small to matter.</summary>
    internal static T Cut(T value) => T.Select(value >= Least, value, 0f);
}
