namespace Lepton.Neuro.Lanes;

/// <summary>Elementary functions in double precision from additions, multiplications and powers of two alone, so that constants computed at lowering
/// (decay factors, say) are the same bits on every operating system. The platform's own functions differ in the last place.</summary>
public static class ExactMath
{
    const double LogOfTwoHigh = 6.93147180369123816490e-01;
    const double LogOfTwoLow = 1.90821492927058770002e-10;

    /// <summary>e to the power of x, within 2 units in the last place.</summary>
    /// <param name="x">The exponent; results below 1e-307 are 0.</param>
    public static double Exp(double x)
    {
        if (double.IsNaN(x)) return x;
        if (x > 709.78) return double.PositiveInfinity;
        if (x < -707) return 0;
        double n = Math.Round(x * 1.4426950408889634);
        double r = Math.FusedMultiplyAdd(n, -LogOfTwoHigh, x);
        r = Math.FusedMultiplyAdd(n, -LogOfTwoLow, r);
        double sum = 1;
        for (int k = 16; k >= 1; k--) sum = Math.FusedMultiplyAdd(sum, r / k, 1);
        return Math.ScaleB(sum, (int)n);
    }

    /// <summary>The natural logarithm, within 2 units in the last place; NaN below zero, minus infinity at zero.</summary>
    /// <param name="x">The number.</param>
    public static double Log(double x)
    {
        if (double.IsNaN(x) || x < 0) return double.NaN;
        if (x == 0) return double.NegativeInfinity;
        if (double.IsPositiveInfinity(x)) return x;
        int exponent = Math.ILogB(x);
        double m = Math.ScaleB(x, -exponent);
        if (m > 1.4142135623730951)
        {
            m /= 2;
            exponent++;
        }
        double f = (m - 1) / (m + 1);
        double square = f * f, sum = 0;
        for (int k = 27; k >= 3; k -= 2) sum = Math.FusedMultiplyAdd(sum, square, 1.0 / k);
        double tail = 2 * f * square * sum;
        return Math.FusedMultiplyAdd(exponent, LogOfTwoHigh, Math.FusedMultiplyAdd(exponent, LogOfTwoLow, tail) + 2 * f);
    }

    /// <summary>The least n with 2^n at or above a positive finite number.</summary>
    /// <param name="x">The number.</param>
    public static int CeilingLog2(double x)
    {
        int exponent = Math.ILogB(x);
        return Math.ScaleB(1, exponent) < x ? exponent + 1 : exponent;
    }

    /// <summary>x to the power of y for positive x.</summary>
    /// <param name="x">A positive number.</param>
    /// <param name="y">The exponent.</param>
    public static double Power(double x, double y) => Exp(y * Log(x));
}
