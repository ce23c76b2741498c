using System.Runtime.CompilerServices;

namespace Lepton.Neuro.Encoders.Data;

/// <summary>
/// Handwritten-looking digits 0 to 9, 28 x 28, grey, drawn from our own stroke descriptions: a data set that needs no download.
/// Every image has its own style, jitter of the strokes' points, smooth warp, proportions, shear, rotation, size, position,
/// width of the pen, pressure along the stroke, brightness and noise. The seed alone decides: the same images come out on every machine
/// and for every number of threads, and image <c>i</c> does not depend on how many are generated.
/// </summary>
public static class Glyphs
{
    /// <summary>Rows and columns of an image.</summary>
    public const int Size = 28;

    const int StepsPerPiece = 5;
    const int MostPoints = 128;

    static readonly string[] Names = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

    /// <summary>Training and test images that are drawn from disjoint streams of random numbers; both hold the ten digits equally often.</summary>
    /// <param name="seed">Any number; another seed gives other images.</param>
    /// <param name="trainCount">Training images, 0 or more.</param>
    /// <param name="testCount">Test images, 0 or more.</param>
    /// <param name="threads">At most so many threads draw; 0 for as many as there are processors. Never changes the images.</param>
    /// <exception cref="InvalidInputException">A count is negative or too large for one array, or <paramref name="threads"/> is negative.</exception>
    public static ImageData Generate(ulong seed, int trainCount, int testCount, int threads = 0) => new(
        GeneratedImages.Paint("glyphs", seed, CounterRandom.Training, trainCount, Size, Names, threads, Paint),
        GeneratedImages.Paint("glyphs", seed, CounterRandom.Testing, testCount, Size, Names, threads, Paint),
        "glyphs",
        "Digits 0 to 9 drawn from stroke descriptions with random style, warp, pose, pen and noise; 28 x 28 grey.");

    [SkipLocalsInit]
    static void Paint(ref CounterRandom random, int digit, Span<byte> pixels)
    {
        Span<float> x = stackalloc float[MostPoints];
        Span<float> y = stackalloc float[MostPoints];
        Span<float> radius = stackalloc float[MostPoints];
        Span<bool> penDown = stackalloc bool[MostPoints];

        var pen = random.Uniform(0.95f, 1.75f);
        var count = Trace(ref random, Choose(ref random, GlyphStyles.Digits[digit]), pen, x, y, radius, penDown);
        x = x[..count];
        y = y[..count];
        Warp(ref random, x, y);
        Pose(ref random, pen, x, y);

        Span<float> ink = stackalloc float[Size * Size];
        ink.Clear();
        var softness = random.Uniform(1.0f, 1.6f);
        for (var point = 1; point < count; point++)
            if (penDown[point])
                Draw(ink, x[point - 1], y[point - 1], radius[point - 1], x[point], y[point], radius[point], softness);
        Develop(ref random, ink, pixels);
    }

    static GlyphStyle Choose(ref CounterRandom random, GlyphStyle[] styles)
    {
        var total = 0;
        foreach (var style in styles)
            total += style.Weight;
        var ticket = random.Below(total);
        var chosen = 0;
        while (ticket >= styles[chosen].Weight)
            ticket -= styles[chosen++].Weight;
        return styles[chosen];
    }

    /// <summary>Flattens the strokes, with every point of the description moved a little; returns the number of points.</summary>
    static int Trace(
        ref CounterRandom random, GlyphStyle style, float pen, Span<float> x, Span<float> y, Span<float> radius, Span<bool> penDown)
    {
        Span<float> throughX = stackalloc float[16];
        Span<float> throughY = stackalloc float[16];
        var jitter = random.Uniform(0.03f, 0.08f);
        var count = 0;
        foreach (var stroke in style.Strokes)
        {
            for (var point = 0; point < stroke.Points; point++)
            {
                throughX[point] = stroke.X[point] + (jitter * random.Bell());
                throughY[point] = stroke.Y[point] + (jitter * random.Bell());
            }
            var startPressure = 1f + (0.25f * random.Bell());
            var endPressure = 1f + (0.25f * random.Bell());
            var steps = stroke.Pieces * StepsPerPiece;
            for (var step = 0; step <= steps; step++)
            {
                var piece = Math.Min(step / StepsPerPiece, stroke.Pieces - 1);
                var along = (step - (piece * StepsPerPiece)) / (float)StepsPerPiece;
                var (before, start, end, after) = Neighbours(stroke, piece);
                x[count] = CatmullRom(throughX[before], throughX[start], throughX[end], throughX[after], along);
                y[count] = CatmullRom(throughY[before], throughY[start], throughY[end], throughY[after], along);
                radius[count] = pen * (startPressure + ((endPressure - startPressure) * step / steps));
                penDown[count++] = step > 0;
            }
        }
        return count;
    }

    static (int Before, int Start, int End, int After) Neighbours(Stroke stroke, int piece)
    {
        var start = piece;
        var end = (piece + 1) % stroke.Points;
        var before = stroke.Corner[start] ? start : stroke.Closed ? (start + stroke.Points - 1) % stroke.Points : Math.Max(start - 1, 0);
        var after = stroke.Corner[end] ? end : stroke.Closed ? (end + 1) % stroke.Points : Math.Min(end + 1, stroke.Points - 1);
        return (before, start, end, after);
    }

    static float CatmullRom(float before, float start, float end, float after, float t)
    {
        var linear = end - before;
        var square = (2f * before) - (5f * start) + (4f * end) - after;
        var cubic = (3f * (start - end)) + after - before;
        return start + (0.5f * t * (linear + (t * (square + (t * cubic)))));
    }

