namespace Lepton.Neuro;

/// <summary>Checks of parameters, each with one clear error that names the thing, the value and what is allowed.</summary>
public static class Require
{
    /// <summary>A finite number.</summary>
    /// <exception cref="InvalidInputException">It is NaN or infinite.</exception>
    public static double Finite(string thing, double value) =>
        double.IsFinite(value) ? value : throw new InvalidInputException(thing, value, "a finite number");

    /// <summary>A number in [least, most].</summary>
    /// <exception cref="InvalidInputException">It is outside, or NaN.</exception>
    public static double InRange(string thing, double value, double least, double most) =>
        value >= least && value <= most ? value : throw new InvalidInputException(thing, value, Range(least, most));

    /// <summary>A whole number in [least, most].</summary>
    /// <exception cref="InvalidInputException">It is outside.</exception>
    public static long InRange(string thing, long value, long least, long most) =>
        value >= least && value <= most
            ? value
            : throw new InvalidInputException(thing, value, most == long.MaxValue ? $"at least {least}" : $"{least} to {most}");

    /// <summary>A positive duration; an infinite one where that has a meaning.</summary>
    /// <exception cref="InvalidInputException">It is not positive.</exception>
    public static Time Positive(string thing, Time value, bool orInfinite = false) =>
        value.Seconds > 0 && (double.IsFinite(value.Seconds) || (orInfinite && double.IsPositiveInfinity(value.Seconds)))
            ? value
            : throw new InvalidInputException(thing, value, orInfinite ? "a time above 0, or infinite" : "a time above 0");

    /// <summary>A duration that may be zero.</summary>
    /// <exception cref="InvalidInputException">It is negative or not finite.</exception>
    public static Time NotNegative(string thing, Time value) =>
        value.Seconds >= 0 && double.IsFinite(value.Seconds) ? value : throw new InvalidInputException(thing, value, "a finite time of 0 or more");

    static string Range(double least, double most) =>
        double.IsPositiveInfinity(most)
            ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"at least {least}")
            : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{least} to {most}");
}
