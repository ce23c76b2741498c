using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Lepton.Neuro.Backends;

/// <summary>A placement that moves change, with the change in hops of a move found without counting all hops again.</summary>
/// <remarks>Where clusters times tiles are few, the cost of each cluster on each tile is kept, so a change takes constant time and a move that is made a time of degree times
/// tiles; otherwise a change is summed over the neighbours of both clusters.</remarks>
sealed class PlacementState
{
    const long MostInTable = 1 << 17;

    // Costs that change with a move, at most: keeping them takes longer than summing where every cluster exchanges packets with all others.
    const long MostToFollow = 1 << 13;

    readonly FlowGraph flow;
    readonly Mesh mesh;
    readonly int[] tileOf;
    readonly int[] clusterAt;
    readonly long[]? costs;
    readonly long[]? distances;
    readonly long[]? apart;
    readonly long[]? pairs;
    readonly int tiles;
    readonly int clusters;

    public PlacementState(FlowGraph flow, Mesh mesh, int[] cores)
    {
        this.flow = flow;
        this.mesh = mesh;
        tiles = mesh.Tiles;
        clusters = flow.Clusters;
        Cores = cores;
        tileOf = [.. cores.Select(c => c / mesh.CoresPerTile)];
        clusterAt = new int[mesh.Cores];
        Array.Fill(clusterAt, -1);
        for (int i = 0; i < cores.Length; i++) clusterAt[cores[i]] = i;
        if ((long)clusters * Math.Max(tiles, clusters) > MostInTable || tiles > 1024 || (long)flow.First(clusters) * tiles > MostToFollow * clusters) return;
        distances = new long[tiles * tiles];
        apart = new long[tiles];
        for (int i = 0; i < distances.Length; i++) distances[i] = mesh.Distance(i / tiles, i % tiles);
        pairs = new long[clusters * clusters];
        costs = new long[clusters * tiles];
        for (int cluster = 0; cluster < clusters; cluster++)
        {
            var packets = flow.PacketsWith(cluster);
            var neighbours = flow.Neighbours(cluster);
            for (int k = 0; k < neighbours.Length; k++) pairs[(cluster * clusters) + neighbours[k]] = packets[k];
            for (int tile = 0; tile < tiles; tile++) costs[(cluster * tiles) + tile] = CostOn(cluster, tile);
        }
    }

    /// <summary>The core of each cluster.</summary>
    public int[] Cores { get; }

    public int TileOf(int cluster) => tileOf[cluster];

    public int ClusterAt(int core) => clusterAt[core];

    /// <summary>By how many hops a placement changes if a cluster moves to a core, and the cluster there, if any, to where it was.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Change(int cluster, int core)
    {
        int other = clusterAt[core], from = tileOf[cluster], to = core / mesh.CoresPerTile;
        if (from == to) return 0;
        if (costs is null) return Summed(cluster, other, from, to);
        long change = costs[(cluster * tiles) + to] - costs[(cluster * tiles) + from];
        if (other < 0) return change;
        return change + costs[(other * tiles) + from] - costs[(other * tiles) + to] + (2 * pairs![(cluster * clusters) + other] * distances![(from * tiles) + to]);
    }

    /// <summary>Moves a cluster to a core, and the cluster there, if any, to where it was.</summary>
    public void Move(int cluster, int core)
    {
        int other = clusterAt[core], old = Cores[cluster];
        int from = tileOf[cluster], to = core / mesh.CoresPerTile;
        clusterAt[core] = cluster;
        clusterAt[old] = other;
        Cores[cluster] = core;
        tileOf[cluster] = to;
        if (other >= 0)
        {
            Cores[other] = old;
            tileOf[other] = from;
        }
        if (costs is null || from == to) return;
        Follow(cluster, from, to);
        if (other >= 0) Follow(other, to, from);
    }

    // The costs of a moved cluster's neighbours follow it.
    void Follow(int moved, int from, int to)
    {
        var neighbours = flow.Neighbours(moved);
        var packets = flow.PacketsWith(moved);
        var before = distances.AsSpan(from * tiles, tiles);
        var after = distances.AsSpan(to * tiles, tiles);
        for (int tile = 0; tile < tiles; tile++) apart![tile] = after[tile] - before[tile];
        var farther = MemoryMarshal.Cast<long, Vector<long>>(apart);
        for (int k = 0; k < neighbours.Length; k++)
        {
            var line = costs.AsSpan(neighbours[k] * tiles, tiles);
            long count = packets[k];
            var wide = MemoryMarshal.Cast<long, Vector<long>>(line);
            for (int i = 0; i < wide.Length; i++) wide[i] += count * farther[i];
            for (int tile = wide.Length * Vector<long>.Count; tile < line.Length; tile++) line[tile] += count * apart![tile];
        }
    }

    long CostOn(int cluster, int tile)
    {
        long cost = flow.FromOutside[cluster] * mesh.Distance(mesh.InputTile, tile);
        var neighbours = flow.Neighbours(cluster);
        var packets = flow.PacketsWith(cluster);
        for (int k = 0; k < neighbours.Length; k++) cost += packets[k] * mesh.Distance(tile, tileOf[neighbours[k]]);
        return cost;
    }

    long Summed(int cluster, int other, int from, int to)
    {
        long change = Side(cluster, other, from, to);
        return other < 0 ? change : change + Side(other, cluster, to, from);
    }

    // What one of two clusters that change places contributes; the distance between both stays as it is.
    long Side(int cluster, int other, int from, int to)
    {
        long change = flow.FromOutside[cluster] * (mesh.Distance(mesh.InputTile, to) - mesh.Distance(mesh.InputTile, from));
        var neighbours = flow.Neighbours(cluster);
        var packets = flow.PacketsWith(cluster);
        for (int k = 0; k < neighbours.Length; k++)
        {
            int at = tileOf[neighbours[k]];
            if (neighbours[k] != other) change += packets[k] * (mesh.Distance(to, at) - mesh.Distance(from, at));
        }
        return change;
    }
}
