using System.IO.Compression;
using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Encoders.Preprocessing;
using Lepton.Neuro.Testing;
using Xunit;
using Xunit.Abstractions;

namespace Lepton.Neuro.Encoders.Tests;

public sealed class DataIdxTests(ITestOutputHelper output) : IDisposable
{
    static readonly byte[] TwoImages = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
    static readonly byte[] TwoLabels = [0, 0, 8, 1, 0, 0, 0, 2, 9, 3];

    readonly string _folder = Directory.CreateTempSubdirectory("lepton-idx-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Bytes_of_the_published_format_are_read_as_it_says()
    {
        foreach (var (images, labels) in new[] { (TwoImages, TwoLabels), (Gzip(TwoImages), Gzip(TwoLabels)), (TwoImages, Gzip(TwoLabels)) })
        {
            var set = Parse(images, labels);
            Assert.Equal((2, 2, 3, 1, 10), (set.Count, set.Height, set.Width, set.Channels, set.Classes));
            Assert.Equal([1, 2, 3, 4, 5, 6], set.Pixels(0).ToArray());
            Assert.Equal([7, 8, 9, 10, 11, 12], set.Pixels(1).ToArray());
            Assert.Equal((9, 3), (set.Label(0), set.Label(1)));
        }
    }

    [Fact]
    public void The_real_MNIST_is_read_exactly()
    {
        if (Shared("mnist") is not { } folder)
            return;
        var data = IdxFolder.Load(folder);
        Assert.Equal("mnist", data.Name);
        Assert.Equal([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949], data.Train.CountsPerClass());
        Assert.Equal([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009], data.Test.CountsPerClass());
        Assert.Equal([5, 0, 4, 1, 9], Enumerable.Range(0, 5).Select(data.Train.Label));
        Assert.Equal([7, 2, 1, 0, 4], Enumerable.Range(0, 5).Select(data.Test.Label));
        // The mean and deviation that everybody subtracts and divides by.
        var standardize = new Standardize().Fit(data.Train);
        Assert.Equal((0.1307, 0.3081), (Math.Round(standardize.Mean[0], 4), Math.Round(standardize.Deviation[0], 4)));
        // The md5 of the raw training file is in the provenance of the data: writing what was read must give those very bytes.
        var rewritten = Path.Combine(_folder, "images");
        IdxFile.WriteImages(rewritten, data.Train);
#pragma warning disable CA5351 // md5 is what the published digest is.
        Assert.Equal("6bbc9ace898e44ae57da46a324031adb", Convert.ToHexStringLower(MD5.HashData(File.ReadAllBytes(rewritten))));
#pragma warning restore CA5351
    }

    [Fact]
    public void The_real_Fashion_MNIST_has_as_many_images_of_every_class()
    {
        if (Shared("fashion-mnist") is not { } folder)
            return;
        var data = IdxFolder.Load(folder, IdxFolder.FashionMnistClassNames);
        Assert.All(data.Train.CountsPerClass(), count => Assert.Equal(6000, count));
        Assert.All(data.Test.CountsPerClass(), count => Assert.Equal(1000, count));
        Assert.Equal("Ankle boot", data.Train.ClassNames[data.Train.Label(0)]);
    }

    [Fact]
    public void Written_folders_are_read_back() =>
        Properties.Holds(
            from train in Sets()
            from test in Gen.Choose(0, 9)
            from gzip in Gen.Elements(true, false)
            select (train, test: train.Take(Math.Min(test, train.Count)), gzip),
            given =>
            {
                var folder = Path.Combine(_folder, Guid.NewGuid().ToString("N"));
                IdxFolder.Save(folder, new ImageData(given.train, given.test, "", ""), given.gzip);
                Assert.Equal(4, Directory.GetFiles(folder, given.gzip ? "*-ubyte.gz" : "*-ubyte").Length);
                Assert.Equal(4, Directory.GetFiles(folder).Length);
                var data = IdxFolder.Load(folder, given.train.ClassNames);
                AssertSame(given.train, data.Train);
                AssertSame(given.test, data.Test);
            });

    [Fact]
    public void Writing_replaces_what_was_there_and_leaves_nothing_behind_when_it_fails()
    {
        var path = Path.Combine(_folder, "labels");
        File.WriteAllText(path, "something older and longer than the labels");
        IdxFile.WriteLabels(path, Parse(TwoImages, TwoLabels));
        Assert.Equal(TwoLabels, File.ReadAllBytes(path));
        Assert.Single(Directory.GetFiles(_folder));

        var color = ImageSet.Create(1, 1, 3, [1, 2, 3], [0], ["a"], "");
        Assert.Contains("channels of the images is 3; allowed: 1", Refused(() => IdxFile.WriteImages(path, color)), StringComparison.Ordinal);
        Assert.Contains("cannot be written", Refused(() => IdxFile.WriteLabels(Path.Combine(_folder, "absent", "labels"), color)), StringComparison.Ordinal);
        Directory.CreateDirectory(Path.Combine(_folder, "taken"));
        Assert.Contains("cannot be written", Refused(() => IdxFile.WriteLabels(Path.Combine(_folder, "taken"), color)), StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(_folder));
        Assert.Contains("cannot be created", Refused(() => IdxFolder.Save(path, new ImageData(color, color, "", ""))), StringComparison.Ordinal);
    }

    [Fact]
    public void Each_kind_of_damage_has_its_own_line()
    {
        Assert.Equal("images: magic number is 2049; allowed: 2051 (unsigned bytes in 3 dimensions)", Wrong(With(TwoImages, 3, 1), TwoLabels));
        Assert.Equal("labels: magic number is 2051; allowed: 2049 (unsigned bytes in 1 dimension)", Wrong(TwoImages, TwoImages));
        Assert.Equal("images: magic number is 3331; allowed: 2051 (unsigned bytes in 3 dimensions)", Wrong(With(TwoImages, 2, 13), TwoLabels));
        Assert.Equal("images: length is 0 bytes, truncated; allowed: 16 bytes of header and the data", Wrong([], TwoLabels));
        Assert.Equal("images: length is 11 bytes, truncated; allowed: 16 bytes of header and the data", Wrong(TwoImages[..11], TwoLabels));
        Assert.Equal("images: data of 2 x 2 x 3 bytes is 12; allowed: 11, the bytes after the header (is the file truncated?)", Wrong(TwoImages[..^1], TwoLabels));
        Assert.Equal("images: length is more than its dimensions declare; allowed: 16 bytes of header and 12 of data", Wrong([.. TwoImages, 0], TwoLabels));
        Assert.Equal("images: dimension 2 is 0; allowed: 1 to 2147483647", Wrong(With(TwoImages, 11, 0), TwoLabels));
        Assert.Equal("images: dimension 1 is 4278190082; allowed: 0 to 2147483647", Wrong(With(TwoImages, 4, 255), TwoLabels));
        Assert.Equal("labels: number of labels is 1; allowed: 2, the number of images in images", Wrong(TwoImages, With(TwoLabels, 7, 1)[..^1]));
        Assert.Equal("labels: label 0 is 10; allowed: 0 to 9", Wrong(TwoImages, With(TwoLabels, 8, 10)));
    }

    [Fact]
    public void A_gzip_layer_cut_or_lengthened_anywhere_is_refused()
    {
        var whole = Gzip(TwoImages);
        for (var length = 2; length < whole.Length; length++)
            Assert.StartsWith("images: ", Wrong(whole[..length], TwoLabels), StringComparison.Ordinal);
        Assert.Contains("followed by other bytes", Wrong([.. whole, 7], TwoLabels), StringComparison.Ordinal);
        Assert.Contains("more than its dimensions", Wrong([.. whole, .. whole], TwoLabels), StringComparison.Ordinal);
        Assert.Contains("gzip data is damaged", Wrong(With(whole, whole.Length - 6, (byte)(whole[^6] ^ 1)), TwoLabels), StringComparison.Ordinal);
        Assert.Contains("truncated after 11", Wrong(Gzip(TwoImages[..^1]), TwoLabels), StringComparison.Ordinal);
    }

    [Fact]
    public void Declared_sizes_get_no_memory_before_there_are_bytes()
    {
        var plain = With(With(With(TwoImages, 5, 120), 9, 120), 13, 120);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Wrong(plain, TwoLabels);
        Wrong(Gzip(plain), TwoLabels);
        // A long run of zeros makes a file whose size would allow for some hundred times as much.
        Wrong(Gzip([.. With(TwoImages, 5, 1), .. new byte[100_000]]), TwoLabels);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 << 20);
    }

