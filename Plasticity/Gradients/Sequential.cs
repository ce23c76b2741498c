using System.Globalization;
using System.Text;
using Lepton.Neuro.Random;

namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>Layers one after the other, with their parameters. It can be trained by a <see cref="Trainer"/>, asked by <see cref="Trainer.Evaluate"/>, and, where its layers
/// spike, exported to a <see cref="Network"/>.</summary>
public sealed class Sequential
{
    // Parameters begin at whole vectors of the widest kind.
    const int Alignment = 16;

    readonly Numbers store;

    /// <summary>A network, its parameters drawn with the seed 0.</summary>
    /// <param name="layers">The layers: an input first.</param>
    /// <exception cref="InvalidInputException">There is no input layer at the beginning or one further on, a layer is used twice, or a shape does not fit: the message names the layer.</exception>
    public Sequential(params Layer[] layers)
    {
        if (layers.Length < 2) throw new InvalidInputException("the layers of a network", layers.Length, "an input and at least one more");
        if (layers[0] is not InputLayer) throw new InvalidInputException("the first layer", $"'{layers[0].Name}'", "Input(...)");
        var shape = default(SignalShape);
        for (int i = 0; i < layers.Length; i++)
        {
            if (i > 0 && layers[i] is InputLayer) throw new InvalidInputException($"layer {i}", "another input", "one input, at the beginning");
            layers[i].Bind(i, shape);
            shape = layers[i].Output;
        }
        if (layers.GroupBy(l => l.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new InvalidInputException("the name of a layer", $"'{twice.Key}' for the second time", "a name that is not taken");
        Layers = layers;
        long count = 0;
        foreach (var parameter in Parameters) count += (parameter.Count + Alignment - 1) / Alignment * Alignment;
        store = new(count);
        int offset = 0;
        foreach (var parameter in Parameters)
        {
            parameter.Place(store, offset);
            offset += (parameter.Count + Alignment - 1) / Alignment * Alignment;
        }
        Initialize(0);
    }

    /// <summary>The layers.</summary>
    public IReadOnlyList<Layer> Layers { get; }

    /// <summary>What comes in.</summary>
    public SignalShape Input => Layers[0].Output;

    /// <summary>What goes out.</summary>
    public SignalShape Output => Layers[^1].Output;

    /// <summary>All parameters, layer by layer.</summary>
    public IEnumerable<Parameter> Parameters => Layers.SelectMany(l => l.Parameters);

    /// <summary>How many numbers are learned.</summary>
    public long ParameterCount => Parameters.Where(p => p.Kind is ParameterKind.Weight or ParameterKind.Offset).Sum(p => (long)p.Count);

    /// <summary>All parameters side by side, each at its <see cref="Parameter.Offset"/>.</summary>
    internal Numbers Store => store;

    /// <summary>The layers that do something.</summary>
    internal IEnumerable<Layer> Working => Layers.Where(l => l is not FlattenLayer);

    /// <summary>Draws all parameters.</summary>
    /// <param name="seed">The seed.</param>
    public void Initialize(ulong seed)
    {
        store.Span.Clear();
        foreach (var layer in Layers)
        {
            layer.Initialize(new(seed, RandomPurpose.Weights, (1 << 16) + layer.Index));
            layer.ParametersChanged();
        }
    }

    /// <summary>Copies all parameters.</summary>
    /// <returns>The numbers, parameter by parameter.</returns>
    public float[] GetParameters() => store.Span.ToArray();

    /// <summary>Sets all parameters.</summary>
    /// <param name="values">As <see cref="GetParameters"/> gave them.</param>
    /// <exception cref="InvalidInputException">Their number is another one.</exception>
    public void SetParameters(ReadOnlySpan<float> values)
    {
        if (values.Length != store.Count) throw new InvalidInputException("the number of parameters", values.Length, $"{store.Count}, as many as the network has");
        values.CopyTo(store.Span);
        ParametersChanged();
    }

    /// <summary>To be called when numbers of a <see cref="Parameter"/> were changed by hand: what layers derived from them is stale.</summary>
    public void ParametersChanged()
    {
        foreach (var layer in Layers) layer.ParametersChanged();
    }

    /// <summary>The layers, one a line: name, shape, parameters.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var layer in Layers)
            text.Append(CultureInfo.InvariantCulture, $"{layer.Name}: {layer.Output}, {layer.Parameters.Sum(p => p.Count)} parameters\n");
        return text.ToString();
    }
}
