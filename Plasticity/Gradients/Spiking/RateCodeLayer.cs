using System.Numerics;
using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>Turns each number in [0, 1] into evenly spaced spikes whose rate follows it: an accumulator that begins at a half and fires where it reaches one. What comes in below 0 or above 1 is taken for
/// the nearer of these.</summary>
/// <remarks>The very spikes of the simulator's deterministic rate encoder with a phase of 0.5: the increments lie on the same grid of 2^-23. It passes no gradient on: it is for the input.
/// Source: the rate code of B. Rueckauer et al., Front. Neurosci. 11:682 (2017).</remarks>
public sealed unsafe class RateCodeLayer : Layer
{
    /// <summary>What the accumulators begin with.</summary>
    public const float Phase = 0.5f;

    readonly int steps;

    internal RateCodeLayer(int steps) => this.steps = Positive("the steps", steps);

    private protected override string Kind => "rate code";

    internal override SignalShape Shape(SignalShape input)
    {
        if (input.Steps != 1) throw Misfit("the steps of its input", input.Steps, "1");
        return input with { Steps = steps };
    }

    internal override LayerWorker CreateWorker(WorkerOptions options) => new Worker(this, options);

    sealed class Worker(RateCodeLayer layer, WorkerOptions options) : LayerWorker(layer, options)
    {
        readonly Numbers sums = new((long)options.Samples * layer.Input.Features);
        readonly Numbers increments = new((long)options.Samples * layer.Input.Features);

        public override void Forward(Signal input, in Pass pass)
        {
            int features = layer.Input.Features;
            Elementwise.Run(VectorBits, new Begin { From = input.Values, Sums = sums.Pointer, Increments = increments.Pointer }, (nint)pass.Samples * features);
            VectorWidth.Run(VectorBits, new Steps
            {
                Events = Output.WriteEvents(pass.Samples),
                Sums = sums.Pointer,
                Increments = increments.Pointer,
                StepCount = layer.steps,
                Samples = pass.Samples,
                Features = features,
            });
        }

        public override void Backward(Signal input, in Gradients gradients, in Pass pass)
        {
            if (gradients.Input != null) new Span<float>(gradients.Input, (int)input.Count).Clear();
        }
    }

    struct Begin : IElementwise
    {
        public float* From, Sums, Increments;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void At<T>(nint place)
            where T : unmanaged, ILane<T>
        {
            // Between 1 and 2 the numbers of single precision are the multiples of 2^-23: adding 1 is what rounds to the grid.
            T x = T.Min(T.Max(T.Load(in From[place]), 0f), 1f);
            T.Store((x + 1f) - 1f, ref Increments[place]);
            T.Store(Phase, ref Sums[place]);
        }
    }

    struct Steps : ILaneWork
    {
        public SpikeEvents Events;
        public float* Sums, Increments;
        public int StepCount, Samples, Features;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<T>()
            where T : unmanaged, ILane<T>
        {
            for (int step = 0; step < StepCount; step++)
            {
                float* sum = Sums, increment = Increments;
                for (int sample = 0; sample < Samples; sample++, sum += Features, increment += Features)
                {
                    int count = Events.Count, place = 0;
                    int[] to = Events.Room(Features);
                    for (; place + T.Width <= Features; place += T.Width)
                    {
                        for (uint bits = Step<T>(sum + place, increment + place); bits != 0; bits &= bits - 1) to[count++] = place + BitOperations.TrailingZeroCount(bits);
                    }
                    for (; place < Features; place++)
                    {
                        if (Step<Scalar>(sum + place, increment + place) != 0) to[count++] = place;
                    }
                    Events.EndRow(count);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static uint Step<T>(float* sum, float* increment)
            where T : unmanaged, ILane<T>
        {
            T s = T.Load(in *sum) + T.Load(in *increment);
            T spike = s >= 1f;
            T.Store(s - T.Select(spike, 1f, 0f), ref *sum);
            return T.MaskBits(spike);
        }
    }
}
