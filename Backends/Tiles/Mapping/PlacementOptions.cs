namespace Lepton.Neuro.Backends;

/// <summary>How clusters are placed on a mesh.</summary>
public enum PlacementMethod
{
    /// <summary>In order: the first cluster on the first core that works.</summary>
    InOrder,

    /// <summary>Along a Hilbert curve, each cluster after the one that it exchanges most packets with.</summary>
    SpaceFillingCurve,

    /// <summary>From the curve, clusters change places with those on neighbouring tiles while that saves hops.</summary>
    ForceDirected,

    /// <summary>One after the other, each on the free core that costs least.</summary>
    Greedy,

    /// <summary>From the better of curve and greedy, simulated annealing over moves and swaps, then descent.</summary>
    Annealing,
}

/// <summary>How clusters are placed.</summary>
public sealed record PlacementOptions
{
    /// <summary>The method.</summary>
    public PlacementMethod Method { get; init; } = PlacementMethod.Annealing;

    /// <summary>The seed of random choices. The same seed gives the same placement.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>How often annealing starts; the best of all starts is kept. Null for 4 where clusters times tiles are at most 65,536, else 1.</summary>
    public int? Starts { get; init; }

    /// <summary>How many moves an annealing tries; null for 1,000,000 where clusters times tiles are at most 65,536, else 50,000 and 150 more a cluster.</summary>
    public long? Moves { get; init; }
}
