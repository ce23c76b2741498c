using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>Makes a <see cref="Network"/> of a trained spiking <see cref="Sequential"/>: the same neurons, the same weights, run by any backend.</summary>
/// <remarks>
/// <para>What can be exported: a <see cref="RateCodeLayer"/> at the input, or <see cref="Layers.Rows"/> with a threshold; then dense layers and convolutions, each followed by neurons (with batch normalisation between, which is folded into the weights; and
/// with greatest-of-windows pools after, which become neurons that fire when one of their window does; a mean of windows becomes part of the weights after it); at the end a readout. Dropout has no meaning
/// after training, flattening none here.</para>
/// <para>A bias is a synapse from a source that fires in every step. Weights are delivered as 16-bit integers of the receptor's scale (see <see cref="CompiledNetwork"/>): this is what can make a
/// spike more or less than in training.</para>
/// </remarks>
public static class NetworkExport
{
    /// <summary>Makes the description.</summary>
    /// <param name="trained">The trained network.</param>
    /// <param name="encoder">The encoder of the input: for a <see cref="RateCodeLayer"/> evenly spaced spikes with a phase of <see cref="RateCodeLayer.Phase"/>, for rows one that fires where its signal
    /// is not zero.</param>
    /// <param name="seed">The seed of the description.</param>
    /// <returns>The description and how to ask it.</returns>
    /// <exception cref="InvalidInputException">A layer cannot be exported: the message names it.</exception>
    public static ExportedNetwork Export(Sequential trained, Encoder encoder, ulong seed = 1) => new Exporter(trained, encoder, seed).Run();

    sealed class Exporter(Sequential trained, Encoder encoder, ulong seed)
    {
        // Below so many steps of the 16-bit scale the largest weight of a projection cannot be told from zero.
        const float LeastPart = 130f / short.MaxValue;

        readonly Network network = new(seed);
        readonly List<string> notes = [];
        Population? input, from;
        SignalShape shape;
        Layer? code;
        Linear? pending;
        PoolLayer? means;
        int latency;

        public ExportedNetwork Run()
        {
            ReadoutLayer? readout = null;
            foreach (var layer in trained.Layers)
            {
                if (readout is not null) throw Cannot(layer, "comes after a readout");
                switch (layer)
                {
                    case InputLayer:
                        shape = layer.Output;
                        break;
                    case FlattenLayer or DropoutLayer:
                        break;
                    case RateCodeLayer when from is null:
                        code = layer;
                        input = from = network.Add("input", shape.Features, encoder);
                        break;
                    case SequenceLayer { ByRows: true, Threshold: not null } when from is null:
                        code = layer;
                        shape = layer.Output with { Steps = 1 };
                        input = from = network.Add("input", shape.Features, encoder);
                        break;
                    case DenseLayer dense:
                        Begin(layer, Linear.Of(dense, shape, means));
                        break;
                    case ConvolutionLayer convolution:
                        Begin(layer, Linear.Of(convolution, means));
                        break;
                    case BatchNormLayer norm:
                        (pending ?? throw Cannot(layer, "comes after no weights")).Fold(norm);
                        break;
                    case LifLayer lif:
                        Neurons(layer, Model(lif), null);
                        break;
                    case SynapticLifLayer lif:
                        Neurons(layer, Model(lif), null);
                        break;
                    case RecurrentLayer { Neurons: { } lif } recurrent:
                        Neurons(layer, Model(lif), recurrent.Weights);
                        break;
                    case PoolLayer pool:
                        Pool(pool);
                        break;
                    case ReadoutLayer last:
                        readout = last;
                        break;
                    default:
                        throw Cannot(layer, "has no spikes");
                }
                // A picture stays one for the layers after a flattening: it is only there that its order matters.
                if (layer is not (FlattenLayer or DropoutLayer or RateCodeLayer or ReadoutLayer)) shape = layer.Output with { Steps = 1 };
            }
            if (code is null) throw new InvalidInputException("the network to export", "without spikes at the input", "one with RateCode(steps) or Rows(threshold)");
            if (readout?.Readout is Readout.Last or Readout.MaxMembrane)
                Neurons(readout, new IntegrateAndFire { Leak = readout.Leak, Threshold = 1e30f }, null);
            if (pending is not null) throw Cannot(trained.Layers[^1], "leaves weights without neurons");
            if (means is not null) throw Cannot(means, "is followed by no weights");
            return new(network, input!, from!, code, latency, readout, notes);
        }

