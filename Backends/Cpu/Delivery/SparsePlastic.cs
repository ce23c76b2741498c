using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Backends;

/// <summary>Plastic synapses of any wiring and any delays: a row a source, ordered by delay, with the index of each target; and for each target the places of its synapses, for the
/// events of its own spikes.</summary>
sealed unsafe class SparsePlastic<T, TKernel, TSynapse, TPre, TPost> : Plastic<T, TKernel, TSynapse, TPre, TPost>
    where T : unmanaged, ILane<T>
    where TKernel : unmanaged, ISynapseKernel<T, TSynapse, TPre, TPost>
    where TSynapse : unmanaged
    where TPre : unmanaged
    where TPost : unmanaged
{
    // How many runs ahead synapses are asked for.
    const int Ahead = 4;

    readonly Part[] parts;

    public SparsePlastic(CompiledNetwork network, CompiledProjection plan, Shard[] shards, TKernel kernel, bool learning)
        : base(network, plan, shards, kernel, learning)
    {
        parts = [.. shards.Select(s => new Part(plan, s, SynapseFields))];
        var row = new SynapseRow();
        foreach (var part in parts)
        {
            for (int i = 0; i < part.TargetCount; i++)
            {
                plan.Read(part.FirstTarget + i, row, SynapseParts.Weights);
                for (int k = 0; k < row.Count; k++) part.Variables[part.Places[part.FirstIncoming[i] + k]] = row.Weights[k];
            }
            Initialize(part);
        }
    }

    public override void Deliver(int shard, long now)
    {
        var part = parts[shard];
        if (part.Count == 0) return;
        int count = Collect(part, now);
        if (count == 0) return;
        Shards[shard].Touched = true;
        int* sent = stackalloc int[16], at = stackalloc int[16];
        for (int i = 0; i < count; i++)
        {
            if (i + Ahead < count) part.Prefetch(part.Found[i + Ahead]);
            Deliver(shard, part, in part.Found[i], sent, at);
        }
    }

    int Collect(Part part, long now)
    {
        int count = 0;
        for (int delay = Plan.LeastDelay; delay <= Plan.MostDelay && delay <= now; delay++)
        {
            foreach (var other in Shards)
            {
                int fired = other.SpikeCount(From, now - delay);
                if (fired == 0) continue;
                int* spikes = other.Spikes(From, now - delay);
                if (count + fired > part.Found.Length) Array.Resize(ref part.Found, Math.Max(count + fired, 2 * part.Found.Length));
                float* pre = Pre(now - delay);
                for (int s = 0; s < fired; s++)
                {
                    var (first, end) = part.Run(spikes[s], delay - Plan.LeastDelay);
                    if (first < end) part.Found[count++] = new(first, end - first, pre + spikes[s]);
                }
            }
        }
        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Deliver(int shard, Part part, in FoundRun run, int* sent, int* at)
    {
        var kernel = Kernel;
        float* traces = Post(shard), variables = part.Variables.Pointer + run.First;
        ushort* targets = part.Targets.Pointer + run.First;
        nint stride = PostStride(shard), plane = part.Plane;
        int* sums = Shards[shard].Sums(To, Receptor);
        float factor = 1 / Plan.Quantum;
        uint wanted = PostReadOnPre;
        bool changes = ChangesOnPre;
        var x = Fields.Broadcast<T, TPre>(run.Pre, PreStride, 0);
        for (int k = 0; k < run.Count; k += T.Width)
        {
            int count = Math.Min(T.Width, run.Count - k);
            Widen(targets + k, at);
            var before = Fields.Load<T, TSynapse>(variables, plane, k);
            var after = before;
            T current = kernel.OnPre(ref after, in x, Fields.Gather<T, TPost>(traces, stride, at, wanted));
            if (changes)
            {
                if (count == T.Width) Fields.Store<T, TSynapse>(after, variables, plane, k);
                else Fields.Store(T.MaskFromBits((1u << count) - 1), after, before, variables, plane, k);
            }
            T.StoreScaled(current, factor, ref *sent);
            Scatter(sums, at, sent, count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Scatter(int* sums, int* at, int* sent, int count)
    {
        int i = 0;
        for (; i + 4 <= count; i += 4)
        {
            sums[(uint)at[i]] += sent[i];
            sums[(uint)at[i + 1]] += sent[i + 1];
            sums[(uint)at[i + 2]] += sent[i + 2];
            sums[(uint)at[i + 3]] += sent[i + 3];
        }
        for (; i < count; i++) sums[(uint)at[i]] += sent[i];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Widen(ushort* from, int* to)
    {
        var (lower, upper) = Vector256.Widen(Vector256.Load(from));
        lower.AsInt32().Store(to);
        upper.AsInt32().Store(to + 8);
    }

    public override void Post(int shard, long now)
    {
        var part = parts[shard];
        int fired = Shards[shard].SpikeCount(To, now);
        if (!ChangesOnPost || fired == 0 || part.Count == 0) return;
        int* spikes = Shards[shard].Spikes(To, now);
        for (int s = 0; s < fired; s++)
        {
            int target = spikes[s] - part.FirstTarget;
            var y = Fields.Broadcast<T, TPost>(Post(shard), PostStride(shard), target);
            if (Plan.LeastDelay == Plan.MostDelay) PostOfOneDelay(part, target, Pre(now - Plan.LeastDelay), y);
            else PostOfManyDelays(part, target, now, y);
        }
    }

    public override void Update(int shard, long now)
    {
        var part = parts[shard];
        var kernel = Kernel;
        float* buffer = stackalloc float[16];
        for (int target = 0; target < part.TargetCount; target++)
        {
            var y = Fields.Broadcast<T, TPost>(Post(shard), PostStride(shard), target);
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
    void PostOfOneDelay(Part part, int target, float* pre, TPost y)
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
                for (int i = 0; i < T.Width; i++) Sse.Prefetch0(variables + places[k + SynapsesAhead + i]);
            }
            var synapse = Fields.Gather<T, TSynapse>(variables, part.Plane, places + k);
            kernel.OnPost(ref synapse, Fields.Gather<T, TPre>(pre, PreStride, sources + k, PreReadOnPost), in y);
            Scatter(part, synapse, places + k, Math.Min(T.Width, count - k), buffer);
        }
    }

    void PostOfManyDelays(Part part, int target, long now, TPost y)
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
        foreach (var part in parts) Initialize(part);
        Changed();
    }

    public override void Normalize(int shard, float total, float quantum)
    {
        var part = parts[shard];
        float* weights = part.Variables.Pointer;
        ushort* targets = part.Targets.Pointer;
        var sums = new long[Math.Max(1, part.TargetCount)];
        int* counted = stackalloc int[Shard.Bundle], at = stackalloc int[Shard.Bundle];
        float inverse = 1 / quantum;
        for (int k = 0; k < part.Count; k += T.Width)
        {
            T.StoreScaled(T.Load(in weights[k]), inverse, ref *counted);
            int count = (int)Math.Min(T.Width, part.Count - k);
            for (int i = 0; i < count; i++) sums[targets[k + i]] += counted[i];
        }
        var factors = new float[sums.Length];
        for (int i = 0; i < factors.Length; i++) factors[i] = sums[i] > 0 ? total / (sums[i] * quantum) : 1;
        var (least, most) = Plan.WeightRange;
        for (int k = 0; k < part.Count; k += T.Width)
        {
            Widen(targets + k, at);
            T.Store(T.Min(T.Max(T.Load(in weights[k]) * T.Gather(in factors[0], in *at), least), most), ref weights[k]);
        }
    }

    protected override void Dispose(bool disposing)
    {
        foreach (var part in parts) part.Dispose();
        base.Dispose(disposing);
    }

    protected override void ReadSynapses(int field, float[] values) => EachSynapse((part, place, slot) => values[slot] = part.Variables[(field * part.Plane) + place]);

    protected override void WriteSynapses(int field, float[] values) => EachSynapse((part, place, slot) => part.Variables[(field * part.Plane) + place] = values[slot]);

    static void Scatter(Part part, TSynapse synapse, int* places, int count, float* buffer)
    {
        for (int f = 0; f < SynapseFields; f++)
        {
            T.Store(Unsafe.Add(ref Unsafe.As<TSynapse, T>(ref synapse), f), ref *buffer);
            float* plane = part.Variables.Pointer + (f * part.Plane);
            for (int i = 0; i < count; i++) plane[places[i]] = buffer[i];
        }
    }

    void EachSynapse(Action<Part, long, long> visit)
    {
        var row = new SynapseRow();
        foreach (var part in parts)
        {
            for (int i = 0; i < part.TargetCount; i++)
            {
                Plan.Read(part.FirstTarget + i, row, SynapseParts.Slots);
                for (int k = 0; k < row.Count; k++) visit(part, part.Places[part.FirstIncoming[i] + k], row.Slots[k]);
            }
        }
    }

    void Initialize(Part part)
    {
        for (nint i = 0; i < part.Plane; i += T.Width) Fields.Store<T, TSynapse>(Kernel.Initial(T.Load(in part.Variables.Pointer[i])), part.Variables.Pointer, part.Plane, i);
    }

    /// <summary>Synapses of one source that lie side by side and whose spike arrives.</summary>
    readonly struct FoundRun(int first, int count, float* pre)
    {
        public readonly int First = first;
        public readonly int Count = count;

        /// <summary>The source's traces.</summary>
        public readonly float* Pre = pre;
    }

    /// <summary>The synapses of one shard.</summary>
    sealed class Part : IDisposable
    {
        const int Beyond = 16;

        // The runs that arrive in a step.
        public FoundRun[] Found = new FoundRun[256];

        readonly NativeBuffer<int> runs;
        readonly int delays;

        public Part(CompiledProjection plan, Shard shard, int fields)
        {
            int to = plan.Description.To.Index, sources = plan.Connectivity.Sources, least = plan.LeastDelay;
            FirstTarget = shard.Start(to);
            TargetCount = shard.Count(to);
            delays = plan.MostDelay - least + 1;
            runs = new(((long)sources * delays) + 1);
            FirstIncoming = new(TargetCount + 1);
            var row = new SynapseRow();
            for (int i = 0; i < TargetCount; i++)
            {
                plan.Read(FirstTarget + i, row, SynapseParts.Sources | SynapseParts.Delays);
                FirstIncoming[i + 1] = FirstIncoming[i] + row.Count;
                for (int k = 0; k < row.Count; k++) runs[((long)row.Sources[k] * delays) + row.Delays[k] - least]++;
            }
            Count = FirstIncoming[TargetCount];
            if (Count > int.MaxValue - 64) throw new InvalidInputException($"{plan.Description}: the plastic synapses of one thread", Count, $"at most {int.MaxValue - 64}; use more threads");
            int sum = 0;
            for (long i = 0; i < runs.Length; i++) (runs[i], sum) = (sum, sum + runs[i]);
            Plane = (nint)((Count + 15) / 16 * 16) + 16;
            Targets = new(Plane);
            Variables = new((long)Plane * fields);
            Places = new(Count + (3 * Beyond));
            Sources = new(Count + (3 * Beyond));
            Delays = new(delays > 1 ? Count : 0);
            for (int i = 0; i < TargetCount; i++)
            {
                plan.Read(FirstTarget + i, row, SynapseParts.Sources | SynapseParts.Delays);
                for (int k = 0; k < row.Count; k++)
                {
                    int place = runs[((long)row.Sources[k] * delays) + row.Delays[k] - least]++;
                    Targets[place] = (ushort)i;
                    long at = FirstIncoming[i] + k;
                    Places[at] = place;
                    Sources[at] = row.Sources[k];
                    if (delays > 1) Delays[at] = (ushort)row.Delays[k];
                }
            }
            // Filling moved each run's beginning to its end: the beginning of the next one.
            for (long i = runs.Length - 1; i > 0; i--) runs[i] = runs[i - 1];
            runs[0] = 0;
        }

        public int FirstTarget { get; }

        public int TargetCount { get; }

        public long Count { get; }

        /// <summary>The distance of a synapse's variables; a vector may be read beyond the last synapse.</summary>
        public nint Plane { get; }

        /// <summary>The target of each synapse, among those of the shard.</summary>
        public NativeBuffer<ushort> Targets { get; }

        public NativeBuffer<float> Variables { get; }

        /// <summary>The places of each target's synapses among the variables; readable a few vectors beyond the last.</summary>
        public NativeBuffer<int> Places { get; }

        /// <summary>The sources of each target's synapses; readable a few vectors beyond the last.</summary>
        public NativeBuffer<int> Sources { get; }

        /// <summary>The delays of each target's synapses, where they differ.</summary>
        public NativeBuffer<ushort> Delays { get; }

        public NativeBuffer<long> FirstIncoming { get; }

        public (int First, int End) Run(int source, int delay)
        {
            int* run = runs.Pointer + ((long)source * delays) + delay;
            return (run[0], run[1]);
        }

        public void Prefetch(FoundRun run)
        {
            if (!Sse.IsSupported) return;
            for (int k = 0; k < run.Count + 15; k += 16) Sse.Prefetch0(Variables.Pointer + run.First + k);
            for (int k = 0; k < run.Count + 31; k += 32) Sse.Prefetch0(Targets.Pointer + run.First + k);
        }

        public void Dispose()
        {
            runs.Dispose();
            Targets.Dispose();
            Variables.Dispose();
            Places.Dispose();
            Sources.Dispose();
            Delays.Dispose();
            FirstIncoming.Dispose();
        }
    }
}
