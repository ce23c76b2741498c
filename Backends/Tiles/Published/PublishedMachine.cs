namespace Lepton.Neuro.Backends.Published;

/// <summary>What an event costs.</summary>
/// <param name="Energy">Joules.</param>
/// <param name="Latency">Seconds.</param>
public readonly record struct Cost(double Energy, double Latency)
{
    /// <summary>Adds costs.</summary>
    public static Cost operator +(Cost left, Cost right) => new(left.Energy + right.Energy, left.Latency + right.Latency);

    /// <summary>The cost of several equal events.</summary>
    public static Cost operator *(long count, Cost cost) => new(count * cost.Energy, count * cost.Latency);
}

/// <summary>The models of neurons that can be run.</summary>
public enum SomaModel
{
    /// <summary>Leaky integrate-and-fire with potentials truncated to 1/64.</summary>
    LeakyIntegrateFire,

    /// <summary>Fires at given steps.</summary>
    Input,
}

/// <summary>A unit of a core that synapses or dendrites are kept in.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Model">Its model as the file calls it.</param>
/// <param name="Event">What an event costs.</param>
public sealed record EventUnit(string Name, string Model, Cost Event);

/// <summary>A unit of a core that neurons are kept in.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Model">Its model as the file calls it.</param>
/// <param name="Access">What a neuron costs in every step.</param>
/// <param name="Update">What it costs beside that where it is updated.</param>
/// <param name="SpikeOut">What it costs beside that where it fires.</param>
public sealed record SomaUnit(string Name, string Model, Cost Access, Cost Update, Cost SpikeOut);

/// <summary>A core.</summary>
/// <param name="Tile">The tile that it is on.</param>
/// <param name="Offset">Its number on the tile.</param>
/// <param name="Neurons">How many neurons it holds at most.</param>
/// <param name="AxonIn">What a packet costs that it receives.</param>
/// <param name="AxonOut">What a packet costs that it sends.</param>
/// <param name="Synapses">Its units for synapses, at least one.</param>
/// <param name="Dendrites">Its units for dendrites, at least one.</param>
/// <param name="Somas">Its units for neurons, at least one.</param>
public sealed record PublishedCore(
    int Tile,
    int Offset,
    int Neurons,
    Cost AxonIn,
    Cost AxonOut,
    IReadOnlyList<EventUnit> Synapses,
    IReadOnlyList<EventUnit> Dendrites,
    IReadOnlyList<SomaUnit> Somas);

/// <summary>A tile: what a hop to or from it costs, by direction. A packet pays energy at the tile that it goes to, and time at the one that it comes from.</summary>
/// <param name="East">A hop to the next column up.</param>
/// <param name="West">A hop to the next column down.</param>
/// <param name="North">A hop to the next row up.</param>
/// <param name="South">A hop to the next row down.</param>
public sealed record PublishedTile(Cost East, Cost West, Cost North, Cost South)
{
    /// <summary>What hops cost together.</summary>
    /// <param name="hops">The hops.</param>
    public Cost Of(Hops hops) => (hops.East * East) + (hops.West * West) + (hops.South * South) + (hops.North * North);
}

