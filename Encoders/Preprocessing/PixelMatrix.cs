using System.Globalization;
using Lepton.Neuro.Encoders.Data;

namespace Lepton.Neuro.Encoders.Preprocessing;

/// <summary>Images as numbers, immutable: one row an image, one column a pixel (and channel).</summary>
public sealed class PixelMatrix
{
    readonly float[] _values;

    PixelMatrix(int count, int size, float[] values)
    {
        Count = count;
        Size = size;
        _values = values;
    }

    /// <summary>Number of images.</summary>
    public int Count { get; }

    /// <summary>Numbers of one image: channels x rows x columns.</summary>
    public int Size { get; }

    /// <summary>All numbers, image after image.</summary>
    public ReadOnlySpan<float> Values => _values;

    /// <summary>The numbers of one image, in the order of <see cref="ImageSet.Pixels"/>.</summary>
    /// <param name="image">0 to <c>Count - 1</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such image.</exception>
    public ReadOnlySpan<float> Row(int image)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(image);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(image, Count);
        return _values.AsSpan(image * Size, Size);
    }

    /// <summary>The images of a set, bytes 0 to 255 scaled to 0 to 1.</summary>
    /// <param name="images">The set.</param>
    /// <exception cref="InvalidInputException">There are too many pixels for one array.</exception>
    public static PixelMatrix From(ImageSet images) =>
        Fill(images.Count, images.ImageSize, (image, row) =>
        {
            var pixels = images.Pixels(image);
            for (var pixel = 0; pixel < row.Length; pixel++)
                row[pixel] = pixels[pixel] / 255f;
        });

    /// <summary>A copy of given numbers.</summary>
    /// <param name="size">Numbers of one image, at least 1.</param>
    /// <param name="values">Image after image; a multiple of <paramref name="size"/> numbers.</param>
    /// <exception cref="InvalidInputException">The size is below 1 or does not divide the number of values.</exception>
    public static PixelMatrix Create(int size, ReadOnlySpan<float> values)
    {
        if (size < 1)
            throw new InvalidInputException("numbers of one image", size, "1 or more");
        if (values.Length % size != 0)
            throw new InvalidInputException("number of pixel values", values.Length, string.Create(CultureInfo.InvariantCulture, $"a multiple of {size}"));
        return new PixelMatrix(values.Length / size, size, values.ToArray());
    }

    /// <summary>Fills every image, in parallel.</summary>
    internal static PixelMatrix Fill(int count, int size, Action<int, Span<float>> fill)
    {
        if ((long)count * size > Array.MaxLength)
            throw new InvalidInputException("number of pixel values", (long)count * size, string.Create(CultureInfo.InvariantCulture, $"at most {Array.MaxLength}"));
        var values = new float[count * size];
        Parallel.For(0, count, image => fill(image, values.AsSpan(image * size, size)));
        return new PixelMatrix(count, size, values);
    }
}
