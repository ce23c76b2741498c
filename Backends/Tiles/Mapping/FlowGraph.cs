namespace Lepton.Neuro.Backends;

/// <summary>Packets from one cluster to another.</summary>
/// <param name="From">The cluster that sends.</param>
/// <param name="To">The cluster that receives.</param>
/// <param name="Packets">How many packets, 0 or more.</param>
public readonly record struct Flow(int From, int To, long Packets);

/// <summary>The packets between clusters, each of which takes a core: what a placement is made for.</summary>
/// <remarks>Hops are counted per packet and do not depend on its direction, so the packets of both directions between two clusters are one number. Packets of a cluster to
/// itself travel no hop. Packets from outside enter at one tile of the mesh.</remarks>
public sealed class FlowGraph
{
    /// <summary>The most packets of a graph: sums times distances stay within 64 bits.</summary>
    public const long MostPackets = 1L << 40;

    readonly int[] first;
    readonly int[] neighbours;
    readonly long[] packets;
    readonly long[] outside;

    /// <summary>A graph of flows.</summary>
    /// <param name="clusters">How many clusters.</param>
    /// <param name="flows">Flows between them, in any order; those of the same pair add up.</param>
    /// <param name="fromOutside">For each cluster the packets that come from outside; none where null.</param>
    /// <exception cref="InvalidInputException">A flow names no cluster, or is negative, or all of them are more than <see cref="MostPackets"/>.</exception>
    public FlowGraph(int clusters, IEnumerable<Flow> flows, IReadOnlyList<long>? fromOutside = null)
    {
        Clusters = (int)Require.InRange("the clusters of a flow graph", clusters, 0L, int.MaxValue / 4);
        outside = new long[clusters];
        if (fromOutside is not null)
        {
            Require.InRange("the clusters that packets from outside are given for", fromOutside.Count, clusters, clusters);
            for (int i = 0; i < clusters; i++) Count(outside[i] = Require.InRange($"the packets from outside to cluster {i}", fromOutside[i], 0L, MostPackets));
        }
        var pairs = new List<(int Low, int High, long Packets)>();
        foreach (var (from, to, count) in flows)
        {
            Require.InRange("the cluster that a flow leaves", from, 0L, clusters - 1L);
            Require.InRange("the cluster that a flow reaches", to, 0L, clusters - 1L);
            Count(Require.InRange($"the packets from cluster {from} to {to}", count, 0L, MostPackets));
            if (from == to) Within += count;
            else if (count > 0) pairs.Add((Math.Min(from, to), Math.Max(from, to), count));
        }
        int kept = Sorted(pairs, clusters);
        pairs.RemoveRange(kept, pairs.Count - kept);
        first = new int[clusters + 1];
        foreach (var (low, high, _) in pairs)
        {
            first[low + 1]++;
            first[high + 1]++;
        }
        for (int i = 0; i < clusters; i++) first[i + 1] += first[i];
        neighbours = new int[first[^1]];
        packets = new long[first[^1]];
        var at = first.ToArray();
        foreach (var (low, high, count) in pairs)
        {
            (neighbours[at[low]], packets[at[low]++]) = (high, count);
            (neighbours[at[high]], packets[at[high]++]) = (low, count);
        }
    }

    /// <summary>How many clusters.</summary>
    public int Clusters { get; }

    /// <summary>All packets, those of clusters to themselves and those from outside included.</summary>
    public long Packets { get; private set; }

    /// <summary>The packets of clusters to themselves.</summary>
    public long Within { get; }

    /// <summary>For each cluster the packets that come from outside.</summary>
    public IReadOnlyList<long> FromOutside => outside;

