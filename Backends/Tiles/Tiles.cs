namespace Lepton.Neuro.Backends;

/// <summary>How a mapped network is run.</summary>
public sealed record TileOptions
{
    /// <summary>Whether each step is timed from its own spikes. Where not, the time is a lower bound from the totals, and a run takes a little less time.</summary>
    public bool TimeEachStep { get; init; } = true;

    /// <summary>Whether congestion of the mesh is part of a step's time; only where each step is timed.</summary>
    public bool WithCongestion { get; init; }

    /// <summary>Runs the neurons and synapses without learning; the CPU backend by default.</summary>
    public Func<CompiledNetwork, Learned?, Session> Evaluate { get; init; } = (network, learned) => Cpu.Evaluate(network, null, learned);

    /// <summary>Runs the neurons and synapses with learning; the CPU backend by default.</summary>
    public Func<CompiledNetwork, Learned?, LearningSession> Load { get; init; } = (network, learned) => Cpu.Load(network, null, learned);

    /// <summary>Whether it runs in the machine's words (<see cref="TileMachine.State"/>) and not in single precision: state, constants and learning weights are rounded to them as the
    /// simulator's fixed-point lane rounds. Where the words hold all values, nothing changes. <see cref="Evaluate"/> and <see cref="Load"/> are then not used.</summary>
    public bool InMachineWords { get; init; }

    /// <summary>How the machine's analog arrays are read, where a session that does not learn shall have their noise; null for weights as they were meant. What is analog runs on the simulator's reference session:
    /// <see cref="Evaluate"/> is then not used, and the machine's words are not either. Plastic projections stay digital.</summary>
    public AnalogReads? Analog { get; init; }

    /// <summary>Runs on the CPU backend with options of its own.</summary>
    /// <param name="cpu">How the CPU backend runs.</param>
    public static TileOptions On(CpuOptions cpu) => new()
    {
        Evaluate = (network, learned) => Cpu.Evaluate(network, cpu, learned),
        Load = (network, learned) => Cpu.Load(network, cpu, learned),
    };
}

/// <summary>Runs networks on neuromorphic tile machines: maps them, counts their packets, hops and operations, and so finds their time and energy.</summary>
/// <remarks>
/// <code>
/// var machine = TileMachine.Load("loihi");
/// using var session = Tiles.Evaluate(network, machine, learned);
/// session.Begin(0);
/// session.Present(pixels, image);
/// session.Advance(32);
/// Console.WriteLine(EnergyReport.Of(session.Tiles, inferences: 1).Joules);
/// </code>
/// </remarks>
public static class Tiles
{
    /// <summary>Maps a network: by default neurons in the network's order, each core filled until a limit is reached; see <see cref="MappingOptions"/>.</summary>
    /// <param name="network">The plan.</param>
    /// <param name="machine">The machine.</param>
    /// <param name="options">How; the defaults where null.</param>
    /// <returns>The mapping; every capacity holds.</returns>
    /// <exception cref="InvalidInputException">Weights do not fit the machine's format, or the network does not fit the machine: the message names the constraint, the core, the
    /// need, the limit, and what would make it fit.</exception>
    public static Mapping Map(CompiledNetwork network, TileMachine machine, MappingOptions? options = null)
    {
        options ??= new();
        if (options.NeuronsPerCore is { } most) Require.InRange("the most neurons a core", most, 1L, int.MaxValue);
        options.Progress?.Invoke("formats");
        var synapses = new PlacedSynapses(network, machine, options);
        var fill = new SequentialFill(network, machine, options, synapses);
        fill.Place();
        return new(network, machine, options, synapses, fill);
    }

    /// <summary>A session on a machine that does not learn. Its spikes are those of the unmapped network, bit for bit.</summary>
    /// <param name="network">The plan.</param>
    /// <param name="machine">The machine.</param>
    /// <param name="learned">What was learned before; nothing where null.</param>
    /// <param name="options">How it runs; the defaults where null.</param>
    /// <exception cref="InvalidInputException">See <see cref="Map"/>.</exception>
    public static TileSession Evaluate(CompiledNetwork network, TileMachine machine, Learned? learned = null, TileOptions? options = null) =>
        Evaluate(Map(network, machine, new() { Learned = learned }), options);

    /// <summary>A session of a mapping that does not learn. One mapping can serve any number of sessions.</summary>
    /// <param name="mapping">The mapping; what was learned before is in its options.</param>
    /// <param name="options">How it runs; the defaults where null.</param>
    /// <exception cref="InvalidInputException">Analog arrays are to be read of a machine that has none, or in the machine's words, or of a projection with several delays.</exception>
    public static TileSession Evaluate(Mapping mapping, TileOptions? options = null)
    {
        options ??= new();
        return new(mapping, Inner(mapping, options), options);
    }

    /// <summary>A session on a machine that learns: the weights of plastic projections are kept in single precision, 32 bits each of the cores' memory.
    /// Its spikes and weights are those of the unmapped network, bit for bit.</summary>
    /// <param name="network">The plan.</param>
    /// <param name="machine">The machine.</param>
    /// <param name="learned">What was learned before; nothing where null.</param>
    /// <param name="options">How it runs; the defaults where null.</param>
    /// <exception cref="InvalidInputException">See <see cref="Map"/>.</exception>
    public static TileLearningSession Load(CompiledNetwork network, TileMachine machine, Learned? learned = null, TileOptions? options = null) =>
        Load(Map(network, machine, new() { Learned = learned, Learning = true }), options);

    /// <summary>A session of a mapping that learns.</summary>
    /// <param name="mapping">The mapping, made for learning; what was learned before is in its options.</param>
    /// <param name="options">How it runs; the defaults where null.</param>
    /// <exception cref="InvalidInputException">The mapping was not made for learning.</exception>
    public static TileLearningSession Load(Mapping mapping, TileOptions? options = null)
    {
        if (!mapping.Options.Learning) throw new InvalidInputException("the mapping of a session that learns", "made without learning", "a mapping made with MappingOptions.Learning");
        options ??= new();
        if (options.Analog is not null) throw new InvalidInputException("analog reads of a session that learns", "given", "none: only what does not learn runs on analog arrays");
        var inner = options.InMachineWords ? MachineWords.Load(mapping.Machine.State, mapping.Network, mapping.Options.Learned) : options.Load(mapping.Network, mapping.Options.Learned);
        return new(mapping, inner, options);
    }

    static Session Inner(Mapping mapping, TileOptions options)
    {
        var (network, learned) = (mapping.Network, mapping.Options.Learned);
        if (options.Analog is { } analog)
        {
            return options.InMachineWords
                ? throw new InvalidInputException("analog reads in the machine's words", "both", "one of them: the reads of analog arrays are added in single precision")
                : Reference.Evaluate(network, learned, analog.On(mapping.Machine));
        }
        return options.InMachineWords ? MachineWords.Evaluate(mapping.Machine.State, network, learned) : options.Evaluate(network, learned);
    }
}
