namespace Lepton.Neuro.Random;

/// <summary>What a stream of random numbers is for. The numbers are part of every result's meaning: never renumber them.</summary>
public enum RandomPurpose
{
    /// <summary>Which neurons a projection joins.</summary>
    Wiring = 1,

    /// <summary>The weights of a projection.</summary>
    Weights = 2,

    /// <summary>The delays of a projection.</summary>
    Delays = 3,

    /// <summary>The initial state of a population.</summary>
    InitialState = 4,

    /// <summary>The spikes of an encoder or a source.</summary>
    Encoding = 5,

    /// <summary>The spikes of a Poisson drive.</summary>
    Drive = 6,

    /// <summary>The chance of a stochastic rule.</summary>
    Plasticity = 7,

    /// <summary>The order in which samples are shown.</summary>
    Shuffling = 8,

    /// <summary>The rounding of a Poisson drive's thresholds.</summary>
    DriveDither = 9,

    /// <summary>The pixels and the noise of an event camera.</summary>
    Camera = 20,

    /// <summary>The changes of training images.</summary>
    Augmentation = 21,

    /// <summary>What is imperfect about a machine: noise of cells, and faults.</summary>
    Hardware = 30,

    /// <summary>Data that are made up.</summary>
    Data = 40,
}

/// <summary>A stream of random numbers: a key of <see cref="Philox"/>, made of the network's seed, a purpose and the index of a population or projection.</summary>
public readonly struct RandomStream
{
    /// <summary>The stream of a seed, a purpose and an index.</summary>
    /// <param name="seed">The network's seed.</param>
    /// <param name="purpose">What it is for.</param>
    /// <param name="index">The index of the population or projection.</param>
    public RandomStream(ulong seed, RandomPurpose purpose, int index)
    {
        var words = Philox.Block((0x4c657074, 0x6f6e2e4e), ((uint)seed, (uint)(seed >> 32), (uint)purpose, (uint)index));
        Key = (words.A, words.B);
    }

    /// <summary>The key.</summary>
    public (uint A, uint B) Key { get; }

    /// <summary>A uniform integer in [0, count): the upper half of a product (bias below count / 2^32).</summary>
    /// <param name="word">A random word.</param>
    /// <param name="count">How many values.</param>
    public static int Below(uint word, int count) => (int)(((ulong)word * (uint)count) >> 32);

    /// <summary>A random order of 0 … count - 1 (Fisher and Yates), for the given round.</summary>
    /// <param name="count">How many.</param>
    /// <param name="round">An epoch, say: each has its own order.</param>
    public int[] Permutation(int count, uint round)
    {
        var words = new uint[count];
        Philox.Fill(this, 0, round, 0, 0, words);
        var order = new int[count];
        for (int i = 0; i < count; i++) order[i] = i;
        for (int i = count - 1; i > 0; i--)
        {
            int j = Below(words[i], i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }
        return order;
    }
}
