namespace Lepton.Neuro.Backends;

/// <summary>The dual ascent on the first level of the reformulation-linearization of a quadratic assignment: see <see cref="HopBound"/>.</summary>
/// <remarks>
/// <para>For every placement, hops = bound + the leaders of its places + the shares of its pairs of places, and all three stay as they are or grow less than the bound does: each step
/// moves costs between these without changing their sum for any placement, or drops one that is not negative. A pair of neighbours has two shares, one for each end; a step
/// takes both together, solves the assignment of a cluster's neighbours for one place of the cluster, moves its optimum to the leader, and gives half of what is left back.</para>
/// </remarks>
sealed class DualAscent
{
    // A packet's hop in the units of the ascent, so that dividing costs loses little.
    const int UnitBits = 12;

    readonly FlowGraph flow;
    readonly int tiles;
    readonly int clusters;
    readonly int[] capacity;
    readonly int[] mirrored;
    readonly long[] shares;
    readonly long[] leaders;
    readonly CapacitatedAssignment assignment;

    public DualAscent(FlowGraph flow, Mesh mesh)
    {
        this.flow = flow;
        tiles = mesh.Tiles;
        clusters = flow.Clusters;
        capacity = [.. Enumerable.Range(0, tiles).Select(mesh.Capacity)];
        int ends = flow.First(clusters);
        mirrored = new int[ends];
        shares = new long[(long)ends * tiles * tiles];
        leaders = new long[(long)clusters * tiles];
        int most = clusters;
        for (int i = 0; i < clusters; i++)
        {
            var neighbours = flow.Neighbours(i);
            var packets = flow.PacketsWith(i);
            for (int k = 0; k < neighbours.Length; k++)
            {
                int end = flow.First(i) + k;
                mirrored[end] = flow.First(neighbours[k]) + flow.Neighbours(neighbours[k]).BinarySearch(i);
                for (int p = 0; p < tiles; p++)
                {
                    for (int q = 0; q < tiles && neighbours[k] > i; q++)
                    {
                        // Dead tiles hold no cluster, whatever it costs there.
                        if (capacity[p] > 0 && capacity[q] > 0) shares[At(end, p, q)] = (packets[k] * mesh.Distance(p, q)) << UnitBits;
                    }
                }
            }
            for (int p = 0; p < tiles; p++)
            {
                if (capacity[p] > 0) leaders[(i * tiles) + p] = (flow.FromOutside[i] * mesh.Distance(mesh.InputTile, p)) << UnitBits;
            }
        }
        assignment = new(most, tiles);
    }

    public long Run(int rounds)
    {
        long bound = 0, before = 0;
        // A cluster of many neighbours has them farthest away, so those have the first choice of what a pair costs.
        int[] order = [.. Enumerable.Range(0, clusters).OrderByDescending(i => flow.Neighbours(i).Length).ThenBy(i => i)];
        for (int round = 0; round < rounds; round++)
        {
            foreach (int i in order)
            {
                for (int p = 0; p < tiles; p++) Lift(i, p);
            }
            bound += assignment.Solve(leaders, clusters, capacity);
            // Where ten rounds gain less than one part in a thousand, more of them are not worth their time.
            if (round % 10 != 9) continue;
            if (bound - before <= bound / 1000) break;
            before = bound;
        }
        // The optimum is a whole number of hops, so what exceeds a whole number rounds up.
        return (bound + (1L << UnitBits) - 1) >> UnitBits;
    }

    int At(int end, int p, int q) => (((end * tiles) + p) * tiles) + q;

    void Lift(int i, int p)
    {
        int degree = flow.Neighbours(i).Length;
        if (capacity[p] == 0 || degree == 0) return;
        ref long leader = ref leaders[(i * tiles) + p];
        long each = leader / degree;
        leader -= each * degree;
        var costs = assignment.Rows(degree);
        for (int k = 0; k < degree; k++)
        {
            int end = flow.First(i) + k, mirror = At(mirrored[end], 0, p), at = At(end, p, 0);
            for (int q = 0; q < tiles; q++, mirror += tiles) costs[(k * tiles) + q] = shares[at + q] + shares[mirror] + each;
        }
        capacity[p]--;
        leader += assignment.Solve(costs, degree, capacity);
        capacity[p]++;
        for (int k = 0; k < degree; k++)
        {
            int end = flow.First(i) + k, mirror = At(mirrored[end], 0, p), at = At(end, p, 0);
            for (int q = 0; q < tiles; q++, mirror += tiles)
            {
                long left = costs[(k * tiles) + q], half = left / 2;
                shares[mirror] = half;
                shares[at + q] = left - half;
            }
        }
    }
}
