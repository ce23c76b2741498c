using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Testing;
using Xunit;
using Xunit.Abstractions;

namespace Lepton.Neuro.Encoders.Tests;

public sealed class DataPictureTests(ITestOutputHelper output)
{
    static readonly (int Colour, int Depth)[] Kinds = [(0, 1), (0, 2), (0, 4), (0, 8), (0, 16), (2, 8), (2, 16), (3, 1), (3, 2), (3, 4), (3, 8), (4, 8), (4, 16), (6, 8), (6, 16)];

    [Fact]
    public void Every_kind_of_PNG_gives_the_pixels_that_were_packed() =>
        Properties.Holds(
            from kind in Gen.Elements(Kinds)
            from width in Gen.Choose(1, 20)
            from height in Gen.Choose(1, 20)
            from interlaced in Gen.Elements(true, false)
            from transparent in Gen.Elements(true, false)
            from seed in Gen.Choose(0, int.MaxValue)
            select (kind, width, height, interlaced, transparent, seed),
            given =>
            {
                var (colour, depth) = given.kind;
                var (file, samples, palette, transparency) = Png(given.width, given.height, colour, depth, given.interlaced, given.transparent, given.seed);
                var picture = Picture.Parse(file, "a.png");
                int count = Samples(colour), area = given.width * given.height;
                Assert.Equal((given.width, given.height), (picture.Width, picture.Height));
                Assert.Equal((colour == 3 ? 3 : count) + (transparency is null ? 0 : 1), picture.Channels);
                for (int pixel = 0; pixel < area; pixel++)
                {
                    if (colour == 3)
                    {
                        int index = samples[pixel];
                        for (int c = 0; c < 3; c++) Assert.Equal(palette![(3 * index) + c] / 255f, picture.Channel(c)[pixel]);
                        if (transparency is not null) Assert.Equal(index < transparency.Length ? transparency[index] / 255f : 1, picture.Channel(3)[pixel]);
                        continue;
                    }
                    for (int c = 0; c < count; c++) Assert.Equal(samples[(pixel * count) + c] / (float)((1 << depth) - 1), picture.Channel(c)[pixel]);
                    if (transparency is not null)
                    {
                        bool clear = Enumerable.Range(0, count).All(c => samples[(pixel * count) + c] == BinaryPrimitives.ReadUInt16BigEndian(transparency.AsSpan(2 * c)));
                        Assert.Equal(clear ? 0f : 1f, picture.Channel(count)[pixel]);
                    }
                }
            }, 400);

