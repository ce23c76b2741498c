namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>What becomes of a parameter in training.</summary>
public enum ParameterKind
{
    /// <summary>Learned, and drawn towards zero where decay is asked for.</summary>
    Weight,

    /// <summary>Learned, never decayed: biases, scales, offsets.</summary>
    Offset,

    /// <summary>Not learned by gradients but averaged over what is seen: the statistics of <see cref="BatchNormLayer"/>.</summary>
    Statistic,

    /// <summary>Drawn once and never changed.</summary>
    Constant,
}

/// <summary>Some numbers that a layer learns: a piece of the network's store of parameters.</summary>
public sealed unsafe class Parameter
{
    Numbers? store;

    internal Parameter(string name, int count, ParameterKind kind)
    {
        Name = name;
        Count = count;
        Kind = kind;
    }

    /// <summary>Its name within the layer: weights, bias, ...</summary>
    public string Name { get; }

    /// <summary>How many numbers.</summary>
    public int Count { get; }

    /// <summary>What becomes of it in training.</summary>
    public ParameterKind Kind { get; }

    /// <summary>Where it begins in the network's store.</summary>
    public int Offset { get; private set; }

    /// <summary>The numbers, in the order that the layer documents.</summary>
    public Span<float> Values => store!.Span.Slice(Offset, Count);

    internal float* Pointer => store!.Pointer + Offset;

    internal void Place(Numbers where, int offset) => (store, Offset) = (where, offset);
}
