using System.Text.RegularExpressions;
using FsCheck.Fluent;
using Lepton.Neuro.Lanes;
using Lepton.Neuro.Testing;

namespace Lepton.Neuro.Simulator.Tests;

public sealed class LaneTests
{
    public static TheoryData<string> Operations => [.. LaneOperations.All.Keys];

    [Theory]
    [MemberData(nameof(Operations))]
    public void Every_operation_is_the_same_bits_at_every_width(string operation)
    {
        var domain = LaneOperations.All[operation];
        Properties.Holds(Operands(domain), operands =>
        {
            var (a, b, c) = operands;
            uint[] expected = LaneOperations.Run<Scalar>(operation, a, b, c);
            Assert.Equal(expected, LaneOperations.Run<Wide128>(operation, a, b, c));
            Assert.Equal(expected, LaneOperations.Run<Wide256>(operation, a, b, c));
            Assert.Equal(expected, LaneOperations.Run<Wide512>(operation, a, b, c));
        });
    }

    [Fact]
    public void Scalar_operations_mean_what_they_say()
    {
        Properties.Holds(Operands(Domain.Any), operands =>
        {
            var (a, b, c) = operands;
            Agree("add", (x, y, _) => x + y);
            Agree("subtract", (x, y, _) => x - y);
            Agree("multiply", (x, y, _) => x * y);
            Agree("divide", (x, y, _) => x / y);
            Agree("negate", (x, _, _) => -x);
            Agree("magnitude", (x, _, _) => MathF.Abs(x));
            Agree("square root", (x, _, _) => MathF.Sqrt(x));
            Agree("fused", MathF.FusedMultiplyAdd);
            Agree("select", (x, y, z) => x < y ? y : z);
            Agree("minimum", (x, y, _) => x < y ? x : y);
            Agree("maximum", (x, y, _) => x > y ? x : y);
            Agree("greater", (x, y, _) => Mask(x > y));
            Agree("less", (x, y, _) => Mask(x < y));
            Agree("greater or equal", (x, y, _) => Mask(x >= y));
            Agree("less or equal", (x, y, _) => Mask(x <= y));
            Agree("equal", (x, y, _) => Mask(x == y));
            Agree("not equal", (x, y, _) => Mask(x != y));

            void Agree(string operation, Func<float, float, float, float> meaning)
            {
                uint[] actual = LaneOperations.Run<Scalar>(operation, a, b, c);
                for (int i = 0; i < actual.Length; i++)
                {
                    float expected = meaning(a[i], b[i], c[i]);
                    if (float.IsNaN(expected)) Assert.True(float.IsNaN(BitConverter.UInt32BitsToSingle(actual[i])), operation);
                    else Assert.True(BitConverter.SingleToUInt32Bits(expected) == actual[i], $"{operation} {a[i]:R} {b[i]:R} {c[i]:R}");
                }
            }
        });

        static float Mask(bool set) => BitConverter.Int32BitsToSingle(set ? -1 : 0);
    }

    [Fact]
    public void Scaled_numbers_are_rounded_to_the_nearest_integer_halves_to_the_even_one()
    {
        int[] sums = [10, 10, 10, 10, 10];
        float[] values = [1.5f, 2.5f, -2.5f, 0.4f, 1e6f];
        for (int i = 0; i < sums.Length; i++)
        {
            int stored = -1;
            Scalar.StoreScaled(values[i], 1, ref stored);
            Scalar.AddScaled(values[i], 1, ref sums[i]);
            Assert.Equal(Math.Round((double)values[i]), stored);
            Assert.Equal(10 + stored, sums[i]);
        }
    }

    [Fact]
    public void A_number_is_in_every_place_and_equal_where_all_places_are()
    {
        Numbers<Scalar>("0.1");
        Numbers<Wide128>(null);
        Numbers<Wide256>(null);
        Numbers<Wide512>(null);

        static void Numbers<T>(string? text)
            where T : unmanaged, ILane<T>
        {
            var places = new float[T.Width];
            T.Store(T.FromDouble(0.1), ref places[0]);
            Assert.All(places, place => Assert.Equal(0.1f, place));
            T tenth = 0.1f;
            Assert.True(T.Identical(tenth, T.FromDouble(0.1)));
            object boxed = tenth, same = T.FromDouble(0.1);
            Assert.True(boxed.Equals(same));
            Assert.Equal(boxed.GetHashCode(), same.GetHashCode());
            places[^1] = 0.2f;
            T other = T.Load(in places[0]);
            Assert.False(T.Identical(tenth, other));
            Assert.False(boxed.Equals(other));
            Assert.False(boxed.Equals(0.1f));
            // Zeros are equal and not the same bits.
            Assert.False(T.Identical(0f, -0f));
            if (text is null) Assert.Equal(T.Width, tenth.ToString()!.Split("0.1").Length - 1);
            else Assert.Equal(text, tenth.ToString());
        }
    }

    [Fact]
    public void Uniform_numbers_are_centred_exact_and_never_reach_an_end()
    {
        foreach (uint word in new[] { 0u, 1u, 511u, 512u, 0x80000000u, uint.MaxValue })
        {
            double expected = ((word >> 9) + 0.5) / (1 << 23);
            Assert.Equal(expected, Scalar.Uniform(in word).Value);
            Assert.InRange(expected, double.Epsilon, 1 - double.Epsilon);
        }
    }

    [Fact]
    public void Exponent_and_mantissa_take_a_number_apart() =>
        Properties.Holds(Gen.Choose(0x00800000, 0x7f7fffff).Select(BitConverter.Int32BitsToSingle), x =>
        {
            float e = Scalar.Exponent(x).Value, m = Scalar.Mantissa(x).Value;
            Assert.Equal(x, m * Math.ScaleB(1, (int)e));
            Assert.InRange(m, 0.70710677f, 1.41421354f);
        }, 1000);

    [Fact]
    public void The_wide_lanes_are_one_text_at_three_widths()
    {
        string folder = Path.Combine(Sources.Root, "Simulator", "Lanes");
        string middle = File.ReadAllText(Path.Combine(folder, "Wide256.cs"));
        foreach (string width in new[] { "128", "512" })
        {
            string expected = Regex.Replace(middle, "(?<=Wide|Vector|Floats)256|256(?=-bit vector)", width, RegexOptions.None, TimeSpan.FromSeconds(5));
            Assert.Equal(expected, File.ReadAllText(Path.Combine(folder, $"Wide{width}.cs")));
        }
    }

    [Fact]
    public void Widths_are_what_the_vectors_hold() => Assert.Equal((1, 4, 8, 16), (Scalar.Width, Wide128.Width, Wide256.Width, Wide512.Width));

    internal static FsCheck.Gen<(float[] A, float[] B, float[] C)> Operands(Domain domain) =>
        from words in Gen.ArrayOf(Gen.Choose(int.MinValue, int.MaxValue), 6 * LaneOperations.Count)
        let bits = words.Select(w => (uint)w).ToArray()
        select (
            LaneOperations.Operands(domain, bits.AsSpan(0, 128)),
            LaneOperations.Operands(domain, bits.AsSpan(128, 128)),
            LaneOperations.Operands(domain, bits.AsSpan(256, 128)));
}
