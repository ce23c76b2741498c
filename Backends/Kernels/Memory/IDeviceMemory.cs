namespace Lepton.Neuro.Backends.Kernels;

/// <summary>The memory of a device as a kernel sees it. A kernel is generic over it, so the same text runs on a GPU, and here where each access is counted and checked.</summary>
/// <typeparam name="TMemory">The implementing struct itself.</typeparam>
public interface IDeviceMemory<TMemory>
    where TMemory : struct, IDeviceMemory<TMemory>
{
    /// <summary>Reads an item.</summary>
    /// <typeparam name="TItem">The item's type.</typeparam>
    /// <param name="memory">The memory.</param>
    /// <param name="view">The array.</param>
    /// <param name="index">The item's index, below the array's count.</param>
    static abstract TItem Read<TItem>(TMemory memory, View<TItem> view, long index)
        where TItem : unmanaged;

    /// <summary>Writes an item.</summary>
    /// <typeparam name="TItem">The item's type.</typeparam>
    /// <param name="memory">The memory.</param>
    /// <param name="view">The array.</param>
    /// <param name="index">The item's index, below the array's count.</param>
    /// <param name="value">The item.</param>
    static abstract void Write<TItem>(TMemory memory, View<TItem> view, long index, TItem value)
        where TItem : unmanaged;

    /// <summary>Adds to an integer as one indivisible act.</summary>
    /// <param name="memory">The memory.</param>
    /// <param name="view">The array.</param>
    /// <param name="index">The item's index, below the array's count.</param>
    /// <param name="value">What to add.</param>
    /// <returns>What the integer was before.</returns>
    static abstract int Add(TMemory memory, View<int> view, long index, int value);
}
