using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Encoders.Preprocessing;

/// <summary>How <see cref="PictureFeatures.Resize"/> finds a pixel.</summary>
public enum Resampling
{
    /// <summary>The mean of the old pixels that the new one covers, parts of pixels counted as parts: right for making a picture smaller, and keeps its mean.</summary>
    Area,

    /// <summary>Between the four old pixels around the new one's centre: right for making a picture larger.</summary>
    Bilinear,
}

/// <summary>Changes to a picture before it is encoded. Each gives a new picture; pixels beyond the edge are those of the edge, unless said otherwise.</summary>
/// <remarks>Filters are correlations: the kernel is not turned over. All sums are in double precision and in one order, so results are the same on any machine.</remarks>
public static class PictureFeatures
{
    const long MostNumbers = 1 << 28;

    /// <summary>Grey: 0.299 red + 0.587 green + 0.114 blue (ITU-R BT.601). A grey picture stays as it is; opacity is dropped.</summary>
    /// <param name="picture">A picture of 1 to 4 channels.</param>
    /// <exception cref="InvalidInputException">The picture has more channels.</exception>
    public static Picture Grey(this Picture picture)
    {
        Require.InRange("the channels of a picture to make grey", (long)picture.Channels, 1, 4);
        if (picture.Channels <= 2) return new(picture.Width, picture.Height, 1, picture.Channel(0).ToArray());
        var grey = new float[picture.Width * picture.Height];
        for (int i = 0; i < grey.Length; i++) grey[i] = (float)((0.299 * picture.Channel(0)[i]) + (0.587 * picture.Channel(1)[i]) + (0.114 * picture.Channel(2)[i]));
        return new(picture.Width, picture.Height, 1, grey);
    }

    /// <summary>A rectangle of the picture.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="left">The first column kept.</param>
    /// <param name="top">The first row kept.</param>
    /// <param name="width">Columns kept, at least 1.</param>
    /// <param name="height">Rows kept, at least 1.</param>
    /// <exception cref="InvalidInputException">The rectangle is empty or reaches out of the picture.</exception>
    public static Picture Crop(this Picture picture, int left, int top, int width, int height)
    {
        Require.InRange("the first column of a crop", left, 0L, picture.Width - 1L);
        Require.InRange("the first row of a crop", top, 0L, picture.Height - 1L);
        Require.InRange("the columns of a crop", (long)width, 1, picture.Width - left);
        Require.InRange("the rows of a crop", (long)height, 1, picture.Height - top);
        return Make(width, height, picture.Channels, (c, x, y) => picture.Channel(c)[((top + y) * picture.Width) + left + x]);
    }

    /// <summary>A frame of one value around the picture.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="left">Columns added at the left, 0 or more.</param>
    /// <param name="top">Rows added at the top, 0 or more.</param>
    /// <param name="right">Columns added at the right, 0 or more.</param>
    /// <param name="bottom">Rows added at the bottom, 0 or more.</param>
    /// <param name="value">The value of the frame, finite.</param>
    /// <exception cref="InvalidInputException">A number is out of its range, or the result has more than 2^28 numbers.</exception>
    public static Picture Pad(this Picture picture, int left, int top, int right, int bottom, float value = 0)
    {
        foreach (int extent in (int[])[left, top, right, bottom]) Require.InRange("the columns or rows to pad with", (long)extent, 0, 1 << 24);
        Require.Finite("the value to pad with", value);
        return Make(picture.Width + left + right, picture.Height + top + bottom, picture.Channels, (c, x, y) =>
            (uint)(x - left) < (uint)picture.Width && (uint)(y - top) < (uint)picture.Height ? picture.Channel(c)[((y - top) * picture.Width) + x - left] : value);
    }

