using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Simulator.Tests;

/// <summary>For which numbers an operation is defined.</summary>
public enum Domain
{
    /// <summary>All of them, NaN, infinities and subnormal numbers too.</summary>
    Any,

    /// <summary>Magnitudes below 2^31.</summary>
    Small,

    /// <summary>Positive normal numbers.</summary>
    Positive,

    /// <summary>Numbers in (0, 1).</summary>
    Unit,

    /// <summary>Not NaN.</summary>
    Ordered,
}

/// <summary>Every operation of <see cref="ILane{T}"/> by its name, so that one text runs on every lane.</summary>
public static class LaneOperations
{
    public const int Count = 64;

    public static readonly IReadOnlyDictionary<string, Domain> All = new Dictionary<string, Domain>(StringComparer.Ordinal)
    {
        ["add"] = Domain.Any,
        ["subtract"] = Domain.Any,
        ["multiply"] = Domain.Any,
        ["divide"] = Domain.Any,
        ["negate"] = Domain.Any,
        ["greater"] = Domain.Any,
        ["less"] = Domain.Any,
        ["greater or equal"] = Domain.Any,
        ["less or equal"] = Domain.Any,
        ["equal"] = Domain.Any,
        ["not equal"] = Domain.Any,
        ["and"] = Domain.Any,
        ["or"] = Domain.Any,
        ["exclusive or"] = Domain.Any,
        ["not"] = Domain.Any,
        ["select"] = Domain.Any,
        ["select by two masks"] = Domain.Any,
        ["minimum"] = Domain.Any,
        ["maximum"] = Domain.Any,
        ["fused"] = Domain.Any,
        ["square root"] = Domain.Any,
        ["magnitude"] = Domain.Any,
        ["round"] = Domain.Small,
        ["exponential"] = Domain.Ordered,
        ["logarithm"] = Domain.Positive,
        ["exponent"] = Domain.Positive,
        ["mantissa"] = Domain.Positive,
        ["power"] = Domain.Positive,
        ["normal quantile"] = Domain.Unit,
        ["scale"] = Domain.Any,
        ["constant"] = Domain.Any,
        ["mask from bits"] = Domain.Any,
        ["gather"] = Domain.Any,
        ["load scaled"] = Domain.Any,
        ["add scaled"] = Domain.Small,
        ["store scaled"] = Domain.Small,
        ["uniform"] = Domain.Any,
    };

    /// <summary>Whether what comes out is a pattern of bits, whose NaNs differ from each other.</summary>
    static bool IsPattern(string operation) => operation is
        "and" or "or" or "exclusive or" or "not" or "mask from bits" or "gather" or "select" or "select by two masks" or "minimum" or "maximum"
        or "greater" or "less" or "greater or equal" or "less or equal" or "equal" or "not equal";

    /// <summary>The bits of the results for <see cref="Count"/> operands; any NaN of an arithmetic operation is the same NaN.</summary>
    public static uint[] Run<T>(string operation, float[] a, float[] b, float[] c)
        where T : unmanaged, ILane<T>
    {
        var results = new uint[Count];
        var values = new float[T.Width];
        for (int i = 0; i < Count; i += T.Width)
        {
            if (operation is "add scaled" or "store scaled")
            {
                var sums = new int[T.Width];
                for (int k = 0; k < T.Width; k++) sums[k] = BitConverter.SingleToInt32Bits(c[i + k]) / 2;
                if (operation == "add scaled") T.AddScaled(T.Load(in a[i]), 0.37f, ref sums[0]);
                else T.StoreScaled(T.Load(in a[i]), 0.37f, ref sums[0]);
                for (int k = 0; k < T.Width; k++) results[i + k] = (uint)sums[k];
                continue;
            }
            T value = operation switch
            {
                "constant" => a[i / 16 * 16],
                "mask from bits" => T.MaskFromBits((BitConverter.SingleToUInt32Bits(a[i / 16 * 16]) & 0xffff) >> (i % 16)),
                "gather" => Gathered<T>(a, b, i),
                "load scaled" => Scaled<T>(a, i),
                "uniform" => Uniform<T>(a, i),
                _ => Apply(operation, T.Load(in a[i]), T.Load(in b[i]), T.Load(in c[i])),
            };
            T.Store(value, ref values[0]);
            for (int k = 0; k < T.Width; k++)
                results[i + k] = float.IsNaN(values[k]) && !IsPattern(operation) ? 0x7fc00000 : BitConverter.SingleToUInt32Bits(values[k]);
            if (IsMask(operation))
            {
                uint bits = T.MaskBits(value);
                for (int k = 0; k < T.Width; k++) Assert.Equal(results[i + k] == 0xffffffff ? 1u : 0u, bits >> k & 1);
                Assert.True(T.Width == 32 || bits >> T.Width == 0);
            }
        }
        return results;
    }

