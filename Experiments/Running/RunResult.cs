namespace Lepton.Neuro.Experiments.Running;

/// <summary>What a run measured: the content of <c>results.json</c> and <c>results.csv</c>. Null is what was not measured. The shape never
/// changes from run to run, so that tables of many runs line up.</summary>
public sealed record RunResult
{
    /// <summary>The experiment's name. Filled in by the frame.</summary>
    public string Experiment { get; init; } = "";

    /// <summary>The seed. Filled in by the frame.</summary>
    public ulong Seed { get; init; }

    /// <summary>The number of threads. Filled in by the frame.</summary>
    public int Threads { get; init; }

    /// <summary>The git commit that was built. Filled in by the frame.</summary>
    public string Commit { get; init; } = "";

    /// <summary>The version of Lepton. Filled in by the frame.</summary>
    public string Version { get; init; } = "";

    /// <summary>How long the experiment took on the wall clock, in seconds. Filled in by the frame.</summary>
    public double WallSeconds { get; init; }

    /// <summary>Learning.</summary>
    public TrainResult Train { get; init; } = new();

    /// <summary>The share of the test set classified correctly, 0 to 1.</summary>
    public AccuracyResult Accuracy { get; init; } = new();

    /// <summary>Means over the inferences of the test set.</summary>
    public InferenceResult PerInference { get; init; } = new();

    /// <summary>The network after compression.</summary>
    public NetworkResult Network { get; init; } = new();

    /// <summary>The machine whose energy and latency are given.</summary>
    public MachineResult Machine { get; init; } = new();

    /// <summary>A hash of all spikes of the test run: equal hashes, equal spikes.</summary>
    public string? SpikeHash { get; init; }

    /// <summary>Whatever else an experiment measured: numbers and texts by a camelCase name that ends in the unit, such as <c>meanRateHertz</c>.
    /// A dot in a name makes a group.</summary>
    public IReadOnlyDictionary<string, ExtraValue> Extra { get; init; } = new Dictionary<string, ExtraValue>(StringComparer.Ordinal);
}

/// <summary>Learning, measured.</summary>
public sealed record TrainResult
{
    /// <summary>The number of images in the training set.</summary>
    public long? Images { get; init; }

    /// <summary>The number of passes over it.</summary>
    public int? Epochs { get; init; }

    /// <summary>Images learnt per second of wall clock.</summary>
    public double? ImagesPerSecond { get; init; }
}

/// <summary>The share of the test set classified correctly, at three stages; each 0 to 1.</summary>
public sealed record AccuracyResult
{
    /// <summary>As learnt, at full precision.</summary>
    public double? Full { get; init; }

    /// <summary>After pruning and quantization.</summary>
    public double? Compressed { get; init; }

    /// <summary>Run on the tile machine.</summary>
    public double? Mapped { get; init; }
}

/// <summary>The cost of one inference: means over the test set.</summary>
public sealed record InferenceResult
{
    /// <summary>Time steps.</summary>
    public double? Steps { get; init; }

    /// <summary>Spikes.</summary>
    public double? Spikes { get; init; }

    /// <summary>Synaptic operations: weights delivered because of a spike.</summary>
    public double? SynapticOperations { get; init; }

    /// <summary>Energy on the machine, in joules.</summary>
    public double? EnergyJoules { get; init; }

    /// <summary>Where that energy goes.</summary>
    public EnergyBreakdown EnergyBreakdown { get; init; } = new();

    /// <summary>From the first input to the answer, in seconds.</summary>
    public double? LatencySeconds { get; init; }

    /// <summary>What a conventional network of the same layers would use, in joules.</summary>
    public double? AnnEnergyJoules { get; init; }
}

/// <summary>Where the energy of an inference goes, in joules.</summary>
public sealed record EnergyBreakdown
{
    /// <summary>Updates of neurons.</summary>
    public double? Neurons { get; init; }

    /// <summary>Synaptic operations and the memory they read.</summary>
    public double? Synapses { get; init; }

    /// <summary>Spikes on their way between cores and tiles.</summary>
    public double? Network { get; init; }

    /// <summary>Leakage while the inference lasts.</summary>
    public double? Static { get; init; }
}

/// <summary>The size of the network after compression.</summary>
public sealed record NetworkResult
{
    /// <summary>Neurons.</summary>
    public long? Neurons { get; init; }

    /// <summary>Synapses that were kept.</summary>
    public long? Synapses { get; init; }

    /// <summary>Bits a weight.</summary>
    public double? WeightBits { get; init; }

    /// <summary>The share of synapses that pruning removed, 0 to 1.</summary>
    public double? Sparsity { get; init; }
}

/// <summary>The machine that the network was mapped to.</summary>
public sealed record MachineResult
{
    /// <summary>Its name.</summary>
    public string? Name { get; init; }

    /// <summary>Its tiles.</summary>
    public int? Tiles { get; init; }

    /// <summary>The cores that hold part of the network.</summary>
    public int? CoresUsed { get; init; }
}
