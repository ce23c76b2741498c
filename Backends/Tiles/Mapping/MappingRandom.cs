namespace Lepton.Neuro.Backends;

/// <summary>Random numbers of a search, whose order is its own: SplitMix64 (G. Steele, D. Lea and C. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014).</summary>
struct MappingRandom(ulong seed)
{
    ulong state = seed;

    public ulong Word()
    {
        ulong z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>A whole number from 0, below a count.</summary>
    public int Below(int count) => (int)(((Word() >> 32) * (ulong)count) >> 32);

    public void Shuffle(Span<int> values)
    {
        for (int i = values.Length - 1; i > 0; i--)
        {
            int j = Below(i + 1);
            (values[i], values[j]) = (values[j], values[i]);
        }
    }
}
