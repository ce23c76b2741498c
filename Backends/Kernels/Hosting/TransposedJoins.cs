using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Backends.Kernels;

/// <summary>A projection that uses another one's weights the other way round.</summary>
sealed class TransposedJoins<TMemory> : Joins<TMemory>
    where TMemory : struct, IDeviceMemory<TMemory>
{
    readonly float gain;
    readonly Func<int, float[]> originalWeights;
    readonly Func<Device<TMemory>, Launch> prepare;
    Launch deliver = null!;

    /// <param name="plan">The projection.</param>
    /// <param name="layout">The layout.</param>
    /// <param name="original">The other projection, where it is plastic.</param>
    /// <param name="originalWeights">An image's weights of the other one, as they are.</param>
    public TransposedJoins(CompiledProjection plan, Layout<TMemory> layout, Joins<TMemory>? original, Func<int, float[]> originalWeights)
        : base(plan, layout, default)
    {
        this.originalWeights = originalWeights;
        gain = plan.Transposed!.Gain;
        var memory = layout.Memory;
        var (weights, stride, imageStride, positions) = original?.Lanes() ?? (memory.Values(Array.ConvertAll(originalWeights(0), w => new Scalar(w))), 1, 0, []);
        var originals = new int[Count];
        // The other one joins this one's targets to this one's sources, all to all.
        for (int at = 0; at < Count; at++)
        {
            int slot = (Targets[at] * plan.Connectivity.Sources) + Sources[at];
            originals[at] = original is null ? slot : positions[slot];
        }
        prepare = memory.Kernel("transposed delivery", new DeliverTransposed<TMemory>
        {
            Arrivals = Arrivals(),
            Into = Into(),
            Targets = memory.Values(Targets),
            Originals = memory.Values(originals),
            Weights = weights,
            Stride = stride,
            ImageStride = imageStride,
            Gain = gain,
        });
    }

    public override void Prepare(Device<TMemory> device)
    {
        base.Prepare(device);
        deliver = prepare(device);
    }

    public override void Deliver(StepRange now) => deliver(Threads, now);

    public override float[] Weights(int image)
    {
        var original = originalWeights(image);
        int rows = Plan.Connectivity.Sources, columns = Plan.Connectivity.Targets;
        var turned = new float[original.Length];
        for (int source = 0; source < rows; source++)
        {
            for (int target = 0; target < columns; target++) turned[(source * columns) + target] = original[(target * rows) + source] * gain;
        }
        return turned;
    }
}
