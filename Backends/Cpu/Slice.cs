using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Lepton.Neuro.Lanes;
using Lepton.Neuro.Random;

namespace Lepton.Neuro.Backends;

/// <summary>The neurons, or channels, of one population in one shard.</summary>
abstract unsafe class Slice : IDisposable
{
    readonly NativeBuffer<ushort> fired;
    readonly NativeBuffer<long> spikeCounts;
    List<int>? log;
    List<int>? logEnds;

    protected Slice(CompiledNetwork network, CompiledPopulation plan, Shard shard)
    {
        Network = network;
        Plan = plan;
        Shard = shard;
        Start = shard.Start(plan.Index);
        Count = shard.Count(plan.Index);
        Padded = (Count + Shard.Padding - 1) / Shard.Padding * Shard.Padding;
        Words = (Count + 15) / 16;
        fired = new(Words);
        spikeCounts = new(Padded);
    }

    public CompiledNetwork Network { get; }

    public CompiledPopulation Plan { get; }

    public Shard Shard { get; }

    /// <summary>The first neuron's index in its population: a multiple of <see cref="Shard.Bundle"/>, and of a group of random words where it needs any.</summary>
    public int Start { get; }

    public int Count { get; }

    /// <summary><see cref="Count"/>, rounded up: the distance of two receptors' sums.</summary>
    public int Padded { get; }

    /// <summary>How many words of 16 neurons there are.</summary>
    public int Words { get; }

    /// <summary>The number of the population's first neuron among the sources of indexed synapses; -1 where it has none.</summary>
    public int FirstSource { get; set; } = -1;

    /// <summary>One bit a neuron: who fired in the last step, 16 to a word.</summary>
    public ushort* Fired => fired.Pointer;

    public ReadOnlySpan<long> SpikeCounts => spikeCounts.Span[..Count];

    /// <summary>Keeps the spikes of the steps that come, until <see cref="ForgetLog"/>.</summary>
    public void KeepLog(bool keep)
    {
        log = keep ? [] : null;
        logEnds = keep ? [] : null;
    }

    public void ForgetLog()
    {
        log?.Clear();
        logEnds?.Clear();
    }

    /// <summary>The spikes of a step since <see cref="ForgetLog"/>.</summary>
    public ReadOnlySpan<int> Logged(int step)
    {
        int from = step == 0 ? 0 : logEnds![step - 1];
        return System.Runtime.InteropServices.CollectionsMarshal.AsSpan(log)[from..logEnds![step]];
    }

    public void OneStep(long now, ulong presentation)
    {
        int* spikes = Shard.Spikes(Plan.Index, now);
        int count = Count == 0 ? 0 : Step(now, presentation, spikes);
        Shard.SetSpikeCount(Plan.Index, now, count);
        if (FirstSource >= 0) Shard.Remember(FirstSource, spikes, count, now);
        long* counts = spikeCounts.Pointer - Start;
        for (int i = 0; i < count; i++) counts[spikes[i]]++;
        if (log is null) return;
        log.AddRange(new ReadOnlySpan<int>(spikes, count));
        logEnds!.Add(log.Count);
    }

    public virtual void Begin() => fired.Clear();

    public virtual void Present(ReadOnlySpan<float> signal)
    {
    }

    public virtual void ReadState(int variable, Span<float> values) => throw new NotSupportedException();

    public virtual void WriteState(int variable, ReadOnlySpan<float> values) => throw new NotSupportedException();

    /// <summary>How many state variables a neuron or a channel has.</summary>
    public virtual int Variables => 0;

    /// <summary>What is shown to an encoder; nothing elsewhere.</summary>
    public virtual ReadOnlySpan<float> Signal => [];

    public void RestoreSpikeCounts(ReadOnlySpan<long> counts) => counts.CopyTo(spikeCounts.Span);

