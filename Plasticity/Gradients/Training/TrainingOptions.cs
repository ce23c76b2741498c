namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>How a network is trained. What is learned is a function of these (but for <see cref="Threads"/> and <see cref="VectorBits"/>), the network and the samples.</summary>
public sealed record TrainingOptions
{
    /// <summary>Passes over the samples; 10.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>Samples of an update; 128.</summary>
    public int BatchSize { get; init; } = 128;

    /// <summary>Samples that go through the network side by side; a batch has as many blocks as it takes, and threads share them. The sums of gradients are made block by block, so this (unlike the
    /// threads) is part of the result; 32.</summary>
    public int BlockSize { get; init; } = 32;

    /// <summary>How parameters follow gradients; Adam.</summary>
    public Optimizer Optimizer { get; init; } = Optimizer.Adam();

    /// <summary>The learning rate; 0.001 at all times.</summary>
    public LearningRate LearningRate { get; init; } = 0.001;

    /// <summary>What is made smaller; cross-entropy.</summary>
    public Loss Loss { get; init; } = Loss.CrossEntropy();

    /// <summary>The weight of the sum of the weights' magnitudes in the loss; 0.</summary>
    public double L1 { get; init; }

    /// <summary>The weight of half the sum of their squares in the loss; 0.</summary>
    public double L2 { get; init; }

    /// <summary>The greatest length of the gradient: a longer one is scaled down. None where null.</summary>
    public double? ClipNorm { get; init; }

    /// <summary>Training stops when so many epochs have brought no lower validation loss, and the best parameters come back. Never where null.</summary>
    public int? Patience { get; init; }

    /// <summary>What changes rate, batch and optimizer as training goes; nothing where null. The learning rate is then the product of <see cref="LearningRate"/> and what the strategy makes of it.</summary>
    public AdaptiveStrategy? Strategy { get; init; }

    /// <summary>Whether gradients of spiking networks are made while time goes on, step by step, from a trace at each input and what the loss says at once; the memory that this takes does not grow with the
    /// steps, as that of going back in time does. It is an approximation, of the loss's mean over the steps. For RateCode, Rows or Repeat, then Dense with Lif or RecurrentLif (which lose their
    /// threshold at a spike), and Dense with Last at the end. Default false.</summary>
    public bool Online { get; init; }

    /// <summary>What changes samples as they are shown; nothing where null.</summary>
    public IAugmentation? Augmentation { get; init; }

    /// <summary>The seed of the samples' order and of dropout; 1.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Threads; one for each processor.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>The width of vectors in bits: 32, 128, 256 or 512; 0, the default, for the best.</summary>
    public int VectorBits { get; init; }

    /// <summary>Where training is saved, such that it can go on after an interruption; nowhere where null.</summary>
    public string? Checkpoint { get; init; }

    /// <summary>Updates between two saves; 1000.</summary>
    public int CheckpointEvery { get; init; } = 1000;

    /// <summary>Wall time between two saves, instead of updates; none where null.</summary>
    public TimeSpan? CheckpointInterval { get; init; }

    internal TrainingOptions Checked()
    {
        Require.InRange("the epochs", (long)Epochs, 1, 1 << 24);
        Require.InRange("the batch size", (long)BatchSize, 1, 1 << 20);
        Require.InRange("the block size", (long)BlockSize, 1, 1 << 16);
        Require.InRange("the weight of L1", L1, 0, 1e6);
        Require.InRange("the weight of L2", L2, 0, 1e6);
        if (ClipNorm is { } norm) Require.InRange("the greatest length of the gradient", norm, 1e-12, 1e12);
        if (Patience is { } patience) Require.InRange("the patience in epochs", (long)patience, 1, 1 << 24);
        Strategy?.Checked();
        Require.InRange("the threads", (long)Threads, 1, 1024);
        Require.InRange("the updates between two saves", (long)CheckpointEvery, 1, int.MaxValue);
        VectorWidth.Resolve(VectorBits);
        return this;
    }
}
