namespace Lepton.Neuro.Backends;

/// <summary>A source's packets and the cores that each must reach.</summary>
/// <param name="Key">The key by which routers know its packets.</param>
/// <param name="From">The tile where they start.</param>
/// <param name="Cores">The cores that hold targets.</param>
/// <param name="Packets">How many spikes are sent.</param>
public sealed record RoutedSource(uint Key, int From, IReadOnlyList<int> Cores, long Packets);

/// <summary>The ways of all packets of a mapping over a mesh.</summary>
public sealed class Routes
{
    readonly Mesh mesh;
    readonly IReadOnlyList<RoutedSource> sources;
    readonly RouteTree[][] trees;

    /// <summary>Finds the ways.</summary>
    /// <param name="mesh">The mesh.</param>
    /// <param name="sources">The sources.</param>
    /// <param name="method">How packets find their way.</param>
    /// <exception cref="InvalidInputException">A core is dead, or cannot be reached.</exception>
    public Routes(Mesh mesh, IReadOnlyList<RoutedSource> sources, RoutingMethod method)
    {
        this.mesh = mesh;
        this.sources = sources;
        Method = method;
        trees = new RouteTree[sources.Count][];
        Links = new long[4 * mesh.Tiles];
        var router = new Router(mesh);
        for (int i = 0; i < trees.Length; i++)
        {
            var source = sources[i];
            foreach (int core in source.Cores)
            {
                Require.InRange("a core that packets go to", core, 0L, mesh.Cores - 1L);
                if (!mesh.IsLive(core)) throw new InvalidInputException("a core that packets go to", core, "a core that works");
            }
            var tiles = source.Cores.Select(c => c / mesh.CoresPerTile);
            trees[i] = method == RoutingMethod.Unicast
                ? [.. source.Cores.Select(c => router.Tree(source.From, [c / mesh.CoresPerTile], method))]
                : [router.Tree(source.From, tiles, method)];
            foreach (var tree in trees[i])
            {
                foreach (var link in tree.Links) Links[(4 * link.Tile) + (int)link.Direction] += source.Packets;
                LeastHops += source.Packets * tree.LeastHops(mesh);
            }
        }
    }

    /// <summary>How packets find their way.</summary>
    public RoutingMethod Method { get; }

    /// <summary>Packets on each link: from a tile, by direction; <c>[4 * tile + direction]</c>.</summary>
    public long[] Links { get; }

    /// <summary>All hops.</summary>
    public long Hops => Links.Sum();

    /// <summary>Hops that no routes of these packets do without, where the sources and targets stay where they are.</summary>
    public long LeastHops { get; }

    /// <summary>The ways of a source's packets: one tree, or for unicast one way for each core.</summary>
    /// <param name="source">The place of the source in the list.</param>
    public IReadOnlyList<RouteTree> Of(int source) => trees[source];

    /// <summary>The table of each tile's router. Packets of unicast need none: they carry their destination.</summary>
    /// <exception cref="InvalidInputException">Packets are unicast, a tile has more cores than a route names, or two sources have the same key.</exception>
    public IReadOnlyList<RouterTable> Tables()
    {
        if (Method == RoutingMethod.Unicast) throw new InvalidInputException("the routing of tables", Method, "a multicast method; unicast packets carry their destination");
        Require.InRange("the cores of a tile that routes name", mesh.CoresPerTile, 1L, 60);
        var keys = new HashSet<uint>(trees.Length);
        foreach (var source in sources)
        {
            if (!keys.Add(source.Key)) throw new InvalidInputException("the sources of key " + source.Key.ToString(System.Globalization.CultureInfo.InvariantCulture), 2, "one");
        }
        // Once to count, once to fill: at a million sources nothing else may stand beside the tables.
        var counts = new int[mesh.Tiles];
        var last = new int[mesh.Tiles];
        for (int i = 0; i < trees.Length; i++)
        {
            foreach (var link in trees[i][0].Links) Count(link.Tile, i);
            foreach (int core in sources[i].Cores) Count(core / mesh.CoresPerTile, i);
        }
        var tables = new TableEntry[mesh.Tiles][];
        for (int tile = 0; tile < tables.Length; tile++) tables[tile] = new TableEntry[counts[tile]];
        Array.Clear(counts);
        Array.Clear(last);
        for (int i = 0; i < trees.Length; i++)
        {
            foreach (var link in trees[i][0].Links) Set(link.Tile, i, 1ul << (int)link.Direction);
            foreach (int core in sources[i].Cores) Set(core / mesh.CoresPerTile, i, 1ul << (4 + (core % mesh.CoresPerTile)));
        }
        return [.. tables.Select(RouterTable.OfFull)];

        void Count(int tile, int source)
        {
            if (last[tile] == source + 1) return;
            last[tile] = source + 1;
            counts[tile]++;
        }

        void Set(int tile, int source, ulong bit)
        {
            if (last[tile] != source + 1)
            {
                last[tile] = source + 1;
                tables[tile][counts[tile]++] = new(sources[source].Key, uint.MaxValue, 0);
            }
            ref var entry = ref tables[tile][counts[tile] - 1];
            entry = entry with { Route = entry.Route | bit };
        }
    }
}
