using System.Runtime.InteropServices;

namespace Lepton.Neuro.Backends.Kernels;

/// <summary>How the checked device runs. Nothing here may change a spike.</summary>
public sealed record CheckedDeviceOptions
{
    /// <summary>Decides the order in which threads run and how their accesses mix.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>How many threads of a launch are under way at once, 1 to 64; from 2 on their accesses mix. Default 1: one after the other, in a shuffled order.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>One access to memory in so many hands the turn to another thread, at least 1. Default 4.</summary>
    public int Patience { get; init; } = 4;

    /// <summary>Whether two threads of a launch that touch the same word are an error. Default: yes.</summary>
    public bool RacesChecked { get; init; } = true;

    /// <summary>How many threads a launch has that shares out work of unknown size: a multiple of 256. Default 256.</summary>
    public int Threads { get; init; } = 256;

    /// <summary>How many threads a group has: a power of two, 1 to 1,024. Default 32.</summary>
    public int GroupSize { get; init; } = 32;

    /// <summary>Whether a group's threads wait for each other at a barrier. Default: yes; without, what relies on it is found to race.</summary>
    public bool BarriersKept { get; init; } = true;
}

/// <summary>A device that is none: it runs kernels here, in orders that a seed decides, counts what they do to memory and finds races. For tests and counts, not for speed.</summary>
/// <typeparam name="TMemory">The memory; <see cref="CheckedMemory"/>, or a faulty one.</typeparam>
public sealed class CheckedDevice<TMemory> : Device<TMemory>
    where TMemory : struct, ICheckedMemory<TMemory>
{
    readonly Dictionary<string, AccessCounts> counts = new(StringComparer.Ordinal);
    readonly Turns turns;
    readonly bool barriersKept;

    /// <summary>A device.</summary>
    /// <param name="options">How it runs; defaults where null.</param>
    /// <exception cref="InvalidInputException">An option is out of its range.</exception>
    public CheckedDevice(CheckedDeviceOptions? options = null)
    {
        options ??= new();
        Require.InRange("workers", options.Workers, 1L, 64L);
        Require.InRange("patience", options.Patience, 1L, int.MaxValue);
        Require.InRange("threads", options.Threads, 256L, 1 << 24);
        if (options.Threads % 256 != 0) throw new InvalidInputException("threads", options.Threads, "a multiple of 256");
        Require.InRange("the threads of a group", options.GroupSize, 1L, 1024L);
        if (!int.IsPow2(options.GroupSize)) throw new InvalidInputException("the threads of a group", options.GroupSize, "a power of two");
        Threads = options.Threads;
        GroupSize = options.GroupSize;
        barriersKept = options.BarriersKept;
        turns = new(options.Seed, options.Workers, options.Patience);
        Arena = new(options.RacesChecked) { Turns = turns };
    }

    /// <summary>What each kernel did so far, by its name.</summary>
    public IReadOnlyDictionary<string, AccessCounts> Counts => counts;

    /// <summary>The memory.</summary>
    public CheckedArena Arena { get; }

    /// <inheritdoc/>
    public override int Threads { get; }

    /// <inheritdoc/>
    public override int GroupSize { get; }

    /// <summary>Forgets what was counted.</summary>
    public void ResetCounts()
    {
        foreach (var count in counts.Values) count.Reset();
    }

    /// <inheritdoc/>
    public override void Allocate(long bytes) => Arena.Allocate(bytes);

    /// <inheritdoc/>
    public override void Upload<TItem>(View<TItem> view, long first, ReadOnlySpan<TItem> values) => MemoryMarshal.AsBytes(values).CopyTo(Bytes(view, first, values.Length));

    /// <inheritdoc/>
    public override void Download<TItem>(View<TItem> view, long first, Span<TItem> values) => Bytes(view, first, values.Length).CopyTo(MemoryMarshal.AsBytes(values));

    /// <inheritdoc/>
    public override void Clear<TItem>(View<TItem> view) => Bytes(view, 0, view.Count).Clear();

    /// <inheritdoc/>
    public override Launch Prepare<TKernel>(string name, View<TKernel> fields)
    {
        var parts = Parts(name);
        var memory = TMemory.Of(Arena);
        return (threads, now) =>
        {
            var kernel = Fields(fields);
            Begin(threads, parts);
            turns.Run(threads, 1, 1, (thread, _) => kernel.Run(memory, thread, now));
        };
    }

    /// <inheritdoc/>
    public override Launch PrepareGroups<TKernel>(string before, string after, View<TKernel> fields)
    {
        var parts = Parts(before, after);
        var memory = TMemory.Of(Arena);
        return (threads, now) =>
        {
            if (threads % GroupSize != 0) throw new InvalidOperationException($"kernel '{after}': {threads} threads in groups of {GroupSize}");
            var kernel = Fields(fields);
            Begin(threads, parts);
            if (barriersKept)
            {
                turns.Run(threads, GroupSize, 2, Part);
                return;
            }
            turns.Run(threads, GroupSize, 1, (thread, _) =>
            {
                Part(thread, 0);
                Part(thread, 1);
            });

            void Part(int thread, int part)
            {
                var one = new GroupThread(thread / GroupSize, thread % GroupSize, GroupSize);
                if (part == 0) kernel.BeforeBarrier(memory, one, now);
                else kernel.AfterBarrier(memory, one, now);
            }
        };
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) turns.Dispose();
        base.Dispose(disposing);
    }

    TKernel Fields<TKernel>(View<TKernel> fields)
        where TKernel : unmanaged
    {
        Span<TKernel> kernel = stackalloc TKernel[1];
        Download(fields, 0, kernel);
        return kernel[0];
    }

    (string Name, AccessCounts Counts)[] Parts(params string[] names)
    {
        foreach (string name in names) counts.TryAdd(name, new());
        return [.. names.Select(name => (name, counts[name]))];
    }

    // A launch counts for its last part.
    void Begin(int threads, (string Name, AccessCounts Counts)[] parts)
    {
        var last = parts[^1].Counts;
        last.Launches++;
        last.Threads += threads;
        Arena.BeginLaunch(parts);
    }

    unsafe Span<byte> Bytes<TItem>(View<TItem> view, long first, long count)
        where TItem : unmanaged
    {
        if (first < 0 || count < 0 || first + count > view.Count) throw new InvalidOperationException($"items {first} to {first + count} of an array of {view.Count}");
        return Arena.Bytes(view.Offset + (first * sizeof(TItem)), count * sizeof(TItem));
    }
}
