using ILGPU.Runtime;
using Lepton.Neuro.Backends.Kernels;

namespace Lepton.Neuro.Backends;

/// <summary>The GPU backend: CUDA and OpenCL devices through ILGPU; the same spikes as <see cref="Reference"/>, bit for bit.</summary>
public static class Ilgpu
{
    /// <summary>A session that learns.</summary>
    /// <param name="network">The plan.</param>
    /// <param name="device"><c>cuda:N</c>, <c>opencl:N</c> or <c>cpu</c>; the last is for checks, hundreds of times slower than the CPU backend.</param>
    /// <param name="learned">What was learned before; nothing where null.</param>
    /// <exception cref="InvalidInputException">There is no such device, or it has too little memory.</exception>
    public static LearningSession Load(CompiledNetwork network, string device = "cuda:0", Learned? learned = null) => Create(network, device, true, learned);

    /// <summary>A session that does not learn.</summary>
    /// <param name="network">The plan.</param>
    /// <param name="device">As for <see cref="Load"/>.</param>
    /// <param name="learned">What was learned before; nothing where null.</param>
    /// <exception cref="InvalidInputException">There is no such device, or it has too little memory.</exception>
    public static Session Evaluate(CompiledNetwork network, string device = "cuda:0", Learned? learned = null) => new EvaluationSession(Create(network, device, false, learned));

    /// <summary>The devices that can be had, a line each: the name that <see cref="Load"/> takes, what it is, its memory.</summary>
    public static IReadOnlyList<string> Devices()
    {
        var lines = new List<string>();
        foreach (string kind in IlgpuDevice.Kinds)
        {
            try
            {
                using var context = IlgpuDevice.ContextOf(kind);
                int index = 0;
                foreach (var found in IlgpuDevice.DevicesOf(context, kind)) lines.Add($"{kind}:{index++}  {found.Name}, {found.MemorySize >> 20} MiB");
                if (index == 0) lines.Add($"{kind}  none found");
            }
            catch (Exception e) when (e is DllNotFoundException or TypeInitializationException or AcceleratorException or NotSupportedException)
            {
                lines.Add($"{kind}  not to be had: {e.Message}");
            }
        }
        return lines;
    }

    static KernelSession<IlgpuMemory> Create(CompiledNetwork network, string name, bool learning, Learned? learned)
    {
        var device = IlgpuDevice.Open(name);
        try
        {
            return new(network, device, learning, learned);
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }
}
