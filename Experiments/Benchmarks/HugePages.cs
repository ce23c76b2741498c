using System.Runtime.InteropServices;

namespace Lepton.Neuro.Experiments.Benchmarks;

/// <summary>Memory on huge pages, where the system gives them.</summary>
/// <typeparam name="TItem">What it holds.</typeparam>
internal sealed unsafe class HugePages<TItem> : SafeBuffer
    where TItem : unmanaged
{
    const int Page = 2 << 20, AdviseHugePages = 14;

    public HugePages(long length)
        : base(ownsHandle: true)
    {
        // Whole pages, and one more cache line or so: a prefetch may look beyond the end.
        nuint bytes = ((nuint)(length * sizeof(TItem)) + 1024 + Page - 1) / Page * Page;
        Pointer = (TItem*)NativeMemory.AlignedAlloc(bytes, Page);
        SetHandle((nint)Pointer);
        Initialize(bytes);
        if (OperatingSystem.IsLinux()) _ = SystemCalls.Advise((nint)Pointer, bytes, AdviseHugePages);
        NativeMemory.Clear(Pointer, bytes);
    }

    public TItem* Pointer { get; }

    protected override bool ReleaseHandle()
    {
        NativeMemory.AlignedFree((void*)handle);
        return true;
    }
}

/// <summary>Advice to the operating system.</summary>
internal static class SystemCalls
{
    [DllImport("libc", EntryPoint = "madvise")]
    public static extern int Advise(nint address, nuint length, int advice);
}
