using FsCheck;
using FsCheck.Fluent;
using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Encoders.Preprocessing;
using Lepton.Neuro.Testing;
using Xunit;

namespace Lepton.Neuro.Encoders.Tests;

public sealed class PictureFeatureTests
{
    static readonly Gen<Picture> Pictures =
        from width in Gen.Choose(1, 14)
        from height in Gen.Choose(1, 14)
        from channels in Gen.Choose(1, 3)
        from values in Gen.ListOf(Gen.Choose(0, 255).Select(v => v / 255f), width * height * channels)
        select Picture.Create(width, height, channels, values.ToArray());

    [Fact]
    public void Cropping_takes_padding_away_again() =>
        Properties.Holds(
            from picture in Pictures
            from frame in Gen.ListOf(Gen.Choose(0, 4), 4)
            select (picture, frame: frame.ToArray()),
            given =>
            {
                var padded = given.picture.Pad(given.frame[0], given.frame[1], given.frame[2], given.frame[3], 0.5f);
                Assert.Equal((given.picture.Width + given.frame[0] + given.frame[2], given.picture.Height + given.frame[1] + given.frame[3]), (padded.Width, padded.Height));
                Assert.Equal(padded.Values.ToArray().Count(v => v == 0.5f), padded.Values.Length - given.picture.Values.Length);
                Assert.Equal(given.picture.Values.ToArray(), padded.Crop(given.frame[0], given.frame[1], given.picture.Width, given.picture.Height).Values.ToArray());
            });

    [Fact]
    public void Area_resampling_keeps_the_mean_and_is_block_means_for_whole_factors() =>
        Properties.Holds(
            from picture in Pictures
            from width in Gen.Choose(1, 20)
            from height in Gen.Choose(1, 20)
            select (picture, width, height),
            given =>
            {
                var resized = given.picture.Resize(given.width, given.height);
                for (int c = 0; c < given.picture.Channels; c++)
                    Assert.Equal(given.picture.Channel(c).ToArray().Average(v => (double)v), resized.Channel(c).ToArray().Average(v => (double)v), 1e-5);
                var larger = given.picture.Resize(3 * given.picture.Width, 2 * given.picture.Height);
                for (int i = 0; i < larger.Channel(0).Length; i++)
                    Assert.Equal(given.picture.Channel(0)[(i / larger.Width / 2 * given.picture.Width) + (i % larger.Width / 3)], larger.Channel(0)[i], 1e-6f);
                var back = larger.Resize(given.picture.Width, given.picture.Height);
                for (int i = 0; i < back.Values.Length; i++) Assert.Equal(given.picture.Values[i], back.Values[i], 1e-6f);
            });

    [Fact]
    public void Bilinear_resampling_keeps_planes_and_the_same_size_is_the_identity() =>
        Properties.Holds(
            from picture in Pictures
            from width in Gen.Choose(2, 20)
            from old in Gen.Choose(4, 20)
            select (picture, width, old),
            given =>
            {
                var same = given.picture.Resize(given.picture.Width, given.picture.Height, Resampling.Bilinear);
                Assert.Equal(given.picture.Values.ToArray(), same.Values.ToArray());
                var plane = Picture.Create(given.old, 3, 1, [.. Enumerable.Range(0, 3 * given.old).Select(i => (float)(i % given.old))]);
                var resized = plane.Resize(given.width, 3, Resampling.Bilinear);
                for (int x = 0; x < given.width; x++)
                    Assert.Equal(Math.Clamp(((x + 0.5) * given.old / given.width) - 0.5, 0, given.old - 1), resized.Channel(0)[x], 1e-4);
            });

    [Fact]
    public void Features_of_a_flat_picture_are_zero_and_do_not_feel_a_constant() =>
        Properties.Holds(
            from picture in Pictures
            from level in Gen.Choose(0, 100).Select(v => v / 100f)
            select (grey: picture.Grey(), level),
            given =>
            {
                var flat = Picture.Create(given.grey.Width, given.grey.Height, 1, [.. Enumerable.Repeat(given.level, given.grey.Values.Length)]);
                var raised = Picture.Create(given.grey.Width, given.grey.Height, 1, [.. given.grey.Values.ToArray().Select(v => v + given.level)]);
                foreach (Func<Picture, Picture> feature in new Func<Picture, Picture>[] { p => p.DifferenceOfGaussians(), p => p.Gabor(), p => p.Sobel(), p => p.NormalizeContrast() })
                {
                    Assert.All(feature(flat).Values.ToArray(), v => Assert.Equal(0, v, 1e-5f));
                    var (one, two) = (feature(given.grey), feature(raised));
                    for (int i = 0; i < one.Values.Length; i++) Assert.Equal(one.Values[i], two.Values[i], 2e-4f);
                }
            }, 30);

