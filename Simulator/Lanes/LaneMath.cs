using System.Runtime.CompilerServices;

namespace Lepton.Neuro.Lanes;

/// <summary>Elementary functions written once over lanes, so that they are the same function, bit for bit, on every floating-point lane and machine.</summary>
public static class LaneMath
{
    /// <summary>e to the power of x: argument reduction by powers of two (Cody and Waite's two-part ln 2), then a polynomial of
    /// degree 7 on [-ln2/2, ln2/2].</summary>
    /// <typeparam name="T">The lane.</typeparam>
    /// <param name="x">The exponent; 0 results below -87.3, infinity above 88.72.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Exp<T>(T x)
        where T : unmanaged, ILane<T>
    {
        T bounded = T.Max(T.Min(x, 88.8f), -87.3f);
        T n = T.Round(bounded * 1.44269504088896341f);
        T r = T.FusedMultiplyAdd(n, -0.693359375f, bounded);
        r = T.FusedMultiplyAdd(n, 2.12194440e-4f, r);
        T p = 1.9841270e-4f;
        p = T.FusedMultiplyAdd(p, r, 1.3888889e-3f);
        p = T.FusedMultiplyAdd(p, r, 8.3333333e-3f);
        p = T.FusedMultiplyAdd(p, r, 4.1666667e-2f);
        p = T.FusedMultiplyAdd(p, r, 1.6666667e-1f);
        p = T.FusedMultiplyAdd(p, r, 0.5f);
        p = T.FusedMultiplyAdd(p, r, 1f);
        p = T.FusedMultiplyAdd(p, r, 1f);
        // In the topmost half binade n is 128, one more than a power of two can hold: the rest is a doubling.
        T most = T.Min(n, 127f);
        T result = T.ScaleByPowerOfTwo(p, most);
        result = T.FusedMultiplyAdd(result, n - most, result);
        result = T.Select(x < -87.3f, 0f, result);
        return T.Select(x > 88.72283f, float.PositiveInfinity, result);
    }

    /// <summary>The natural logarithm of a positive normal number: exponent and mantissa, then a polynomial in the mantissa
    /// (coefficients of the Cephes library's logf, S. Moshier).</summary>
    /// <typeparam name="T">The lane.</typeparam>
    /// <param name="x">A positive normal number.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Log<T>(T x)
        where T : unmanaged, ILane<T>
    {
        T e = T.Exponent(x);
        T m = T.Mantissa(x) - 1f;
        T square = m * m;
        T p = 7.0376836292e-2f;
        p = T.FusedMultiplyAdd(p, m, -1.1514610310e-1f);
        p = T.FusedMultiplyAdd(p, m, 1.1676998740e-1f);
        p = T.FusedMultiplyAdd(p, m, -1.2420140846e-1f);
        p = T.FusedMultiplyAdd(p, m, 1.4249322787e-1f);
        p = T.FusedMultiplyAdd(p, m, -1.6668057665e-1f);
        p = T.FusedMultiplyAdd(p, m, 2.0000714765e-1f);
        p = T.FusedMultiplyAdd(p, m, -2.4999993993e-1f);
        p = T.FusedMultiplyAdd(p, m, 3.3333331174e-1f);
        T tail = T.FusedMultiplyAdd(p * m, square, e * -2.12194440e-4f);
        tail = T.FusedMultiplyAdd(square, -0.5f, tail);
        return T.FusedMultiplyAdd(e, 0.693359375f, m + tail);
    }

    /// <summary>x to the power of y for positive normal x: <c>exp(y ln x)</c>.</summary>
    /// <typeparam name="T">The lane.</typeparam>
    /// <param name="x">A positive normal number.</param>
    /// <param name="y">The exponent.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Power<T>(T x, T y)
        where T : unmanaged, ILane<T> => T.Exp(y * T.Log(x));

    /// <summary>The standard normal quantile of a number in (0, 1), by the single-precision approximation of the inverse error function
    /// of M. Giles (GPU Computing Gems, 2012).</summary>
    /// <typeparam name="T">The lane.</typeparam>
    /// <param name="u">A probability in (0, 1), such as <see cref="ILane{T}.Uniform"/> gives; then the result lies within ±5.3.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T NormalQuantile<T>(T u)
        where T : unmanaged, ILane<T>
    {
        T x = T.FusedMultiplyAdd(u, 2f, -1f);
        T w = -T.Log(T.FusedMultiplyAdd(-x, x, 1f));
        T a = w - 2.5f;
        T centre = 2.81022636e-08f;
        centre = T.FusedMultiplyAdd(centre, a, 3.43273939e-07f);
        centre = T.FusedMultiplyAdd(centre, a, -3.5233877e-06f);
        centre = T.FusedMultiplyAdd(centre, a, -4.39150654e-06f);
        centre = T.FusedMultiplyAdd(centre, a, 0.00021858087f);
        centre = T.FusedMultiplyAdd(centre, a, -0.00125372503f);
        centre = T.FusedMultiplyAdd(centre, a, -0.00417768164f);
        centre = T.FusedMultiplyAdd(centre, a, 0.246640727f);
        centre = T.FusedMultiplyAdd(centre, a, 1.50140941f);
        T b = T.Sqrt(T.Max(w, 0f)) - 3f;
        T tail = -0.000200214257f;
        tail = T.FusedMultiplyAdd(tail, b, 0.000100950558f);
        tail = T.FusedMultiplyAdd(tail, b, 0.00134934322f);
        tail = T.FusedMultiplyAdd(tail, b, -0.00367342844f);
        tail = T.FusedMultiplyAdd(tail, b, 0.00573950773f);
        tail = T.FusedMultiplyAdd(tail, b, -0.0076224613f);
        tail = T.FusedMultiplyAdd(tail, b, 0.00943887047f);
        tail = T.FusedMultiplyAdd(tail, b, 1.00167406f);
        tail = T.FusedMultiplyAdd(tail, b, 2.83297682f);
        return T.Select(w < 5f, centre, tail) * x * 1.41421356f;
    }
}
