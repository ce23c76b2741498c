using Lepton.Neuro.Random;

namespace Lepton.Neuro.Backends;

/// <summary>A link that leaves a tile.</summary>
/// <param name="Tile">The tile.</param>
/// <param name="Direction">0 east, 1 west, 2 north, 3 south.</param>
public readonly record struct Link(int Tile, int Direction);

/// <summary>The cores and links of a machine that do not work. A mapping leaves dead cores empty; packets go around dead links.</summary>
/// <remarks>A router works even where the cores of its tile are dead. A packet whose way along the row first meets a dead link goes along the column first; where that is dead too,
/// the mapping is refused.</remarks>
public sealed record MachineFaults
{
    const int CorePurpose = 0;
    const int LinkPurpose = 1;

    /// <summary>The dead cores.</summary>
    public IReadOnlySet<int> DeadCores { get; init; } = new HashSet<int>();

    /// <summary>The dead links.</summary>
    public IReadOnlySet<Link> DeadLinks { get; init; } = new HashSet<Link>();

    /// <summary>Nothing is dead.</summary>
    public static MachineFaults None { get; } = new();

    /// <summary>Faults drawn at random, each core and link by itself. With more faults, those of fewer stay.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="deadCores">The chance that a core is dead, 0 to 1.</param>
    /// <param name="deadLinks">The chance that a link is dead, 0 to 1.</param>
    /// <param name="seed">The seed.</param>
    /// <exception cref="InvalidInputException">A chance is out of its range.</exception>
    public static MachineFaults Draw(TileMachine machine, double deadCores, double deadLinks, ulong seed)
    {
        Require.InRange("the share of dead cores", deadCores, 0, 1);
        Require.InRange("the share of dead links", deadLinks, 0, 1);
        bool Dies(int purpose, int index, double chance) => Philox.Word(new RandomStream(seed, RandomPurpose.Hardware, 1), (uint)index, (uint)purpose, 0, 0) / 4294967296.0 < chance;
        return new()
        {
            DeadCores = Enumerable.Range(0, machine.Cores).Where(c => Dies(CorePurpose, c, deadCores)).ToHashSet(),
            DeadLinks = Enumerable.Range(0, 4 * machine.Tiles).Where(l => Dies(LinkPurpose, l, deadLinks)).Select(l => new Link(l / 4, l % 4)).ToHashSet(),
        };
    }

    /// <summary>All cores of some tiles.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="tiles">The dead tiles.</param>
    public static MachineFaults OfTiles(TileMachine machine, params IEnumerable<int> tiles) =>
        new() { DeadCores = tiles.SelectMany(t => Enumerable.Range(t * machine.CoresPerTile, machine.CoresPerTile)).ToHashSet() };

    /// <summary>Whether packets from one tile to another go along the column first; null where no way is open.</summary>
    internal bool? ColumnFirst(TileMachine machine, int from, int to)
    {
        if (DeadLinks.Count == 0 || IsOpen(machine, from, to, columnFirst: false)) return false;
        return IsOpen(machine, from, to, columnFirst: true) ? true : null;
    }

    bool IsOpen(TileMachine machine, int from, int to, bool columnFirst)
    {
        foreach (int link in Way(machine, from, to, columnFirst))
        {
            if (DeadLinks.Contains(new(link / 4, link % 4))) return false;
        }
        return true;
    }

    /// <summary>The links of a way, each as <c>4 * tile + direction</c>.</summary>
    internal static IEnumerable<int> Way(TileMachine machine, int from, int to, bool columnFirst)
    {
        var hops = machine.Route(from, to);
        (long Count, int Direction)[] row = [(hops.East, 0), (hops.West, 1)], column = [(hops.North, 2), (hops.South, 3)];
        foreach (var (count, direction) in columnFirst ? column.Concat(row) : row.Concat(column))
        {
            for (long i = 0; i < count; i++)
            {
                yield return (4 * from) + direction;
                from = machine.Neighbour(from, direction);
            }
        }
    }
}
