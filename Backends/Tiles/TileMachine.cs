using System.Reflection;

namespace Lepton.Neuro.Backends;

/// <summary>What a core can hold.</summary>
/// <param name="Neurons">Neurons.</param>
/// <param name="SynapseBits">Bits of synapse memory.</param>
/// <param name="AxonsIn">Sources whose packets it can tell apart.</param>
/// <param name="AxonsOut">Pairs of a neuron of the core and a core that its packets go to; where packets are multicast, neurons of the core that send any.</param>
public sealed record CoreCapacity(int Neurons, long SynapseBits, int AxonsIn, int AxonsOut);

/// <summary>How tiles are joined.</summary>
public enum Topology
{
    /// <summary>Each to its neighbours; nothing beyond the edges.</summary>
    Mesh,

    /// <summary>Each to its neighbours, and the edges to the opposite ones. A packet takes the shorter way round; of equal ones, that within the edges.</summary>
    Torus,
}

/// <summary>How packets go to several cores.</summary>
public enum PacketKind
{
    /// <summary>One packet for each core.</summary>
    Unicast,

    /// <summary>One packet for all: it is split where the routes part, so that each link is passed once.</summary>
    Multicast,
}

/// <summary>The words that a machine keeps the state of neurons in: two's complement, saturating, rounded to the nearest, halves to even.</summary>
/// <param name="Bits">All bits, sign included.</param>
/// <param name="FractionBits">Bits behind the point.</param>
public sealed record StateFormat(int Bits, int FractionBits)
{
    /// <summary>Whether a number is held as it is.</summary>
    /// <param name="value">The number.</param>
    public bool Holds(float value)
    {
        double word = Math.ScaleB(value, FractionBits), most = Math.ScaleB(1, Bits - 1);
        return word == Math.Truncate(word) && word >= -most && word < most;
    }
}

