using FsCheck;
using FsCheck.Fluent;
using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Encoders.Preprocessing;
using Lepton.Neuro.Testing;
using Xunit;

namespace Lepton.Neuro.Encoders.Tests;

public sealed class PreprocessingTests
{
    static readonly Preprocessor[] All =
    [
        new Standardize(),
        new Standardize(StandardizeOver.EachPixel),
        new Normalize(NormalizeTo.TrainingRange),
        new Normalize(NormalizeTo.ImageRange),
        new Normalize(NormalizeTo.L1),
        new Normalize(NormalizeTo.L2, 3f),
        new Normalize(NormalizeTo.Sum, 40f),
        new Normalize(NormalizeTo.ImageRange).Then(new Standardize(StandardizeOver.EachPixel)).Then(new Normalize(NormalizeTo.L2)),
    ];

    [Fact]
    public void Standardized_training_images_have_mean_0_and_deviation_1() =>
        Properties.Holds(Matrices(), images =>
        {
            var each = new Standardize(StandardizeOver.EachPixel).Fit(images).Apply(images);
            for (var pixel = 0; pixel < images.Size; pixel++)
                AssertStandard(Column(images, pixel), Column(each, pixel));
            AssertStandard(images.Values.ToArray(), new Standardize().Fit(images).Apply(images).Values.ToArray());
        });

    [Fact]
    public void Standardizing_is_undone_and_done_twice_changes_nothing() =>
        Properties.Holds(
            from images in Matrices()
            from over in Gen.Elements(Enum.GetValues<StandardizeOver>())
            select (images, over),
            given =>
            {
                var recipe = new Standardize(given.over);
                var transform = recipe.Fit(given.images);
                var once = transform.Apply(given.images);
                var largest = given.images.Values.ToArray().Max(Math.Abs) + 1e-6f;
                var back = new float[given.images.Size];
                for (var image = 0; image < once.Count; image++)
                {
                    transform.Undo(once.Row(image), back);
                    for (var pixel = 0; pixel < back.Length; pixel++)
                        Assert.InRange(back[pixel] - given.images.Row(image)[pixel], -1e-5f * largest, 1e-5f * largest);
                }
                AssertClose(once, recipe.Fit(once).Apply(once), 1e-4);
            });

    [Fact]
    public void Normalizing_twice_is_normalizing_once() =>
        Properties.Holds(
            from images in Matrices(lowest: 0)
            from to in Gen.Elements(Enum.GetValues<NormalizeTo>())
            select (images, to),
            given =>
            {
                var recipe = new Normalize(given.to);
                var once = recipe.Fit(given.images).Apply(given.images);
                AssertClose(once, recipe.Fit(once).Apply(once), 1e-5);
            });

    [Fact]
    public void Normalized_images_have_the_norm_asked_for() =>
        Properties.Holds(
            from images in Matrices()
            from target in Gen.Elements(0.5f, 1f, 78.4f)
            select (images, target),
            given =>
            {
                var l1 = new Normalize(NormalizeTo.L1, given.target).Fit(given.images).Apply(given.images);
                var l2 = new Normalize(NormalizeTo.L2, given.target).Fit(given.images).Apply(given.images);
                var range = new Normalize(NormalizeTo.ImageRange).Fit(given.images).Apply(given.images);
                for (var image = 0; image < given.images.Count; image++)
                {
                    var source = given.images.Row(image).ToArray();
                    var black = source.All(value => value == 0f);
                    Assert.Equal(black ? 0.0 : given.target, l1.Row(image).ToArray().Sum(value => Math.Abs((double)value)), given.target * 1e-5);
                    Assert.Equal(black ? 0.0 : given.target, Math.Sqrt(l2.Row(image).ToArray().Sum(value => (double)value * value)), given.target * 1e-5);
                    Assert.Equal(0f, range.Row(image).ToArray().Min());
                    Assert.Equal(source.Min() == source.Max() ? 0f : 1f, range.Row(image).ToArray().Max());
                }
            });

    [Fact]
    public void Sums_reach_their_target() =>
        Properties.Holds(Matrices(lowest: 0), images =>
        {
            var result = new Normalize(NormalizeTo.Sum, 40f).Fit(images).Apply(images);
            for (var image = 0; image < images.Count; image++)
                Assert.Equal(images.Row(image).ToArray().Sum() == 0f ? 0.0 : 40.0, result.Row(image).ToArray().Sum(value => (double)value), 1e-3);
        });

