namespace Lepton.Neuro.Backends;

/// <summary>Times each step from its spikes.</summary>
/// <remarks>
/// <para>A step takes <c>max(G, P) + barrier</c>: G is the longest time that a core takes to update its neurons and send their packets, P the longest that a core takes to
/// process packets that reach it: to look them up, to add their synapses and to update those that learn, at events or in every step. The time of packets on their way is taken to be hidden behind both.
/// This is the simple timing of SANA-FE, without congestion. With congestion, see <see cref="CongestedStep"/>; steps without spikes take the same time either way.</para>
/// </remarks>
sealed class StepTimer : IRecorder
{
    readonly Mapping mapping;
    readonly StepCosts costs;
    readonly long[] generation;
    readonly long[] processing;
    readonly long[] always;
    readonly long idle;
    readonly CongestedStep? congested;
    readonly double[] learning;
    long current = -1;
    Int128 beyondIdle;

    public StepTimer(Mapping mapping, bool withCongestion)
    {
        congested = withCongestion ? new(mapping) : null;
        learning = new double[mapping.Cores.Count];
        this.mapping = mapping;
        costs = mapping.Costs;
        generation = new long[mapping.Cores.Count];
        processing = new long[mapping.Cores.Count];
        always = [.. mapping.UpdatesEachStep.Select(updates => updates * costs.Update)];
        idle = mapping.Cores.Count == 0 ? 0 : Math.Max(mapping.Cores.Max(c => c.Neurons) * costs.Neuron, always.Max());
    }

    public void Record(long step, Population population, ReadOnlySpan<int> spiked)
    {
        if (step != current) Finish();
        current = step;
        int first = mapping.FirstSource[population.Index];
        foreach (int neuron in spiked)
        {
            int source = first + neuron;
            foreach (var (core, femtoseconds) in costs.Arrivals(source)) processing[core] += femtoseconds;
            congested?.Fire(source);
        }
        if (population.Model is null) return;
        foreach (int neuron in spiked)
        {
            int source = first + neuron, home = mapping.CoreOf(source);
            generation[home] += costs.Departure[source];
            processing[home] += costs.Learning[source];
            learning[home] += costs.Learning[source] * 1e-15;
        }
    }

    /// <summary>The time so far, whole steps all of them.</summary>
    /// <param name="steps">Steps taken.</param>
    public Int128 Total(long steps)
    {
        Finish();
        return (steps * ((Int128)idle + costs.Barrier)) + beyondIdle;
    }

    /// <summary>The update of all synapses of a projection, between two steps: as long as on the core that has the most.</summary>
    public void Update(int projection)
    {
        var on = mapping.PlasticOn(projection);
        if (on.Count > 0) beyondIdle += (Int128)on.Max() * costs.Update;
    }

    void Finish()
    {
        if (current < 0) return;
        long longest = idle;
        for (int core = 0; core < processing.Length; core++)
            longest = Math.Max(longest, Math.Max((mapping.Cores[core].Neurons * costs.Neuron) + generation[core], always[core] + processing[core]));
        // Congestion can only add to what cores take by themselves.
        if (congested is not null) longest = Math.Max(longest, TileActivity.InFemtoseconds(congested.Finish(learning)));
        Array.Clear(learning);
        Array.Clear(generation);
        Array.Clear(processing);
        beyondIdle += longest - idle;
        current = -1;
    }
}
