using System.Text.Json.Nodes;

namespace Lepton.Neuro.Experiments.Plots.Static;

/// <summary>The colours and colour scales of a theme, looked up by the names that figures use.</summary>
internal sealed class Palette(Theme theme)
{
    // Read back from text: only then may a number of any type be asked for as a double.
    readonly JsonNode names = JsonNode.Parse(theme.ToJson().ToJsonString())!;
    readonly Dictionary<string, (double At, Rgba Colour)[]> scales = [];

    /// <summary>A plain colour.</summary>
    /// <param name="colour">Its name.</param>
    /// <returns>The colour.</returns>
    public Rgba this[Colour colour] => Rgba.Parse(names[colour.Name]!.GetValue<string>());

    /// <summary>A colour of a scale.</summary>
    /// <param name="scale">The name of the scale.</param>
    /// <param name="part">0 to 1; what lies outside gets the end's colour.</param>
    /// <returns>The colour.</returns>
    public Rgba At(Colour scale, double part)
    {
        if (!scales.TryGetValue(scale.Name, out var stops))
            scales[scale.Name] = stops = [.. ((JsonArray)names[scale.Name]!).Select(stop => (stop![0]!.GetValue<double>(), Rgba.Parse(stop[1]!.GetValue<string>())))];
        var i = 1;
        while (i < stops.Length - 1 && part > stops[i].At)
            i++;
        var (from, to) = (stops[i - 1], stops[i]);
        return Rgba.Mix(from.Colour, to.Colour, Math.Clamp((part - from.At) / (to.At - from.At), 0, 1));
    }
}