    [Fact]
    public void The_training_range_becomes_0_to_1_and_other_images_are_clipped_to_it()
    {
        var transform = new Normalize().Fit(PixelMatrix.Create(2, [2f, 4f, 3f, 6f]));
        var result = new float[2];
        transform.Apply([3f, 6f], result);
        Assert.Equal([0.25f, 1f], result);
        transform.Apply([-50f, 50f], result);
        Assert.Equal([0f, 1f], result);
    }

    [Fact]
    public void The_order_of_the_images_does_not_change_a_bit() =>
        Properties.Holds(
            from images in Matrices()
            from seed in Gen.Choose(0, int.MaxValue)
            select (images, seed),
            given =>
            {
                var order = Enumerable.Range(0, given.images.Count).ToArray();
                new System.Random(given.seed).Shuffle(order);
                var permuted = Permute(given.images, order);
                foreach (var recipe in All)
                {
                    var expected = Permute(recipe.Fit(given.images).Apply(given.images), order);
                    Assert.Equal(expected.Values, recipe.Fit(permuted).Apply(permuted).Values);
                }
            });

    [Fact]
    public void Pixels_that_never_vary_give_finite_numbers()
    {
        var constant = PixelMatrix.Create(3, [7f, 7f, 7f, 7f, 7f, 7f]);
        var black = PixelMatrix.Create(3, new float[6]);
        foreach (var recipe in All)
            foreach (var images in (PixelMatrix[])[constant, black])
                Assert.True(PixelChecks.Check(recipe.Fit(images).Apply(images), float.MinValue, float.MaxValue).AllGood, recipe.ToString());
        var transform = new Standardize(StandardizeOver.EachPixel).Fit(constant);
        Assert.Equal([1.0, 1.0, 1.0], transform.Deviation.ToArray());
        Assert.Equal(new float[6], transform.Apply(constant).Values.ToArray());
    }

    [Fact]
    public void Images_of_any_magnitude_are_standardized()
    {
        foreach (var magnitude in (float[])[1e-40f, 1e-20f, 1f, 1e20f, 3e38f])
        {
            var images = PixelMatrix.Create(1, [0f, magnitude]);
            var transform = new Standardize(StandardizeOver.EachPixel, SmallestDeviation: 0f).Fit(images);
            Assert.Equal([-1f, 1f], transform.Apply(images).Values.ToArray());
        }
    }

    [Fact]
    public void A_chain_is_its_links_one_after_the_other() =>
        Properties.Holds(Matrices(), images =>
        {
            foreach (var first in All)
                foreach (var next in All)
                {
                    var between = first.Fit(images).Apply(images);
                    var expected = next.Fit(between).Apply(between);
                    Assert.Equal(expected.Values, first.Then(next).Fit(images).Apply(images).Values);
                }
        }, 30);

    [Fact]
    public void A_transform_is_fitted_to_training_images_alone()
    {
        var data = Glyphs.Generate(1, 100, 100);
        var transform = new Standardize().Fit(data.Train);
        var expected = Enumerable.Range(0, 100).Average(index => data.Train.Pixels(index).ToArray().Average(pixel => pixel / 255.0));
        Assert.Equal(expected, transform.Mean[0], 1e-7);
        var test = transform.Apply(data.Test);
        Assert.Equal((float)((data.Test.Pixels(5)[400] / 255f - transform.Mean[0]) / transform.Deviation[0]), test.Row(5)[400]);
    }

