using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;
using Lepton.Neuro.Random;

namespace Lepton.Neuro.Backends.Kernels;

/// <summary>A projection whose rule runs on the device.</summary>
class PlasticJoins<TKernel, TSynapse, TPre, TPost, TChance, TMemory> : Joins<TMemory>
    where TKernel : unmanaged, ISynapseKernel<Scalar, TSynapse, TPre, TPost>
    where TSynapse : unmanaged
    where TPre : unmanaged
    where TPost : unmanaged
    where TChance : struct, IChance<TKernel, TSynapse>
    where TMemory : struct, IDeviceMemory<TMemory>
{
    readonly PlasticViews<TKernel, TSynapse, TPre, TPost, TChance> views;
    readonly View<float> modulators;
    readonly float[] modulatorValues;
    readonly Func<Device<TMemory>, Launch> prepareDelivery, prepareTraces, prepareUpdate;
    readonly Func<Device<TMemory>, Launch>? preparePost, prepareMerge;
    Launch deliver = null!, traces = null!, update = null!;
    Launch? post, merge;

    public PlasticJoins(CompiledProjection plan, Layout<TMemory> layout, Cells<TMemory> targets, TKernel kernel, bool learning)
        : base(plan, layout, SynapseParts.Weights)
    {
        var memory = layout.Memory;
        int images = layout.Images.Count;
        Require.InRange($"{plan.Description}: the synapses, times the images that learn", (long)Count * (learning ? images : 1), 0, int.MaxValue / 2);
        var tapes = KernelTapes.Of(plan.Description.Rule!, layout.Network.Step);
        int kept = Layout<TMemory>.PowerOfTwo(plan.MostDelay + 2), sources = plan.Connectivity.Sources, count = plan.Connectivity.Targets;
        int draws = 0;
        foreach (var kind in Enum.GetValues<SynapseEvent>()) draws |= tapes.Draws(kind.ToString()) ? 1 << (int)kind : 0;
        if (draws != 0) SynapseDraws.Slot(plan.Description, plan.Connectivity.Count);
        views = new()
        {
            Kernel = kernel,
            Images = layout.Images,
            OwnSynapses = learning ? Count : 0,
            Synapses = memory.Values(Initial(kernel, InitialWeights, learning ? images : 1)),
            Sources = memory.Values(Sources),
            Targets = memory.Values(Targets),
            Delays = memory.Values(Delays),
            Slots = memory.Values(draws == 0 ? [] : Array.ConvertAll(Slots, s => (uint)s)),
            Pre = memory.Zeros<TPre>((long)kept * sources * images),
            Post = memory.Zeros<TPost>((long)count * images),
            PreMask = kept - 1,
            SourceCount = sources,
            TargetCount = count,
            Draws = draws,
            Key = DeviceKey.Of(new(layout.Network.Source.Seed, RandomPurpose.Plasticity, plan.Index)),
        };
        modulatorValues = new float[(count + 1) * images];
        modulators = memory.Zeros<float>(modulatorValues.Length);
        int firstSource = layout.FirstNeurons[plan.Description.From.Index], firstTarget = layout.FirstNeurons[plan.Description.To.Index];
        prepareDelivery = memory.Kernel("plastic delivery", new DeliverPlastic<TKernel, TSynapse, TPre, TPost, TChance, TMemory>
        {
            Plastic = views,
            Arrivals = Arrivals(),
            Into = Into(),
            Learning = learning ? 1 : 0,
        });
        var potentials = targets.Potentials(layout.Network.Populations[plan.Description.To.Index]);
        prepareTraces = memory.Kernel("traces", new StepTraces<TKernel, TSynapse, TPre, TPost, TChance, TMemory>
        {
            Plastic = views,
            Spikes = layout.Spikes,
            FirstSource = firstSource,
            FirstTarget = firstTarget,
            Modulators = modulators,
            Potentials = potentials.States,
            FirstPotential = potentials.First,
            ImagePotentials = potentials.ImageStride,
            Stride = potentials.Stride,
            Origin = (float)(plan.Description.To.Model?.Origin.Millivolts ?? 0),
        });
        if (learning && images > 1 && Count > 0)
            prepareMerge = memory.Kernel("merge", new MergeWeights<TMemory> { Images = images, Weights = views.Synapses.As<Scalar>(), Stride = Stride, ImageStride = (long)Count * Stride });
        prepareUpdate = memory.Kernel("update", new UpdateAll<TKernel, TSynapse, TPre, TPost, TChance, TMemory> { Plastic = views });
        // A random number that is drawn is kept in a variable, which may be read later.
        if (!learning || !(tapes.Changes("OnPost") || tapes.Draws("OnPost"))) return;
        preparePost = memory.Kernel("post-spike update", new UpdatePost<TKernel, TSynapse, TPre, TPost, TChance, TMemory>
        {
            Plastic = views,
            Spikes = layout.Spikes,
            Teams = Teams.For(Threads, (double)Count / Math.Max(1, count), 1),
            FirstTarget = firstTarget,
            First = memory.Values(First),
            Incoming = memory.Values(Incoming),
        });
    }

    protected PlasticViews<TKernel, TSynapse, TPre, TPost, TChance> Views => views;

    public override void Prepare(Device<TMemory> device)
    {
        base.Prepare(device);
        (deliver, traces, update, post, merge) = (prepareDelivery(device), prepareTraces(device), prepareUpdate(device), preparePost?.Invoke(device), prepareMerge?.Invoke(device));
    }

    public override void Begin()
    {
        Device.Clear(views.Pre);
        Device.Clear(views.Post);
    }

    public override void Deliver(StepRange now) => deliver(Threads, now);

    public override void Post(StepRange now) => post?.Invoke(Threads, now);

    public override void Trace(StepRange now) => traces((Plan.Connectivity.Sources + Plan.Connectivity.Targets) * Images, now);

    public override void Update(StepRange now)
    {
        if (Count > 0 && views.OwnSynapses > 0) update(Count * Images, now);
    }

    public override void Merge() => merge?.Invoke(Count, default);

    public override void SetModulator(int image, float value, ReadOnlySpan<float> values)
    {
        int each = Plan.Connectivity.Targets + 1;
        for (int i = image < 0 ? 0 : image; i < (image < 0 ? Images : image + 1); i++)
        {
            var own = modulatorValues.AsSpan(i * each, each);
            own.Fill(value);
            values.CopyTo(own[1..]);
        }
        Device.Upload<float>(modulators, 0, modulatorValues);
    }

    public override float[] Weights(int image)
    {
        var values = new float[Count];
        var synapses = Download(image);
        for (int at = 0; at < Count; at++) values[Slots[at]] = Weight(ref synapses[at]);
        return values;
    }

    public override void SetWeights(ReadOnlySpan<float> values) => Device.Upload<TSynapse>(views.Synapses, 0, Initial(views.Kernel, values, views.OwnSynapses > 0 ? Images : 1));

    public override void ChangeWeights(ReadOnlySpan<float> values)
    {
        var synapses = Download(0);
        for (int at = 0; at < Count; at++) Weight(ref synapses[at]) = values[Slots[at]];
        Device.Upload<TSynapse>(views.Synapses, 0, synapses);
    }

    public override void Save(CheckpointWriter writer, long now)
    {
        string name = $"projection {Plan.Index}: ";
        var before = new TPre[Plan.Connectivity.Sources];
        for (long step = now; step >= now - Plan.MostDelay; step--)
        {
            Array.Clear(before);
            if (step >= 0) Device.Download<TPre>(views.Pre, (step & views.PreMask) * before.Length, before);
            Saved.Write<TPre>(writer, name + "pre", before, least: 1);
        }
        var after = new TPost[Plan.Connectivity.Targets];
        Device.Download<TPost>(views.Post, 0, after);
        Saved.Write<TPost>(writer, name + "post", after, least: 1);
        writer.Write<float>(name + "modulator", modulatorValues.AsSpan(0, 1));
        writer.Write<float>(name + "modulators", modulatorValues.AsSpan(1));
        Saved.Write<TSynapse>(writer, name + "synapses", Download(0), Slots);
    }

    public override void Restore(CheckpointReader reader, long now)
    {
        string name = $"projection {Plan.Index}: ";
        var before = new TPre[Plan.Connectivity.Sources];
        for (long step = now; step >= now - Plan.MostDelay; step--)
        {
            Saved.Read(reader, name + "pre", before.AsSpan(), least: 1);
            if (step >= 0) Device.Upload<TPre>(views.Pre, (step & views.PreMask) * before.Length, before);
        }
        var after = new TPost[Plan.Connectivity.Targets];
        Saved.Read(reader, name + "post", after.AsSpan(), least: 1);
        Device.Upload<TPost>(views.Post, 0, after);
        reader.Read(name + "modulator", modulatorValues.AsSpan(0, 1));
        reader.Read(name + "modulators", modulatorValues.AsSpan(1));
        Device.Upload<float>(modulators, 0, modulatorValues);
        var synapses = new TSynapse[Count];
        Saved.Read(reader, name + "synapses", synapses.AsSpan(), Slots);
        Device.Upload<TSynapse>(views.Synapses, 0, synapses);
    }

    public override (View<Scalar> Weights, int Stride, long ImageStride, int[] Positions) Lanes() => (views.Synapses.As<Scalar>(), Stride, (long)views.OwnSynapses * Stride, Positions());

    static unsafe int Stride => sizeof(TSynapse) / sizeof(float);

    int Images => views.Images.Count;

    TSynapse[] Initial(TKernel kernel, ReadOnlySpan<float> weights, int copies)
    {
        var synapses = new TSynapse[Count * copies];
        for (int at = 0; at < Count; at++) synapses[at] = kernel.Initial(weights[Slots[at]]);
        for (int copy = 1; copy < copies; copy++) synapses.AsSpan(0, Count).CopyTo(synapses.AsSpan(copy * Count));
        return synapses;
    }

    TSynapse[] Download(int image)
    {
        var synapses = new TSynapse[Count];
        Device.Download<TSynapse>(views.Synapses, (long)image * views.OwnSynapses, synapses);
        return synapses;
    }

    // The first field is the weight.
    static ref float Weight(ref TSynapse synapse) => ref Unsafe.As<TSynapse, float>(ref synapse);
}

