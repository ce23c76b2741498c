using FsCheck.Fluent;
using Lepton.Neuro.Lanes;
using Lepton.Neuro.Testing;

namespace Lepton.Neuro.Simulator.Tests;

/// <summary>The lane in double precision against the one in single precision, where rounding once is rounding twice.</summary>
public sealed class DoubleLaneTests
{
    /// <summary>A double has more than twice a float's digits: a result of two floats that is rounded to double and then to float is the float's result.</summary>
    [Theory]
    [InlineData("add")]
    [InlineData("subtract")]
    [InlineData("multiply")]
    [InlineData("divide")]
    [InlineData("negate")]
    [InlineData("square root")]
    [InlineData("magnitude")]
    [InlineData("round")]
    [InlineData("minimum")]
    [InlineData("maximum")]
    [InlineData("greater")]
    [InlineData("less")]
    [InlineData("greater or equal")]
    [InlineData("less or equal")]
    [InlineData("equal")]
    [InlineData("not equal")]
    [InlineData("select")]
    [InlineData("select by two masks")]
    [InlineData("mask from bits")]
    [InlineData("scale")]
    [InlineData("constant")]
    [InlineData("gather")]
    [InlineData("load scaled")]
    [InlineData("uniform")]
    public void Rounded_to_single_precision_it_is_the_scalar(string operation) =>
        Properties.Holds(LaneTests.Operands(operation == "round" ? Domain.Small : Domain.Ordered), operands =>
        {
            var (a, b, c) = operands;
            uint[] expected = LaneOperations.Run<Scalar>(operation, a, b, c), actual = LaneOperations.Run<Float64>(operation, a, b, c);
            for (int i = 0; i < expected.Length; i++)
            {
                // A quotient below the normal numbers has fewer digits, and rounding twice may show.
                if (operation == "divide" && Math.Abs((double)a[i] / b[i]) < 1.2e-38) continue;
                Assert.True(expected[i] == actual[i], $"{operation} of {a[i]:R}, {b[i]:R}, {c[i]:R}: {expected[i]:x8}, {actual[i]:x8}");
            }
        });

    [Fact]
    public void What_is_rounded_to_an_integer_is_rounded_from_the_double()
    {
        Properties.Holds(from value in Gen.Choose(-1_000_000, 1_000_000) from factor in Gen.Choose(1, 4000) select (Value: value / 64f, Factor: factor / 1000f), given =>
        {
            int expected = (int)Math.Round((double)given.Value * given.Factor), sum = 7, stored = 7;
            Float64.AddScaled(given.Value, given.Factor, ref sum);
            Float64.StoreScaled(given.Value, given.Factor, ref stored);
            Assert.Equal((7 + expected, expected), (sum, stored));
        });
    }

    [Fact]
    public void Bits_are_those_of_the_double()
    {
        Float64 all = Float64.MaskFromBits(1), none = Float64.MaskFromBits(2);
        Assert.Equal((1u, 0u), (Float64.MaskBits(all), Float64.MaskBits(none)));
        Assert.Equal(1u, Float64.MaskBits(all | none));
        Assert.Equal(1u, Float64.MaskBits(all ^ none));
        Assert.Equal(0u, Float64.MaskBits(all ^ all));
        Assert.Equal(0u, Float64.MaskBits(all & none));
        Assert.False(Float64.Identical(0f, -0f));
        Assert.True(Float64.Identical(0.5f, Float64.FromDouble(0.5)));
        Assert.False(Float64.Identical(0.1f, Float64.FromDouble(0.1)));
        Assert.True(new Float64(double.NaN).Equals((object)new Float64(double.NaN)));
        Assert.False(new Float64(1).Equals((object)1.0));
        Assert.Equal(new Float64(0.1).GetHashCode(), Float64.FromDouble(0.1).GetHashCode());
        Assert.Equal("0.1", Float64.FromDouble(0.1).ToString());
    }

    [Fact]
    public void Exponent_and_mantissa_take_a_number_apart() =>
        Properties.Holds(Gen.Choose(0x00100000, 0x7fefffff), high =>
        {
            double x = BitConverter.Int64BitsToDouble(((long)high << 32) | (uint)(high * 2654435761u));
            double e = Float64.Exponent(new(x)).Value, m = Float64.Mantissa(new(x)).Value;
            Assert.InRange(m, Math.Sqrt(0.5), Math.Sqrt(2));
            Assert.Equal(x, Math.ScaleB(m, (int)e));
            // Logarithm and exponential are each other's inverse, as far as the logarithm's last place goes; the exponential is 0 below -707.
            if (x > 1e-306) Assert.Equal(x, Float64.Exp(Float64.Log(new(x))).Value, x * 1e-12);
        }, 1000);
}
