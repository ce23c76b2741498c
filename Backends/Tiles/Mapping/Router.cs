namespace Lepton.Neuro.Backends;

/// <summary>Finds the ways of packets over working links.</summary>
/// <remarks>A way goes along the row first; where a link on it is dead, along the column first; where that is cut too, over a shortest way that works. Trees follow H. Takahashi and
/// A. Matsuyama, "An approximate solution for the Steiner problem in graphs", Mathematica Japonica 24, 573 (1980): at most twice the shortest tree.</remarks>
public sealed class Router
{
    readonly Mesh mesh;
    readonly int[] mark;
    readonly int[] cameFrom;
    readonly int[] queue;
    readonly List<RouteLink> way = [];
    readonly List<RouteLink> links = [];
    int round;

    /// <summary>A router of a mesh. It keeps scratch memory: one a thread.</summary>
    /// <param name="mesh">The mesh.</param>
    public Router(Mesh mesh)
    {
        this.mesh = mesh;
        mark = new int[mesh.Tiles];
        cameFrom = new int[mesh.Tiles];
        queue = new int[mesh.Tiles];
    }

    /// <summary>The links of the way from a tile to another.</summary>
    /// <param name="from">Where it starts.</param>
    /// <param name="to">Where it ends.</param>
    /// <exception cref="InvalidInputException">No way works.</exception>
    public IReadOnlyList<RouteLink> Way(int from, int to)
    {
        Find(from, to);
        return [.. way];
    }

    // Leaves the way in the scratch list.
    void Find(int from, int to)
    {
        if (Straight(from, to, true) || Straight(from, to, false) || Search(from, to)) return;
        throw new InvalidInputException($"the way from tile {from} to tile {to}", "cut by dead tiles or links", "tiles that working links join");
    }

    /// <summary>The tree from a tile to others.</summary>
    /// <param name="from">Where it starts.</param>
    /// <param name="destinations">Where it ends; repeats do not matter.</param>
    /// <param name="method">How; a tree is always of one packet.</param>
    /// <exception cref="InvalidInputException">No way works, or the method is <see cref="RoutingMethod.Unicast"/> and there are several destinations.</exception>
    public RouteTree Tree(int from, IEnumerable<int> destinations, RoutingMethod method)
    {
        int[] all = [.. destinations], to = all;
        Array.Sort(all);
        int count = 0;
        for (int i = 0; i < all.Length; i++)
        {
            if (i == 0 || all[i] != all[i - 1]) all[count++] = all[i];
        }
        if (count < all.Length) to = all[..count];
        if (method == RoutingMethod.Unicast && to.Length > 1) throw new InvalidInputException("the destinations of a unicast packet", to.Length, "one");
        var shared = Shared(from, to);
        if (method != RoutingMethod.Steiner || to.Length < 2) return shared;
        var steiner = Steiner(from, to);
        return steiner.Hops < shared.Hops ? steiner : shared;
    }

    RouteTree Shared(int from, int[] to)
    {
        Begin(from);
        foreach (int tile in to) Attach(from, tile);
        return new(from, to, [.. links]);
    }

    RouteTree Steiner(int from, int[] to)
    {
        Begin(from);
        var tree = new List<int> { from };
        foreach (int tile in to.OrderBy(t => mesh.Distance(from, t)).ThenBy(t => t))
        {
            if (mark[tile] == round) continue;
            int nearest = tree.MinBy(t => mesh.Distance(t, tile));
            int before = links.Count;
            Attach(nearest, tile);
            for (int i = before; i < links.Count; i++) tree.Add(mesh.Next(links[i].Tile, links[i].Direction));
        }
        return new(from, to, [.. links]);
    }

    void Begin(int from)
    {
        mark[from] = ++round;
        links.Clear();
    }

    // Adds what the way from a tile of the tree to another has beyond the last tile of the tree on it.
    void Attach(int from, int end)
    {
        if (mark[end] == round) return;
        Find(from, end);
        int start = way.Count - 1;
        while (mark[way[start].Tile] != round) start--;
        for (int i = start; i < way.Count; i++)
        {
            links.Add(way[i]);
            mark[mesh.Next(way[i].Tile, way[i].Direction)] = round;
        }
    }

    bool Straight(int from, int to, bool rowFirst)
    {
        way.Clear();
        var (toColumn, toRow) = mesh.PlaceOf(to);
        int tile = from;
        return rowFirst ? Across() && Along() : Along() && Across();

        bool Across() => Go(mesh.PlaceOf(tile).Column, toColumn, mesh.Columns, Direction.East, Direction.West);

        bool Along() => Go(mesh.PlaceOf(tile).Row, toRow, mesh.Rows, Direction.North, Direction.South);

        bool Go(int at, int goal, int size, Direction up, Direction down)
        {
            int steps = Math.Abs(goal - at);
            var direction = goal > at ? up : down;
            if (mesh.IsTorus && size - steps < steps)
            {
                steps = size - steps;
                direction = direction == up ? down : up;
            }
            for (; steps > 0; steps--)
            {
                way.Add(new(tile, direction));
                tile = mesh.Next(tile, direction);
                if (tile < 0) return false;
            }
            return true;
        }
    }

    bool Search(int from, int to)
    {
        way.Clear();
        Array.Fill(cameFrom, -1);
        int head = 0, tail = 0;
        queue[tail++] = from;
        cameFrom[from] = 4;
        while (head < tail && cameFrom[to] < 0)
        {
            int tile = queue[head++];
            for (var direction = Direction.East; direction <= Direction.South; direction++)
            {
                int next = mesh.Next(tile, direction);
                if (next < 0 || cameFrom[next] >= 0) continue;
                cameFrom[next] = (int)direction;
                queue[tail++] = next;
            }
        }
        if (cameFrom[to] < 0) return false;
        for (int tile = to; tile != from;)
        {
            // East and west, north and south are neighbours in number; a link that works does so both ways.
            int direction = cameFrom[tile];
            tile = mesh.Next(tile, (Direction)(direction ^ 1));
            way.Add(new(tile, (Direction)direction));
        }
        way.Reverse();
        return true;
    }
}
