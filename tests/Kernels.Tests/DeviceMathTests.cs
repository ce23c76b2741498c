using Lepton.Neuro.Backends.Kernels;

namespace Lepton.Neuro.Kernels.Tests;

public sealed class DeviceMathTests
{
    [Fact]
    public void FusedProductsAreThoseOfTheFramework()
    {
        float[] some = [0, -0f, 1, -1, 0.1f, 1 + float.BitIncrement(0), MathF.BitIncrement(1), MathF.BitDecrement(1), 3e38f, -3e38f, 1e-38f, float.Epsilon, float.PositiveInfinity, float.NegativeInfinity, 16777217, 0.33333334f];
        foreach (float a in some)
        {
            foreach (float b in some)
            {
                foreach (float c in some) Same(a, b, c);
            }
        }
        var random = new System.Random(1);
        for (int i = 0; i < 300_000; i++)
        {
            float a = Any(random, 40), b = Any(random, 40);
            // Sums that cancel or hang on the last bit are the hard ones.
            float c = i % 3 == 0 ? Any(random, 80) : -(a * b) * (i % 3 == 1 ? 1 : 1 + (Any(random, 2) * 1e-7f));
            Same(a, b, c);
        }

        static void Same(float a, float b, float c)
        {
            float expected = MathF.FusedMultiplyAdd(a, b, c), found = DeviceMath.FusedMultiplyAdd(a, b, c);
            if (float.IsNaN(expected)) Assert.True(float.IsNaN(found));
            else Assert.True(BitConverter.SingleToInt32Bits(expected) == BitConverter.SingleToInt32Bits(found), $"{a:R} * {b:R} + {c:R} = {expected:R}, not {found:R}");
        }
    }

    [Fact]
    public void RoundingIsThatOfTheFramework()
    {
        var random = new System.Random(2);
        for (int i = 0; i < 300_000; i++)
        {
            float x = i % 2 == 0 ? Any(random, 30) : random.Next(-1000, 1000) / 2f;
            Assert.Equal(BitConverter.SingleToInt32Bits(MathF.Round(x)), BitConverter.SingleToInt32Bits(DeviceMath.Round(x)));
        }
        foreach (float x in (float[])[0, -0f, 0.5f, -0.5f, 1.5f, 8388607.5f, 8388608, -8388609, 3e38f, float.PositiveInfinity])
            Assert.Equal(BitConverter.SingleToInt32Bits(MathF.Round(x)), BitConverter.SingleToInt32Bits(DeviceMath.Round(x)));
    }

    [Fact]
    public void QuotientsAndRootsAreThoseOfTheFramework()
    {
        var random = new System.Random(3);
        for (int i = 0; i < 300_000; i++)
        {
            // Some quotients are hardly numbers any more, some hang on the last bit.
            float a = Any(random, i % 3 == 0 ? 140 : 30), b = i % 3 == 1 ? MathF.BitIncrement(a) : Any(random, 30);
            Assert.Equal(BitConverter.SingleToInt32Bits(a / b), BitConverter.SingleToInt32Bits(DeviceMath.Divide(a, b)));
            float square = MathF.Abs(i % 2 == 0 ? a : b * b);
            Assert.Equal(BitConverter.SingleToInt32Bits(MathF.Sqrt(square)), BitConverter.SingleToInt32Bits(DeviceMath.Sqrt(square)));
        }
    }

    static float Any(System.Random random, int exponents) => (float)((random.NextDouble() - 0.5) * Math.ScaleB(1, random.Next(-exponents, exponents)));
}
