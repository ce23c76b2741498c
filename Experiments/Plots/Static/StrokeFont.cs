using System.Globalization;
using System.Text;

namespace Lepton.Neuro.Experiments.Plots.Static;

/// <summary>Letters made of strokes, so that a picture needs no font of the system and is the same on every machine. Accents are left off; a letter
/// that is missing is an empty box.</summary>
internal static class StrokeFont
{
    // A capital letter is 7 units high, which is 0.72 of the size of the font.
    const double Unit = 0.72 / 7;
    const double Spacing = 1.4;
    const double BoldSpacing = 1.75;
    const double MostRounding = 2.6;
    const int CurvePieces = 6;
    const string Accented = "ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝàáâãäåçèéêëìíîïñòóôõöøùúûüýÿČčĆćŠšŽžŁłńőű";
    const string Unaccented = "AAAAAACEEEEIIIINOOOOOOUUUUYaaaaaaceeeeiiiinoooooouuuuyyCcCcSsZzLlnou";

    static readonly Dictionary<int, (double Width, Place[][] Strokes)> Glyphs = GlyphTable.All.ToDictionary(glyph => char.ConvertToUtf32(glyph.Letter, 0), glyph => (glyph.Width, Parse(glyph.Strokes)));

    /// <summary>How wide a text is, in pixels.</summary>
    /// <param name="text">The text, on one line.</param>
    /// <param name="size">The size of the font in pixels.</param>
    /// <param name="isBold">Whether it is bold.</param>
    /// <returns>The width.</returns>
    public static double Measure(string text, double size, bool isBold = false)
    {
        var spacing = isBold ? BoldSpacing : Spacing;
        var width = 0.0;
        foreach (var rune in Plain(text))
            width += Find(rune).Width + spacing;
        return Math.Max(0, width - spacing) * Unit * size;
    }

    /// <summary>How wide the strokes of a text are, in pixels.</summary>
    /// <param name="words">The text.</param>
    /// <returns>The width.</returns>
    public static double LineWidth(TextMark words) => words.Size * (words.IsBold ? 0.115 : 0.085);

    /// <summary>The strokes of a text at its place.</summary>
    /// <param name="words">The text.</param>
    /// <returns>Lines in pixels.</returns>
    public static IEnumerable<Place[]> Draw(TextMark words)
    {
        var unit = Unit * words.Size;
        var width = Measure(words.Text, words.Size, words.IsBold);
        var spacing = words.IsBold ? BoldSpacing : Spacing;
        var along = words.Along switch { TextAnchor.Start => 0, TextAnchor.Middle => -width / 2, _ => -width };
        var across = words.Across switch { TextAnchor.Start => 7 * unit + 0.14 * words.Size, TextAnchor.Middle => 3.4 * unit, _ => -2.2 * unit };
        foreach (var rune in Plain(words.Text))
        {
            var (advance, strokes) = Find(rune);
            foreach (var stroke in strokes)
            {
                yield return [.. stroke.Select(point =>
                {
                    var (x, y) = (along + point.X * unit, across - point.Y * unit);
                    return words.IsUpright ? new Place(words.Place.X + y, words.Place.Y - x) : new Place(words.Place.X + x, words.Place.Y + y);
                })];
            }
            along += (advance + spacing) * unit;
        }
    }

    // The same with and without the system's tables of Unicode, which not every machine has.
    static IEnumerable<int> Plain(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            var accented = rune.Value < 0x180 ? Accented.IndexOf((char)rune.Value, StringComparison.Ordinal) : -1;
            if (accented >= 0)
                yield return Unaccented[accented];
            else if (Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.NonSpacingMark or UnicodeCategory.Format))
                yield return Rune.IsControl(rune) || Rune.IsWhiteSpace(rune) ? ' ' : rune.Value;
        }
    }

    static (double Width, Place[][] Strokes) Find(int letter) => Glyphs.TryGetValue(letter, out var glyph) ? glyph : Glyphs[0x25a1];

    static Place[][] Parse(string strokes) => [.. strokes.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(ParseStroke)];

    /// <summary>A stroke: places divided by spaces; <c>~</c> rounds the corner there, <c>z</c> at the end closes it.</summary>
    static Place[] ParseStroke(string stroke)
    {
        var words = stroke.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToList();
        var isClosed = words[^1] == "z";
        if (isClosed)
            words.RemoveAt(words.Count - 1);
        var corners = words.Select(word =>
        {
            var numbers = word.TrimStart('~').Split(',');
            return (Place: new Place(double.Parse(numbers[0], CultureInfo.InvariantCulture), double.Parse(numbers[1], CultureInfo.InvariantCulture)), IsRound: word[0] == '~');
        }).ToList();
        var places = new List<Place>();
        for (var i = 0; i < corners.Count; i++)
        {
            var (place, isRound) = corners[i];
            if (!isRound)
            {
                places.Add(place);
                continue;
            }
            var before = Toward(place, corners[(i + corners.Count - 1) % corners.Count]);
            var after = Toward(place, corners[(i + 1) % corners.Count]);
            for (var piece = 0; piece <= CurvePieces; piece++)
                places.Add(OnCurve(before, place, after, (double)piece / CurvePieces));
        }
        if (isClosed)
            places.Add(places[0]);
        return [.. places];
    }

    /// <summary>Where the rounding of a corner begins: halfway to the next one where that is round as well.</summary>
    static Place Toward(Place from, (Place Place, bool IsRound) to)
    {
        var (dx, dy) = (to.Place.X - from.X, to.Place.Y - from.Y);
        var length = Math.Sqrt(dx * dx + dy * dy);
        var part = Math.Min(MostRounding / length, to.IsRound ? 0.5 : 1);
        return new(from.X + dx * part, from.Y + dy * part);
    }

    /// <summary>A cubic curve that is nearly a quarter of an ellipse.</summary>
    static Place OnCurve(Place from, Place corner, Place to, double t)
    {
        const double Kappa = 0.5523;
        var u = 1 - t;
        double Along(double a, double c, double b) =>
            u * u * u * a + 3 * u * u * t * (a + (c - a) * Kappa) + 3 * u * t * t * (b + (c - b) * Kappa) + t * t * t * b;
        return new(Along(from.X, corner.X, to.X), Along(from.Y, corner.Y, to.Y));
    }
}
