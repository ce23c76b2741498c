namespace Lepton.Neuro.Experiments.Plots;

/// <summary>Text in figures. plotly.js reads some HTML tags in texts and <c>%{...}</c> in templates.</summary>
public static class PlotText
{
    /// <summary>Makes plotly.js show a text as it is.</summary>
    /// <param name="text">Any text.</param>
    /// <returns>The text with its markup disarmed.</returns>
    public static string Escape(string text) => text
        .Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal)
        .Replace("%{", "%\u200b{", StringComparison.Ordinal);

    /// <summary>The title of an axis: a name and its unit.</summary>
    /// <param name="name">The name.</param>
    /// <param name="unit">The unit, or nothing.</param>
    /// <returns>Such as <c>Time (ms)</c>.</returns>
    public static string WithUnit(string name, string unit) => Escape(unit.Length == 0 ? name : $"{name} ({unit})");

    /// <summary>What a person reads in a text of a figure: its lines, without the escapes.</summary>
    /// <param name="text">A text as <see cref="Escape"/> gives it; <c>&lt;br&gt;</c> divides lines.</param>
    /// <returns>The lines.</returns>
    internal static string[] Lines(string text) =>
    [
        .. text.Split("<br>").Select(line => line
            .Replace("%\u200b{", "%{", StringComparison.Ordinal)
            .Replace("&lt;", "<", StringComparison.Ordinal)
            .Replace("&gt;", ">", StringComparison.Ordinal)
            .Replace("&amp;", "&", StringComparison.Ordinal)),
    ];
}
