namespace Lepton.Neuro.Experiments.Benchmarks;

/// <summary>How a benchmark runs. Everything in it has been checked.</summary>
public sealed record BenchmarkSettings
{
    /// <summary>The part of the model's full size; 1 for models of one size.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>The size of a model that comes in several; 0 for the others.</summary>
    public int Neurons { get; init; }

    /// <summary>The biological time to measure, s.</summary>
    public required double Seconds { get; init; }

    /// <summary>The biological time to run before, s: transients die out, and code is compiled.</summary>
    public required double WarmUp { get; init; }

    /// <summary>Threads, at most; results do not depend on it.</summary>
    public required int Threads { get; init; }

    /// <summary>The seed of all random numbers.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The width of vectors in bits, 0 for the best; results do not depend on it.</summary>
    public int VectorBits { get; init; }

    /// <summary>The device of the GPU backend that the network runs on; the CPU where null.</summary>
    public string? Device { get; init; }

    /// <summary>Whether the model's external input is there.</summary>
    public bool Driven { get; init; } = true;

    /// <summary>The full path of a checkpoint to go on from, where it exists, and to write; none where null.</summary>
    public string? Checkpoint { get; init; }

    /// <summary>The biological time between two checkpoints, s.</summary>
    public double CheckpointEvery { get; init; } = 10;
}
