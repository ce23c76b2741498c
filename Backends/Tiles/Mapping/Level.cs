namespace Lepton.Neuro.Backends;

/// <summary>One level of a multilevel partition: the traffic of vertices, each of which stands for one neuron or several.</summary>
sealed class Level
{
    readonly int[] firstIncoming;
    readonly int[] incoming;
    readonly int[] firstOutgoing;
    readonly int[] outgoing;
    readonly int[] home;
    readonly int[] firstOwn;
    readonly int[] own;

    /// <param name="firstIncoming">The rows of incoming sources.</param>
    /// <param name="incoming">The distinct sources of each vertex.</param>
    /// <param name="map">The vertex of this level that each vertex of the finer one became; null on the finest.</param>
    /// <param name="firstOutgoing">The rows of targets.</param>
    /// <param name="outgoing">The vertices that each source reaches.</param>
    /// <param name="home">The vertex that each source is in; -1 outside.</param>
    /// <param name="spikes">The spikes of each source.</param>
    /// <param name="neurons">The neurons of each vertex.</param>
    /// <param name="bits">The synapse memory of each vertex.</param>
    public Level(int[] firstIncoming, int[] incoming, int[]? map, int[] firstOutgoing, int[] outgoing, int[] home, long[] spikes, int[] neurons, long[] bits)
    {
        (this.firstIncoming, this.incoming, this.firstOutgoing, this.outgoing, this.home) = (firstIncoming, incoming, firstOutgoing, outgoing, home);
        (Map, Spikes, Neurons, Bits) = (map, spikes, neurons, bits);
        firstOwn = new int[Vertices + 1];
        foreach (int vertex in home)
        {
            if (vertex >= 0) firstOwn[vertex + 1]++;
        }
        for (int i = 0; i < Vertices; i++) firstOwn[i + 1] += firstOwn[i];
        own = new int[firstOwn[^1]];
        var at = firstOwn.AsSpan(0, Vertices).ToArray();
        for (int source = 0; source < home.Length; source++)
        {
            if (home[source] >= 0) own[at[home[source]]++] = source;
        }
    }

    public int[]? Map { get; }

    public long[] Spikes { get; }

    public int[] Neurons { get; }

    public long[] Bits { get; }

    public int Vertices => Neurons.Length;

    public int Sources => home.Length;

    public int Pins => incoming.Length;

    public ReadOnlySpan<int> SourcesOf(int vertex) => incoming.AsSpan(firstIncoming[vertex]..firstIncoming[vertex + 1]);

    public ReadOnlySpan<int> TargetsOf(int source) => outgoing.AsSpan(firstOutgoing[source]..firstOutgoing[source + 1]);

    /// <summary>The sources that are in a vertex.</summary>
    public ReadOnlySpan<int> Own(int vertex) => own.AsSpan(firstOwn[vertex]..firstOwn[vertex + 1]);

    public int HomeOf(int source) => home[source];

    /// <summary>The place of a source's first target among all.</summary>
    public int FirstTarget(int source) => firstOutgoing[source];

    /// <summary>A coarser level.</summary>
    /// <param name="map">The new vertex of each vertex.</param>
    /// <param name="count">How many new ones.</param>
    public Level Merge(int[] map, int count)
    {
        var neurons = new int[count];
        var bits = new long[count];
        var first = new int[count + 2];
        for (int vertex = 0; vertex < map.Length; vertex++)
        {
            neurons[map[vertex]] += Neurons[vertex];
            bits[map[vertex]] += Bits[vertex];
            first[map[vertex] + 2]++;
        }
        for (int i = 1; i < first.Length; i++) first[i] += first[i - 1];
        var members = new int[map.Length];
        for (int vertex = 0; vertex < map.Length; vertex++) members[first[map[vertex] + 1]++] = vertex;
        var seen = new int[Sources];
        var rows = new int[count + 1];
        // Once to count, once to fill, so that no list grows beside the rows.
        for (int vertex = 0; vertex < count; vertex++) rows[vertex + 1] = rows[vertex] + Union(vertex, null, 0);
        Array.Clear(seen);
        var merged = new int[rows[count]];
        for (int vertex = 0; vertex < count; vertex++) Union(vertex, merged, rows[vertex]);
        var (firstTarget, targets) = SpikeTraffic.Turn(rows, merged, Sources);
        return new(rows, merged, map, firstTarget, targets, [.. home.Select(h => h < 0 ? -1 : map[h])], Spikes, neurons, bits);

        int Union(int vertex, int[]? into, int at)
        {
            int found = 0;
            for (int i = first[vertex]; i < first[vertex + 1]; i++)
            {
                foreach (int source in SourcesOf(members[i]))
                {
                    if (seen[source] == vertex + 1) continue;
                    seen[source] = vertex + 1;
                    if (into is not null) into[at + found] = source;
                    found++;
                }
            }
            return found;
        }
    }
}