    static bool IsMask(string operation) => operation is "greater" or "less" or "greater or equal" or "less or equal" or "equal" or "not equal" or "mask from bits";

    static T Apply<T>(string operation, T a, T b, T c)
        where T : unmanaged, ILane<T> => operation switch
        {
            "add" => a + b,
            "subtract" => a - b,
            "multiply" => a * b,
            "divide" => a / b,
            "negate" => -a,
            "greater" => a > b,
            "less" => a < b,
            "greater or equal" => a >= b,
            "less or equal" => a <= b,
            "equal" => a == b,
            "not equal" => a != b,
            "and" => a & b,
            "or" => a | b,
            "exclusive or" => a ^ b,
            "not" => ~a,
            "select" => T.Select(a < b, b, c),
            "select by two masks" => T.Select((a < b) & ~(b >= c) | (a == c), a, c),
            "minimum" => T.Min(a, b),
            "maximum" => T.Max(a, b),
            "fused" => T.FusedMultiplyAdd(a, b, c),
            "square root" => T.Sqrt(a),
            "magnitude" => T.Abs(a),
            "round" => T.Round(a),
            "exponential" => T.Exp(a),
            "logarithm" => T.Log(a),
            "exponent" => T.Exponent(a),
            "mantissa" => T.Mantissa(a),
            "power" => LaneMath.Power(a, T.Min(T.Max(b, -3f), 3f)),
            "normal quantile" => LaneMath.NormalQuantile(a),
            "scale" => T.ScaleByPowerOfTwo(a, T.Round(T.Max(T.Min(b, 127f), -126f))),
            _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "no such operation"),
        };

    static T Gathered<T>(float[] a, float[] b, int i)
        where T : unmanaged, ILane<T>
    {
        var offsets = new int[T.Width];
        for (int k = 0; k < T.Width; k++) offsets[k] = (int)(BitConverter.SingleToUInt32Bits(b[i + k]) % Count);
        return T.Gather(in a[0], in offsets[0]);
    }

    static T Scaled<T>(float[] a, int i)
        where T : unmanaged, ILane<T>
    {
        var sums = new int[T.Width];
        for (int k = 0; k < T.Width; k++) sums[k] = BitConverter.SingleToInt32Bits(a[i + k]);
        return T.LoadScaled(in sums[0], 0.0078125f);
    }

    static T Uniform<T>(float[] a, int i)
        where T : unmanaged, ILane<T>
    {
        var words = new uint[T.Width];
        for (int k = 0; k < T.Width; k++) words[k] = BitConverter.SingleToUInt32Bits(a[i + k]);
        return T.Uniform(in words[0]);
    }

    static readonly float[] Special =
    [
        0f, -0f, 1f, -1f, 0.5f, -0.5f, 1.5f, 2.5f, -2.5f, float.Epsilon, -float.Epsilon, 1e-40f, -1e-40f, 1.17549435e-38f, -1.17549435e-38f, float.MaxValue, float.MinValue,
        float.PositiveInfinity, float.NegativeInfinity, float.NaN, 8388607.5f, 8388608f, 16777216f, -16777217f, 88.72283f, 88.722839f, 88.4f, -87.3f, -87.4f, 3e9f,
    ];

    /// <summary>Operands made of random words: patterns of all kinds, brought into the operation's domain.</summary>
    public static float[] Operands(Domain domain, ReadOnlySpan<uint> words)
    {
        var values = new float[Count];
        for (int i = 0; i < Count; i++)
        {
            uint word = words[i], kind = words[Count + i];
            values[i] = Into(domain, (kind % 4) switch
            {
                0 => Special[word % Special.Length],
                1 => BitConverter.UInt32BitsToSingle(word),
                2 => ((int)word) * 1e-8f,
                _ => ((int)word >> 8) / 1024f,
            });
        }
        return values;
    }

    static float Into(Domain domain, float value) => domain switch
    {
        Domain.Small when !(MathF.Abs(value) < 2147483648f) => 0.25f,
        Domain.Positive when !(MathF.Abs(value) >= 1.17549435e-38f && float.IsFinite(value)) => 2.75f,
        Domain.Positive => MathF.Abs(value),
        Domain.Unit => ((BitConverter.SingleToUInt32Bits(value) * 2654435761u >> 9) + 0.5f) / (1 << 23),
        Domain.Ordered when float.IsNaN(value) => 0.75f,
        _ => value,
    };
}
