using System.Numerics;

namespace Lepton.Neuro.Backends.Kernels;

/// <summary>Shares neurons out to groups of threads that deliver to them and step them, where their synapses are dense enough for it.</summary>
static class Owners
{
    /// <summary>How many synapses a segment should have on average at least: each takes as long to find as a few take to deliver.</summary>
    const int LeastSegment = 4;

    /// <summary>How many neurons a thread may have at most; rather than more, delivery is a launch of its own.</summary>
    const int MostPerThread = 4;

    /// <summary>The rows of some populations' synapses.</summary>
    /// <param name="layout">The layout; the populations are entered in its list of those with owners.</param>
    /// <param name="firstThreads">The populations, and the thread of each one's first neuron.</param>
    /// <param name="threads">How many threads they have in all: whole blocks.</param>
    /// <returns>The rows; null where they have no synapses with fixed weights, or too few.</returns>
    public static OwnedRows? Share<TMemory>(Layout<TMemory> layout, IReadOnlyDictionary<int, int> firstThreads, int threads)
        where TMemory : struct, IDeviceMemory<TMemory>
    {
        var projections = layout.Network.Projections.Where(p => StaticSynapses.Has(p) && firstThreads.ContainsKey(p.Description.To.Index)).ToArray();
        long count = projections.Sum(p => p.Connectivity.Count);
        if (count is 0 || count > Array.MaxLength) return null;
        int first = projections.Min(p => layout.FirstNeurons[p.Description.From.Index]);
        int sources = projections.Max(p => layout.FirstNeurons[p.Description.From.Index] + p.Connectivity.Sources) - first;
        int blocks = threads / DevicePopulation.Block, each = Math.Max(1, layout.GroupSize / DevicePopulation.Block);
        long most = count / sources / LeastSegment;
        if (most == 0 || blocks / most > (long)each * MostPerThread) return null;
        each = Math.Max(each, (int)((blocks + most - 1) / most));
        int owners = (blocks + each - 1) / each;
        var segments = new int[((long)sources * owners) + 1];
        StaticSynapses.Each(layout, projections, false, (projection, source, target, _) => segments[Segment(projection, source, target) + 1]++);
        for (int i = 1; i < segments.Length; i++) segments[i] += segments[i - 1];
        var synapses = new StaticSynapse[count];
        int[] next = [.. segments];
        StaticSynapses.Each(layout, projections, true, (projection, source, target, synapse) => synapses[next[Segment(projection, source, target)]++] = synapse);
        layout.Owned.UnionWith(firstThreads.Keys);
        int team = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(count / ((long)sources * owners) / LeastSegment, 1, layout.GroupSize));
        return new(owners, each * DevicePopulation.Block, team, first, sources, layout.Memory.Values(segments), layout.Memory.Values(synapses));

        long Segment(CompiledProjection projection, int source, int target) =>
            ((long)(source - first) * owners) + ((firstThreads[projection.Description.To.Index] + target) / DevicePopulation.Block / each);
    }
}
