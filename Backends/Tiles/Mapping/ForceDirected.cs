namespace Lepton.Neuro.Backends;

/// <summary>From the Hilbert curve, each cluster in turn changes places with a cluster, or moves to a free core, on the tile beside its own that saves most hops, until none saves any.</summary>
static class ForceDirected
{
    public static int[] Place(FlowGraph flow, Mesh mesh)
    {
        var state = new PlacementState(flow, mesh, SpaceFillingCurve.Place(flow, mesh));
        bool moved;
        do
        {
            moved = false;
            for (int cluster = 0; cluster < flow.Clusters; cluster++)
            {
                long best = 0;
                int to = -1, tile = state.TileOf(cluster);
                for (var direction = Direction.East; direction <= Direction.South; direction++)
                {
                    int beside = mesh.Next(tile, direction);
                    if (beside < 0) continue;
                    for (int core = beside * mesh.CoresPerTile; core < (beside + 1) * mesh.CoresPerTile; core++)
                    {
                        if (!mesh.IsLive(core)) continue;
                        long change = state.Change(cluster, core);
                        if (change < best) (best, to) = (change, core);
                    }
                }
                if (to < 0) continue;
                state.Move(cluster, to);
                moved = true;
            }
        }
        while (moved);
        return state.Cores;
    }
}