/// <summary>A neuromorphic machine as data: tiles on a mesh or torus with some cores each, packets on XY routes, a barrier at the end of each step.</summary>
/// <remarks>
/// <para>Where packets are unicast, one is sent for each spike and each core that holds a target of the neuron, the neuron's own core included. Tiles are numbered column by column:
/// tile <c>t</c> is in column <c>t / Rows</c>, row <c>t % Rows</c>; core <c>c</c> is on tile <c>c / CoresPerTile</c>. A packet first goes along its row (east where the
/// column grows), then along its column (north where the row grows).</para>
/// <para>The semantics are those of SANA-FE (J. Boyle et al., IEEE TCAD 2025), which reports the energy of Loihi within 12 % of silicon.</para>
/// </remarks>
public sealed record TileMachine
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Where it is described.</summary>
    public required string Source { get; init; }

    /// <summary>Columns of the mesh.</summary>
    public required int Columns { get; init; }

    /// <summary>Rows of the mesh.</summary>
    public required int Rows { get; init; }

    /// <summary>Cores of a tile.</summary>
    public required int CoresPerTile { get; init; }

    /// <summary>What a core can hold.</summary>
    public required CoreCapacity Core { get; init; }

    /// <summary>How tiles are joined.</summary>
    public required Topology Topology { get; init; }

    /// <summary>How packets go to several cores.</summary>
    public required PacketKind Packets { get; init; }

    /// <summary>Entries of a tile's routing table: one for each source whose multicast packets pass, end or begin there; null where routes need no table.</summary>
    public required int? RoutingEntries { get; init; }

    /// <summary>Bits of a weight, its sign included: weights are whole numbers of at most <c>2^(bits - 1) - 1</c> either way, times a step of the projection. One bit holds 0 or 1,
    /// and all weights of a projection have one sign.</summary>
    public required int WeightBits { get; init; }

    /// <summary>Bits by which a listed synapse names its target. A full matrix of weights needs none.</summary>
    public required int IndexBits { get; init; }

    /// <summary>The words of a neuron's state variables.</summary>
    public required StateFormat State { get; init; }

    /// <summary>The analog arrays that hold the weights; null for a digital machine.</summary>
    public AnalogArray? Analog { get; init; }

    /// <summary>The column of the tile where packets from outside enter.</summary>
    public required int InputColumn { get; init; }

    /// <summary>The row of the tile where packets from outside enter.</summary>
    public required int InputRow { get; init; }

    /// <summary>Packets that a link holds before others are held up; for timing with congestion.</summary>
    public required int LinkBuffer { get; init; }

    /// <summary>What things cost, in joules; static power in watts.</summary>
    public required PriceList Prices { get; init; }

    /// <summary>How long things take, in seconds.</summary>
    public required PriceList Latencies { get; init; }

    /// <summary>How long the barrier takes.</summary>
    public required BarrierTime Barrier { get; init; }

    /// <summary>All tiles.</summary>
    public int Tiles => Columns * Rows;

    /// <summary>All cores.</summary>
    public int Cores => Tiles * CoresPerTile;

    /// <summary>The tile where packets from outside enter.</summary>
    public int InputTile => (InputColumn * Rows) + InputRow;

    /// <summary>The largest whole number that a weight can be of its step.</summary>
    public int LargestWeight => WeightBits == 1 ? 1 : (1 << (WeightBits - 1)) - 1;

    /// <summary>The names of the machines that come with the library.</summary>
    public static IReadOnlyList<string> Presets => [.. typeof(TileMachine).Assembly.GetManifestResourceNames()
        .Where(n => n.StartsWith("Machines/", StringComparison.Ordinal)).Select(Path.GetFileNameWithoutExtension).Select(n => n!).Order(StringComparer.Ordinal)];

    /// <summary>Loads a machine.</summary>
    /// <param name="nameOrPath">One of <see cref="Presets"/>, or the path of a YAML file.</param>
    /// <exception cref="InvalidInputException">There is no such preset or file, or the file is not right: the message gives file, line and key.</exception>
    public static TileMachine Load(string nameOrPath)
    {
        using var preset = typeof(TileMachine).GetTypeInfo().Assembly.GetManifestResourceStream($"Machines/{nameOrPath}.yaml");
        if (preset is not null)
        {
            using var reader = new StreamReader(preset);
            return Parse(reader.ReadToEnd(), $"{nameOrPath}.yaml");
        }
        if (!File.Exists(nameOrPath)) throw new InvalidInputException($"there is no machine '{nameOrPath}'; allowed: {string.Join(", ", Presets)}, or the path of a YAML file");
        try
        {
            return Parse(File.ReadAllText(nameOrPath), nameOrPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new InvalidInputException($"the machine '{nameOrPath}' cannot be read ({e.Message.ReplaceLineEndings(" ")}); allowed: {string.Join(", ", Presets)}, or the path of a YAML file", e);
        }
    }

    /// <summary>Reads a machine from YAML.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="file">How the text is called in messages.</param>
    /// <exception cref="InvalidInputException">The text is not right: the message gives file, line and key.</exception>
    public static TileMachine Parse(string yaml, string file) => TileMachineYaml.Read(yaml, file);

    /// <summary>The machine as YAML, which <see cref="Parse"/> reads back.</summary>
    public string ToYaml() => TileMachineYaml.Write(this);

    /// <summary>The tile of a core.</summary>
    /// <param name="core">The core.</param>
    public int TileOf(int core) => core / CoresPerTile;

    /// <summary>The place of a tile.</summary>
    /// <param name="tile">The tile.</param>
    public (int Column, int Row) PlaceOf(int tile) => (tile / Rows, tile % Rows);

    /// <summary>The hops of a packet's route.</summary>
    /// <param name="from">The tile that sends.</param>
    /// <param name="to">The tile that receives.</param>
    public Hops Route(int from, int to)
    {
        var (column, row) = PlaceOf(from);
        var (toColumn, toRow) = PlaceOf(to);
        int east = Way(toColumn - column, Columns), north = Way(toRow - row, Rows);
        return new(Math.Max(east, 0), Math.Max(-east, 0), Math.Max(north, 0), Math.Max(-north, 0));
    }

    /// <summary>The tile that a hop leads to.</summary>
    /// <param name="tile">The tile that it leaves.</param>
    /// <param name="direction">0 east, 1 west, 2 north, 3 south.</param>
    internal int Neighbour(int tile, int direction)
    {
        var (column, row) = PlaceOf(tile);
        column = (column + (direction == 0 ? 1 : direction == 1 ? Columns - 1 : 0)) % Columns;
        row = (row + (direction == 2 ? 1 : direction == 3 ? Rows - 1 : 0)) % Rows;
        return (column * Rows) + row;
    }

    // On a torus the shorter way round, within the edges where both are equal.
    int Way(int difference, int size) =>
        Topology == Topology.Mesh || 2 * Math.Abs(difference) <= size ? difference : difference - (Math.Sign(difference) * size);
}

/// <summary>Hops by direction.</summary>
/// <param name="East">To the next column up.</param>
/// <param name="West">To the next column down.</param>
/// <param name="North">To the next row up.</param>
/// <param name="South">To the next row down.</param>
public readonly record struct Hops(long East, long West, long North, long South)
{
    /// <summary>All hops.</summary>
    public long Total => East + West + North + South;

    /// <summary>Adds hops.</summary>
    public static Hops operator +(Hops left, Hops right) => new(left.East + right.East, left.West + right.West, left.North + right.North, left.South + right.South);

    /// <summary>The hops of several packets on one route.</summary>
    public static Hops operator *(long packets, Hops hops) => new(packets * hops.East, packets * hops.West, packets * hops.North, packets * hops.South);
}
