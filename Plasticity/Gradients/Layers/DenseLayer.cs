using Lepton.Neuro.Random;

namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>A fully connected layer: <c>y = x W + b</c> in every step. Where x are few spikes, the rows of W that they pick are added instead: the same bits, at the cost of the spikes.</summary>
/// <remarks>Parameters: <c>weights</c> [input, unit], drawn uniformly with the variance <c>Gain^2 / inputs</c>; <c>bias</c> [unit], zero at first.
/// Source of the default gain, the root of two: K. He et al., "Delving deep into rectifiers", ICCV 2015.</remarks>
public sealed unsafe class DenseLayer : Layer
{
    readonly int units;
    readonly bool hasBias;
    readonly double gain;
    readonly FactorCache factors;
    Parameter weights = null!;
    Parameter? bias;

    internal DenseLayer(int units, bool bias, double gain)
    {
        this.units = Positive("units", units);
        this.gain = Require.InRange("layer 'dense': the gain", gain, 0, 1e6);
        hasBias = bias;
        factors = new();
    }

    /// <summary>The weights, [input, unit].</summary>
    public Parameter Weights => weights;

    /// <summary>The biases; null where there are none.</summary>
    public Parameter? Bias => bias;

    private protected override string Kind => "dense";

    internal override SignalShape Shape(SignalShape input)
    {
        if (!input.IsVector) throw Misfit("its input", input, "a vector (put a Flatten before it)");
        long count = (long)input.Channels * units;
        if (count > 1 << 28) throw Misfit("its weights", count, $"at most {1 << 28}");
        weights = Declare("weights", (int)count, ParameterKind.Weight);
        if (hasBias) bias = Declare("bias", units, ParameterKind.Offset);
        return input with { Channels = units };
    }

    internal override void Initialize(RandomStream random) => DrawUniform(random, 0, weights.Values, gain * Math.Sqrt(3.0 / Input.Channels));

    internal override void ParametersChanged() => factors.Forget();

    internal override LayerWorker CreateWorker(WorkerOptions options) => new Worker(this, options);

    sealed class Worker(DenseLayer layer, WorkerOptions options) : LayerWorker(layer, options)
    {
        readonly MatrixFactor rightOfWeights = new(options.VectorBits);
        readonly int inputs = layer.Input.Channels, units = layer.units;

        public override void Forward(Signal input, in Pass pass)
        {
            float* to = Output.Write(pass.Samples);
            int rows = input.Rows;
            Biases.Fill(layer.bias, to, rows, units);
            if (input.Events is { } events)
                RowSums.Add(VectorBits, events.Starts, rows, events.Columns, layer.weights.Pointer, units, to, add: true);
            else
                MatrixProduct.Multiply(input.Values, rows, inputs, 1, layer.factors.Plain(VectorBits, layer.weights.Pointer, inputs, units), to, units, add: true);
        }

        public override void Backward(Signal input, in Gradients gradients, in Pass pass)
        {
            int rows = input.Rows;
            if (!layer.Frozen)
            {
                if (layer.bias is { } bias) Biases.Gradient(VectorBits, gradients.Output, rows, units, gradients.Of(bias));
                if (input.Events is { } events)
                {
                    events.Transpose(inputs);
                    RowSums.Add(VectorBits, events.ColumnStarts, inputs, events.RowsByColumn, gradients.Output, units, gradients.Of(layer.weights), add: false);
                }
                else
                {
                    rightOfWeights.Set(gradients.Output, rows, units);
                    MatrixProduct.Multiply(input.Values, inputs, 1, inputs, rightOfWeights, gradients.Of(layer.weights), units, add: false);
                }
            }
            if (gradients.Input != null)
                MatrixProduct.Multiply(gradients.Output, rows, units, 1, layer.factors.Transposed(VectorBits, layer.weights.Pointer, inputs, units), gradients.Input, inputs, add: false);
        }
    }
}
