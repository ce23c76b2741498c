using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Backends;

/// <summary>Synapses of a rule that visits all of them in every step, or that draws random numbers; of any wiring and any delays. They lie target by target, so that a step goes through them in order; for
/// arrivals, each source has a list of its synapses' places.</summary>
sealed unsafe class SteppedPlastic<T, TKernel, TSynapse, TPre, TPost> : Plastic<T, TKernel, TSynapse, TPre, TPost>
    where T : unmanaged, ILane<T>
    where TKernel : unmanaged, ISteppedSynapseKernel<T, TSynapse, TPre, TPost>
    where TSynapse : unmanaged
    where TPre : unmanaged
    where TPost : unmanaged
{
    readonly SteppedPart[] parts;
    readonly SynapseDraws draws;
    readonly bool changesOnStep;
    readonly uint drawing;
    readonly uint readOnPre;
    readonly uint kept;

    public SteppedPlastic(CompiledNetwork network, CompiledProjection plan, Shard[] shards, TKernel kernel, bool learning)
        : base(network, plan, shards, kernel, learning)
    {
        var tapes = KernelTapes.Of(plan.Description.Rule!, network.Step);
        changesOnStep = learning && tapes.Changes("OnStep");
        foreach (var kind in Enum.GetValues<SynapseEvent>())
        {
            if (tapes.Draws(kind.ToString())) drawing |= Bit(kind);
        }
        // What a draw writes and no draw reads is never seen before it is drawn again: it need not be remembered.
        kept = (tapes.Drawn & tapes.Reads("Draw", "synapse")) == 0 ? ~tapes.Drawn : uint.MaxValue;
        // What is written back must have been read.
        readOnPre = kept & (ChangesOnPre ? uint.MaxValue : tapes.Reads("OnPre", "synapse"));
        draws = new(network.Source.Seed, plan.Index);
        parts = [.. shards.Select(s => new SteppedPart(plan, s, SynapseFields, drawing != 0))];
        var row = new SynapseRow();
        foreach (var part in parts)
        {
            for (int i = 0; i < part.TargetCount; i++)
            {
                plan.Read(part.FirstTarget + i, row, SynapseParts.Weights);
                for (int k = 0; k < row.Count; k++) part.Variables[part.First[i] + k] = row.Weights[k];
            }
            Initialize(part);
        }
    }

    public override void Deliver(int shard, long now)
    {
        var part = parts[shard];
        if (part.Count == 0) return;
        for (int delay = Plan.LeastDelay; delay <= Plan.MostDelay && delay <= now; delay++)
        {
            float* pre = Pre(now - delay);
            foreach (var other in Shards)
            {
                int fired = other.SpikeCount(From, now - delay);
                int* spikes = other.Spikes(From, now - delay);
                for (int s = 0; s < fired; s++)
                {
                    var (first, end) = part.Run(spikes[s], delay - Plan.LeastDelay);
                    if (first < end) Deliver(shard, part, first, end - first, pre + spikes[s], now);
                }
            }
        }
    }

    public override void Post(int shard, long now)
    {
        int fired = Shards[shard].SpikeCount(To, now);
        if (!ChangesOnPost || fired == 0) return;
        int* spikes = Shards[shard].Spikes(To, now);
        for (int s = 0; s < fired; s++) Visit(shard, spikes[s] - parts[shard].FirstTarget, SynapseEvent.OnPost, now, now, late: true);
    }

    public override void Step(int shard, long now)
    {
        if (!changesOnStep) return;
        // What the events of the next step will see: of sources nothing that another shard has not written before this step.
        for (int target = 0; target < parts[shard].TargetCount; target++) Visit(shard, target, SynapseEvent.OnStep, now, now + 1, late: true);
    }

    public override void Update(int shard, long now)
    {
        for (int target = 0; target < parts[shard].TargetCount; target++) Visit(shard, target, SynapseEvent.OnUpdate, now, now, late: false);
    }

    public override float[] Weights()
    {
        var weights = new float[Plan.Connectivity.Slots];
        ReadSynapses(0, weights);
        return weights;
    }

    public override void SetWeights(ReadOnlySpan<float> weights)
    {
        WriteSynapses(0, weights.ToArray());
        foreach (var part in parts) Initialize(part);
        Changed();
    }

    public override void Normalize(int shard, float total, float quantum)
    {
        var part = parts[shard];
        int* counted = stackalloc int[Shard.Bundle];
        float inverse = 1 / quantum;
        var (least, most) = Plan.WeightRange;
        for (int target = 0; target < part.TargetCount; target++)
        {
            float* weights = part.Variables.Pointer + part.First[target];
            int count = part.InDegree(target);
            long sum = 0;
            for (int k = 0; k < count; k += T.Width)
            {
                T.StoreScaled(T.Load(in weights[k]), inverse, ref *counted);
                for (int i = 0; i < Math.Min(T.Width, count - k); i++) sum += counted[i];
            }
            if (sum <= 0) continue;
            T factor = total / (sum * quantum);
            for (int k = 0; k < count; k += T.Width)
            {
                T before = T.Load(in weights[k]);
                T.Store(T.Select(Existing(count - k), T.Min(T.Max(before * factor, least), most), before), ref weights[k]);
            }
        }
    }

    protected override void ReadSynapses(int field, float[] values) => EachSynapse((part, place, slot) => values[slot] = part.Variables[(field * part.Plane) + place]);

    protected override void WriteSynapses(int field, float[] values) => EachSynapse((part, place, slot) => part.Variables[(field * part.Plane) + place] = values[slot]);

    protected override void Dispose(bool disposing)
    {
        foreach (var part in parts) part.Dispose();
        base.Dispose(disposing);
    }

    static uint Bit(SynapseEvent kind) => 1u << (int)kind;

    static T Existing(int count) => T.MaskFromBits(count >= T.Width ? uint.MaxValue : (1u << count) - 1);

    // A vector may reach beyond the run: the lists go on, so it reads something, and what it makes of that is not kept.
    void Deliver(int shard, SteppedPart part, int first, int count, float* pre, long now)
    {
        var kernel = Kernel;
        float* traces = Post(shard), variables = part.Variables.Pointer;
        const int SynapsesAhead = 32;
        int* places = part.Places.Pointer + first, targets = part.Targets.Pointer + first;
        int* sums = Shards[shard].Sums(To, Receptor), sent = stackalloc int[Shard.Bundle];
        float* buffer = stackalloc float[Shard.Bundle];
        nint stride = PostStride(shard);
        float factor = 1 / Plan.Quantum;
        Shards[shard].Touch(To);
        var x = Fields.Broadcast<T, TPre>(pre, PreStride, 0);
        for (int k = 0; k < count; k += T.Width)
        {
            int present = Math.Min(T.Width, count - k);
            if (Sse.IsSupported)
            {
                for (int i = 0; i < T.Width; i++) Sse.Prefetch0(variables + places[k + SynapsesAhead + i]);
            }
            var synapse = Fields.Gather<T, TSynapse>(variables, part.Plane, places + k, readOnPre);
            if ((drawing & Bit(SynapseEvent.OnPre)) != 0)
                kernel.Draw(ref synapse, Uniform(SynapseEvent.OnPre, now, part.ArrivalSlots.Pointer + first + k));
            T current = kernel.OnPre(ref synapse, in x, Fields.Gather<T, TPost>(traces, stride, targets + k, PostReadOnPre));
            if (ChangesOnPre) Scatter(part, synapse, places + k, present, buffer);
            T.StoreScaled(current, factor, ref *sent);
            for (int i = 0; i < present; i++) sums[targets[k + i]] += sent[i];
        }
    }

    // An event of all synapses of a target.
    void Visit(int shard, int target, SynapseEvent kind, long now, long seen, bool late)
    {
        var part = parts[shard];
        var kernel = Kernel;
        long first = part.First[target];
        int count = part.InDegree(target);
        float* variables = part.Variables.Pointer + first, pre = Pre(late ? seen - Plan.LeastDelay : seen);
        int* sources = part.Sources.Pointer + first, at = stackalloc int[Shard.Bundle];
        bool manyDelays = late && Plan.LeastDelay != Plan.MostDelay, drawsNow = (drawing & Bit(kind)) != 0;
        var y = Fields.Broadcast<T, TPost>(Post(shard), PostStride(shard), target);
        for (int k = 0; k < count; k += T.Width)
        {
            var before = Load(variables + k, part.Plane);
            var after = before;
            TPre x;
            if (manyDelays)
            {
                for (int i = 0; i < T.Width; i++)
                {
                    long place = first + k + Math.Min(i, count - k - 1);
                    at[i] = (int)PreOffset(seen - part.Delays[place]) + part.Sources[place];
                }
                x = Fields.Gather<T, TPre>(Pre(0), PreStride, at);
            }
            else
            {
                x = Fields.Gather<T, TPre>(pre, PreStride, sources + k);
            }
            if (drawsNow) kernel.Draw(ref after, Uniform(kind, now, part.Slots.Pointer + first + k));
            if (kind == SynapseEvent.OnStep) kernel.OnStep(ref after, in x, in y);
            else if (kind == SynapseEvent.OnPost) kernel.OnPost(ref after, in x, in y);
            else kernel.OnUpdate(ref after, in x, in y);
            T written = Existing(count - k);
            for (int f = 0; f < SynapseFields; f++)
            {
                if ((kept & (1u << f)) != 0) T.Store(T.Select(written, Field(ref after, f), Field(ref before, f)), ref variables[(f * part.Plane) + k]);
            }
        }
    }

    T Uniform(SynapseEvent kind, long now, uint* slots)
    {
        uint* words = stackalloc uint[Shard.Bundle];
        draws.Fill(kind, now, Presentation, new(slots, T.Width), new(words, T.Width));
        return T.Uniform(in *words);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static ref T Field(ref TSynapse synapse, int field) => ref Unsafe.Add(ref Unsafe.As<TSynapse, T>(ref synapse), field);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TSynapse Load(float* variables, nint plane)
    {
        TSynapse synapse = default;
        for (int f = 0; f < SynapseFields; f++)
        {
            if ((kept & (1u << f)) != 0) Field(ref synapse, f) = T.Load(in variables[f * plane]);
        }
        return synapse;
    }

    void Scatter(SteppedPart part, TSynapse synapse, int* places, int count, float* buffer)
    {
        for (int f = 0; f < SynapseFields; f++)
        {
            if ((kept & (1u << f)) == 0) continue;
            T.Store(Field(ref synapse, f), ref *buffer);
            float* plane = part.Variables.Pointer + (f * part.Plane);
            for (int i = 0; i < count; i++) plane[places[i]] = buffer[i];
        }
    }

    void EachSynapse(Action<SteppedPart, long, long> visit)
    {
        var row = new SynapseRow();
        foreach (var part in parts)
        {
            for (int i = 0; i < part.TargetCount; i++)
            {
                Plan.Read(part.FirstTarget + i, row, SynapseParts.Slots);
                for (int k = 0; k < row.Count; k++) visit(part, part.First[i] + k, row.Slots[k]);
            }
        }
    }

    void Initialize(SteppedPart part)
    {
        for (nint i = 0; i < part.Plane; i += T.Width) Fields.Store<T, TSynapse>(Kernel.Initial(T.Load(in part.Variables.Pointer[i])), part.Variables.Pointer, part.Plane, i);
    }
}

/// <summary>The synapses of one shard, target by target.</summary>
sealed unsafe class SteppedPart : IDisposable
{
    // How far a vector may read beyond the last synapse, and how far ahead synapses are asked for.
    const int Beyond = 16, Ahead = 64;

    readonly NativeBuffer<int> runs;
    readonly int delays;

    public SteppedPart(CompiledProjection plan, Shard shard, int fields, bool draws)
    {
        int to = plan.Description.To.Index, least = plan.LeastDelay;
        FirstTarget = shard.Start(to);
        TargetCount = shard.Count(to);
        delays = plan.MostDelay - least + 1;
        runs = new(((long)plan.Connectivity.Sources * delays) + 1);
        First = new(TargetCount + 1);
        var row = new SynapseRow();
        var parts = SynapseParts.Sources | SynapseParts.Delays;
        if (draws) parts |= SynapseParts.Slots;
        for (int i = 0; i < TargetCount; i++)
        {
            plan.Read(FirstTarget + i, row, parts);
            First[i + 1] = First[i] + row.Count;
            for (int k = 0; k < row.Count; k++) runs[RunOf(row, k, least)]++;
        }
        Count = First[TargetCount];
        if (Count > int.MaxValue - 64) throw new InvalidInputException($"{plan.Description}: the plastic synapses of one thread", Count, $"at most {int.MaxValue - 64}; use more threads");
        int sum = 0;
        for (long i = 0; i < runs.Length; i++) (runs[i], sum) = (sum, sum + runs[i]);
        Plane = (nint)((Count + 15) / 16 * 16) + Beyond;
        Variables = new((long)Plane * fields);
        Sources = new(Count + Beyond);
        Places = new(Count + Ahead);
        Targets = new(Count + Beyond);
        Delays = new(delays > 1 ? Count : 0);
        Slots = new(draws ? Count + Beyond : 0);
        ArrivalSlots = new(draws ? Count + Beyond : 0);
        for (int i = 0; i < TargetCount; i++)
        {
            plan.Read(FirstTarget + i, row, parts);
            for (int k = 0; k < row.Count; k++)
            {
                long place = First[i] + k;
                Sources[place] = row.Sources[k];
                if (delays > 1) Delays[place] = (ushort)row.Delays[k];
                if (draws) Slots[place] = SynapseDraws.Slot(plan.Description, row.Slots[k]);
                int at = runs[RunOf(row, k, least)]++;
                Places[at] = (int)place;
                Targets[at] = i;
                if (draws) ArrivalSlots[at] = Slots[place];
            }
        }
        // Filling moved each run's beginning to its end: the beginning of the next one.
        for (long i = runs.Length - 1; i > 0; i--) runs[i] = runs[i - 1];
        runs[0] = 0;
    }

    public int FirstTarget { get; }

    public int TargetCount { get; }

    public long Count { get; }

    /// <summary>The distance of a synapse's variables.</summary>
    public nint Plane { get; }

    public NativeBuffer<float> Variables { get; }

    /// <summary>Where each target's synapses begin, and where the last one's end.</summary>
    public NativeBuffer<long> First { get; }

    /// <summary>The source of each synapse.</summary>
    public NativeBuffer<int> Sources { get; }

    /// <summary>The delay of each synapse, where they differ.</summary>
    public NativeBuffer<ushort> Delays { get; }

    /// <summary>The place of each synapse in the wiring's order, where the rule draws random numbers.</summary>
    public NativeBuffer<uint> Slots { get; }

    /// <summary>The same in the order of <see cref="Places"/>.</summary>
    public NativeBuffer<uint> ArrivalSlots { get; }

    /// <summary>The places of each source's synapses, ordered by delay.</summary>
    public NativeBuffer<int> Places { get; }

    /// <summary>The targets of each source's synapses, among those of the shard.</summary>
    public NativeBuffer<int> Targets { get; }

    public int InDegree(int target) => (int)(First[target + 1] - First[target]);

    /// <summary>Where a source's synapses of a delay are in the lists of places and targets.</summary>
    public (int First, int End) Run(int source, int delay)
    {
        int* run = runs.Pointer + ((long)source * delays) + delay;
        return (run[0], run[1]);
    }

    public void Dispose()
    {
        runs.Dispose();
        First.Dispose();
        Variables.Dispose();
        Sources.Dispose();
        Delays.Dispose();
        Slots.Dispose();
        ArrivalSlots.Dispose();
        Places.Dispose();
        Targets.Dispose();
    }

    long RunOf(SynapseRow row, int k, int least) => ((long)row.Sources[k] * delays) + row.Delays[k] - least;
}
