namespace Lepton.Neuro.Encoders.Data;

/// <summary>Random numbers that are a function of seed, stream, element and position only, so that images can be drawn in any order
/// and by any number of threads. The mixer is that of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014); only integer operations and
/// exact scalings by powers of two, so every machine gives the same numbers.</summary>
struct CounterRandom
{
    /// <summary>Streams: what is drawn with one seed for one purpose never meets what is drawn for another.</summary>
    public const ulong Training = 1, Testing = 2, Labelling = 4, Shuffling = 8;

    const ulong Golden = 0x9E3779B97F4A7C15;

    readonly ulong _key;
    ulong _position;

    public CounterRandom(ulong seed, ulong stream, ulong element)
    {
        // Each step is a bijection, so within a seed and a stream no two elements share a key.
        _key = Mix(Mix(Mix(seed + Golden) + (stream * Golden)) + (element * Golden));
        _position = 0;
    }

    public ulong Bits() => Mix(_key + (++_position * Golden));

    /// <summary>Uniform in [0, 1), a multiple of 2^-24.</summary>
    public float Unit() => (Bits() >> 40) * (1f / (1 << 24));

    /// <summary>Uniform in [low, high].</summary>
    public float Uniform(float low, float high) => low + ((high - low) * Unit());

    /// <summary>Bell-shaped with mean 0 and bounds -1 and 1 (standard deviation 0.41): the sum of two uniforms.</summary>
    public float Bell()
    {
        var bits = Bits();
        return ((uint)(bits >> 40) + (uint)((bits >> 8) & 0xFFFFFF)) * (1f / (1 << 24)) - 1f;
    }

    /// <summary>Uniform over 0 to <paramref name="count"/> - 1.</summary>
    public int Below(int count) => (int)Math.BigMul(Bits(), (ulong)count, out _);

    static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
