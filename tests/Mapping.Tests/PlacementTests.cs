using FsCheck.Fluent;
using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Testing;

namespace Lepton.Neuro.Backends.Tests;

public sealed class PlacementTests
{
    static readonly PlacementMethod[] methods = Enum.GetValues<PlacementMethod>();

    [Fact]
    public void EveryMethodPlacesEachClusterOnACoreOfItsOwnThatWorks() => Properties.Holds(PlacementCase.Any, @case =>
    {
        var (flow, mesh) = (@case.Flow(), @case.Mesh());
        foreach (var method in methods)
        {
            var options = new PlacementOptions { Method = method, Seed = (ulong)@case.Seed, Moves = 2000, Starts = 2 };
            if (flow.Clusters > mesh.LiveCores)
            {
                var error = Assert.Throws<InvalidInputException>(() => Placer.Place(flow, mesh, options));
                Assert.Contains($"cores on the mesh: need {flow.Clusters}, limit {mesh.LiveCores}", error.Message);
                continue;
            }
            var placed = Placer.Place(flow, mesh, options);
            Assert.Equal(flow.Clusters, placed.Cores.ToArray().Distinct().Count());
            Assert.All(placed.Cores.ToArray(), core => Assert.True(mesh.IsLive(core)));
            Assert.True(HopBound.Rearranged(flow, mesh) <= placed.Hops);
            if (method == PlacementMethod.Annealing && mesh.Tiles < 20) Assert.True(placed.LeastHops <= placed.Hops);
            // The same seed, the same placement.
            Assert.Equal(placed.Cores, Placer.Place(flow, mesh, options).Cores);
        }
    }, 40);

    [Fact]
    public void HopsAreThoseOfTheWaysThatPacketsTake() => Properties.Holds(PlacementCase.Any, @case =>
    {
        var (flow, mesh) = (@case.Flow(), @case.Mesh());
        if (flow.Clusters > mesh.LiveCores) return;
        var placed = Placer.Place(flow, mesh, new() { Method = PlacementMethod.SpaceFillingCurve });
        var router = new Router(mesh);
        long hops = 0;
        for (int i = 0; i < flow.Clusters; i++)
        {
            var neighbours = flow.Neighbours(i);
            for (int k = 0; k < neighbours.Length; k++)
            {
                if (neighbours[k] > i) hops += flow.PacketsWith(i)[k] * router.Way(placed.TileOf(i), placed.TileOf(neighbours[k])).Count;
            }
            hops += flow.FromOutside[i] * router.Way(mesh.InputTile, placed.TileOf(i)).Count;
        }
        Assert.Equal(hops, placed.Hops);
    });

    [Fact]
    public void ChangesOfHopsAreThoseOfCountingAgain() => Properties.Holds(PlacementCase.Any, @case =>
    {
        // Both ways of finding a change: many tiles need more memory than the table of costs may have.
        var (flow, mesh) = (@case.Flow(), @case.Seed % 4 == 0 ? new Mesh(100, 90, 1, @case.Torus) : @case.Mesh());
        if (flow.Clusters == 0 || flow.Clusters > mesh.LiveCores) return;
        var state = new PlacementState(flow, mesh, Placer.Place(flow, mesh, new() { Method = PlacementMethod.InOrder }).Cores.ToArray());
        var random = new System.Random(@case.Seed);
        int[] live = [.. Enumerable.Range(0, mesh.Cores).Where(mesh.IsLive)];
        for (int i = 0; i < 30; i++)
        {
            int cluster = random.Next(flow.Clusters), core = live[random.Next(live.Length)];
            long before = Placement.HopsOf(flow, mesh, state.Cores), change = state.Change(cluster, core);
            if (state.Cores[cluster] == core) continue;
            state.Move(cluster, core);
            Assert.Equal(before + change, Placement.HopsOf(flow, mesh, state.Cores));
        }
    });

