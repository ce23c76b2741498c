using FsCheck;
using FsCheck.Fluent;
using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Testing;
using Xunit;

namespace Lepton.Neuro.Encoders.Tests;

public sealed class DataImageSetTests
{
    static readonly string[] Names = ["a", "b", "c"];

    /// <summary>Image i is filled with i; its label is i modulo 3.</summary>
    internal static ImageSet Numbered(int count) => ImageSet.Create(
        2, 3, 1,
        Enumerable.Range(0, count * 6).Select(index => (byte)(index / 6)).ToArray(),
        Enumerable.Range(0, count).Select(index => (byte)(index % 3)).ToArray(),
        Names, "numbered");

    static int[] Contents(ImageSet set) => Enumerable.Range(0, set.Count).Select(index => (int)set.Pixels(index)[0]).ToArray();

    [Fact]
    public void Take_split_and_shuffle_keep_every_image_with_its_label() =>
        Properties.Holds(
            from count in Gen.Choose(0, 200)
            from part in Gen.Choose(0, count)
            from seed in Gen.Choose(0, 1000)
            select (count, part, seed),
            given =>
            {
                var set = Numbered(given.count);
                var shuffled = set.Shuffle((ulong)given.seed);
                var (first, remainder) = shuffled.Split(given.part);
                Assert.Equal(given.part, first.Count);
                Assert.Equal(Contents(shuffled), Contents(first).Concat(Contents(remainder)));
                Assert.Equal(Contents(first), Contents(shuffled.Take(given.part)));
                Assert.Equal(Enumerable.Range(0, given.count), Contents(shuffled).Order());
                for (var index = 0; index < shuffled.Count; index++)
                {
                    Assert.Equal(shuffled.Pixels(index)[0] % 3, shuffled.Label(index));
                    Assert.All(shuffled.Pixels(index).ToArray(), pixel => Assert.Equal(shuffled.Pixels(index)[0], pixel));
                }
                Assert.Equal(set.CountsPerClass(), shuffled.CountsPerClass());
            });

    [Fact]
    public void A_shuffle_depends_on_its_seed_alone()
    {
        var set = Numbered(100);
        Assert.Equal(Contents(set.Shuffle(5)), Contents(Numbered(100).Shuffle(5)));
        Assert.NotEqual(Contents(set.Shuffle(5)), Contents(set.Shuffle(6)));
        Assert.NotEqual(Contents(set), Contents(set.Shuffle(5)));
    }

    [Fact]
    public void Shuffling_puts_every_image_everywhere_equally_often()
    {
        const int Images = 5, Shuffles = 5000;
        var seen = new int[Images, Images];
        for (var seed = 0; seed < Shuffles; seed++)
        {
            var contents = Contents(Numbered(Images).Shuffle((ulong)seed));
            for (var place = 0; place < Images; place++)
                seen[place, contents[place]]++;
        }
        // Binomial with mean 1000 and deviation 28: six deviations either way, and the seeds are fixed.
        foreach (var count in seen)
            Assert.InRange(count, 830, 1170);
    }

    [Fact]
    public void A_set_does_not_change_when_the_arrays_it_came_from_do()
    {
        byte[] pixels = [1, 2, 3, 4], labels = [0, 2];
        string[] names = ["x", "y", "z"];
        var set = ImageSet.Create(1, 2, 1, pixels, labels, names, "");
        pixels[0] = 9;
        labels[1] = 1;
        names[0] = "changed";
        Assert.Equal([1, 2], set.Pixels(0).ToArray());
        Assert.Equal(2, set.Label(1));
        Assert.Equal("x", set.ClassNames[0]);
    }

    [Fact]
    public void Select_takes_images_in_the_order_asked_for()
    {
        Assert.Equal([7, 0, 7], Contents(Numbered(8).Select([7, 0, 7])));
        Assert.Contains("index of an image to select is 8", Refused(() => Numbered(8).Select([8])), StringComparison.Ordinal);
    }

    [Fact]
    public void Provenance_tells_what_was_done()
    {
        var provenance = Numbered(9).Shuffle(4).Take(2).Provenance;
        Assert.Equal("numbered; shuffled with seed 4; first 2 of 9", provenance);
    }

    [Fact]
    public void What_cannot_be_a_set_is_refused_in_one_line()
    {
        Assert.Equal("image height is 0; allowed: 1 or more", Refused(() => ImageSet.Create(0, 1, 1, [], [], Names, "")));
        Assert.Equal("number of class names is 0; allowed: 1 to 256", Refused(() => ImageSet.Create(1, 1, 1, [], [], [], "")));
        Assert.Equal("label of image 1 is 3; allowed: 0 to 2", Refused(() => ImageSet.Create(1, 1, 1, [0, 0], [0, 3], Names, "")));
        Assert.Equal(
            "number of pixel bytes is 3; allowed: 2 labels x 1 channels x 1 rows x 1 columns",
            Refused(() => ImageSet.Create(1, 1, 1, [0, 0, 0], [0, 0], Names, "")));
        Assert.Equal("number of images to take is 10; allowed: 0 to 9", Refused(() => Numbered(9).Take(10)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Numbered(9).Label(9));
        Assert.Throws<ArgumentOutOfRangeException>(() => Numbered(9).Pixels(-1).Length);
    }

    internal static string Refused(Func<object> action)
    {
        var message = Assert.Throws<InvalidInputException>(action).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }
}
