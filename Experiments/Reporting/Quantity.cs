using System.Globalization;

namespace Lepton.Neuro.Experiments.Reporting;

/// <summary>Numbers as people read them. Anything that is null or not finite reads as a dash.</summary>
public static class Quantity
{
    /// <summary>What stands for a value that was not measured.</summary>
    public const string Missing = "–";

    static readonly string[] Prefixes = ["f", "p", "n", "µ", "m", "", "k", "M", "G", "T"];

    /// <summary>A quantity with three digits and an SI prefix, such as <c>85.2 nJ</c>.</summary>
    /// <param name="value">The value in the plain unit.</param>
    /// <param name="unit">The unit, such as <c>J</c>.</param>
    /// <returns>The text.</returns>
    public static string WithPrefix(double? value, string unit)
    {
        if (value is not { } number || !double.IsFinite(number))
            return Missing;
        var (factor, prefix) = Prefix(Math.Abs(number));
        return $"{Digits(number * factor)} {prefix}{unit}";
    }

    /// <summary>The SI prefix that suits a magnitude.</summary>
    /// <param name="magnitude">The largest value to be shown, not negative.</param>
    /// <returns>What to multiply values by, and the prefix to put before the unit.</returns>
    public static (double Factor, string Prefix) Prefix(double magnitude)
    {
        if (magnitude <= 0 || !double.IsFinite(magnitude))
            return (1, "");
        // Three digits are shown, so what rounds up to 1,000 belongs to the next prefix.
        var power = Math.Clamp((int)Math.Floor(Math.Log10(magnitude * 1.0005) / 3), -5, 4);
        return (Math.Pow(10, -3 * power), Prefixes[power + 5]);
    }

    /// <summary>A share as a percentage with one or more digits after the point, such as <c>97.1 %</c>.</summary>
    /// <param name="share">0 to 1.</param>
    /// <param name="digits">Digits after the point.</param>
    /// <returns>The text.</returns>
    public static string Percent(double? share, int digits = 1) =>
        share is not { } value || !double.IsFinite(value) ? Missing
        // As a decimal number, so that what is written as 0.91475 is a half and rounds as one, whatever its binary digits.
        : Math.Abs(value) < 1e9 ? $"{((decimal)value * 100).ToString("F" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)} %"
        : $"{value * 100:E2} %";

    /// <summary>A count with thousands separated, such as <c>60,000</c>; a small mean keeps a digit or two.</summary>
    /// <param name="count">The count.</param>
    /// <returns>The text.</returns>
    public static string Count(double? count) =>
        count is not { } value || !double.IsFinite(value) ? Missing
        : Math.Abs(value) >= 1000 || value == Math.Floor(value) ? value.ToString("N0", CultureInfo.InvariantCulture)
        : Digits(value);

    /// <summary>A duration, such as <c>2 min 10 s</c>.</summary>
    /// <param name="seconds">Seconds.</param>
    /// <returns>The text.</returns>
    public static string Duration(double? seconds)
    {
        if (seconds is not { } value || !double.IsFinite(value))
            return Missing;
        if (value < 60)
            return value < 1 ? WithPrefix(value, "s") : $"{Digits(value)} s";
        var whole = (long)Math.Round(value);
        return whole < 3600
            ? string.Create(CultureInfo.InvariantCulture, $"{whole / 60} min {whole % 60} s")
            : string.Create(CultureInfo.InvariantCulture, $"{whole / 3600:N0} h {whole % 3600 / 60} min");
    }

    /// <summary>How fast something goes, such as <c>3,500 images/s</c>; what takes longer than a second each as <c>5.2 s each</c>.</summary>
    /// <param name="rate">How many a second.</param>
    /// <param name="unit">What they are, in the plural.</param>
    /// <returns>The text.</returns>
    public static string Speed(double rate, string unit) =>
        !double.IsFinite(rate) || rate <= 0 ? Missing
        : rate < 1 ? $"{Duration(1 / rate)} each"
        : $"{Digits(rate)} {unit}/s";

    /// <summary>A number with three significant digits.</summary>
    /// <param name="value">Any finite number.</param>
    /// <returns>The text.</returns>
    public static string Digits(double value)
    {
        var magnitude = Math.Abs(value);
        return magnitude switch
        {
            0 => "0",
            >= 999.5 => value.ToString("N0", CultureInfo.InvariantCulture),
            >= 99.95 => value.ToString("F0", CultureInfo.InvariantCulture),
            >= 9.995 => value.ToString("F1", CultureInfo.InvariantCulture),
            >= 0.9995 => value.ToString("F2", CultureInfo.InvariantCulture),
            _ => value.ToString("G3", CultureInfo.InvariantCulture),
        };
    }
}
