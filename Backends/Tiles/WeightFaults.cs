using Lepton.Neuro.Random;

namespace Lepton.Neuro.Backends;

/// <summary>Faults of the memory that weights lie in, as words of two's complement.</summary>
/// <param name="Stuck">The chance that a bit is stuck, half of them at 0 and half at 1; 0 to 1.</param>
/// <param name="Flipped">The chance that a bit is flipped; 0 to 1.</param>
public sealed record WeightFaults(double Stuck, double Flipped)
{
    /// <summary>Weights as they are read from a faulty memory.</summary>
    /// <param name="weights">The weights: whole multiples of a step.</param>
    /// <param name="bits">The bits of a word, sign included, 2 to 16.</param>
    /// <param name="seed">The memory: it decides which bits are faulty. With a greater chance, the faults of a smaller one stay.</param>
    /// <returns>The weights as read.</returns>
    /// <exception cref="InvalidInputException">A chance is out of its range, or the weights do not fit words of so many bits.</exception>
    public float[] Apply(ReadOnlySpan<float> weights, int bits, ulong seed)
    {
        Require.InRange("the share of stuck bits", Stuck, 0, 1);
        Require.InRange("the share of flipped bits", Flipped, 0, 1);
        Require.InRange("the bits of a weight in a faulty memory", bits, 2L, 16L);
        var magnitudes = new HashSet<float>();
        foreach (float weight in weights)
        {
            if (weight != 0) magnitudes.Add(MathF.Abs(weight));
        }
        if (magnitudes.Count == 0) return weights.ToArray();
        if (WeightFit.Find(magnitudes) is not { } fit || fit.Bits > bits)
            throw new InvalidInputException("the weights in a faulty memory", $"of {magnitudes.Count} magnitudes that fit no {bits} bits", $"whole multiples of one step that fit {bits} bits; quantize them first");
        var stream = new RandomStream(seed, RandomPurpose.Hardware, 2);
        var read = new float[weights.Length];
        for (int i = 0; i < weights.Length; i++)
        {
            int word = (int)Math.Round(weights[i] / fit.Step), faulty = word;
            for (int bit = 0; bit < bits; bit++)
            {
                double stuck = Philox.Word(stream, (uint)i, (uint)bit, 0, 0) / 4294967296.0, flip = Philox.Word(stream, (uint)i, (uint)bit, 1, 0) / 4294967296.0;
                int mask = 1 << bit;
                if (flip < Flipped) faulty ^= mask;
                if (stuck < Stuck) faulty = (Philox.Word(stream, (uint)i, (uint)bit, 2, 0) & 1) == 0 ? faulty & ~mask : faulty | mask;
            }
            // The sign bit is worth minus its place.
            int extended = (faulty << (32 - bits)) >> (32 - bits);
            read[i] = extended == word ? weights[i] : (float)(extended * fit.Step);
        }
        return read;
    }
}
