namespace Lepton.Neuro.Backends;

/// <summary>The traffic of a network as a hypergraph.</summary>
static class NetworkTraffic
{
    // A recorded spike weighs so much more than a source that stayed silent.
    const int SpikeWeight = 16;

    /// <summary>The traffic, and the source that each of its neurons is. Sources are numbered population by population.</summary>
    public static (SpikeTraffic Traffic, int[] SourceOf) Of(CompiledNetwork network, Activity? recorded, Action<CompiledProjection, int, List<int>> sourcesOf, Func<CompiledProjection, int> bitsEach)
    {
        var firstSource = new int[network.Populations.Count + 1];
        for (int i = 0; i < network.Populations.Count; i++) firstSource[i + 1] = checked(firstSource[i] + network.Populations[i].Count);
        int sources = firstSource[^1];
        if (recorded is not null && (recorded.Spikes.Count != network.Populations.Count || network.Populations.Any(p => recorded.Spikes[p.Index].Length != p.Count)))
            throw new InvalidInputException("the recorded spikes", "of other populations", "those of a run of the network that is mapped");
        var home = new int[sources];
        Array.Fill(home, -1);
        var spikes = new long[sources];
        var sourceOf = new List<int>();
        foreach (var population in network.Populations)
        {
            for (int i = 0; i < population.Count; i++)
            {
                int source = firstSource[population.Index] + i;
                spikes[source] = recorded is null ? 1 : (SpikeWeight * recorded.Spikes[population.Index][i]) + 1;
                if (population.Description.Model is null) continue;
                home[source] = sourceOf.Count;
                sourceOf.Add(source);
            }
        }
        var first = new int[sourceOf.Count + 1];
        var bits = new int[sourceOf.Count];
        // Room for all synapses at once: a list that grows would hold a large network twice.
        var incoming = new int[Require.InRange("the synapses of a network that is mapped", network.SynapseCount, 0L, Array.MaxLength)];
        int pins = 0;
        var seen = new int[sources];
        var row = new List<int>();
        int neuron = 0;
        foreach (var population in network.Populations.Where(p => p.Description.Model is not null))
        {
            var projections = network.Projections.Where(j => ReferenceEquals(j.Description.To, population.Description)).ToArray();
            for (int i = 0; i < population.Count; i++, neuron++)
            {
                long memory = 0;
                foreach (var projection in projections)
                {
                    sourcesOf(projection, i, row);
                    memory += (long)row.Count * bitsEach(projection);
                    foreach (int local in row)
                    {
                        int source = firstSource[projection.Description.From.Index] + local;
                        if (seen[source] == neuron + 1) continue;
                        seen[source] = neuron + 1;
                        incoming[pins++] = source;
                    }
                }
                first[neuron + 1] = pins;
                bits[neuron] = (int)Require.InRange($"the synapse memory in bits of neuron {i} of {population.Description}", memory, 0L, int.MaxValue);
            }
        }
        Array.Resize(ref incoming, pins);
        return (new(first, incoming, home, spikes, bits), [.. sourceOf]);
    }
}
