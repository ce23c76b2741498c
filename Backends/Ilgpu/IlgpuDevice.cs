using System.Globalization;
using System.Numerics;
using System.Reflection;
using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;
using Lepton.Neuro.Backends.Kernels;

namespace Lepton.Neuro.Backends;

/// <summary>A device of ILGPU.</summary>
sealed class IlgpuDevice : Device<IlgpuMemory>
{
    const int MostInGroup = 256;

    readonly Context context;
    readonly Accelerator accelerator;
    MemoryBuffer1D<byte, Stride1D.Dense>? memory;

    static IlgpuDevice()
    {
        // Under Windows' Linux ILGPU sets a resolver of its own, and there can be only one.
        if (!Directory.Exists("/usr/lib/wsl")) NativeLibrary.SetDllImportResolver(typeof(Context).Assembly, Resolve);
    }

    IlgpuDevice(Context context, Accelerator accelerator)
    {
        this.context = context;
        this.accelerator = accelerator;
        GroupSize = 1 << BitOperations.Log2((uint)Math.Min(MostInGroup, accelerator.MaxNumThreadsPerGroup));
        Threads = Math.Max(MostInGroup, accelerator.MaxNumThreads / MostInGroup * MostInGroup);
    }

    public static IReadOnlyList<string> Kinds { get; } = ["cuda", "opencl", "cpu"];

    public override int Threads { get; }

    public override int GroupSize { get; }