    /// <summary>The flows of a square matrix: packets from the row's cluster to the column's.</summary>
    /// <param name="matrix">The matrix, row by row: whole numbers.</param>
    /// <param name="clusters">Its rows and columns.</param>
    /// <exception cref="InvalidInputException">It is not square, or a number is not whole, or negative.</exception>
    public static FlowGraph OfMatrix(ReadOnlySpan<double> matrix, int clusters)
    {
        Require.InRange("the numbers of a flow matrix", matrix.Length, (long)clusters * clusters, (long)clusters * clusters);
        var flows = new List<Flow>();
        for (int i = 0; i < matrix.Length; i++)
        {
            if (!(matrix[i] >= 0 && matrix[i] <= MostPackets && Math.Floor(matrix[i]) == matrix[i]))
                throw new InvalidInputException($"the packets from cluster {i / clusters} to {i % clusters}", matrix[i], $"a whole number from 0 to {MostPackets}");
            if (matrix[i] > 0) flows.Add(new(i / clusters, i % clusters, (long)matrix[i]));
        }
        return new(clusters, flows);
    }

    /// <summary>The clusters that a cluster exchanges packets with, ascending.</summary>
    /// <param name="cluster">The cluster.</param>
    public ReadOnlySpan<int> Neighbours(int cluster) => neighbours.AsSpan(first[cluster]..first[cluster + 1]);

    /// <summary>The packets exchanged with each of <see cref="Neighbours"/>, both directions added.</summary>
    /// <param name="cluster">The cluster.</param>
    public ReadOnlySpan<long> PacketsWith(int cluster) => packets.AsSpan(first[cluster]..first[cluster + 1]);

    /// <summary>The graph of each cluster's heaviest flows: those that are among the first so many of either end, by packets, then by the other's number; this graph where no cluster has more.</summary>
    /// <param name="each">How many flows a cluster keeps at least.</param>
    internal FlowGraph Heaviest(int each)
    {
        int most = 0;
        for (int cluster = 0; cluster < Clusters; cluster++) most = Math.Max(most, first[cluster + 1] - first[cluster]);
        if (most <= each) return this;
        var kept = new HashSet<(int Low, int High)>();
        var flows = new List<Flow>();
        for (int cluster = 0; cluster < Clusters; cluster++)
        {
            int[] order = [.. Enumerable.Range(first[cluster], first[cluster + 1] - first[cluster])];
            // Neighbours ascend, and so do places.
            if (order.Length > each) Array.Sort(order, (a, b) => packets[a] != packets[b] ? packets[b].CompareTo(packets[a]) : a.CompareTo(b));
            foreach (int i in order.AsSpan(0, Math.Min(each, order.Length)))
            {
                if (kept.Add((Math.Min(cluster, neighbours[i]), Math.Max(cluster, neighbours[i])))) flows.Add(new(cluster, neighbours[i], packets[i]));
            }
        }
        return new(Clusters, flows, outside);
    }

    /// <summary>The place of a cluster's first neighbour among all neighbours; that of the cluster after the last is their number.</summary>
    internal int First(int cluster) => first[cluster];

    // Sorts pairs row by row and joins equal ones; how many are left.
    static int Sorted(List<(int Low, int High, long Packets)> pairs, int clusters)
    {
        var rows = new int[clusters + 1];
        foreach (var (low, _, _) in pairs) rows[low + 1]++;
        for (int i = 0; i < clusters; i++) rows[i + 1] += rows[i];
        var highs = new int[pairs.Count];
        var counts = new long[pairs.Count];
        var at = rows.ToArray();
        foreach (var (low, high, count) in pairs) (highs[at[low]], counts[at[low]++]) = (high, count);
        int kept = 0;
        for (int low = 0; low < clusters; low++)
        {
            Array.Sort(highs, counts, rows[low], rows[low + 1] - rows[low]);
            for (int i = rows[low]; i < rows[low + 1]; i++)
            {
                if (i > rows[low] && highs[i] == highs[i - 1]) pairs[kept - 1] = pairs[kept - 1] with { Packets = pairs[kept - 1].Packets + counts[i] };
                else pairs[kept++] = (low, highs[i], counts[i]);
            }
        }
        return kept;
    }

    void Count(long more)
    {
        Packets += more;
        if (Packets > MostPackets) throw new InvalidInputException("the packets of a flow graph", Packets, $"at most {MostPackets} in all");
    }
}
