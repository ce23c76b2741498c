using System.IO.Compression;

namespace Lepton.Neuro.Encoders.Data;

/// <summary>CIFAR-10, binary version, plain or gzipped: records of a label (0 to 9) and 3 x 32 x 32 bytes, red, green and blue one after the other, each row by row.
/// Source: A. Krizhevsky, "Learning multiple layers of features from tiny images" (2009).</summary>
public static class Cifar10File
{
    const int Record = 1 + (3 * 32 * 32), MostImages = 600_000;

    /// <summary>The names of the classes, as in the set's <c>batches.meta.txt</c>.</summary>
    public static IReadOnlyList<string> ClassNames { get; } = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

    /// <summary>Reads the images of one or more batches, one after the other.</summary>
    /// <param name="paths">The files, at least one; together at most 600,000 images.</param>
    /// <exception cref="InvalidInputException">A file is missing, unreadable, damaged, holds no whole number of records, or a label is above 9.</exception>
    public static ImageSet Read(params IReadOnlyList<string> paths)
    {
        if (paths.Count == 0) throw new InvalidInputException("the number of CIFAR-10 batches", 0, "1 or more");
        var pixels = new MemoryStream();
        var labels = new List<byte>();
        foreach (string path in paths)
        {
            try
            {
                using var file = File.OpenRead(path);
                Append(file, Path.GetFileName(path), pixels, labels);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
            {
                throw new InvalidInputException($"{path} cannot be read ({failure.Message.ReplaceLineEndings(" ")}); allowed: a CIFAR-10 batch", failure);
            }
        }
        return ImageSet.Create(32, 32, 3, pixels.GetBuffer().AsSpan(0, (int)pixels.Length), labels.ToArray(), ClassNames, string.Join(", ", paths.Select(Path.GetFileName)));
    }

    /// <summary>Reads one batch from a stream.</summary>
    /// <param name="stream">The batch, plain or gzipped; it must be seekable.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <exception cref="InvalidInputException">As for files.</exception>
    public static ImageSet Read(Stream stream, string name)
    {
        var pixels = new MemoryStream();
        var labels = new List<byte>();
        Append(stream, name, pixels, labels);
        return ImageSet.Create(32, 32, 3, pixels.GetBuffer().AsSpan(0, (int)pixels.Length), labels.ToArray(), ClassNames, name);
    }

    static void Append(Stream stream, string name, MemoryStream pixels, List<byte> labels)
    {
        // A label is at most 9, so a batch cannot begin as a gzip member does.
        bool gzipped = stream.ReadByte() == 0x1F;
        stream.Position = 0;
        using var content = gzipped ? new GZipStream(stream, CompressionMode.Decompress, leaveOpen: true) : stream;
        var record = new byte[Record];
        long index = 0;
        while (true)
        {
            int found;
            try
            {
                found = content.ReadAtLeast(record, Record, throwOnEndOfStream: false);
            }
            catch (Exception damage) when (damage is InvalidDataException or IOException)
            {
                throw new InvalidInputException($"{name}: gzip data is damaged ({damage.Message.ReplaceLineEndings(" ")}); allowed: one intact gzip member", damage);
            }
            if (found == 0 && index > 0) return;
            long at = index * Record;
            if (found < Record) throw new InvalidInputException(FormattableString.Invariant($"{name}, byte {at}: a record"), $"{found} bytes, truncated", $"records of {Record} bytes, at least one");
            if (record[0] > 9) throw new InvalidInputException(FormattableString.Invariant($"{name}, byte {at}: a label"), record[0], "0 to 9");
            if (labels.Count == MostImages) throw new InvalidInputException($"{name}: images in all", $"more than {MostImages}", $"at most {MostImages}");
            labels.Add(record[0]);
            pixels.Write(record.AsSpan(1));
            index++;
        }
    }
}
