namespace Lepton.Neuro.Backends;

/// <summary>Times each step from its spikes.</summary>
/// <remarks>
/// <para>A step takes <c>max(G, P) + barrier</c>: G is the longest time that a core takes to update its neurons and send their packets, P the longest that a core takes to
/// process packets that reach it: to look them up, to add their synapses and to update those that learn. The time of packets on their way is taken to be hidden behind both.
/// This is the simple timing of SANA-FE, without congestion.</para>
/// </remarks>
sealed class StepTimer : IRecorder
{
    readonly Mapping mapping;
    readonly Costs costs;
    readonly CoreActivity[] cores;
    readonly bool[] isTouched;
    readonly List<int> touched = [];
    readonly Int128 idle;
    readonly long idleGeneration;
    long current = -1;
    Int128 beyondIdle;

    public StepTimer(Mapping mapping)
    {
        this.mapping = mapping;
        costs = new(mapping);
        cores = new CoreActivity[mapping.Cores.Count];
        isTouched = new bool[cores.Length];
        idleGeneration = mapping.Cores.Count == 0 ? 0 : mapping.Cores.Max(c => c.Neurons) * costs.Neuron;
        idle = idleGeneration + costs.Barrier;
    }

    public void Record(long step, Population population, ReadOnlySpan<int> spiked)
    {
        if (step != current) Finish();
        current = step;
        int first = mapping.FirstSource[population.Index];
        foreach (int neuron in spiked)
        {
            int source = first + neuron, home = mapping.CoreOf(source);
            var routes = mapping.RoutesOf(source);
            if (home >= 0) Add(home, new(1, routes.Length, 0, 0, mapping.PlasticInto(source)));
            foreach (var route in routes) Add(route.Core, new(0, 0, 1, route.Synapses, route.Plastic));
        }
    }

    /// <summary>The time so far, whole steps all of them.</summary>
    /// <param name="steps">Steps taken.</param>
    public Int128 Total(long steps)
    {
        Finish();
        return (steps * idle) + beyondIdle;
    }

    /// <summary>The update of all synapses of a projection, between two steps: as long as on the core that has the most.</summary>
    public void Update(int projection)
    {
        var on = mapping.PlasticOn(projection);
        if (on.Count > 0) beyondIdle += (Int128)on.Max() * costs.Update;
    }

    /// <summary>A time that no run of these counts is below: the busiest core of all steps together.</summary>
    public static Int128 Least(Mapping mapping, long steps, ReadOnlySpan<CoreActivity> cores)
    {
        var prices = new Costs(mapping);
        Int128 longest = 0;
        for (int core = 0; core < cores.Length; core++)
        {
            longest = Int128.Max(longest, ((Int128)steps * mapping.Cores[core].Neurons * prices.Neuron) + prices.Generation(cores[core]));
            longest = Int128.Max(longest, prices.Processing(cores[core]));
        }
        return longest + ((Int128)steps * prices.Barrier);
    }

    void Add(int core, CoreActivity more)
    {
        if (!isTouched[core])
        {
            isTouched[core] = true;
            touched.Add(core);
        }
        cores[core] += more;
    }

    void Finish()
    {
        if (touched.Count == 0) return;
        Int128 longest = idleGeneration;
        foreach (int core in touched)
        {
            longest = Int128.Max(longest, (mapping.Cores[core].Neurons * costs.Neuron) + costs.Generation(cores[core]));
            longest = Int128.Max(longest, costs.Processing(cores[core]));
            cores[core] = default;
            isTouched[core] = false;
        }
        touched.Clear();
        beyondIdle += longest - idleGeneration;
    }

    readonly struct Costs(Mapping mapping)
    {
        public readonly long Neuron = Of(mapping, TileTerm.NeuronActive), Update = Of(mapping, TileTerm.SynapticUpdate);
        public readonly long Barrier = mapping.TilesUsed == 0 ? 0 : TileActivity.InFemtoseconds(mapping.Machine.Barrier.Seconds(mapping.TilesUsed));
        readonly long spike = Of(mapping, TileTerm.SpikeOut), axonOut = Of(mapping, TileTerm.AxonOut);
        readonly long axonIn = Of(mapping, TileTerm.AxonIn), synapse = Of(mapping, TileTerm.SynapticOperation);

        public Int128 Generation(in CoreActivity core) => ((Int128)core.Spikes * spike) + ((Int128)core.PacketsOut * axonOut);

        public Int128 Processing(in CoreActivity core) =>
            ((Int128)core.PacketsIn * axonIn) + ((Int128)core.SynapticOperations * synapse) + ((Int128)core.SynapticUpdates * Update);

        static long Of(Mapping mapping, TileTerm term) => TileActivity.InFemtoseconds(mapping.Machine.Latencies.Of(term));
    }
}
