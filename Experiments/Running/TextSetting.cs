namespace Lepton.Neuro.Experiments.Running;

/// <summary>Any text, such as a name or a path.</summary>
public sealed record TextSetting : Setting<string>
{
    /// <summary>A text.</summary>
    /// <param name="key">Lower-case words joined by hyphens.</param>
    /// <param name="description">What it is for, in one phrase.</param>
    /// <param name="defaultValue">The value when the user gives none; may be empty.</param>
    public TextSetting(string key, string description, string defaultValue)
        : base(key, description, defaultValue)
    {
    }

    /// <inheritdoc/>
    public override string Allowed => "any text on one line";

    /// <inheritdoc/>
    public override string Parse(string text) => text.Any(char.IsControl) ? throw Refuse(text) : text;

    /// <inheritdoc/>
    public override string Format(string value) => value;
}
