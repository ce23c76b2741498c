namespace Lepton.Neuro.Experiments.Plots.Static;

/// <summary>A rectangle in pixels; y runs downwards.</summary>
internal readonly record struct Box(double X, double Y, double Width, double Height)
{
    /// <summary>The right edge.</summary>
    public double Right => X + Width;

    /// <summary>The lower edge.</summary>
    public double Bottom => Y + Height;
}

/// <summary>A place in pixels; y runs downwards.</summary>
internal readonly record struct Place(double X, double Y);

/// <summary>Which part of a text stands at its place.</summary>
internal enum TextAnchor
{
    /// <summary>The left or upper edge.</summary>
    Start,

    /// <summary>The middle.</summary>
    Middle,

    /// <summary>The right or lower edge.</summary>
    End,
}

/// <summary>Something drawn.</summary>
/// <param name="Clip">What is outside is not drawn; null draws all.</param>
internal abstract record Mark(Box? Clip);

/// <summary>A line through places, with round ends.</summary>
internal sealed record LineMark(IReadOnlyList<Place> Places, Rgba Colour, double Width, IReadOnlyList<double>? Dashes = null, Box? Clip = null) : Mark(Clip);

/// <summary>A filled rectangle.</summary>
internal sealed record BoxMark(Box Box, Rgba Fill, Box? Clip = null) : Mark(Clip);

/// <summary>Equal points: discs, or upright ticks where <paramref name="AreTicks"/>.</summary>
internal sealed record PointsMark(IReadOnlyList<Place> Places, double Radius, Rgba Colour, bool AreTicks = false, Box? Clip = null) : Mark(Clip);

/// <summary>A line of text. <paramref name="IsUpright"/> texts run from below upwards.</summary>
internal sealed record TextMark(string Text, Place Place, double Size, Rgba Colour, TextAnchor Along = TextAnchor.Start, TextAnchor Across = TextAnchor.Middle, bool IsBold = false, bool IsUpright = false, Box? Clip = null) : Mark(Clip);

/// <summary>An image of square-edged pixels, row after row from the top.</summary>
internal sealed record ImageMark(Box Box, int Columns, int Rows, IReadOnlyList<Rgba> Pixels, Box? Clip = null) : Mark(Clip);

/// <summary>A picture before it has a format: marks in the order in which they are painted.</summary>
/// <param name="Title">What it shows, for readers that cannot see it.</param>
/// <param name="Width">The width in pixels.</param>
/// <param name="Height">The height in pixels.</param>
/// <param name="Background">The colour behind all.</param>
/// <param name="Marks">What is drawn.</param>
internal sealed record Scene(string Title, int Width, int Height, Rgba Background, IReadOnlyList<Mark> Marks);