    /// <summary>Another number of columns and rows.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="resampling">How a pixel is found; <see cref="Resampling.Area"/> by default.</param>
    /// <exception cref="InvalidInputException">A size is below 1, or the result has more than 2^28 numbers.</exception>
    public static Picture Resize(this Picture picture, int width, int height, Resampling resampling = Resampling.Area)
    {
        Require.InRange("the columns of a resized picture", (long)width, 1, 1 << 24);
        Require.InRange("the rows of a resized picture", (long)height, 1, 1 << 24);
        var columns = Taps(picture.Width, width, resampling);
        var rows = Taps(picture.Height, height, resampling);
        // Columns first, then rows: both ways of resampling are separable.
        var narrow = Make(width, picture.Height, picture.Channels, (c, x, y) =>
        {
            double sum = 0;
            for (int k = 0; k < columns[x].Weights.Length; k++) sum += columns[x].Weights[k] * picture.Channel(c)[(y * picture.Width) + columns[x].First + k];
            return (float)sum;
        });
        return Make(width, height, picture.Channels, (c, x, y) =>
        {
            double sum = 0;
            for (int k = 0; k < rows[y].Weights.Length; k++) sum += rows[y].Weights[k] * narrow.Channel(c)[((rows[y].First + k) * width) + x];
            return (float)sum;
        });
    }

    /// <summary>Differences of Gaussians, as the cells of retina and thalamus see: for each channel the ON part (centre above surround) and then the OFF part (surround above centre), both 0 or more.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="centre">The standard deviation of the centre in pixels, above 0, at most 100; 1 by default.</param>
    /// <param name="surround">That of the surround, above the centre's, at most 100; 2 by default.</param>
    /// <remarks>The Gaussians are cut at 4 standard deviations and sum to 1, so that a flat picture gives 0. Source: R. Rodieck, Vision Research 5, 583 (1965).</remarks>
    /// <exception cref="InvalidInputException">A standard deviation is out of its range.</exception>
    public static Picture DifferenceOfGaussians(this Picture picture, double centre = 1, double surround = 2)
    {
        Require.InRange("the centre of a difference of Gaussians", centre, 1e-3, 100);
        Require.InRange("the surround of a difference of Gaussians", surround, Math.BitIncrement(centre), 100);
        var (narrow, wide) = (Blur(picture, centre), Blur(picture, surround));
        return Make(picture.Width, picture.Height, 2 * picture.Channels, (c, x, y) =>
        {
            int at = (y * picture.Width) + x;
            float difference = narrow.Channel(c / 2)[at] - wide.Channel(c / 2)[at];
            return Math.Max(0, c % 2 == 0 ? difference : -difference);
        });
    }

