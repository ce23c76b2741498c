namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>Makes a spiking network of a trained rate network: where a unit had an activation, a neuron fires as often.</summary>
/// <remarks>
/// <para>A rectified unit becomes an integrate-and-fire neuron without leak that loses its threshold when it fires: after T steps of a constant input x it has fired <c>floor(T x / threshold + 1/2)</c> times (the half
/// is spread over the steps as a bias), so its rate tells x up to 1 / (2 T) of the threshold, and exactly in the limit of many steps. The threshold is the greatest activation that calibration samples
/// cause (or a part of them, see <c>percentile</c>), or the ceiling of a clipped or quantized unit; weights are scaled such that all thresholds are 1. Batch normalisation is folded into weights.
/// A unit that was trained with <see cref="Layers.QuantizedRelu"/> of L levels has learned to say no more than L steps can; what is left is that spikes of different signs come unevenly.</para>
/// <para>Input, Dense, Conv2D, BatchNorm, Relu, ClippedRelu, QuantizedRelu, AvgPool, Flatten and Dropout can be converted; the last layer is dense, and its sum over the steps is the answer. The greatest of a
/// window of rates is not that of spikes: use AvgPool.</para>
/// <para>Sources: P. Diehl et al., IJCNN 2015; B. Rueckauer et al., Front. Neurosci. 11:682 (2017); T. Bu et al., ICLR 2022.</para>
/// </remarks>
public static class RateConversion
{
    const int CalibrationBlock = 64;

    /// <summary>Makes the spiking network.</summary>
    /// <param name="trained">The rate network.</param>
    /// <param name="calibration">Samples that thresholds are read off; training samples.</param>
    /// <param name="steps">Time steps of the spiking network, at least 1.</param>
    /// <param name="percentile">Which part of a layer's activations lies below its threshold; in (0.5, 1].</param>
    /// <returns>The spiking network, which can be exported or trained further.</returns>
    /// <exception cref="InvalidInputException">A layer cannot be converted: the message names it; or a number is out of its range.</exception>
    public static Sequential Convert(Sequential trained, ISamples calibration, int steps, double percentile = 0.999)
    {
        Require.InRange("the steps of the spiking network", (long)steps, 1, 1 << 16);
        Require.InRange("the percentile of thresholds", percentile, 0.5, 1);
        if (trained.Layers[^1] is not DenseLayer) throw Cannot(trained.Layers[^1], "is the last one and not dense");
        if (trained.Input.Steps != 1) throw new InvalidInputException("the steps of the network to convert", trained.Input.Steps, "1");
        var thresholds = Thresholds(trained, calibration, percentile);
        var layers = new List<Layer> { Layers.Input(trained.Input.Height, trained.Input.Width, trained.Input.Channels), Layers.RateCode(steps) };
        var fills = new List<Action>();
        double scale = 1;
        for (int i = 1; i < trained.Layers.Count; i++)
        {
            var layer = trained.Layers[i];
            switch (layer)
            {
                case DenseLayer or ConvolutionLayer:
                    var norm = trained.Layers.ElementAtOrDefault(i + 1) as BatchNormLayer;
                    var activation = trained.Layers.Skip(i + 1).SkipWhile(l => l is BatchNormLayer or DropoutLayer).FirstOrDefault() as ActivationLayer;
                    bool last = i == trained.Layers.Count - 1;
                    if (activation is null && !last) throw Cannot(layer, "is not followed by a rectified unit");
                    double threshold = last ? 1 : thresholds[activation!], before = scale;
                    var made = Copy(layer);
                    layers.Add(made);
                    fills.Add(() => Fill(layer, made, norm, before, threshold, last ? 0 : 0.5 / steps));
                    scale = threshold;
                    break;
                case BatchNormLayer when trained.Layers[i - 1] is DenseLayer or ConvolutionLayer:
                    break;
                case ActivationLayer { Function: Activation.Relu or Activation.ClippedRelu or Activation.QuantizedRelu }:
                    layers.Add(Layers.Lif(1, 1, ResetMode.Subtract));
                    break;
                case PoolLayer { Pooling: Pooling.Average } pool:
                    layers.Add(Layers.AvgPool(pool.Size));
                    break;
                case FlattenLayer:
                    layers.Add(Layers.Flatten());
                    break;
                case DropoutLayer:
                    break;
                default:
                    throw Cannot(layer, "has no spiking counterpart");
            }
        }
        layers.Add(Layers.Last(leak: 1, gain: 1.0 / steps));
        var result = new Sequential([.. layers]);
        foreach (var fill in fills) fill();
        result.ParametersChanged();
        return result;
    }

