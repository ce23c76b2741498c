using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Random;

namespace Lepton.Neuro.Encoders.Preprocessing;

/// <summary>Random changes of training images that leave their class as it is: each image another one in each epoch.</summary>
/// <remarks>
/// <para>An image is sheared, scaled and turned about its middle, shifted and bent, all in one resampling (between four pixels; beyond the edge is <see cref="Background"/>); then noise is added, and then a
/// rectangle erased. What is 0 is left out.</para>
/// <list type="table">
/// <listheader><term>parameter</term><description>meaning, range</description></listheader>
/// <item><term>Shift</term><description>the most an image is moved to each side, up and down; 0 to 1000 pixels, uniform</description></item>
/// <item><term>Rotate</term><description>the most it is turned to each side; 0 to 180 degrees, uniform</description></item>
/// <item><term>Scale</term><description>the most it grows or shrinks by, as a part of its size; 0 to 0.9, uniform</description></item>
/// <item><term>Shear</term><description>the most a row is moved for each row it lies from the middle; 0 to 2, uniform</description></item>
/// <item><term>Elastic</term><description>how far pixels are moved in a smooth random field: the greatest is about a third of it; 0 to 1000 pixels (34 for MNIST in the source)</description></item>
/// <item><term>ElasticSigma</term><description>how smooth the field is: the standard deviation of the Gaussian over uniform numbers in (-1, 1); 0.5 to 100 pixels, 4</description></item>
/// <item><term>Noise</term><description>the standard deviation of normal noise; 0 to 10. The result is cut to [0, 1]</description></item>
/// <item><term>Erase</term><description>the most of each side that the erased rectangle takes; 0 to 1. What is erased is Background</description></item>
/// </list>
/// <para>All random numbers come from the counter-based generator, keyed by the seed, the image's number and the round: the result does not depend on order, threads or machine.</para>
/// <para>Sources: P. Simard, D. Steinkraus and J. Platt, "Best practices for convolutional neural networks", ICDAR (2003) for the field; Z. Zhong et al., "Random erasing data augmentation", AAAI (2020).</para>
/// </remarks>
public sealed record Augmentation
{
    // What the draws of an image are for.
    const uint Frame = 0, FieldAcross = 1, FieldDown = 2, Grain = 3;

    /// <summary>The most an image is shifted, in pixels.</summary>
    public double Shift { get; init; }

    /// <summary>The most it is turned, in degrees.</summary>
    public double Rotate { get; init; }

    /// <summary>The most it is scaled by, as a part of its size.</summary>
    public double Scale { get; init; }

    /// <summary>The most it is sheared by, in columns a row.</summary>
    public double Shear { get; init; }

    /// <summary>The strength of the elastic field, in pixels.</summary>
    public double Elastic { get; init; }

    /// <summary>How smooth that field is, in pixels.</summary>
    public double ElasticSigma { get; init; } = 4;

    /// <summary>The standard deviation of the noise.</summary>
    public double Noise { get; init; }

    /// <summary>The most of each side that is erased.</summary>
    public double Erase { get; init; }

    /// <summary>What lies beyond the edge, and where something was erased; 0 to 1.</summary>
    public float Background { get; init; }

    /// <summary>The seed.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Changes one picture.</summary>
    /// <param name="picture">The picture, numbers in [0, 1].</param>
    /// <param name="index">The image's number in its set.</param>
    /// <param name="round">The epoch: another one gives another change.</param>
    /// <exception cref="InvalidInputException">A parameter is out of its range.</exception>
    public Picture Apply(Picture picture, uint index, uint round)
    {
        Validate();
        var result = new float[picture.Values.Length];
        Change(picture.Values, result, picture.Width, picture.Height, picture.Channels, index, round);
        return new(picture.Width, picture.Height, picture.Channels, result);
    }

    /// <summary>Changes every image of a set, on all cores.</summary>
    /// <param name="images">The images, bytes that mean 0 to 1.</param>
    /// <param name="round">The epoch.</param>
    /// <exception cref="InvalidInputException">A parameter is out of its range, or there are too many pixels for one array.</exception>
    public PixelMatrix Apply(ImageSet images, uint round)
    {
        Validate();
        return PixelMatrix.Fill(images.Count, images.ImageSize, (image, row) =>
        {
            var pixels = new float[images.ImageSize];
            for (int i = 0; i < pixels.Length; i++) pixels[i] = images.Pixels(image)[i] / 255f;
            Change(pixels, row, images.Width, images.Height, images.Channels, (uint)image, round);
        });
    }

