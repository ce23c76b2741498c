using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Floats = System.Runtime.Intrinsics.Vector128<float>;
using Integers = System.Runtime.Intrinsics.Vector128<int>;
using Vector = System.Runtime.Intrinsics.Vector128;

namespace Lepton.Neuro.Lanes;

/// <summary>A bundle of neurons in one 128-bit vector of single-precision numbers. The 128, 256 and 512-bit lanes are the same text but for the
/// width (a test holds them to it), so that a change in one is a change in all.</summary>
/// <param name="value">The vector.</param>
public readonly struct Wide128(Floats value) : ILane<Wide128>
{
    /// <summary>The vector.</summary>
    public readonly Floats Value = value;

    /// <inheritdoc/>
    public static int Width => Floats.Count;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator Wide128(float value) => new(Vector.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128 FromDouble(double value) => new(Vector.Create((float)value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128 operator +(Wide128 left, Wide128 right) => new(left.Value + right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128 operator -(Wide128 left, Wide128 right) => new(left.Value - right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128 operator *(Wide128 left, Wide128 right) => new(left.Value * right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128 operator /(Wide128 left, Wide128 right) => new(left.Value / right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128 operator -(Wide128 value) => new(-value.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128 operator >(Wide128 left, Wide128 right) => new(Vector.GreaterThan(left.Value, right.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128 operator <(Wide128 left, Wide128 right) => new(Vector.LessThan(left.Value, right.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128 operator >=(Wide128 left, Wide128 right) => new(Vector.GreaterThanOrEqual(left.Value, right.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128 operator <=(Wide128 left, Wide128 right) => new(Vector.LessThanOrEqual(left.Value, right.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128 operator ==(Wide128 left, Wide128 right) => new(Vector.Equals(left.Value, right.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128 operator !=(Wide128 left, Wide128 right) => new(~Vector.Equals(left.Value, right.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128 operator &(Wide128 left, Wide128 right) => new(left.Value & right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128 operator |(Wide128 left, Wide128 right) => new(left.Value | right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128 operator ^(Wide128 left, Wide128 right) => new(left.Value ^ right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128 operator ~(Wide128 value) => new(~value.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128 Select(Wide128 mask, Wide128 ifTrue, Wide128 ifFalse) => new(Vector.ConditionalSelect(mask.Value, ifTrue.Value, ifFalse.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128 Min(Wide128 a, Wide128 b) => Select(a < b, a, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128 Max(Wide128 a, Wide128 b) => Select(a > b, a, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128 FusedMultiplyAdd(Wide128 a, Wide128 b, Wide128 c) => new(Vector.FusedMultiplyAdd(a.Value, b.Value, c.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128 Sqrt(Wide128 x) => new(Vector.Sqrt(x.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128 Abs(Wide128 x) => new(Vector.Abs(x.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128 Round(Wide128 x) => new(Vector.Round(x.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128 Exp(Wide128 x) => LaneMath.Exp(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128 Log(Wide128 x) => LaneMath.Log(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128 ScaleByPowerOfTwo(Wide128 x, Wide128 n) =>
        new(x.Value * Vector.ShiftLeft(Vector.ConvertToInt32Native(n.Value) + Vector.Create(127), 23).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128 Exponent(Wide128 x) =>
        new(Vector.ConvertToSingle(Vector.ShiftRightArithmetic(x.Value.AsInt32() - Vector.Create(FloatBits.RootHalf), 23)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128 Mantissa(Wide128 x) =>
        new((((x.Value.AsInt32() - Vector.Create(FloatBits.RootHalf)) & Vector.Create(0x007fffff)) + Vector.Create(FloatBits.RootHalf)).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Identical(Wide128 a, Wide128 b) => Vector.EqualsAll(a.Value.AsInt32(), b.Value.AsInt32());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint MaskBits(Wide128 mask) => (uint)mask.Value.ExtractMostSignificantBits();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128 MaskFromBits(uint bits)
    {
        var places = Vector.ConvertToInt32Native(Vector.ShiftLeft(Integers.Indices + Vector.Create(127), 23).AsSingle());
        return new(Vector.Equals(Vector.Create((int)bits) & places, places).AsSingle());
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128 Load(ref readonly float source) => new(Vector.LoadUnsafe(in source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Wide128 value, ref float destination) => value.Value.StoreUnsafe(ref destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128 Gather(ref readonly float origin, ref readonly int offsets) => new(Gathers.Floats128(in origin, in offsets));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128 LoadScaled(ref readonly int source, float quantum) =>
        new(Vector.ConvertToSingle(Vector.LoadUnsafe(in source)) * Vector.Create(quantum));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddScaled(Wide128 value, float factor, ref int destination) =>
        (Vector.LoadUnsafe(ref destination) + Vector.ConvertToInt32Native(Vector.Round(value.Value * Vector.Create(factor)))).StoreUnsafe(ref destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreScaled(Wide128 value, float factor, ref int destination) =>
        Vector.ConvertToInt32Native(Vector.Round(value.Value * Vector.Create(factor))).StoreUnsafe(ref destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128 Uniform(ref readonly uint words)
    {
        var upper = Vector.ConvertToSingle(Vector.ShiftRightLogical(Vector.LoadUnsafe(in words), 9).AsInt32());
        return new((upper + Vector.Create(0.5f)) * Vector.Create(FloatBits.TwoToMinus23));
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Wide128 other && other.Value.Equals(Value);

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode();

    /// <inheritdoc/>
    public override string ToString() => Value.ToString();
}
