using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>Leaky integrate-and-fire neurons with a synaptic current, and where it is asked for a threshold that rises with each spike: <see cref="Lif"/> and <see cref="AdaptiveLif"/>,
/// to be trained.</summary>
/// <remarks>
/// <para><c>v &lt;- keepV v + i</c>; the neuron fires where v reaches <c>threshold + theta</c>, and v becomes zero; <c>i &lt;- keepI i + x</c>; <c>theta &lt;- keepTheta theta + increment s</c>.
/// What comes in changes i in that step and v in the next, as in those models.</para>
/// <para>keep = exp(-1 / tau), tau in steps. The reset is to zero.</para>
/// </remarks>
public sealed unsafe class SynapticLifLayer : Layer
{
    internal SynapticLifLayer(double membraneSteps, double synapseSteps, double threshold, double increment, double adaptationSteps, SpikingGradient gradient)
    {
        IsAdaptive = increment > 0;
        MembraneSteps = Require.InRange($"layer '{Kind}': the membrane's time constant in steps", membraneSteps, 0.01, 1e6);
        SynapseSteps = Require.InRange($"layer '{Kind}': the synapse's time constant in steps", synapseSteps, 0.01, 1e6);
        Threshold = (float)Require.InRange($"layer '{Kind}': the threshold", threshold, 1e-6, 1e6);
        Increment = (float)Require.InRange($"layer '{Kind}': the threshold's increment", increment, 0, 1e6);
        AdaptationSteps = Require.InRange($"layer '{Kind}': the threshold's time constant in steps", adaptationSteps, 0.01, 1e6);
        Gradient = gradient.Checked($"layer '{Kind}'");
    }

    /// <summary>Whether the threshold rises with each spike.</summary>
    public bool IsAdaptive { get; }

    /// <summary>The time constant of the membrane, in steps.</summary>
    public double MembraneSteps { get; }

    /// <summary>The time constant of the synaptic current, in steps.</summary>
    public double SynapseSteps { get; }

    /// <summary>The potential at which a neuron fires that has not fired lately.</summary>
    public float Threshold { get; }

    /// <summary>What a spike adds to the threshold.</summary>
    public float Increment { get; }

    /// <summary>The time constant of the threshold's decay, in steps.</summary>
    public double AdaptationSteps { get; }

    /// <summary>How gradients go back.</summary>
    public SpikingGradient Gradient { get; }

    private protected override string Kind => IsAdaptive ? "adaptive lif" : "synaptic lif";

    internal override SignalShape Shape(SignalShape input) => input;

    internal override LayerWorker CreateWorker(WorkerOptions options) => new Worker(this, options);

    // As the simulator rounds it.
    static float Keep(double steps) => (float)1.ms.Decay(new Time(steps * 1e-3));

    sealed class Worker(SynapticLifLayer layer, WorkerOptions options) : LayerWorker(layer, options)
    {
        readonly Numbers potentials = new((long)layer.Input.Steps * options.Samples * layer.Input.Features);
        readonly Numbers thresholds = new((long)layer.Input.Steps * options.Samples * layer.Input.Features);

        public override void Forward(Signal input, in Pass pass)
        {
            var work = Work(pass) with { Input = input.Values, Spikes = Output.Write(pass.Samples, isSpikes: !layer.Gradient.Smooth) };
            if (layer.Gradient.Smooth) work.ForwardSmooth(layer.Gradient.Surrogate);
            else Elementwise.Run(VectorBits, new Forth { Of = work }, work.Stride);
        }

        public override void Backward(Signal input, in Gradients gradients, in Pass pass)
        {
            if (gradients.Input == null) return;
            var work = Work(pass) with { Spikes = Output.Values, SpikeGradients = gradients.Output, InputGradients = gradients.Input };
            Elementwise.Run(VectorBits, new Back { Of = work, Gradient = layer.Gradient }, work.Stride);
        }

