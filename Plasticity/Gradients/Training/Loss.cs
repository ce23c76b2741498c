using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>How wrong an answer is: what training makes smaller.</summary>
public abstract record Loss
{
    private protected Loss()
    {
    }

    /// <summary>The negative logarithm of the right class's softmax. For outputs of one step.</summary>
    /// <param name="smoothing">How much of the target is spread over all classes, 0 to 0.5.</param>
    public static Loss CrossEntropy(double smoothing = 0) => new CrossEntropyLoss((float)Require.InRange("the label smoothing", smoothing, 0, 0.5), false, default);

    /// <summary>The cross-entropy, each sample's multiplied by the weight of its class: for classes of which some are rare. For outputs of one step.</summary>
    /// <param name="weights">A weight a class, 0 or more: one over the class's part of the samples, say.</param>
    public static Loss WeightedCrossEntropy(params IReadOnlyList<double> weights) =>
        new CrossEntropyLoss(0, false, new([.. weights.Index().Select(w => (float)Require.InRange(System.FormattableString.Invariant($"the weight of class {w.Index}"), w.Item, 0, 1e6))]));

    /// <summary>Half the squared distance from 1 for the right class and 0 for the others. For outputs of one step.</summary>
    public static Loss MeanSquaredError { get; } = new SquaredLoss(1, 0);

    /// <summary>Half the squared distance of each neuron's rate from a target rate. For spikes in steps.</summary>
    /// <param name="right">The rate of the right class's neuron, in spikes a step.</param>
    /// <param name="wrong">The rate of the others.</param>
    public static Loss SpikeCount(double right = 0.8, double wrong = 0.05) =>
        new SquaredLoss((float)Require.InRange("the rate of the right class", right, 0, 1), (float)Require.InRange("the rate of the wrong classes", wrong, 0, 1)) { OfSteps = true };

    /// <summary>The cross-entropy of how early each neuron fires first. For a network that ends with <see cref="Layers.FirstSpike"/>.</summary>
    public static Loss FirstSpike { get; } = new CrossEntropyLoss(0, true, default);

    /// <summary>Checks that the network's output is of the kind that is wanted.</summary>
    internal abstract void Check(Sequential network, int classes);

    /// <summary>The loss of some samples.</summary>
    /// <param name="output">The network's output, [step, sample, class].</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="labels">The class of each sample.</param>
    /// <param name="scale">What the gradients are multiplied by: one over the samples of the batch.</param>
    /// <param name="gradient">The gradients by the output; null where none are wanted.</param>
    /// <param name="answers">What the network took each sample for.</param>
    /// <returns>The sum over samples.</returns>
    internal abstract unsafe double Apply(float* output, SignalShape shape, ReadOnlySpan<int> labels, float scale, float* gradient, Span<int> answers);

    static void CheckClasses(Sequential network, int classes)
    {
        var shape = network.Output;
        if (!shape.IsVector || shape.Channels != classes)
            throw new InvalidInputException($"layer '{network.Layers[^1].Name}': its output", shape, $"a vector of {classes}, one for each class");
    }

    static unsafe int Greatest(float* values, int count)
    {
        int best = 0;
        for (int i = 1; i < count; i++)
        {
            if (values[i] > values[best]) best = i;
        }
        return best;
    }

    /// <summary>Weights of classes, equal and written out by what they are: options that differ in them are others.</summary>
    readonly struct ClassWeights(float[] values) : IEquatable<ClassWeights>
    {
        readonly float[]? values = values;

        public int? Count => values?.Length;

        public float Of(int label) => values is null ? 1 : values[label];

        public bool Equals(ClassWeights other) => values.AsSpan().SequenceEqual(other.values);

        public override bool Equals(object? obj) => obj is ClassWeights other && Equals(other);

        public override int GetHashCode() => values is { Length: > 0 } ? HashCode.Combine(values.Length, values[0]) : 0;

        public override string ToString() => string.Join(", ", (values ?? []).Select(v => v.ToString("R", System.Globalization.CultureInfo.InvariantCulture)));
    }

    sealed record CrossEntropyLoss(float Smoothing, bool OfFirstSpikes, ClassWeights Weights) : Loss
    {
        internal override void Check(Sequential network, int classes)
        {
            CheckClasses(network, classes);
            if (Weights.Count is { } count && count != classes) throw new InvalidInputException("the weights of classes", count, $"{classes}, one a class");
            if (network.Output.Steps != 1) throw new InvalidInputException($"layer '{network.Layers[^1].Name}': its output", network.Output, "one step (end with a readout: Rate, MaxMembrane, Last or FirstSpike)");
            if (OfFirstSpikes && network.Layers[^1] is not ReadoutLayer { Readout: Readout.FirstSpike })
                throw new InvalidInputException("the last layer", $"'{network.Layers[^1].Name}'", "FirstSpike(), which this loss is made for");
        }

        internal override unsafe double Apply(float* output, SignalShape shape, ReadOnlySpan<int> labels, float scale, float* gradient, Span<int> answers)
        {
            int classes = shape.Channels;
            double sum = 0;
            float rest = Smoothing / classes;
            for (int sample = 0; sample < labels.Length; sample++, output += classes)
            {
                answers[sample] = Greatest(output, classes);
                float most = output[answers[sample]], total = 0, mean = 0;
                for (int c = 0; c < classes; c++)
                {
                    total += Scalar.Exp(output[c] - most).Value;
                    mean += output[c];
                }
                // - sum target (y - most - log total)
                float logTotal = Scalar.Log(total).Value;
                float weight = Weights.Of(labels[sample]);
                sum += weight * (logTotal - ((1 - Smoothing) * (output[labels[sample]] - most)) - (rest * (mean - (classes * most))));
                if (gradient == null) continue;
                for (int c = 0; c < classes; c++)
                {
                    float target = (c == labels[sample] ? 1 - Smoothing : 0) + rest;
                    *gradient++ = weight * scale * ((Scalar.Exp(output[c] - most).Value / total) - target);
                }
            }
            return sum;
        }
    }

    sealed record SquaredLoss(float Right, float Wrong) : Loss
    {
        public bool OfSteps { get; init; }

        internal override void Check(Sequential network, int classes)
        {
            CheckClasses(network, classes);
            if (OfSteps && network.Output.Steps < 2) throw new InvalidInputException($"layer '{network.Layers[^1].Name}': its output", network.Output, "spikes in steps (leave the readout out)");
            if (!OfSteps && network.Output.Steps != 1) throw new InvalidInputException($"layer '{network.Layers[^1].Name}': its output", network.Output, "one step (end with a readout: Rate, MaxMembrane, Last or FirstSpike)");
        }

        internal override unsafe double Apply(float* output, SignalShape shape, ReadOnlySpan<int> labels, float scale, float* gradient, Span<int> answers)
        {
            int classes = shape.Channels;
            nint stride = (nint)labels.Length * classes;
            float* means = stackalloc float[classes];
            double sum = 0;
            for (int sample = 0; sample < labels.Length; sample++)
            {
                for (int c = 0; c < classes; c++)
                {
                    nint at = ((nint)sample * classes) + c;
                    float total = 0;
                    for (int t = 0; t < shape.Steps; t++) total += output[(t * stride) + at];
                    means[c] = total / shape.Steps;
                    float error = means[c] - (c == labels[sample] ? Right : Wrong);
                    sum += 0.5 * error * error;
                    for (int t = 0; gradient != null && t < shape.Steps; t++) gradient[(t * stride) + at] = scale * error / shape.Steps;
                }
                answers[sample] = Greatest(means, classes);
            }
            return sum;
        }
    }
}
