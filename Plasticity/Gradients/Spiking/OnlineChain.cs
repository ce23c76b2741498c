namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>Makes gradients of a spiking network while time goes on: in each step, from three factors that are known then.</summary>
/// <remarks>
/// <para>The change of a synapse is the sum over steps of <c>z[t] psi[t] L[t]</c>: a trace of what came in, <c>z &lt;- leak z + x</c> with the target's leak; the surrogate of the target's potential; and what the loss
/// of the step tells the target through the layers above as they are in that step. Nothing of earlier steps is kept but traces and potentials.</para>
/// <para>The loss is the mean over the steps of that of the readout's potential in each. For the readout's weights its gradient is exact. For a layer right below it is exact (the reset taken as given) where the
/// readout forgets at once (leak 0): there it is e-prop's. What is left out is how a spike acts on later steps: by way of a readout that remembers, of layers above, and of recurrent synapses.</para>
/// <para>Sources: M. Xiao et al., "Online training through time for spiking neural networks", NeurIPS 2022; G. Bellec et al., Nat. Commun. 11:3625 (2020).</para>
/// </remarks>
sealed unsafe class OnlineChain : IChain
{
    readonly Sequential network;
    readonly int vectorBits, steps;
    readonly Layer code;
    readonly OnlineStage[] stages;
    readonly Numbers pictures, spikes, sums, outputs, errors;
    readonly int[] answers;

    public OnlineChain(Sequential network, WorkerOptions options)
    {
        (this.network, vectorBits) = (network, options.VectorBits);
        var layers = network.Working.Where(l => l is not InputLayer).ToList();
        code = layers[0] is RateCodeLayer or SequenceLayer ? layers[0] : throw Cannot(layers[0], "is the first one and gives no steps");
        if (layers.Count < 3 || layers.Count % 2 == 0) throw Cannot(layers[^1], "has no partner");
        stages = new OnlineStage[layers.Count / 2];
        for (int i = 0; i < stages.Length; i++)
        {
            Layer weights = layers[1 + (2 * i)], units = layers[2 + (2 * i)];
            if (weights is not DenseLayer dense) throw Cannot(weights, "stands where weights are wanted");
            bool last = i == stages.Length - 1;
            if (last ? units is not ReadoutLayer { Readout: Readout.Last } : (units as LifLayer ?? (units as RecurrentLayer)?.Neurons) is not { Reset: ResetMode.Subtract, Gradient.ThroughReset: false })
                throw Cannot(units, last ? "ends it" : "stands where neurons are wanted");
            stages[i] = new(dense, units, options);
        }
        steps = code.Output.Steps;
        pictures = new((long)options.Samples * network.Input.Features);
        sums = new(pictures.Count);
        spikes = new((long)options.Samples * code.Output.Features);
        outputs = new((long)options.Samples * network.Output.Features);
        errors = new(outputs.Count);
        answers = new int[options.Samples];
    }

    /// <inheritdoc/>
    public string FirstBadLayer => Array.Find(stages, s => !s.IsFinite)?.Dense.Name ?? "the loss";

    /// <inheritdoc/>
    public ReadOnlySpan<int> Answers => answers;

    /// <inheritdoc/>
    public float* Outputs => outputs.Pointer;

    /// <inheritdoc/>
    public (double Loss, int Right) Run(
        ISamples samples, ReadOnlySpan<int> block, ulong firstPresentation, IAugmentation? augmentation, Loss loss, float scale, float* parameterGradients)
    {
        int count = block.Length, features = network.Input.Features, classes = network.Output.Features;
        var labels = new int[count];
        for (int i = 0; i < count; i++)
        {
            labels[i] = samples.Label(block[i]);
            var to = pictures.Span.Slice(i * features, features);
            samples.Read(block[i], to);
            augmentation?.Apply(to, network.Input, firstPresentation + (ulong)i);
        }
        bool learns = parameterGradients != null;
        sums.Span.Fill(RateCodeLayer.Phase);
        if (learns) new Span<float>(parameterGradients, network.Store.Count).Clear();
        foreach (var stage in stages) stage.Begin(count, learns);
        double total = 0;
        for (int t = 0; t < steps; t++)
        {
            Encode(t, count);
            float* from = spikes.Pointer;
            foreach (var stage in stages) from = stage.Forward(from, count);
            // Who is only asked answers at the end.
            if (!learns && t < steps - 1) continue;
            float gain = ((ReadoutLayer)network.Layers[^1]).Gain;
            for (int i = 0; i < count * classes; i++) outputs.Pointer[i] = from[i] * gain;
            if (!learns)
            {
                total = steps * loss.Apply(outputs.Pointer, network.Output, labels, 1, null, answers);
                break;
            }
            total += loss.Apply(outputs.Pointer, network.Output, labels, scale * gain / steps, errors.Pointer, answers);
            if (!double.IsFinite(total)) return (total, 0);
            float* error = errors.Pointer;
            for (int i = stages.Length - 1; i >= 0; i--) error = stages[i].Backward(error, count, parameterGradients, wanted: i > 0);
        }
        int right = 0;
        for (int i = 0; i < count; i++) right += answers[i] == labels[i] ? 1 : 0;
        return (total / steps, right);
    }

    void Encode(int step, int count)
    {
        int width = code.Output.Features;
        for (int sample = 0; sample < count; sample++)
        {
            nint place = (nint)sample * network.Input.Features;
            float* from = pictures.Pointer + place, sum = sums.Pointer + place, to = spikes.Pointer + ((nint)sample * width);
            if (code is SequenceLayer sequence)
            {
                if (sequence.ByRows) from += step * width;
                for (int i = 0; i < width; i++) to[i] = sequence.Threshold is { } threshold ? (from[i] >= threshold ? 1 : 0) : from[i];
                continue;
            }
            for (int i = 0; i < width; i++)
            {
                // On the grid of RateCodeLayer.
                sum[i] += Math.Clamp(from[i], 0, 1) + 1f - 1f;
                to[i] = sum[i] >= 1 ? 1 : 0;
                sum[i] -= to[i];
            }
        }
    }

    static InvalidInputException Cannot(Layer layer, string why) =>
        new($"layer '{layer.Name}'", $"one that {why}", "RateCode, Rows or Repeat, then Dense with Lif or RecurrentLif that lose their threshold at a spike, and Dense with Last, to train it online");
}
