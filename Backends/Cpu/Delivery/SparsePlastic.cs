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
        var kernel = Kernel;
        float* traces = Post(shard);
        nint stride = PostStride(shard);
        int* sums = Shards[shard].Sums(To, Plan.Description.Receptor);
        float factor = 1 / Plan.Quantum;
        int* sent = stackalloc int[16];
        for (int delay = Plan.LeastDelay; delay <= Plan.MostDelay && delay <= now; delay++)
        {
            foreach (var other in Shards)
            {
                int fired = other.SpikeCount(From, now - delay);
                int* spikes = other.Spikes(From, now - delay);
                for (int s = 0; s < fired; s++)
                {
                    var (first, end) = part.Run(spikes[s], delay - Plan.LeastDelay);
                    if (first == end) continue;
                    var x = Fields.Broadcast<T, TPre>(Pre(now - delay), PreStride, spikes[s]);
                    for (long k = first; k < end; k += T.Width)
                    {
                        int* targets = part.Targets.Pointer + k;
                        int count = (int)Math.Min(T.Width, end - k);
                        var before = Fields.Load<T, TSynapse>(part.Variables.Pointer, part.Plane, (nint)k);
                        var after = before;
                        T current = kernel.OnPre(ref after, in x, Fields.Gather<T, TPost>(traces, stride, targets));
                        if (ChangesOnPre) Fields.Store(T.MaskFromBits((1u << count) - 1), after, before, part.Variables.Pointer, part.Plane, (nint)k);
                        new Span<int>(sent, T.Width).Clear();
                        T.AddScaled(current, factor, ref *sent);
                        for (int i = 0; i < count; i++) sums[targets[i]] += sent[i];
                    }
                }
            }
        }
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
        const int Ahead = 32;
        var kernel = Kernel;
        float* buffer = stackalloc float[16];
        float* variables = part.Variables.Pointer;
        int* places = part.Places.Pointer + part.FirstIncoming[target], sources = part.Sources.Pointer + part.FirstIncoming[target];
        int count = (int)(part.FirstIncoming[target + 1] - part.FirstIncoming[target]);
        for (int k = 0; k < count; k += T.Width)
        {
            if (Sse.IsSupported)
            {
                for (int i = 0; i < T.Width; i++) Sse.Prefetch0(variables + places[k + Ahead + i]);
            }
            var synapse = Fields.Gather<T, TSynapse>(variables, part.Plane, places + k);
            kernel.OnPost(ref synapse, Fields.Gather<T, TPre>(pre, PreStride, sources + k), in y);
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
            kernel.OnPost(ref synapse, Fields.Gather<T, TPre>(Pre(0), PreStride, late), in y);
            Scatter(part, synapse, part.Places.Pointer + k, count, buffer);
        }
    }

    public override float[] Weights()
    {
        var weights = new float[Plan.Connectivity.Slots];
        EachSynapse((part, place, slot) => weights[slot] = part.Variables[place]);
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
        var (least, most) = Plan.WeightRange;
        for (int target = 0; target < part.TargetCount; target++)
        {
            long sum = 0;
            for (long k = part.FirstIncoming[target]; k < part.FirstIncoming[target + 1]; k++) sum += (long)MathF.Round(part.Variables[part.Places[k]] / quantum);
            if (sum <= 0) continue;
            float factor = total / (sum * quantum);
            for (long k = part.FirstIncoming[target]; k < part.FirstIncoming[target + 1]; k++)
            {
                ref float weight = ref part.Variables[part.Places[k]];
                float scaled = weight * factor;
                weight = scaled < least ? least : scaled > most ? most : scaled;
            }
        }
        Initialize(part);
    }

    protected override void Dispose(bool disposing)
    {
        foreach (var part in parts) part.Dispose();
        base.Dispose(disposing);
    }

    static void Scatter(Part part, TSynapse synapse, int* places, int count, float* buffer)
    {
        for (int f = 0; f < SynapseFields; f++)
        {
            T.Store(System.Runtime.CompilerServices.Unsafe.Add(ref System.Runtime.CompilerServices.Unsafe.As<TSynapse, T>(ref synapse), f), ref *buffer);
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

    /// <summary>The synapses of one shard.</summary>
    sealed class Part : IDisposable
    {
        const int Beyond = 16;

        readonly NativeBuffer<long> runs;
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
            long sum = 0;
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
                    long place = runs[((long)row.Sources[k] * delays) + row.Delays[k] - least]++;
                    Targets[place] = i;
                    long at = FirstIncoming[i] + k;
                    Places[at] = (int)place;
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

        public NativeBuffer<int> Targets { get; }

        public NativeBuffer<float> Variables { get; }

        /// <summary>The places of each target's synapses among the variables; readable a few vectors beyond the last.</summary>
        public NativeBuffer<int> Places { get; }

        /// <summary>The sources of each target's synapses; readable a few vectors beyond the last.</summary>
        public NativeBuffer<int> Sources { get; }

        /// <summary>The delays of each target's synapses, where they differ.</summary>
        public NativeBuffer<ushort> Delays { get; }

        public NativeBuffer<long> FirstIncoming { get; }

        public (long First, long End) Run(int source, int delay)
        {
            long at = ((long)source * delays) + delay;
            return (runs[at], runs[at + 1]);
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
