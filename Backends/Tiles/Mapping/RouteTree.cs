namespace Lepton.Neuro.Backends;

/// <summary>How packets find their way.</summary>
public enum RoutingMethod
{
    /// <summary>A packet for each destination, along the row first, then along the column.</summary>
    Unicast,

    /// <summary>One packet that is copied where the XY ways of its destinations part.</summary>
    SharedXy,

    /// <summary>One packet along a short tree: each destination joins the tree where that is nearest. Never more links than <see cref="SharedXy"/>.</summary>
    Steiner,
}

/// <summary>A link that a packet passes.</summary>
/// <param name="Tile">The tile that it leaves.</param>
/// <param name="Direction">Where to.</param>
public readonly record struct RouteLink(int Tile, Direction Direction);

/// <summary>The way of a packet to its destinations: a tree of links, in an order in which each starts at the first tile or where one before it ends.</summary>
/// <param name="From">The tile where it starts.</param>
/// <param name="Destinations">The tiles that it is for, without repeats.</param>
/// <param name="Links">The links that it passes, each once.</param>
public sealed record RouteTree(int From, IReadOnlyList<int> Destinations, IReadOnlyList<RouteLink> Links)
{
    /// <summary>The hops of one packet.</summary>
    public int Hops => Links.Count;

    /// <summary>Hops that no tree to these destinations does without: one for each tile that it must reach, and the way to the farthest.</summary>
    /// <param name="mesh">The mesh.</param>
    public int LeastHops(Mesh mesh)
    {
        int most = 0, others = 0;
        foreach (int tile in Destinations)
        {
            most = Math.Max(most, mesh.Distance(From, tile));
            if (tile != From) others++;
        }
        return Math.Max(most, others);
    }
}
