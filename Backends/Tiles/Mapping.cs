namespace Lepton.Neuro.Backends;

/// <summary>What a core holds.</summary>
/// <param name="Core">The core.</param>
/// <param name="Tile">Its tile.</param>
/// <param name="Neurons">Neurons on it.</param>
/// <param name="Synapses">Synapses in its memory.</param>
/// <param name="SynapseBits">The bits that these take.</param>
/// <param name="AxonsIn">Sources whose packets it receives.</param>
/// <param name="AxonsOut">Pairs of one of its neurons and a core that its packets go to.</param>
/// <param name="Fill">The largest part of a limit that is used, 0 to 1.</param>
public sealed record CoreLoad(int Core, int Tile, int Neurons, long Synapses, long SynapseBits, int AxonsIn, int AxonsOut, double Fill);

/// <summary>A network on a machine: the core of each neuron, and the way of each packet.</summary>
/// <remarks>
/// <para>The channels of encoders are inputs: they are not placed. A packet of theirs enters the mesh at the machine's input tile, and goes on as one from a neuron
/// on that tile would; entering costs nothing that is counted.</para>
/// <para>Every capacity of every core holds. A mapping proves how few packets and hops any other one on the same machine could need
/// (<see cref="LeastPackets"/>, <see cref="LeastHops"/>).</para>
/// </remarks>
public sealed class Mapping
{
    readonly int[] firstSource;
    readonly int[] coreOf;
    readonly int[] targetsOf;
    readonly long[] targetBitsOf;
    readonly int[] plasticInto;
    readonly RoutingTable routes;
    readonly Dictionary<int, List<int>> plasticOn;
    readonly Lazy<StepCosts> costs;
    readonly Lazy<long[]> updatesEachStep;

    internal Mapping(CompiledNetwork network, TileMachine machine, MappingOptions options, PlacedSynapses synapses, SequentialFill fill)
    {
        Network = network;
        Machine = machine;
        Options = options;
        Formats = synapses.Formats;
        Cores = [.. fill.Cores];
        firstSource = fill.FirstSource;
        coreOf = fill.CoreOf;
        targetsOf = fill.TargetsOf;
        targetBitsOf = fill.TargetBitsOf;
        plasticInto = fill.PlasticInto;
        plasticOn = fill.PlasticOn;
        routes = fill.Routes;
        Mesh = Mesh.Of(machine, options.Faults);
        costs = new(() => new(this));
        updatesEachStep = new(EachStep);
    }

    /// <summary>The network.</summary>
    public CompiledNetwork Network { get; }

    /// <summary>The machine.</summary>
    public TileMachine Machine { get; }

    /// <summary>How it was mapped.</summary>
    public MappingOptions Options { get; }

    /// <summary>For each projection, in the network's order, how its synapses are stored.</summary>
    public IReadOnlyList<SynapseFormat> Formats { get; }

    /// <summary>The machine's first cores, up to the last that is in use. Where neurons were not filled in order, some of them can be empty.</summary>
    public IReadOnlyList<CoreLoad> Cores { get; }

    /// <summary>How many cores are in use.</summary>
    public int CoresUsed => Cores.Count(c => c.Neurons > 0);

    /// <summary>How packets find their way: as was asked for, and where nothing was, as the machine sends them.</summary>
    public RoutingMethod Routing => Options.RoutingOn(Machine);

    /// <summary>The tiles of the machine, and what of them works.</summary>
    public Mesh Mesh { get; }

    /// <summary>How many tiles are in use.</summary>
    public int TilesUsed => Cores.Where(c => c.Neurons > 0).Select(c => c.Tile).Distinct().Count();

    /// <summary>The neurons placed.</summary>
    public long Neurons => Cores.Sum(c => (long)c.Neurons);

    /// <summary>The synapses stored.</summary>
    public long Synapses => Cores.Sum(c => c.Synapses);

