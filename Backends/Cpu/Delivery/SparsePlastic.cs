using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Backends;

/// <summary>Plastic synapses of any wiring and any delays: a row a source, ordered by delay, with the index of each target; and for each target the places of its synapses, for the
/// events of its own spikes.</summary>
sealed unsafe class SparsePlastic<T, TKernel, TSynapse, TPre, TPost> : IndexedPlastic<T, TKernel, TSynapse, TPre, TPost>
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
        Fill();
    }

    public override void Deliver(int shard, long now)
    {
        var part = parts[shard];
        if (part.Count == 0) return;
        int count = Collect(part, now);
        if (count == 0) return;
        Shards[shard].Touch(To);
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
        ushort* targets = part.TargetIndices.Pointer + run.First;
        nint stride = PostStride(shard), plane = part.Plane;
        int* sums = Shards[shard].Sums(To, Receptor);
        float factor = 1 / Plan.Quantum;
        uint wanted = PostReadOnPre;
        bool changes = ChangesOnPre;
        var x = Fields.Broadcast<T, TPre>(run.Pre, PreStride, 0);
        for (int k = 0; k < run.Count; k += T.Width)
        {
            int count = Math.Min(T.Width, run.Count - k);
            Part.Widen(targets + k, at);
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

    public override void Post(int shard, long now)
    {
        var part = parts[shard];
        int fired = Shards[shard].SpikeCount(To, now);
        if (!ChangesOnPost || fired == 0 || part.Count == 0) return;
        int* spikes = Shards[shard].Spikes(To, now);
        for (int s = 0; s < fired; s++) PostOf(shard, spikes[s] - part.FirstTarget, now);
    }

    protected override IndexedSynapses Synapses(int shard) => parts[shard];

    protected override float* PostTraces(int shard, long now) => Post(shard);

    protected override nint PostTraceStride(int shard) => PostStride(shard);

    protected override void Dispose(bool disposing)
    {
        foreach (var part in parts) part.Dispose();
        base.Dispose(disposing);
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
    sealed class Part : IndexedSynapses
    {
        // The runs that arrive in a step.
        public FoundRun[] Found = new FoundRun[256];

        readonly NativeBuffer<int> runs;
        readonly int delays;

        public Part(CompiledProjection plan, Shard shard, int fields)
            : base(plan, shard)
        {
            int least = plan.LeastDelay;
            delays = plan.MostDelay - least + 1;
            runs = new(((long)plan.Connectivity.Sources * delays) + 1);
            var row = new SynapseRow();
            for (int i = 0; i < TargetCount; i++)
            {
                plan.Read(FirstTarget + i, row, SynapseParts.Sources | SynapseParts.Delays);
                for (int k = 0; k < row.Count; k++) runs[((long)row.Sources[k] * delays) + row.Delays[k] - least]++;
            }
            int sum = 0;
            for (long i = 0; i < runs.Length; i++) (runs[i], sum) = (sum, sum + runs[i]);
            Allocate(sum, fields);
            TargetIndices = new(Plane);
            TargetIndices.Span.Fill((ushort)TargetCount);
            for (int i = 0; i < TargetCount; i++)
            {
                plan.Read(FirstTarget + i, row, SynapseParts.Sources | SynapseParts.Delays);
                for (int k = 0; k < row.Count; k++)
                {
                    int place = runs[((long)row.Sources[k] * delays) + row.Delays[k] - least]++;
                    TargetIndices[place] = (ushort)i;
                    Note(FirstIncoming[i] + k, place, row.Sources[k], row.Delays[k]);
                }
            }
            // Filling moved each run's beginning to its end: the beginning of the next one.
            for (long i = runs.Length - 1; i > 0; i--) runs[i] = runs[i - 1];
            runs[0] = 0;
        }

        /// <summary>The target of each synapse, among those of the shard.</summary>
        public NativeBuffer<ushort> TargetIndices { get; }

        public (int First, int End) Run(int source, int delay)
        {
            int* run = runs.Pointer + ((long)source * delays) + delay;
            return (run[0], run[1]);
        }

        public void Prefetch(FoundRun run)
        {
            if (!Sse.IsSupported) return;
            for (int f = 0; f < SynapseFields; f++)
            {
                float* plane = Variables.Pointer + (f * Plane);
                for (int k = 0; k < run.Count + 15; k += 16) Sse.Prefetch0(plane + run.First + k);
            }
            for (int k = 0; k < run.Count + 31; k += 32) Sse.Prefetch0(TargetIndices.Pointer + run.First + k);
        }

        public override int TargetRoom => TargetCount + 1;

        public override void Targets(int first, int* targets) => Widen(TargetIndices.Pointer + first, targets);

        protected override void Dispose(bool disposing)
        {
            runs.Dispose();
            TargetIndices.Dispose();
            base.Dispose(disposing);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Widen(ushort* from, int* to)
        {
            var (lower, upper) = Vector256.Widen(Vector256.Load(from));
            lower.AsInt32().Store(to);
            upper.AsInt32().Store(to + 8);
        }
    }
}
