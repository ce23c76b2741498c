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

    /// <summary>Many images side by side, for inference or for learning that is merged; see <see cref="KernelBatch{TMemory}"/>.</summary>
    /// <param name="network">The plan.</param>
    /// <param name="images">How many, 1 to 65,536.</param>
    /// <param name="device">As for <see cref="Load"/>.</param>
    /// <param name="learning">Whether they learn, each with weights of its own until they are merged.</param>
    /// <param name="learned">What was learned before; nothing where null.</param>
    /// <exception cref="InvalidInputException">The number of images is out of its range, there is no such device, or it has too little memory.</exception>
    public static KernelBatch<IlgpuMemory> Batch(CompiledNetwork network, int images, string device = "cuda:0", bool learning = false, Learned? learned = null) =>
        With(device, opened => new KernelBatch<IlgpuMemory>(network, opened, images, learning, learned));

    /// <summary>Goes on with a session that learns where <see cref="Session.Save"/> was called, on this device or any backend: bit for bit as if it had never stopped.</summary>
    /// <param name="network">The plan, of the same description, seed and step.</param>
    /// <param name="path">The checkpoint.</param>
    /// <param name="device">As for <see cref="Load"/>.</param>
    /// <exception cref="InvalidInputException">As for <see cref="Load"/>; or the checkpoint cannot be read, is damaged, of another network, or of a session that does not learn.</exception>
    public static LearningSession Resume(CompiledNetwork network, string path, string device = "cuda:0") => KernelSession<IlgpuMemory>.Resume(network, path, () => IlgpuDevice.Open(device), true);

    /// <summary>Goes on with a session that does not learn.</summary>
    /// <param name="network">The plan, of the same description, seed and step.</param>
    /// <param name="path">The checkpoint.</param>
    /// <param name="device">As for <see cref="Load"/>.</param>
    /// <exception cref="InvalidInputException">As for <see cref="Resume"/>; or the checkpoint is of a session that learns.</exception>
    public static Session ResumeEvaluation(CompiledNetwork network, string path, string device = "cuda:0") =>
        new EvaluationSession(KernelSession<IlgpuMemory>.Resume(network, path, () => IlgpuDevice.Open(device), false));

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
                foreach (var found in IlgpuDevice.DevicesOf(context, kind))
                    lines.Add($"{kind}:{index++}  {(kind == "cpu" ? "emulation of a device, for checks; this machine's memory" : $"{found.Name}, {found.MemorySize >> 20} MiB")}");
                if (index == 0) lines.Add($"{kind}  none found: {IlgpuDevice.Wanted(kind)}");
            }
            catch (Exception e) when (e is DllNotFoundException or TypeInitializationException or AcceleratorException or NotSupportedException)
            {
                lines.Add($"{kind}  not to be had: {e.Message}");
            }
        }
        return lines;
    }

    static KernelSession<IlgpuMemory> Create(CompiledNetwork network, string name, bool learning, Learned? learned) =>
        With(name, device => new KernelSession<IlgpuMemory>(network, device, learning, learned));

    static TSession With<TSession>(string name, Func<IlgpuDevice, TSession> make)
    {
        var device = IlgpuDevice.Open(name);
        try
        {
            return make(device);
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }
}
