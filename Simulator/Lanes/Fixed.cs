using System.Runtime.CompilerServices;

namespace Lepton.Neuro.Lanes;

/// <summary>A number format of a digital neuron: two's complement, saturating.</summary>
public interface IFixedFormat
{
    /// <summary>All bits of a word, sign included: 2 to 32.</summary>
    static abstract int Bits { get; }

    /// <summary>Bits behind the binary point: 0 to <see cref="Bits"/> - 1.</summary>
    static abstract int FractionBits { get; }
}

/// <summary>32 bits, 16 of them behind the point: ±32768 in steps of 1.5e-5.</summary>
public readonly struct Q16x16 : IFixedFormat
{
    /// <inheritdoc/>
    public static int Bits => 32;

    /// <inheritdoc/>
    public static int FractionBits => 16;
}

/// <summary>24 bits, 12 of them behind the point: ±2048 in steps of 2.4e-4.</summary>
public readonly struct Q12x12 : IFixedFormat
{
    /// <inheritdoc/>
    public static int Bits => 24;

    /// <inheritdoc/>
    public static int FractionBits => 12;
}

/// <summary>16 bits, 8 of them behind the point: ±128 in steps of 3.9e-3.</summary>
public readonly struct Q8x8 : IFixedFormat
{
    /// <inheritdoc/>
    public static int Bits => 16;

    /// <inheritdoc/>
    public static int FractionBits => 8;
}

