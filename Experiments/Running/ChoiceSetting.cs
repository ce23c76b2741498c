namespace Lepton.Neuro.Experiments.Running;

/// <summary>One word out of a few.</summary>
public sealed record ChoiceSetting : Setting<string>
{
    /// <summary>One of the given words.</summary>
    /// <param name="key">Lower-case words joined by hyphens.</param>
    /// <param name="description">What it does, in one phrase.</param>
    /// <param name="defaultValue">The value when the user gives none.</param>
    /// <param name="choices">The words allowed.</param>
    /// <exception cref="ArgumentOutOfRangeException">The default is not one of the choices.</exception>
    public ChoiceSetting(string key, string description, string defaultValue, params IReadOnlyList<string> choices)
        : base(key, description, defaultValue)
    {
        if (!choices.Contains(defaultValue, StringComparer.Ordinal))
            throw new ArgumentOutOfRangeException(nameof(defaultValue), defaultValue, $"The default of {key} is not one of its choices.");
        Choices = choices;
    }

    /// <summary>The words allowed.</summary>
    public IReadOnlyList<string> Choices { get; }

    /// <inheritdoc/>
    public override string Allowed => string.Join(" | ", Choices);

    /// <inheritdoc/>
    public override string Parse(string text) => Choices.Contains(text, StringComparer.Ordinal) ? text : throw Refuse(text);

    /// <inheritdoc/>
    public override string Format(string value) => value;
}
