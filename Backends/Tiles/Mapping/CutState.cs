namespace Lepton.Neuro.Backends;

/// <summary>A partition of a level that moves change, with its packets and the use of each core.</summary>
/// <remarks>For each source the cores that hold targets of it are listed with how many, in as many places as it has targets. On a large level nearly every source that is looked at is far
/// away in memory: what is asked of it lies together, and so do the entries of its list.</remarks>
sealed class CutState
{
    readonly Level level;
    readonly CoreLimits limits;
    readonly Entry[] entries;
    readonly Row[] rows;
    readonly CoreUse[] use;
    readonly List<int>[] members;
    readonly int[] placeIn;

    public CutState(Level level, CoreLimits limits, int[] coreOf, int cores)
    {
        this.level = level;
        this.limits = limits;
        CoreOf = coreOf;
        entries = new Entry[level.Pins];
        rows = new Row[level.Sources];
        use = new CoreUse[cores];
        members = [.. Enumerable.Range(0, cores).Select(_ => new List<int>())];
        placeIn = new int[level.Vertices];
        for (int vertex = 0; vertex < level.Vertices; vertex++)
        {
            int core = coreOf[vertex];
            placeIn[vertex] = members[core].Count;
            members[core].Add(vertex);
            use[core] = use[core] with { Neurons = use[core].Neurons + level.Neurons[vertex], SynapseBits = use[core].SynapseBits + level.Bits[vertex] };
        }
        // Source after source, each list in one go: one by one, the places of a list would be searched for each target.
        var place = new int[cores];
        var seen = new int[cores];
        for (int source = 0; source < rows.Length; source++)
        {
            ref var row = ref rows[source];
            row = new(level.FirstTarget(source), level.Spikes[source], level.HomeOf(source));
            var listed = entries.AsSpan(row.First);
            foreach (int target in level.TargetsOf(source))
            {
                int core = coreOf[target];
                if (seen[core] == source + 1)
                {
                    listed[place[core]].Targets++;
                    continue;
                }
                (seen[core], place[core]) = (source + 1, row.Cores);
                listed[row.Cores] = new() { Core = core, Targets = 1 };
                Count(ref row, core, 1);
            }
        }
    }

    public int[] CoreOf { get; }

    public long Packets { get; private set; }

    /// <summary>How many entries of the sources' lists were read so far: a measure of time that is the same on any machine.</summary>
    public long Work { get; private set; }

    public int Cores => use.Length;

    public CoreUse UseOf(int core) => use[core];

    public List<int> Members(int core) => members[core];

    /// <summary>For each core that shares a source with a vertex, the packets of the sources that it has in common with it.</summary>
    /// <param name="vertex">The vertex.</param>
    /// <param name="shared">A number a core, all zero before; those of <paramref name="touched"/> are set.</param>
    /// <param name="touched">Where the cores are listed that share a source; room for one more than there are cores.</param>
    /// <returns>How many cores share a source, and the packets that moving the vertex elsewhere spares its own core, less those of all its sources: what a core shares is to be added.</returns>
    public (int Touched, long Balance) Look(int vertex, long[] shared, int[] touched)
    {
        int from = CoreOf[vertex], found = 0;
        long balance = 0, work = 0;
        foreach (int source in level.SourcesOf(vertex))
        {
            ref readonly var row = ref rows[source];
            long spikes = row.Spikes;
            if (spikes == 0) continue;
            balance -= spikes;
            work += row.Cores;
            foreach (var entry in entries.AsSpan(row.First, row.Cores))
            {
                if (entry.Core == from && entry.Targets == 1) balance += spikes;
                ref long sum = ref shared[entry.Core];
                // Whether a core is seen for the first time cannot be foretold: it is always written down, and counts where it is.
                touched[found] = entry.Core;
                found += sum == 0 ? 1 : 0;
                sum += spikes;
            }
        }
        Work += work;
        return (found, balance);
    }

    /// <summary>Counts work that was saved as if it had been done.</summary>
    /// <param name="work">Entries.</param>
    public void Count(long work) => Work += work;

    /// <summary>Moves a vertex.</summary>
    public void Move(int vertex, int to)
    {
        int from = CoreOf[vertex];
        if (from == to) return;
        // Its own axons go with it; then each source leaves before it comes, so that its list never outgrows its places.
        foreach (int own in level.Own(vertex))
        {
            use[from] = use[from] with { AxonsOut = use[from].AxonsOut - rows[own].Cores };
            use[to] = use[to] with { AxonsOut = use[to].AxonsOut + rows[own].Cores };
        }
        CoreOf[vertex] = to;
        foreach (int source in level.SourcesOf(vertex))
        {
            Work += 2 * rows[source].Cores;
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
        ref var row = ref rows[source];
        foreach (ref var entry in entries.AsSpan(row.First, row.Cores))
        {
            if (entry.Core != core) continue;
            entry.Targets++;
            return;
        }
        entries[row.First + row.Cores] = new() { Core = core, Targets = 1 };
        Count(ref row, core, 1);
    }

    void Take(int source, int core)
    {
        ref var row = ref rows[source];
        var listed = entries.AsSpan(row.First, row.Cores);
        int at = 0;
        while (listed[at].Core != core) at++;
        if (--listed[at].Targets > 0) return;
        listed[at] = listed[^1];
        Count(ref row, core, -1);
    }

    void Count(ref Row row, int core, int change)
    {
        row.Cores += change;
        Packets += change * row.Spikes;
        use[core] = use[core] with { AxonsIn = use[core].AxonsIn + change };
        if (row.Home >= 0) use[CoreOf[row.Home]] = use[CoreOf[row.Home]] with { AxonsOut = use[CoreOf[row.Home]].AxonsOut + change };
    }

    /// <summary>A source: where its list begins, how long it is, its spikes, the vertex that it is in.</summary>
    struct Row(int first, long spikes, int home)
    {
        public readonly long Spikes = spikes;
        public readonly int First = first;
        public readonly int Home = home;
        public int Cores;
    }

    /// <summary>A core that holds targets of a source, and how many.</summary>
    struct Entry
    {
        public int Core;
        public int Targets;
    }
}
