using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Backends;

/// <summary>Simulated annealing over moves and swaps, then descent over all of them.</summary>
/// <remarks>Half of the moves (15 of 16 where the mesh is large) go to a tile at or beside one that a cluster's neighbour is on, where it wants to be; the others anywhere. All changes in hops are whole numbers,
/// and the logarithms of chances come from a table, so a seed gives the same placement on any machine.</remarks>
static class Annealing
{
    const int Chances = 1 << 12;
    const int Levels = 100;
    const int Samples = 256;

    // In mean changes of a random move, and how many times colder it ends: what did best on the graphs of the tests.
    const double SmallHeat = 0.2, LargeHeat = 0.05;
    const double Cooling = 20;
    const long MostDescent = 300_000_000;

    // On a large graph the search sees so many of a cluster's flows.
    const int MostFlowsEach = 64;

    // -ln of the middles of equal parts of [0, 1].
    static readonly double[] logarithms = [.. Enumerable.Range(0, Chances).Select(i => -ExactMath.Log((i + 0.5) / Chances))];

    public static int[] Place(FlowGraph all, Mesh mesh, PlacementOptions options)
    {
        bool small = (long)all.Clusters * mesh.Tiles <= 1 << 16;
        // What many weak flows to everywhere cost hardly depends on the place.
        var flow = small ? all : all.Heaviest(MostFlowsEach);
        var curve = SpaceFillingCurve.Place(flow, mesh);
        if (flow.Clusters < 1 || mesh.LiveCores < 2) return curve;
        int[] begin = curve;
        if (small)
        {
            var greedy = GreedyPlacement.Place(flow, mesh);
            if (Placement.HopsOf(flow, mesh, greedy) < Placement.HopsOf(flow, mesh, curve)) begin = greedy;
        }
        int[] live = [.. Enumerable.Range(0, mesh.Cores).Where(mesh.IsLive)];
        long least = Placement.HopsOf(all, mesh, begin);
        int[] best = begin;
        for (int start = 0; start < (options.Starts ?? (small ? 4 : 1)); start++)
        {
            var random = new MappingRandom(options.Seed + ((ulong)start << 32));
            // Every other start is so hot that it forgets where the search began. A large search has no time for that, and mends what the curve got wrong.
            double heat = small ? (start % 2 == 0 ? SmallHeat : 1) : LargeHeat;
            var search = new Search(flow, mesh, live, [.. begin], random, heat);
            search.Anneal(options.Moves ?? (small ? 1_000_000 : 50_000 + (150L * flow.Clusters)));
            search.Descend();
            long hops = Placement.HopsOf(all, mesh, search.Best);
            if (hops < least) (least, best) = (hops, search.Best);
        }
        return best;
    }

    sealed class Search(FlowGraph flow, Mesh mesh, int[] live, int[] begin, MappingRandom random, double heat)
    {
        readonly PlacementState state = new(flow, mesh, begin);

        // On a large mesh, few of the moves to anywhere are good ones.
        readonly ulong anywhere = heat < SmallHeat ? 15ul : 1;

        // Neighbours looked at in descent.
        long work;

        /// <summary>The best placement so far.</summary>
        public int[] Best { get; private set; } = [.. begin];

        public void Anneal(long moves)
        {
            if (moves == 0) return;
            double hot = heat * MeanChange(), cold = hot / Cooling;
            double cooling = ExactMath.Exp(ExactMath.Log(cold / hot) / (Levels - 1));
            double temperature = hot;
            long hops = 0, least = 0;
            bool improved = false;
            for (int level = 0; level < Levels; level++, temperature *= cooling)
            {
                long until = (moves * (level + 1) / Levels) - (moves * level / Levels);
                for (long i = 0; i < until; i++)
                {
                    int cluster = random.Below(flow.Clusters), core = Propose(cluster);
                    if (core < 0) continue;
                    long change = state.Change(cluster, core);
                    if (change > 0 && change > temperature * logarithms[random.Word() >> 52]) continue;
                    state.Move(cluster, core);
                    hops += change;
                    if (hops < least) (least, improved) = (hops, true);
                }
                // What is best is looked for where it is cold: copying each best on the way would cost more than it gives.
                if (improved && hops == least) (Best, improved) = ([.. state.Cores], false);
            }
            if (hops <= least) Best = [.. state.Cores];
        }

        /// <summary>Makes the moves and swaps that save hops, until none does, or it has looked at very many.</summary>
        public void Descend()
        {
            long pass = (long)live.Length * (flow.Clusters + flow.First(flow.Clusters));
            bool all = pass * 8 <= MostDescent;
            bool moved = true;
            while (moved && work < MostDescent)
            {
                moved = false;
                for (int cluster = 0; cluster < flow.Clusters && work < MostDescent; cluster++)
                {
                    if (all)
                    {
                        foreach (int core in live) moved |= Try(cluster, core);
                        continue;
                    }
                    foreach (int neighbour in flow.Neighbours(cluster))
                    {
                        int tile = state.TileOf(neighbour);
                        for (int c = 0; c < mesh.CoresPerTile; c++) moved |= Try(cluster, (tile * mesh.CoresPerTile) + c);
                    }
                    for (var direction = Direction.East; direction <= Direction.South; direction++)
                    {
                        int tile = mesh.Next(state.TileOf(cluster), direction);
                        for (int c = 0; tile >= 0 && c < mesh.CoresPerTile; c++) moved |= Try(cluster, (tile * mesh.CoresPerTile) + c);
                    }
                }
            }
            if (Placement.HopsOf(flow, mesh, state.Cores) < Placement.HopsOf(flow, mesh, Best)) Best = [.. state.Cores];
        }

        bool Try(int cluster, int core)
        {
            work += flow.Neighbours(cluster).Length + 1;
            if (!mesh.IsLive(core) || state.Change(cluster, core) >= 0) return false;
            state.Move(cluster, core);
            return true;
        }

        int Propose(int cluster)
        {
            var neighbours = flow.Neighbours(cluster);
            ulong word = random.Word();
            if ((word & anywhere) == 0 || neighbours.IsEmpty) return live[random.Below(live.Length)];
            int tile = state.TileOf(neighbours[random.Below(neighbours.Length)]);
            int way = (int)((word >> 8) % 5);
            if (way < 4)
            {
                int next = mesh.Next(tile, (Direction)way);
                if (next >= 0) tile = next;
            }
            int core = (tile * mesh.CoresPerTile) + (int)((word >> 32) % (ulong)mesh.CoresPerTile);
            return mesh.IsLive(core) ? core : -1;
        }

        double MeanChange()
        {
            double sum = 1;
            for (int i = 0; i < Samples; i++)
            {
                int cluster = random.Below(flow.Clusters);
                sum += Math.Abs(state.Change(cluster, live[random.Below(live.Length)]));
            }
            return sum / Samples;
        }
    }
}
