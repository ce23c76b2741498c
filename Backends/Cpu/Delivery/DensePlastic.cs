using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Backends;

/// <summary>All-to-all plastic synapses of one delay: a row a source, without indices, a bundle of targets at a time.</summary>
sealed unsafe class DensePlastic<T, TKernel, TSynapse, TPre, TPost> : Plastic<T, TKernel, TSynapse, TPre, TPost>
    where T : unmanaged, ILane<T>
    where TKernel : unmanaged, ISynapseKernel<T, TSynapse, TPre, TPost>
    where TSynapse : unmanaged
    where TPre : unmanaged
    where TPost : unmanaged
{
    readonly NativeBuffer<float>[] synapses;
    readonly int delay;
    readonly int sources;

    public DensePlastic(CompiledNetwork network, CompiledProjection plan, Shard[] shards, TKernel kernel, bool learning)
        : base(network, plan, shards, kernel, learning)
    {
        delay = plan.LeastDelay;
        sources = plan.Connectivity.Sources;
        synapses = [.. shards.Select(s => new NativeBuffer<float>(Plane(s.Index) * SynapseFields))];
        var row = new SynapseRow();
        foreach (var shard in shards)
        {
            int start = shard.Start(To);
            for (int i = 0; i < shard.Count(To); i++)
            {
                plan.Read(start + i, row, SynapseParts.Weights);
                for (int source = 0; source < sources; source++) synapses[shard.Index][(source * PostStride(shard.Index)) + i] = row.Weights[source];
            }
            Initialize(shard.Index);
        }
    }

    public override void Deliver(int shard, long now)
    {
        long then = now - delay;
        int width = Width(shard);
        if (then < 0 || width == 0) return;
        var kernel = Kernel;
        nint plane = Plane(shard), stride = PostStride(shard);
        float* traces = Post(shard);
        int* sums = Shards[shard].Sums(To, Receptor);
        float factor = 1 / Plan.Quantum;
        foreach (var other in Shards)
        {
            int fired = other.SpikeCount(From, then);
            if (fired == 0) continue;
            Shards[shard].Touch(To);
            int* spikes = other.Spikes(From, then);
            for (int s = 0; s < fired; s++)
            {
                float* row = synapses[shard].Pointer + (spikes[s] * stride);
                var x = Fields.Broadcast<T, TPre>(Pre(then), PreStride, spikes[s]);
                for (int i = 0; i < width; i += T.Width)
                {
                    var synapse = Fields.Load<T, TSynapse>(row, plane, i);
                    T sent = kernel.OnPre(ref synapse, in x, Fields.Load<T, TPost>(traces, stride, i));
                    if (ChangesOnPre) Fields.Store<T, TSynapse>(synapse, row, plane, i);
                    T.AddScaled(sent, factor, ref sums[i]);
                }
            }
        }
    }

    public override void Post(int shard, long now)
    {
        if (!ChangesOnPost || Shards[shard].SpikeCount(To, now) == 0) return;
        var kernel = Kernel;
        nint plane = Plane(shard), stride = PostStride(shard);
        float* traces = Post(shard), pre = Pre(now - delay);
        int fired = Shards[shard].SpikeCount(To, now), start = Shards[shard].Start(To);
        int* spikes = Shards[shard].Spikes(To, now);
        for (int s = 0; s < fired;)
        {
            // All spikes of one bundle at once.
            int bundle = (spikes[s] - start) / T.Width * T.Width;
            uint bits = 0;
            for (; s < fired && spikes[s] - start < bundle + T.Width; s++) bits |= 1u << (spikes[s] - start - bundle);
            T mask = T.MaskFromBits(bits);
            var y = Fields.Load<T, TPost>(traces, stride, bundle);
            float* column = synapses[shard].Pointer + bundle;
            for (int source = 0; source < sources; source++)
            {
                var before = Fields.Load<T, TSynapse>(column, plane, source * stride);
                var after = before;
                kernel.OnPost(ref after, Fields.Broadcast<T, TPre>(pre, PreStride, source), in y);
                Fields.Store(mask, after, before, column, plane, source * stride);
            }
        }
    }

    public override void Update(int shard, long now)
    {
        var kernel = Kernel;
        int width = Width(shard);
        nint plane = Plane(shard), stride = PostStride(shard);
        float* traces = Post(shard), pre = Pre(now);
        for (int source = 0; source < sources; source++)
        {
            float* row = synapses[shard].Pointer + (source * stride);
            var x = Fields.Broadcast<T, TPre>(pre, PreStride, source);
            for (int i = 0; i < width; i += T.Width)
            {
                var synapse = Fields.Load<T, TSynapse>(row, plane, i);
                kernel.OnUpdate(ref synapse, in x, Fields.Load<T, TPost>(traces, stride, i));
                Fields.Store<T, TSynapse>(synapse, row, plane, i);
            }
        }
    }

    public override float[] Weights()
    {
        var weights = new float[(long)sources * Plan.Connectivity.Targets];
        ReadSynapses(0, weights);
        return weights;
    }

    public override void SetWeights(ReadOnlySpan<float> weights)
    {
        WriteSynapses(0, weights.ToArray());
        foreach (var shard in Shards) Initialize(shard.Index);
        Changed();
    }

    public override void Normalize(int shard, float total, float quantum) =>
        CompleteRows.Normalize<T>(synapses[shard].Pointer, sources, Width(shard), Shards[shard].Count(To), total, quantum, Plan.WeightRange);

    protected override void ReadSynapses(int field, float[] values)
    {
        foreach (var shard in Shards)
        {
            for (int source = 0; source < sources; source++) Part(shard, field, source).CopyTo(values.AsSpan((source * Plan.Connectivity.Targets) + shard.Start(To)));
        }
    }

    protected override void WriteSynapses(int field, float[] values)
    {
        foreach (var shard in Shards)
        {
            for (int source = 0; source < sources; source++) values.AsSpan((source * Plan.Connectivity.Targets) + shard.Start(To), shard.Count(To)).CopyTo(Part(shard, field, source));
        }
    }

    protected override void Dispose(bool disposing)
    {
        foreach (var buffer in synapses) buffer.Dispose();
        base.Dispose(disposing);
    }

    // Weights lie in the first plane: the other variables begin as the rule says.
    void Initialize(int shard)
    {
        nint plane = Plane(shard);
        for (nint i = 0; i < plane; i += T.Width) Fields.Store<T, TSynapse>(Kernel.Initial(T.Load(in synapses[shard].Pointer[i])), synapses[shard].Pointer, plane, i);
    }

    // A variable of the synapses of a source onto a shard.
    Span<float> Part(Shard shard, int field, int source) =>
        new(synapses[shard.Index].Pointer + (field * Plane(shard.Index)) + (source * PostStride(shard.Index)), shard.Count(To));

    int Width(int shard) => (int)PostStride(shard);

    nint Plane(int shard) => sources * PostStride(shard);
}
