using System.Globalization;

namespace Lepton.Neuro.Experiments.Running;

/// <summary>A real number in a closed range.</summary>
public sealed record NumberSetting : Setting<double>
{
    /// <summary>A real number from <paramref name="minimum"/> to <paramref name="maximum"/>, both allowed.</summary>
    /// <param name="key">Lower-case words joined by hyphens.</param>
    /// <param name="description">What it does, in one phrase.</param>
    /// <param name="defaultValue">The value when the user gives none.</param>
    /// <param name="minimum">The smallest value allowed.</param>
    /// <param name="maximum">The largest value allowed.</param>
    /// <param name="unit">The unit, such as <c>ms</c>, or nothing.</param>
    /// <exception cref="ArgumentOutOfRangeException">The default lies outside the range.</exception>
    public NumberSetting(string key, string description, double defaultValue, double minimum, double maximum, string unit = "")
        : base(key, description, defaultValue)
    {
        if (!(defaultValue >= minimum && defaultValue <= maximum))
            throw new ArgumentOutOfRangeException(nameof(defaultValue), defaultValue, $"The default of {key} lies outside its range.");
        (Minimum, Maximum, Unit) = (minimum, maximum, unit);
    }

    /// <summary>The smallest value allowed.</summary>
    public double Minimum { get; }

    /// <summary>The largest value allowed.</summary>
    public double Maximum { get; }

    /// <inheritdoc/>
    public override string Unit { get; }

    /// <inheritdoc/>
    public override string Allowed => $"a number from {Format(Minimum)} to {Format(Maximum)}";

    /// <inheritdoc/>
    public override double Parse(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= Minimum && value <= Maximum
            && double.IsFinite(value)
            ? value
            : throw Refuse(text);

    /// <inheritdoc/>
    public override string Format(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
