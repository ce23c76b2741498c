using System.Globalization;

namespace Lepton.Neuro.Encoders.Preprocessing;

/// <summary>What <see cref="PixelChecks.Check"/> found.</summary>
/// <param name="NotFinite">Pixels that are infinite or not a number.</param>
/// <param name="TooSmall">Finite pixels below the range.</param>
/// <param name="TooLarge">Finite pixels above the range.</param>
/// <param name="FirstImage">Image of the first bad pixel, or -1.</param>
/// <param name="FirstPixel">Index of the first bad pixel within its image, or -1.</param>
/// <param name="FirstValue">The first bad pixel, or 0.</param>
public sealed record PixelReport(long NotFinite, long TooSmall, long TooLarge, int FirstImage, int FirstPixel, float FirstValue)
{
    /// <summary>Whether every pixel is finite and in range.</summary>
    public bool AllGood => NotFinite + TooSmall + TooLarge == 0;
}

/// <summary>Finds pixels that an encoder cannot turn into spikes.</summary>
public static class PixelChecks
{
    /// <summary>Counts the pixels that are not finite or out of range.</summary>
    /// <param name="images">The images.</param>
    /// <param name="lowest">The smallest allowed value.</param>
    /// <param name="highest">The largest allowed value.</param>
    public static PixelReport Check(PixelMatrix images, float lowest, float highest)
    {
        long notFinite = 0, tooSmall = 0, tooLarge = 0;
        var first = -1;
        var values = images.Values;
        for (var index = 0; index < values.Length; index++)
        {
            var value = values[index];
            if (value >= lowest && value <= highest && float.IsFinite(value))
                continue;
            if (first < 0)
                first = index;
            if (!float.IsFinite(value))
                notFinite++;
            else if (value < lowest)
                tooSmall++;
            else
                tooLarge++;
        }
        return first < 0
            ? new PixelReport(0, 0, 0, -1, -1, 0f)
            : new PixelReport(notFinite, tooSmall, tooLarge, first / images.Size, first % images.Size, values[first]);
    }

    /// <summary>Refuses images with a pixel that is not finite or out of range.</summary>
    /// <param name="images">The images.</param>
    /// <param name="lowest">The smallest allowed value.</param>
    /// <param name="highest">The largest allowed value.</param>
    /// <param name="name">What to call the images in the message.</param>
    /// <exception cref="InvalidInputException">There is such a pixel; the message names the first and says how many there are.</exception>
    public static void Require(PixelMatrix images, float lowest, float highest, string name = "images") =>
        Refuse(Check(images, lowest, highest), name, string.Create(CultureInfo.InvariantCulture, $"{lowest} to {highest}"));

    /// <summary>Refuses images with a pixel that is infinite or not a number.</summary>
    /// <param name="images">The images.</param>
    /// <param name="name">What to call the images in the message.</param>
    /// <exception cref="InvalidInputException">There is such a pixel; the message names the first and says how many there are.</exception>
    public static void RequireFinite(PixelMatrix images, string name = "images") =>
        Refuse(Check(images, float.MinValue, float.MaxValue), name, "a finite number");

    static void Refuse(PixelReport report, string name, string allowed)
    {
        if (report.AllGood)
            return;
        var bad = report.NotFinite + report.TooSmall + report.TooLarge;
        throw new InvalidInputException(
            string.Create(CultureInfo.InvariantCulture, $"{name}: pixel {report.FirstPixel} of image {report.FirstImage} (the first of {bad} bad ones)"),
            report.FirstValue,
            allowed);
    }
}
