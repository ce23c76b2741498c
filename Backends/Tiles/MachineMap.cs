namespace Lepton.Neuro.Backends;

/// <summary>A tile of a picture: what it holds and what it did.</summary>
/// <param name="Tile">The tile.</param>
/// <param name="Column">Its column.</param>
/// <param name="Row">Its row.</param>
/// <param name="Cores">Its cores in use; none where the tile is idle.</param>
public sealed record TileCell(int Tile, int Column, int Row, IReadOnlyList<CoreCell> Cores)
{
    /// <summary>Neurons on it.</summary>
    public long Neurons => Cores.Sum(c => (long)c.Load.Neurons);

    /// <summary>Synapses on it.</summary>
    public long Synapses => Cores.Sum(c => c.Load.Synapses);

    /// <summary>Spikes of its neurons.</summary>
    public long Spikes => Cores.Sum(c => c.Activity.Spikes);

    /// <summary>Packets that its cores received.</summary>
    public long PacketsIn => Cores.Sum(c => c.Activity.PacketsIn);
}

/// <summary>A core of a picture.</summary>
/// <param name="Load">What it holds.</param>
/// <param name="Activity">What it did.</param>
public sealed record CoreCell(CoreLoad Load, CoreActivity Activity);

/// <summary>A link of a picture that packets passed.</summary>
/// <param name="From">The tile that it leaves.</param>
/// <param name="To">The tile that it reaches.</param>
/// <param name="Packets">Packets.</param>
public sealed record LinkCell(int From, int To, long Packets);

/// <summary>A machine in use, for a picture of its load: all tiles, and the links that packets passed.</summary>
/// <param name="Machine">The machine.</param>
/// <param name="Tiles">All tiles, by number.</param>
/// <param name="Links">The links that packets passed, by the tile that they leave.</param>
public sealed record MachineMap(TileMachine Machine, IReadOnlyList<TileCell> Tiles, IReadOnlyList<LinkCell> Links)
{
    /// <summary>The picture of what happened.</summary>
    /// <param name="activity">What happened.</param>
    public static MachineMap Of(TileActivity activity)
    {
        var machine = activity.Mapping.Machine;
        var cores = activity.Mapping.Cores.Select(c => new CoreCell(c, activity.Cores[c.Core])).ToLookup(c => c.Load.Tile);
        var links = new List<LinkCell>();
        for (int i = 0; i < activity.Links.Count; i++)
        {
            if (activity.Links[i] > 0) links.Add(new(i / 4, machine.Neighbour(i / 4, i % 4), activity.Links[i]));
        }
        return new(machine, [.. Enumerable.Range(0, machine.Tiles).Select(t => new TileCell(t, machine.PlaceOf(t).Column, machine.PlaceOf(t).Row, [.. cores[t]]))], links);
    }

    /// <summary>A number a tile as a grid, for a heat map.</summary>
    /// <param name="value">The number of a tile.</param>
    /// <returns>The numbers, by row and column.</returns>
    public double[,] Grid(Func<TileCell, double> value)
    {
        var grid = new double[Machine.Rows, Machine.Columns];
        foreach (var tile in Tiles) grid[tile.Row, tile.Column] = value(tile);
        return grid;
    }
}
