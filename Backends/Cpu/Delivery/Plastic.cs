using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Backends;

/// <summary>A projection whose synapses follow a rule: its traces, and the synapses of each shard.</summary>
abstract unsafe class Plastic : IDisposable
{
    protected Plastic(CompiledProjection plan, Shard[] shards)
    {
        Plan = plan;
        Shards = shards;
        From = plan.Description.From.Index;
        To = plan.Description.To.Index;
        Receptor = plan.Description.Receptor;
    }

    public CompiledProjection Plan { get; }

    /// <summary>Counts the changes of weights from outside the steps: updates, replacements, normalisation.</summary>
    public long Version { get; protected set; }

    /// <summary>The presentation's number, which random numbers depend on.</summary>
    public ulong Presentation { get; set; }

    protected Shard[] Shards { get; }

    protected int From { get; }

    protected int To { get; }

    protected int Receptor { get; }

    public abstract void Begin();

    public abstract void Deliver(int shard, long now);

    public abstract void Post(int shard, long now);

    public abstract void Trace(int shard, long now, Slice from, Slice to);

    /// <summary>The end of a step, for rules that visit every synapse.</summary>
    public virtual void Step(int shard, long now)
    {
    }

    public abstract void Update(int shard, long now);

    public abstract void SetModulator(float value, ReadOnlySpan<float> values);

    public abstract float[] Weights();

    public abstract void SetWeights(ReadOnlySpan<float> weights);

    public abstract void Normalize(int shard, float total, float quantum);

    public void Changed() => Version++;

    /// <summary>Writes all that the projection is before a step.</summary>
    public abstract void Save(CheckpointWriter writer, long now);

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    public abstract void Restore(CheckpointReader reader, long now);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}

