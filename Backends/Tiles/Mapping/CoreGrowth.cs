namespace Lepton.Neuro.Backends;

/// <summary>Grows one core after the other: to it goes the vertex whose packets already reach it to the greatest part, as long as one fits.</summary>
static class CoreGrowth
{
    const int MostRefusals = 40;
    const int PartBits = 20;

    // Where so few are left, looking at all that hear a core is cheaper than keeping them in order: on coarse levels nearly every vertex hears something of every core.
    const int MostToScan = 1 << 15;

    /// <summary>The core of each vertex, by the limits on neurons, memory and axons in.</summary>
    /// <param name="level">The level.</param>
    /// <param name="limits">What a core can hold.</param>
    /// <param name="mostToScan">The most vertices of a level that is scanned; on others a heap gives the same cores.</param>
    public static (int[] CoreOf, int Cores) Grow(Level level, CoreLimits limits, int mostToScan = MostToScan)
    {
        var coreOf = new int[level.Vertices];
        Array.Fill(coreOf, -1);
        var packets = new long[level.Vertices];
        var reached = new long[level.Vertices];
        var heardBy = new int[level.Sources];
        for (int vertex = 0; vertex < level.Vertices; vertex++)
        {
            foreach (int source in level.SourcesOf(vertex)) packets[vertex] += level.Spikes[source];
        }
        IndexedHeap? heap = level.Vertices > mostToScan ? new(level.Vertices) : null;
        var hearing = new List<int>();
        var best = new List<(long Part, int Vertex)>();
        var refused = new List<int>();
        var isRefused = new bool[level.Vertices];
        var isHearing = new bool[level.Vertices];
        var nearer = new List<int>();
        var isNearer = new bool[level.Vertices];
        int core = 0, left = level.Vertices, next = 0;
        while (left > 0)
        {
            var use = default(CoreUse);
            refused.Clear();
            while (refused.Count < MostRefusals)
            {
                int vertex = heap is null ? Scanned() : heap.Count > 0 ? heap.Pop() : -1;
                if (vertex < 0)
                {
                    // Nothing that is left hears what this core hears: the first that is left begins anew.
                    while (next < level.Vertices && (coreOf[next] >= 0 || isRefused[next])) next++;
                    if (next >= level.Vertices) break;
                    vertex = next;
                }
                int fresh = 0;
                foreach (int source in level.SourcesOf(vertex))
                {
                    if (heardBy[source] != core + 1) fresh++;
                }
                var with = new CoreUse(use.Neurons + level.Neurons[vertex], use.SynapseBits + level.Bits[vertex], use.AxonsIn + fresh, 0);
                if (use.Neurons > 0 && !with.Fits(limits))
                {
                    refused.Add(vertex);
                    isRefused[vertex] = true;
                    continue;
                }
                use = with;
                coreOf[vertex] = core;
                left--;
                Hear(vertex);
            }
            // The parts reached are those of this core alone.
            foreach (int vertex in hearing) (reached[vertex], isHearing[vertex]) = (0, false);
            hearing.Clear();
            best.Clear();
            heap?.Clear();
            foreach (int vertex in refused)
            {
                reached[vertex] = 0;
                isRefused[vertex] = false;
                next = Math.Min(next, vertex);
            }
            core++;
        }
        return (coreOf, core);

        void Hear(int vertex)
        {
            best.Clear();
            foreach (int source in level.SourcesOf(vertex))
            {
                bool heard = heardBy[source] == core + 1;
                heardBy[source] = core + 1;
                if (heard || level.Spikes[source] == 0) continue;
                foreach (int other in level.TargetsOf(source))
                {
                    if (coreOf[other] >= 0) continue;
                    reached[other] += level.Spikes[source];
                    if (!isHearing[other])
                    {
                        isHearing[other] = true;
                        hearing.Add(other);
                    }
                    if (heap is null || isNearer[other]) continue;
                    isNearer[other] = true;
                    nearer.Add(other);
                }
            }
            foreach (int other in nearer)
            {
                isNearer[other] = false;
                if (!isRefused[other]) heap!.Set(other, PartOf(other));
            }
            nearer.Clear();
        }

        long PartOf(int vertex) => (reached[vertex] << PartBits) / Math.Max(packets[vertex], 1);

        // The vertex that hears the greatest part, of equal ones the first: that which a heap would give. Those that come next are found with it, for the core may be too full for it.
        int Scanned()
        {
            if (best.Count == 0) Scan();
            if (best.Count == 0) return -1;
            int vertex = best[^1].Vertex;
            best.RemoveAt(best.Count - 1);
            return vertex;
        }

        void Scan()
        {
            int kept = 0;
            var list = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(hearing);
            foreach (int vertex in list)
            {
                // What was taken is not looked at again; what was refused stays on the list, for its part is to be forgotten with the core.
                if (coreOf[vertex] >= 0) continue;
                list[kept++] = vertex;
                if (isRefused[vertex]) continue;
                long part = PartOf(vertex);
                if (best.Count > MostRefusals && !IsBefore(part, vertex, best[0])) continue;
                int at = best.Count;
                while (at > 0 && !IsBefore(part, vertex, best[at - 1])) at--;
                best.Insert(at, (part, vertex));
                if (best.Count > MostRefusals + 1) best.RemoveAt(0);
            }
            hearing.RemoveRange(kept, hearing.Count - kept);
        }

        static bool IsBefore(long part, int vertex, (long Part, int Vertex) other) => part > other.Part || (part == other.Part && vertex < other.Vertex);
    }
}