    [Fact]
    public void Mutated_files_give_a_set_or_one_refusal() =>
        Properties.Holds(
            from gzip in Gen.Elements(true, false)
            from images in Mutations(gzip ? Gzip(TwoImages) : TwoImages)
            from labels in Mutations(gzip ? Gzip(TwoLabels) : TwoLabels)
            select (images, labels),
            given =>
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                try
                {
                    var set = Parse(given.images, given.labels);
                    for (var index = 0; index < set.Count; index++)
                    {
                        Assert.Equal(set.ImageSize, set.Pixels(index).Length);
                        Assert.InRange(set.Label(index), 0, 9);
                    }
                }
                catch (InvalidInputException refusal)
                {
                    Assert.DoesNotContain('\n', refusal.Message);
                    Assert.Contains("allowed:", refusal.Message, StringComparison.Ordinal);
                }
                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 << 20);
            },
            3000);

    [Fact]
    public void Missing_folders_and_files_are_named()
    {
        Assert.Contains("folder " + Path.Combine(_folder, "no"), Refused(() => IdxFolder.Load(Path.Combine(_folder, "no"))), StringComparison.Ordinal);
        var set = Parse(TwoImages, TwoLabels);
        IdxFolder.Save(_folder, new ImageData(set, set, "", ""));
        foreach (var file in Directory.GetFiles(_folder))
        {
            File.Move(file, file + ".away");
            var plain = Path.GetFileNameWithoutExtension(file);
            Assert.Equal($"file {plain} in {_folder} is missing; allowed: {plain} or {plain}.gz", Refused(() => IdxFolder.Load(_folder)));
            File.Move(file + ".away", file);
        }
        Assert.Contains("cannot be read", Refused(() => IdxFile.ReadImages(Path.Combine(_folder, "x"), Path.Combine(_folder, "y"), ["a"])), StringComparison.Ordinal);
    }

    [Fact]
    public void Training_and_test_images_must_be_of_one_size()
    {
        var set = Parse(TwoImages, TwoLabels);
        var turned = ImageSet.Create(3, 2, 1, TwoImages.AsSpan(16), [9, 3], set.ClassNames, "");
        IdxFolder.Save(_folder, new ImageData(set, turned, "", ""), gzip: false);
        Assert.Equal(
            "t10k-images-idx3-ubyte: size of the images is 3 x 2; allowed: 2 x 3, that of train-images-idx3-ubyte",
            Refused(() => IdxFolder.Load(_folder)));
    }

    static ImageSet Parse(byte[] images, byte[] labels) => IdxFile.Parse(images, "images", labels, "labels", IdxFolder.MnistClassNames);

    static string Wrong(byte[] images, byte[] labels) => Refused(() => Parse(images, labels));

    static string Refused(Action action) => DataImageSetTests.Refused(() =>
    {
        action();
        return "";
    });

    static byte[] With(byte[] file, int index, byte value)
    {
        var copy = (byte[])file.Clone();
        copy[index] = value;
        return copy;
    }

    static byte[] Gzip(byte[] content)
    {
        var result = new MemoryStream();
        using (var gzip = new GZipStream(result, CompressionLevel.Optimal))
            gzip.Write(content);
        return result.ToArray();
    }

    static Gen<ImageSet> Sets() =>
        from count in Gen.Choose(0, 20)
        from height in Gen.Choose(1, 9)
        from width in Gen.Choose(1, 9)
        from classes in Gen.Choose(1, 256)
        from seed in Gen.Choose(0, int.MaxValue)
        select Filled(count, height, width, classes, new System.Random(seed));

    static ImageSet Filled(int count, int height, int width, int classes, System.Random random)
    {
        var pixels = new byte[count * height * width];
        random.NextBytes(pixels);
        var labels = Enumerable.Range(0, count).Select(_ => (byte)random.Next(classes)).ToArray();
        return ImageSet.Create(height, width, 1, pixels, labels, Enumerable.Range(0, classes).Select(name => $"class {name}"), "");
    }

    static Gen<byte[]> Mutations(byte[] file) =>
        from cut in Gen.Frequency((3, Gen.Constant(file.Length)), (1, Gen.Choose(0, file.Length)))
        from tail in Gen.Frequency((3, Gen.Constant(0)), (1, Gen.Choose(1, 40)))
        from changes in Gen.Choose(0, 4)
        from seed in Gen.Choose(0, int.MaxValue)
        select Mutate(file, cut, tail, changes, new System.Random(seed));

    static byte[] Mutate(byte[] file, int cut, int tail, int changes, System.Random random)
    {
        var added = new byte[tail];
        random.NextBytes(added);
        byte[] result = [.. file[..cut], .. added];
        for (var change = 0; change < changes && result.Length > 0; change++)
            result[random.Next(result.Length)] = (byte)random.Next(256);
        return result;
    }

    static void AssertSame(ImageSet expected, ImageSet actual)
    {
        Assert.Equal((expected.Count, expected.Height, expected.Width, expected.Channels), (actual.Count, actual.Height, actual.Width, actual.Channels));
        Assert.Equal(expected.ClassNames, actual.ClassNames);
        for (var index = 0; index < expected.Count; index++)
        {
            Assert.Equal(expected.Label(index), actual.Label(index));
            Assert.Equal(expected.Pixels(index).ToArray(), actual.Pixels(index).ToArray());
        }
    }

    string? Shared(string name)
    {
        var root = Environment.GetEnvironmentVariable("LEPTON_DATA");
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); root is null && folder is not null; folder = folder.Parent)
            if (Directory.Exists(Path.Combine(folder.FullName, "shared", "data")))
                root = Path.Combine(folder.FullName, "shared", "data");
        if (root is not null && Directory.Exists(Path.Combine(root, name)))
            return Path.Combine(root, name);
        output.WriteLine($"Not checked: no folder {name}; set LEPTON_DATA to the folder that holds it.");
        return null;
    }
}
