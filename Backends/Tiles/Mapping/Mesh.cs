namespace Lepton.Neuro.Backends;

/// <summary>A direction that a link of a mesh leads in.</summary>
public enum Direction
{
    /// <summary>To the next column up.</summary>
    East,

    /// <summary>To the next column down.</summary>
    West,

    /// <summary>To the next row up.</summary>
    North,

    /// <summary>To the next row down.</summary>
    South,
}

/// <summary>The tiles of a machine, the links between them, and what of both works. Tile <c>t</c> is in column <c>t / Rows</c>, row <c>t % Rows</c>; core <c>c</c> is on
/// tile <c>c / CoresPerTile</c>.</summary>
/// <remarks>Only tiles that the input tile can reach over working links count as live. Distances are the hops of a shortest way over working links; without faults these are
/// the hops of XY routes.</remarks>
public sealed class Mesh
{
    /// <summary>The most tiles of a mesh with faults, whose distances are kept for each pair.</summary>
    public const int MostTilesWithFaults = 4096;

    const int MostTilesInTable = 1024;
    readonly bool[] deadCore;
    readonly int[] neighbour;
    readonly ushort[]? distances;
    readonly int[] capacity;
    readonly int[] column;
    readonly int[] row;

    /// <summary>A mesh or torus.</summary>
    /// <param name="columns">Columns.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="coresPerTile">Cores of a tile.</param>
    /// <param name="isTorus">Whether the last column is joined to the first, and the last row to the first.</param>
    /// <param name="faults">What does not work; nothing where null.</param>
    /// <param name="inputTile">The tile where packets from outside enter.</param>
    /// <exception cref="InvalidInputException">A size is not positive, a fault names nothing of the mesh, or the input tile is dead.</exception>
    public Mesh(int columns, int rows, int coresPerTile, bool isTorus = false, Faults? faults = null, int inputTile = 0)
    {
        Columns = (int)Require.InRange("the columns of a mesh", columns, 1L, 32768);
        Rows = (int)Require.InRange("the rows of a mesh", rows, 1L, 32768);
        CoresPerTile = (int)Require.InRange("the cores of a tile", coresPerTile, 1L, 65536);
        Require.InRange("the cores of a mesh", (long)columns * rows * coresPerTile, 1L, int.MaxValue / 4);
        IsTorus = isTorus;
        InputTile = (int)Require.InRange("the input tile", inputTile, 0L, Tiles - 1L);
        Faults = faults ?? new();
        column = new int[Tiles];
        row = new int[Tiles];
        for (int tile = 0; tile < Tiles; tile++) (column[tile], row[tile]) = (tile / rows, tile % rows);
        bool[] deadTile = DeadTiles();
        deadCore = new bool[Tiles * coresPerTile];
        foreach (int core in Faults.Cores) deadCore[Require.InRange("a dead core", core, 0L, deadCore.Length - 1L)] = true;
        neighbour = Links(deadTile);
        HasFaults = Faults.Tiles.Count + Faults.Cores.Count + Faults.Links.Count > 0;
        bool detours = Faults.Tiles.Count + Faults.Links.Count > 0;
        if (detours) Require.InRange("the tiles of a mesh with faults", Tiles, 1L, MostTilesWithFaults);
        if (detours)
        {
            distances = Ways();
            for (int tile = 0; tile < Tiles; tile++) deadTile[tile] |= distances[(InputTile * Tiles) + tile] == ushort.MaxValue;
        }
        else if (Tiles <= MostTilesInTable)
        {
            var table = new ushort[Tiles * Tiles];
            for (int from = 0; from < Tiles; from++)
            {
                for (int to = 0; to < Tiles; to++) table[(from * Tiles) + to] = (ushort)Apart(from, to);
            }
            distances = table;
        }
        capacity = new int[Tiles];
        for (int core = 0; core < deadCore.Length; core++)
        {
            deadCore[core] |= deadTile[core / coresPerTile];
            if (!deadCore[core]) capacity[core / coresPerTile]++;
        }
        LiveCores = capacity.Sum();
    }

    /// <summary>Columns.</summary>
    public int Columns { get; }

    /// <summary>Rows.</summary>
    public int Rows { get; }

    /// <summary>Cores of a tile, dead ones included.</summary>
    public int CoresPerTile { get; }

    /// <summary>Whether its borders are joined.</summary>
    public bool IsTorus { get; }

    /// <summary>What does not work.</summary>
    public Faults Faults { get; }

    /// <summary>Whether anything does not work.</summary>
    public bool HasFaults { get; }

    /// <summary>The tile where packets from outside enter.</summary>
    public int InputTile { get; }

    /// <summary>All tiles, dead ones included.</summary>
    public int Tiles => Columns * Rows;

    /// <summary>All cores, dead ones included.</summary>
    public int Cores => Tiles * CoresPerTile;

    /// <summary>The cores that work and can be reached.</summary>
    public int LiveCores { get; }

