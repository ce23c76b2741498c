using System.Globalization;
using System.IO.Compression;
using System.Text;
using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Encoders.Events;
using Xunit;
using Xunit.Abstractions;

namespace Lepton.Neuro.Encoders.Tests;

/// <summary>Each reader is given mutated and truncated files: it gives what it reads or one clear error, within 256 MB. <c>LEPTON_FUZZ=100000</c> sets how many each is given, and
/// <c>LEPTON_FUZZ_SEED</c> which.</summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    const long MostBytes = 256_000_000;

    static readonly int Count = Number("LEPTON_FUZZ", 600);
    static readonly int Seed = Number("LEPTON_FUZZ_SEED", 1);

    public static TheoryData<string> Readers => [.. EventFileTests.AllExamples().Select(e => e.Name), .. Others().Select(o => o.Name)];

    [Theory]
    [MemberData(nameof(Readers))]
    public void Damaged_files_give_content_or_one_clear_error(string name)
    {
        var (example, read) = EventFileTests.AllExamples().FirstOrDefault(e => e.Name == name) is { Bytes: not null } recording
            ? (recording.Bytes, file => ReadEvents(file, name)) : Others().First(o => o.Name == name) is var other ? (other.Bytes, other.Read) : default;
        read!(example!);
        var random = new System.Random(Seed);
        long most = 0, good = 0;
        double longest = 0;
        for (int i = 0; i < Count; i++)
        {
            byte[] file = Mutate(example!, random);
            long before = GC.GetAllocatedBytesForCurrentThread(), begin = System.Diagnostics.Stopwatch.GetTimestamp();
            try
            {
                read(file);
                good++;
            }
            catch (InvalidInputException refusal)
            {
                Assert.DoesNotContain('\n', refusal.Message);
                Assert.InRange(refusal.Message.Length, 10, 1000);
            }
            catch (Exception failure) when (failure is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"case {i} of seed {Seed} ({Convert.ToHexString(file)}): {failure}");
            }
            most = Math.Max(most, GC.GetAllocatedBytesForCurrentThread() - before);
            longest = Math.Max(longest, System.Diagnostics.Stopwatch.GetElapsedTime(begin).TotalSeconds);
            Assert.True(most < MostBytes, $"case {i} of seed {Seed} allocated {most} bytes");
        }
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {Count} files, {good} readable, at most {most / 1e6:0.0} MB, {longest:0.000} s"));
    }

    static byte[] Mutate(byte[] example, System.Random random)
    {
        var file = example.ToList();
        if (random.Next(3) == 0) file.RemoveRange(random.Next(file.Count + 1) is var cut && cut < file.Count ? cut : file.Count, file.Count - Math.Min(cut, file.Count));
        for (int changes = random.Next(5); changes > 0 && file.Count > 0; changes--)
        {
            int at = random.Next(file.Count);
            switch (random.Next(7))
            {
                case 0:
                    file[at] = (byte)random.Next(256);
                    break;
                case 1:
                    file[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    // What counts and lengths are worst at.
                    byte[] extreme = random.Next(3) switch { 0 => [255, 255, 255, 127], 1 => [255, 255, 255, 255], _ => [0, 0, 0, 128] };
                    for (int k = 0; k < 4 && at + k < file.Count; k++) file[at + k] = extreme[k];
                    break;
                case 3:
                    file.Insert(at, (byte)random.Next(256));
                    break;
                case 4:
                    file.RemoveAt(at);
                    break;
                case 5:
                    file.InsertRange(at, file.GetRange(at, Math.Min(random.Next(32), file.Count - at)));
                    break;
                default:
                    int from = random.Next(file.Count);
                    for (int k = 0; k < 8 && at + k < file.Count && from + k < file.Count; k++) file[at + k] = file[from + k];
                    break;
            }
        }
        return [.. file];
    }

    static void ReadEvents(byte[] file, string name)
    {
        using var reader = EventFile.Open(new MemoryStream(file), name);
        var chunk = new Event[256];
        long read = 0;
        for (int count = reader.Read(chunk); count > 0; count = reader.Read(chunk)) Assert.InRange(read += count, 0, 12L * file.Length);
    }

    static IEnumerable<(string Name, byte[] Bytes, Action<byte[]> Read)> Others()
    {
        var grey = Picture.Create(5, 4, 1, [.. Enumerable.Range(0, 20).Select(i => i / 19f)]);
        var colour = Picture.Create(3, 3, 3, [.. Enumerable.Range(0, 27).Select(i => i / 26f)]);
        yield return ("grey.png", Written(grey, ".png"), f => Picture.Parse(f, "grey.png"));
        yield return ("colour.png", Written(colour, ".png"), f => Picture.Parse(f, "colour.png"));
        yield return ("grey.pgm", Written(grey, ".pgm"), f => Picture.Parse(f, "grey.pgm"));
        yield return ("colour.ppm", Written(colour, ".ppm"), f => Picture.Parse(f, "colour.ppm"));
        yield return ("text.pbm", "P1\n# by hand\n4 2\n0 1 1 0\n1 0 0 1\n"u8.ToArray(), f => Picture.Parse(f, "text.pbm"));
        byte[] images = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], labels = [0, 0, 8, 1, 0, 0, 0, 2, 3, 7];
        yield return ("images.idx", images, f => IdxFile.Parse(f, "images.idx", labels, "labels.idx", IdxFolder.MnistClassNames));
        yield return ("images.idx.gz", Gzip(images), f => IdxFile.Parse(f, "images.idx.gz", labels, "labels.idx", IdxFolder.MnistClassNames));
        yield return ("labels.idx", labels, f => IdxFile.Parse(images, "images.idx", f, "labels.idx", IdxFolder.MnistClassNames));
        byte[] batch = [3, .. new byte[3072], 9, .. new byte[3072]];
        yield return ("batch.bin", batch, f => Cifar10File.Read(new MemoryStream(f), "batch.bin"));
        yield return ("batch.bin.gz", Gzip(batch), f => Cifar10File.Read(new MemoryStream(f), "batch.bin.gz"));
        byte[] header = Encoding.Latin1.GetBytes("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }".PadRight(117) + "\n");
        yield return ("array.npy", [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. header, .. new byte[24]], f => NpyFile.Parse(f, "array.npy"));
        yield return ("table.csv", "a,b,\"c\"\n1,2.5,x\n?,\"3\",y\n1e3,4,\"z \"\"q\"\"\"\n"u8.ToArray(), f =>
        {
            using var table = TableFile.Open(new StreamReader(new MemoryStream(f)), "table.csv");
            _ = table.Chunks().Count();
        }
        );
    }

    static byte[] Written(Picture picture, string ending)
    {
        string path = Path.Combine(Path.GetTempPath(), $"lepton-{Guid.NewGuid():N}{ending}");
        picture.Write(path);
        byte[] bytes = File.ReadAllBytes(path);
        File.Delete(path);
        return bytes;
    }

    static byte[] Gzip(byte[] bytes)
    {
        using var result = new MemoryStream();
        using (var gzip = new GZipStream(result, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(bytes);
        return result.ToArray();
    }

    static int Number(string variable, int otherwise) => int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out int number) ? number : otherwise;
}
