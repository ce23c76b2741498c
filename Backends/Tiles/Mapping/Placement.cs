namespace Lepton.Neuro.Backends;

/// <summary>Clusters on the cores of a mesh.</summary>
public sealed class Placement
{
    readonly int[] cores;
    readonly Lazy<long> least;

    internal Placement(FlowGraph flow, Mesh mesh, int[] cores)
    {
        Flow = flow;
        Mesh = mesh;
        this.cores = cores;
        Hops = HopsOf(flow, mesh, cores);
        least = new(() => HopBound.Of(flow, mesh));
    }

    /// <summary>The packets that it was made for.</summary>
    public FlowGraph Flow { get; }

    /// <summary>The mesh.</summary>
    public Mesh Mesh { get; }

    /// <summary>The core of each cluster.</summary>
    public ReadOnlySpan<int> Cores => cores;

    /// <summary>The hops of all packets, each on its own shortest way.</summary>
    public long Hops { get; }

    /// <summary>A number of hops that no placement of these clusters on this mesh is below: <see cref="HopBound.Of"/>.</summary>
    public long LeastHops => least.Value;

    /// <summary>The tile of a cluster.</summary>
    /// <param name="cluster">The cluster.</param>
    public int TileOf(int cluster) => cores[cluster] / Mesh.CoresPerTile;

    /// <summary>The hops of a placement.</summary>
    /// <param name="flow">The packets.</param>
    /// <param name="mesh">The mesh.</param>
    /// <param name="cores">The core of each cluster.</param>
    /// <exception cref="InvalidInputException">A cluster has no core, or one that does not work, or one that another has.</exception>
    public static long HopsOf(FlowGraph flow, Mesh mesh, ReadOnlySpan<int> cores)
    {
        Require.InRange("the clusters that are placed", cores.Length, flow.Clusters, flow.Clusters);
        var taken = new bool[mesh.Cores];
        foreach (int core in cores)
        {
            Require.InRange("the core of a cluster", core, 0L, mesh.Cores - 1L);
            if (!mesh.IsLive(core)) throw new InvalidInputException("the core of a cluster", core, "a core that works");
            if (taken[core]) throw new InvalidInputException("the core of a cluster", core, "a core for each cluster, but another one has this");
            taken[core] = true;
        }
        long hops = 0;
        for (int cluster = 0; cluster < flow.Clusters; cluster++)
        {
            int tile = cores[cluster] / mesh.CoresPerTile;
            var neighbours = flow.Neighbours(cluster);
            var packets = flow.PacketsWith(cluster);
            for (int k = 0; k < neighbours.Length; k++)
            {
                if (neighbours[k] > cluster) hops += packets[k] * mesh.Distance(tile, cores[neighbours[k]] / mesh.CoresPerTile);
            }
            hops += flow.FromOutside[cluster] * mesh.Distance(mesh.InputTile, tile);
        }
        return hops;
    }
}
