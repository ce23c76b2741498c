using Lepton.Neuro.Random;

namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>A layer of a <see cref="Sequential"/> network: a description with its parameters. What it does to a batch is done by workers, one a thread, so that a layer itself holds
/// nothing of any batch.</summary>
public abstract class Layer
{
    readonly List<Parameter> parameters = [];
    string? name;

    private protected Layer()
    {
    }

    /// <summary>Its name in messages and files; where none is given, its kind and its place.</summary>
    public string Name
    {
        get => name ?? Kind;
        init => name = value;
    }

    /// <summary>Whether training leaves its parameters alone, statistics included: for fine-tuning.</summary>
    public bool Frozen { get; set; }

    /// <summary>What comes in.</summary>
    public SignalShape Input { get; private set; }

    /// <summary>What goes out.</summary>
    public SignalShape Output { get; private set; }

    /// <summary>What it learns.</summary>
    public IReadOnlyList<Parameter> Parameters => parameters;

    /// <summary>Its place in the network, from 0.</summary>
    internal int Index { get; private set; }

    private protected abstract string Kind { get; }

    /// <summary>Fits the layer to what comes in: checks the shape and declares parameters.</summary>
    /// <exception cref="InvalidInputException">The shape does not fit; the message names the layer.</exception>
    internal void Bind(int index, SignalShape input)
    {
        if (Index > 0 || Output != default) throw new InvalidInputException($"layer '{Name}'", "used twice", "a layer in one place of one network");
        Index = index;
        name ??= $"{Kind} {index}";
        Input = input;
        Output = Shape(input);
        const int Most = 1 << 28;
        if ((long)Output.Steps * Output.Height * Output.Width * Output.Channels > Most) throw Misfit("its output", Output, $"at most {Most} numbers a sample");
    }

    /// <summary>The shape of the output; parameters are declared here.</summary>
    internal abstract SignalShape Shape(SignalShape input);

    /// <summary>Draws the parameters.</summary>
    internal virtual void Initialize(RandomStream random)
    {
    }

    /// <summary>Says that parameters have changed: what was derived from them is stale.</summary>
    internal virtual void ParametersChanged()
    {
    }

    /// <summary>What does the layer's work on one thread.</summary>
    internal abstract LayerWorker CreateWorker(WorkerOptions options);

    internal Parameter Declare(string parameter, int count, ParameterKind kind)
    {
        var declared = new Parameter(parameter, count, kind);
        parameters.Add(declared);
        return declared;
    }

    /// <summary>The error about a shape.</summary>
    internal InvalidInputException Misfit(string what, object found, string expected) => new($"layer '{Name}': {what}", found, expected);

    /// <summary>Checks a number that a user gave.</summary>
    internal int Positive(string what, int value) => (int)Require.InRange($"layer '{Name}': {what}", (long)value, 1, 1 << 24);

    /// <summary>Numbers uniform in (-bound, bound).</summary>
    internal static void DrawUniform(RandomStream random, uint part, Span<float> values, double bound)
    {
        var words = new uint[values.Length];
        Philox.Fill(random, 0, part, 0, 0, words);
        float width = (float)(2 * bound), least = (float)-bound;
        for (int i = 0; i < values.Length; i++) values[i] = MathF.FusedMultiplyAdd(Lanes.Scalar.Uniform(in words[i]).Value, width, least);
    }
}