    /// <summary>What the mapping takes for granted, a sentence each.</summary>
    public IReadOnlyList<string> Assumptions =>
    [
        FormattableString.Invariant($"packets of encoders enter at the tile in column {Machine.InputColumn}, row {Machine.InputRow}; their way from there is counted, their making is not"),
        "delays are kept by the cores at no cost in memory",
        "a full matrix of weights is stored without indices, any other wiring with one index a synapse; synapses of weight zero are left out of lists",
        FormattableString.Invariant($"unless run in the machine's words, state is computed in single precision as in the simulator, whether it fits {Machine.State.Bits} bits or not"),
        .. Options.Learning && Formats.Any(f => f.Projection.Rule is not null) ? ["the weights of learning synapses are kept in single precision, 32 bits each"] : Array.Empty<string>(),
    ];

    /// <summary>The core of a neuron; -1 for a channel of an encoder.</summary>
    /// <param name="population">The population.</param>
    /// <param name="neuron">The neuron.</param>
    /// <exception cref="InvalidInputException">There is no such neuron.</exception>
    public int CoreOf(Population population, int neuron) => coreOf[Source(population, neuron)];

    /// <summary>Where the packets of a neuron or of a channel of an encoder go: a packet a spike and route.</summary>
    /// <param name="population">The population.</param>
    /// <param name="neuron">The neuron.</param>
    /// <exception cref="InvalidInputException">There is no such neuron.</exception>
    public ReadOnlySpan<Route> RoutesOf(Population population, int neuron) => routes.Of(Source(population, neuron));

    /// <summary>A number of packets that no mapping of this network on this machine can do without: for each spike at least as many cores as are needed to hold the
    /// distinct targets, by their number and by their memory.</summary>
    /// <param name="activity">The spikes.</param>
    public long LeastPackets(Activity activity) => Sum(activity, (source, _) => LeastCores(source));

    /// <summary>A number of hops that no mapping of this network on this machine can do without: for each spike the packets of <see cref="LeastPackets"/>, all going to
    /// the nearest cores there are, from the middle of the mesh for a neuron, from the input tile for an encoder; of a packet that is copied on its way, one for each tile
    /// but the first.</summary>
    /// <param name="activity">The spikes.</param>
    public long LeastHops(Activity activity)
    {
        // A tree that reaches a number of tiles has at least one link less; the source's own tile may be one of them.
        if (Routing != RoutingMethod.Unicast) return Sum(activity, (source, _) => Math.Max(0, ((LeastCores(source) + Machine.CoresPerTile - 1) / Machine.CoresPerTile) - 1));
        // Within any distance the middle tile has the most tiles, so its nearest cores are no farther than those of any other.
        var middle = Nearest((Machine.Columns / 2 * Machine.Rows) + (Machine.Rows / 2));
        var port = Nearest(Machine.InputTile);
        return Sum(activity, (source, isInput) => (isInput ? port : middle)(LeastCores(source)));
    }

    /// <summary>The mapping as YAML, which <see cref="Parse"/> reads back: the core of each neuron, with digests of the machine and of the network that it was made for.</summary>
    public string ToYaml() => MappingYaml.Write(this, new(Network, Machine, Options));

    /// <summary>Reads a mapping from YAML. Every capacity is checked again.</summary>
    /// <param name="yaml">The text, as <see cref="ToYaml"/> wrote it.</param>
    /// <param name="file">How the text is called in messages.</param>
    /// <param name="network">The network; its weights and the constants of its neurons may be others than when the mapping was made, its populations and synapses may not.</param>
    /// <param name="machine">The machine; the same in all that its YAML says.</param>
    /// <param name="learned">What was learned before; nothing where null.</param>
    /// <exception cref="InvalidInputException">The text is not right, or was made for another machine or network: the message gives file, line and key, and what differs.</exception>
    public static Mapping Parse(string yaml, string file, CompiledNetwork network, TileMachine machine, Learned? learned = null) => MappingYaml.Read(yaml, file, network, machine, learned);

