namespace Lepton.Neuro.Backends;

/// <summary>How a network is mapped.</summary>
public sealed record MappingOptions
{
    /// <summary>What was learned before: the weights of plastic projections; their initial weights where null.</summary>
    public Learned? Learned { get; init; }

    /// <summary>Whether plastic projections go on learning on the machine. Their synapses then take 32 bits each, for rules run in single precision.</summary>
    public bool Learning { get; init; }

    /// <summary>The most neurons that a core is given, where that is less than it can hold; null for no such limit. Fewer neurons a core need fewer axons a core.</summary>
    public int? NeuronsPerCore { get; init; }

    /// <summary>How neurons are divided among cores.</summary>
    public PartitionMethod Partition { get; init; } = PartitionMethod.Sequential;

    /// <summary>Where on the mesh the cores that are filled lie.</summary>
    public PlacementMethod Placement { get; init; } = PlacementMethod.InOrder;

    /// <summary>How packets find their way.</summary>
    public RoutingMethod Routing { get; init; } = RoutingMethod.Unicast;

    /// <summary>Spikes that were recorded, for partition and placement to save packets of; where null, each source is taken to spike equally often.</summary>
    public Activity? Traffic { get; init; }

    /// <summary>What of the machine does not work; nothing where null.</summary>
    public Faults? Faults { get; init; }

    /// <summary>The seed of the mapper's random choices.</summary>
    public ulong MapperSeed { get; init; } = 1;

    /// <summary>Told the name of each part of the work as it begins, on the thread that maps; nobody where null.</summary>
    public Action<string>? Progress { get; init; }

    /// <summary>How packets find their way on a machine: <see cref="Routing"/>, or where that is unicast and the machine is not, its multicast.</summary>
    internal RoutingMethod RoutingOn(TileMachine machine) =>
        Routing == RoutingMethod.Unicast && machine.Packets == PacketKind.Multicast ? RoutingMethod.SharedXy : Routing;
}

/// <summary>How the synapses of a projection are stored.</summary>
/// <param name="Projection">The projection.</param>
/// <param name="NeededBits">The bits of a weight, sign included, that its weights need at least.</param>
/// <param name="Step">What 1 in a stored weight is worth, in the receptor's unit; 0 where all weights are zero or the weights are kept in single precision.</param>
/// <param name="IsPowerOfTwo">Whether the step can be a power of two.</param>
/// <param name="IsListed">Whether each synapse names its target, so that weights of zero are left out; else weights are a full matrix.</param>
/// <param name="Stored">Synapses stored.</param>
/// <param name="BitsEach">Bits a stored synapse.</param>
public sealed record SynapseFormat(Projection Projection, int NeededBits, double Step, bool IsPowerOfTwo, bool IsListed, long Stored, int BitsEach);
