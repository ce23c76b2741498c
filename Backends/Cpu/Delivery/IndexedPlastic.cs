using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Backends;

/// <summary>Plastic synapses of any wiring: their variables lie in an order that suits the sources' spikes, and for each target the places of its synapses are known, for the events of its own
/// spikes.</summary>
abstract unsafe class IndexedPlastic<T, TKernel, TSynapse, TPre, TPost> : Plastic<T, TKernel, TSynapse, TPre, TPost>
    where T : unmanaged, ILane<T>
    where TKernel : unmanaged, ISynapseKernel<T, TSynapse, TPre, TPost>
    where TSynapse : unmanaged
    where TPre : unmanaged
    where TPost : unmanaged
{
    protected IndexedPlastic(CompiledNetwork network, CompiledProjection plan, Shard[] shards, TKernel kernel, bool learning)
        : base(network, plan, shards, kernel, learning)
    {
    }

    /// <summary>The synapses of a shard.</summary>
    protected abstract IndexedSynapses Synapses(int shard);

    /// <summary>The targets' traces before the spikes of a step that is being taken, or is the next to be.</summary>
    protected abstract float* PostTraces(int shard, long now);

    /// <summary>The distance of two trace variables of a target.</summary>
    protected abstract nint PostTraceStride(int shard);

    /// <summary>Fills in the weights and what the rule makes of them.</summary>
    protected void Fill()
    {
        var row = new SynapseRow();
        foreach (var shard in Shards)
        {
            var part = Synapses(shard.Index);
            for (int i = 0; i < part.TargetCount; i++)
            {
                Plan.Read(part.FirstTarget + i, row, SynapseParts.Weights);
                for (int k = 0; k < row.Count; k++) part.Variables[part.Places[part.FirstIncoming[i] + k]] = row.Weights[k];
            }
            Initialize(part);
        }
    }

    /// <summary>The event of one target's spike.</summary>
    protected void PostOf(int shard, int target, long now)
    {
        var part = Synapses(shard);
        var y = Fields.Broadcast<T, TPost>(PostTraces(shard, now), PostTraceStride(shard), target);
        if (Plan.LeastDelay == Plan.MostDelay) PostOfOneDelay(part, target, Pre(now - Plan.LeastDelay), y);
        else PostOfManyDelays(part, target, now, y);
    }

    public override void Update(int shard, long now)
    {
        var part = Synapses(shard);
        var kernel = Kernel;
        float* buffer = stackalloc float[16];
        for (int target = 0; target < part.TargetCount; target++)
        {
            var y = Fields.Broadcast<T, TPost>(PostTraces(shard, now), PostTraceStride(shard), target);
            long end = part.FirstIncoming[target + 1];
            for (long k = part.FirstIncoming[target]; k < end; k += T.Width)
            {
                int count = (int)Math.Min(T.Width, end - k);
                var synapse = Fields.Gather<T, TSynapse>(part.Variables.Pointer, part.Plane, part.Places.Pointer + k);
                kernel.OnUpdate(ref synapse, Fields.Gather<T, TPre>(Pre(now), PreStride, part.Sources.Pointer + k), in y);
                Scatter(part, synapse, part.Places.Pointer + k, count, buffer);
            }
        }
    }

    // A vector may reach beyond the target's synapses: the arrays go on, so it reads something, and what it makes of that is not kept.
    void PostOfOneDelay(IndexedSynapses part, int target, float* pre, TPost y)
    {
        const int SynapsesAhead = 32;
        var kernel = Kernel;
        float* buffer = stackalloc float[16];
        float* variables = part.Variables.Pointer;
        int* places = part.Places.Pointer + part.FirstIncoming[target], sources = part.Sources.Pointer + part.FirstIncoming[target];
        int count = (int)(part.FirstIncoming[target + 1] - part.FirstIncoming[target]);
        for (int k = 0; k < count; k += T.Width)
        {
            if (Sse.IsSupported)
            {
                for (int f = 0; f < SynapseFields; f++)
                {
                    float* plane = variables + (f * part.Plane);
                    for (int i = 0; i < T.Width; i++) Sse.Prefetch0(plane + places[k + SynapsesAhead + i]);
                }
            }
            var synapse = Fields.Gather<T, TSynapse>(variables, part.Plane, places + k);
            kernel.OnPost(ref synapse, Fields.Gather<T, TPre>(pre, PreStride, sources + k, PreReadOnPost), in y);
            Scatter(part, synapse, places + k, Math.Min(T.Width, count - k), buffer);
        }
    }

    void PostOfManyDelays(IndexedSynapses part, int target, long now, TPost y)
    {
        var kernel = Kernel;
        float* buffer = stackalloc float[16];
        int* late = stackalloc int[16];
        nint origin = PreOffset(0);
        long end = part.FirstIncoming[target + 1];
        for (long k = part.FirstIncoming[target]; k < end; k += T.Width)
        {
            int count = (int)Math.Min(T.Width, end - k);
            for (int i = 0; i < T.Width; i++)
            {
                long at = k + Math.Min(i, count - 1);
                late[i] = (int)(PreOffset(now - part.Delays[at]) - origin) + part.Sources[at];
            }
            var synapse = Fields.Gather<T, TSynapse>(part.Variables.Pointer, part.Plane, part.Places.Pointer + k);
            kernel.OnPost(ref synapse, Fields.Gather<T, TPre>(Pre(0), PreStride, late, PreReadOnPost), in y);
            Scatter(part, synapse, part.Places.Pointer + k, count, buffer);
        }
    }

    public override float[] Weights()
    {
        var weights = new float[Plan.Connectivity.Slots];
        ReadSynapses(0, weights);
        return weights;
    }

    public override void SetWeights(ReadOnlySpan<float> weights)
    {
        var values = weights.ToArray();
        EachSynapse((part, place, slot) => part.Variables[place] = values[slot]);
        foreach (var shard in Shards) Initialize(Synapses(shard.Index));
        Changed();
    }

    public override void Normalize(int shard, float total, float quantum)
    {
        var part = Synapses(shard);
        float* weights = part.Variables.Pointer;
        var sums = new long[part.TargetRoom];
        int* counted = stackalloc int[Shard.Bundle], targets = stackalloc int[Shard.Bundle];
        float inverse = 1 / quantum;
        for (int k = 0; k < part.Length; k += Shard.Bundle)
        {
            part.Targets(k, targets);
            for (int i = 0; i < Shard.Bundle; i += T.Width) T.StoreScaled(T.Load(in weights[k + i]), inverse, ref counted[i]);
            for (int i = 0; i < Shard.Bundle; i++) sums[targets[i]] += counted[i];
        }
        var factors = new float[sums.Length];
        for (int i = 0; i < factors.Length; i++) factors[i] = sums[i] > 0 ? total / (sums[i] * quantum) : 1;
        var (least, most) = Plan.WeightRange;
        for (int k = 0; k < part.Length; k += Shard.Bundle)
        {
            part.Targets(k, targets);
            for (int i = 0; i < Shard.Bundle; i += T.Width) T.Store(T.Min(T.Max(T.Load(in weights[k + i]) * T.Gather(in factors[0], in targets[i]), least), most), ref weights[k + i]);
        }
    }

    protected override void ReadSynapses(int field, float[] values) => EachSynapse((part, place, slot) => values[slot] = part.Variables[(field * part.Plane) + place]);

    protected override void WriteSynapses(int field, float[] values) => EachSynapse((part, place, slot) => part.Variables[(field * part.Plane) + place] = values[slot]);

    static void Scatter(IndexedSynapses part, TSynapse synapse, int* places, int count, float* buffer)
    {
        for (int f = 0; f < SynapseFields; f++)
        {
            T.Store(Unsafe.Add(ref Unsafe.As<TSynapse, T>(ref synapse), f), ref *buffer);
            float* plane = part.Variables.Pointer + (f * part.Plane);
            for (int i = 0; i < count; i++) plane[places[i]] = buffer[i];
        }
    }

    void EachSynapse(Action<IndexedSynapses, long, long> visit)
    {
        var row = new SynapseRow();
        foreach (var shard in Shards)
        {
            var part = Synapses(shard.Index);
            for (int i = 0; i < part.TargetCount; i++)
            {
                Plan.Read(part.FirstTarget + i, row, SynapseParts.Slots);
                for (int k = 0; k < row.Count; k++) visit(part, part.Places[part.FirstIncoming[i] + k], row.Slots[k]);
            }
        }
    }

    void Initialize(IndexedSynapses part)
    {
        for (nint i = 0; i < part.Plane; i += T.Width) Fields.Store<T, TSynapse>(Kernel.Initial(T.Load(in part.Variables.Pointer[i])), part.Variables.Pointer, part.Plane, i);
    }
}

