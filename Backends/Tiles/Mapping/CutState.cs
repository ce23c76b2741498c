namespace Lepton.Neuro.Backends;

/// <summary>A partition of a level that moves change, with its packets and the use of each core.</summary>
/// <remarks>For each source the cores that hold targets of it are listed with how many, in as many places as it has targets.</remarks>
sealed class CutState
{
    readonly Level level;
    readonly CoreLimits limits;
    readonly int[] listed;
    readonly int[] counts;
    readonly int[] cores;
    readonly CoreUse[] use;
    readonly List<int>[] members;
    readonly int[] placeIn;

    public CutState(Level level, CoreLimits limits, int[] coreOf, int cores)
    {
        this.level = level;
        this.limits = limits;
        CoreOf = coreOf;
        listed = new int[level.Pins];
        counts = new int[level.Pins];
        this.cores = new int[level.Sources];
        use = new CoreUse[cores];
        members = [.. Enumerable.Range(0, cores).Select(_ => new List<int>())];
        placeIn = new int[level.Vertices];
        for (int vertex = 0; vertex < level.Vertices; vertex++)
        {
            int core = coreOf[vertex];
            placeIn[vertex] = members[core].Count;
            members[core].Add(vertex);
            use[core] = use[core] with { Neurons = use[core].Neurons + level.Neurons[vertex], SynapseBits = use[core].SynapseBits + level.Bits[vertex] };
            foreach (int source in level.SourcesOf(vertex)) Add(source, core);
        }
    }

    public int[] CoreOf { get; }

    public long Packets { get; private set; }

    /// <summary>How many entries of the sources' lists were read so far: a measure of time that is the same on any machine.</summary>
    public long Work { get; private set; }

    public int Cores => use.Length;

    public CoreUse UseOf(int core) => use[core];

    public List<int> Members(int core) => members[core];

    /// <summary>The cores that hold targets of a source.</summary>
    public ReadOnlySpan<int> CoresOf(int source) => listed.AsSpan(level.FirstTarget(source), cores[source]);

    /// <summary>For each core that shares a source with a vertex, the packets of the sources that it has in common with it.</summary>
    /// <param name="vertex">The vertex.</param>
    /// <param name="shared">A number a core, all zero before; those of <paramref name="touched"/> are set.</param>
    /// <param name="touched">The cores that share a source.</param>
    /// <returns>The packets that moving the vertex elsewhere spares its own core, less those of all its sources: what a core shares is to be added.</returns>
    public long Look(int vertex, long[] shared, List<int> touched)
    {
        int from = CoreOf[vertex];
        long balance = 0;
        foreach (int source in level.SourcesOf(vertex))
        {
            long spikes = level.Spikes[source];
            if (spikes == 0) continue;
            int first = level.FirstTarget(source);
            balance -= spikes;
            Work += cores[source];
            for (int i = first; i < first + cores[source]; i++)
            {
                int core = listed[i];
                if (core == from && counts[i] == 1) balance += spikes;
                if (shared[core] == 0) touched.Add(core);
                shared[core] += spikes;
            }
        }
        return balance;
    }

    /// <summary>Moves a vertex.</summary>
    public void Move(int vertex, int to)
    {
        int from = CoreOf[vertex];
        if (from == to) return;
        // Its own axons go with it; then each source leaves before it comes, so that its list never outgrows its places.
        foreach (int own in level.Own(vertex))
        {
            use[from] = use[from] with { AxonsOut = use[from].AxonsOut - cores[own] };
            use[to] = use[to] with { AxonsOut = use[to].AxonsOut + cores[own] };
        }
        CoreOf[vertex] = to;
        foreach (int source in level.SourcesOf(vertex))
        {
            Work += 2 * cores[source];
            Take(source, from);
            Add(source, to);
        }
        use[from] = use[from] with { Neurons = use[from].Neurons - level.Neurons[vertex], SynapseBits = use[from].SynapseBits - level.Bits[vertex] };
        use[to] = use[to] with { Neurons = use[to].Neurons + level.Neurons[vertex], SynapseBits = use[to].SynapseBits + level.Bits[vertex] };
        var old = members[from];
        int last = old[^1];
        old[placeIn[vertex]] = last;
        placeIn[last] = placeIn[vertex];
        old.RemoveAt(old.Count - 1);
        placeIn[vertex] = members[to].Count;
        members[to].Add(vertex);
    }

    /// <summary>Moves a vertex if all limits hold afterwards that held before.</summary>
    public bool TryMove(int vertex, int to)
    {
        var at = use[to];
        if (at.Neurons + level.Neurons[vertex] > limits.Neurons || at.SynapseBits + level.Bits[vertex] > limits.SynapseBits) return false;
        int from = CoreOf[vertex];
        Move(vertex, to);
        if (HoldsAround(vertex)) return true;
        Move(vertex, from);
        return false;
    }

    /// <summary>Whether the limits hold of all cores that the place of a vertex has a part in.</summary>
    public bool HoldsAround(int vertex)
    {
        if (!use[CoreOf[vertex]].Fits(limits)) return false;
        if (limits.AxonsOut == int.MaxValue && limits.TableEntries == int.MaxValue) return true;
        foreach (int source in level.SourcesOf(vertex))
        {
            int home = level.HomeOf(source);
            if (home >= 0 && !use[CoreOf[home]].Fits(limits)) return false;
        }
        return true;
    }

    void Add(int source, int core)
    {
        int first = level.FirstTarget(source), end = first + cores[source];
        for (int i = first; i < end; i++)
        {
            if (listed[i] != core) continue;
            counts[i]++;
            return;
        }
        (listed[end], counts[end]) = (core, 1);
        Count(source, core, 1);
    }

    void Take(int source, int core)
    {
        int first = level.FirstTarget(source);
        int at = first;
        while (listed[at] != core) at++;
        if (--counts[at] > 0) return;
        int last = first + cores[source] - 1;
        (listed[at], counts[at]) = (listed[last], counts[last]);
        Count(source, core, -1);
    }

    void Count(int source, int core, int change)
    {
        cores[source] += change;
        Packets += change * level.Spikes[source];
        use[core] = use[core] with { AxonsIn = use[core].AxonsIn + change };
        int home = level.HomeOf(source);
        if (home >= 0) use[CoreOf[home]] = use[CoreOf[home]] with { AxonsOut = use[CoreOf[home]].AxonsOut + change };
    }
}
