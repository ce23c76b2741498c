namespace Lepton.Neuro.Backends.Kernels;

/// <summary>Memory of a <see cref="CheckedDevice{TMemory}"/>: a way to reach its arena. Tests write faulty ones.</summary>
/// <typeparam name="TMemory">The implementing struct itself.</typeparam>
public interface ICheckedMemory<TMemory> : IDeviceMemory<TMemory>
    where TMemory : struct, ICheckedMemory<TMemory>
{
    /// <summary>The memory over an arena.</summary>
    /// <param name="arena">The arena.</param>
    static abstract TMemory Of(CheckedArena arena);
}

/// <summary>The memory of the checked device as it should be.</summary>
/// <param name="arena">The arena.</param>
public readonly struct CheckedMemory(CheckedArena arena) : ICheckedMemory<CheckedMemory>
{
    readonly CheckedArena arena = arena;

    /// <inheritdoc/>
    public static CheckedMemory Of(CheckedArena arena) => new(arena);

    /// <inheritdoc/>
    public static TItem Read<TItem>(CheckedMemory memory, View<TItem> view, long index)
        where TItem : unmanaged => memory.arena.Read(view, index);

    /// <inheritdoc/>
    public static void Write<TItem>(CheckedMemory memory, View<TItem> view, long index, TItem value)
        where TItem : unmanaged => memory.arena.Write(view, index, value);

    /// <inheritdoc/>
    public static int Add(CheckedMemory memory, View<int> view, long index, int value) => memory.arena.Add(view, index, value);
}
