using System.Globalization;

namespace Lepton.Neuro.Encoders.Data;

/// <summary>Draws one image.</summary>
/// <param name="random">The image's own random numbers.</param>
/// <param name="label">The class to draw.</param>
/// <param name="pixels">Where to draw, zero before.</param>
delegate void ImagePainter(ref CounterRandom random, int label, Span<byte> pixels);

/// <summary>What generators share: balanced labels, disjoint streams for training and test, and work in parallel that leaves no trace
/// of the number of threads in the result. Image <c>i</c> does not depend on how many are asked for.</summary>
static class GeneratedImages
{
    const int ImagesPerTask = 64;

    public static ImageSet Paint(
        string generator, ulong seed, ulong stream, int count, int size, IReadOnlyList<string> classNames, int threads, ImagePainter painter)
    {
        var what = stream == CounterRandom.Training ? "training" : "test";
        var most = Array.MaxLength / (size * size);
        if (count < 0 || count > most)
            throw new InvalidInputException($"number of {what} images", count, string.Create(CultureInfo.InvariantCulture, $"0 to {most}"));
        if (threads < 0)
            throw new InvalidInputException("number of threads", threads, "0 (as many as processors) or more");

        var imageSize = size * size;
        var pixels = new byte[count * imageSize];
        var labels = Labels(seed, stream, count, classNames.Count);
        var tasks = (count + ImagesPerTask - 1) / ImagesPerTask;
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads == 0 ? -1 : threads };
        Parallel.For(0, tasks, options, task =>
        {
            var end = Math.Min(count, (task + 1) * ImagesPerTask);
            for (var image = task * ImagesPerTask; image < end; image++)
            {
                var random = new CounterRandom(seed, stream, (ulong)image);
                painter(ref random, labels[image], pixels.AsSpan(image * imageSize, imageSize));
            }
        });
        return ImageSet.Adopt(
            size, size, 1, pixels, labels, classNames, string.Create(CultureInfo.InvariantCulture, $"generated: {generator}, seed {seed}, {what}"));
    }

    /// <summary>Every block of as many images as there are classes holds each class once, in random order.</summary>
    static byte[] Labels(ulong seed, ulong stream, int count, int classes)
    {
        var labels = new byte[count];
        Span<byte> block = stackalloc byte[classes];
        for (var start = 0; start < count; start += classes)
        {
            var random = new CounterRandom(seed, CounterRandom.Labelling + stream, (ulong)start);
            for (var filled = 0; filled < classes; filled++)
            {
                var place = random.Below(filled + 1);
                block[filled] = block[place];
                block[place] = (byte)filled;
            }
            block[..Math.Min(classes, count - start)].CopyTo(labels.AsSpan(start));
        }
        return labels;
    }
}
