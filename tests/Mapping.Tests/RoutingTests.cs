using FsCheck.Fluent;
using Lepton.Neuro.Testing;

namespace Lepton.Neuro.Backends.Tests;

public sealed class RoutingTests
{
    [Fact]
    public void TreesReachAllTheirTilesOverWorkingLinksEachLinkAndTileOnce() => Properties.Holds(PlacementCase.Any, @case =>
    {
        var mesh = @case.Mesh();
        var random = new System.Random(@case.Seed);
        int[] live = [.. Enumerable.Range(0, mesh.Tiles).Where(t => mesh.Capacity(t) > 0)];
        if (live.Length == 0) return;
        var router = new Router(mesh);
        for (int i = 0; i < 5; i++)
        {
            int from = live[random.Next(live.Length)];
            int[] to = [.. Enumerable.Range(0, random.Next(8)).Select(_ => live[random.Next(live.Length)])];
            var shared = router.Tree(from, to, RoutingMethod.SharedXy);
            var steiner = router.Tree(from, to, RoutingMethod.Steiner);
            foreach (var tree in new[] { shared, steiner })
            {
                var reached = new HashSet<int> { from };
                foreach (var link in tree.Links)
                {
                    Assert.Contains(link.Tile, reached);
                    int next = mesh.Next(link.Tile, link.Direction);
                    Assert.True(next >= 0 && reached.Add(next), "a dead link, or a tile that is reached twice");
                }
                Assert.Subset(reached, to.ToHashSet());
                Assert.Equal(to.Distinct().Order(), tree.Destinations);
                Assert.InRange(tree.LeastHops(mesh), 0, tree.Hops);
            }
            Assert.True(steiner.Hops <= shared.Hops);
            Assert.True(shared.Hops <= to.Distinct().Sum(t => router.Way(from, t).Count));
        }
    });

    [Fact]
    public void WaysAreShortestAndXyWhereNothingIsDead() => Properties.Holds(PlacementCase.Any, @case =>
    {
        var mesh = @case.Mesh();
        int[] live = [.. Enumerable.Range(0, mesh.Tiles).Where(t => mesh.Capacity(t) > 0)];
        if (live.Length == 0) return;
        var random = new System.Random(@case.Seed);
        var router = new Router(mesh);
        for (int i = 0; i < 10; i++)
        {
            int from = live[random.Next(live.Length)], to = live[random.Next(live.Length)];
            var way = router.Way(from, to);
            Assert.Equal(mesh.Distance(from, to), way.Count);
            if (mesh.HasFaults) continue;
            bool[] along = [.. way.Select(l => l.Direction >= Direction.North)];
            Assert.Equal(along.Order(), along);
        }
    });

    [Fact]
    public void ASmallTreeIsAsWorkedOutByHand()
    {
        // From the corner to three tiles of a 4 x 4 mesh: XY goes east twice, the short tree branches late.
        var mesh = new Mesh(4, 4, 1);
        int[] to = [mesh.TileAt(3, 3), mesh.TileAt(2, 3), mesh.TileAt(0, 3)];
        var router = new Router(mesh);
        Assert.Equal(3 + 3 + 3 + 3, router.Tree(0, to, RoutingMethod.SharedXy).Hops);
        Assert.Equal(6, router.Tree(0, to, RoutingMethod.Steiner).Hops);
        // Without the link that XY takes first, a way begins along the column.
        var cut = new Router(new Mesh(4, 4, 1, false, new() { Links = [(0, 4)] }));
        Assert.Equal([new(0, Direction.North), new(1, Direction.East)], cut.Way(0, 5));
        var walled = new Router(new Mesh(2, 1, 1, false, new() { Links = [(0, 1)] }));
        Assert.Contains("the way from tile 0 to tile 1 is cut", Assert.Throws<InvalidInputException>(() => walled.Way(0, 1)).Message);
    }

