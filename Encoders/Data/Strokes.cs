namespace Lepton.Neuro.Encoders.Data;

/// <summary>One movement of the pen: a smooth curve (Catmull-Rom, that is, cubic Bezier pieces) through points of the unit square,
/// x to the right, y down. At a corner the curve breaks; a closed stroke returns to its first point smoothly.</summary>
sealed class Stroke
{
    Stroke(float[] x, float[] y, bool[] corner, bool closed)
    {
        X = x;
        Y = y;
        Corner = corner;
        Closed = closed;
    }

    public float[] X { get; }

    public float[] Y { get; }

    public bool[] Corner { get; }

    public bool Closed { get; }

    public int Points => X.Length;

    /// <summary>Pieces between neighbouring points.</summary>
    public int Pieces => Closed ? Points : Points - 1;

    /// <summary>Reads a stroke as it is written in the tables: points in hundredths, <c>!</c> after a corner, <c>o</c> at the end of
    /// a closed stroke, as in <c>20,14 78,14! 42,92</c>.</summary>
    public static Stroke Parse(string text)
    {
        var words = text.Split(' ');
        var closed = words[^1] == "o";
        var count = closed ? words.Length - 1 : words.Length;
        var stroke = new Stroke(new float[count], new float[count], new bool[count], closed);
        for (var point = 0; point < count; point++)
        {
            var numbers = words[point].TrimEnd('!').Split(',');
            stroke.Corner[point] = words[point].EndsWith('!');
            stroke.X[point] = int.Parse(numbers[0], System.Globalization.CultureInfo.InvariantCulture) / 100f;
            stroke.Y[point] = int.Parse(numbers[1], System.Globalization.CultureInfo.InvariantCulture) / 100f;
        }
        return stroke;
    }
}

/// <summary>One way in which people write a digit.</summary>
/// <param name="Weight">How often it is drawn, relative to the other styles of the same digit.</param>
/// <param name="Strokes">The movements of the pen.</param>
sealed record GlyphStyle(int Weight, Stroke[] Strokes)
{
    public GlyphStyle(int weight, params string[] strokes)
        : this(weight, Array.ConvertAll(strokes, Stroke.Parse))
    {
    }
}
