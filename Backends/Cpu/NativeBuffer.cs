using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Lepton.Neuro.Backends;

/// <summary>Memory outside the garbage collector's heap: aligned to vectors, zeroed, and, where it is large and the system can, on huge pages.</summary>
/// <typeparam name="TItem">What it holds.</typeparam>
sealed unsafe class NativeBuffer<TItem> : IDisposable
    where TItem : unmanaged
{
    const int CacheLine = 64, HugePage = 2 << 20, AdviseHugePages = 14;

    public NativeBuffer(long length)
    {
        Length = length;
        nuint bytes = (nuint)Math.Max(CacheLine, length * sizeof(TItem));
        bool large = bytes >= HugePage;
        // Whole huge pages, so that the last one is huge too; a few spare lines, so that a prefetch beyond the end stays inside.
        nuint room = large ? (bytes + CacheLine * 16 + HugePage - 1) / HugePage * HugePage : bytes + CacheLine * 16;
        Pointer = (TItem*)NativeMemory.AlignedAlloc(room, large ? (nuint)HugePage : CacheLine);
        if (large && OperatingSystem.IsLinux()) _ = Pages.Advise((nint)Pointer, room, AdviseHugePages);
        NativeMemory.Clear(Pointer, room);
    }

#pragma warning disable MA0055 // Memory that the collector does not know: a session that was not disposed must not leak it.
    ~NativeBuffer() => NativeMemory.AlignedFree(Pointer);
#pragma warning restore MA0055

    public TItem* Pointer { get; private set; }

    public long Length { get; }

    public Span<TItem> Span => new(Pointer, checked((int)Length));

    public ref TItem this[long index] => ref Unsafe.Add(ref *Pointer, (nint)index);

    public void Clear() => NativeMemory.Clear(Pointer, (nuint)(Length * sizeof(TItem)));

    public void Dispose()
    {
        NativeMemory.AlignedFree(Pointer);
        Pointer = null;
        GC.SuppressFinalize(this);
    }
}

/// <summary>Advice to the operating system.</summary>
static class Pages
{
    [DllImport("libc", EntryPoint = "madvise")]
    public static extern int Advise(nint address, nuint length, int advice);
}
