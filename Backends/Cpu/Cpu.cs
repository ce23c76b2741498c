using System.Runtime.Intrinsics;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Backends;

/// <summary>How the CPU backend runs. Nothing here changes a spike.</summary>
public sealed record CpuOptions
{
    /// <summary>How many threads work, at most; at least 1. Small networks use fewer. Default: one for each processor.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>The width of vectors in bits: 128, 256 or 512; 0, the default, takes what the processor does best.</summary>
    public int VectorBits { get; init; }

    /// <summary>How many neurons, or a hundred times as many synapses, make another thread worth its while, at least 1. Default 2048.</summary>
    public int NeuronsPerThread { get; init; } = 2048;
}

/// <summary>The CPU backend: event-driven synapses, neurons in SIMD bundles, any number of threads; the same spikes as <see cref="Reference"/>, bit for bit.</summary>
public static class Cpu
{
    /// <summary>A session that learns.</summary>
    /// <param name="network">The plan.</param>
    /// <param name="options">How to run; defaults where null.</param>
    /// <param name="learned">What was learned before; nothing where null.</param>
    /// <exception cref="InvalidInputException">An option is out of its range.</exception>
    public static LearningSession Load(CompiledNetwork network, CpuOptions? options = null, Learned? learned = null) => Create(network, options ?? new(), true, learned);

    /// <summary>A session that does not learn: its weights and homeostatic thresholds stay what they are.</summary>
    /// <param name="network">The plan.</param>
    /// <param name="options">How to run; defaults where null.</param>
    /// <param name="learned">What was learned before; nothing where null.</param>
    /// <exception cref="InvalidInputException">An option is out of its range.</exception>
    public static Session Evaluate(CompiledNetwork network, CpuOptions? options = null, Learned? learned = null) => new EvaluationSession(Create(network, options ?? new(), false, learned));

    /// <summary>Goes on with a session that learns where <see cref="Session.Save"/> was called: bit for bit as if it had never stopped, however many threads there are now and were then.</summary>
    /// <param name="network">The plan, of the same description, seed and step.</param>
    /// <param name="path">The checkpoint.</param>
    /// <param name="options">How to run; defaults where null.</param>
    /// <param name="also">Reads what the caller wrote into the same file with <see cref="Session.Save"/>, section by section in the same order; nothing where null.</param>
    /// <exception cref="InvalidInputException">An option is out of its range; or the checkpoint cannot be read, is damaged or cut off, of another network, of a newer version, or of a session
    /// that does not learn.</exception>
    public static LearningSession Resume(CompiledNetwork network, string path, CpuOptions? options = null, Action<CheckpointReader>? also = null) =>
        Resume(network, path, options ?? new(), true, also);

    /// <summary>Goes on with a session that does not learn where <see cref="Session.Save"/> was called.</summary>
    /// <param name="network">The plan, of the same description, seed and step.</param>
    /// <param name="path">The checkpoint.</param>
    /// <param name="options">How to run; defaults where null.</param>
    /// <exception cref="InvalidInputException">As for <see cref="Resume(CompiledNetwork, string, CpuOptions?, Action{CheckpointReader}?)"/>; or the checkpoint is of a session that learns.</exception>
    public static Session ResumeEvaluation(CompiledNetwork network, string path, CpuOptions? options = null) => new EvaluationSession(Resume(network, path, options ?? new(), false, null));

    static LearningSession Resume(CompiledNetwork network, string path, CpuOptions options, bool learning, Action<CheckpointReader>? also)
    {
        // Checked before the network is laid out, which takes much longer.
        using var reader = new CheckpointReader(path, network);
        var session = Create(network, options, learning, null);
        try
        {
            ((IResumable)session).Resume(reader);
            also?.Invoke(reader);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    static LearningSession Create(CompiledNetwork network, CpuOptions options, bool learning, Learned? learned)
    {
        Require.InRange("threads", options.Threads, 1L, 1024L);
        Require.InRange("neurons a thread", options.NeuronsPerThread, 1L, int.MaxValue);
        int best = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;
        return (options.VectorBits == 0 ? best : options.VectorBits) switch
        {
            128 => new CpuSession<Wide128>(network, options, learning, learned),
            256 => new CpuSession<Wide256>(network, options, learning, learned),
            512 => new CpuSession<Wide512>(network, options, learning, learned),
            _ => throw new InvalidInputException("vector bits", options.VectorBits, "128, 256, 512, or 0 for the best"),
        };
    }
}
