using Lepton.Neuro.Lanes;
using Lepton.Neuro.Random;

namespace Lepton.Neuro.Encoders;

/// <summary>Random numbers drawn one after the other for one element in one round: the n-th is a function of the stream, the element, the round and n, so that it does not matter who draws for
/// which element, or when.</summary>
/// <param name="stream">The stream.</param>
/// <param name="element">A pixel, an image.</param>
/// <param name="round">A frame, an epoch.</param>
/// <param name="part">Tells draws of one element and round apart that are for different things.</param>
struct Draws(RandomStream stream, uint element, uint round, uint part = 0)
{
    uint place;
    (uint A, uint B, uint C, uint D) block;

    /// <summary>32 random bits.</summary>
    public uint Bits()
    {
        if (place % 4 == 0) block = Philox.Block(stream.Key, (element, round, part, place / 4));
        return (place++ % 4) switch { 0 => block.A, 1 => block.B, 2 => block.C, _ => block.D };
    }

    /// <summary>Uniform in (0, 1).</summary>
    public double Unit() => (Bits() + 0.5) * (1.0 / (1L << 32));

    /// <summary>Uniform in (-1, 1).</summary>
    public double Signed() => (2 * Unit()) - 1;

    /// <summary>Standard normal, by the polar method of Marsaglia, of whose functions none differs between machines.</summary>
    public double Normal()
    {
        double x, square;
        do
        {
            double y = Signed();
            x = Signed();
            square = (x * x) + (y * y);
        }
        while (square is >= 1 or 0);
        return x * Math.Sqrt(-2 * ExactMath.Log(square) / square);
    }

    /// <summary>Exponential with the mean 1.</summary>
    public double Exponential() => -ExactMath.Log(Unit());
}