/// <summary>The synapses of one shard: for each target where its synapses lie.</summary>
abstract unsafe class IndexedSynapses : IDisposable
{
    // A vector may be read beyond the last synapse of the last target, and a few are asked for ahead.
    const int Beyond = 3 * Shard.Bundle;

    protected IndexedSynapses(CompiledProjection plan, Shard shard)
    {
        int to = plan.Description.To.Index;
        FirstTarget = shard.Start(to);
        TargetCount = shard.Count(to);
        FirstIncoming = new(TargetCount + 1);
        var row = new SynapseRow();
        for (int i = 0; i < TargetCount; i++)
        {
            plan.Read(FirstTarget + i, row, SynapseParts.Sources);
            FirstIncoming[i + 1] = FirstIncoming[i] + row.Count;
        }
        Count = FirstIncoming[TargetCount];
        if (Count > int.MaxValue / 2) throw new InvalidInputException($"{plan.Description}: the plastic synapses of one thread", Count, $"at most {int.MaxValue / 2}; use more threads");
        Places = new(Count + Beyond);
        Sources = new(Count + Beyond);
        Delays = new(plan.MostDelay > plan.LeastDelay ? Count : 0);
        Variables = new(0);
    }

    public int FirstTarget { get; }

    public int TargetCount { get; }