        void Begin(Layer layer, Linear linear)
        {
            if (from is null) throw Cannot(layer, "comes before RateCode(...) or Rows(threshold)");
            if (pending is not null) throw Cannot(layer, "follows other weights without neurons between");
            (pending, means) = (linear, null);
        }

        void Neurons(Layer layer, NeuronModel model, Parameter? recurrent)
        {
            var linear = pending ?? throw Cannot(layer, "comes after no weights");
            pending = null;
            int count = linear.Output.Features;
            var neurons = network.Add(layer.Name, count, model);
            string receptor = model.Receptors[0];
            network.Connect(from!, neurons, linear.Wiring, Weight.Explicit(linear.Weights), receptor: receptor);
            latency++;
            if (linear.Bias is { } bias) Bias(layer, neurons, linear, bias, receptor);
            if (recurrent is not null) network.Connect(neurons, neurons, Wiring.AllToAll, Weight.Explicit(recurrent.Values), receptor: receptor);
            from = neurons;
        }

        void Bias(Layer layer, Population neurons, Linear linear, float[] bias, string receptor)
        {
            float most = bias.Max(MathF.Abs), weights = linear.Weights.Max(MathF.Abs);
            if (most == 0) return;
            if (most < weights * LeastPart)
            {
                notes.Add(FormattableString.Invariant($"The biases of '{layer.Name}' (at most {most:G3}) were left out: beside weights of up to {weights:G3} they cannot be told from zero."));
                return;
            }
            // The first spikes of the input arrive in step 1 at the first layer, in step 2 at the second, ...: so do the biases.
            int steps = code!.Output.Steps, first = latency - 1;
            var source = network.Add($"{layer.Name}: bias", 1, new SpikeSource([.. Enumerable.Range(first, steps).Select(step => (step.ms, 0))]));
            var values = new float[neurons.Count];
            for (int i = 0; i < values.Length; i++) values[ChannelFirst.Place(linear.Output, i)] = bias[i % linear.Output.Channels];
            network.Connect(source, neurons, Wiring.AllToAll, Weight.Explicit(values), receptor: receptor);
        }

        void Pool(PoolLayer pool)
        {
            if (from is null || pending is not null || means is not null) throw Cannot(pool, "follows no spikes");
            if (pool.Pooling == Pooling.Average)
            {
                means = pool;
                return;
            }
            var (before, after) = (pool.Input with { Steps = 1 }, pool.Output with { Steps = 1 });
            var edges = new List<(int, int)>();
            for (int target = 0; target < after.Features; target++)
            {
                int channel = target % after.Channels, column = target / after.Channels % after.Width, row = target / after.Channels / after.Width;
                for (int i = 0; i < pool.Rows; i++)
                {
                    for (int j = 0; j < pool.Size; j++)
                    {
                        int source = (((((row * pool.Rows) + i) * before.Width) + (column * pool.Size) + j) * before.Channels) + channel;
                        edges.Add((ChannelFirst.Place(before, source), ChannelFirst.Place(after, target)));
                    }
                }
            }
            var neurons = network.Add(pool.Name, after.Features, new IntegrateAndFire { Leak = 0, Threshold = 1, Reset = ResetMode.ToZero });
            network.Connect(from, neurons, Wiring.Edges(edges), 1);
            latency++;
            from = neurons;
        }

        static IntegrateAndFire Model(LifLayer lif) => new() { Leak = lif.Leak, Threshold = lif.Threshold, Reset = lif.Reset };

        // With this capacitance a current of 1 pA at the beginning of a step changes V by 1 mV in it.
        static NeuronModel Model(SynapticLifLayer lif)
        {
            Time step = 1.ms, membrane = new(lif.MembraneSteps * 1e-3), synapse = new(lif.SynapseSteps * 1e-3);
            var capacitance = new Capacitance(Lif.Propagator(step, membrane, synapse, 1.pF));
            return lif.IsAdaptive
                ? new AdaptiveLif
                {
                    TauMembrane = membrane,
                    TauSynapse = synapse,
                    TauInhibitory = synapse,
                    Capacitance = capacitance,
                    Rest = 0.mV,
                    Reset = 0.mV,
                    Threshold = ((double)lif.Threshold).mV,
                    Refractory = 0.ms,
                    TauThreshold = new(lif.AdaptationSteps * 1e-3),
                    Increment = ((double)lif.Increment).mV,
                }
                : new Lif { TauMembrane = membrane, TauSynapse = synapse, Capacitance = capacitance, Rest = 0.mV, Reset = 0.mV, Threshold = ((double)lif.Threshold).mV, Refractory = 0.ms };
        }

