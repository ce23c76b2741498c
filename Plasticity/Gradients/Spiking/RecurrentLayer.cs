using Lepton.Neuro.Random;

namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>Units that also hear themselves, one step late: leaky integrate-and-fire neurons, or units of an activation. What comes in is added to <c>y[t - 1] U</c>.</summary>
/// <remarks>Parameter: <c>recurrent</c> [from, to], drawn uniformly with the variance <c>Gain^2 / units</c>. Put a <see cref="DenseLayer"/> before it for the input's weights.</remarks>
public sealed unsafe class RecurrentLayer : Layer
{
    readonly double gain;
    readonly FactorCache factors = new();
    Parameter weights = null!;

    internal RecurrentLayer(LifLayer? neurons, Activation activation, double gain)
    {
        (Neurons, Activation) = (neurons, activation);
        this.gain = Require.InRange($"layer '{Kind}': the gain", gain, 0, 1e6);
    }

    /// <summary>The neurons; null where the units are those of <see cref="Activation"/>.</summary>
    public LifLayer? Neurons { get; }

    /// <summary>What the units do, where they are no neurons.</summary>
    public Activation Activation { get; }

    /// <summary>The recurrent weights, [from, to].</summary>
    public Parameter Weights => weights;

    private protected override string Kind => Neurons is null ? "recurrent" : "recurrent lif";

    internal override SignalShape Shape(SignalShape input)
    {
        if (!input.IsVector) throw Misfit("its input", input, "a vector (put a Flatten before it)");
        if (input.Steps < 2) throw Misfit("the steps of its input", input.Steps, "at least 2");
        Require.InRange($"layer '{Name}': its units", (long)input.Channels, 1, 1 << 14);
        weights = Declare("recurrent", input.Channels * input.Channels, ParameterKind.Weight);
        return input;
    }

    internal override void Initialize(RandomStream random) => DrawUniform(random, 0, weights.Values, gain * Math.Sqrt(3.0 / Input.Channels));

    internal override void ParametersChanged() => factors.Forget();

    internal override LayerWorker CreateWorker(WorkerOptions options) => new Worker(this, options);

    sealed class Worker : LayerWorker
    {
        readonly RecurrentLayer layer;
        readonly MatrixFactor rightOfWeights;
        readonly Numbers currents, potentials, state;
        readonly int units;

        public Worker(RecurrentLayer layer, WorkerOptions options)
            : base(layer, options)
        {
            this.layer = layer;
            units = layer.Input.Channels;
            rightOfWeights = new(options.VectorBits);
            (currents, potentials) = (Buffer(layer.Input), Buffer(layer.Input));
            state = new((long)options.Samples * units);
        }

        public override void Forward(Signal input, in Pass pass)
        {
            nint stride = (nint)pass.Samples * units;
            float* x = currents.Pointer, y = Output.Write(pass.Samples, isSpikes: layer.Neurons is { Gradient.Smooth: false });
            new ReadOnlySpan<float>(input.Values, (int)input.Count).CopyTo(new(x, (int)input.Count));
            state.Span.Clear();
            var right = layer.factors.Plain(VectorBits, layer.weights.Pointer, units, units);
            var neurons = Math(stride, y);
            for (int t = 0; t < layer.Input.Steps; t++)
            {
                if (t > 0) MatrixProduct.Multiply(y + ((t - 1) * stride), pass.Samples, units, 1, right, x + (t * stride), units, add: true);
                if (layer.Neurons is null) ActivationMath.Apply(VectorBits, layer.Activation, 1, x + (t * stride), y + (t * stride), stride);
                else neurons.Forward(VectorBits, t, t + 1, state.Pointer);
            }
        }

        public override void Backward(Signal input, in Gradients gradients, in Pass pass)
        {
            nint stride = (nint)pass.Samples * units;
            int steps = layer.Input.Steps;
            // The gradients by the currents take the currents' place.
            float* dx = currents.Pointer, dy = gradients.Output, y = Output.Values;
            var right = layer.factors.Transposed(VectorBits, layer.weights.Pointer, units, units);
            var neurons = Math(stride, y) with { SpikeGradients = dx, InputGradients = dx };
            state.Span.Clear();
            for (int t = steps - 1; t >= 0; t--)
            {
                float* here = dx + (t * stride);
                new ReadOnlySpan<float>(dy + (t * stride), (int)stride).CopyTo(new(here, (int)stride));
                bool heard = t + 1 < steps && !(layer.Neurons?.Gradient.StopsBefore(t + 1) ?? false);
                if (heard) MatrixProduct.Multiply(here + stride, pass.Samples, units, 1, right, here, units, add: true);
                if (layer.Neurons is null) ActivationMath.Gradient(VectorBits, layer.Activation, 1, y + (t * stride), here, here, stride);
                else neurons.Backward(VectorBits, t, t + 1, state.Pointer);
            }
            if (!layer.Frozen)
            {
                // Step t heard step t - 1: all steps but the last against all but the first.
                int rows = (steps - 1) * pass.Samples;
                rightOfWeights.Set(dx + stride, rows, units);
                MatrixProduct.Multiply(y, units, 1, units, rightOfWeights, gradients.Of(layer.weights), units, add: false);
            }
            if (gradients.Input != null) new ReadOnlySpan<float>(dx, (int)input.Count).CopyTo(new(gradients.Input, (int)input.Count));
        }

        LifMath Math(nint stride, float* spikes) => layer.Neurons is not { } n ? default : new(n.Leak, n.Threshold, n.Reset, n.Gradient)
        {
            Stride = stride,
            Input = currents.Pointer,
            Potentials = potentials.Pointer,
            Spikes = spikes,
        };
    }
}
