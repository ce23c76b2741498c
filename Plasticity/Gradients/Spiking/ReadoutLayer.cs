using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>How what happened in the steps becomes one number a unit.</summary>
public enum Readout
{
    /// <summary>The mean over the steps: of spikes, the rate.</summary>
    Rate,

    /// <summary>The greatest potential of a leaky integrator that does not fire.</summary>
    MaxMembrane,

    /// <summary>The last potential of a leaky integrator that does not fire; without a leak, the sum.</summary>
    Last,

    /// <summary>How early the first spike came: 1 for the first step, 1 / steps for the last, 0 for none.</summary>
    FirstSpike,
}

/// <summary>Makes one number a unit of what happened in the steps, times a gain.</summary>
public sealed unsafe class ReadoutLayer : Layer
{
    internal ReadoutLayer(Readout readout, double gain, double leak)
    {
        Readout = readout;
        Gain = (float)Require.InRange("layer 'readout': the gain", gain, 1e-6, 1e6);
        Leak = (float)Require.InRange("layer 'readout': the leak", leak, 0, 1);
    }

    /// <summary>How.</summary>
    public Readout Readout { get; }

    /// <summary>What the number is multiplied by.</summary>
    public float Gain { get; }

    /// <summary>What is left of the integrator's potential after a step.</summary>
    public float Leak { get; }

    private protected override string Kind => "readout";

    internal override SignalShape Shape(SignalShape input) => input with { Steps = 1 };

    internal override LayerWorker CreateWorker(WorkerOptions options) => new Worker(this, options);

    sealed class Worker(ReadoutLayer layer, WorkerOptions options) : LayerWorker(layer, options)
    {
        public override void Forward(Signal input, in Pass pass)
        {
            nint stride = (nint)pass.Samples * layer.Input.Features;
            Elementwise.Run(VectorBits, new Forth { Layer = layer, Stride = stride, From = input.Values, To = Output.Write(pass.Samples) }, stride);
        }

        public override void Backward(Signal input, in Gradients gradients, in Pass pass)
        {
            nint stride = (nint)pass.Samples * layer.Input.Features;
            if (gradients.Input != null)
                Elementwise.Run(VectorBits, new Back { Layer = layer, Stride = stride, From = input.Values, Dy = gradients.Output, Dx = gradients.Input }, stride);
        }
    }

    struct Forth : IElementwise
    {
        public ReadoutLayer Layer;
        public nint Stride;
        public float* From, To;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void At<T>(nint place)
            where T : unmanaged, ILane<T>
        {
            int steps = Layer.Input.Steps;
            T result = 0f, v = 0f;
            switch (Layer.Readout)
            {
                case Readout.Rate:
                    for (int t = 0; t < steps; t++) result += T.Load(in From[(t * Stride) + place]);
                    result *= 1f / steps;
                    break;
                case Readout.FirstSpike:
                    // Back from the end: where it fires at t, that is the first spike as far as the steps from t on know.
                    for (int t = steps - 1; t >= 0; t--)
                        result = T.FusedMultiplyAdd(T.Load(in From[(t * Stride) + place]), ((steps - t) / (float)steps) - result, result);
                    break;
                default:
                    result = Layer.Readout == Readout.MaxMembrane ? float.MinValue : 0f;
                    for (int t = 0; t < steps; t++)
                    {
                        v = T.FusedMultiplyAdd(v, Layer.Leak, T.Load(in From[(t * Stride) + place]));
                        result = Layer.Readout == Readout.MaxMembrane ? T.Max(v, result) : v;
                    }
                    break;
            }
            T.Store(result * Layer.Gain, ref To[place]);
        }
    }

    struct Back : IElementwise
    {
        public ReadoutLayer Layer;
        public nint Stride;
        public float* From, Dy, Dx;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void At<T>(nint place)
            where T : unmanaged, ILane<T>
        {
            int steps = Layer.Input.Steps;
            T g = T.Load(in Dy[place]) * Layer.Gain;
            switch (Layer.Readout)
            {
                case Readout.Rate:
                    for (int t = 0; t < steps; t++) T.Store(g * (1f / steps), ref Dx[(t * Stride) + place]);
                    break;
                case Readout.FirstSpike:
                    FirstSpike(place, g, steps);
                    break;
                case Readout.Last:
                    for (int t = steps - 1; t >= 0; t--, g *= Layer.Leak) T.Store(g, ref Dx[(t * Stride) + place]);
                    break;
                default:
                    MaxMembrane(place, g, steps);
                    break;
            }
        }

        // The answer is r[0] with r[t] = s[t] w[t] + (1 - s[t]) r[t + 1]: what is later counts as far as nothing came before.
        readonly void FirstSpike<T>(nint place, T g, int steps)
            where T : unmanaged, ILane<T>
        {
            T later = 0f;
            for (int t = steps - 1; t >= 0; t--)
            {
                T.Store(later, ref Dx[(t * Stride) + place]);
                later = T.FusedMultiplyAdd(T.Load(in From[(t * Stride) + place]), ((steps - t) / (float)steps) - later, later);
            }
            T unspent = g;
            for (int t = 0; t < steps; t++)
            {
                nint at = (t * Stride) + place;
                T.Store(unspent * (((steps - t) / (float)steps) - T.Load(in Dx[at])), ref Dx[at]);
                unspent *= 1f - T.Load(in From[at]);
            }
        }

        readonly void MaxMembrane<T>(nint place, T g, int steps)
            where T : unmanaged, ILane<T>
        {
            T v = 0f, most = float.MinValue, when = 0f, carry = 0f;
            for (int t = 0; t < steps; t++)
            {
                v = T.FusedMultiplyAdd(v, Layer.Leak, T.Load(in From[(t * Stride) + place]));
                T higher = v > most;
                most = T.Select(higher, v, most);
                when = T.Select(higher, t, when);
            }
            for (int t = steps - 1; t >= 0; t--)
            {
                carry = T.FusedMultiplyAdd(carry, Layer.Leak, T.Select(when == (float)t, g, 0f));
                T.Store(carry, ref Dx[(t * Stride) + place]);
            }
        }
    }
}
