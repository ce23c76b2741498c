namespace Lepton.Neuro.Backends;

/// <summary>Moves vertices between cores to save packets, within the limits.</summary>
/// <remarks>Passes after C. Fiduccia and R. Mattheyses, "A linear-time heuristic for improving network partitions", DAC 1982, for more than two parts: in each pass the vertex of the
/// greatest gain moves, even at a loss, and stays; in the end the best state on the way is returned to. Gains are brought up to date when a vertex's turn comes. Where a core is
/// full, a vertex changes places with one of it if both together save packets.</remarks>
sealed class CutRefinement
{
    const int MostInVain = 200;
    const int SwapTries = 12;
    const int MostTargetsCores = 4;
    const int MostPinsToClimb = 20_000_000;
    const long LeastWork = 200_000_000;
    const int Sweeps = 3;
    const long WorkAPin = 30;

    readonly Level level;
    readonly CutState state;
    readonly long[] shared;
    readonly int[] touched;
    MappingRandom random;
    long budget;

    public CutRefinement(Level level, CutState state, MappingRandom random)
    {
        this.level = level;
        this.state = state;
        this.random = random;
        shared = new long[state.Cores];
        touched = new int[state.Cores + 1];
    }

    /// <summary>Passes until one gains less than a thousandth, or there were enough, or the work is more than looking at every vertex a few times. A very large level gets one pass of moves
    /// that gain, which ends early where sources reach many cores.</summary>
    public void Run(int passes)
    {
        if (level.Pins > MostPinsToClimb)
        {
            budget = state.Work + (WorkAPin * level.Pins);
            Swap(0);
            return;
        }
        long begun = state.Work;
        for (int pass = 0; pass < passes; pass++)
        {
            long before = state.Packets, start = state.Work;
            var heap = Gains();
            if (pass == 0) budget = begun + Math.Max(LeastWork, Sweeps * (state.Work - start));
            Climb(heap);
            Swap(SwapTries);
            if (before - state.Packets <= before / 1000 || state.Work > budget) break;
        }
    }

    IndexedHeap Gains()
    {
        var heap = new IndexedHeap(level.Vertices);
        for (int vertex = 0; vertex < level.Vertices; vertex++)
        {
            var (gain, core) = Best(vertex);
            if (core >= 0) heap.Set(vertex, gain);
        }
        return heap;
    }

    void Climb(IndexedHeap heap)
    {
        var undo = new Stack<(int Vertex, int From)>();
        long least = state.Packets;
        int inVain = 0, tries = 0;
        var ranked = new List<(long Gain, int Core)>(MostTargetsCores + 1);
        while (heap.Count > 0 && inVain < MostInVain && state.Work < budget)
        {
            int vertex = heap.Pop();
            long looked = state.Work;
            var (gain, to) = Best(vertex, ranked);
            looked = state.Work - looked;
            // A gain that fell goes back in line. Each vertex does so a few times at most, as every return loses gain.
            if (gain < heap.KeyOf(vertex) && tries++ < 20 * level.Vertices)
            {
                heap.Set(vertex, gain);
                continue;
            }
            int from = state.CoreOf[vertex];
            for (int attempt = 0; attempt < MostTargetsCores; attempt++)
            {
                // A core that refuses it leaves all as it was, so one look tells the next best ones too. It counts as a look each, or refinement would go on for longer.
                state.Count(looked);
                to = attempt < ranked.Count ? ranked[attempt].Core : -1;
                // At a loss only cores that stay reachable by what comes after are worth it: a loss of all packets is none.
                if (to < 0 || state.TryMove(vertex, to)) break;
                to = -1;
            }
            if (to < 0) continue;
            undo.Push((vertex, from));
            inVain++;
            if (state.Packets < least)
            {
                least = state.Packets;
                inVain = 0;
                undo.Clear();
            }
        }
        while (undo.TryPop(out var move)) state.Move(move.Vertex, move.From);
    }

    void Swap(int tries)
    {
        for (int vertex = 0; vertex < level.Vertices && state.Work < budget; vertex++)
        {
            var (gain, to) = Best(vertex);
            if (to < 0 || gain <= 0) continue;
            if (state.TryMove(vertex, to)) continue;
            var members = state.Members(to);
            int from = state.CoreOf[vertex];
            long before = state.Packets;
            for (int attempt = 0; attempt < tries && members.Count > 0; attempt++)
            {
                int other = members[random.Below(members.Count)];
                state.Move(vertex, to);
                state.Move(other, from);
                if (state.Packets < before && state.HoldsAround(vertex) && state.HoldsAround(other)) break;
                state.Move(other, to);
                state.Move(vertex, from);
            }
        }
    }

    // The core where a vertex costs fewest packets, but its own; of equal ones the first. Those that come next are ranked behind it, where that is asked for.
    (long Gain, int Core) Best(int vertex, List<(long Gain, int Core)>? ranked = null)
    {
        var (found, balance) = state.Look(vertex, shared, touched);
        long most = long.MinValue;
        int best = -1, from = state.CoreOf[vertex];
        ranked?.Clear();
        foreach (int core in touched.AsSpan(0, found))
        {
            long gain = balance + shared[core];
            shared[core] = 0;
            if (core == from) continue;
            if (gain > most || (gain == most && core < best)) (most, best) = (gain, core);
            if (ranked is not null) Rank(gain, core, ranked);
        }
        return (most, best);
    }

    static void Rank(long gain, int core, List<(long Gain, int Core)> ranked)
    {
        int at = ranked.Count;
        while (at > 0 && (gain > ranked[at - 1].Gain || (gain == ranked[at - 1].Gain && core < ranked[at - 1].Core))) at--;
        if (at == MostTargetsCores) return;
        if (ranked.Count == MostTargetsCores) ranked.RemoveAt(MostTargetsCores - 1);
        ranked.Insert(at, (gain, core));
    }
}
