using MathNet.Numerics.Distributions;

namespace Lepton.Neuro.Experiments.Reporting;

/// <summary>The mean of a few measurements and how well it is known: its 95 % interval by Student's t.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="Mean">Their mean; NaN where there is none.</param>
/// <param name="HalfWidth">Half the width of the interval; NaN below two.</param>
public sealed record Sample(int Count, double Mean, double HalfWidth)
{
    /// <summary>Where the interval begins.</summary>
    public double Low => Mean - HalfWidth;

    /// <summary>Where the interval ends.</summary>
    public double High => Mean + HalfWidth;

    /// <summary>The mean of measurements that are finite; the others are left out.</summary>
    /// <param name="values">The measurements.</param>
    public static Sample Of(IEnumerable<double> values)
    {
        double[] finite = [.. values.Where(double.IsFinite)];
        if (finite.Length == 0) return new(0, double.NaN, double.NaN);
        // Counted from the first one, so that equal measurements have that very mean.
        double mean = finite[0] + finite.Average(v => v - finite[0]);
        if (finite.Length == 1) return new(1, mean, double.NaN);
        return new(finite.Length, mean, Quantile(finite.Length - 1) * Math.Sqrt(Variance(finite, mean) / finite.Length));
    }

    /// <summary>The unbiased variance.</summary>
    internal static double Variance(double[] values, double mean) => values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1);

    /// <summary>What standard errors are multiplied with for a 95 % interval.</summary>
    internal static double Quantile(double freedom) => StudentT.InvCDF(0, 1, freedom, 0.975);
}

/// <summary>How much larger one mean is than another, and whether that may be chance.</summary>
/// <param name="Difference">The second mean minus the first.</param>
/// <param name="HalfWidth">Half the width of its 95 % interval; NaN where there are too few measurements.</param>
/// <param name="Chance">The probability of a difference at least as large where there is none (two-sided p); NaN where there are too few measurements.</param>
/// <param name="IsPaired">Whether measurements of the same seed were compared with each other.</param>
public sealed record SampleDifference(double Difference, double HalfWidth, double Chance, bool IsPaired)
{
    /// <summary>Compares measurements that belong together in pairs: the paired t test.</summary>
    /// <param name="first">Measurements.</param>
    /// <param name="second">As many others, in the same order.</param>
    /// <exception cref="ArgumentException">They are not as many.</exception>
    public static SampleDifference Paired(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        if (first.Count != second.Count) throw new ArgumentException($"{first.Count} and {second.Count} measurements are no pairs.", nameof(second));
        double[] differences = [.. first.Zip(second, (a, b) => b - a)];
        var sample = Sample.Of(differences);
        double error = differences.Length < 2 ? double.NaN : Math.Sqrt(Sample.Variance(differences, sample.Mean) / differences.Length);
        return new(sample.Mean, sample.HalfWidth, ChanceOf(sample.Mean, error, differences.Length - 1), true);
    }

    /// <summary>Compares measurements that have nothing to do with each other: Welch's t test, for which the variances need not be the same.</summary>
    /// <param name="first">Measurements.</param>
    /// <param name="second">Others.</param>
    public static SampleDifference Welch(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        double[] a = [.. first], b = [.. second];
        double difference = b.DefaultIfEmpty(double.NaN).Average() - a.DefaultIfEmpty(double.NaN).Average();
        if (a.Length < 2 || b.Length < 2) return new(difference, double.NaN, double.NaN, false);
        double va = Sample.Variance(a, a.Average()) / a.Length, vb = Sample.Variance(b, b.Average()) / b.Length, error = Math.Sqrt(va + vb);
        double freedom = error == 0 ? a.Length + b.Length - 2 : (va + vb) * (va + vb) / ((va * va / (a.Length - 1)) + (vb * vb / (b.Length - 1)));
        return new(difference, Sample.Quantile(freedom) * error, ChanceOf(difference, error, freedom), false);
    }

    static double ChanceOf(double difference, double error, double freedom)
    {
        if (double.IsNaN(error)) return double.NaN;
        // Without any spread a difference is certain, and none is none.
        if (error == 0) return difference == 0 ? 1 : 0;
        return 2 * StudentT.CDF(0, 1, freedom, -Math.Abs(difference / error));
    }
}
