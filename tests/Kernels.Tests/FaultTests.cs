using Lepton.Neuro.Agreement.Tests;
using Lepton.Neuro.Backends.Kernels;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Kernels.Tests;

/// <summary>The checked device is worth its name: seeded faults are found, and the sound memory has none.</summary>
public sealed class FaultTests
{
    static readonly CompiledNetwork Plan = Small();

    // Three steps of delay at most: four slots of sums.
    const int Slots = 4;

    [Fact]
    public void SoundMemoryIsSound() => Assert.Equal(Expected(), Digest<CheckedMemory>(new()));

    [Fact]
    public void MixedAccessesChangeNothing()
    {
        var device = new CheckedDeviceOptions { Workers = 3, Patience = 3000, Seed = 5 };
        Assert.Equal(Expected(), Digest<CheckedMemory>(device));
    }

    [Fact]
    public void AMissingAtomicIsARace() => Assert.Throws<RaceException>(() => Digest<WithoutAtomics>(new()));

    [Fact]
    public void AMissingAtomicLosesSpikesWhenAccessesMix() => Assert.True(Caught<WithoutAtomics>(new() { RacesChecked = false, Workers = 3, Patience = 700 }));

    [Fact]
    public void AMissingAtomicGoesUnseenWhenThreadsComeOneByOne() => Assert.Equal(Expected(), Digest<WithoutAtomics>(new() { RacesChecked = false }));

    [Fact]
    public void AStaleReadIsFound() => Assert.True(Caught<WithStaleReads>(new()));

    [Fact]
    public void AWrongDelaySlotIsFound() => Assert.True(Caught<WithWrongSlots>(new()));

    [Fact]
    public void AnIndexBeyondAnArrayIsFound() => Assert.Contains("index", Assert.Throws<InvalidOperationException>(() => Digest<WithLongRows>(new())).Message, StringComparison.Ordinal);

    [Fact]
    public void TheChecksumTellsStatesApartAndIsTheSameInAnyOrder()
    {
        using var one = DeviceKernels.Load(Plan, new() { Seed = 1 });
        using var other = DeviceKernels.Load(Plan, new() { Seed = 2 });
        one.Advance(20);
        other.Advance(20);
        int sum = one.Checksum();
        Assert.Equal(sum, other.Checksum());
        other.Advance(1);
        Assert.NotEqual(sum, other.Checksum());
    }

    [Theory]
    [InlineData(0, 1, 256)]
    [InlineData(65, 1, 256)]
    [InlineData(1, 0, 256)]
    [InlineData(1, 1, 100)]
    public void OptionsOutOfRangeAreRefused(int workers, int patience, int threads) =>
        Assert.Throws<InvalidInputException>(() => DeviceKernels.Load(Plan, new() { Workers = workers, Patience = patience, Threads = threads }));

    static CompiledNetwork Small()
    {
        var network = new Network(3);
        var source = network.Add("source", 40, new PoissonSource(300.Hz));
        var cells = network.Add("cells", 60, new Lif { Start = Distribution.Uniform(-65, -51) });
        network.Connect(source, cells, Wiring.InDegree(20), Weight.Uniform(100, 400), Delay.Uniform(1.ms, 3.ms));
        network.Connect(cells, cells, Wiring.InDegree(10), -60, Delay.Uniform(1.ms, 3.ms));
        return network.Compile(1.ms);
    }

    static NetworkCase Case => new(1, 1, 1, 1, 0, 1, 0, 12);

    static string Expected()
    {
        using var oracle = Reference.Load(Plan);
        return RunDigest.Of(oracle, Case);
    }

    static string Digest<TMemory>(CheckedDeviceOptions options)
        where TMemory : struct, ICheckedMemory<TMemory>
    {
        var device = new CheckedDevice<TMemory>(options);
        device.Arena.KeepBefore = typeof(TMemory) == typeof(WithStaleReads);
        using var session = new KernelSession<TMemory>(Plan, device, true);
        return RunDigest.Of(session, Case);
    }

    static bool Caught<TMemory>(CheckedDeviceOptions options)
        where TMemory : struct, ICheckedMemory<TMemory>
    {
        string expected = Expected();
        try
        {
            return Digest<TMemory>(options) != expected;
        }
        catch (Exception e) when (e is RaceException or InvalidOperationException)
        {
            return true;
        }
    }

    readonly struct WithoutAtomics(CheckedArena arena) : ICheckedMemory<WithoutAtomics>
    {
        readonly CheckedArena arena = arena;

        public static WithoutAtomics Of(CheckedArena arena) => new(arena);

        public static TItem Read<TItem>(WithoutAtomics memory, View<TItem> view, long index)
            where TItem : unmanaged => memory.arena.Read(view, index);

        public static void Write<TItem>(WithoutAtomics memory, View<TItem> view, long index, TItem value)
            where TItem : unmanaged => memory.arena.Write(view, index, value);

        public static int Add(WithoutAtomics memory, View<int> view, long index, int value)
        {
            int old = memory.arena.Read(view, index);
            memory.arena.Write(view, index, old + value);
            return old;
        }
    }

    // A part of what is read is what it was one launch ago.
    readonly struct WithStaleReads(CheckedArena arena) : ICheckedMemory<WithStaleReads>
    {
        readonly CheckedArena arena = arena;

        public static WithStaleReads Of(CheckedArena arena) => new(arena);

        public static TItem Read<TItem>(WithStaleReads memory, View<TItem> view, long index)
            where TItem : unmanaged => index % 7 == 3 ? memory.arena.ReadBefore(view, index) : memory.arena.Read(view, index);

        public static void Write<TItem>(WithStaleReads memory, View<TItem> view, long index, TItem value)
            where TItem : unmanaged => memory.arena.Write(view, index, value);

        public static int Add(WithStaleReads memory, View<int> view, long index, int value) => memory.arena.Add(view, index, value);
    }

    // Deliveries come a step late.
    readonly struct WithWrongSlots(CheckedArena arena) : ICheckedMemory<WithWrongSlots>
    {
        readonly CheckedArena arena = arena;

        public static WithWrongSlots Of(CheckedArena arena) => new(arena);

        public static TItem Read<TItem>(WithWrongSlots memory, View<TItem> view, long index)
            where TItem : unmanaged => memory.arena.Read(view, index);

        public static void Write<TItem>(WithWrongSlots memory, View<TItem> view, long index, TItem value)
            where TItem : unmanaged => memory.arena.Write(view, index, value);

        public static int Add(WithWrongSlots memory, View<int> view, long index, int value) =>
            memory.arena.Add(view, memory.arena.Kernel == "static delivery" ? (index + (view.Count / Slots)) % view.Count : index, value);
    }

    // A row seems to be longer than it is.
    readonly struct WithLongRows(CheckedArena arena) : ICheckedMemory<WithLongRows>
    {
        readonly CheckedArena arena = arena;

        public static WithLongRows Of(CheckedArena arena) => new(arena);

        public static TItem Read<TItem>(WithLongRows memory, View<TItem> view, long index)
            where TItem : unmanaged => memory.arena.Read(view, typeof(TItem) == typeof(StaticSynapse) ? index + view.Count : index);

        public static void Write<TItem>(WithLongRows memory, View<TItem> view, long index, TItem value)
            where TItem : unmanaged => memory.arena.Write(view, index, value);

        public static int Add(WithLongRows memory, View<int> view, long index, int value) => memory.arena.Add(view, index, value);
    }
}