        Neurons Work(in Pass pass) => new()
        {
            Steps = layer.Input.Steps,
            Stride = (nint)pass.Samples * layer.Input.Features,
            KeepV = Keep(layer.MembraneSteps),
            KeepI = Keep(layer.SynapseSteps),
            KeepTheta = Keep(layer.AdaptationSteps),
            Threshold = layer.Threshold,
            Increment = layer.Increment,
            Potentials = potentials.Pointer,
            Thresholds = thresholds.Pointer,
        };
    }

    struct Neurons
    {
        public int Steps;
        public nint Stride;
        public float KeepV, KeepI, KeepTheta, Threshold, Increment;
        public float* Input, Potentials, Thresholds, Spikes, SpikeGradients, InputGradients;

        public readonly void ForwardSmooth(Surrogate surrogate)
        {
            for (nint place = 0; place < Stride; place++)
            {
                float v = 0, i = 0, theta = 0;
                nint at = place;
                for (int t = 0; t < Steps; t++, at += Stride)
                {
                    v = MathF.FusedMultiplyAdd(v, KeepV, i);
                    (Potentials[at], Thresholds[at]) = (v, Threshold + theta);
                    float s = (float)surrogate.Primitive(v - (double)(Threshold + theta));
                    Spikes[at] = s;
                    i = MathF.FusedMultiplyAdd(i, KeepI, Input[at]);
                    v *= 1 - s;
                    theta = MathF.FusedMultiplyAdd(theta, KeepTheta, Increment * s);
                }
            }
        }
    }

    struct Forth : IElementwise
    {
        public Neurons Of;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void At<T>(nint place)
            where T : unmanaged, ILane<T>
        {
            T v = 0f, i = 0f, theta = 0f;
            nint at = place;
            for (int t = 0; t < Of.Steps; t++, at += Of.Stride)
            {
                v = T.FusedMultiplyAdd(v, Of.KeepV, i);
                T threshold = theta + Of.Threshold;
                T.Store(v, ref Of.Potentials[at]);
                T.Store(threshold, ref Of.Thresholds[at]);
                T spike = v >= threshold;
                T.Store(T.Select(spike, 1f, 0f), ref Of.Spikes[at]);
                i = T.FusedMultiplyAdd(i, Of.KeepI, T.Load(in Of.Input[at]));
                v = T.Select(spike, 0f, v);
                theta = T.FusedMultiplyAdd(theta, Of.KeepTheta, T.Select(spike, Of.Increment, 0f));
            }
        }
    }

    struct Back : IElementwise
    {
        public Neurons Of;
        public SpikingGradient Gradient;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void At<T>(nint place)
            where T : unmanaged, ILane<T>
        {
            // The loss by the potential after the reset, by the current and by the threshold's rise, all at the end of the step.
            T dv = 0f, di = 0f, dTheta = 0f;
            nint at = ((Of.Steps - 1) * Of.Stride) + place;
            for (int t = Of.Steps - 1; t >= 0; t--, at -= Of.Stride)
            {
                T v = T.Load(in Of.Potentials[at]), s = T.Load(in Of.Spikes[at]);
                T ds = T.FusedMultiplyAdd(dTheta, Of.Increment, T.Load(in Of.SpikeGradients[at]));
                if (Gradient.ThroughReset) ds = T.FusedMultiplyAdd(-dv, v, ds);
                T du = ds * Surrogate.At<T>(Gradient.Surrogate.Kind, v - T.Load(in Of.Thresholds[at]), Gradient.Surrogate.Slope);
                T before = T.FusedMultiplyAdd(dv, 1f - s, du);
                T.Store(di, ref Of.InputGradients[at]);
                bool stops = Gradient.StopsBefore(t);
                dTheta = stops ? 0f : T.FusedMultiplyAdd(dTheta, Of.KeepTheta, -du);
                di = stops ? 0f : T.FusedMultiplyAdd(di, Of.KeepI, before);
                dv = stops ? 0f : before * Of.KeepV;
            }
        }
    }
}
