using Lepton.Neuro.Plasticity.Gradients;

namespace Lepton.Neuro.Plasticity.ModelFiles;

/// <summary>Layers as ids and numbers with names. Ids never change their meaning.</summary>
static class LayerParts
{
    /// <summary>What a layer is.</summary>
    /// <param name="layer">The layer.</param>
    /// <returns>Its id, and what it was made with.</returns>
    public static (string Id, Dictionary<string, double> Numbers) Describe(Layer layer) => layer switch
    {
        InputLayer => ("input", new() { ["steps"] = layer.Output.Steps, ["height"] = layer.Output.Height, ["width"] = layer.Output.Width, ["channels"] = layer.Output.Channels }),
        DenseLayer l => ("dense", new() { ["units"] = l.Output.Channels, ["bias"] = l.Bias is null ? 0 : 1 }),
        ConvolutionLayer l => ("convolution", new()
        {
            ["filters"] = l.Output.Channels,
            ["kernel-height"] = l.KernelHeight,
            ["kernel-width"] = l.KernelWidth,
            ["stride"] = l.Stride,
            ["padding"] = l.Padding,
            ["bias"] = l.Bias is null ? 0 : 1,
            ["lines"] = l.IsOfLines ? 1 : 0,
        }),
        PoolLayer l => (l.Pooling == Pooling.Max ? "max-pool" : "average-pool", new() { ["size"] = l.Size }),
        FlattenLayer => ("flatten", []),
        DropoutLayer l => ("dropout", new() { ["probability"] = l.Probability }),
        BatchNormLayer => ("batch-norm", []),
        ActivationLayer l => ("activation", new() { ["function"] = (int)l.Function, ["ceiling"] = l.Ceiling, ["levels"] = l.Levels }),
        SynapticLayer l => ("synaptic", new() { ["units"] = l.Output.Channels, ["synapses"] = l.Synapses, ["readiness"] = l.Readiness }),
        RateCodeLayer => ("rate-code", new() { ["steps"] = layer.Output.Steps }),
        SequenceLayer { ByRows: true } l => ("rows", Optional("threshold", l.Threshold)),
        SequenceLayer => ("repeat", new() { ["steps"] = layer.Output.Steps }),
        LifLayer l => ("lif", Neurons(l)),
        SynapticLifLayer l => ("synaptic-lif", new(Gradient(l.Gradient))
        {
            ["membrane-steps"] = l.MembraneSteps,
            ["synapse-steps"] = l.SynapseSteps,
            ["threshold"] = l.Threshold,
            ["increment"] = l.Increment,
            ["adaptation-steps"] = l.AdaptationSteps,
        }),
        RecurrentLayer { Neurons: { } lif } => ("recurrent-lif", Neurons(lif)),
        RecurrentLayer l => ("recurrent", new() { ["function"] = (int)l.Activation }),
        ReadoutLayer l => ("readout", new() { ["what"] = (int)l.Readout, ["gain"] = l.Gain, ["leak"] = l.Leak }),
        _ => throw new InvalidInputException("a layer that is saved", layer.Name, "one with an id"),
    };