    public long Count { get; }

    /// <summary>How many places there are; at some there may be no synapse.</summary>
    public int Length { get; private set; }

    /// <summary>The distance of a synapse's variables; a vector may be read beyond the last synapse.</summary>
    public nint Plane { get; private set; }

    public NativeBuffer<float> Variables { get; private set; }

    /// <summary>The places of each target's synapses among the variables; readable a few vectors beyond the last.</summary>
    public NativeBuffer<int> Places { get; }

    /// <summary>The sources of each target's synapses; readable a few vectors beyond the last.</summary>
    public NativeBuffer<int> Sources { get; }

    /// <summary>The delays of each target's synapses, where they differ.</summary>
    public NativeBuffer<ushort> Delays { get; }

    public NativeBuffer<long> FirstIncoming { get; }

    /// <summary>Above every number that <see cref="Targets"/> gives.</summary>
    public abstract int TargetRoom { get; }

    /// <summary>The targets of a bundle of places, among those of the shard; another number where no synapse is.</summary>
    public abstract void Targets(int first, int* targets);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        Variables.Dispose();
        Places.Dispose();
        Sources.Dispose();
        Delays.Dispose();
        FirstIncoming.Dispose();
    }

    /// <summary>Makes room for the variables.</summary>
    protected void Allocate(int length, int fields)
    {
        Length = length;
        Plane = ((length + Shard.Bundle - 1) / Shard.Bundle * Shard.Bundle) + Shard.Bundle;
        Variables.Dispose();
        Variables = new((long)Plane * fields);
    }

    /// <summary>Notes where a target's synapse lies.</summary>
    protected void Note(long incoming, int place, int source, int delay)
    {
        Places[incoming] = place;
        Sources[incoming] = source;
        if (Delays.Length > 0) Delays[incoming] = (ushort)delay;
    }
}
