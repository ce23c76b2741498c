using System.Globalization;

namespace Lepton.Neuro.Encoders.Data;

/// <summary>
/// One rectangle (class 0) or circle (class 1) an image, filled or outlined, grey on black, at a random position and size, rectangles at a random
/// angle and proportion, with random brightness and noise. The seed alone decides: the same images come out on every machine and for every number
/// of threads, and image <c>i</c> does not depend on how many are generated.
/// </summary>
public static class Shapes
{
    /// <summary>The smallest size at which a circle and a square still differ by enough pixels.</summary>
    public const int SmallestSize = 16;

    /// <summary>The largest size.</summary>
    public const int LargestSize = 1024;

    static readonly string[] Names = ["rectangle", "circle"];

    /// <summary>Training and test images that are drawn from disjoint streams of random numbers; both hold the two classes equally often.</summary>
    /// <param name="seed">Any number; another seed gives other images.</param>
    /// <param name="trainCount">Training images, 0 or more.</param>
    /// <param name="testCount">Test images, 0 or more.</param>
    /// <param name="size">Rows and columns of an image, <see cref="SmallestSize"/> to <see cref="LargestSize"/>.</param>
    /// <param name="threads">At most so many threads draw; 0 for as many as there are processors. Never changes the images.</param>
    /// <exception cref="InvalidInputException">A count is negative or too large for one array, the size is out of range, or
    /// <paramref name="threads"/> is negative.</exception>
    public static ImageData Generate(ulong seed, int trainCount, int testCount, int size = 28, int threads = 0)
    {
        if (size is < SmallestSize or > LargestSize)
            throw new InvalidInputException("size of the shape images", size, string.Create(CultureInfo.InvariantCulture, $"{SmallestSize} to {LargestSize}"));
        ImagePainter painter = (ref CounterRandom random, int label, Span<byte> pixels) => Paint(ref random, label == 1, size, pixels);
        return new ImageData(
            GeneratedImages.Paint("shapes", seed, CounterRandom.Training, trainCount, size, Names, threads, painter),
            GeneratedImages.Paint("shapes", seed, CounterRandom.Testing, testCount, size, Names, threads, painter),
            "shapes",
            string.Create(CultureInfo.InvariantCulture, $"A filled or outlined rectangle or circle with random place, size, angle, brightness and noise; {size} x {size} grey."));
    }

    static void Paint(ref CounterRandom random, bool circle, int size, Span<byte> pixels)
    {
        // Both classes draw from the same places and, on average, cover the same area: neither position nor the amount of ink tells them apart.
        var outer = size * random.Uniform(0.30f, 0.42f);
        var proportion = random.Uniform(0.5f, 0.95f);
        var (cosine, sine) = Direction(ref random);
        var room = Math.Max(0f, (size / 2f) - outer - 1f);
        var centreX = (size / 2f) + (room * random.Uniform(-1f, 1f));
        var centreY = (size / 2f) + (room * random.Uniform(-1f, 1f));
        var filled = random.Below(2) == 0;
        var half = size / 28f * random.Uniform(0.8f, 1.4f);
        var brightness = random.Uniform(110f, 250f);
        var grain = random.Uniform(0f, 12f);

        var reach = filled ? outer : outer - half;
        var longSide = reach / MathF.Sqrt(1f + (proportion * proportion));
        var shortSide = longSide * proportion;
        var radius = reach * 0.77f;
        for (var row = 0; row < size; row++)
            for (var column = 0; column < size; column++)
            {
                float offX = column + 0.5f - centreX, offY = row + 0.5f - centreY;
                var distance = circle
                    ? MathF.Sqrt((offX * offX) + (offY * offY)) - radius
                    : ToRectangle((cosine * offX) + (sine * offY), (cosine * offY) - (sine * offX), longSide, shortSide);
                if (!filled)
                    distance = Math.Abs(distance) - half;
                var cover = Math.Clamp(0.5f - distance, 0f, 1f);
                pixels[(row * size) + column] = (byte)Math.Clamp((cover * brightness) + (grain * random.Bell()), 0f, 255f);
            }
    }

    /// <summary>Signed distance to a rectangle around the origin, negative inside.</summary>
    static float ToRectangle(float x, float y, float halfWidth, float halfHeight)
    {
        float beyondX = Math.Abs(x) - halfWidth, beyondY = Math.Abs(y) - halfHeight;
        float outX = Math.Max(beyondX, 0f), outY = Math.Max(beyondY, 0f);
        return MathF.Sqrt((outX * outX) + (outY * outY)) + Math.Min(Math.Max(beyondX, beyondY), 0f);
    }

    /// <summary>A uniform direction without sines, which differ between machines: a point of the disc, scaled to length 1.</summary>
    static (float Cosine, float Sine) Direction(ref CounterRandom random)
    {
        while (true)
        {
            float x = random.Uniform(-1f, 1f), y = random.Uniform(-1f, 1f);
            var square = (x * x) + (y * y);
            if (square is > 0.01f and <= 1f)
            {
                var length = MathF.Sqrt(square);
                return (x / length, y / length);
            }
        }
    }
}