    /// <summary>Makes a layer.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="name">Its name.</param>
    /// <param name="numbers">What it is made with.</param>
    /// <exception cref="InvalidInputException">There is no such layer, or a number is missing or out of its range.</exception>
    public static Layer Create(string id, string name, IReadOnlyDictionary<string, double> numbers)
    {
        return id switch
        {
            "input" => new InputLayer(new(Whole("steps", 1), Whole("height", 1), Whole("width", 1), Whole("channels", 1))) { Name = name },
            "dense" => new DenseLayer(Whole("units", 1), Flag("bias"), 1) { Name = name },
            "convolution" => new ConvolutionLayer(
                Whole("filters", 1), Whole("kernel-height", 1), Whole("kernel-width", 1), Whole("stride", 1), Whole("padding", 0), Flag("bias"), 1, Flag("lines"))
            { Name = name },
            "max-pool" => new PoolLayer(Pooling.Max, Whole("size", 1)) { Name = name },
            "average-pool" => new PoolLayer(Pooling.Average, Whole("size", 1)) { Name = name },
            "flatten" => new FlattenLayer { Name = name },
            "dropout" => new DropoutLayer(Number("probability")) { Name = name },
            "batch-norm" => new BatchNormLayer { Name = name },
            "activation" => new ActivationLayer(Choice<Activation>("function"), Number("ceiling"), Whole("levels", 1)) { Name = name },
            "synaptic" => new SynapticLayer(Whole("units", 1), Whole("synapses", 1), Number("readiness"), 1) { Name = name },
            "rate-code" => new RateCodeLayer(Whole("steps", 1)) { Name = name },
            "rows" => new SequenceLayer(0, numbers.TryGetValue("threshold", out double threshold) ? threshold : null) { Name = name },
            "repeat" => new SequenceLayer((int)Require.InRange("steps", (long)Whole("steps", 1), 1, 1 << 16), null) { Name = name },
            "lif" => Neurons(name),
            "synaptic-lif" => new SynapticLifLayer(Number("membrane-steps"), Number("synapse-steps"), Number("threshold"), Number("increment"), Number("adaptation-steps"), Gradient()) { Name = name },
            "recurrent-lif" => new RecurrentLayer(Neurons(name), Activation.Relu, 1) { Name = name },
            "recurrent" => new RecurrentLayer(null, Choice<Activation>("function"), 1) { Name = name },
            "readout" => new ReadoutLayer(Choice<Readout>("what"), Number("gain"), Number("leak")) { Name = name },
            _ => throw new InvalidInputException("the kind of a layer", $"'{id}'", "one that this program knows"),
        };

        double Number(string what) =>
            numbers.TryGetValue(what, out double value) && double.IsFinite(value) ? value : throw new InvalidInputException($"'{what}'", numbers.ContainsKey(what) ? "not finite" : "missing", "a finite number");

        int Whole(string what, int least)
        {
            double value = Number(what);
            return value >= least && value <= int.MaxValue && value == Math.Floor(value) ? (int)value : throw new InvalidInputException($"'{what}'", value, $"a whole number of at least {least}");
        }

        bool Flag(string what) => Require.InRange($"'{what}'", (long)Whole(what, 0), 0, 1) == 1;

        TChoice Choice<TChoice>(string what)
            where TChoice : struct, Enum
        {
            var value = (TChoice)Enum.ToObject(typeof(TChoice), Whole(what, 0));
            return Enum.IsDefined(value) ? value : throw new InvalidInputException($"'{what}'", numbers[what], "a choice that this program knows");
        }

        LifLayer Neurons(string called) => new(Number("leak"), Number("threshold"), Choice<ResetMode>("reset"), Gradient()) { Name = called };

        SpikingGradient Gradient() => new()
        {
            Surrogate = new(Choice<SurrogateKind>("surrogate"), (float)Require.InRange("'slope'", Number("slope"), 0.01, 1000)),
            ThroughReset = Flag("through-reset"),
            Truncation = Whole("truncation", 0),
        };
    }

    static Dictionary<string, double> Neurons(LifLayer l) => new(Gradient(l.Gradient)) { ["leak"] = l.Leak, ["threshold"] = l.Threshold, ["reset"] = (int)l.Reset };

    static Dictionary<string, double> Gradient(SpikingGradient gradient) => new()
    {
        ["surrogate"] = (int)gradient.Surrogate.Kind,
        ["slope"] = gradient.Surrogate.Slope,
        ["through-reset"] = gradient.ThroughReset ? 1 : 0,
        ["truncation"] = gradient.Truncation,
    };

    static Dictionary<string, double> Optional(string name, float? value) => value is { } given ? new() { [name] = given } : [];
}
