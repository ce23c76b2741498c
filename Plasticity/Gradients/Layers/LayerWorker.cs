using Lepton.Neuro.Random;

namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>What a worker is made for.</summary>
/// <param name="Samples">The most samples at a time.</param>
/// <param name="VectorBits">The width of vectors.</param>
/// <param name="Training">Whether gradients will be asked for.</param>
/// <param name="Seed">The seed of what is random in training.</param>
sealed record WorkerOptions(int Samples, int VectorBits, bool Training, ulong Seed);

/// <summary>Which samples are shown, and to what end.</summary>
/// <param name="Samples">How many.</param>
/// <param name="Training">Whether what is random, or taken from the batch, is so now.</param>
/// <param name="Presentations">The number of each sample's presentation: what its random numbers are keyed by.</param>
readonly record struct Pass(int Samples, bool Training, ulong[] Presentations);

/// <summary>The gradients of a layer's backward pass.</summary>
unsafe readonly ref struct Gradients
{
    /// <summary>Of the output: given.</summary>
    public required float* Output { get; init; }

    /// <summary>Of the input: to be written, unless null.</summary>
    public required float* Input { get; init; }

    /// <summary>Of the network's parameters: those of the layer are to be written (not added to).</summary>
    public required float* Parameters { get; init; }

    public float* Of(Parameter parameter) => Parameters + parameter.Offset;
}

/// <summary>Does a layer's work on one thread: holds its output and whatever the way back needs.</summary>
/// <param name="layer">The layer.</param>
/// <param name="options">What it is made for.</param>
abstract unsafe class LayerWorker(Layer layer, WorkerOptions options)
{
    /// <summary>The layer.</summary>
    public Layer Layer => layer;

    /// <summary>What went out last.</summary>
    public Signal Output { get; protected init; } = new(layer.Output, options.Samples, options.VectorBits);

    protected int VectorBits => options.VectorBits;

    protected WorkerOptions Options => options;

    /// <summary>Computes <see cref="Output"/>.</summary>
    public abstract void Forward(Signal input, in Pass pass);

    /// <summary>Computes gradients, after the forward pass of the same input.</summary>
    public abstract void Backward(Signal input, in Gradients gradients, in Pass pass);

    protected Numbers Buffer(SignalShape shape) => new((long)shape.Steps * options.Samples * shape.Features);

    protected RandomStream Random => new(options.Seed, RandomPurpose.Plasticity, (1 << 16) + layer.Index);
}
