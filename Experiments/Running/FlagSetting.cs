namespace Lepton.Neuro.Experiments.Running;

/// <summary>Yes or no.</summary>
public sealed record FlagSetting : Setting<bool>
{
    /// <summary>A switch.</summary>
    /// <param name="key">Lower-case words joined by hyphens.</param>
    /// <param name="description">What it does when it is on, in one phrase.</param>
    /// <param name="defaultValue">The value when the user gives none.</param>
    public FlagSetting(string key, string description, bool defaultValue)
        : base(key, description, defaultValue)
    {
    }

    /// <inheritdoc/>
    public override string Allowed => "true | false";

    /// <inheritdoc/>
    public override bool Parse(string text) => text switch
    {
        "true" => true,
        "false" => false,
        _ => throw Refuse(text),
    };

    /// <inheritdoc/>
    public override string Format(bool value) => value ? "true" : "false";
}
