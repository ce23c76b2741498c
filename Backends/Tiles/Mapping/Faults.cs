namespace Lepton.Neuro.Backends;

/// <summary>What of a machine does not work.</summary>
public sealed record Faults
{
    /// <summary>Tiles whose cores and router are dead: nothing is placed there, no packet passes.</summary>
    public IReadOnlyList<int> Tiles { get; init; } = [];

    /// <summary>Cores that are dead; the routers of their tiles work.</summary>
    public IReadOnlyList<int> Cores { get; init; } = [];

    /// <summary>Pairs of neighbouring tiles with no working link between them, in either direction.</summary>
    public IReadOnlyList<(int Tile, int Other)> Links { get; init; } = [];
}