    /// <summary>The mesh of a machine.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="faults">What does not work; nothing where null.</param>
    /// <exception cref="InvalidInputException">A fault names nothing of the machine, or its input tile is dead.</exception>
    public static Mesh Of(TileMachine machine, Faults? faults = null) =>
        new(machine.Columns, machine.Rows, machine.CoresPerTile, machine.Topology == Topology.Torus, faults, machine.InputTile);

    /// <summary>The cores of a tile that work.</summary>
    /// <param name="tile">The tile.</param>
    public int Capacity(int tile) => capacity[tile];

    /// <summary>Whether a core works and can be reached.</summary>
    /// <param name="core">The core.</param>
    public bool IsLive(int core) => !deadCore[core];

    /// <summary>The place of a tile.</summary>
    /// <param name="tile">The tile.</param>
    public (int Column, int Row) PlaceOf(int tile) => (column[tile], row[tile]);

    /// <summary>The tile at a place.</summary>
    /// <param name="column">The column.</param>
    /// <param name="row">The row.</param>
    public int TileAt(int column, int row) => (column * Rows) + row;

    /// <summary>The tile that a working link of a tile leads to; -1 where there is none.</summary>
    /// <param name="tile">The tile.</param>
    /// <param name="direction">The direction of the link.</param>
    public int Next(int tile, Direction direction) => neighbour[(4 * tile) + (int)direction];

    /// <summary>The hops of the shortest way between two live tiles.</summary>
    /// <param name="from">A tile.</param>
    /// <param name="to">Another.</param>
    public int Distance(int from, int to) => distances is null ? Apart(from, to) : distances[(from * Tiles) + to];

    /// <summary>The farthest that two tiles can be apart.</summary>
    internal int Diameter() => distances?.Where(d => d != ushort.MaxValue).Max() ?? Apart(0, IsTorus ? TileAt(Columns / 2, Rows / 2) : Tiles - 1);

    int Apart(int from, int to)
    {
        int across = Math.Abs(column[from] - column[to]), along = Math.Abs(row[from] - row[to]);
        return IsTorus ? Math.Min(across, Columns - across) + Math.Min(along, Rows - along) : across + along;
    }

    bool[] DeadTiles()
    {
        var dead = new bool[Tiles];
        foreach (int tile in Faults.Tiles) dead[Require.InRange("a dead tile", tile, 0L, Tiles - 1L)] = true;
        if (dead[InputTile]) throw new InvalidInputException("a dead tile", InputTile, "any but the input tile, where packets from outside enter");
        return dead;
    }

    int[] Links(bool[] deadTile)
    {
        var links = new int[4 * Tiles];
        for (int tile = 0; tile < Tiles; tile++)
        {
            links[4 * tile] = At(column[tile] + 1, row[tile]);
            links[(4 * tile) + 1] = At(column[tile] - 1, row[tile]);
            links[(4 * tile) + 2] = At(column[tile], row[tile] + 1);
            links[(4 * tile) + 3] = At(column[tile], row[tile] - 1);
        }
        foreach (var (tile, other) in Faults.Links)
        {
            Require.InRange("a tile of a dead link", tile, 0L, Tiles - 1L);
            Require.InRange("a tile of a dead link", other, 0L, Tiles - 1L);
            if (!links.AsSpan(4 * tile, 4).Contains(other)) throw new InvalidInputException($"the dead link of tile {tile}", $"to tile {other}", "a link to a neighbouring tile");
        }
        foreach (var (tile, other) in Faults.Links)
        {
            links.AsSpan(4 * tile, 4).Replace(other, -1);
            links.AsSpan(4 * other, 4).Replace(tile, -1);
        }
        for (int i = 0; i < links.Length; i++)
        {
            if (links[i] >= 0 && (deadTile[i / 4] || deadTile[links[i]])) links[i] = -1;
        }
        return links;

        // On a torus of one or two columns a link would lead to the tile itself, or a second time to the same neighbour.
        int At(int x, int y)
        {
            if (IsTorus && (x < 0 || x >= Columns) && Columns > 2) x = (x + Columns) % Columns;
            if (IsTorus && (y < 0 || y >= Rows) && Rows > 2) y = (y + Rows) % Rows;
            return x < 0 || y < 0 || x >= Columns || y >= Rows ? -1 : TileAt(x, y);
        }
    }

    ushort[] Ways()
    {
        var ways = new ushort[Tiles * Tiles];
        Array.Fill(ways, ushort.MaxValue);
        var queue = new int[Tiles];
        for (int start = 0; start < Tiles; start++)
        {
            var way = ways.AsSpan(start * Tiles, Tiles);
            int head = 0, tail = 0;
            way[start] = 0;
            queue[tail++] = start;
            while (head < tail)
            {
                int tile = queue[head++];
                foreach (int next in neighbour.AsSpan(4 * tile, 4))
                {
                    if (next < 0 || way[next] != ushort.MaxValue) continue;
                    way[next] = (ushort)(way[tile] + 1);
                    queue[tail++] = next;
                }
            }
        }
        return ways;
    }
}