    [Fact]
    public void TheHeaviestFlowsAreThoseOfEitherEnd() => Properties.Holds(PlacementCase.Any, @case =>
    {
        var flow = @case.Flow();
        int each = 1 + (@case.Seed % 4);
        var kept = flow.Heaviest(each);
        Assert.Equal(flow.FromOutside, kept.FromOutside);
        for (int cluster = 0; cluster < flow.Clusters; cluster++)
        {
            int[] expected = [.. flow.Neighbours(cluster).ToArray().Where(o => First(cluster).Contains(o) || First(o).Contains(cluster))];
            Assert.Equal(expected, kept.Neighbours(cluster));
            Assert.Equal(expected.Select(o => flow.PacketsWith(cluster)[flow.Neighbours(cluster).BinarySearch(o)]), kept.PacketsWith(cluster).ToArray());
        }

        int[] First(int cluster)
        {
            var packets = flow.PacketsWith(cluster).ToArray();
            return [.. flow.Neighbours(cluster).ToArray().Zip(packets).OrderByDescending(p => p.Second).ThenBy(p => p.First).Take(each).Select(p => p.First)];
        }
    });

    [Fact]
    public void NoBoundExceedsTheOptimumAndAnnealingFindsIt()
    {
        int tight = 0, cases = 0;
        Properties.Holds(PlacementCase.Small, @case =>
        {
            var (flow, mesh) = (@case.Flow(), @case.Mesh());
            if (flow.Clusters > mesh.LiveCores || Math.Pow(mesh.LiveCores, flow.Clusters) > 40_000) return;
            long optimum = PlacementCase.Optimum(flow, mesh), ascended = HopBound.Ascended(flow, mesh);
            Assert.InRange(HopBound.Rearranged(flow, mesh), 0, optimum);
            Assert.InRange(ascended, 0, optimum);
            Assert.Equal(optimum, Placer.Place(flow, mesh, new() { Moves = 5000, Starts = 6, Seed = (ulong)@case.Seed }).Hops);
            cases++;
            if (ascended >= 0.7 * optimum) tight++;
        }, 150);
        Assert.True(tight > cases / 2, $"the ascent came near the optimum in {tight} of {cases} cases only");
    }

    [Fact]
    public void AnAssignmentWithCapacitiesCostsLeastAndLeavesReducedCosts() => Properties.Holds(
        from rows in Gen.Choose(1, 5)
        from columns in Gen.Choose(1, 4)
        from seed in Gen.Choose(1, 1_000_000)
        select (rows, columns, seed),
        @case =>
        {
            var random = new System.Random(@case.seed);
            int[] capacity = [.. Enumerable.Range(0, @case.columns).Select(_ => random.Next(0, 4))];
            if (capacity.Sum() < @case.rows) return;
            long[] costs = [.. Enumerable.Range(0, @case.rows * @case.columns).Select(_ => (long)random.Next(0, 50))], reduced = [.. costs];
            long least = new CapacitatedAssignment(@case.rows, @case.columns).Solve(reduced, @case.rows, capacity);
            Assert.All(reduced, r => Assert.True(r >= 0));
            Assert.Equal(Best(0, [.. capacity], costs), least);
            Assert.Equal(0, Best(0, [.. capacity], reduced));

            long Best(int row, int[] left, long[] from)
            {
                if (row == @case.rows) return 0;
                long best = long.MaxValue / 2;
                for (int c = 0; c < left.Length; c++)
                {
                    if (left[c] == 0) continue;
                    left[c]--;
                    best = Math.Min(best, from[(row * left.Length) + c] + Best(row + 1, left, from));
                    left[c]++;
                }
                return best;
            }
        });

    [Fact]
    public void TheCurveVisitsEachTileOnceAndOnASquareGoesFromNeighbourToNeighbour()
    {
        foreach (var (columns, rows) in new[] { (1, 1), (2, 2), (8, 8), (16, 16), (5, 3), (8, 4), (1, 7) })
        {
            var mesh = new Mesh(columns, rows, 1);
            int[] tiles = [.. SpaceFillingCurve.Tiles(mesh)];
            Assert.Equal(Enumerable.Range(0, columns * rows), tiles.Order());
            if (columns == rows) Assert.All(tiles.Zip(tiles.Skip(1)), pair => Assert.Equal(1, mesh.Distance(pair.First, pair.Second)));
        }
    }