    [Fact]
    public void Grey_is_the_weighted_mean_and_opacity_is_dropped()
    {
        Assert.Equal([0.299f, 0.587f, 0.114f], Picture.Create(3, 1, 3, [1, 0, 0, 0, 1, 0, 0, 0, 1]).Grey().Values.ToArray());
        Assert.Equal([0.25f], Picture.Create(1, 1, 2, [0.25f, 0.5f]).Grey().Values.ToArray());
    }

    [Fact]
    public void Sobel_of_a_slope_is_the_slope()
    {
        var slope = Picture.Create(6, 5, 1, [.. Enumerable.Range(0, 30).Select(i => (0.1f * (i % 6)) + (0.05f * (i / 6)))]).Sobel();
        for (int y = 1; y < 4; y++)
        {
            for (int x = 1; x < 5; x++)
            {
                Assert.Equal(0.1f, slope.Channel(0)[(6 * y) + x], 1e-5f);
                Assert.Equal(0.05f, slope.Channel(1)[(6 * y) + x], 1e-5f);
                Assert.Equal(Math.Sqrt(0.0125), slope.Channel(2)[(6 * y) + x], 1e-5);
            }
        }
    }

    [Fact]
    public void Differences_of_Gaussians_see_a_bright_dot_as_ON_in_the_middle_and_OFF_around_it()
    {
        var dot = new float[21 * 21];
        dot[(10 * 21) + 10] = 1;
        var seen = Picture.Create(21, 21, 1, dot).DifferenceOfGaussians(1, 2);
        // In the middle the two Gaussians are (sum of the weights)^-2 of each: nearly 1/(2 pi) and 1/(8 pi).
        Assert.Equal((1 / (2 * Math.PI)) - (1 / (8 * Math.PI)), seen.Channel(0)[(10 * 21) + 10], 1e-3);
        Assert.Equal(0, seen.Channel(1)[(10 * 21) + 10]);
        Assert.True(seen.Channel(1)[(10 * 21) + 13] > 0 && seen.Channel(0)[(10 * 21) + 13] == 0);
        Assert.Equal(seen.Channel(0).ToArray().Sum(v => (double)v), seen.Channel(1).ToArray().Sum(v => (double)v), 1e-4);
    }

    [Fact]
    public void A_Gabor_bank_answers_most_to_stripes_of_its_own_orientation()
    {
        for (int o = 0; o < 4; o++)
        {
            double angle = Math.PI * o / 4;
            var stripes = Picture.Create(41, 41, 1, [.. Enumerable.Range(0, 41 * 41).Select(i =>
                (float)(0.5 + (0.5 * Math.Cos(2 * Math.PI * ((((i % 41) - 20) * Math.Cos(angle)) + (((i / 41) - 20) * Math.Sin(angle))) / 5.6))))]);
            var responses = stripes.Gabor();
            var middle = Enumerable.Range(0, 4).Select(k => responses.Channel(k)[(20 * 41) + 20]).ToArray();
            Assert.Equal(o, Array.IndexOf(middle, middle.Max()));
            Assert.True(middle[o] > 0.3f);
        }
    }

    [Fact]
    public void Contrast_is_made_the_same_where_it_differs()
    {
        var faint = Picture.Create(32, 32, 1, [.. Enumerable.Range(0, 1024).Select(i => 0.5f + (((i ^ (i / 32)) & 1) == 0 ? 0.1f : -0.1f))]);
        var strong = Picture.Create(32, 32, 1, [.. faint.Values.ToArray().Select(v => 0.5f + (4 * (v - 0.5f)))]);
        var (one, two) = (faint.NormalizeContrast(), strong.NormalizeContrast());
        for (int i = 0; i < one.Values.Length; i++) Assert.Equal(one.Values[i], two.Values[i], 1e-3f);
        Assert.Equal(1, Math.Abs(one.Values[(16 * 32) + 16]), 1e-2f);
    }

    [Fact]
    public void Sizes_and_parameters_out_of_range_are_refused()
    {
        var picture = Picture.Create(4, 4, 2, new float[32]);
        Assert.Throws<InvalidInputException>(() => picture.Crop(1, 0, 4, 4));
        Assert.Throws<InvalidInputException>(() => picture.Pad(-1, 0, 0, 0));
        Assert.Throws<InvalidInputException>(() => picture.Resize(0, 4));
        Assert.Throws<InvalidInputException>(() => picture.Sobel());
        Assert.Throws<InvalidInputException>(() => picture.DifferenceOfGaussians(2, 1));
        Assert.Throws<InvalidInputException>(() => picture.NormalizeContrast(double.NaN));
        Assert.Throws<InvalidInputException>(() => Picture.Create(2, 2, 1, new float[3]));
        Assert.Throws<InvalidInputException>(() => Picture.Create(1, 1, 1, [float.NaN]));
    }
}
