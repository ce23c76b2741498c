using System.Numerics;
using FsCheck.Fluent;
using Lepton.Neuro.Lanes;
using Lepton.Neuro.Testing;

namespace Lepton.Neuro.Simulator.Tests;

public sealed class FixedTests
{
    readonly struct Q1x31 : IFixedFormat
    {
        public static int Bits => 32;

        public static int FractionBits => 31;
    }

    readonly struct Q4x0 : IFixedFormat
    {
        public static int Bits => 4;

        public static int FractionBits => 0;
    }

    [Fact]
    public void Arithmetic_is_that_of_rational_numbers_rounded_once_and_saturated()
    {
        Exact<Q16x16>();
        Exact<Q12x12>();
        Exact<Q8x8>();
        Exact<Q1x31>();
        Exact<Q4x0>();
    }

    [Fact]
    public void All_pairs_of_a_small_format()
    {
        for (int a = -8; a < 8; a++)
        {
            for (int b = -8; b < 8; b++)
            {
                for (int c = -8; c < 8; c++) Laws<Q4x0>((a, b, c));
            }
        }
    }

    [Fact]
    public void A_quotient_next_to_a_half_is_rounded_once() => Laws<Q1x31>((1 << 30, int.MaxValue, 0));

    static void Exact<TFormat>()
        where TFormat : struct, IFixedFormat
    {
        long largest = (1L << (TFormat.Bits - 1)) - 1;
        var word = Gen.Frequency(
            (3, Gen.Choose((int)(-largest - 1), (int)largest)),
            (2, Gen.Choose(-40, 40).Select(w => (int)Math.Clamp(w, -largest - 1, largest))),
            (1, Gen.Elements((int)largest, (int)(-largest - 1), 0, 1, -1)));
        Properties.Holds(from a in word from b in word from c in word select (a, b, c), Laws<TFormat>, 2000);
    }

    static void Laws<TFormat>((int A, int B, int C) words)
        where TFormat : struct, IFixedFormat
    {
        BigInteger largest = (BigInteger.One << (TFormat.Bits - 1)) - 1, one = BigInteger.One << TFormat.FractionBits;
        Fixed<TFormat> a = Fixed<TFormat>.FromWord(words.A), b = Fixed<TFormat>.FromWord(words.B), c = Fixed<TFormat>.FromWord(words.C);
        BigInteger x = words.A, y = words.B, z = words.C;
        Equal(x + y, 1, a + b, "+");
        Equal(x - y, 1, a - b, "-");
        Equal(-x, 1, -a, "negate");
        Equal(BigInteger.Abs(x), 1, Fixed<TFormat>.Abs(a), "abs");
        Equal(x * y, one, a * b, "*");
        Equal((x * y) + (z * one), one, Fixed<TFormat>.FusedMultiplyAdd(a, b, c), "fma");
        if (y != 0) Equal(x * one * y.Sign, BigInteger.Abs(y), a / b, "/");
        else Assert.Equal(x >= 0 ? largest : -largest - 1, (a / b).Word);
        Equal(Nearest(x, one) * one, 1, Fixed<TFormat>.Round(a), "round");
        Assert.Equal(x < y ? -1 : 0, (a < b).Word);
        Assert.Equal(x <= y ? -1 : 0, (a <= b).Word);
        Assert.Equal(x > y ? -1 : 0, (a > b).Word);
        Assert.Equal(x >= y ? -1 : 0, (a >= b).Word);
        Assert.Equal(x == y ? -1 : 0, (a == b).Word);
        Assert.Equal(x != y ? -1 : 0, (a != b).Word);
        Assert.Equal(BigInteger.Min(x, y), Fixed<TFormat>.Min(a, b).Word);
        Assert.Equal(BigInteger.Max(x, y), Fixed<TFormat>.Max(a, b).Word);
        Assert.Equal(x < y ? y : z, Fixed<TFormat>.Select(a < b, b, c).Word);
        Assert.Equal(words.A, Fixed<TFormat>.FromDouble(a.Value).Word);
        Assert.Equal(x < y ? 1u : 0u, Fixed<TFormat>.MaskBits(a < b));
        Assert.Equal(words.A & words.B, (a & b).Word);
        Assert.Equal(words.A | words.B, (a | b).Word);
        Assert.Equal(words.A ^ words.B, (a ^ b).Word);
        Assert.Equal(~words.A, (~a).Word);
        Assert.Equal(x == y, Fixed<TFormat>.Identical(a, b));
        Assert.Equal(x == y, a.Equals((object)b));
        Assert.Equal(a.GetHashCode(), Fixed<TFormat>.FromWord(words.A).GetHashCode());
        Assert.Equal(a.Value, double.Parse(a.ToString(), System.Globalization.CultureInfo.InvariantCulture));

        void Equal(BigInteger numerator, BigInteger denominator, Fixed<TFormat> actual, string operation)
        {
            var expected = BigInteger.Clamp(Nearest(numerator, denominator), -largest - 1, largest);
            Assert.True(expected == actual.Word, $"{typeof(TFormat).Name}: {operation} of {words.A}, {words.B}, {words.C} is {actual.Word}, not {expected}");
        }
    }