    [Fact]
    public void Damaged_pictures_give_a_picture_or_one_clear_error()
    {
        byte[][] examples = [.. Kinds.Select((k, i) => Png(9, 7, k.Colour, k.Depth, i % 2 == 0, true, i).File), .. Netpbm().Select(n => n.File)];
        Properties.Holds(
            from which in Gen.Choose(0, examples.Length - 1)
            from cut in Gen.Choose(0, 3 * examples[which].Length)
            from repair in Gen.Elements(true, false)
            from changes in Gen.ListOf(Gen.Choose(0, examples[which].Length - 1).SelectMany(at => Gen.Choose(0, 255).Select(value => (at, value))))
            select (which, cut, repair, changes),
            given =>
            {
                byte[] file = examples[given.which][..Math.Min(examples[given.which].Length, given.cut)];
                foreach (var (at, value) in given.changes.Take(4))
                    if (at < file.Length) file[at] = (byte)value;
                // With right checksums the damage gets past the first line of defence.
                if (given.repair) Repair(file);
                long before = GC.GetAllocatedBytesForCurrentThread();
                try
                {
                    Picture.Parse(file, "a.png");
                }
                catch (InvalidInputException refusal)
                {
                    Assert.StartsWith("a.png", refusal.Message, StringComparison.Ordinal);
                    Assert.DoesNotContain('\n', refusal.Message);
                }
                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 23);
            }, 2000);
    }

    [Fact]
    public void Compressed_data_that_wants_a_dictionary_is_refused()
    {
        // 78 20 is a sound zlib header that asks for one.
        int at = 0;
        byte[] file = [];
        for (int seed = 0; file.Length == 0 || file[at] != 0x78; seed++)
        {
            file = Png(9, 7, 0, 8, false, false, seed).File;
            at = file.AsSpan().IndexOf("IDAT"u8) + 4;
        }
        (file[at], file[at + 1]) = (0x78, 0x20);
        Repair(file);
        Assert.Contains("allowed: a zlib stream", Assert.Throws<InvalidInputException>(() => Picture.Parse(file, "a.png")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Written_pictures_are_read_back() =>
        Properties.Holds(
            from width in Gen.Choose(1, 9)
            from height in Gen.Choose(1, 9)
            from kind in Gen.Elements((".png", 1), (".png", 2), (".png", 3), (".png", 4), (".pgm", 1), (".ppm", 3))
            from seed in Gen.Choose(0, 1 << 20)
            select (width, height, kind, seed),
            given =>
            {
                var random = new System.Random(given.seed);
                var values = Enumerable.Range(0, given.width * given.height * given.kind.Item2).Select(_ => random.Next(256) / 255f).ToArray();
                string path = Path.Combine(Path.GetTempPath(), $"lepton-{Guid.NewGuid():N}{given.kind.Item1}");
                Picture.Create(given.width, given.height, given.kind.Item2, values).Write(path);
                var read = Picture.Read(path);
                File.Delete(path);
                Assert.Equal((given.width, given.height, given.kind.Item2), (read.Width, read.Height, read.Channels));
                Assert.Equal(values, read.Values.ToArray());
            });

    [Fact]
    public void A_file_that_cannot_be_read_or_written_is_refused_by_its_path()
    {
        string missing = Path.Combine(Path.GetTempPath(), $"lepton-{Guid.NewGuid():N}");
        foreach (Action read in new Action[]
        {
            () => Picture.Read(missing), () => NpyFile.Read(missing), () => Cifar10File.Read(missing), () => TableFile.Open(missing), () => TableFile.Read(missing),
        })
        {
            string message = Assert.Throws<InvalidInputException>(read).Message;
            Assert.StartsWith($"{missing} cannot be read (", message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', message);
        }
        Assert.Contains("the number of CIFAR-10 batches is 0", Assert.Throws<InvalidInputException>(() => Cifar10File.Read()).Message, StringComparison.Ordinal);
        Refused(1, Path.Combine(missing, "a.png"), "cannot be written");
        Refused(5, "a.png", "a.png: the channels is 5; allowed: 1 to 4");
        Refused(3, "a.pgm", "a.pgm: the channels is 3; allowed: 1");
        Refused(1, "a.ppm", "a.ppm: the channels is 1; allowed: 3");
        Refused(1, "a.bmp", ".png, .pgm or .ppm");
        Assert.Contains("the samples of a picture is 5; allowed: 6", Assert.Throws<InvalidInputException>(() => Picture.ToPng(1, 2, 3, new byte[5])).Message, StringComparison.Ordinal);
        byte[] samples = [1, 2, 3, 4, 5, 6];
        // Pixel by pixel in the file, channel by channel in memory.
        Assert.Equal(new[] { 1, 4, 2, 5, 3, 6 }.Select(s => s / 255f), Picture.Parse(Picture.ToPng(1, 2, 3, samples), "a.png").Values.ToArray());

        static void Refused(int channels, string path, string part) =>
            Assert.Contains(part, Assert.Throws<InvalidInputException>(() => Picture.Create(1, 1, channels, new float[channels]).Write(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Netpbm_of_every_kind_is_read_as_its_manual_says()
    {
        foreach (var (file, channels, expected) in Netpbm())
        {
            var picture = Picture.Parse(file, "a.pnm");
            Assert.Equal((2, 2, channels), (picture.Width, picture.Height, picture.Channels));
            Assert.Equal(expected, picture.Values.ToArray());
        }
        foreach (string wrong in new[] { "P2 2 2 9 1 2 3", "P2 2 2 9 1 2 3 10", "P2 0 2 9 ", "P2 2 2 70000 1 1 1 1", "P5 2 2 255\nabc", "P5 2 2 255\nabcde", "P1 2 2 0 1 2 0", "P2 2 2 9 1 2 3 4 5", "P9", "" })
            Assert.Throws<InvalidInputException>(() => Picture.Parse(Encoding.ASCII.GetBytes(wrong), "a.pnm"));
    }

    [Fact]
    public void The_shared_pictures_are_read_with_their_published_sizes()
    {
        if (Shared("images") is not { } folder) return;
        foreach (var (name, width, height, channels) in new[]
        {
            ("astronaut", 512, 512, 3), ("camera", 512, 512, 1), ("cell", 550, 660, 1), ("chelsea", 451, 300, 3), ("coffee", 600, 400, 3), ("coins", 384, 303, 1), ("horse", 400, 328, 4), ("text", 448, 172, 1),
        })
        {
            var picture = Picture.Read(Path.Combine(folder, name + ".png"));
            Assert.Equal((name, width, height, channels), (name, picture.Width, picture.Height, picture.Channels));
        }
        Assert.Throws<InvalidInputException>(() => Picture.Read(Path.Combine(folder, "rocket.jpg")));
    }

    [Fact]
    public void CIFAR_10_is_read_and_damage_is_refused()
    {
        var two = new byte[2 * 3073];
        for (int i = 0; i < two.Length; i++) two[i] = (byte)(i * 7);
        (two[0], two[3073]) = (3, 9);
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(two);
        foreach (var bytes in new[] { two, packed.ToArray() })
        {
            var set = Cifar10File.Read(new MemoryStream(bytes), "batch");
            Assert.Equal((2, 3, 9, "cat"), (set.Count, set.Label(0), set.Label(1), set.ClassNames[set.Label(0)]));
            Assert.Equal(two[1..3073], set.Pixels(0).ToArray());
            Assert.Equal(two[3074..], set.Pixels(1).ToArray());
        }
        Assert.Contains("byte 3073: a record is 99 bytes", Assert.Throws<InvalidInputException>(() => Cifar10File.Read(new MemoryStream(two[..3172]), "batch")).Message, StringComparison.Ordinal);
        two[3073] = 10;
        Assert.Contains("byte 3073: a label is 10", Assert.Throws<InvalidInputException>(() => Cifar10File.Read(new MemoryStream(two), "batch")).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidInputException>(() => Cifar10File.Read(new MemoryStream(), "batch"));
        if (Shared("cifar-10") is not { } folder) return;
        var test = Cifar10File.Read(Path.Combine(folder, "test_batch.bin.gz"));
        Assert.Equal(Enumerable.Repeat(1000, 10), test.CountsPerClass());
    }

    static IEnumerable<(byte[] File, int Channels, float[] Expected)> Netpbm()
    {
        yield return ([.. "P1\n# black is 1\n2 2\n10\n0 1\n"u8], 1, [0, 1, 1, 0]);
        yield return ([.. "P2 2 2 4 0 1 2 4"u8], 1, [0, 0.25f, 0.5f, 1]);
        yield return ([.. "P3 2 2 2\n0 1 2  2 1 0\n0 0 0  2 2 2\n"u8], 3, [0, 1, 0, 1, 0.5f, 0.5f, 0, 1, 1, 0, 0, 1]);
        yield return ([.. "P4 2 2\n"u8, 0x80, 0x40], 1, [0, 1, 1, 0]);
        yield return ([.. "P5 2 2 255\n"u8, 0, 51, 102, 255], 1, [0, 51 / 255f, 102 / 255f, 1]);
        yield return ([.. "P5 2 2 65535\n"u8, 0, 0, 0, 1, 1, 0, 255, 255], 1, [0, 1 / 65535f, 256 / 65535f, 1]);
        yield return ([.. "P6 2 2 255\n"u8, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], 3, [0, 3 / 255f, 6 / 255f, 9 / 255f, 1 / 255f, 4 / 255f, 7 / 255f, 10 / 255f, 2 / 255f, 5 / 255f, 8 / 255f, 11 / 255f]);
    }

    static int Samples(int colour) => colour switch { 0 or 3 => 1, 2 => 3, 4 => 2, _ => 4 };

    /// <summary>A PNG of random samples, with a random filter for each row: written from the specification, apart from the reader.</summary>
    static (byte[] File, int[] Samples, byte[]? Palette, byte[]? Transparency) Png(int width, int height, int colour, int depth, bool interlaced, bool transparent, int seed)
    {
        var random = new System.Random(seed);
        int count = Samples(colour), bits = count * depth, unit = Math.Max(1, bits / 8);
        var samples = new int[width * height * count];
        for (int i = 0; i < samples.Length; i++) samples[i] = random.Next(1 << Math.Min(depth, random.Next(1, 17)));
        byte[]? palette = null, transparency = null;
        if (colour == 3) random.NextBytes(palette = new byte[3 << depth]);
        if (transparent && colour == 3) random.NextBytes(transparency = new byte[random.Next(1, (1 << depth) + 1)]);
        // The first pixel's colour is the clear one.
        if (transparent && colour is (0 or 2)) transparency = [.. Enumerable.Range(0, count).SelectMany(c => (byte[])[(byte)(samples[c] >> 8), (byte)samples[c]])];

        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            string[] pattern = ["16462646", "77777777", "56565656", "77777777", "36463646", "77777777", "56565656", "77777777"];
            for (char pass = '1'; pass <= (interlaced ? '7' : '1'); pass++)
            {
                byte[] before = [];
                for (int y = 0; y < height; y++)
                {
                    var columns = Enumerable.Range(0, width).Where(x => !interlaced || pattern[y % 8][x % 8] == pass).ToArray();
                    if (columns.Length == 0) continue;
                    var row = new byte[((columns.Length * bits) + 7) / 8];
                    for (int i = 0; i < columns.Length * count; i++)
                    {
                        int sample = samples[(((y * width) + columns[i / count]) * count) + (i % count)];
                        if (depth == 16) BinaryPrimitives.WriteUInt16BigEndian(row.AsSpan(2 * i), (ushort)sample);
                        else row[i * depth / 8] |= (byte)(sample << (8 - depth - (i * depth % 8)));
                    }
                    if (before.Length == 0) before = new byte[row.Length];
                    int filter = random.Next(5);
                    zlib.WriteByte((byte)filter);
                    for (int i = 0; i < row.Length; i++)
                    {
                        int a = i >= unit ? row[i - unit] : 0, b = before[i], c = i >= unit ? before[i - unit] : 0;
                        int[] near = [a, b, c];
                        int guess = filter switch { 0 => 0, 1 => a, 2 => b, 3 => (a + b) / 2, _ => near.MinBy(n => Math.Abs(a + b - c - n)) };
                        zlib.WriteByte((byte)(row[i] - guess));
                    }
                    before = row;
                }
            }
        }
        byte[] data = packed.ToArray();
        int half = random.Next(data.Length);
        byte[] file = [0x89, .. "PNG\r\n"u8, 26, 10,
            .. Chunk("IHDR", [.. Big(width), .. Big(height), (byte)depth, (byte)colour, 0, 0, interlaced ? (byte)1 : (byte)0]),
            .. Chunk("gAMA", [0, 0, 1, 2]),
            .. palette is null ? [] : Chunk("PLTE", palette),
            .. transparency is null ? [] : Chunk("tRNS", transparency),
            .. Chunk("IDAT", data[..half]), .. Chunk("IDAT", data[half..]), .. Chunk("IEND", [])];
        return (file, samples, palette, transparency);
    }

    static byte[] Big(int value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];

    static byte[] Chunk(string type, byte[] body)
    {
        byte[] named = [.. Encoding.ASCII.GetBytes(type), .. body];
        return [.. Big(body.Length), .. named, .. Big((int)Crc(named))];
    }

    static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint sum = uint.MaxValue;
        foreach (byte value in bytes)
        {
            sum ^= value;
            for (int bit = 0; bit < 8; bit++) sum = (sum >> 1) ^ ((sum & 1) * 0xEDB88320);
        }
        return ~sum;
    }

    static void Repair(byte[] file)
    {
        for (long at = 8; at + 12 <= file.Length;)
        {
            long length = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan((int)at));
            if (at + 12 + length > file.Length) return;
            BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan((int)(at + 8 + length)), Crc(file.AsSpan((int)at + 4, (int)length + 4)));
            at += 12 + length;
        }
    }

    string? Shared(string name)
    {
        var root = Environment.GetEnvironmentVariable("LEPTON_DATA");
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); root is null && folder is not null; folder = folder.Parent)
            if (Directory.Exists(Path.Combine(folder.FullName, "shared", "data")))
                root = Path.Combine(folder.FullName, "shared", "data");
        if (root is not null && Directory.Exists(Path.Combine(root, name))) return Path.Combine(root, name);
        output.WriteLine($"Not checked: no folder {name}; set LEPTON_DATA to the folder that holds it.");
        return null;
    }
}