    /// <summary>Reads a mapping from a file; see <see cref="Parse"/>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="network">The network.</param>
    /// <param name="machine">The machine.</param>
    /// <param name="learned">What was learned before; nothing where null.</param>
    /// <exception cref="InvalidInputException">The file cannot be read, or see <see cref="Parse"/>.</exception>
    public static Mapping Load(string path, CompiledNetwork network, TileMachine machine, Learned? learned = null)
    {
        return Parse(Text(path), path, network, machine, learned);
    }

    /// <summary>Refuses the file of a mapping that was made for another machine: for a check before long work, when the network is not known yet.</summary>
    /// <param name="path">The file.</param>
    /// <param name="machine">The machine.</param>
    /// <exception cref="InvalidInputException">The file cannot be read, is no mapping, or was made for another machine: the message gives file, line and key, and what differs.</exception>
    public static void RequireMachine(string path, TileMachine machine) => MappingYaml.RequireMachine(Text(path), path, machine);

    static string Text(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new InvalidInputException($"the mapping '{path}' cannot be read ({e.Message.ReplaceLineEndings(" ")}); allowed: the path of a file that a mapping was saved to", e);
        }
    }

    /// <summary>The first source of each population, and all of them at the end.</summary>
    internal ReadOnlySpan<int> FirstSource => firstSource;

    internal StepCosts Costs => costs.Value;

    internal int CoreOf(int source) => coreOf[source];

    internal int PlasticInto(int source) => plasticInto[source];

    internal ReadOnlySpan<Route> RoutesOf(int source) => routes.Of(source);

    /// <summary>The learning synapses of a projection on each core.</summary>
    internal IReadOnlyList<int> PlasticOn(int projection) => plasticOn.TryGetValue(projection, out var on) ? on : [];

    /// <summary>The updates of learning synapses that each core makes in every step, whoever fires.</summary>
    internal IReadOnlyList<long> UpdatesEachStep => updatesEachStep.Value;

    long[] EachStep()
    {
        var updates = new long[Cores.Count];
        foreach (var projection in Network.Projections)
        {
            if (projection.Description.Rule is not { } rule || !KernelTapes.Of(rule, Network.Step).Changes("OnStep")) continue;
            var on = PlasticOn(projection.Index);
            for (int core = 0; core < on.Count; core++) updates[core] += on[core];
        }
        return updates;
    }

    int Source(Population population, int neuron)
    {
        if (population.Index >= Network.Populations.Count || !ReferenceEquals(Network.Populations[population.Index].Description, population))
            throw new InvalidInputException("the population", $"'{population.Name}' of another network", "a population of the network that was mapped");
        return firstSource[population.Index] + (int)Require.InRange($"a neuron of {population}", neuron, 0L, population.Count - 1L);
    }

    long LeastCores(int source) => Math.Max(
        ((long)targetsOf[source] + Machine.Core.Neurons - 1) / Machine.Core.Neurons,
        targetBitsOf[source] == 0 ? 0 : ((targetBitsOf[source] - 1) / Machine.Core.SynapseBits) + 1);

    long Sum(Activity activity, Func<int, bool, long> each)
    {
        long sum = 0;
        foreach (var population in Network.Populations)
        {
            var spikes = activity.Spikes[population.Index];
            bool isInput = population.Description.Model is null;
            for (int i = 0; i < spikes.Length; i++)
            {
                if (spikes[i] > 0) sum += spikes[i] * each(firstSource[population.Index] + i, isInput);
            }
        }
        return sum;
    }

    // The hops to a number of the nearest cores, one packet each.
    Func<long, long> Nearest(int tile)
    {
        var tilesAt = new long[Machine.Columns + Machine.Rows];
        for (int other = 0; other < Machine.Tiles; other++) tilesAt[Machine.Route(tile, other).Total]++;
        return cores =>
        {
            long hops = 0;
            for (int distance = 0; distance < tilesAt.Length && cores > 0; distance++)
            {
                long here = Math.Min(cores, tilesAt[distance] * Machine.CoresPerTile);
                hops += here * distance;
                cores -= here;
            }
            return hops;
        };
    }
}
