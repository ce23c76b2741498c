namespace Lepton.Neuro.Backends.Kernels;

/// <summary>The kernels of the GPU backend, run here on a device that checks them: the whole of the backend but for the GPU.</summary>
public static class DeviceKernels
{
    /// <summary>A session that learns.</summary>
    /// <param name="network">The plan.</param>
    /// <param name="options">How to run; defaults where null.</param>
    /// <param name="learned">What was learned before; nothing where null.</param>
    /// <exception cref="InvalidInputException">An option is out of its range, or the network too large.</exception>
    public static KernelSession<CheckedMemory> Load(CompiledNetwork network, CheckedDeviceOptions? options = null, Learned? learned = null) =>
        new(network, new CheckedDevice<CheckedMemory>(options), true, learned);

    /// <summary>A session that does not learn.</summary>
    /// <param name="network">The plan.</param>
    /// <param name="options">How to run; defaults where null.</param>
    /// <param name="learned">What was learned before; nothing where null.</param>
    /// <exception cref="InvalidInputException">An option is out of its range, or the network too large.</exception>
    public static Session Evaluate(CompiledNetwork network, CheckedDeviceOptions? options = null, Learned? learned = null) =>
        new EvaluationSession(new KernelSession<CheckedMemory>(network, new CheckedDevice<CheckedMemory>(options), false, learned));

    /// <summary>Many images side by side.</summary>
    /// <param name="network">The plan.</param>
    /// <param name="images">How many.</param>
    /// <param name="learning">Whether they learn, each with weights of its own until they are merged.</param>
    /// <param name="options">How to run; defaults where null.</param>
    /// <param name="learned">What was learned before; nothing where null.</param>
    /// <exception cref="InvalidInputException">An option is out of its range, or the network times the images too large.</exception>
    public static KernelBatch<CheckedMemory> Batch(CompiledNetwork network, int images, bool learning = false, CheckedDeviceOptions? options = null, Learned? learned = null) =>
        new(network, new CheckedDevice<CheckedMemory>(options), images, learning, learned);

    /// <summary>Goes on with a session that learns where <see cref="Session.Save"/> was called, on this device or any backend: bit for bit as if it had never stopped.</summary>
    /// <param name="network">The plan, of the same description, seed and step.</param>
    /// <param name="path">The checkpoint.</param>
    /// <param name="options">How to run; defaults where null.</param>
    /// <exception cref="InvalidInputException">As for <see cref="Load"/>; or the checkpoint cannot be read, is damaged, of another network, or of a session that does not learn.</exception>
    public static KernelSession<CheckedMemory> Resume(CompiledNetwork network, string path, CheckedDeviceOptions? options = null) =>
        KernelSession<CheckedMemory>.Resume(network, path, () => new CheckedDevice<CheckedMemory>(options), true);

    /// <summary>Goes on with a session that does not learn.</summary>
    /// <param name="network">The plan, of the same description, seed and step.</param>
    /// <param name="path">The checkpoint.</param>
    /// <param name="options">How to run; defaults where null.</param>
    /// <exception cref="InvalidInputException">As for <see cref="Resume"/>; or the checkpoint is of a session that learns.</exception>
    public static Session ResumeEvaluation(CompiledNetwork network, string path, CheckedDeviceOptions? options = null) =>
        new EvaluationSession(KernelSession<CheckedMemory>.Resume(network, path, () => new CheckedDevice<CheckedMemory>(options), false));
}
