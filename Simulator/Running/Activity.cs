namespace Lepton.Neuro;

/// <summary>What happened in a session: the counts that energy is priced by.</summary>
/// <param name="Steps">Steps taken.</param>
/// <param name="Spikes">For each population, in the network's order, how often each of its neurons fired.</param>
/// <param name="SynapticEvents">For each projection, in the network's order, how many synapses the spikes so far reach (those still on their way included).</param>
public sealed record Activity(long Steps, IReadOnlyList<long[]> Spikes, IReadOnlyList<long> SynapticEvents)
{
    /// <summary>All spikes of a population.</summary>
    /// <param name="population">The population.</param>
    public long SpikesOf(Population population) => Spikes[population.Index].Sum();

    /// <summary>All spikes.</summary>
    public long TotalSpikes => Spikes.Sum(s => s.Sum());

    /// <summary>All synaptic events.</summary>
    public long TotalSynapticEvents => SynapticEvents.Sum();

    /// <summary>The activity of a network whose neurons fired as given.</summary>
    /// <param name="network">The network.</param>
    /// <param name="steps">Steps taken.</param>
    /// <param name="spikes">For each population, how often each of its neurons fired.</param>
    public static Activity Of(CompiledNetwork network, long steps, IReadOnlyList<long[]> spikes)
    {
        var events = new long[network.Projections.Count];
        foreach (var projection in network.Projections)
        {
            var from = spikes[projection.Description.From.Index];
            var connectivity = projection.Connectivity;
            if (connectivity.IsAllToAll)
            {
                events[projection.Index] = from.Sum() * connectivity.Targets;
                continue;
            }
            var row = new SynapseRow();
            long sum = 0;
            for (int target = 0; target < connectivity.Targets; target++)
            {
                projection.Read(target, row, SynapseParts.Sources);
                foreach (int source in row.Sources) sum += from[source];
            }
            events[projection.Index] = sum;
        }
        return new(steps, spikes, events);
    }
}
