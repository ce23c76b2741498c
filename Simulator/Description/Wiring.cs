namespace Lepton.Neuro;

/// <summary>Which neurons a projection joins.</summary>
public abstract record Wiring
{
    /// <summary>Every source to every target.</summary>
    public static Wiring AllToAll { get; } = new AllToAllWiring();

    /// <summary>Each source to the target of the same index; the populations have the same size.</summary>
    public static Wiring OneToOne { get; } = new OneToOneWiring();

    /// <summary>Each pair with the given probability, independently.</summary>
    /// <param name="probability">In [0, 1].</param>
    /// <param name="allowSelf">Whether a neuron may be joined to itself, where the populations are the same.</param>
    public static Wiring Probability(double probability, bool allowSelf = true) => new ProbabilityWiring(probability, allowSelf);

    /// <summary>The same number of synapses for each target, their sources drawn uniformly, with repetition (multapses).</summary>
    /// <param name="count">Synapses a target.</param>
    public static Wiring InDegree(int count) => new InDegreeWiring(count);

    /// <summary>A total number of synapses, each with a source and a target drawn uniformly (multapses and autapses allowed).</summary>
    /// <param name="count">Synapses in all.</param>
    public static Wiring Total(long count) => new TotalWiring(count);

    /// <summary>One synapse for each pair given, in any order; a pair may occur more than once.</summary>
    /// <param name="edges">Source and target of each synapse.</param>
    public static Wiring Edges(IReadOnlyList<(int Source, int Target)> edges) => new EdgesWiring(edges);

    /// <summary>A two-dimensional convolution with a shared kernel. Neurons are in the order [channel, row, column], sources and targets alike.</summary>
    /// <param name="height">Rows of the source.</param>
    /// <param name="width">Columns of the source.</param>
    /// <param name="channels">Channels of the source.</param>
    /// <param name="filters">Channels of the target.</param>
    /// <param name="kernel">Rows and columns of the kernel.</param>
    /// <param name="stride">Distance of neighbouring windows.</param>
    /// <param name="padding">Rows and columns of nothing around the source.</param>
    public static Wiring Convolution(int height, int width, int channels, int filters, int kernel, int stride = 1, int padding = 0) =>
        new ConvolutionWiring(height, width, channels, filters, kernel, stride, padding);

    /// <summary>The synapses of another projection the other way round: from its targets to its sources. The weights are those of the other projection at all times,
    /// times a gain; where that one learns, this one follows. It needs no weight of its own.</summary>
    /// <param name="projection">The other projection: all-to-all.</param>
    /// <param name="gain">The factor.</param>
    public static Wiring TransposeOf(Projection projection, float gain = 1) => new TransposeWiring(projection, gain);
}

/// <summary>Every source to every target.</summary>
public sealed record AllToAllWiring : Wiring;

/// <summary>Each source to the target of the same index.</summary>
public sealed record OneToOneWiring : Wiring;

/// <summary>Each pair with a probability.</summary>
/// <param name="Value">The probability.</param>
/// <param name="AllowSelf">Whether a neuron may be joined to itself.</param>
public sealed record ProbabilityWiring(double Value, bool AllowSelf) : Wiring;

/// <summary>The same number of synapses for each target.</summary>
/// <param name="Count">Synapses a target.</param>
public sealed record InDegreeWiring(int Count) : Wiring;

/// <summary>A total number of synapses.</summary>
/// <param name="Count">Synapses in all.</param>
public sealed record TotalWiring(long Count) : Wiring;

/// <summary>Explicit edges.</summary>
/// <param name="Pairs">Source and target of each synapse.</param>
public sealed record EdgesWiring(IReadOnlyList<(int Source, int Target)> Pairs) : Wiring;

/// <summary>A two-dimensional convolution.</summary>
/// <param name="Height">Rows of the source.</param>
/// <param name="Width">Columns of the source.</param>
/// <param name="Channels">Channels of the source.</param>
/// <param name="Filters">Channels of the target.</param>
/// <param name="Kernel">Rows and columns of the kernel.</param>
/// <param name="Stride">Distance of neighbouring windows.</param>
/// <param name="Padding">Rows and columns of nothing around the source.</param>
public sealed record ConvolutionWiring(int Height, int Width, int Channels, int Filters, int Kernel, int Stride, int Padding) : Wiring
{
    /// <summary>Rows of the target.</summary>
    public int OutputHeight => ((Height + (2 * Padding) - Kernel) / Stride) + 1;

    /// <summary>Columns of the target.</summary>
    public int OutputWidth => ((Width + (2 * Padding) - Kernel) / Stride) + 1;
}

/// <summary>The synapses of another projection the other way round.</summary>
/// <param name="Of">The other projection.</param>
/// <param name="Gain">The factor.</param>
public sealed record TransposeWiring(Projection Of, float Gain) : Wiring;