        static InvalidInputException Cannot(Layer layer, string why) => new($"layer '{layer.Name}'", $"one that {why}", "a network of RateCode or Rows with a threshold, Dense or Conv2D, neurons, MaxPool or AvgPool and a readout, to export it");
    }

    /// <summary>Weights between two layers of neurons.</summary>
    sealed class Linear
    {
        // For each weight the channel that it leads to.
        readonly Func<int, int> channel;

        Linear(Wiring wiring, float[] weights, float[]? bias, SignalShape output, Func<int, int> channel)
        {
            (Wiring, Weights, Output, this.channel) = (wiring, weights, output, channel);
            Bias = bias;
        }

        public Wiring Wiring { get; }

        public float[] Weights { get; }

        /// <summary>A bias a channel.</summary>
        public float[]? Bias { get; private set; }

        public SignalShape Output { get; }

        /// <summary>Weights of every neuron to every unit.</summary>
        /// <param name="dense">The layer.</param>
        /// <param name="picture">What comes in.</param>
        /// <param name="means">What the picture are the means of; null where it is spikes itself.</param>
        public static Linear Of(DenseLayer dense, SignalShape picture, PoolLayer? means)
        {
            int units = dense.Output.Channels;
            var from = means is null ? picture : means.Input with { Steps = 1 };
            var weights = new float[from.Features * units];
            for (int i = 0; i < from.Features; i++)
            {
                // What fills no window has no part in any mean.
                if (Window(from, i, means) is not { } window) continue;
                var to = weights.AsSpan(ChannelFirst.Place(from, i) * units, units);
                dense.Weights.Values.Slice(window * units, units).CopyTo(to);
                Scale(to, means);
            }
            return new(Wiring.AllToAll, weights, dense.Bias?.Values.ToArray(), dense.Output with { Steps = 1 }, i => i % units);
        }

        /// <summary>Weights of a convolution. After a mean of k x k windows it is one of the windows' parts: each weight k x k times, strides and padding k times as large.</summary>
        public static Linear Of(ConvolutionLayer layer, PoolLayer? means)
        {
            int times = means?.Size ?? 1, size = layer.KernelWidth * times;
            var (before, filters) = (means?.Input ?? layer.Input, layer.Output.Channels);
            if (layer.KernelHeight != layer.KernelWidth || (means is not null && means.Rows != times))
                throw new InvalidInputException($"layer '{layer.Name}'", "a convolution of lines", "one of pictures, to export it");
            if (layer.Padding > 0 && (before.Height % times != 0 || before.Width % times != 0))
                throw new InvalidInputException($"layer '{layer.Name}'", $"padded, after windows of {times} x {times} that leave a part of {before.Height} x {before.Width} out", "padding 0 or windows that fill the picture, to export it");
            int channels = before.Channels, each = channels * size * size;
            var weights = new float[filters * each];
            for (int i = 0; i < weights.Length; i++)
            {
                int column = i % size, row = i / size % size, source = i / size / size % channels, filter = i / each;
                int place = (row / times * layer.KernelWidth) + (column / times);
                weights[i] = layer.Weights.Values[(((place * channels) + source) * filters) + filter];
            }
            Scale(weights, means);
            return new(
                Wiring.Convolution(before.Height, before.Width, channels, filters, size, layer.Stride * times, layer.Padding * times), weights, layer.Bias?.Values.ToArray(), layer.Output with { Steps = 1 }, i => i / each);
        }

        /// <summary>Takes in a normalisation: y = scale (x - mean) / sqrt(variance + e) + offset.</summary>
        public void Fold(BatchNormLayer norm)
        {
            var (factors, shifts) = norm.Folded();
            for (int i = 0; i < Weights.Length; i++) Weights[i] *= factors[channel(i)];
            Bias ??= new float[factors.Length];
            for (int c = 0; c < factors.Length; c++) Bias[c] = MathF.FusedMultiplyAdd(Bias[c], factors[c], shifts[c]);
        }

        static void Scale(Span<float> weights, PoolLayer? means)
        {
            if (means is null) return;
            float part = 1f / (means.Rows * means.Size);
            foreach (ref float weight in weights) weight *= part;
        }

        // The place in the picture of means that a neuron's spikes go to; null where it fills no window.
        static int? Window(SignalShape from, int neuron, PoolLayer? means)
        {
            if (means is null) return neuron;
            int source = neuron % from.Channels, column = neuron / from.Channels % from.Width / means.Size, row = neuron / from.Channels / from.Width / means.Rows;
            var to = means.Output;
            return row < to.Height && column < to.Width ? (((row * to.Width) + column) * to.Channels) + source : null;
        }
    }
}