    public static IlgpuDevice Open(string name)
    {
        var parts = name.Split(':');
        int index = 0;
        if (parts.Length > 2 || !Kinds.Contains(parts[0], StringComparer.Ordinal) || (parts.Length == 2 && !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out index)))
            throw new InvalidInputException("--device", name, "cuda:N, opencl:N or cpu");
        Context? opened = null;
        try
        {
            opened = ContextOf(parts[0]);
            var devices = DevicesOf(opened, parts[0]);
            if (index >= devices.Count)
                throw new InvalidInputException("--device", name, devices.Count == 0 ? $"a device that is here: {Wanted(parts[0])}, or run without --backend ilgpu" : $"{parts[0]}:0 to {parts[0]}:{devices.Count - 1}");
            return new(opened, devices[index].CreateAccelerator(opened));
        }
        catch (Exception e) when (e is DllNotFoundException or TypeInitializationException or AcceleratorException or NotSupportedException)
        {
            opened?.Dispose();
            throw new InvalidInputException("--device", name, $"a device whose driver ILGPU 1.5.3 can use ({e.Message.ReplaceLineEndings(" ")}); update the driver, or run without --backend ilgpu");
        }
        catch
        {
            opened?.Dispose();
            throw;
        }
    }

    /// <summary>What is to be done to have a device of a kind.</summary>
    public static string Wanted(string kind) => kind switch
    {
        "cuda" => "needs an NVIDIA GPU and its driver (libcuda.so.1)",
        "opencl" => "needs a driver for OpenCL 2.0 or later with a generic address space (libOpenCL.so.1)",
        _ => "is always there",
    };

    public static Context ContextOf(string kind) => Context.Create(builder =>
    {
        IlgpuMath.AddTo(builder);
        _ = kind switch
        {
            "cuda" => builder.Cuda(),
            "opencl" => builder.OpenCL(),
            "cpu" => builder.CPU(CPUDeviceKind.Default),
            _ => builder,
        };
    });

    public static IReadOnlyList<Device> DevicesOf(Context context, string kind)
    {
        var found = new List<Device>();
        var wanted = kind switch
        {
            "cuda" => AcceleratorType.Cuda,
            "opencl" => AcceleratorType.OpenCL,
            _ => AcceleratorType.CPU,
        };
        foreach (var device in context.Devices)
        {
            if (device.AcceleratorType == wanted) found.Add(device);
        }
        return found;
    }

    public override void Allocate(long bytes)
    {
        long free = accelerator is CudaAccelerator cuda ? cuda.GetFreeMemory() : accelerator.MemorySize;
        if (bytes > free) throw new InvalidInputException("the network's memory on the device", $"{bytes >> 20} MiB", $"at most {free >> 20} MiB, which is free on {accelerator.Name}; take a smaller network or another device");
        try
        {
            memory = accelerator.Allocate1D<byte>(bytes);
        }
        catch (AcceleratorException e)
        {
            // An OpenCL driver may refuse a block that is smaller than what is free.
            throw new InvalidInputException("the network's memory on the device", $"{bytes >> 20} MiB", $"a block that the driver of {accelerator.Name} gives ({e.Message.ReplaceLineEndings(" ")}); take a smaller network or another device");
        }
        memory.View.MemSetToZero();
    }

    public override void Upload<TItem>(View<TItem> view, long first, ReadOnlySpan<TItem> values)
    {
        if (!values.IsEmpty) Part(view, first, values.Length).CopyFromCPU(ref MemoryMarshal.GetReference(values), values.Length);
    }

    public override void Download<TItem>(View<TItem> view, long first, Span<TItem> values)
    {
        if (!values.IsEmpty) Part(view, first, values.Length).CopyToCPU(ref MemoryMarshal.GetReference(values), values.Length);
    }

    public override void Clear<TItem>(View<TItem> view) => Part(view, 0, view.Count).MemSetToZero();

    public override Launch Prepare<TKernel>(string name, View<TKernel> fields)
    {
        var launch = accelerator.LoadImplicitlyGroupedStreamKernel<Index1D, ArrayView<byte>, long, long, int, int, ulong>(Run<TKernel>, GroupSize);
        var bytes = memory!.View.AsContiguous();
        return (threads, now) => launch(threads, bytes, fields.Offset, now.Step, now.Steps, now.Waiting, now.Presentation);
    }

    public override Launch PrepareGroups<TKernel>(string before, string after, View<TKernel> fields)
    {
        var launch = accelerator.LoadStreamKernel<ArrayView<byte>, long, long, int, int, ulong>(RunGroup<TKernel>);
        var bytes = memory!.View.AsContiguous();
        return (threads, now) => launch(new(threads / GroupSize, GroupSize), bytes, fields.Offset, now.Step, now.Steps, now.Waiting, now.Presentation);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            memory?.Dispose();
            accelerator.Dispose();
            context.Dispose();
        }
        base.Dispose(disposing);
    }

    // Only types that everyone may see are handed over: ILGPU makes its launchers in an assembly of its own.
    internal static void Run<TKernel>(Index1D thread, ArrayView<byte> bytes, long fields, long step, int steps, int waiting, ulong presentation)
        where TKernel : unmanaged, IKernel<IlgpuMemory>
    {
        var block = new IlgpuMemory(bytes);
        var kernel = IlgpuMemory.Read(block, new View<TKernel>(fields, 1), 0);
        kernel.Run(block, thread.X, new StepRange(step, steps, presentation, waiting));
    }

    internal static void RunGroup<TKernel>(ArrayView<byte> bytes, long fields, long step, int steps, int waiting, ulong presentation)
        where TKernel : unmanaged, IGroupKernel<IlgpuMemory>
    {
        var block = new IlgpuMemory(bytes);
        var kernel = IlgpuMemory.Read(block, new View<TKernel>(fields, 1), 0);
        var now = new StepRange(step, steps, presentation, waiting);
        var thread = new GroupThread(Grid.IdxX, Group.IdxX, Group.DimX);
        kernel.BeforeBarrier(block, thread, now);
        Group.Barrier();
        kernel.AfterBarrier(block, thread, now);
    }

    // ILGPU asks for plain names; without a compiler's packages only the versioned files are there.
    static IntPtr Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        string? file = !OperatingSystem.IsLinux() ? null : name.ToUpperInvariant() switch
        {
            "CUDA" => "libcuda.so.1",
            "OPENCL" => "libOpenCL.so.1",
            _ => null,
        };
        return file is not null && NativeLibrary.TryLoad(file, out IntPtr handle) ? handle : IntPtr.Zero;
    }

    ArrayView<TItem> Part<TItem>(View<TItem> view, long first, long count)
        where TItem : unmanaged
    {
        int size = Interop.SizeOf<TItem>();
        ArrayView<byte> bytes = memory!.View.AsContiguous();
        return bytes.SubView(view.Offset + (first * size), count * size).Cast<TItem>();
    }
}