    [Fact]
    public void Bad_pixels_are_counted_and_the_first_is_named()
    {
        var images = PixelMatrix.Create(3, [0f, 1f, 0.5f, 1f, -0.25f, 2f, float.NaN, float.PositiveInfinity, 0f]);
        Assert.Equal(new PixelReport(2, 1, 1, 1, 1, -0.25f), PixelChecks.Check(images, 0f, 1f));
        Assert.Equal("pictures: pixel 1 of image 1 (the first of 4 bad ones) is -0.25; allowed: 0 to 1", DataImageSetTests.Refused(() => Call(() => PixelChecks.Require(images, 0f, 1f, "pictures"))));
        Assert.Equal("images: pixel 0 of image 2 (the first of 2 bad ones) is NaN; allowed: a finite number", DataImageSetTests.Refused(() => Call(() => PixelChecks.RequireFinite(images))));
        foreach (var recipe in All)
            Assert.Contains("training images: pixel 0 of image 2", DataImageSetTests.Refused(() => recipe.Fit(images)), StringComparison.Ordinal);
        PixelChecks.Require(PixelMatrix.From(Glyphs.Generate(1, 20, 0).Train), 0f, 1f);
    }

    [Fact]
    public void What_cannot_be_fitted_or_transformed_is_refused()
    {
        var images = PixelMatrix.Create(2, [0f, 1f]);
        foreach (var recipe in All)
        {
            Assert.Contains("number of training images to fit to is 0", DataImageSetTests.Refused(() => recipe.Fit(PixelMatrix.Create(2, []))), StringComparison.Ordinal);
            Assert.Equal("numbers of one image to transform is 3; allowed: 2, as fitted", DataImageSetTests.Refused(() => recipe.Fit(images).Apply(PixelMatrix.Create(3, [1f, 2f, 3f]))));
        }
        Assert.Equal("target of Normalize is 0; allowed: above 0, finite", DataImageSetTests.Refused(() => new Normalize(NormalizeTo.L1, 0f).Fit(images)));
        Assert.Equal("smallest deviation of Standardize is NaN; allowed: 0 or more, finite", DataImageSetTests.Refused(() => new Standardize(SmallestDeviation: float.NaN).Fit(images)));
        Assert.Contains("what to normalize is 99", DataImageSetTests.Refused(() => new Normalize((NormalizeTo)99).Fit(images)), StringComparison.Ordinal);
        Assert.Contains("pixels to standardize over is 99", DataImageSetTests.Refused(() => new Standardize((StandardizeOver)99).Fit(images)), StringComparison.Ordinal);
        Assert.Equal("number of pixel values is 3; allowed: a multiple of 2", DataImageSetTests.Refused(() => PixelMatrix.Create(2, [1f, 2f, 3f])));
    }

    static string Call(Action action)
    {
        action();
        return "";
    }

    /// <summary>Small matrices of numbers of one magnitude; some columns and rows are constant.</summary>
    static Gen<PixelMatrix> Matrices(int lowest = -1000) =>
        from count in Gen.Choose(1, 12)
        from size in Gen.Choose(1, 8)
        from magnitude in Gen.Elements(0.01f, 1f, 1000f)
        from constantColumn in Gen.Choose(-1, size - 1)
        from constantRow in Gen.Choose(-1, count - 1)
        from values in Gen.Choose(lowest, 1000).ArrayOf(count * size)
        select PixelMatrix.Create(size, values.Select((value, index) =>
            magnitude * (index % size == constantColumn || index / size == constantRow ? 0f : value / 1000f)).ToArray());

    static PixelMatrix Permute(PixelMatrix images, int[] order) =>
        PixelMatrix.Create(images.Size, order.SelectMany(image => images.Row(image).ToArray()).ToArray());

    static float[] Column(PixelMatrix images, int pixel) =>
        Enumerable.Range(0, images.Count).Select(image => images.Row(image)[pixel]).ToArray();

    static void AssertStandard(float[] before, float[] after)
    {
        var mean = after.Average(value => (double)value);
        Assert.Equal(0.0, mean, 1e-4);
        var deviation = Math.Sqrt(after.Average(value => (value - mean) * (value - mean)));
        var beforeMean = before.Average(value => (double)value);
        var beforeDeviation = Math.Sqrt(before.Average(value => (value - beforeMean) * (value - beforeMean)));
        if (beforeDeviation > 1e-5)
            Assert.Equal(1.0, deviation, 1e-4);
        else if (beforeDeviation < 1e-7)
            Assert.Equal(0.0, deviation, 1e-4);
    }

    static void AssertClose(PixelMatrix expected, PixelMatrix actual, double tolerance)
    {
        for (var index = 0; index < expected.Values.Length; index++)
            Assert.Equal(expected.Values[index], actual.Values[index], tolerance);
    }
}
