namespace Lepton.Neuro.Backends;

/// <summary>Places clusters along a Hilbert curve, in an order in which each comes soon after those that it exchanges most packets with.</summary>
static class SpaceFillingCurve
{
    public static int[] Place(FlowGraph flow, Mesh mesh)
    {
        var order = Order(flow);
        var cores = new int[flow.Clusters];
        int next = 0;
        foreach (int tile in Tiles(mesh))
        {
            for (int core = tile * mesh.CoresPerTile; core < (tile + 1) * mesh.CoresPerTile && next < order.Length; core++)
            {
                if (mesh.IsLive(core)) cores[order[next++]] = core;
            }
        }
        return cores;
    }

    /// <summary>All tiles in the order of a Hilbert curve on the smallest square of a power of two that holds the mesh; what is outside the mesh is skipped.</summary>
    public static IEnumerable<int> Tiles(Mesh mesh)
    {
        int side = 1;
        while (side < Math.Max(mesh.Columns, mesh.Rows)) side *= 2;
        for (long place = 0; place < (long)side * side; place++)
        {
            var (x, y) = At(side, place);
            if (x < mesh.Columns && y < mesh.Rows) yield return mesh.TileAt(x, y);
        }
    }

    // From the smallest square up: each quadrant is turned as the curve passes it.
    static (int X, int Y) At(int side, long place)
    {
        int x = 0, y = 0;
        for (int half = 1; half < side; half *= 2)
        {
            int right = (int)(place / 2 & 1), up = (int)((place ^ right) & 1);
            if (up == 0)
            {
                if (right == 1) (x, y) = (half - 1 - x, half - 1 - y);
                (x, y) = (y, x);
            }
            x += half * right;
            y += half * up;
            place /= 4;
        }
        return (x, y);
    }

    /// <summary>Clusters in an order of largest adjacency: next comes the one that exchanges most packets with those before it.</summary>
    public static int[] Order(FlowGraph flow)
    {
        var order = new int[flow.Clusters];
        var gained = flow.FromOutside.ToArray();
        var done = new bool[flow.Clusters];
        var queue = new PriorityQueue<int, (long, int)>();
        int count = 0;
        for (int cluster = 0; cluster < flow.Clusters; cluster++) queue.Enqueue(cluster, (-gained[cluster], cluster));
        while (queue.TryDequeue(out int cluster, out var priority))
        {
            if (done[cluster] || -priority.Item1 != gained[cluster]) continue;
            done[cluster] = true;
            order[count++] = cluster;
            var neighbours = flow.Neighbours(cluster);
            var packets = flow.PacketsWith(cluster);
            for (int k = 0; k < neighbours.Length; k++)
            {
                int other = neighbours[k];
                if (done[other]) continue;
                gained[other] += packets[k];
                queue.Enqueue(other, (-gained[other], other));
            }
        }
        return order;
    }
}