    /// <summary>The nearest integer to a fraction, halves to the even one.</summary>
    static BigInteger Nearest(BigInteger numerator, BigInteger denominator)
    {
        var floor = BigInteger.DivRem((2 * numerator) + denominator, 2 * denominator, out var rest);
        if (rest.Sign < 0)
        {
            floor--;
            rest += 2 * denominator;
        }
        return rest.IsZero && !floor.IsEven ? floor - 1 : floor;
    }

    [Fact]
    public void Conversions_round_to_the_nearest_step_and_saturate()
    {
        Assert.Equal(0, Fixed<Q8x8>.FromDouble(double.NaN).Word);
        Assert.Equal(32767, Fixed<Q8x8>.FromDouble(1e9).Word);
        Assert.Equal(-32768, Fixed<Q8x8>.FromDouble(double.NegativeInfinity).Word);
        Assert.Equal(0, Fixed<Q8x8>.FromDouble(0.5 / 256).Word);
        Assert.Equal(2, Fixed<Q8x8>.FromDouble(1.5 / 256).Word);
        Assert.Equal(-2, Fixed<Q8x8>.FromDouble(-1.5 / 256).Word);
        Assert.Equal(1 / 256.0, Fixed<Q8x8>.Resolution);
        Assert.Equal(32767, Fixed<Q8x8>.FromWord(1L << 40).Word);
    }

    [Fact]
    public void Memory_holds_floats_integers_and_words_of_random_bits()
    {
        float[] memory = [0, 1.25f, -3.5f, 1000];
        Assert.Equal(-3.5, Fixed<Q8x8>.Load(in memory[2]).Value);
        int offset = 1;
        Assert.Equal(1.25, Fixed<Q8x8>.Gather(in memory[0], in offset).Value);
        offset = 3;
        Assert.Equal(32767, Fixed<Q8x8>.Gather(in memory[0], in offset).Word);
        Fixed<Q8x8>.Store(Fixed<Q8x8>.FromWord(-257), ref memory[0]);
        Assert.Equal(-257 / 256f, memory[0]);
        int count = 21;
        Assert.Equal(2.625, Fixed<Q8x8>.LoadScaled(in count, 0.125f).Value);
        Fixed<Q8x8>.AddScaled(2.5f, 3, ref count);
        Assert.Equal(21 + 8, count);
        Fixed<Q8x8>.StoreScaled(-2.5f, 1, ref count);
        Assert.Equal(-2, count);
        foreach (uint word in new[] { 0u, 12345678u, 0x80000000u, uint.MaxValue })
            Assert.InRange(Fixed<Q8x8>.Uniform(in word).Value - (word / 4294967296.0), -1 / 511.0, 1 / 511.0);
        Assert.Equal((-1, 0), (Fixed<Q8x8>.MaskFromBits(3).Word, Fixed<Q8x8>.MaskFromBits(2).Word));
    }

    [Fact]
    public void Exponent_and_mantissa_take_a_number_apart()
    {
        for (int word = 1; word < 32768; word += 13)
        {
            var x = Fixed<Q8x8>.FromWord(word);
            double e = Fixed<Q8x8>.Exponent(x).Value, m = Fixed<Q8x8>.Mantissa(x).Value;
            Assert.InRange(m, Math.Sqrt(0.5) - (1 / 256.0), Math.Sqrt(2) + (1 / 256.0));
            // The mantissa is rounded to the format.
            Assert.InRange((m * Math.Pow(2, e)) - x.Value, -Math.Pow(2, e) / 512, Math.Pow(2, e) / 512);
            Assert.Equal(Math.Clamp(x.Value * 4, -128, 32767 / 256.0), Fixed<Q8x8>.ScaleByPowerOfTwo(x, 2f).Value);
        }
    }

    [Fact]
    public void Square_roots_and_exponentials_are_within_one_step()
    {
        for (int word = 0; word < 32768; word += 7)
        {
            var x = Fixed<Q8x8>.FromWord(word);
            Assert.InRange(Fixed<Q8x8>.Sqrt(x).Value, Math.Sqrt(x.Value) - (1 / 512.0), Math.Sqrt(x.Value) + (1 / 512.0));
            if (word is > 0 and < 1200)
            {
                Assert.InRange(Fixed<Q8x8>.Exp(x).Value, Math.Exp(x.Value) - (1 / 511.0), Math.Exp(x.Value) + (1 / 511.0));
                Assert.InRange(Fixed<Q8x8>.Log(x).Value, Math.Log(x.Value) - (1 / 511.0), Math.Log(x.Value) + (1 / 511.0));
            }
        }
        Assert.Equal(-32768, Fixed<Q8x8>.Log(0f).Word);
    }
}
