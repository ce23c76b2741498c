using ILGPU;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.OpenCL;
using ILGPU.Runtime;
using ILGPU.Runtime.OpenCL;
using Lepton.Neuro.Backends;
using Lepton.Neuro.Backends.Kernels;

namespace Lepton.Neuro.Kernels.Tests;

/// <summary>A device that does nothing but compile kernels to OpenCL's language.</summary>
sealed class OpenClCompiler(Context context) : Device<IlgpuMemory>
{
    readonly CLBackend backend = new(context, new CLCapabilityContext(float16: false, float64: true, genericAddressSpace: true, int64_Atomics: true, subGroups: false), CLDeviceVendor.Other, CLCVersion.CL20);

    public Dictionary<Type, string> Texts { get; } = [];

    public override int Threads => 256;

    public override int GroupSize => 256;

    public override void Allocate(long bytes)
    {
    }

    public override void Upload<TItem>(View<TItem> view, long first, ReadOnlySpan<TItem> values)
    {
    }

    public override void Download<TItem>(View<TItem> view, long first, Span<TItem> values)
    {
    }

    public override void Clear<TItem>(View<TItem> view)
    {
    }

    public override Launch Prepare<TKernel>(string name, View<TKernel> fields) =>
        Compile<TKernel>(EntryPointDescription.FromImplicitlyGroupedKernel(((Action<Index1D, ArrayView<byte>, long, long, int, int, ulong>)IlgpuDevice.Run<TKernel>).Method));

    public override Launch PrepareGroups<TKernel>(string before, string after, View<TKernel> fields) =>
        Compile<TKernel>(EntryPointDescription.FromExplicitlyGroupedKernel(((Action<ArrayView<byte>, long, long, int, int, ulong>)IlgpuDevice.RunGroup<TKernel>).Method));

    protected override void Dispose(bool disposing)
    {
        if (disposing) backend.Dispose();
        base.Dispose(disposing);
    }

    Launch Compile<TKernel>(EntryPointDescription entry)
    {
        if (!Texts.ContainsKey(typeof(TKernel))) Texts[typeof(TKernel)] = ((CLCompiledKernel)backend.Compile(entry, default)).Source;
        return (_, _) => { };
    }
}
