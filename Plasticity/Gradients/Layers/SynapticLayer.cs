using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;
using Lepton.Neuro.Random;

namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>Units that sum over synapses each of which answers to its own mixture of the inputs: <c>out = sum_i w_i sigmoid(sum_j x_j t_ij)</c> with <c>t = t0 + a dt</c>. Both w and t are plastic: w is how
/// strong a synapse is, dt what it has become since it was made (t0), and a how readily.</summary>
/// <remarks>Parameters: <c>strengths</c> w [unit, synapse], drawn uniformly with the variance <c>1 / synapses</c>; <c>changes</c> dt [input, unit, synapse], zero at first; and, fixed, <c>origins</c> t0, likewise,
/// drawn uniformly with the variance <c>Gain^2 / inputs</c>.</remarks>
public sealed unsafe class SynapticLayer : Layer
{
    readonly int units, synapses;
    readonly double gain;
    readonly FactorCache factors = new();
    readonly Lock gate = new();
    Parameter strengths = null!, changes = null!, origins = null!;
    Numbers? mixtures;
    volatile bool mixturesAreGood;

    internal SynapticLayer(int units, int synapses, double readiness, double gain)
    {
        this.units = Positive("units", units);
        this.synapses = Positive("synapses", synapses);
        Readiness = (float)Require.InRange("layer 'synaptic': the readiness", readiness, 1e-6, 1e6);
        this.gain = Require.InRange("layer 'synaptic': the gain", gain, 0, 1e6);
    }

    /// <summary>How readily synapses change what they answer to: a.</summary>
    public float Readiness { get; }

    /// <summary>Synapses of a unit.</summary>
    public int Synapses => synapses;

    /// <summary>How strong each synapse is: w, [unit, synapse].</summary>
    public Parameter Strengths => strengths;

    /// <summary>What each has become: dt, [input, unit, synapse].</summary>
    public Parameter Changes => changes;

    /// <summary>What each was at first: t0, [input, unit, synapse].</summary>
    public Parameter Origins => origins;

    private protected override string Kind => "synaptic";

    int Width => units * synapses;

    internal override SignalShape Shape(SignalShape input)
    {
        if (!input.IsVector) throw Misfit("its input", input, "a vector (put a Flatten before it)");
        long count = (long)input.Channels * units * synapses;
        if (count > 1 << 28) throw Misfit("its synapses' inputs", count, $"at most {1 << 28}");
        strengths = Declare("strengths", Width, ParameterKind.Weight);
        changes = Declare("changes", (int)count, ParameterKind.Weight);
        origins = Declare("origins", (int)count, ParameterKind.Constant);
        return input with { Channels = units };
    }

    internal override void Initialize(RandomStream random)
    {
        DrawUniform(random, 0, strengths.Values, Math.Sqrt(3.0 / synapses));
        DrawUniform(random, 1, origins.Values, gain * Math.Sqrt(3.0 / Input.Channels));
    }

    internal override void ParametersChanged()
    {
        mixturesAreGood = false;
        factors.Forget();
    }

    internal override LayerWorker CreateWorker(WorkerOptions options) => new Worker(this, options);

    /// <summary>t = t0 + a dt, made when it is first needed after a change: once for all threads.</summary>
    float* Mixtures(int vectorBits)
    {
        if (mixturesAreGood) return mixtures!.Pointer;
        lock (gate)
        {
            if (mixturesAreGood) return mixtures!.Pointer;
            mixtures ??= new(changes.Count);
            Elementwise.Run(vectorBits, new Mix { Origins = origins.Pointer, Changes = changes.Pointer, Readiness = Readiness, To = mixtures.Pointer }, changes.Count);
            mixturesAreGood = true;
            return mixtures.Pointer;
        }
    }

    sealed class Worker(SynapticLayer layer, WorkerOptions options) : LayerWorker(layer, options)
    {
        readonly MatrixFactor rightOfMixtures = new(options.VectorBits);
        readonly Numbers answers = new((long)layer.Input.Steps * options.Samples * layer.Width);
        readonly Numbers errors = new(options.Training ? (long)layer.Input.Steps * options.Samples * layer.Width : 0);
        readonly int inputs = layer.Input.Channels, units = layer.units, synapses = layer.synapses, width = layer.Width;

        public override void Forward(Signal input, in Pass pass)
        {
            float* to = Output.Write(pass.Samples), h = answers.Pointer, w = layer.strengths.Pointer;
            int rows = input.Rows;
            MatrixProduct.Multiply(input.Values, rows, inputs, 1, layer.factors.Plain(VectorBits, layer.Mixtures(VectorBits), inputs, width), h, width, add: false);
            ActivationMath.Apply(VectorBits, Activation.Sigmoid, 1, h, h, (nint)rows * width);
            for (int row = 0; row < rows; row++)
            {
                for (int unit = 0; unit < units; unit++, to++)
                {
                    float sum = 0;
                    for (int i = unit * synapses; i < (unit + 1) * synapses; i++) sum = MathF.FusedMultiplyAdd(w[i], h[i], sum);
                    *to = sum;
                }
                h += width;
            }
        }

        public override void Backward(Signal input, in Gradients gradients, in Pass pass)
        {
            float* dy = gradients.Output, h = answers.Pointer, w = layer.strengths.Pointer, e = errors.Pointer;
            float* dw = layer.Frozen ? null : gradients.Of(layer.strengths);
            int rows = input.Rows;
            if (dw != null) new Span<float>(dw, width).Clear();
            for (int row = 0; row < rows; row++, dy += units, h += width, e += width)
            {
                for (int i = 0; i < width; i++)
                {
                    float g = dy[i / synapses];
                    if (dw != null) dw[i] = MathF.FusedMultiplyAdd(g, h[i], dw[i]);
                    e[i] = g * w[i] * h[i] * (1 - h[i]);
                }
            }
            if (!layer.Frozen)
            {
                float* dt = gradients.Of(layer.changes);
                rightOfMixtures.Set(errors.Pointer, rows, width);
                MatrixProduct.Multiply(input.Values, inputs, 1, inputs, rightOfMixtures, dt, width, add: false);
                for (nint i = 0; i < layer.changes.Count; i++) dt[i] *= layer.Readiness;
            }
            if (gradients.Input != null)
                MatrixProduct.Multiply(errors.Pointer, rows, width, 1, layer.factors.Transposed(VectorBits, layer.Mixtures(VectorBits), inputs, width), gradients.Input, inputs, add: false);
        }
    }

    struct Mix : IElementwise
    {
        public float* Origins, Changes, To;
        public float Readiness;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void At<T>(nint place)
            where T : unmanaged, ILane<T> => T.Store(T.FusedMultiplyAdd(T.Load(in Changes[place]), Readiness, T.Load(in Origins[place])), ref To[place]);
    }
}