/// <summary>Saturating fixed point: the arithmetic of a digital neuron. A result that leaves the range becomes the nearest end of it; products, quotients and
/// conversions round to the nearest step, halves to the even one.</summary>
/// <typeparam name="TFormat">The format: its width and its point.</typeparam>
public readonly struct Fixed<TFormat> : ILane<Fixed<TFormat>>
    where TFormat : struct, IFixedFormat
{
    readonly int word;

    Fixed(int word) => this.word = word;

    /// <summary>The word as the hardware holds it: the number times 2^<see cref="IFixedFormat.FractionBits"/>.</summary>
    public int Word => word;

    /// <summary>The number.</summary>
    public double Value => word / Scale;

    /// <summary>The distance of neighbouring numbers.</summary>
    public static double Resolution => 1 / Scale;

    /// <inheritdoc/>
    public static int Width => 1;

    static double Scale => 1L << TFormat.FractionBits;

    static long Largest => (1L << (TFormat.Bits - 1)) - 1;

    /// <summary>The number whose word is given, saturated.</summary>
    /// <param name="word">The number times 2^<see cref="IFixedFormat.FractionBits"/>.</param>
    public static Fixed<TFormat> FromWord(long word) => Saturate(word);

    /// <summary>The nearest number of the format; NaN becomes 0.</summary>
    /// <param name="value">The number wanted.</param>
    public static Fixed<TFormat> FromDouble(double value) =>
        double.IsNaN(value) ? default : new((int)Math.Clamp(Math.Round(value * Scale), -Largest - 1, Largest));

    /// <inheritdoc/>
    public static implicit operator Fixed<TFormat>(float value) => FromDouble(value);

    /// <inheritdoc/>
    public static Fixed<TFormat> operator +(Fixed<TFormat> left, Fixed<TFormat> right) => Saturate((long)left.word + right.word);

    /// <inheritdoc/>
    public static Fixed<TFormat> operator -(Fixed<TFormat> left, Fixed<TFormat> right) => Saturate((long)left.word - right.word);

    /// <inheritdoc/>
    public static Fixed<TFormat> operator *(Fixed<TFormat> left, Fixed<TFormat> right) => Saturate(ShiftRight((Int128)left.word * right.word));

    /// <inheritdoc/>
    public static Fixed<TFormat> operator /(Fixed<TFormat> left, Fixed<TFormat> right)
    {
        if (right.word == 0) return Saturate(left.word >= 0 ? long.MaxValue : long.MinValue);
        // In integers: a quotient of doubles, rounded again to the format, is off where it comes close to a half.
        Int128 divisor = Int128.Abs(right.word), dividend = ((Int128)left.word << TFormat.FractionBits) * Math.Sign(right.word);
        var (quotient, rest) = Int128.DivRem(dividend, divisor);
        rest = 2 * Int128.Abs(rest);
        bool away = rest > divisor || (rest == divisor && !Int128.IsEvenInteger(quotient));
        return Saturate(away ? quotient + Int128.Sign(dividend) : quotient);
    }

    /// <inheritdoc/>
    public static Fixed<TFormat> operator -(Fixed<TFormat> value) => Saturate(-(long)value.word);

    /// <inheritdoc/>
    public static Fixed<TFormat> operator >(Fixed<TFormat> left, Fixed<TFormat> right) => Mask(left.word > right.word);

    /// <inheritdoc/>
    public static Fixed<TFormat> operator <(Fixed<TFormat> left, Fixed<TFormat> right) => Mask(left.word < right.word);

    /// <inheritdoc/>
    public static Fixed<TFormat> operator >=(Fixed<TFormat> left, Fixed<TFormat> right) => Mask(left.word >= right.word);

    /// <inheritdoc/>
    public static Fixed<TFormat> operator <=(Fixed<TFormat> left, Fixed<TFormat> right) => Mask(left.word <= right.word);

    /// <inheritdoc/>
    public static Fixed<TFormat> operator ==(Fixed<TFormat> left, Fixed<TFormat> right) => Mask(left.word == right.word);

    /// <inheritdoc/>
    public static Fixed<TFormat> operator !=(Fixed<TFormat> left, Fixed<TFormat> right) => Mask(left.word != right.word);

    /// <inheritdoc/>
    public static Fixed<TFormat> operator &(Fixed<TFormat> left, Fixed<TFormat> right) => new(left.word & right.word);

    /// <inheritdoc/>
    public static Fixed<TFormat> operator |(Fixed<TFormat> left, Fixed<TFormat> right) => new(left.word | right.word);

    /// <inheritdoc/>
    public static Fixed<TFormat> operator ^(Fixed<TFormat> left, Fixed<TFormat> right) => new(left.word ^ right.word);

    /// <inheritdoc/>
    public static Fixed<TFormat> operator ~(Fixed<TFormat> value) => new(~value.word);

    /// <inheritdoc/>
    public static Fixed<TFormat> Select(Fixed<TFormat> mask, Fixed<TFormat> ifTrue, Fixed<TFormat> ifFalse) => mask.word != 0 ? ifTrue : ifFalse;

    /// <inheritdoc/>
    public static Fixed<TFormat> Min(Fixed<TFormat> a, Fixed<TFormat> b) => a.word < b.word ? a : b;

    /// <inheritdoc/>
    public static Fixed<TFormat> Max(Fixed<TFormat> a, Fixed<TFormat> b) => a.word > b.word ? a : b;

    /// <inheritdoc/>
    public static Fixed<TFormat> FusedMultiplyAdd(Fixed<TFormat> a, Fixed<TFormat> b, Fixed<TFormat> c) =>
        Saturate(ShiftRight((Int128)a.word * b.word + ((Int128)c.word << TFormat.FractionBits)));

    /// <inheritdoc/>
    public static Fixed<TFormat> Sqrt(Fixed<TFormat> x) => FromDouble(Math.Sqrt(x.Value));

    /// <inheritdoc/>
    public static Fixed<TFormat> Abs(Fixed<TFormat> x) => x.word < 0 ? -x : x;

    /// <inheritdoc/>
    public static Fixed<TFormat> Round(Fixed<TFormat> x) => FromDouble(Math.Round(x.Value));

    /// <summary>The exponential of the number, rounded to the format: a table look-up of the hardware.</summary>
    public static Fixed<TFormat> Exp(Fixed<TFormat> x) => FromDouble(ExactMath.Exp(x.Value));

    /// <summary>The logarithm of the number, rounded to the format: a table look-up of the hardware. The smallest number for zero and below.</summary>
    public static Fixed<TFormat> Log(Fixed<TFormat> x) => x.word <= 0 ? Saturate(long.MinValue) : FromDouble(ExactMath.Log(x.Value));

    /// <inheritdoc/>
    public static Fixed<TFormat> ScaleByPowerOfTwo(Fixed<TFormat> x, Fixed<TFormat> n) => FromDouble(Math.ScaleB(x.Value, (int)n.Value));

    /// <inheritdoc/>
    public static Fixed<TFormat> Exponent(Fixed<TFormat> x) => FromDouble(Scalar.Exponent((float)x.Value).Value);

    /// <inheritdoc/>
    public static Fixed<TFormat> Mantissa(Fixed<TFormat> x) => FromDouble(Scalar.Mantissa((float)x.Value).Value);

    /// <inheritdoc/>
    public static uint MaskBits(Fixed<TFormat> mask) => (uint)mask.word >> 31;

    /// <inheritdoc/>
    public static Fixed<TFormat> MaskFromBits(uint bits) => Mask((bits & 1) != 0);

    /// <inheritdoc/>
    public static Fixed<TFormat> Load(ref readonly float source) => FromDouble(source);

    /// <inheritdoc/>
    public static void Store(Fixed<TFormat> value, ref float destination) => destination = (float)value.Value;

    /// <inheritdoc/>
    public static Fixed<TFormat> Gather(ref readonly float origin, ref readonly int offsets) =>
        FromDouble(Unsafe.Add(ref Unsafe.AsRef(in origin), offsets));

    /// <inheritdoc/>
    public static Fixed<TFormat> LoadScaled(ref readonly int source, float quantum) => FromDouble((double)source * quantum);

    /// <inheritdoc/>
    public static void AddScaled(Fixed<TFormat> value, float factor, ref int destination) => destination += (int)Math.Round(value.Value * factor);

    /// <inheritdoc/>
    public static void StoreScaled(Fixed<TFormat> value, float factor, ref int destination) => destination = (int)Math.Round(value.Value * factor);

    /// <inheritdoc/>
    public static Fixed<TFormat> Uniform(ref readonly uint words) => FromDouble(Scalar.Uniform(in words).Value);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Fixed<TFormat> other && other.word == word;

    /// <inheritdoc/>
    public override int GetHashCode() => word;

    /// <inheritdoc/>
    public override string ToString() => Value.ToString("R", System.Globalization.CultureInfo.InvariantCulture);

    static Fixed<TFormat> Mask(bool set) => new(set ? -1 : 0);

    static Fixed<TFormat> Saturate(long value) => new((int)Math.Clamp(value, -Largest - 1, Largest));

    static Fixed<TFormat> Saturate(Int128 value) => new((int)Int128.Clamp(value, -Largest - 1, Largest));

    static Int128 ShiftRight(Int128 product)
    {
        int shift = TFormat.FractionBits;
        if (shift == 0) return product;
        var quotient = product >> shift;
        var rest = product - (quotient << shift);
        var half = (Int128)1 << (shift - 1);
        bool up = rest > half || (rest == half && !Int128.IsEvenInteger(quotient));
        return up ? quotient + 1 : quotient;
    }
}
