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
    public static Session Evaluate(CompiledNetwork network, CpuOptions? options = null, Learned? learned = null) => Create(network, options ?? new(), false, learned);

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
