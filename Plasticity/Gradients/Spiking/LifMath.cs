using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>Leaky integrate-and-fire neurons through time: the state of a bundle stays in registers from step to step.</summary>
unsafe struct LifMath(float leak, float threshold, ResetMode reset, SpikingGradient gradient)
{
    readonly float leak = leak, threshold = threshold, kept = reset == ResetMode.Subtract ? 1 : 0;
    readonly SpikingGradient gradient = gradient;
    readonly SurrogateKind kind = gradient.Surrogate.Kind;
    readonly float slope = gradient.Surrogate.Slope;
    readonly bool throughReset = gradient.ThroughReset;
    int begin, end;
    float* state;

    /// <summary>Numbers of a step.</summary>
    public nint Stride { get; init; }

    /// <summary>What comes in, [step, neuron].</summary>
    public float* Input { get; init; }

    /// <summary>Potentials before the reset, [step, neuron]; null where nobody will ask.</summary>
    public float* Potentials { get; init; }

    /// <summary>Spikes, [step, neuron].</summary>
    public float* Spikes { get; init; }

    /// <summary>The loss by the spikes, [step, neuron].</summary>
    public float* SpikeGradients { get; init; }

    /// <summary>The loss by what came in, [step, neuron]; may be where the spikes' is.</summary>
    public float* InputGradients { get; init; }

    /// <summary>Runs steps.</summary>
    /// <param name="vectorBits">The width of vectors.</param>
    /// <param name="first">The first step.</param>
    /// <param name="last">The step after the last one.</param>
    /// <param name="potentials">The potentials before and after, [neuron]; null for zero before.</param>
    public void Forward(int vectorBits, int first, int last, float* potentials)
    {
        (begin, end) = (first, last);
        state = potentials;
        if (gradient.Smooth) ForwardSmooth();
        else Elementwise.Run(vectorBits, new Forth(this), Stride);
    }

    /// <summary>Goes back through steps, from the last to the first.</summary>
    /// <param name="vectorBits">The width of vectors.</param>
    /// <param name="first">The first step.</param>
    /// <param name="last">The step after the last one.</param>
    /// <param name="carries">The loss by the potential after the last step, and then by that before the first, [neuron]; null for zero and nobody.</param>
    public void Backward(int vectorBits, int first, int last, float* carries)
    {
        (begin, end) = (first, last);
        state = carries;
        Elementwise.Run(vectorBits, new Back(this), Stride);
    }

    readonly void ForwardSmooth()
    {
        for (nint i = 0; i < Stride; i++)
        {
            float v = state == null ? 0 : state[i];
            for (int t = begin; t < end; t++)
            {
                nint at = (t * Stride) + i;
                v = MathF.FusedMultiplyAdd(v, leak, Input[at]);
                Potentials[at] = v;
                float s = (float)gradient.Surrogate.Primitive(v - (double)threshold);
                Spikes[at] = s;
                v = kept == 1 ? v - (threshold * s) : v * (1 - s);
            }
            if (state != null) state[i] = v;
        }
    }

    readonly struct Forth(LifMath of) : IElementwise
    {
        readonly LifMath of = of;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<T>(nint place)
            where T : unmanaged, ILane<T>
        {
            T leak = of.leak, threshold = of.threshold, kept = of.kept;
            T v = of.state == null ? 0f : T.Load(in of.state[place]);
            nint at = (of.begin * of.Stride) + place;
            for (int t = of.begin; t < of.end; t++, at += of.Stride)
            {
                v = T.FusedMultiplyAdd(v, leak, T.Load(in of.Input[at]));
                if (of.Potentials != null) T.Store(v, ref of.Potentials[at]);
                T spike = v >= threshold;
                T.Store(T.Select(spike, 1f, 0f), ref of.Spikes[at]);
                v = T.Select(spike, (v - threshold) * kept, v);
            }
            if (of.state != null) T.Store(v, ref of.state[place]);
        }
    }

    readonly struct Back(LifMath of) : IElementwise
    {
        readonly LifMath of = of;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<T>(nint place)
            where T : unmanaged, ILane<T>
        {
            T leak = of.leak, threshold = of.threshold, slope = of.slope;
            T carry = of.state == null ? 0f : T.Load(in of.state[place]);
            nint at = ((of.end - 1) * of.Stride) + place;
            for (int t = of.end - 1; t >= of.begin; t--, at -= of.Stride)
            {
                T v = T.Load(in of.Potentials[at]);
                T bump = Surrogate.At(of.kind, v - threshold, slope);
                // After the reset the potential is v - threshold s, or v (1 - s).
                T kept = of.kept == 1f ? carry : carry * (1f - T.Load(in of.Spikes[at]));
                T g = T.FusedMultiplyAdd(T.Load(in of.SpikeGradients[at]), bump, kept);
                if (of.throughReset) g = T.FusedMultiplyAdd(-(carry * bump), of.kept == 1f ? threshold : v, g);
                T.Store(g, ref of.InputGradients[at]);
                carry = of.gradient.StopsBefore(t) ? 0f : g * leak;
            }
            if (of.state != null) T.Store(carry, ref of.state[place]);
        }
    }
}