    /// <summary>The membrane potentials of a bundle, where there are any.</summary>
    public virtual void ReadPotentials(float* values)
    {
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        fired.Dispose();
        spikeCounts.Dispose();
    }

    /// <summary>Takes a step and writes down who fired, ascending.</summary>
    /// <returns>How many fired.</returns>
    protected abstract int Step(long now, ulong presentation, int* spikes);

    /// <summary>The random words of a group of neurons in a step.</summary>
    protected static void RandomWords(RandomStream stream, int firstNeuron, long now, ulong presentation, Span<uint> words) =>
        Philox.Fill(stream, (uint)firstNeuron, (uint)now, (uint)presentation, Philox.Fourth(now, presentation), words);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static int Append(uint bits, int first, int* spikes, int count)
    {
        while (bits != 0)
        {
            spikes[count++] = first + BitOperations.TrailingZeroCount(bits);
            bits &= bits - 1;
        }
        return count;
    }

    /// <summary>The bits of the neurons that exist in a word of 16.</summary>
    protected uint Existing(int word)
    {
        int left = Count - (word * 16);
        return left >= 16 ? 0xffffu : left <= 0 ? 0 : (1u << left) - 1;
    }
}

/// <summary>Neurons of a model.</summary>
sealed unsafe class NeuronSlice<T, TKernel, TState, TInput> : Slice
    where T : unmanaged, ILane<T>
    where TKernel : unmanaged, INeuronKernel<T, TState, TInput>
    where TState : unmanaged
    where TInput : unmanaged
{
    // Steps between two looks for bundles at rest.
    const int WatchInterval = 64;

    readonly TKernel kernel;
    readonly T origin;
    readonly NativeBuffer<TState> states;
    readonly float[] quanta;
    readonly (PoissonCounts Counts, int Receptor)[] drives;
    readonly NativeBuffer<byte> asleep;
    int awake;

    static int Receptors => Unsafe.SizeOf<TInput>() / Unsafe.SizeOf<T>();

    public NeuronSlice(CompiledNetwork network, CompiledPopulation plan, Shard shard, TKernel kernel)
        : base(network, plan, shard)
    {
        this.kernel = kernel;
        origin = (float)plan.Description.Model!.Origin.Millivolts;
        states = new(Words * 16 / T.Width);
        quanta = [.. plan.Quanta];
        asleep = new(Words * 16 / T.Width);
        Wake();
        drives = [.. network.Drives.Where(d => ReferenceEquals(d.Description.To, plan.Description))
            .Select(d => (new PoissonCounts(d), d.Description.Receptor))];
        var stream = new RandomStream(network.Source.Seed, RandomPurpose.InitialState, plan.Index);
        // A slice may begin within a group of random words.
        int before = Start % Philox.Group;
        var first = new uint[before + (Words * 16)];
        var second = new uint[first.Length];
        Philox.Fill(stream, (uint)(Start - before), 0, 0, 0, first);
        Philox.Fill(stream, (uint)(Start - before), 1, 0, 0, second);
        for (int i = 0; i < Words * 16; i += T.Width)
            states[i / T.Width] = kernel.Initial(T.Uniform(in first[before + i]), LaneMath.NormalQuantile(T.Uniform(in second[before + i])));
    }

    public override void Begin()
    {
        base.Begin();
        for (long i = 0; i < states.Length; i++) states[i] = kernel.AtRest(in states[i]);
        Wake();
    }

    public override int Variables => Fields.Count<T, TState>();

    public override void ReadState(int variable, Span<float> values) => Fields.Read<T, TState>(states, variable, values[..Count]);

    public override void WriteState(int variable, ReadOnlySpan<float> values)
    {
        Fields.Write<T, TState>(states, variable, values[..Count]);
        Wake();
    }

    public override void ReadPotentials(float* values)
    {
        for (int i = 0; i < Words * 16; i += T.Width) T.Store(Unsafe.As<TState, T>(ref states[i / T.Width]) + origin, ref values[i]);
    }

    protected override void Dispose(bool disposing)
    {
        states.Dispose();
        asleep.Dispose();
        base.Dispose(disposing);
    }

    protected override int Step(long now, ulong presentation, int* spikes)
    {
        if (drives.Length == 0 && awake == 0 && !Shard.Touched(Plan.Index)) return 0;
        foreach (var (counts, receptor) in drives) counts.AddTo(Shard.Sums(Plan.Index, receptor), Start, Padded, now, presentation);
        // Who is at rest is found out now and then, and looked at only where somebody is: a busy population pays nothing for it.
        bool watch = now % WatchInterval == 0, resting = awake < Words * 16 / T.Width;
        int count = watch || resting ? StepWatching(spikes, watch) : StepAll(spikes);
        new Span<int>(Shard.Sums(Plan.Index, 0), Receptors * Padded).Clear();
        return count;
    }

    int StepAll(int* spikes)
    {
        var step = kernel;
        var state = states.Pointer;
        int* sums = Shard.Sums(Plan.Index, 0);
        int count = 0;
        for (int word = 0; word < Words; word++)
        {
            uint bits = 0;
            for (int i = 0; i < 16; i += T.Width)
            {
                var input = Input(sums + (word * 16) + i);
                bits |= T.MaskBits(step.Step(ref *state, in input)) << i;
                state++;
            }
            Fired[word] = (ushort)bits;
            if (bits != 0)
            {
                bits &= Existing(word);
                Fired[word] = (ushort)bits;
                count = Append(bits, Start + (word * 16), spikes, count);
            }
        }
        return count;
    }

    int StepWatching(int* spikes, bool watch)
    {
        var step = kernel;
        var state = states.Pointer;
        int* sums = Shard.Sums(Plan.Index, 0);
        byte* sleeps = asleep.Pointer;
        int count = 0, up = 0;
        for (int word = 0; word < Words; word++)
        {
            uint bits = 0;
            for (int i = 0; i < 16; i += T.Width, state++, sleeps++)
            {
                int* sum = sums + (word * 16) + i;
                bool quiet = Quiet(sum);
                if (quiet && *sleeps != 0) continue;
                var input = Input(sum);
                var before = *state;
                uint fired = T.MaskBits(step.Step(ref *state, in input));
                // What a step without input leaves as it was, the next one will too.
                *sleeps = watch && quiet && fired == 0 && Same(ref before, ref *state) ? (byte)1 : (byte)0;
                up += 1 - *sleeps;
                bits |= fired << i;
            }
            bits &= Existing(word);
            Fired[word] = (ushort)bits;
            if (bits != 0) count = Append(bits, Start + (word * 16), spikes, count);
        }
        awake = up;
        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TInput Input(int* sum)
    {
        Unsafe.SkipInit(out TInput input);
        for (int r = 0; r < Receptors; r++) Unsafe.Add(ref Unsafe.As<TInput, T>(ref input), r) = T.LoadScaled(in sum[r * Padded], quanta[r]);
        return input;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    bool Quiet(int* sum)
    {
        for (int r = 0; r < Receptors; r++)
        {
            int* at = sum + (r * Padded);
            bool zero = T.Width switch
            {
                16 => Vector512.Load(at) == Vector512<int>.Zero,
                8 => Vector256.Load(at) == Vector256<int>.Zero,
                _ => Vector128.Load(at) == Vector128<int>.Zero,
            };
            if (!zero) return false;
        }
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static bool Same(ref TState before, ref TState after)
    {
        for (int f = 0; f < Unsafe.SizeOf<TState>() / Unsafe.SizeOf<T>(); f++)
        {
            if (!T.Identical(Unsafe.Add(ref Unsafe.As<TState, T>(ref before), f), Unsafe.Add(ref Unsafe.As<TState, T>(ref after), f))) return false;
        }
        return true;
    }

    // All bundles take the next step.
    void Wake()
    {
        asleep.Clear();
        awake = Words * 16 / T.Width;
    }
}

/// <summary>Channels of an encoder.</summary>
sealed unsafe class EncoderSlice<T, TKernel, TState> : Slice
    where T : unmanaged, ILane<T>
    where TKernel : unmanaged, IEncoderKernel<T, TState>
    where TState : unmanaged
{
    readonly TKernel kernel;
    readonly NativeBuffer<TState> states;
    readonly NativeBuffer<float> signal;
    readonly RandomStream stream;
    readonly bool random;

    public EncoderSlice(CompiledNetwork network, CompiledPopulation plan, Shard shard, TKernel kernel)
        : base(network, plan, shard)
    {
        this.kernel = kernel;
        states = new(Words * 16 / T.Width);
        signal = new(Words * 16);
        stream = new(network.Source.Seed, RandomPurpose.Encoding, plan.Index);
        random = plan.Description.Source!.IsRandom;
        Begin();
    }

    public override void Begin()
    {
        base.Begin();
        signal.Clear();
        for (long i = 0; i < states.Length; i++) states[i] = kernel.Initial;
    }

    public override void Present(ReadOnlySpan<float> signal) => signal.Slice(Start, Count).CopyTo(this.signal.Span);

    public override int Variables => Fields.Count<T, TState>();

    public override ReadOnlySpan<float> Signal => signal.Span[..Count];

    public override void ReadState(int variable, Span<float> values) => Fields.Read<T, TState>(states, variable, values[..Count]);

    public override void WriteState(int variable, ReadOnlySpan<float> values) => Fields.Write<T, TState>(states, variable, values[..Count]);

    protected override void Dispose(bool disposing)
    {
        states.Dispose();
        signal.Dispose();
        base.Dispose(disposing);
    }

    protected override int Step(long now, ulong presentation, int* spikes)
    {
        Span<uint> words = stackalloc uint[Philox.Group];
        words.Clear();
        var step = kernel;
        var state = states.Pointer;
        float* shown = signal.Pointer;
        int count = 0;
        T time = now;
        for (int block = 0; block < Words * 16; block += Philox.Group)
        {
            if (random) RandomWords(stream, Start + block, now, presentation, words);
            for (int word = 0; word < Math.Min(Philox.Group, (Words * 16) - block); word += 16)
            {
                uint bits = 0;
                for (int i = word; i < word + 16; i += T.Width)
                {
                    T uniform = random ? T.Uniform(in words[i]) : 0f;
                    bits |= T.MaskBits(step.Step(ref *state, T.Load(in shown[block + i]), uniform, time)) << (i - word);
                    state++;
                }
                int at = (block + word) / 16;
                bits &= Existing(at);
                Fired[at] = (ushort)bits;
                count = Append(bits, Start + block + word, spikes, count);
            }
        }
        return count;
    }
}

/// <summary>Neurons whose spikes are known beforehand.</summary>
sealed unsafe class ScheduledSlice : Slice
{
    readonly (long Step, int Neuron)[] schedule;
    int next;

    public ScheduledSlice(CompiledNetwork network, CompiledPopulation plan, Shard shard, IReadOnlyList<(long Step, int Neuron)> spikes)
        : base(network, plan, shard) => schedule = [.. spikes.Where(s => s.Neuron >= Start && s.Neuron < Start + Count)];

    public override void Begin()
    {
        base.Begin();
        next = 0;
    }

    protected override int Step(long now, ulong presentation, int* spikes)
    {
        new Span<ushort>(Fired, Words).Clear();
        int count = 0;
        while (next < schedule.Length && schedule[next].Step <= now)
        {
            if (schedule[next].Step == now)
            {
                int neuron = schedule[next].Neuron, local = neuron - Start;
                spikes[count++] = neuron;
                Fired[local / 16] |= (ushort)(1 << (local % 16));
            }
            next++;
        }
        return count;
    }
}
