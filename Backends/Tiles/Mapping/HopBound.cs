namespace Lepton.Neuro.Backends;

/// <summary>Lower bounds on the hops of any placement of clusters on a mesh.</summary>
/// <remarks>
/// <para><see cref="Rearranged"/>: each cluster sees its neighbours at distances that no placement can make shorter than the sorted list of places around a tile; the smallest sum
/// of products pairs the most packets with the nearest places (P. Gilmore, J. SIAM 10, 305 (1962); E. Lawler, Management Science 9, 586 (1963)).</para>
/// <para><see cref="Ascended"/>: the dual ascent of P. Hahn and T. Grant, "Lower bounds for the quadratic assignment problem based upon a dual formulation", Operations Research 46,
/// 912 (1998), here with tiles that hold several clusters. All its numbers are whole, so rounding cannot make it exceed the optimum.</para>
/// </remarks>
public static class HopBound
{
    const long MostEntries = 4_000_000;
    const long MostProfiles = 50_000_000;

    /// <summary>The best bound that is found in reasonable time.</summary>
    /// <param name="flow">The packets.</param>
    /// <param name="mesh">The mesh.</param>
    public static long Of(FlowGraph flow, Mesh mesh)
    {
        long bound = Rearranged(flow, mesh);
        return CanAscend(flow, mesh) ? Math.Max(bound, Ascended(flow, mesh)) : bound;
    }

    /// <summary>Whether a problem is small enough for <see cref="Ascended"/>.</summary>
    /// <param name="flow">The packets.</param>
    /// <param name="mesh">The mesh.</param>
    public static bool CanAscend(FlowGraph flow, Mesh mesh) => (long)flow.First(flow.Clusters) * mesh.Tiles * mesh.Tiles <= MostEntries;

    /// <summary>The bound of sorted flows and sorted distances.</summary>
    /// <param name="flow">The packets.</param>
    /// <param name="mesh">The mesh.</param>
    public static long Rearranged(FlowGraph flow, Mesh mesh)
    {
        var around = Around(mesh);
        long halves = 0, owned = 0;
        for (int cluster = 0; cluster < flow.Clusters; cluster++)
        {
            var neighbours = flow.Neighbours(cluster);
            halves += Product(flow.PacketsWith(cluster).ToArray(), around);
            var packets = flow.PacketsWith(cluster).ToArray();
            // An edge may be counted in full by one of its ends; the one of more neighbours has them farther away.
            for (int k = 0; k < neighbours.Length; k++)
            {
                int mine = neighbours.Length, others = flow.Neighbours(neighbours[k]).Length;
                if (mine < others || (mine == others && cluster > neighbours[k])) packets[k] = 0;
            }
            owned += Product(packets, around);
        }
        return Math.Max((halves + 1) / 2, owned) + Product([.. flow.FromOutside], FromInput(mesh));
    }

    /// <summary>The bound of the dual ascent.</summary>
    /// <param name="flow">The packets.</param>
    /// <param name="mesh">The mesh.</param>
    /// <param name="rounds">How many rounds it takes at most.</param>
    /// <exception cref="InvalidInputException">The problem is too large: see <see cref="CanAscend"/>.</exception>
    public static long Ascended(FlowGraph flow, Mesh mesh, int rounds = 60)
    {
        if (!CanAscend(flow, mesh)) throw new InvalidInputException("the pairs of neighbours times the square of tiles", (long)flow.First(flow.Clusters) * mesh.Tiles * mesh.Tiles, $"at most {MostEntries}");
        return flow.Clusters == 0 ? 0 : new DualAscent(flow, mesh).Run((int)Require.InRange("the rounds of a dual ascent", rounds, 1L, 100_000));
    }

    // For each number of places, a distance that the last of so many nearest ones to any tile has at least. A cluster's own core is not among them.
    static int[] Around(Mesh mesh)
    {
        // Without faults the middle of a mesh has the most tiles within any distance, and so has each tile of a torus.
        bool middle = mesh.Faults.Tiles.Count + mesh.Faults.Links.Count == 0 || (long)mesh.Tiles * mesh.Tiles > MostProfiles;
        var most = new long[mesh.Columns + mesh.Rows + (mesh.HasFaults ? mesh.Tiles : 0)];
        if (middle)
        {
            int tile = mesh.TileAt(mesh.Columns / 2, mesh.Rows / 2);
            var (column, row) = mesh.PlaceOf(tile);
            for (int other = 0; other < mesh.Tiles; other++)
            {
                var (x, y) = mesh.PlaceOf(other);
                int across = Math.Abs(x - column), along = Math.Abs(y - row);
                if (mesh.IsTorus) (across, along) = (Math.Min(across, mesh.Columns - across), Math.Min(along, mesh.Rows - along));
                most[across + along] += mesh.CoresPerTile;
            }
        }
        else
        {
            var within = new long[most.Length];
            var sums = new long[most.Length];
            for (int tile = 0; tile < mesh.Tiles; tile++)
            {
                if (mesh.Capacity(tile) == 0) continue;
                Array.Clear(within);
                for (int other = 0; other < mesh.Tiles; other++)
                {
                    if (mesh.Capacity(other) > 0) within[mesh.Distance(tile, other)] += mesh.Capacity(other);
                }
                long sum = 0;
                for (int d = 0; d < within.Length; d++) sums[d] = Math.Max(sums[d], sum += within[d]);
            }
            for (int d = most.Length - 1; d >= 0; d--) most[d] = sums[d] - (d == 0 ? 0 : sums[d - 1]);
        }
        most[0]--;
        return Spread(most, mesh.LiveCores);
    }

    static int[] FromInput(Mesh mesh)
    {
        var places = new long[mesh.Columns + mesh.Rows + (mesh.HasFaults ? mesh.Tiles : 0)];
        for (int tile = 0; tile < mesh.Tiles; tile++)
        {
            if (mesh.Capacity(tile) > 0) places[mesh.Distance(mesh.InputTile, tile)] += mesh.Capacity(tile);
        }
        return Spread(places, mesh.LiveCores);
    }

    static int[] Spread(long[] places, int most)
    {
        var distances = new List<int>(most);
        for (int d = 0; d < places.Length; d++)
        {
            for (long i = 0; i < places[d] && distances.Count < most; i++) distances.Add(d);
        }
        return [.. distances];
    }

    // Sorts the packets.
    static long Product(long[] packets, int[] distances)
    {
        Array.Sort(packets);
        long sum = 0;
        for (int i = packets.Length - 1, place = 0; i >= 0 && packets[i] > 0; i--, place++) sum += packets[i] * distances[Math.Min(place, distances.Length - 1)];
        return sum;
    }
}