    [Fact]
    public void PacketsThatFollowTheTablesReachTheirCoresCompressedOrNot()
    {
        int before = 0, after = 0;
        Properties.Holds(PlacementCase.Any, @case =>
        {
            var mesh = @case.Mesh();
            var random = new System.Random(@case.Seed);
            int[] cores = [.. Enumerable.Range(0, mesh.Cores).Where(mesh.IsLive)];
            if (cores.Length == 0) return;
            // Keys as mappers give them: neurons of a core have the same upper bits, and mostly the same targets.
            var sources = new List<RoutedSource>();
            for (uint core = 0; core < 6; core++)
            {
                int from = cores[random.Next(cores.Length)] / mesh.CoresPerTile;
                int[] to = [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => cores[random.Next(cores.Length)]).Distinct()];
                for (uint neuron = 0; neuron < 12; neuron++)
                    sources.Add(new((core << 6) | neuron, from, random.Next(6) == 0 ? [cores[random.Next(cores.Length)]] : to, random.Next(10)));
            }
            foreach (var method in new[] { RoutingMethod.SharedXy, RoutingMethod.Steiner })
            {
                var routes = new Routes(mesh, sources, method);
                var tables = routes.Tables();
                var compressed = tables.Select(t => t.Compressed()).ToArray();
                before += tables.Sum(t => t.Entries.Count);
                after += compressed.Sum(t => t.Entries.Count);
                Assert.All(tables.Zip(compressed), pair =>
                {
                    Assert.True(pair.Second.Entries.Count <= pair.First.Entries.Count);
                    Assert.All(pair.First.Entries, e => Assert.Equal(e.Route, pair.Second.Find(e.Key)));
                    // In whatever order: no entry of another route matches.
                    Assert.All(pair.First.Entries, e => Assert.All(pair.Second.Entries.Where(w => w.Matches(e.Key)), w => Assert.Equal(e.Route, w.Route)));
                });
                Assert.InRange(routes.LeastHops, 0, routes.Hops);
                foreach (var source in sources) Assert.Equal(source.Cores.Order(), Delivered(mesh, compressed, source).Order());
            }
        }, 50);
        Assert.True(after * 3 < before, $"{after} entries of {before}");
    }

    [Fact]
    public void ALargeTableIsCoveredByBlocksOfKeysThatHaveOneRoute() => Properties.Holds(Gen.Choose(1, 1_000_000), seed =>
    {
        var random = new System.Random(seed);
        // Runs of keys of one route, some keys missing, here and there one of another route.
        var routes = new Dictionary<uint, ulong>();
        uint key = 0;
        while (routes.Count < 3000)
        {
            ulong route = (ulong)random.Next(1, 6);
            for (int length = random.Next(1, 120); length > 0; length--, key++)
            {
                if (random.Next(8) > 0) routes[key] = random.Next(40) == 0 ? 9 : route;
            }
            if (random.Next(20) == 0) key = (key + 0x1000) & ~0xFFFu;
        }
        var table = RouterTable.Of(routes);
        var compressed = table.Compressed();
        Assert.True(compressed.Entries.Count < table.Entries.Count / 2, $"{compressed.Entries.Count} entries of {table.Entries.Count}");
        var byMask = compressed.Entries.GroupBy(e => e.Mask).Select(g => (Mask: g.Key, Routes: g.ToDictionary(e => e.Key, e => e.Route))).ToArray();
        foreach (var (wanted, route) in routes)
        {
            // In whatever order they stand: one entry or several match, and all have the route.
            ulong[] found = [.. byMask.Where(m => m.Routes.ContainsKey(wanted & m.Mask)).Select(m => m.Routes[wanted & m.Mask])];
            Assert.NotEmpty(found);
            Assert.All(found, f => Assert.Equal(route, f));
        }
        Assert.True(compressed.Compressed().Entries.Count <= compressed.Entries.Count);
    }, 10);

    [Fact]
    public void AFullRouterIsRefusedByName()
    {
        var mesh = new Mesh(3, 1, 2);
        RoutedSource[] sources = [.. Enumerable.Range(0, 8).Select(i => new RoutedSource((uint)i, 0, [i % 2 == 0 ? 2 : 4], 1))];
        var table = new Routes(mesh, sources, RoutingMethod.SharedXy).Tables()[1];
        // Even keys stay on the tile, odd ones go on: one bit tells them apart.
        Assert.Equal(8, table.Entries.Count);
        Assert.Equal(2, table.Fitted(1, 5).Entries.Count);
        Assert.Equal(8, table.Fitted(1, 8).Entries.Count);
        Assert.Contains("table entries on the router of tile 1: need 2 (of 8 before compression), limit 1; allowed: a router of at least 2 entries", Assert.Throws<InvalidInputException>(() => table.Fitted(1, 1)).Message);
        Assert.Contains("unicast packets carry their destination", Assert.Throws<InvalidInputException>(() => new Routes(mesh, sources, RoutingMethod.Unicast).Tables()).Message);
        Assert.Contains("the sources of key 3 is 2", Assert.Throws<InvalidInputException>(() => new Routes(mesh, [sources[3], sources[3]], RoutingMethod.Steiner).Tables()).Message);
    }

    // Follows a packet by nothing but the tables.
    static List<int> Delivered(Mesh mesh, RouterTable[] tables, RoutedSource source)
    {
        var cores = new List<int>();
        var at = new Queue<int>([source.From]);
        int steps = 0;
        while (at.TryDequeue(out int tile))
        {
            Assert.True(steps++ < mesh.Tiles + 1, "a packet runs in circles");
            ulong route = tables[tile].Find(source.Key) ?? 0;
            for (int core = 0; core < mesh.CoresPerTile; core++)
            {
                if ((route >> (4 + core) & 1) == 1) cores.Add((tile * mesh.CoresPerTile) + core);
            }
            for (var direction = Direction.East; direction <= Direction.South; direction++)
            {
                if ((route >> (int)direction & 1) == 1) at.Enqueue(mesh.Next(tile, direction));
            }
        }
        return cores;
    }
}
