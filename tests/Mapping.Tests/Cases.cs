using FsCheck;
using FsCheck.Fluent;

namespace Lepton.Neuro.Backends.Tests;

/// <summary>Random graphs and meshes, made of small numbers that shrink and print well.</summary>
public sealed record PlacementCase(int Seed, int Clusters, int Edges, int Columns, int Rows, int CoresPerTile, bool Torus, int DeadLinks)
{
    public static Gen<PlacementCase> Small { get; } =
        from seed in Gen.Choose(1, 1_000_000)
        from clusters in Gen.Choose(1, 5)
        from edges in Gen.Choose(0, 12)
        from columns in Gen.Choose(1, 4)
        from rows in Gen.Choose(1, 3)
        from cores in Gen.Choose(1, 2)
        from torus in Gen.Elements(false, true)
        from dead in Gen.Choose(0, 3)
        select new PlacementCase(seed, clusters, edges, columns, rows, cores, torus, dead);

    public static Gen<PlacementCase> Any { get; } =
        from seed in Gen.Choose(1, 1_000_000)
        from clusters in Gen.Choose(0, 40)
        from edges in Gen.Choose(0, 150)
        from columns in Gen.Choose(1, 9)
        from rows in Gen.Choose(1, 9)
        from cores in Gen.Choose(1, 4)
        from torus in Gen.Elements(false, true)
        from dead in Gen.Choose(0, 12)
        select new PlacementCase(seed, clusters, edges, columns, rows, cores, torus, dead);

    public FlowGraph Flow()
    {
        var random = new System.Random(Seed);
        var flows = Enumerable.Range(0, Edges).Select(_ => new Flow(random.Next(Clusters), random.Next(Clusters), random.Next(0, 20))).ToArray();
        return new(Clusters, Clusters == 0 ? [] : flows, [.. Enumerable.Range(0, Clusters).Select(_ => (long)Math.Max(0, random.Next(-5, 5)))]);
    }

    public Mesh Mesh()
    {
        var random = new System.Random(Seed + 1);
        int tiles = Columns * Rows, input = random.Next(tiles);
        var whole = new Mesh(Columns, Rows, CoresPerTile, Torus);
        var links = new List<(int, int)>();
        for (int i = 0; i < DeadLinks; i++)
        {
            int tile = random.Next(tiles), next = whole.Next(tile, (Direction)random.Next(4));
            if (next >= 0) links.Add((tile, next));
        }
        int[] dead = [.. Enumerable.Range(0, DeadLinks / 2).Select(_ => random.Next(tiles)).Where(t => t != input)];
        int[] cores = [.. Enumerable.Range(0, DeadLinks / 3).Select(_ => random.Next(tiles * CoresPerTile))];
        return new(Columns, Rows, CoresPerTile, Torus, DeadLinks == 0 ? null : new Faults { Tiles = dead, Cores = cores, Links = links }, input);
    }

    /// <summary>The fewest hops of all placements, by trying them.</summary>
    public static long Optimum(FlowGraph flow, Mesh mesh)
    {
        int[] live = [.. Enumerable.Range(0, mesh.Cores).Where(mesh.IsLive)];
        var cores = new int[flow.Clusters];
        var taken = new bool[mesh.Cores];
        long best = long.MaxValue;
        Try(0);
        return best;

        void Try(int cluster)
        {
            if (cluster == cores.Length)
            {
                best = Math.Min(best, Placement.HopsOf(flow, mesh, cores));
                return;
            }
            foreach (int core in live)
            {
                if (taken[core]) continue;
                taken[core] = true;
                cores[cluster] = core;
                Try(cluster + 1);
                taken[core] = false;
            }
        }
    }
}

/// <summary>A random hypergraph and limits of cores.</summary>
public sealed record TrafficCase(int Seed, int Neurons, int Inputs, int Pins, int PerCore, int Memory, int AxonsIn, int AxonsOut, int Entries)
{
    public static Gen<TrafficCase> Any { get; } =
        from seed in Gen.Choose(1, 1_000_000)
        from neurons in Gen.Choose(1, 60)
        from inputs in Gen.Choose(0, 20)
        from pins in Gen.Choose(0, 12)
        from perCore in Gen.Choose(1, 20)
        from memory in Gen.Choose(100, 2000)
        from axonsIn in Gen.Choose(6, 60)
        from axonsOut in Gen.Choose(4, 80)
        from entries in Gen.Choose(15, 150)
        select new TrafficCase(seed, neurons, inputs, pins, perCore, memory, axonsIn, axonsOut, entries);

    public CoreLimits Limits => new(PerCore, Memory, AxonsIn, AxonsOut, Entries);

    public SpikeTraffic Traffic()
    {
        var random = new System.Random(Seed);
        int sources = Neurons + Inputs;
        var first = new int[Neurons + 1];
        var incoming = new List<int>();
        for (int i = 0; i < Neurons; i++)
        {
            // Some hear their own kind, some anybody.
            incoming.AddRange(Enumerable.Range(0, random.Next(Pins + 1)).Select(_ => random.Next(3) == 0 ? random.Next(sources) : (random.Next(sources / 4 + 1) * 4 + i % 4) % sources).Distinct());
            first[i + 1] = incoming.Count;
        }
        return new(first, [.. incoming], [.. Enumerable.Range(0, sources).Select(s => s < Neurons ? s : -1)],
            [.. Enumerable.Range(0, sources).Select(_ => (long)Math.Max(0, random.Next(-3, 30)))], [.. Enumerable.Range(0, Neurons).Select(_ => random.Next(0, 100))]);
    }

    public Partition? TryDivide(SpikeTraffic traffic, PartitionMethod method)
    {
        try
        {
            return Partitioner.Divide(traffic, Limits, new() { Method = method, Seed = (ulong)Seed });
        }
        catch (InvalidInputException)
        {
            return null;
        }
    }
}
