using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Simulator.Tests;

public sealed class LaneMathTests
{
    [Fact]
    public void Exp_is_within_two_units_in_the_last_place_over_its_whole_range()
    {
        double worst = 0;
        float at = 0;
        foreach (float x in Range(-87.3f, 88.7228f, 400_000))
        {
            double error = Units(Scalar.Exp(x).Value, Math.Exp(x));
            if (error > worst) (worst, at) = (error, x);
        }
        Assert.True(worst <= 2, $"{worst} units at {at:R}");
    }

    [Fact]
    public void Exp_has_exact_ends()
    {
        Assert.Equal(1f, Scalar.Exp(0f).Value);
        Assert.Equal(1f, Scalar.Exp(-0f).Value);
        Assert.Equal(0f, Scalar.Exp(-87.4f).Value);
        Assert.Equal(0f, Scalar.Exp(float.NegativeInfinity).Value);
        Assert.Equal(float.PositiveInfinity, Scalar.Exp(88.73f).Value);
        Assert.Equal(float.PositiveInfinity, Scalar.Exp(float.PositiveInfinity).Value);
        Assert.True(float.IsFinite(Scalar.Exp(88.7228f).Value));
        Assert.True(float.IsNormal(Scalar.Exp(-87.3f).Value));
    }

    [Fact]
    public void Log_is_within_two_units_in_the_last_place_over_all_binades()
    {
        double worst = 0;
        float at = 0;
        for (int i = 0; i < 400_000; i++)
        {
            float x = BitConverter.Int32BitsToSingle(0x00800000 + (int)((0x7f7fffffL - 0x00800000) * i / 399_999));
            Look(x);
        }
        // Near 1 the logarithm is small, and its relative error is what counts.
        for (int bits = 0x3f800000 - 60_000; bits < 0x3f800000 + 60_000; bits++) Look(BitConverter.Int32BitsToSingle(bits));
        foreach (float x in Range(0.5f, 2f, 200_000)) Look(x);
        Assert.True(worst <= 2, $"{worst} units at {at:R}");
        Assert.Equal(0f, Scalar.Log(1f).Value);

        void Look(float x)
        {
            double error = Units(Scalar.Log(x).Value, Math.Log(x));
            if (error > worst) (worst, at) = (error, x);
        }
    }

    [Fact]
    public void Normal_quantile_inverts_the_normal_distribution()
    {
        // The oracle is the distribution function by its series: P(z) = 1/2 + density(z) (z + z^3/3 + z^5/15 + …).
        double worst = 0;
        for (int i = 0; i < 20_000; i++)
        {
            float u = ((i * 419) + 0.5f) / (1 << 23);
            double z = LaneMath.NormalQuantile<Scalar>(u).Value;
            double density = Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI);
            worst = Math.Max(worst, Math.Abs(Distribution(z) - u) / density / Math.Max(1, Math.Abs(z)));
        }
        Assert.InRange(worst, 0, 2e-6);
        Assert.Equal(0, LaneMath.NormalQuantile<Scalar>(0.5f).Value, 1e-6);
        float least = LaneMath.NormalQuantile<Scalar>(0.5f / (1 << 23)).Value, most = LaneMath.NormalQuantile<Scalar>(1 - (0.5f / (1 << 23))).Value;
        Assert.InRange(most, 5.2f, 5.3f);
        Assert.Equal(-most, least);

        static double Distribution(double z)
        {
            double term = z, sum = z;
            for (int k = 1; k < 200; k++)
            {
                term *= z * z / ((2 * k) + 1);
                sum += term;
            }
            return 0.5 + (Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI) * sum);
        }
    }

    [Fact]
    public void Power_is_the_power()
    {
        foreach (float x in Range(0.01f, 50f, 500))
        {
            foreach (float y in new[] { -2f, -0.5f, 0f, 0.3f, 1f, 3f })
                Assert.InRange(LaneMath.Power<Scalar>(x, y).Value / Math.Pow(x, y), 1 - 3e-6, 1 + 3e-6);
        }
    }

    [Fact]
    public void Exact_exp_and_log_are_within_two_units_in_the_last_place()
    {
        double worst = 0, at = 0;
        for (int i = 0; i <= 200_000; i++)
        {
            double x = -706 + (i * (1415.5 / 200_000));
            Look(Difference(ExactMath.Exp(x), Math.Exp(x)), x);
        }
        for (int i = 0; i <= 20_000; i++)
        {
            double x = (i - 10_000) * 1e-5;
            Look(Difference(ExactMath.Exp(x), Math.Exp(x)), x);
        }
        Assert.True(worst <= 2, $"exp: {worst} units at {at:R}");
        worst = 0;
        for (int i = 1; i <= 200_000; i++)
        {
            Log(i * 1e-5);
            Log(Math.ScaleB(1 + (i / 200_001.0), (i % 2000) - 1000));
        }
        Assert.True(worst <= 2, $"log: {worst} units at {at:R}");
        Assert.Equal(0, ExactMath.Exp(-750));
        Assert.Equal(double.PositiveInfinity, ExactMath.Exp(710));
        Assert.Equal(double.NegativeInfinity, ExactMath.Log(0));
        Assert.Equal(double.PositiveInfinity, ExactMath.Log(double.PositiveInfinity));
        Assert.True(double.IsNaN(ExactMath.Log(-1)) && double.IsNaN(ExactMath.Log(double.NaN)) && double.IsNaN(ExactMath.Exp(double.NaN)));
        Assert.Equal(Math.Log(double.Epsilon), ExactMath.Log(double.Epsilon), 1e-10);

        void Log(double x) => Look(Difference(ExactMath.Log(x), Math.Log(x)), x);

        void Look(double error, double x)
        {
            if (error > worst) (worst, at) = (error, x);
        }

        // The platform's function is itself off by up to one unit.
        static double Difference(double actual, double expected) =>
            expected == actual ? 0 : Math.Abs(actual - expected) / (Math.BitIncrement(Math.Abs(expected)) - Math.Abs(expected));
    }

    static double Units(float actual, double expected)
    {
        float nearest = MathF.Abs((float)expected);
        double unit = nearest == 0 ? float.Epsilon : (double)nearest - MathF.BitDecrement(nearest);
        return Math.Abs(actual - expected) / unit;
    }

    static IEnumerable<float> Range(float low, float high, int count)
    {
        for (int i = 0; i < count; i++) yield return (float)(low + (((double)high - low) * i / (count - 1)));
    }
}
