namespace Lepton.Neuro.Backends;

/// <summary>Places clusters in the order of largest adjacency, each on the free core that adds fewest hops; of equal ones on the tile nearest the middle.</summary>
static class GreedyPlacement
{
    public static int[] Place(FlowGraph flow, Mesh mesh)
    {
        var cores = new int[flow.Clusters];
        var placed = new bool[flow.Clusters];
        var free = Enumerable.Range(0, mesh.Tiles).Select(mesh.Capacity).ToArray();
        // Away from the middle the mesh is more of a border; with the middle first, ties fill a compact patch.
        var tiles = Enumerable.Range(0, mesh.Tiles).Where(t => free[t] > 0).OrderBy(t => FromMiddle(mesh, t)).ToArray();
        foreach (int cluster in SpaceFillingCurve.Order(flow))
        {
            int best = -1;
            long least = long.MaxValue;
            foreach (int tile in tiles)
            {
                if (free[tile] == 0) continue;
                long cost = flow.FromOutside[cluster] * mesh.Distance(mesh.InputTile, tile);
                var neighbours = flow.Neighbours(cluster);
                var packets = flow.PacketsWith(cluster);
                for (int k = 0; k < neighbours.Length && cost < least; k++)
                {
                    if (placed[neighbours[k]]) cost += packets[k] * mesh.Distance(tile, cores[neighbours[k]] / mesh.CoresPerTile);
                }
                if (cost < least) (least, best) = (cost, tile);
            }
            cores[cluster] = Take(mesh, best, free[best]--);
            placed[cluster] = true;
        }
        return cores;
    }

    static int FromMiddle(Mesh mesh, int tile)
    {
        var (column, row) = mesh.PlaceOf(tile);
        return Math.Abs((2 * column) - mesh.Columns + 1) + Math.Abs((2 * row) - mesh.Rows + 1);
    }

    // The next working core of a tile that has so many left.
    static int Take(Mesh mesh, int tile, int left)
    {
        int core = ((tile + 1) * mesh.CoresPerTile) - 1;
        for (; ; core--)
        {
            if (mesh.IsLive(core) && --left == 0) return core;
        }
    }
}
