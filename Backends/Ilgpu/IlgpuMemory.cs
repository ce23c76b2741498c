using ILGPU;
using Lepton.Neuro.Backends.Kernels;

namespace Lepton.Neuro.Backends;

/// <summary>A device's memory inside a kernel: one block of bytes, seen as what lies there.</summary>
/// <param name="bytes">The block.</param>
public readonly struct IlgpuMemory(ArrayView<byte> bytes) : IDeviceMemory<IlgpuMemory>
{
    readonly ArrayView<byte> bytes = bytes;

    /// <inheritdoc/>
    public static TItem Read<TItem>(IlgpuMemory memory, View<TItem> view, long index)
        where TItem : unmanaged => Of(memory, view)[index];

    /// <inheritdoc/>
    public static void Write<TItem>(IlgpuMemory memory, View<TItem> view, long index, TItem value)
        where TItem : unmanaged => Of(memory, view)[index] = value;

    /// <inheritdoc/>
    public static int Add(IlgpuMemory memory, View<int> view, long index, int value) => Atomic.Add(ref Of(memory, view)[index], value);

    static ArrayView<TItem> Of<TItem>(IlgpuMemory memory, View<TItem> view)
        where TItem : unmanaged => memory.bytes.SubView(view.Offset, view.Count * Interop.SizeOf<TItem>()).Cast<TItem>();
}
