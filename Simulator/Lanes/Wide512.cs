using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Floats = System.Runtime.Intrinsics.Vector512<float>;
using Integers = System.Runtime.Intrinsics.Vector512<int>;
using Vector = System.Runtime.Intrinsics.Vector512;

namespace Lepton.Neuro.Lanes;

/// <summary>A bundle of neurons in one 512-bit vector of single-precision numbers. The 128, 256 and 512-bit lanes are the same text but for the
/// width (a test holds them to it), so that a change in one is a change in all.</summary>
/// <param name="value">The vector.</param>
public readonly struct Wide512(Floats value) : ILane<Wide512>
{
    /// <summary>The vector.</summary>
    public readonly Floats Value = value;

    /// <inheritdoc/>
    public static int Width => Floats.Count;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator Wide512(float value) => new(Vector.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512 FromDouble(double value) => new(Vector.Create((float)value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512 operator +(Wide512 left, Wide512 right) => new(left.Value + right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512 operator -(Wide512 left, Wide512 right) => new(left.Value - right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512 operator *(Wide512 left, Wide512 right) => new(left.Value * right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512 operator /(Wide512 left, Wide512 right) => new(left.Value / right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512 operator -(Wide512 value) => new(-value.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512 operator >(Wide512 left, Wide512 right) => new(Vector.GreaterThan(left.Value, right.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512 operator <(Wide512 left, Wide512 right) => new(Vector.LessThan(left.Value, right.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512 operator >=(Wide512 left, Wide512 right) => new(Vector.GreaterThanOrEqual(left.Value, right.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512 operator <=(Wide512 left, Wide512 right) => new(Vector.LessThanOrEqual(left.Value, right.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512 operator ==(Wide512 left, Wide512 right) => new(Vector.Equals(left.Value, right.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512 operator !=(Wide512 left, Wide512 right) => new(~Vector.Equals(left.Value, right.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512 operator &(Wide512 left, Wide512 right) => new(left.Value & right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512 operator |(Wide512 left, Wide512 right) => new(left.Value | right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512 operator ^(Wide512 left, Wide512 right) => new(left.Value ^ right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512 operator ~(Wide512 value) => new(~value.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512 Select(Wide512 mask, Wide512 ifTrue, Wide512 ifFalse) => new(Vector.ConditionalSelect(mask.Value, ifTrue.Value, ifFalse.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512 Min(Wide512 a, Wide512 b) => Select(a < b, a, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512 Max(Wide512 a, Wide512 b) => Select(a > b, a, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512 FusedMultiplyAdd(Wide512 a, Wide512 b, Wide512 c) => new(Vector.FusedMultiplyAdd(a.Value, b.Value, c.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512 Sqrt(Wide512 x) => new(Vector.Sqrt(x.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512 Abs(Wide512 x) => new(Vector.Abs(x.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512 Round(Wide512 x) => new(Vector.Round(x.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512 Exp(Wide512 x) => LaneMath.Exp(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512 Log(Wide512 x) => LaneMath.Log(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512 ScaleByPowerOfTwo(Wide512 x, Wide512 n) =>
        new(x.Value * Vector.ShiftLeft(Vector.ConvertToInt32Native(n.Value) + Vector.Create(127), 23).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512 Exponent(Wide512 x) =>
        new(Vector.ConvertToSingle(Vector.ShiftRightArithmetic(x.Value.AsInt32() - Vector.Create(FloatBits.RootHalf), 23)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512 Mantissa(Wide512 x) =>
        new((((x.Value.AsInt32() - Vector.Create(FloatBits.RootHalf)) & Vector.Create(0x007fffff)) + Vector.Create(FloatBits.RootHalf)).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Identical(Wide512 a, Wide512 b) => Vector.EqualsAll(a.Value.AsInt32(), b.Value.AsInt32());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint MaskBits(Wide512 mask) => (uint)mask.Value.ExtractMostSignificantBits();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512 MaskFromBits(uint bits)
    {
        var places = Vector.ConvertToInt32Native(Vector.ShiftLeft(Integers.Indices + Vector.Create(127), 23).AsSingle());
        return new(Vector.Equals(Vector.Create((int)bits) & places, places).AsSingle());
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512 Load(ref readonly float source) => new(Vector.LoadUnsafe(in source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Wide512 value, ref float destination) => value.Value.StoreUnsafe(ref destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512 Gather(ref readonly float origin, ref readonly int offsets) => new(Gathers.Floats512(in origin, in offsets));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512 LoadScaled(ref readonly int source, float quantum) =>
        new(Vector.ConvertToSingle(Vector.LoadUnsafe(in source)) * Vector.Create(quantum));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddScaled(Wide512 value, float factor, ref int destination) =>
        (Vector.LoadUnsafe(ref destination) + Vector.ConvertToInt32Native(Vector.Round(value.Value * Vector.Create(factor)))).StoreUnsafe(ref destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreScaled(Wide512 value, float factor, ref int destination) =>
        Vector.ConvertToInt32Native(Vector.Round(value.Value * Vector.Create(factor))).StoreUnsafe(ref destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512 Uniform(ref readonly uint words)
    {
        var upper = Vector.ConvertToSingle(Vector.ShiftRightLogical(Vector.LoadUnsafe(in words), 9).AsInt32());
        return new((upper + Vector.Create(0.5f)) * Vector.Create(FloatBits.TwoToMinus23));
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Wide512 other && other.Value.Equals(Value);

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode();

    /// <inheritdoc/>
    public override string ToString() => Value.ToString();
}
