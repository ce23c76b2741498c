namespace Lepton.Neuro.Plasticity.Compression;

/// <summary>Compressed weights as a wiring and a weight, to be given to <see cref="Network.Connect"/>: a compressed network is a network like any other.</summary>
/// <param name="Wiring">Who is still joined to whom.</param>
/// <param name="Weight">How strongly.</param>
public sealed record CompressedProjection(Wiring Wiring, Weight Weight)
{
    /// <summary>Compressed weights of an all-to-all projection.</summary>
    /// <param name="weights">The weights, <c>[source, target]</c>; zero where pruned.</param>
    /// <param name="targets">How many targets there are, at least 1.</param>
    /// <param name="dense">Whether pruned synapses stay, with weight zero. A dense matrix is delivered a vector at a time, without indices, and is the faster one on a CPU unless
    /// nine of ten synapses are gone; edges are what hardware with synapse lists stores. Spikes are the same.</param>
    /// <exception cref="InvalidInputException">The weights are not whole rows.</exception>
    public static CompressedProjection AllToAll(ReadOnlySpan<float> weights, int targets, bool dense = false)
    {
        Require.InRange("the targets of a projection", targets, 1L, int.MaxValue);
        if (weights.Length % targets != 0) throw new InvalidInputException("the number of weights", weights.Length, $"a multiple of {targets}");
        if (dense) return new(Wiring.AllToAll, Weight.Explicit(weights));
        var edges = new List<(int Source, int Target)>();
        var kept = new List<float>();
        for (int i = 0; i < weights.Length; i++)
        {
            if (weights[i] == 0) continue;
            edges.Add((i / targets, i % targets));
            kept.Add(weights[i]);
        }
        return new(Wiring.Edges(edges), Weight.Explicit([.. kept]));
    }
}
