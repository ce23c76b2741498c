namespace Lepton.Neuro.Backends;

/// <summary>Grows one core after the other: to it goes the vertex whose packets already reach it to the greatest part, as long as one fits.</summary>
static class CoreGrowth
{
    const int MostRefusals = 40;
    const int PartBits = 20;

    /// <summary>The core of each vertex, by the limits on neurons, memory and axons in.</summary>
    public static (int[] CoreOf, int Cores) Grow(Level level, CoreLimits limits)
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
        var heap = new IndexedHeap(level.Vertices);
        var refused = new List<int>();
        var isRefused = new bool[level.Vertices];
        var nearer = new List<int>();
        var isNearer = new bool[level.Vertices];
        int core = 0, left = level.Vertices, next = 0;
        while (left > 0)
        {
            var use = default(CoreUse);
            refused.Clear();
            while (refused.Count < MostRefusals)
            {
                int vertex;
                if (heap.Count > 0)
                {
                    vertex = heap.Pop();
                }
                else
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
            while (heap.Count > 0) reached[heap.Pop()] = 0;
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
            foreach (int source in level.SourcesOf(vertex))
            {
                bool heard = heardBy[source] == core + 1;
                heardBy[source] = core + 1;
                if (heard || level.Spikes[source] == 0) continue;
                foreach (int other in level.TargetsOf(source))
                {
                    if (coreOf[other] >= 0) continue;
                    reached[other] += level.Spikes[source];
                    if (isNearer[other]) continue;
                    isNearer[other] = true;
                    nearer.Add(other);
                }
            }
            foreach (int other in nearer)
            {
                isNearer[other] = false;
                if (!isRefused[other]) heap.Set(other, (reached[other] << PartBits) / Math.Max(packets[other], 1));
            }
            nearer.Clear();
        }
    }
}
