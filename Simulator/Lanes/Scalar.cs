using System.Runtime.CompilerServices;

namespace Lepton.Neuro.Lanes;

/// <summary>One neuron a lane, in single precision: the oracle that every other lane is checked against, and the body of a device kernel.</summary>
/// <param name="value">The number.</param>
public readonly struct Scalar(float value) : ILane<Scalar>
{
    /// <summary>The number.</summary>
    public readonly float Value = value;

    /// <inheritdoc/>
    public static int Width => 1;

    /// <inheritdoc/>
    public static implicit operator Scalar(float value) => new(value);

    /// <inheritdoc/>
    public static Scalar FromDouble(double value) => new((float)value);

    /// <inheritdoc/>
    public static Scalar operator +(Scalar left, Scalar right) => new(left.Value + right.Value);

    /// <inheritdoc/>
    public static Scalar operator -(Scalar left, Scalar right) => new(left.Value - right.Value);

    /// <inheritdoc/>
    public static Scalar operator *(Scalar left, Scalar right) => new(left.Value * right.Value);

    /// <inheritdoc/>
    public static Scalar operator /(Scalar left, Scalar right) => new(left.Value / right.Value);

    /// <inheritdoc/>
    public static Scalar operator -(Scalar value) => new(-value.Value);

    /// <inheritdoc/>
    public static Scalar operator >(Scalar left, Scalar right) => Mask(left.Value > right.Value);

    /// <inheritdoc/>
    public static Scalar operator <(Scalar left, Scalar right) => Mask(left.Value < right.Value);

    /// <inheritdoc/>
    public static Scalar operator >=(Scalar left, Scalar right) => Mask(left.Value >= right.Value);

    /// <inheritdoc/>
    public static Scalar operator <=(Scalar left, Scalar right) => Mask(left.Value <= right.Value);

    /// <inheritdoc/>
    public static Scalar operator ==(Scalar left, Scalar right) => Mask(left.Value == right.Value);

    /// <inheritdoc/>
    public static Scalar operator !=(Scalar left, Scalar right) => Mask(left.Value != right.Value);

    /// <inheritdoc/>
    public static Scalar operator &(Scalar left, Scalar right) => FromWord(Word(left) & Word(right));

    /// <inheritdoc/>
    public static Scalar operator |(Scalar left, Scalar right) => FromWord(Word(left) | Word(right));

    /// <inheritdoc/>
    public static Scalar operator ^(Scalar left, Scalar right) => FromWord(Word(left) ^ Word(right));

    /// <inheritdoc/>
    public static Scalar operator ~(Scalar value) => FromWord(~Word(value));

    /// <inheritdoc/>
    public static Scalar Select(Scalar mask, Scalar ifTrue, Scalar ifFalse) => Word(mask) != 0 ? ifTrue : ifFalse;

    /// <inheritdoc/>
    public static Scalar Min(Scalar a, Scalar b) => a.Value < b.Value ? a : b;

    /// <inheritdoc/>
    public static Scalar Max(Scalar a, Scalar b) => a.Value > b.Value ? a : b;

    /// <inheritdoc/>
    public static Scalar FusedMultiplyAdd(Scalar a, Scalar b, Scalar c) => new(MathF.FusedMultiplyAdd(a.Value, b.Value, c.Value));

    /// <inheritdoc/>
    public static Scalar Sqrt(Scalar x) => new(MathF.Sqrt(x.Value));

    /// <inheritdoc/>
    public static Scalar Abs(Scalar x) => FromWord(Word(x) & 0x7fffffff);

    /// <inheritdoc/>
    public static Scalar Round(Scalar x) => new(MathF.Round(x.Value));

    /// <inheritdoc/>
    public static Scalar Exp(Scalar x) => LaneMath.Exp(x);

    /// <inheritdoc/>
    public static Scalar Log(Scalar x) => LaneMath.Log(x);

    /// <inheritdoc/>
    public static Scalar ScaleByPowerOfTwo(Scalar x, Scalar n) => new(x.Value * BitConverter.Int32BitsToSingle(((int)n.Value + 127) << 23));

    /// <inheritdoc/>
    public static Scalar Exponent(Scalar x) => new((Word(x) - FloatBits.RootHalf) >> 23);

    /// <inheritdoc/>
    public static Scalar Mantissa(Scalar x) => FromWord(((Word(x) - FloatBits.RootHalf) & 0x007fffff) + FloatBits.RootHalf);

    /// <inheritdoc/>
    public static bool Identical(Scalar a, Scalar b) => Word(a) == Word(b);

    /// <inheritdoc/>
    public static uint MaskBits(Scalar mask) => (uint)Word(mask) >> 31;

    /// <inheritdoc/>
    public static Scalar MaskFromBits(uint bits) => Mask((bits & 1) != 0);

    /// <inheritdoc/>
    public static Scalar Load(ref readonly float source) => new(source);

    /// <inheritdoc/>
    public static void Store(Scalar value, ref float destination) => destination = value.Value;

    /// <inheritdoc/>
    public static Scalar Gather(ref readonly float origin, ref readonly int offsets) =>
        new(Unsafe.Add(ref Unsafe.AsRef(in origin), offsets));

    /// <inheritdoc/>
    public static Scalar LoadScaled(ref readonly int source, float quantum) => new(source * quantum);

    /// <inheritdoc/>
    public static void AddScaled(Scalar value, float factor, ref int destination) => destination += (int)MathF.Round(value.Value * factor);

    /// <inheritdoc/>
    public static void StoreScaled(Scalar value, float factor, ref int destination) => destination = (int)MathF.Round(value.Value * factor);

    /// <inheritdoc/>
    public static Scalar Uniform(ref readonly uint words) => new(((words >> 9) + 0.5f) * FloatBits.TwoToMinus23);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Scalar other && other.Value.Equals(Value);

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode();

    /// <inheritdoc/>
    public override string ToString() => Value.ToString("R", System.Globalization.CultureInfo.InvariantCulture);

    static Scalar Mask(bool set) => FromWord(set ? -1 : 0);

    static int Word(Scalar a) => BitConverter.SingleToInt32Bits(a.Value);

    static Scalar FromWord(int word) => new(BitConverter.Int32BitsToSingle(word));
}
