namespace Lepton.Neuro.Encoders.Preprocessing;

/// <summary>Means that do not depend on the order of the images: terms are rounded to a fixed power of two and added as integers, which commutes,
/// where a sum of floating-point numbers does not. The rounding is 2^-61 x count of the largest term at most.</summary>
static class ExactMean
{
    const int SumBits = 61;

    /// <summary>The mean of each pixel over the images or, with <paramref name="around"/>, of its squared distance from there.</summary>
    /// <param name="images">At least one; all finite.</param>
    /// <param name="allPixels">Whether one mean over all pixels is wanted, given for every pixel.</param>
    /// <param name="around">One number a pixel, or null.</param>
    public static double[] OfPixels(PixelMatrix images, bool allPixels, double[]? around)
    {
        var largest = 0.0;
        for (var image = 0; image < images.Count; image++)
        {
            var row = images.Row(image);
            for (var pixel = 0; pixel < row.Length; pixel++)
                largest = Math.Max(largest, Math.Abs(Term(row, pixel, around)));
        }
        var means = new double[images.Size];
        if (largest == 0.0)
            return means;

        var bits = SumBits - Math.ILogB(images.Count) - 1 - Math.ILogB(largest) - 1;
        var scale = Math.ScaleB(1.0, bits);
        var sums = new long[images.Size];
        for (var image = 0; image < images.Count; image++)
        {
            var row = images.Row(image);
            for (var pixel = 0; pixel < row.Length; pixel++)
                sums[pixel] += (long)Math.Round(Term(row, pixel, around) * scale);
        }
        if (allPixels)
        {
            Int128 total = 0;
            foreach (var sum in sums)
                total += sum;
            Array.Fill(means, (double)total / scale / ((double)images.Count * images.Size));
        }
        else
        {
            for (var pixel = 0; pixel < means.Length; pixel++)
                means[pixel] = sums[pixel] / scale / images.Count;
        }
        return means;
    }

    static double Term(ReadOnlySpan<float> row, int pixel, double[]? around)
    {
        if (around is null)
            return row[pixel];
        var distance = row[pixel] - around[pixel];
        return distance * distance;
    }
}