/// <summary>A machine in the terms of the published simulator of tile architectures, SANA-FE (J. Boyle et al., IEEE TCAD 2025): a mesh of tiles, their cores, and the units of cores,
/// all with prices of their own.</summary>
/// <remarks>Tile <c>t</c> is in column <c>t / Height</c>, row <c>t % Height</c>. Packets are unicast and go along the row first.</remarks>
public sealed record PublishedMachine
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Columns of the mesh.</summary>
    public required int Width { get; init; }

    /// <summary>Rows of the mesh.</summary>
    public required int Height { get; init; }

    /// <summary>Packets that a link holds before others are held up.</summary>
    public required int LinkBuffer { get; init; }

    /// <summary>The time of the barrier by tiles in use, ascending: the entry with the largest number of tiles that is not more than those in use holds.</summary>
    public required IReadOnlyList<(int Tiles, double Seconds)> Barrier { get; init; }

    /// <summary>The tiles, by number.</summary>
    public required IReadOnlyList<PublishedTile> Tiles { get; init; }

    /// <summary>The cores, tile by tile.</summary>
    public required IReadOnlyList<PublishedCore> Cores { get; init; }

    /// <summary>Reads a machine: a file of the published simulator, or one of ours, or the name of one of our presets.</summary>
    /// <param name="pathOrName">The file or name.</param>
    /// <exception cref="InvalidInputException">There is no such file, or it is wrong; the message names file, line and key.</exception>
    public static PublishedMachine Load(string pathOrName)
    {
        if (TileMachine.Presets.Contains(pathOrName, StringComparer.Ordinal)) return Of(TileMachine.Load(pathOrName));
        string text = ReadText(pathOrName, "the machine");
        return StrictMap.Root(text, pathOrName, "a machine").Has("architecture") ? Parse(text, pathOrName) : Of(TileMachine.Parse(text, pathOrName));
    }

    /// <summary>Reads the published simulator's description of an architecture.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="file">What it is called in messages.</param>
    /// <exception cref="InvalidInputException">It is wrong; the message names file, line and key.</exception>
    public static PublishedMachine Parse(string yaml, string file) => PublishedMachineYaml.Read(yaml, file);

    /// <summary>One of our machines in these terms: a neuron costs an inactive update in every step, and the rest of an active one where it is updated.</summary>
    /// <param name="machine">The machine. Terms without a price cost nothing.</param>
    /// <exception cref="InvalidInputException">The machine has an all-in price, which is no price of one event.</exception>
    public static PublishedMachine Of(TileMachine machine)
    {
        EnergyReport.RefuseAllIn(machine);
        Cost Price(TileTerm term) => new(machine.Prices.Of(term), machine.Latencies.Of(term));
        Cost active = Price(TileTerm.NeuronActive), idle = Price(TileTerm.NeuronInactive);
        Cost access = new(Math.Min(idle.Energy, active.Energy), Math.Min(idle.Latency, active.Latency));
        var soma = new SomaUnit("soma", "leaky_integrate_fire", access, new(active.Energy - access.Energy, active.Latency - access.Latency), Price(TileTerm.SpikeOut));
        var input = new SomaUnit("input", "input", default, default, default);
        var synapse = new EventUnit("synapse", "current_based", Price(TileTerm.SynapticOperation));
        var dendrite = new EventUnit("dendrite", "accumulator", default);
        var tile = new PublishedTile(Price(TileTerm.HopEast), Price(TileTerm.HopWest), Price(TileTerm.HopNorth), Price(TileTerm.HopSouth));
        return new()
        {
            Name = machine.Name,
            Width = machine.Columns,
            Height = machine.Rows,
            LinkBuffer = machine.LinkBuffer,
            Barrier = [.. Enumerable.Range(1, machine.Tiles).Select(tiles => (tiles, machine.Barrier.Seconds(tiles)))],
            Tiles = [.. Enumerable.Repeat(tile, machine.Tiles)],
            Cores = [.. Enumerable.Range(0, machine.Cores).Select(core => new PublishedCore(
                machine.TileOf(core),
                core % machine.CoresPerTile,
                machine.Core.Neurons,
                Price(TileTerm.AxonIn) + Price(TileTerm.Packet),
                Price(TileTerm.AxonOut),
                [synapse],
                [dendrite],
                [soma, input]))],
        };
    }

    /// <summary>The barrier's time.</summary>
    /// <param name="tiles">Tiles in use.</param>
    public double BarrierSeconds(int tiles) => Barrier.LastOrDefault(b => b.Tiles <= tiles, Barrier[0]).Seconds;

    /// <summary>The hops of a packet.</summary>
    /// <param name="from">The tile that sends.</param>
    /// <param name="to">The tile that receives.</param>
    public Hops Route(int from, int to)
    {
        int x = (to / Height) - (from / Height), y = (to % Height) - (from % Height);
        return new(Math.Max(x, 0), Math.Max(-x, 0), Math.Max(y, 0), Math.Max(-y, 0));
    }

    /// <summary>The text of a file.</summary>
    internal static string ReadText(string path, string what)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new InvalidInputException($"{what} '{path}' cannot be read: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }
}