    /// <summary>A bank of Gabor filters of evenly spaced orientations over a picture of one channel: one channel an orientation.</summary>
    /// <remarks><c>g(x, y) = exp(-(u^2 + (aspect v)^2) / (2 sigma^2)) cos(2 pi u / wavelength)</c>, with u and v the coordinates turned by the orientation; the mean is taken away, so that a flat picture
    /// gives 0, and the magnitudes sum to 1. Source: T. Serre et al., IEEE PAMI 29, 411 (2007).</remarks>
    /// <param name="picture">A picture of one channel.</param>
    /// <param name="orientations">How many orientations, 1 to 64; the first has vertical stripes.</param>
    /// <param name="wavelength">The wavelength in pixels, 2 to 100; 5.6 by default.</param>
    /// <param name="sigma">The standard deviation of the envelope in pixels, above 0, at most 50; 4.5 by default.</param>
    /// <param name="aspect">How much shorter the envelope is along the stripes, above 0, at most 10; 0.3 by default.</param>
    /// <param name="radius">The kernel's pixels on each side of its centre, 1 to 50; 5 by default.</param>
    /// <exception cref="InvalidInputException">A parameter is out of its range, or the picture has more channels.</exception>
    public static Picture Gabor(this Picture picture, int orientations = 4, double wavelength = 5.6, double sigma = 4.5, double aspect = 0.3, int radius = 5)
    {
        Require.InRange("the channels of a picture for a Gabor bank", (long)picture.Channels, 1, 1);
        Require.InRange("the orientations of a Gabor bank", (long)orientations, 1, 64);
        Require.InRange("the wavelength of a Gabor bank", wavelength, 2, 100);
        Require.InRange("sigma of a Gabor bank", sigma, 1e-3, 50);
        Require.InRange("the aspect of a Gabor bank", aspect, 1e-3, 10);
        Require.InRange("the radius of a Gabor bank", (long)radius, 1, 50);
        int size = (2 * radius) + 1;
        var responses = new float[orientations * picture.Width * picture.Height];
        for (int o = 0; o < orientations; o++)
        {
            double angle = Math.PI * o / orientations;
            var kernel = new double[size * size];
            for (int y = -radius; y <= radius; y++)
            {
                for (int x = -radius; x <= radius; x++)
                {
                    double u = (x * Math.Cos(angle)) + (y * Math.Sin(angle)), v = (y * Math.Cos(angle)) - (x * Math.Sin(angle));
                    kernel[((y + radius) * size) + x + radius] = ExactMath.Exp(-((u * u) + (aspect * aspect * v * v)) / (2 * sigma * sigma)) * Math.Cos(2 * Math.PI * u / wavelength);
                }
            }
            double mean = kernel.Average(), sum = kernel.Sum(k => Math.Abs(k - mean));
            for (int i = 0; i < kernel.Length; i++) kernel[i] = (kernel[i] - mean) / sum;
            Correlate(picture, 0, kernel, radius).CopyTo(responses, o * picture.Width * picture.Height);
        }
        return new(picture.Width, picture.Height, orientations, responses);
    }

    /// <summary>Sobel's gradients of a picture of one channel: to the right, downwards, and the magnitude of both; a slope of one unit a pixel gives 1.</summary>
    /// <param name="picture">A picture of one channel.</param>
    /// <exception cref="InvalidInputException">The picture has more channels.</exception>
    public static Picture Sobel(this Picture picture)
    {
        Require.InRange("the channels of a picture for Sobel's gradients", (long)picture.Channels, 1, 1);
        var right = Correlate(picture, 0, [-1 / 8.0, 0, 1 / 8.0, -2 / 8.0, 0, 2 / 8.0, -1 / 8.0, 0, 1 / 8.0], 1);
        var down = Correlate(picture, 0, [-1 / 8.0, -2 / 8.0, -1 / 8.0, 0, 0, 0, 1 / 8.0, 2 / 8.0, 1 / 8.0], 1);
        return new(picture.Width, picture.Height, 3, [.. right, .. down, .. right.Zip(down, (x, y) => (float)Math.Sqrt(((double)x * x) + ((double)y * y)))]);
    }

    /// <summary>Local contrast normalisation: each channel less its Gaussian mean, over its Gaussian standard deviation or the floor, whichever is greater.</summary>
    /// <remarks>Source: K. Jarrett et al., "What is the best multi-stage architecture for object recognition?", ICCV (2009).</remarks>
    /// <param name="picture">The picture.</param>
    /// <param name="sigma">The Gaussian's standard deviation in pixels, above 0, at most 100; 2 by default.</param>
    /// <param name="floor">The least deviation divided by, above 0: what is flatter is not blown up; 0.05 by default.</param>
    /// <exception cref="InvalidInputException">A parameter is out of its range.</exception>
    public static Picture NormalizeContrast(this Picture picture, double sigma = 2, double floor = 0.05)
    {
        Require.InRange("sigma of a contrast normalisation", sigma, 1e-3, 100);
        Require.InRange("the floor of a contrast normalisation", floor, 1e-6, 1e6);
        var mean = Blur(picture, sigma);
        var centred = Make(picture.Width, picture.Height, picture.Channels, (c, x, y) => picture.Channel(c)[(y * picture.Width) + x] - mean.Channel(c)[(y * picture.Width) + x]);
        var variance = Blur(Make(picture.Width, picture.Height, picture.Channels, (c, x, y) => centred.Channel(c)[(y * picture.Width) + x] is var v ? v * v : 0), sigma);
        return Make(picture.Width, picture.Height, picture.Channels, (c, x, y) =>
            (float)(centred.Channel(c)[(y * picture.Width) + x] / Math.Max(floor, Math.Sqrt(variance.Channel(c)[(y * picture.Width) + x]))));
    }

