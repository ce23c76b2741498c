namespace Lepton.Neuro.Backends.Kernels;

/// <summary>Functions of the framework in arithmetic that every device has, to the last bit the same: for devices whose compiler does not know the originals.</summary>
public static class DeviceMath
{
    /// <summary><c>a * b + c</c>, rounded once, for numbers whose result is in the range of single precision or overflows it.</summary>
    /// <remarks>In double precision the product is exact. The sum is rounded to odd, by its own error (Knuth's two-sum), so that rounding it again to single precision is right
    /// (S. Boldo and G. Melquiond, "Emulation of a FMA and correctly rounded sums: proved algorithms using rounding to odd", IEEE Trans. Comput. 57, 462 (2008)).</remarks>
    /// <param name="a">A factor.</param>
    /// <param name="b">A factor.</param>
    /// <param name="c">What is added.</param>
    public static float FusedMultiplyAdd(float a, float b, float c)
    {
        double product = (double)a * b, sum = product + c;
        double added = sum - product;
        double error = (product - (sum - added)) + (c - added);
        long bits = BitConverter.DoubleToInt64Bits(sum);
        // Comparisons, so that what is not a number changes nothing.
        if ((error < 0 || error > 0) && (bits & 1) == 0) bits += (error > 0) == (sum > 0) ? 1 : -1;
        return (float)BitConverter.Int64BitsToDouble(bits);
    }

    /// <summary>A square root, rounded once: 53 bits are enough for rounding again to change nothing.</summary>
    /// <param name="x">The number.</param>
    public static float Sqrt(float x) => (float)Math.Sqrt((double)x);

    /// <summary>A quotient, rounded once; see <see cref="Sqrt"/>.</summary>
    /// <param name="left">The dividend.</param>
    /// <param name="right">The divisor.</param>
    public static float Divide(float left, float right) => (float)((double)left / right);

    /// <summary>The nearest integer, halves to the even one.</summary>
    /// <param name="x">The number.</param>
    public static float Round(float x)
    {
        // From here on a number of single precision is an integer; adding it pushes out what comes after the point.
        const float Integers = 8388608;
        if (!(x < Integers && x > -Integers)) return x;
        int sign = BitConverter.SingleToInt32Bits(x) & int.MinValue;
        float magnitude = BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(x) & int.MaxValue);
        float rounded = (magnitude + Integers) - Integers;
        return BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(rounded) | sign);
    }
}