    void Validate()
    {
        Require.InRange("the shift of an augmentation", Shift, 0, 1000);
        Require.InRange("the rotation of an augmentation", Rotate, 0, 180);
        Require.InRange("the scale of an augmentation", Scale, 0, 0.9);
        Require.InRange("the shear of an augmentation", Shear, 0, 2);
        Require.InRange("the elastic field of an augmentation", Elastic, 0, 1000);
        Require.InRange("the sigma of the elastic field of an augmentation", ElasticSigma, 0.5, 100);
        Require.InRange("the noise of an augmentation", Noise, 0, 10);
        Require.InRange("the erased part of an augmentation", Erase, 0, 1);
        Require.InRange("the background of an augmentation", Background, 0, 1);
    }

    void Change(ReadOnlySpan<float> from, Span<float> to, int width, int height, int channels, uint index, uint round)
    {
        var stream = new RandomStream(Seed, RandomPurpose.Augmentation, 0);
        var draws = new Draws(stream, index, round, Frame);
        // All numbers are drawn whatever is asked for, so that one parameter more leaves the others' changes as they are.
        double right = Shift * draws.Signed(), down = Shift * draws.Signed(), angle = Rotate * Math.PI / 180 * draws.Signed(), size = 1 + (Scale * draws.Signed()), shear = Shear * draws.Signed();
        double eraseWidth = Erase * draws.Unit(), eraseHeight = Erase * draws.Unit(), eraseLeft = draws.Unit(), eraseTop = draws.Unit();
        if (Shift > 0 || Rotate > 0 || Scale > 0 || Shear > 0 || Elastic > 0)
        {
            var (sine, cosine) = SineCosine(angle);
            var across = Elastic > 0 ? Field(new Draws(stream, index, round, FieldAcross), width, height) : default;
            var downwards = Elastic > 0 ? Field(new Draws(stream, index, round, FieldDown), width, height) : default;
            double middleX = (width - 1) / 2.0, middleY = (height - 1) / 2.0;
            for (int y = 0, place = 0; y < height; y++)
            {
                for (int x = 0; x < width; x++, place++)
                {
                    // Where the pixel comes from: the changes undone, the last one first.
                    double u = x - middleX - right, v = y - middleY - down;
                    (u, v) = (((cosine * u) + (sine * v)) / size, ((cosine * v) - (sine * u)) / size);
                    u += middleX - (shear * v);
                    v += middleY;
                    if (Elastic > 0) (u, v) = (u + (Elastic * across.Span[place]), v + (Elastic * downwards.Span[place]));
                    for (int c = 0; c < channels; c++) to[(c * width * height) + place] = Sample(from.Slice(c * width * height, width * height), width, height, u, v);
                }
            }
        }
        else
        {
            from.CopyTo(to);
        }
        if (Noise > 0)
        {
            var grain = new Draws(stream, index, round, Grain);
            for (int i = 0; i < to.Length; i++) to[i] = (float)Math.Clamp(to[i] + (Noise * grain.Normal()), 0, 1);
        }
        int columns = (int)Math.Round(eraseWidth * width), rows = (int)Math.Round(eraseHeight * height);
        int left = (int)(eraseLeft * (width - columns + 1)), top = (int)(eraseTop * (height - rows + 1));
        for (int c = 0; c < channels; c++)
        {
            for (int y = top; y < top + rows; y++) to.Slice((((c * height) + y) * width) + left, columns).Fill(Background);
        }
    }

    float Sample(ReadOnlySpan<float> channel, int width, int height, double x, double y)
    {
        if (!(x > -1 && y > -1 && x < width && y < height)) return Background;
        int left = (int)Math.Floor(x), top = (int)Math.Floor(y);
        double right = x - left, down = y - top;
        return (float)(((1 - down) * (((1 - right) * At(channel, left, top)) + (right * At(channel, left + 1, top))))
            + (down * (((1 - right) * At(channel, left, top + 1)) + (right * At(channel, left + 1, top + 1)))));

        float At(ReadOnlySpan<float> channel, int column, int row) => (uint)column < (uint)width && (uint)row < (uint)height ? channel[(row * width) + column] : Background;
    }

    ReadOnlyMemory<float> Field(Draws draws, int width, int height)
    {
        var values = new float[width * height];
        for (int i = 0; i < values.Length; i++) values[i] = (float)draws.Signed();
        return PictureFeatures.Blur(new Picture(width, height, 1, values), ElasticSigma).Values.ToArray();
    }

    /// <summary>Sine and cosine of up to half a turn, from the series: those of the platform differ in the last place.</summary>
    static (double Sine, double Cosine) SineCosine(double angle)
    {
        double square = angle * angle, sine = 1, cosine = 1;
        for (int k = 28; k >= 2; k -= 2)
        {
            sine = 1 - (square / (k * (k + 1.0)) * sine);
            cosine = 1 - (square / (k * (k - 1.0)) * cosine);
        }
        return (angle * sine, cosine);
    }
}
