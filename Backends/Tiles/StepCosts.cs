namespace Lepton.Neuro.Backends;

/// <summary>The times of a mapping in whole femtoseconds: what each core takes anyhow, and what each spike adds.</summary>
sealed class StepCosts
{
    readonly Mapping mapping;
    readonly long spike;
    readonly long axonOut;
    readonly long axonIn;
    readonly long synapse;
    readonly int[] first;
    readonly (int Core, long Femtoseconds)[] arrivals;

    public StepCosts(Mapping mapping)
    {
        this.mapping = mapping;
        long Of(TileTerm term) => TileActivity.InFemtoseconds(mapping.Machine.Latencies.Of(term));
        Neuron = Of(TileTerm.NeuronActive);
        Update = Of(TileTerm.SynapticUpdate);
        spike = Of(TileTerm.SpikeOut);
        axonOut = Of(TileTerm.AxonOut);
        axonIn = Of(TileTerm.AxonIn);
        synapse = Of(TileTerm.SynapticOperation);
        Barrier = mapping.TilesUsed == 0 ? 0 : TileActivity.InFemtoseconds(mapping.Machine.Barrier.Seconds(mapping.TilesUsed));
        int sources = mapping.FirstSource[^1];
        first = new int[sources + 1];
        for (int i = 0; i < sources; i++) first[i + 1] = first[i] + mapping.RoutesOf(i).Length;
        arrivals = new (int, long)[first[^1]];
        Departure = new long[sources];
        Learning = new long[sources];
        for (int i = 0; i < sources; i++)
        {
            var routes = mapping.RoutesOf(i);
            if (mapping.CoreOf(i) >= 0)
            {
                Departure[i] = spike + ((mapping.Routing == RoutingMethod.Unicast ? routes.Length : Math.Min(routes.Length, 1)) * axonOut);
                Learning[i] = mapping.PlasticInto(i) * Update;
            }
            for (int k = 0; k < routes.Length; k++) arrivals[first[i] + k] = (routes[k].Core, axonIn + (routes[k].Synapses * synapse) + (routes[k].Plastic * Update));
        }
    }

    /// <summary>The update of a neuron.</summary>
    public long Neuron { get; }

    /// <summary>The update of a learning synapse.</summary>
    public long Update { get; }

    /// <summary>The barrier of a step.</summary>
    public long Barrier { get; }

    /// <summary>For each source what a spike adds to the time that its core takes to send; 0 for encoders.</summary>
    public long[] Departure { get; }

    /// <summary>For each source what a spike adds to the time that its own core takes to process, for synapses that learn; 0 for encoders.</summary>
    public long[] Learning { get; }

    /// <summary>What a spike of a source adds to the time that other cores take to process.</summary>
    public ReadOnlySpan<(int Core, long Femtoseconds)> Arrivals(int source) => arrivals.AsSpan(first[source]..first[source + 1]);

    /// <summary>A time that no run of these counts is below: that of the busiest core over all steps together.</summary>
    public Int128 Least(long steps, ReadOnlySpan<CoreActivity> cores)
    {
        Int128 longest = 0;
        for (int core = 0; core < cores.Length; core++)
        {
            var done = cores[core];
            longest = Int128.Max(longest, ((Int128)steps * mapping.Cores[core].Neurons * Neuron) + ((Int128)done.Spikes * spike) + ((Int128)done.PacketsOut * axonOut));
            longest = Int128.Max(longest, ((Int128)done.PacketsIn * axonIn) + ((Int128)done.SynapticOperations * synapse) + ((Int128)done.SynapticUpdates * Update));
        }
        return longest + ((Int128)steps * Barrier);
    }
}
