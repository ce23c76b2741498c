using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Backends;

/// <summary>Plastic synapses of many delays, computed a whole row at a time when the source fires, ahead of the arrivals. A row split by delay falls into runs of a few synapses; whole, it
/// fills vectors.</summary>
/// <remarks>
/// What an arrival does depends on the synapse and on the target's traces at that step, and these can be foretold as long as the target does not fire. So all of a spike's arrivals are computed
/// at once, as if no target fired before them, and what they send waits in a ring of sums, a slot a step. When a target does fire, the arrivals at its own synapses that are still under way are
/// taken back, newest first, the synapses see the spike, the traces are foretold anew, and the arrivals are computed again, oldest first. Invariant, between events, with <c>n</c> the next step:
/// a synapse's variables and the ring are what they will be once all arrivals at steps >= n of spikes before n - 1 have happened, if its target does not fire before them.
/// Whoever looks at synapses from outside a step finds them with these arrivals taken back.
/// </remarks>
sealed unsafe class EarlyPlastic<T, TKernel, TSynapse, TPre, TPost> : IndexedPlastic<T, TKernel, TSynapse, TPre, TPost>
    where T : unmanaged, ILane<T>
    where TKernel : unmanaged, ISynapseKernel<T, TSynapse, TPre, TPost>
    where TSynapse : unmanaged
    where TPre : unmanaged
    where TPost : unmanaged
{
    const int Block = Shard.Bundle;

    readonly Part[] parts;

    public EarlyPlastic(CompiledNetwork network, CompiledProjection plan, Shard[] shards, TKernel kernel, bool learning)
        : base(network, plan, shards, kernel, learning)
    {
        parts = [.. shards.Select(s => new Part(plan, s, SynapseFields, PostFields))];
        Fill();
        foreach (var part in parts) Foretell(part, 0);
    }

    public override void Begin()
    {
        foreach (var part in parts)
        {
            TakeBack(part, part.Next);
            part.Forget(long.MaxValue);
            part.Ring.Clear();
        }
        base.Begin();
        foreach (var part in parts) Foretell(part, 0);
    }

    public override void Deliver(int shard, long now)
    {
        var part = parts[shard];
        if (part.Count == 0) return;
        part.Forget(now);
        if (now > 0)
        {
            foreach (var other in Shards)
            {
                int fired = other.SpikeCount(From, now - 1);
                int* spikes = other.Spikes(From, now - 1);
                for (int s = 0; s < fired; s++) Send(part, spikes[s], now - 1);
            }
        }
        if (part.UnderWay == 0) return;
        Shards[shard].Touch(To);
        int* arriving = part.Ring.Pointer + part.Slot(now), sums = Shards[shard].Sums(To, Receptor);
        for (int i = 0; i < part.TargetCount; i += Block)
        {
            (Vector256.Load(sums + i) + Vector256.Load(arriving + i)).Store(sums + i);
            (Vector256.Load(sums + i + 8) + Vector256.Load(arriving + i + 8)).Store(sums + i + 8);
        }
        new Span<int>(arriving, (int)part.Stride).Clear();
    }

    public override void Post(int shard, long now)
    {
        var part = parts[shard];
        int fired = Shards[shard].SpikeCount(To, now);
        part.Next = now + 1;
        if ((!ChangesOnPost && !TracesPost) || fired == 0 || part.Count == 0) return;
        int* spikes = Shards[shard].Spikes(To, now);
        for (int s = 0; s < fired; s++)
        {
            int target = spikes[s] - part.FirstTarget;
            for (int f = part.UnderWay - 1; f >= 0; f--) EachBlockOf(part, f, target, again: false);
            if (ChangesOnPost) PostOf(shard, target, now);
            if (TracesPost) ForetellOne(part, target, now);
            for (int f = 0; f < part.UnderWay; f++) EachBlockOf(part, f, target, again: true);
        }
    }

    protected override void TraceTargets(int shard, long now, Slice to)
    {
        // Those that fired were foretold anew in Post; what is missing is one step more for all.
        var part = parts[shard];
        if (TracesPost) StepTraces(part, now + Plan.MostDelay);
    }

    public override void Update(int shard, long now) => Settled(parts[shard], now, () => base.Update(shard, now));

    public override void Normalize(int shard, float total, float quantum)
    {
        var part = parts[shard];
        Settled(part, part.Next, () =>
        {
            if (Plan.Connectivity.IsAllToAll) CompleteRows.Normalize<T>(part.Variables.Pointer, Plan.Connectivity.Sources, part.Rows[1], part.TargetCount, total, quantum, Plan.WeightRange);
            else base.Normalize(shard, total, quantum);
        });
    }

    public override void SetWeights(ReadOnlySpan<float> weights)
    {
        foreach (var part in parts) TakeBack(part, part.Next);
        base.SetWeights(weights);
        foreach (var part in parts) SendAgain(part, part.Next);
    }

    public override void Save(CheckpointWriter writer, long now)
    {
        foreach (var shard in Shards)
        {
            var part = parts[shard.Index];
            for (int field = 0; field < PostFields; field++)
                new Span<float>(part.Traces.Pointer + part.Slot(now) + (field * part.Size), part.TargetCount).CopyTo(new(Post(shard.Index) + (field * PostStride(shard.Index)), part.TargetCount));
        }
        base.Save(writer, now);
    }

    public override void Restore(CheckpointReader reader, long now)
    {
        foreach (var part in parts)
        {
            part.Forget(long.MaxValue);
            part.Ring.Clear();
        }
        base.Restore(reader, now);
        foreach (var part in parts)
        {
            part.Next = now;
            Foretell(part, now);
            if (part.Count == 0) continue;
            // Those of the last step are sent when the next one begins.
            for (long step = Math.Max(0, now - Plan.MostDelay); step < now - 1; step++)
            {
                foreach (var other in Shards)
                {
                    int* spikes = other.Spikes(From, step);
                    for (int s = 0; s < other.SpikeCount(From, step); s++) part.Add(spikes[s], step);
                }
            }
            SendAgain(part, now);
        }
    }

    protected override void ReadSynapses(int field, float[] values)
    {
        foreach (var part in parts) TakeBack(part, part.Next);
        base.ReadSynapses(field, values);
        foreach (var part in parts) SendAgain(part, part.Next);
    }

    protected override IndexedSynapses Synapses(int shard) => parts[shard];

    protected override float* PostTraces(int shard, long now) => parts[shard].Traces.Pointer + parts[shard].Slot(now);

    protected override nint PostTraceStride(int shard) => parts[shard].Size;

    protected override void Dispose(bool disposing)
    {
        foreach (var part in parts) part.Dispose();
        base.Dispose(disposing);
    }

    void Settled(Part part, long next, Action action)
    {
        TakeBack(part, next);
        action();
        SendAgain(part, next);
    }

    // All arrivals of a spike. No place is left out: at those without a synapse, what is sent goes to a target that nobody reads. Some hundred synapses at a time: their places, then their
    // targets' traces, then the rule, then the sums, each in a short loop of its own that keeps the processor's units busy.
    void Send(Part part, int source, long step)
    {
        var kernel = Kernel;
        float factor = 1 / Plan.Quantum;
        bool changes = ChangesOnPre;
        float* kept = part.Add(source, step), traces = part.GatheredTraces.Pointer;
        int* at = part.Gathered.Pointer, sent = part.Gathered.Pointer + Part.Chunk;
        nint plane = part.Plane;
        int shift = part.Slot(step), mask = (int)part.Size - 1;
        var x = Fields.Broadcast<T, TPre>(Pre(step) + source, PreStride, 0, PreReadOnPre);
        int end = part.Rows[source + 1];
        for (int first = part.Rows[source]; first < end; first += Part.Chunk)
        {
            int count = Math.Min(Part.Chunk, end - first);
            for (int k = 0; k < count; k += Block) Place(part.Indices.Pointer + first + k, shift, mask, at + k);
            for (int field = 0; field < PostFields; field++)
            {
                if ((PostReadOnPre & (1u << field)) != 0) Copy(part.Traces.Pointer + (field * part.Size), at, traces + (field * Part.Chunk), count);
            }
            float* variables = part.Variables.Pointer + first;
            for (int k = 0; k < count; k += T.Width)
            {
                var synapse = Fields.Load<T, TSynapse>(variables, plane, k);
                Fields.Store<T, TSynapse>(synapse, kept, part.KeptPlane, k);
                T current = kernel.OnPre(ref synapse, in x, Fields.Load<T, TPost>(traces, Part.Chunk, k));
                if (changes) Fields.Store<T, TSynapse>(synapse, variables, plane, k);
                T.StoreScaled(current, factor, ref sent[k]);
            }
            kept += count;
            Add(part.Ring.Pointer, at, sent, count);
        }
    }

    static void Copy(float* from, int* at, float* to, int count)
    {
        for (int i = 0; i < count; i += 4)
        {
            to[i] = from[at[i]];
            to[i + 1] = from[at[i + 1]];
            to[i + 2] = from[at[i + 2]];
            to[i + 3] = from[at[i + 3]];
        }
    }

    static void Add(int* sums, int* at, int* sent, int count)
    {
        for (int i = 0; i < count; i += 4)
        {
            sums[at[i]] += sent[i];
            sums[at[i + 1]] += sent[i + 1];
            sums[at[i + 2]] += sent[i + 2];
            sums[at[i + 3]] += sent[i + 3];
        }
    }

    // Newest first: a synapse gets back what it was before the first of its arrivals under way.
    void TakeBack(Part part, long next)
    {
        for (int f = part.UnderWay - 1; f >= 0; f--) EachBlock(part, f, next, again: false);
    }

    void SendAgain(Part part, long next)
    {
        for (int f = 0; f < part.UnderWay; f++) EachBlock(part, f, next, again: true);
    }

    void EachBlock(Part part, int flight, long next, bool again)
    {
        var (source, step) = part.Flight(flight);
        for (int k = part.Rows[source]; k < part.Rows[source + 1]; k += Block) OneBlock(part, flight, k, part.Late(k, next - step), again);
    }

    // The synapses onto one target that arrive after this step lie side by side, for rows are ordered by target.
    void EachBlockOf(Part part, int flight, int target, bool again)
    {
        var (source, step) = part.Flight(flight);
        for (int k = part.FirstBlock(source, target); k < part.Rows[source + 1]; k += Block)
        {
            uint those = part.Onto(k, target);
            if (those == 0) break;
            OneBlock(part, flight, k, those & part.Late(k, part.Next - step), again);
        }
    }

    void OneBlock(Part part, int flight, int k, uint bits, bool again)
    {
        if (bits == 0) return;
        var (source, step) = part.Flight(flight);
        var kernel = Kernel;
        float* variables = part.Variables.Pointer, kept = part.Kept(flight) + (k - part.Rows[source]);
        int* ring = part.Ring.Pointer, at = stackalloc int[Block], sent = stackalloc int[Block];
        Place(part.Indices.Pointer + k, part.Slot(step), (int)part.Size - 1, at);
        var x = Fields.Broadcast<T, TPre>(Pre(step) + source, PreStride, 0, PreReadOnPre);
        for (int i = 0; i < Block; i += T.Width)
        {
            T mask = T.MaskFromBits(bits >> i);
            var now = Fields.Load<T, TSynapse>(variables, part.Plane, k + i);
            var before = now;
            if (again) Fields.Store(mask, now, Fields.Load<T, TSynapse>(kept, part.KeptPlane, i), kept, part.KeptPlane, i);
            else before = Fields.Load<T, TSynapse>(kept, part.KeptPlane, i);
            var after = before;
            T current = kernel.OnPre(ref after, in x, Fields.Gather<T, TPost>(part.Traces.Pointer, part.Size, at + i, PostReadOnPre));
            T.StoreScaled(T.Select(mask, current, 0f), 1 / Plan.Quantum, ref sent[i]);
            if (ChangesOnPre || !again) Fields.Store(mask, again ? after : before, now, variables, part.Plane, k + i);
        }
        for (int i = 0; i < Block; i++) ring[at[i]] += again ? sent[i] : -sent[i];
    }

    // The traces of all targets from a step on, if nobody fires.
    void Foretell(Part part, long now)
    {
        part.Next = now;
        for (int field = 0; field < PostFields; field++)
            new Span<float>(Post(part.Shard) + (field * PostStride(part.Shard)), part.TargetCount).CopyTo(new(part.Traces.Pointer + part.Slot(now) + (field * part.Size), part.TargetCount));
        for (int late = 0; late < Plan.MostDelay; late++) StepTraces(part, now + late);
    }

    void StepTraces(Part part, long step)
    {
        var kernel = Kernel;
        float* from = part.Traces.Pointer + part.Slot(step), to = part.Traces.Pointer + part.Slot(step + 1);
        var quiet = new Moment<T> { Spiked = T.MaskFromBits(0), Potential = 0f, Modulator = 0f };
        for (int i = 0; i < part.TargetCount; i += T.Width)
        {
            var traces = Fields.Load<T, TPost>(from, part.Size, i);
            kernel.TracePost(ref traces, in quiet);
            Fields.Store<T, TPost>(traces, to, part.Size, i);
        }
    }

    // The traces of a target that fires in a step, from the next one on.
    void ForetellOne(Part part, int target, long now)
    {
        var kernel = Kernel;
        float* buffer = stackalloc float[Block];
        var traces = Fields.Broadcast<T, TPost>(part.Traces.Pointer + part.Slot(now), part.Size, target);
        for (int late = 1; late <= Plan.MostDelay; late++)
        {
            kernel.TracePost(ref traces, new() { Spiked = T.MaskFromBits(late == 1 ? uint.MaxValue : 0), Potential = 0f, Modulator = 0f });
            float* to = part.Traces.Pointer + part.Slot(now + late) + target;
            for (int field = 0; field < PostFields; field++)
            {
                T.Store(Unsafe.Add(ref Unsafe.As<TPost, T>(ref traces), field), ref *buffer);
                to[field * part.Size] = *buffer;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Place(int* indices, int shift, int mask, int* at)
    {
        ((Vector256.Load(indices) + Vector256.Create(shift)) & Vector256.Create(mask)).Store(at);
        ((Vector256.Load(indices + 8) + Vector256.Create(shift)) & Vector256.Create(mask)).Store(at + 8);
    }

    /// <summary>The synapses of one shard, what they will send, and the spikes under way.</summary>
    sealed class Part : IndexedSynapses
    {
        // How many synapses are worked on at a time.
        public const int Chunk = 512;

        readonly int fields;
        readonly int longest;
        readonly int most;
        readonly int strideBits;
        readonly List<(int Source, long Step)> flights = [];
        NativeBuffer<float> kept;
        int first;

        public Part(CompiledProjection plan, Shard shard, int fields, int postFields)
            : base(plan, shard)
        {
            this.fields = fields;
            Shard = shard.Index;
            most = plan.MostDelay;
            int sources = plan.Connectivity.Sources;
            // The places without a synapse send to the last target of a slot, beyond the whole vectors that are delivered.
            Stride = (nint)BitOperations.RoundUpToPowerOf2((uint)(((TargetCount + Block - 1) / Block * Block) + 1));
            strideBits = BitOperations.Log2((uint)Stride);
            Size = Stride * (nint)BitOperations.RoundUpToPowerOf2((uint)most + 2);
            Ring = new(Size + Block);
            Traces = new((Size * postFields) + Block);
            Rows = new(sources + 1);
            var counts = new int[sources];
            var row = new SynapseRow();
            for (int i = 0; i < TargetCount; i++)
            {
                plan.Read(FirstTarget + i, row, SynapseParts.Sources);
                for (int k = 0; k < row.Count; k++) counts[row.Sources[k]]++;
            }
            for (int s = 0; s < sources; s++)
            {
                int blocks = (counts[s] + Block - 1) / Block * Block;
                longest = Math.Max(longest, blocks);
                Rows[s + 1] = checked(Rows[s] + blocks);
                counts[s] = Rows[s];
            }
            Allocate(Rows[sources], fields);
            Indices = new(Plane);
            Indices.Span.Fill((int)Stride - 1);
            for (int i = 0; i < TargetCount; i++)
            {
                plan.Read(FirstTarget + i, row, SynapseParts.Sources | SynapseParts.Delays);
                for (int k = 0; k < row.Count; k++)
                {
                    int place = counts[row.Sources[k]]++;
                    Indices[place] = (row.Delays[k] << strideBits) + i;
                    Note(FirstIncoming[i] + k, place, row.Sources[k], row.Delays[k]);
                }
            }
            kept = new(16L * longest * fields);
            Gathered = new(2 * Chunk);
            GatheredTraces = new(Chunk * (long)postFields);
        }

        public int Shard { get; }

        /// <summary>The next step to be taken, or, once its neurons have fired, the one after it.</summary>
        public long Next { get; set; }

        /// <summary>Where a source's row begins; it ends where the next one begins.</summary>
        public NativeBuffer<int> Rows { get; }

        /// <summary>For each place its delay times <see cref="Stride"/>, and its target. Rows are ordered by target.</summary>
        public NativeBuffer<int> Indices { get; }

        /// <summary>What arrives in each of the next steps at each target.</summary>
        public NativeBuffer<int> Ring { get; }

        /// <summary>The targets' traces in each of the next steps, laid out as the ring; one such plane a variable.</summary>
        public NativeBuffer<float> Traces { get; }

        /// <summary>Room for the places of some synapses, and for what they send.</summary>
        public NativeBuffer<int> Gathered { get; }

        /// <summary>Room for their targets' traces.</summary>
        public NativeBuffer<float> GatheredTraces { get; }

        /// <summary>The distance of two variables of a synapse among what is kept.</summary>
        public nint KeptPlane => longest;

        /// <summary>The distance of two slots.</summary>
        public nint Stride { get; }

        /// <summary>All slots: a power of two.</summary>
        public nint Size { get; }

        /// <summary>How many spikes are under way.</summary>
        public int UnderWay => flights.Count - first;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public int Slot(long step) => (int)((step << strideBits) & (Size - 1));

        public (int Source, long Step) Flight(int flight) => flights[first + flight];

        /// <summary>What the synapses of a spike's row were before its arrivals.</summary>
        public float* Kept(int flight) => kept.Pointer + (((long)first + flight) % Room * longest * fields);

        /// <summary>Notes a spike.</summary>
        /// <returns>Where to keep what its synapses are.</returns>
        public float* Add(int source, long step)
        {
            if (UnderWay == Room) Grow();
            flights.Add((source, step));
            return Kept(UnderWay - 1);
        }

        /// <summary>Forgets the spikes whose last arrival was before a step.</summary>
        public void Forget(long next)
        {
            while (UnderWay > 0 && flights[first].Step < next - most) first++;
            // The list is shortened by whole rounds of the room, so that what is kept stays where it is.
            int rounds = UnderWay == 0 ? first : (int)(first / Room * Room);
            if (rounds == 0 || rounds < flights.Count / 2) return;
            flights.RemoveRange(0, rounds);
            first -= rounds;
        }

        /// <summary>Which places of a block arrive a number of steps after the source's spike, or later.</summary>
        public uint Late(int k, long steps)
        {
            int* indices = Indices.Pointer + k;
            var least = Vector256.Create((int)Math.Clamp(steps << strideBits, Stride, Size));
            return Vector256.GreaterThanOrEqual(Vector256.Load(indices), least).ExtractMostSignificantBits()
                | (Vector256.GreaterThanOrEqual(Vector256.Load(indices + 8), least).ExtractMostSignificantBits() << 8);
        }

        /// <summary>Which places of a block are onto a target.</summary>
        public uint Onto(int k, int target)
        {
            int* indices = Indices.Pointer + k;
            var (mask, wanted) = (Vector256.Create((int)Stride - 1), Vector256.Create(target));
            return Vector256.Equals(Vector256.Load(indices) & mask, wanted).ExtractMostSignificantBits()
                | (Vector256.Equals(Vector256.Load(indices + 8) & mask, wanted).ExtractMostSignificantBits() << 8);
        }

        /// <summary>The first block of a row that may hold a synapse onto a target.</summary>
        public int FirstBlock(int source, int target)
        {
            int low = Rows[source], high = Rows[source + 1];
            // The first block whose last place is not before the target.
            while (low < high)
            {
                int middle = low + ((high - low) / (2 * Block) * Block);
                if ((Indices[middle + Block - 1] & (Stride - 1)) < target) low = middle + Block;
                else high = middle;
            }
            return low;
        }

        public override int TargetRoom => (int)Stride;

        public override void Targets(int first, int* targets) => Place(Indices.Pointer + first, 0, (int)Stride - 1, targets);

        protected override void Dispose(bool disposing)
        {
            Rows.Dispose();
            Indices.Dispose();
            Ring.Dispose();
            Traces.Dispose();
            Gathered.Dispose();
            GatheredTraces.Dispose();
            kept.Dispose();
            base.Dispose(disposing);
        }

        long Room => kept.Length / Math.Max(1, longest * fields);

        void Grow()
        {
            long row = (long)longest * fields;
            var larger = new NativeBuffer<float>(2 * Math.Max(Room, 1) * row);
            for (int f = 0; f < UnderWay; f++) new Span<float>(Kept(f), (int)row).CopyTo(new(larger.Pointer + (f * row), (int)row));
            flights.RemoveRange(0, first);
            first = 0;
            kept.Dispose();
            kept = larger;
        }
    }
}
