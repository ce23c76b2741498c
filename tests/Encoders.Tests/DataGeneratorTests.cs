using System.Security.Cryptography;
using Lepton.Neuro.Encoders.Data;
using Xunit;

namespace Lepton.Neuro.Encoders.Tests;

public sealed class DataGeneratorTests
{
    public static TheoryData<string> Generators => ["glyphs", "shapes"];

    static ImageData Generate(string generator, ulong seed, int train, int test, int threads = 0) =>
        generator == "glyphs" ? Glyphs.Generate(seed, train, test, threads) : Shapes.Generate(seed, train, test, threads: threads);

    static string Digest(ImageSet set)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var index = 0; index < set.Count; index++)
        {
            hash.AppendData([(byte)set.Label(index)]);
            hash.AppendData(set.Pixels(index));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    [Theory]
    [InlineData("glyphs", "9d6a8ce2b651bae2", "9e7c486e4b5ae439")]
    [InlineData("shapes", "2375bf62b248cb3b", "e0efe68ec4c08a76")]
    public void The_same_seed_gives_the_same_bytes_on_every_machine(string generator, string train, string test)
    {
        var data = Generate(generator, 42, 500, 100);
        Assert.Equal((train, test), (Digest(data.Train), Digest(data.Test)));
    }

    [Theory, MemberData(nameof(Generators))]
    public void The_number_of_threads_leaves_no_trace(string generator)
    {
        var one = Generate(generator, 3, 333, 77, threads: 1);
        foreach (var threads in (int[])[2, 5, 0])
        {
            var many = Generate(generator, 3, 333, 77, threads);
            Assert.Equal((Digest(one.Train), Digest(one.Test)), (Digest(many.Train), Digest(many.Test)));
        }
    }

    [Theory, MemberData(nameof(Generators))]
    public void Fewer_images_are_the_first_of_more(string generator)
    {
        var more = Generate(generator, 8, 200, 200);
        var fewer = Generate(generator, 8, 63, 21);
        Assert.Equal(Digest(more.Train.Take(63)), Digest(fewer.Train));
        Assert.Equal(Digest(more.Test.Take(21)), Digest(fewer.Test));
    }

    [Theory, MemberData(nameof(Generators))]
    public void No_image_comes_twice_in_training_test_or_with_another_seed(string generator)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var count = 0;
        foreach (var seed in (ulong[])[0, 1, ulong.MaxValue])
        {
            var data = Generate(generator, seed, 2000, 2000);
            foreach (var set in (ImageSet[])[data.Train, data.Test])
                for (var index = 0; index < set.Count; index++, count++)
                    seen.Add(Convert.ToHexString(SHA256.HashData(set.Pixels(index))));
        }
        Assert.Equal(count, seen.Count);
    }

    [Theory, MemberData(nameof(Generators))]
    public void Every_class_comes_equally_often_and_in_no_fixed_order(string generator)
    {
        var set = Generate(generator, 5, 1003, 0).Train;
        var counts = set.CountsPerClass();
        Assert.InRange(counts.Max() - counts.Min(), 0, 1);
        var repeats = Enumerable.Range(set.Classes, set.Count - set.Classes).Count(index => set.Label(index) == set.Label(index - set.Classes));
        Assert.InRange(repeats, 1, set.Count - set.Classes - 1);
    }

    [Fact]
    public void Glyphs_have_the_statistics_of_handwritten_digits()
    {
        var set = Glyphs.Generate(11, 2000, 0).Train;
        long sum = 0, zero = 0, bright = 0;
        for (var index = 0; index < set.Count; index++)
        {
            var pixels = set.Pixels(index);
            var edge = 0;
            for (var place = 0; place < pixels.Length; place++)
            {
                sum += pixels[place];
                zero += pixels[place] == 0 ? 1 : 0;
                bright += pixels[place] > 200 ? 1 : 0;
                if (place % Glyphs.Size is 0 or Glyphs.Size - 1 || place / Glyphs.Size is 0 or Glyphs.Size - 1)
                    edge += pixels[place] > 120 ? 1 : 0;
            }
            // Strokes end within the image: only specks, which are dim, reach the edge.
            Assert.Equal(0, edge);
        }
        var pixelsInAll = (double)set.Count * set.ImageSize;
        Assert.InRange(sum / 255.0 / pixelsInAll, 0.10, 0.16);
        Assert.InRange(zero / pixelsInAll, 0.75, 0.90);
        Assert.InRange(bright / pixelsInAll, 0.05, 0.15);
    }

    [Theory, MemberData(nameof(Generators))]
    public void Images_that_resemble_each_other_carry_the_same_label(string generator)
    {
        // The nearest neighbour is a model without parameters of its own: far above chance only if the labels mean what is drawn.
        var data = Generate(generator, 9, 3000, 200);
        var right = 0;
        for (var test = 0; test < data.Test.Count; test++)
        {
            var (nearest, best) = (-1, long.MaxValue);
            for (var train = 0; train < data.Train.Count; train++)
            {
                var distance = SquaredDistance(data.Test.Pixels(test), data.Train.Pixels(train));
                if (distance < best)
                    (nearest, best) = (train, distance);
            }
            right += data.Train.Label(nearest) == data.Test.Label(test) ? 1 : 0;
        }
        Assert.InRange(right / (double)data.Test.Count, 0.85, 1.0);
    }

    [Fact]
    public void The_amount_of_ink_does_not_tell_rectangles_from_circles()
    {
        var set = Shapes.Generate(4, 4000, 0).Train;
        var ink = new double[2];
        for (var index = 0; index < set.Count; index++)
            foreach (var pixel in set.Pixels(index))
                ink[set.Label(index)] += pixel;
        Assert.InRange(ink[0] / ink[1], 0.95, 1.05);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(28)]
    [InlineData(57)]
    public void Shapes_lie_within_images_of_any_size(int size)
    {
        var set = Shapes.Generate(2, 200, 0, size).Train;
        Assert.Equal((size, size), (set.Height, set.Width));
        for (var index = 0; index < set.Count; index++)
        {
            var pixels = set.Pixels(index);
            var (ink, edge) = (0, 0);
            for (var place = 0; place < pixels.Length; place++)
            {
                // Noise stays below 13, the dimmest shape is 110.
                var drawn = pixels[place] > 60;
                ink += drawn ? 1 : 0;
                if (place % size == 0 || place % size == size - 1 || place / size == 0 || place / size == size - 1)
                    edge += drawn ? 1 : 0;
            }
            Assert.Equal(0, edge);
            Assert.InRange(ink, size, size * size / 2);
        }
    }

    [Fact]
    public void Counts_sizes_and_threads_out_of_range_are_refused()
    {
        Assert.Contains("number of training images is -1", DataImageSetTests.Refused(() => Glyphs.Generate(0, -1, 0)), StringComparison.Ordinal);
        Assert.Contains("number of test images is 2147483647", DataImageSetTests.Refused(() => Glyphs.Generate(0, 0, int.MaxValue)), StringComparison.Ordinal);
        Assert.Contains("number of threads is -2", DataImageSetTests.Refused(() => Glyphs.Generate(0, 1, 1, -2)), StringComparison.Ordinal);
        Assert.Equal("size of the shape images is 15; allowed: 16 to 1024", DataImageSetTests.Refused(() => Shapes.Generate(0, 1, 1, 15)));
        Assert.Equal(0, Glyphs.Generate(0, 0, 0).Train.Count);
    }

    static long SquaredDistance(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var sum = 0;
        for (var index = 0; index < left.Length; index++)
        {
            var difference = left[index] - right[index];
            sum += difference * difference;
        }
        return sum;
    }
}
