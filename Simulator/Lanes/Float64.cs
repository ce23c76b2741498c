using System.Runtime.CompilerServices;

namespace Lepton.Neuro.Lanes;

/// <summary>One neuron a lane, in double precision: what a rule or a model would compute if single precision did not round. Golden values and the error bounds of the other lanes are
/// measured against it; no backend runs on it. It reads and writes single precision only at its edges (<see cref="Load"/>, <see cref="Store"/>).</summary>
/// <param name="value">The number.</param>
public readonly struct Float64(double value) : ILane<Float64>
{
    /// <summary>The number.</summary>
    public readonly double Value = value;

    /// <inheritdoc/>
    public static int Width => 1;

    /// <inheritdoc/>
    public static implicit operator Float64(float value) => new(value);

    /// <inheritdoc/>
    public static Float64 FromDouble(double value) => new(value);

    /// <inheritdoc/>
    public static Float64 operator +(Float64 left, Float64 right) => new(left.Value + right.Value);

    /// <inheritdoc/>
    public static Float64 operator -(Float64 left, Float64 right) => new(left.Value - right.Value);

    /// <inheritdoc/>
    public static Float64 operator *(Float64 left, Float64 right) => new(left.Value * right.Value);

    /// <inheritdoc/>
    public static Float64 operator /(Float64 left, Float64 right) => new(left.Value / right.Value);

    /// <inheritdoc/>
    public static Float64 operator -(Float64 value) => new(-value.Value);

    /// <inheritdoc/>
    public static Float64 operator >(Float64 left, Float64 right) => Mask(left.Value > right.Value);

    /// <inheritdoc/>
    public static Float64 operator <(Float64 left, Float64 right) => Mask(left.Value < right.Value);

    /// <inheritdoc/>
    public static Float64 operator >=(Float64 left, Float64 right) => Mask(left.Value >= right.Value);

    /// <inheritdoc/>
    public static Float64 operator <=(Float64 left, Float64 right) => Mask(left.Value <= right.Value);

    /// <inheritdoc/>
    public static Float64 operator ==(Float64 left, Float64 right) => Mask(left.Value == right.Value);

    /// <inheritdoc/>
    public static Float64 operator !=(Float64 left, Float64 right) => Mask(left.Value != right.Value);

    /// <inheritdoc/>
    public static Float64 operator &(Float64 left, Float64 right) => FromWord(Word(left) & Word(right));

    /// <inheritdoc/>
    public static Float64 operator |(Float64 left, Float64 right) => FromWord(Word(left) | Word(right));

    /// <inheritdoc/>
    public static Float64 operator ^(Float64 left, Float64 right) => FromWord(Word(left) ^ Word(right));

    /// <inheritdoc/>
    public static Float64 operator ~(Float64 value) => FromWord(~Word(value));

    /// <inheritdoc/>
    public static Float64 Select(Float64 mask, Float64 ifTrue, Float64 ifFalse) => Word(mask) != 0 ? ifTrue : ifFalse;

    /// <inheritdoc/>
    public static Float64 Min(Float64 a, Float64 b) => a.Value < b.Value ? a : b;

    /// <inheritdoc/>
    public static Float64 Max(Float64 a, Float64 b) => a.Value > b.Value ? a : b;

    /// <inheritdoc/>
    public static Float64 FusedMultiplyAdd(Float64 a, Float64 b, Float64 c) => new(Math.FusedMultiplyAdd(a.Value, b.Value, c.Value));

    /// <inheritdoc/>
    public static Float64 Sqrt(Float64 x) => new(Math.Sqrt(x.Value));

    /// <inheritdoc/>
    public static Float64 Abs(Float64 x) => new(Math.Abs(x.Value));

    /// <inheritdoc/>
    public static Float64 Round(Float64 x) => new(Math.Round(x.Value));

    /// <summary>e to the power of x, within 2 units in the last place of a double; 0 below -707, infinity above 709.78.</summary>
    public static Float64 Exp(Float64 x) => new(ExactMath.Exp(x.Value));

    /// <summary>The natural logarithm, within 2 units in the last place of a double; NaN below zero, minus infinity at zero.</summary>
    public static Float64 Log(Float64 x) => new(ExactMath.Log(x.Value));

    /// <inheritdoc/>
    public static Float64 ScaleByPowerOfTwo(Float64 x, Float64 n) => new(Math.ScaleB(x.Value, (int)n.Value));

    /// <inheritdoc/>
    public static Float64 Exponent(Float64 x) => new(Split(x.Value).Exponent);

    /// <inheritdoc/>
    public static Float64 Mantissa(Float64 x) => new(Split(x.Value).Mantissa);

    /// <inheritdoc/>
    public static bool Identical(Float64 a, Float64 b) => BitConverter.DoubleToInt64Bits(a.Value) == BitConverter.DoubleToInt64Bits(b.Value);

    /// <inheritdoc/>
    public static uint MaskBits(Float64 mask) => (uint)((ulong)Word(mask) >> 63);

    /// <inheritdoc/>
    public static Float64 MaskFromBits(uint bits) => Mask((bits & 1) != 0);

    /// <inheritdoc/>
    public static Float64 Load(ref readonly float source) => new(source);

    /// <inheritdoc/>
    public static void Store(Float64 value, ref float destination) => destination = (float)value.Value;

    /// <inheritdoc/>
    public static Float64 Gather(ref readonly float origin, ref readonly int offsets) => new(Unsafe.Add(ref Unsafe.AsRef(in origin), offsets));

    /// <inheritdoc/>
    public static Float64 LoadScaled(ref readonly int source, float quantum) => new((double)source * quantum);

    /// <inheritdoc/>
    public static void AddScaled(Float64 value, float factor, ref int destination) => destination += (int)Math.Round(value.Value * factor);

    /// <inheritdoc/>
    public static void StoreScaled(Float64 value, float factor, ref int destination) => destination = (int)Math.Round(value.Value * factor);

    /// <inheritdoc/>
    public static Float64 Uniform(ref readonly uint words) => new(Scalar.Uniform(in words).Value);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Float64 other && other.Value.Equals(Value);

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode();

    /// <inheritdoc/>
    public override string ToString() => Value.ToString("R", System.Globalization.CultureInfo.InvariantCulture);

    static (double Mantissa, int Exponent) Split(double x)
    {
        int exponent = Math.ILogB(x);
        double mantissa = Math.ScaleB(x, -exponent);
        return mantissa >= 1.4142135623730951 ? (mantissa / 2, exponent + 1) : (mantissa, exponent);
    }

    static Float64 Mask(bool set) => FromWord(set ? -1 : 0);

    static long Word(Float64 a) => BitConverter.DoubleToInt64Bits(a.Value);

    static Float64 FromWord(long word) => new(BitConverter.Int64BitsToDouble(word));
}