/// <summary>The traces of a rule, the same for dense and sparse synapses. A source's traces are kept for as many steps as the longest delay, for a synapse sees
/// them as late as its spikes.</summary>
abstract unsafe class Plastic<T, TKernel, TSynapse, TPre, TPost> : Plastic
    where T : unmanaged, ILane<T>
    where TKernel : unmanaged, ISynapseKernel<T, TSynapse, TPre, TPost>
    where TSynapse : unmanaged
    where TPre : unmanaged
    where TPost : unmanaged
{
    readonly NativeBuffer<float> pre;
    readonly NativeBuffer<float>[] post;
    readonly nint[] postStrides;
    readonly NativeBuffer<float>[] potentials;
    readonly NativeBuffer<float> modulators;
    readonly int slotMask;
    readonly bool tracesPre;
    readonly bool looksBeyondSpikes;
    float modulator;

    protected Plastic(CompiledNetwork network, CompiledProjection plan, Shard[] shards, TKernel kernel, bool learning)
        : base(plan, shards)
    {
        Kernel = kernel;
        var tapes = KernelTapes.Of(plan.Description.Rule!, network.Step);
        tracesPre = tapes.Changes("TracePre");
        TracesPost = tapes.Changes("TracePost");
        looksBeyondSpikes = tapes.LooksBeyondSpikes("TracePost");
        ChangesOnPre = learning && tapes.Changes("OnPre");
        ChangesOnPost = learning && tapes.Changes("OnPost");
        PostReadOnPre = tapes.Reads("OnPre", "post");
        PreReadOnPre = tapes.Reads("OnPre", "pre");
        PreReadOnPost = tapes.Reads("OnPost", "pre");
        int slots = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)plan.MostDelay + 2);
        slotMask = slots - 1;
        PreStride = Padded(plan.Connectivity.Sources);
        pre = new((long)slots * PreFields * PreStride);
        postStrides = [.. shards.Select(s => (nint)Padded(s.Count(To)))];
        post = [.. shards.Select(s => new NativeBuffer<float>((long)PostFields * PostStride(s.Index)))];
        potentials = [.. shards.Select(s => new NativeBuffer<float>(PostStride(s.Index)))];
        modulators = new(Padded(plan.Connectivity.Targets));
    }

    protected TKernel Kernel { get; }

    protected bool ChangesOnPre { get; }

    protected bool ChangesOnPost { get; }

    /// <summary>Whether the target's traces ever change.</summary>
    protected bool TracesPost { get; }

    /// <summary>The target's traces that <c>OnPre</c> looks at, a bit a field.</summary>
    protected uint PostReadOnPre { get; }

    /// <summary>The source's traces that <c>OnPre</c> looks at.</summary>
    protected uint PreReadOnPre { get; }

    /// <summary>The source's traces that <c>OnPost</c> looks at.</summary>
    protected uint PreReadOnPost { get; }

    protected static int SynapseFields => Fields.Count<T, TSynapse>();

    protected static int PreFields => Math.Max(1, Fields.Count<T, TPre>());

    protected static int PostFields => Math.Max(1, Fields.Count<T, TPost>());

    /// <summary>The distance of a source's trace variables.</summary>
    protected nint PreStride { get; }

    /// <summary>The distance of a target's trace variables in a shard.</summary>
    protected nint PostStride(int shard) => postStrides[shard];

    protected float* Post(int shard) => post[shard].Pointer;

    /// <summary>The sources' traces as they were before the spikes of a step; all zero before the presentation.</summary>
    protected float* Pre(long step) => pre.Pointer + (PreOffset(step));

    protected nint PreOffset(long step) => (nint)(step & slotMask) * PreFields * PreStride;

    protected static int Padded(int count) => (count + Shard.Bundle - 1) / Shard.Bundle * Shard.Bundle;

    public override void Begin()
    {
        pre.Clear();
        foreach (var traces in post) traces.Clear();
    }

    public override void SetModulator(float value, ReadOnlySpan<float> values)
    {
        modulator = value;
        modulators.Span.Fill(value);
        values.CopyTo(modulators.Span);
    }

    public override void Trace(int shard, long now, Slice from, Slice to)
    {
        var kernel = Kernel;
        if (tracesPre && from.Count > 0)
        {
            float* before = Pre(now) + from.Start, after = Pre(now + 1) + from.Start;
            for (int i = 0; i < from.Words * 16; i += T.Width)
            {
                var traces = Fields.Load<T, TPre>(before, PreStride, i);
                kernel.TracePre(ref traces, new() { Spiked = Mask(from, i), Potential = 0f, Modulator = modulator });
                Fields.Store<T, TPre>(traces, after, PreStride, i);
            }
        }
        if (to.Count > 0) TraceTargets(shard, now, to);
    }

    /// <summary>The targets' traces after a step.</summary>
    protected virtual void TraceTargets(int shard, long now, Slice to)
    {
        if (!TracesPost) return;
        var kernel = Kernel;
        float* traces = post[shard].Pointer, potential = potentials[shard].Pointer, third = modulators.Pointer + to.Start;
        nint stride = PostStride(shard);
        if (looksBeyondSpikes) to.ReadPotentials(potential);
        for (int i = 0; i < to.Words * 16; i += T.Width)
        {
            var y = Fields.Load<T, TPost>(traces, stride, i);
            kernel.TracePost(ref y, new() { Spiked = Mask(to, i), Potential = T.Load(in potential[i]), Modulator = T.Load(in third[i]) });
            Fields.Store<T, TPost>(y, traces, stride, i);
        }
    }

    public override void Save(CheckpointWriter writer, long now)
    {
        string name = $"projection {Plan.Index}: ";
        var (from, to) = (Plan.Connectivity.Sources, Plan.Connectivity.Targets);
        for (int late = 0; late <= Plan.MostDelay; late++)
        {
            for (int field = 0; field < PreFields; field++) writer.Write<float>(name + "pre", new(Pre(now - late) + (field * PreStride), from));
        }
        var traces = new float[to];
        for (int field = 0; field < PostFields; field++)
        {
            foreach (var shard in Shards)
            {
                if (shard.Count(To) > 0) new Span<float>(post[shard.Index].Pointer + (field * PostStride(shard.Index)), shard.Count(To)).CopyTo(traces.AsSpan(shard.Start(To)));
            }
            writer.Write<float>(name + "post", traces);
        }
        writer.Write<float>(name + "modulator", [modulator]);
        writer.Write<float>(name + "modulators", modulators.Span[..to]);
        var synapses = new float[Plan.Connectivity.Slots];
        for (int field = 0; field < SynapseFields; field++)
        {
            ReadSynapses(field, synapses);
            writer.Write<float>(name + "synapses", synapses);
        }
    }

    public override void Restore(CheckpointReader reader, long now)
    {
        string name = $"projection {Plan.Index}: ";
        var (from, to) = (Plan.Connectivity.Sources, Plan.Connectivity.Targets);
        for (int late = 0; late <= Plan.MostDelay; late++)
        {
            for (int field = 0; field < PreFields; field++) reader.Read(name + "pre", new Span<float>(Pre(now - late) + (field * PreStride), from));
        }
        var traces = new float[to];
        for (int field = 0; field < PostFields; field++)
        {
            reader.Read(name + "post", traces.AsSpan());
            foreach (var shard in Shards)
            {
                if (shard.Count(To) > 0) traces.AsSpan(shard.Start(To), shard.Count(To)).CopyTo(new Span<float>(post[shard.Index].Pointer + (field * PostStride(shard.Index)), shard.Count(To)));
            }
        }
        modulator = reader.Read<float>(name + "modulator")[0];
        reader.Read(name + "modulators", modulators.Span[..to]);
        var synapses = new float[Plan.Connectivity.Slots];
        for (int field = 0; field < SynapseFields; field++)
        {
            reader.Read(name + "synapses", synapses.AsSpan());
            WriteSynapses(field, synapses);
        }
        Changed();
    }

    /// <summary>Reads a variable of all synapses, in the wiring's order.</summary>
    protected abstract void ReadSynapses(int field, float[] values);

    /// <summary>Writes a variable of all synapses, in the wiring's order.</summary>
    protected abstract void WriteSynapses(int field, float[] values);

    protected static T Mask(Slice slice, int neuron) => T.MaskFromBits((uint)slice.Fired[neuron / 16] >> (neuron % 16));

    protected override void Dispose(bool disposing)
    {
        pre.Dispose();
        modulators.Dispose();
        foreach (var traces in post) traces.Dispose();
        foreach (var potential in potentials) potential.Dispose();
    }
}