    /// <summary>Moves the points by a smooth field: a biquadratic Bernstein patch with nine random displacements.</summary>
    static void Warp(ref CounterRandom random, Span<float> x, Span<float> y)
    {
        var strength = random.Uniform(0.05f, 0.22f);
        Span<float> fieldX = stackalloc float[9];
        Span<float> fieldY = stackalloc float[9];
        for (var node = 0; node < 9; node++)
        {
            fieldX[node] = strength * random.Bell();
            fieldY[node] = strength * random.Bell();
        }
        for (var point = 0; point < x.Length; point++)
        {
            float u = x[point], v = y[point];
            float u0 = (1f - u) * (1f - u), u1 = 2f * u * (1f - u), u2 = u * u;
            float v0 = (1f - v) * (1f - v), v1 = 2f * v * (1f - v), v2 = v * v;
            x[point] = u + Patch(fieldX, u0, u1, u2, v0, v1, v2);
            y[point] = v + Patch(fieldY, u0, u1, u2, v0, v1, v2);
        }
    }

    static float Patch(ReadOnlySpan<float> field, float u0, float u1, float u2, float v0, float v1, float v2) =>
        (v0 * ((u0 * field[0]) + (u1 * field[1]) + (u2 * field[2])))
        + (v1 * ((u0 * field[3]) + (u1 * field[4]) + (u2 * field[5])))
        + (v2 * ((u0 * field[6]) + (u1 * field[7]) + (u2 * field[8])));

    /// <summary>Proportions, shear and rotation; then the longer side of what results is scaled to a random length and put near the centre,
    /// where it fits with the pen's width.</summary>
    static void Pose(ref CounterRandom random, float pen, Span<float> x, Span<float> y)
    {
        var stretch = random.Uniform(0.65f, 1.1f);
        var shear = random.Uniform(-0.25f, 0.5f);
        var halfTangent = 0.17f * random.Bell();
        var square = halfTangent * halfTangent;
        var cosine = (1f - square) / (1f + square);
        var sine = 2f * halfTangent / (1f + square);
        float left = float.MaxValue, right = float.MinValue, top = float.MaxValue, bottom = float.MinValue;
        for (var point = 0; point < x.Length; point++)
        {
            var vertical = y[point] - 0.5f;
            var horizontal = ((x[point] - 0.5f) * stretch) - (shear * vertical);
            x[point] = (cosine * horizontal) - (sine * vertical);
            y[point] = (sine * horizontal) + (cosine * vertical);
            left = Math.Min(left, x[point]);
            right = Math.Max(right, x[point]);
            top = Math.Min(top, y[point]);
            bottom = Math.Max(bottom, y[point]);
        }
        var length = random.Uniform(15.5f, 19.5f);
        var scale = length / Math.Max(right - left, bottom - top);
        var room = Math.Min(2.3f, ((Size - length) / 2f) - pen - 1f);
        var shiftX = (Size / 2f) + (room * random.Bell()) - (scale * (left + right) / 2f);
        var shiftY = (Size / 2f) + (room * random.Bell()) - (scale * (top + bottom) / 2f);
        for (var point = 0; point < x.Length; point++)
        {
            x[point] = (scale * x[point]) + shiftX;
            y[point] = (scale * y[point]) + shiftY;
        }
    }

    /// <summary>Covers the pixels near a straight piece: full within the pen's radius, falling over <paramref name="softness"/> pixels.</summary>
    static void Draw(Span<float> ink, float fromX, float fromY, float fromRadius, float toX, float toY, float toRadius, float softness)
    {
        var reach = Math.Max(fromRadius, toRadius) + softness;
        var firstColumn = Math.Max(0, (int)(Math.Min(fromX, toX) - reach));
        var lastColumn = Math.Min(Size - 1, (int)(Math.Max(fromX, toX) + reach));
        var firstRow = Math.Max(0, (int)(Math.Min(fromY, toY) - reach));
        var lastRow = Math.Min(Size - 1, (int)(Math.Max(fromY, toY) + reach));
        float alongX = toX - fromX, alongY = toY - fromY;
        var inverse = 1f / Math.Max((alongX * alongX) + (alongY * alongY), 1e-12f);
        var slope = 1f / softness;
        for (var row = firstRow; row <= lastRow; row++)
            for (var column = firstColumn; column <= lastColumn; column++)
            {
                float offX = column + 0.5f - fromX, offY = row + 0.5f - fromY;
                var along = Math.Clamp(((offX * alongX) + (offY * alongY)) * inverse, 0f, 1f);
                offX -= along * alongX;
                offY -= along * alongY;
                var distance = MathF.Sqrt((offX * offX) + (offY * offY));
                var cover = ((fromRadius + (along * (toRadius - fromRadius)) - distance) * slope) + 0.5f;
                ref var pixel = ref ink[(row * Size) + column];
                pixel = Math.Max(pixel, cover);
            }
    }

    /// <summary>Ink to bytes: brightness of the image, grain where there is ink, a few specks where there is none.</summary>
    static void Develop(ref CounterRandom random, ReadOnlySpan<float> ink, Span<byte> pixels)
    {
        var brightness = random.Uniform(215f, 262f);
        var grain = random.Uniform(0f, 0.2f);
        for (var pixel = 0; pixel < ink.Length; pixel++)
        {
            if (ink[pixel] <= 0f)
                continue;
            var value = Math.Min(ink[pixel], 1f) * brightness * (1f + (grain * random.Bell()));
            pixels[pixel] = (byte)Math.Min(255f, value);
        }
        for (var specks = Math.Max(0, random.Below(12) - 5); specks > 0; specks--)
        {
            ref var pixel = ref pixels[random.Below(Size * Size)];
            pixel = (byte)Math.Max(pixel, random.Below(120));
        }
    }
}