/// <summary>A projection whose rule visits every synapse in every step, or draws random numbers.</summary>
sealed class SteppedJoins<TKernel, TSynapse, TPre, TPost, TMemory> : PlasticJoins<TKernel, TSynapse, TPre, TPost, OwnChance<TKernel, TSynapse, TPre, TPost>, TMemory>
    where TKernel : unmanaged, ISteppedSynapseKernel<Scalar, TSynapse, TPre, TPost>
    where TSynapse : unmanaged
    where TPre : unmanaged
    where TPost : unmanaged
    where TMemory : struct, IDeviceMemory<TMemory>
{
    readonly Func<Device<TMemory>, Launch>? prepare;
    Launch? endStep;

    public SteppedJoins(CompiledProjection plan, Layout<TMemory> layout, Cells<TMemory> targets, TKernel kernel, bool learning)
        : base(plan, layout, targets, kernel, learning)
    {
        if (learning && Count > 0) prepare = layout.Memory.Kernel("end of step", new EndStep<TKernel, TSynapse, TPre, TPost, TMemory> { Plastic = Views });
    }

    public override void Prepare(Device<TMemory> device)
    {
        base.Prepare(device);
        endStep = prepare?.Invoke(device);
    }

    public override void EndStep(StepRange now) => endStep?.Invoke(Count * Layout.Images.Count, now);
}