    internal static Picture Blur(Picture picture, double sigma)
    {
        int radius = Math.Max(1, (int)Math.Ceiling(4 * sigma));
        var weights = Enumerable.Range(-radius, (2 * radius) + 1).Select(k => ExactMath.Exp(-k * (double)k / (2 * sigma * sigma))).ToArray();
        double sum = weights.Sum();
        for (int k = 0; k < weights.Length; k++) weights[k] /= sum;
        var across = Make(picture.Width, picture.Height, picture.Channels, (c, x, y) =>
        {
            var row = picture.Channel(c).Slice(y * picture.Width, picture.Width);
            double total = 0;
            for (int k = -radius; k <= radius; k++) total += weights[k + radius] * row[Math.Clamp(x + k, 0, row.Length - 1)];
            return (float)total;
        });
        return Make(picture.Width, picture.Height, picture.Channels, (c, x, y) =>
        {
            var channel = across.Channel(c);
            double total = 0;
            for (int k = -radius; k <= radius; k++) total += weights[k + radius] * channel[(Math.Clamp(y + k, 0, picture.Height - 1) * picture.Width) + x];
            return (float)total;
        });
    }

    static float[] Correlate(Picture picture, int channel, double[] kernel, int radius)
    {
        var values = picture.Channel(channel);
        int size = (2 * radius) + 1, width = picture.Width, height = picture.Height;
        var result = new float[width * height];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                double sum = 0;
                for (int j = 0; j < size; j++)
                {
                    int row = Math.Clamp(y + j - radius, 0, height - 1) * width;
                    for (int i = 0; i < size; i++) sum += kernel[(j * size) + i] * values[row + Math.Clamp(x + i - radius, 0, width - 1)];
                }
                result[(y * width) + x] = (float)sum;
            }
        }
        return result;
    }

    /// <summary>For each new place the old ones it is made of, and their weights, which sum to 1.</summary>
    static (int First, double[] Weights)[] Taps(int old, int size, Resampling resampling)
    {
        double scale = old / (double)size;
        return [.. Enumerable.Range(0, size).Select(place =>
        {
            if (resampling == Resampling.Bilinear)
            {
                double centre = Math.Clamp(((place + 0.5) * scale) - 0.5, 0, old - 1);
                int before = Math.Min((int)centre, Math.Max(0, old - 2));
                return old == 1 ? (0, [1.0]) : (before, (double[])[1 - (centre - before), centre - before]);
            }
            double begin = place * scale, end = Math.Min(old, (place + 1) * scale);
            int first = Math.Min((int)begin, old - 1), last = Math.Clamp((int)Math.Ceiling(end) - 1, first, old - 1);
            var weights = Enumerable.Range(first, last - first + 1).Select(k => Math.Max(0, Math.Min(end, k + 1) - Math.Max(begin, k))).ToArray();
            double sum = weights.Sum();
            return (first, weights.Select(w => w / sum).ToArray());
        })];
    }

    static Picture Make(int width, int height, int channels, Func<int, int, int, float> value)
    {
        if ((Int128)width * height * channels > MostNumbers) throw new InvalidInputException("the size of a picture", FormattableString.Invariant($"{width} x {height} x {channels}"), "at most 2^28 numbers");
        var values = new float[width * height * channels];
        for (int c = 0, i = 0; c < channels; c++)
        {
            for (int y = 0; y < height; y++)
            {
                for (int x = 0; x < width; x++) values[i++] = value(c, x, y);
            }
        }
        return new(width, height, channels, values);
    }
}
