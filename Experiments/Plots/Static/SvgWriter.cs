using System.Globalization;
using System.Text;

namespace Lepton.Neuro.Experiments.Plots.Static;

/// <summary>A scene as SVG 1.1. It names no outside file: images are inside as PNG.</summary>
internal static class SvgWriter
{
    /// <summary>Writes a scene.</summary>
    /// <param name="scene">The scene.</param>
    /// <returns>The content of an SVG file.</returns>
    public static byte[] Write(Scene scene)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" width=\"{scene.Width}\" height=\"{scene.Height}\" viewBox=\"0 0 {scene.Width} {scene.Height}\" role=\"img\" font-family=\"Inter, 'Helvetica Neue', Arial, sans-serif\">\n");
        text.Append("<title>").Append(Escape(scene.Title)).Append("</title>\n");
        text.Append(CultureInfo.InvariantCulture, $"<rect width=\"{scene.Width}\" height=\"{scene.Height}\" fill=\"{scene.Background.Hex}\"/>\n");
        var clips = new List<Box>();
        foreach (var clip in scene.Marks.Select(mark => mark.Clip).OfType<Box>().Distinct())
        {
            text.Append(CultureInfo.InvariantCulture, $"<clipPath id=\"clip{clips.Count}\"><rect {Attributes(clip)}/></clipPath>\n");
            clips.Add(clip);
        }
        foreach (var mark in scene.Marks)
        {
            var clip = mark.Clip is { } box ? string.Create(CultureInfo.InvariantCulture, $" clip-path=\"url(#clip{clips.IndexOf(box)})\"") : "";
            Write(text, mark, clip);
        }
        return Encoding.UTF8.GetBytes(text.Append("</svg>\n").ToString());
    }

    static void Write(StringBuilder text, Mark mark, string clip)
    {
        switch (mark)
        {
            case BoxMark box:
                text.Append(CultureInfo.InvariantCulture, $"<rect {Attributes(box.Box)}{Fill(box.Fill)}{clip}/>\n");
                break;
            case LineMark line:
                text.Append(CultureInfo.InvariantCulture, $"<path fill=\"none\" stroke=\"{line.Colour.Hex}\"{Opacity("stroke", line.Colour)} stroke-width=\"{Number(line.Width)}\" stroke-linecap=\"{(line.Dashes is null ? "round" : "butt")}\" stroke-linejoin=\"round\"");
                if (line.Dashes is not null)
                    text.Append(" stroke-dasharray=\"").AppendJoin(' ', line.Dashes.Select(Number)).Append('"');
                text.Append(clip).Append(" d=\"");
                for (var i = 0; i < line.Places.Count; i++)
                    Append(text, i == 0 ? 'M' : 'L', line.Places[i]);
                text.Append("\"/>\n");
                break;
            case PointsMark points:
                // A line of no length with round ends is a disc: all points are one element.
                text.Append(CultureInfo.InvariantCulture, $"<path fill=\"none\" stroke=\"{points.Colour.Hex}\"{Opacity("stroke", points.Colour)} stroke-width=\"{Number(points.AreTicks ? 1.2 : 2 * points.Radius)}\" stroke-linecap=\"{(points.AreTicks ? "butt" : "round")}\"{clip} d=\"");
                foreach (var place in points.Places)
                {
                    Append(text, 'M', points.AreTicks ? place with { Y = place.Y - points.Radius } : place);
                    text.Append(points.AreTicks ? $"v{Number(2 * points.Radius)}" : "h0");
                }
                text.Append("\"/>\n");
                break;
            case TextMark words:
                WriteText(text, words, clip);
                break;
            case ImageMark image:
                var bytes = PngWriter.Write(image.Columns, image.Rows, image.Pixels);
                text.Append(CultureInfo.InvariantCulture, $"<image {Attributes(image.Box)} preserveAspectRatio=\"none\" style=\"image-rendering:pixelated\"{clip} xlink:href=\"data:image/png;base64,{Convert.ToBase64String(bytes)}\"/>\n");
                break;
            default:
                throw new InvalidOperationException($"A {mark.GetType().Name} cannot be written.");
        }
    }

    static void WriteText(StringBuilder text, TextMark words, string clip)
    {
        var (x, y) = (Number(words.Place.X), Number(words.Place.Y));
        var anchor = words.Along switch { TextAnchor.Start => "start", TextAnchor.Middle => "middle", _ => "end" };
        // Where the base line lies below the place; not every program that shows SVG knows dominant-baseline.
        var drop = words.Size * words.Across switch { TextAnchor.Start => 0.86, TextAnchor.Middle => 0.35, _ => -0.24 };
        text.Append(CultureInfo.InvariantCulture, $"<text x=\"{x}\" y=\"{y}\" dy=\"{Number(drop)}\" font-size=\"{Number(words.Size)}\" text-anchor=\"{anchor}\"{Fill(words.Colour)}{(words.IsBold ? " font-weight=\"600\"" : "")}{(words.IsUpright ? $" transform=\"rotate(-90 {x} {y})\"" : "")}{clip}>{Escape(words.Text)}</text>\n");
    }

    static void Append(StringBuilder text, char command, Place place) => text.Append(command).Append(Number(place.X)).Append(' ').Append(Number(place.Y));

    static string Attributes(Box box) => $"x=\"{Number(box.X)}\" y=\"{Number(box.Y)}\" width=\"{Number(box.Width)}\" height=\"{Number(box.Height)}\"";

    static string Fill(Rgba colour) => $" fill=\"{colour.Hex}\"{Opacity("fill", colour)}";

    static string Opacity(string what, Rgba colour) => colour.A == 255 ? "" : $" {what}-opacity=\"{Number(colour.A / 255.0)}\"";

    static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>XML has no place for most control characters and for half surrogates, escaped or not.</summary>
    static string Escape(string text)
    {
        var safe = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            safe.Append(rune.Value switch
            {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '"' => "&quot;",
                < 0x20 or (>= 0x7f and < 0xa0) or 0xfffe or 0xffff => " ",
                _ => rune.ToString(),
            });
        }
        return safe.ToString();
    }
}