    [Fact]
    public void ThePublishedGestureNetworkIsPlacedBetterThanPublished()
    {
        if (Shared("reference/tiles/dvs_flow.npy") is not { } file) return;
        var flow = FlowGraph.OfMatrix([.. NpyFile.Read(file).Values], 49);
        var mesh = new Mesh(8, 4, 4);
        Assert.Equal(386_640, flow.Packets);
        Assert.Equal(928_624, Placer.Place(flow, mesh, new() { Method = PlacementMethod.InOrder }).Hops);
        var placed = Placer.Place(flow, mesh);
        Assert.InRange(placed.Hops, placed.LeastHops, 643_464);
        Assert.True(placed.LeastHops >= 0.55 * placed.Hops, $"{placed.LeastHops} of {placed.Hops}");
    }

    [Fact]
    public void AnnealingBeatsTheBaselinesOnFiveKindsOfGraphs()
    {
        foreach (var (name, make) in Graphs.All)
        {
            for (int seed = 1; seed <= 10; seed++)
            {
                var (flow, mesh) = make(seed);
                long reached = Placer.Place(flow, mesh, new() { Seed = (ulong)seed, Moves = 400_000, Starts = 1 }).Hops;
                foreach (var method in new[] { PlacementMethod.SpaceFillingCurve, PlacementMethod.ForceDirected, PlacementMethod.Greedy })
                {
                    long other = Placer.Place(flow, mesh, new() { Method = method }).Hops;
                    Assert.True(reached < other, $"{name}, seed {seed}: {reached} by annealing, {other} by {method}");
                }
            }
        }
    }

    [Fact]
    public void BadFlowsAndMeshesAreRefused()
    {
        Assert.Contains("the cluster that a flow reaches is 3", Assert.Throws<InvalidInputException>(() => new FlowGraph(3, [new(0, 3, 1)])).Message);
        Assert.Contains("the packets from cluster 0 to 1 is -1", Assert.Throws<InvalidInputException>(() => new FlowGraph(3, [new(0, 1, -1)])).Message);
        Assert.Contains("is 0.5; allowed: a whole number", Assert.Throws<InvalidInputException>(() => FlowGraph.OfMatrix([0, 0.5, 0, 0], 2)).Message);
        Assert.Contains("a dead tile is 0", Assert.Throws<InvalidInputException>(() => new Mesh(2, 2, 1, false, new() { Tiles = [0] })).Message);
        Assert.Contains("the dead link of tile 0 is to tile 3", Assert.Throws<InvalidInputException>(() => new Mesh(2, 2, 1, false, new() { Links = [(0, 3)] })).Message);
        Assert.Contains("the columns of a mesh is 0", Assert.Throws<InvalidInputException>(() => new Mesh(0, 2, 1)).Message);
        Assert.Contains("a dead core is 4", Assert.Throws<InvalidInputException>(() => new Mesh(2, 2, 1, false, new() { Cores = [4] })).Message);
        var flow = new FlowGraph(2, []);
        Assert.Contains("another one has this", Assert.Throws<InvalidInputException>(() => Placement.HopsOf(flow, new Mesh(2, 1, 1), [0, 0])).Message);
    }

    static string? Shared(string path)
    {
        var root = Environment.GetEnvironmentVariable("LEPTON_DATA") is { } data ? Path.Combine(data, "..") : null;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); root is null && folder is not null; folder = folder.Parent)
        {
            if (Directory.Exists(Path.Combine(folder.FullName, "shared"))) root = Path.Combine(folder.FullName, "shared");
        }
        return root is not null && File.Exists(Path.Combine(root, path)) ? Path.Combine(root, path) : null;
    }
}