    static Layer Copy(Layer layer) => layer switch
    {
        DenseLayer dense => Layers.Dense(dense.Output.Channels),
        ConvolutionLayer { KernelHeight: var height, KernelWidth: var width } c when height == width => Layers.Conv2D(c.Output.Channels, width, c.Stride, c.Padding),
        _ => throw Cannot(layer, "is a convolution of lines"),
    };

    // Spikes of a neuron of the layer before stand for its threshold each, so weights take that in; what they add up to is told in thresholds of this layer.
    static unsafe void Fill(Layer from, Layer to, BatchNormLayer? norm, double before, double threshold, double start)
    {
        var (weights, bias) = Parts(from);
        var (madeWeights, madeBias) = Parts(to);
        int channels = to.Output.Channels;
        var (factors, shifts) = norm?.Folded() ?? ([.. Enumerable.Repeat(1f, channels)], new float[channels]);
        for (int i = 0; i < weights.Count; i++) madeWeights.Values[i] = (float)(weights.Values[i] * (double)factors[i % channels] * before / threshold);
        for (int c = 0; c < channels; c++) madeBias!.Values[c] = (float)(((((bias?.Values[c] ?? 0) * (double)factors[c]) + shifts[c]) / threshold) + start);
    }

    static (Parameter Weights, Parameter? Bias) Parts(Layer layer) => layer is DenseLayer dense ? (dense.Weights, dense.Bias) : (((ConvolutionLayer)layer).Weights, ((ConvolutionLayer)layer).Bias);

    static unsafe Dictionary<ActivationLayer, double> Thresholds(Sequential trained, ISamples calibration, double percentile)
    {
        var found = trained.Layers.OfType<ActivationLayer>().ToDictionary(l => l, l => l.Function is Activation.ClippedRelu or Activation.QuantizedRelu ? l.Ceiling : 0.0);
        var open = found.Where(f => f.Value == 0).Select(f => f.Key).ToList();
        if (open.Count == 0) return found;
        var seen = open.ToDictionary(l => l, _ => new List<float>());
        var chain = new Chain(trained, new(CalibrationBlock, VectorWidth.Best, false, 0));
        for (int first = 0; first < calibration.Count; first += CalibrationBlock)
        {
            int[] block = [.. Enumerable.Range(first, Math.Min(CalibrationBlock, calibration.Count - first))];
            chain.Run(calibration, block, 0, null, Loss.CrossEntropy(), 1, null);
            foreach (var layer in open)
            {
                var output = chain.OutputOf(layer);
                // The greatest few of a block are enough to tell the percentile of all.
                var values = new ReadOnlySpan<float>(output.Values, (int)output.Count).ToArray();
                Array.Sort(values);
                int kept = Math.Min(values.Length, (int)Math.Ceiling(values.Length * (1 - percentile) * 4) + 1);
                seen[layer].AddRange(values.AsSpan(values.Length - kept));
            }
        }
        foreach (var layer in open)
        {
            var values = seen[layer];
            values.Sort();
            int above = (int)(calibration.Count * (long)layer.Output.Features * (1 - percentile));
            double threshold = values[Math.Max(0, values.Count - 1 - above)];
            found[layer] = threshold > 0 ? threshold : 1;
        }
        return found;
    }

    static InvalidInputException Cannot(Layer layer, string why) => new($"layer '{layer.Name}'", $"one that {why}", "Dense or Conv2D with Relu, ClippedRelu or QuantizedRelu, AvgPool, Flatten, and Dense at the end, to convert it");
}
