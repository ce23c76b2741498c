using System.Text.Json.Nodes;

namespace Lepton.Neuro.Experiments.Plots;

/// <summary>The colours of pages and figures in one mode, light or dark. Series are Okabe and Ito's palette, which the common kinds of colour
/// blindness can tell apart (Okabe and Ito 2008, "Color Universal Design"). A figure names its colours; the page looks them up in the theme of
/// the moment, so one figure serves both modes.</summary>
public sealed record Theme
{
    /// <summary>How many series have a colour of their own; further ones start again.</summary>
    public const int SeriesCount = 7;

    /// <summary>Behind everything.</summary>
    public required string Page { get; init; }

    /// <summary>Behind cards and figures.</summary>
    public required string Surface { get; init; }

    /// <summary>Text.</summary>
    public required string Ink { get; init; }

    /// <summary>Text of less weight.</summary>
    public required string Muted { get; init; }

    /// <summary>Grid lines and borders.</summary>
    public required string Rule { get; init; }

    /// <summary>Links and what should catch the eye.</summary>
    public required string Accent { get; init; }

    /// <summary>One colour a series, most used first.</summary>
    public required IReadOnlyList<string> Series { get; init; }

    /// <summary>Nothing to much.</summary>
    public required IReadOnlyList<string> Sequential { get; init; }

    /// <summary>Negative, zero, positive.</summary>
    public required IReadOnlyList<string> Diverging { get; init; }

    /// <summary>For a light page.</summary>
    public static Theme Light { get; } = new()
    {
        Page = "#f6f7f9",
        Surface = "#ffffff",
        Ink = "#1b1f24",
        Muted = "#5b6470",
        Rule = "#e3e6ea",
        Accent = "#0072b2",
        Series = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#6b7280"],
        Sequential = ["#f7f9fb", "#d6e6f4", "#a6cdea", "#6aaedb", "#2272b0", "#073b61"],
        Diverging = ["#004d7a", "#0072b2", "#7fb8d9", "#f7f7f7", "#f0a877", "#d55e00", "#8f3f00"],
    };

    /// <summary>For a dark page. Blue and sky blue change places, as blue is too dim there.</summary>
    public static Theme Dark { get; } = new()
    {
        Page = "#0f1216",
        Surface = "#171b21",
        Ink = "#e6e9ee",
        Muted = "#99a3b0",
        Rule = "#2a3038",
        Accent = "#56b4e9",
        Series = ["#56b4e9", "#e4762b", "#14b88a", "#cc79a7", "#e69f00", "#2f86bf", "#9aa3af"],
        Sequential = ["#1b2027", "#123f5e", "#0f6499", "#2e8bc5", "#6fbdec", "#d3ecfb"],
        Diverging = ["#bfe4fa", "#56b4e9", "#256d99", "#1b2027", "#a4541c", "#ea8136", "#ffd2ad"],
    };

    /// <summary>The theme as the page's script reads it: colours by name, colour scales by name.</summary>
    /// <returns>The JSON.</returns>
    internal JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["page"] = Page,
            ["surface"] = Surface,
            ["ink"] = Ink,
            ["muted"] = Muted,
            ["rule"] = Rule,
            ["accent"] = Accent,
            ["sequential"] = Scale(Sequential),
            ["diverging"] = Scale(Diverging),
            ["grey"] = Scale(["#000000", "#ffffff"]),
        };
        for (var i = 0; i < SeriesCount; i++)
        {
            json[$"series{i}"] = Series[i];
            // Densities start above the background, so that one lone spike is seen.
            json[$"density{i}"] = new JsonArray(
                new JsonArray(0, Series[i] + "00"),
                new JsonArray(0.02, Series[i] + "38"),
                new JsonArray(0.15, Series[i] + "80"),
                new JsonArray(0.5, Series[i] + "c8"),
                new JsonArray(1, Series[i]));
        }
        return json;
    }

    static JsonArray Scale(IReadOnlyList<string> colours)
    {
        var scale = new JsonArray();
        for (var i = 0; i < colours.Count; i++)
            scale.Add(new JsonArray(Math.Round((double)i / (colours.Count - 1), 6), colours[i]));
        return scale;
    }
}
