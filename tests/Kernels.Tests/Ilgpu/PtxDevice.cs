using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using Lepton.Neuro.Backends;
using Lepton.Neuro.Backends.Kernels;

namespace Lepton.Neuro.Kernels.Tests;

/// <summary>A device that is none: kernels are compiled to NVIDIA's instructions by ILGPU, as for a device of compute capability 9.0, and these are carried out here, one thread of a group after the other.</summary>
/// <param name="fusing">Whether products are fused with sums wherever an assembler may do so.</param>
sealed class PtxDevice(bool fusing) : Device<IlgpuMemory>
{
    /// <summary>Where kernels are compiled.</summary>
    internal static readonly Context Context = IlgpuDevice.ContextOf("none");

    static readonly PTXBackend Backend = new(Context, CudaArchitecture.SM_90, CudaInstructionSet.ISA_80, null!);
    static readonly ConcurrentDictionary<Type, string> Texts = new();

    readonly List<PtxProgram> programs = [];
    byte[] memory = [];

    /// <summary>What was compiled so far.</summary>
    public static IReadOnlyDictionary<Type, string> Compiled => Texts;

    /// <summary>How many instructions all threads carried out so far.</summary>
    public long Executed => programs.Sum(p => p.Executed);

    public override int Threads => 256;

    public override int GroupSize => 128;

    public override void Allocate(long bytes) => memory = new byte[bytes];

    public override void Upload<TItem>(View<TItem> view, long first, ReadOnlySpan<TItem> values) => MemoryMarshal.AsBytes(values).CopyTo(Bytes(view, first, values.Length));

    public override void Download<TItem>(View<TItem> view, long first, Span<TItem> values) => Bytes(view, first, values.Length).CopyTo(MemoryMarshal.AsBytes(values));

    public override void Clear<TItem>(View<TItem> view) => Bytes(view, 0, view.Count).Clear();

    public override Launch Prepare<TKernel>(string name, View<TKernel> fields) =>
        Launch(Texts.GetOrAdd(typeof(TKernel), _ => Compile(EntryPointDescription.FromImplicitlyGroupedKernel(((Action<Index1D, ArrayView<byte>, long, long, int, int, ulong>)IlgpuDevice.Run<TKernel>).Method))), fields.Offset, implicitly: true);

    public override Launch PrepareGroups<TKernel>(string before, string after, View<TKernel> fields) =>
        Launch(Texts.GetOrAdd(typeof(TKernel), _ => Compile(EntryPointDescription.FromExplicitlyGroupedKernel(((Action<ArrayView<byte>, long, long, int, int, ulong>)IlgpuDevice.RunGroup<TKernel>).Method))), fields.Offset, implicitly: false);

    // Where ILGPU makes the groups, the kernel is told how many threads there are.
    Launch Launch(string text, long fields, bool implicitly)
    {
        var program = new PtxProgram(text, fusing);
        programs.Add(program);
        return (threads, now) => program.Run(
            memory,
            [.. implicitly ? [Bytes(threads)] : Array.Empty<byte[]>(), [.. Bytes(PtxProgram.Global), .. Bytes((long)memory.Length)], Bytes(fields), Bytes(now.Step), Bytes(now.Steps), Bytes(now.Waiting), Bytes(now.Presentation)],
            (threads + GroupSize - 1) / GroupSize, GroupSize);
    }

    static string Compile(EntryPointDescription entry)
    {
        lock (Backend) return ((PTXCompiledKernel)Backend.Compile(entry, default)).PTXAssembly;
    }

    static byte[] Bytes<TItem>(TItem value)
        where TItem : unmanaged => MemoryMarshal.AsBytes(new ReadOnlySpan<TItem>(in value)).ToArray();

    unsafe Span<byte> Bytes<TItem>(View<TItem> view, long first, long count)
        where TItem : unmanaged => memory.AsSpan((int)(view.Offset + (first * sizeof(TItem))), (int)(count * sizeof(TItem)));
}
