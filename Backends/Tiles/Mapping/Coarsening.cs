namespace Lepton.Neuro.Backends;

/// <summary>Joins vertices that hear the same sources: each goes to the one with the greatest sum, over common sources, of spikes by one less than their targets
/// (heavy edges of hypergraphs: G. Karypis, R. Aggarwal, V. Kumar and S. Shekhar, IEEE Trans. VLSI 7, 69 (1999)).</summary>
static class Coarsening
{
    const int MostTargets = 1000;
    const int MostSources = 64;
    const int MostTargetsEach = 16;
    const int MostSourcesOfLarge = 16;
    const int ManyPins = 20_000_000;
    const int FractionBits = 10;

    /// <summary>A coarser level; null where fewer than a tenth of the vertices would go.</summary>
    /// <param name="level">The level.</param>
    /// <param name="mostNeurons">The most neurons of a new vertex.</param>
    /// <param name="mostBits">The most synapse memory of a new vertex.</param>
    /// <param name="random">The order in which vertices choose.</param>
    public static Level? Coarsen(Level level, long mostNeurons, long mostBits, ref MappingRandom random)
    {
        int count = level.Vertices;
        var order = new int[count];
        for (int i = 0; i < count; i++) order[i] = i;
        random.Shuffle(order);
        var map = new int[count];
        Array.Fill(map, -1);
        var rating = new long[count];
        var touched = new List<int>();
        var neurons = new List<long>();
        var bits = new List<long>();
        foreach (int vertex in order)
        {
            if (map[vertex] >= 0) continue;
            Rate(level, vertex, rating, touched);
            int best = -1;
            long most = 0;
            foreach (int other in touched)
            {
                long rate = rating[other];
                rating[other] = 0;
                if (other == vertex || rate < most || (rate == most && other > best)) continue;
                int group = map[other];
                long together = level.Neurons[vertex] + (group < 0 ? level.Neurons[other] : neurons[group]);
                long memory = level.Bits[vertex] + (group < 0 ? level.Bits[other] : bits[group]);
                if (together > mostNeurons || memory > mostBits) continue;
                (best, most) = (other, rate);
            }
            touched.Clear();
            Join(vertex, best >= 0 ? map[best] : -1);
            if (best >= 0 && map[best] < 0) Join(best, map[vertex]);
        }
        return neurons.Count * 10L > count * 9L ? null : level.Merge(map, neurons.Count);

        void Join(int vertex, int group)
        {
            if (group < 0)
            {
                group = neurons.Count;
                neurons.Add(0);
                bits.Add(0);
            }
            map[vertex] = group;
            neurons[group] += level.Neurons[vertex];
            bits[group] += level.Bits[vertex];
        }
    }

    // Of many sources and targets an even sample: what is alike shows in it too. On a very large level fewer sources are looked at, and targets that lie side by side:
    // there each place in memory that is looked up anew takes longer than all else.
    static void Rate(Level level, int vertex, long[] rating, List<int> touched)
    {
        var sources = level.SourcesOf(vertex);
        bool isLarge = level.Pins > ManyPins;
        int stride = 1 + (sources.Length / (isLarge ? MostSourcesOfLarge : MostSources));
        for (int i = vertex % stride; i < sources.Length; i += stride)
        {
            var targets = level.TargetsOf(sources[i]);
            if (targets.Length < 2 || targets.Length > MostTargets) continue;
            long rate = (Math.Min(level.Spikes[sources[i]], 1L << 40) << FractionBits) / (targets.Length - 1);
            int step = isLarge ? 1 : 1 + (targets.Length / MostTargetsEach);
            int first = !isLarge ? sources[i] % step : targets.Length <= MostTargetsEach ? 0 : sources[i] % (targets.Length - MostTargetsEach);
            int end = isLarge ? Math.Min(targets.Length, first + MostTargetsEach) : targets.Length;
            for (int k = first; k < end; k += step)
            {
                int other = targets[k];
                if (rating[other] == 0) touched.Add(other);
                rating[other] += Math.Max(rate, 1);
            }
        }
    }
}
