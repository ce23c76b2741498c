using System.Buffers.Binary;
using System.IO.Compression;

namespace Lepton.Neuro.Encoders.Data;

/// <summary>CIFAR-10, binary version, plain or gzipped: records of a label (0 to 9) and 3 x 32 x 32 bytes, red, green and blue one after the other, each row by row.
/// Source: A. Krizhevsky, "Learning multiple layers of features from tiny images" (2009).</summary>
public static class Cifar10File
{
    const int Pixels = 3 * 32 * 32, Record = 1 + Pixels, MostImages = 600_000, ImagesOfBatch = 10_000, MostExpansion = 1032;

    /// <summary>The names of the classes, as in the set's <c>batches.meta.txt</c>.</summary>
    public static IReadOnlyList<string> ClassNames { get; } = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

    /// <summary>Reads the images of one or more batches, one after the other.</summary>
    /// <param name="paths">The files, at least one; together at most 600,000 images.</param>
    /// <exception cref="InvalidInputException">A file is missing, unreadable, damaged, holds no whole number of records, or a label is above 9.</exception>
    public static ImageSet Read(params IReadOnlyList<string> paths)
    {
        if (paths.Count == 0) throw new InvalidInputException("the number of CIFAR-10 batches", 0, "1 or more");
        var batches = new Batches();
        foreach (string path in paths)
        {
            try
            {
                using var file = File.OpenRead(path);
                batches.Append(file, Path.GetFileName(path));
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
            {
                throw new InvalidInputException($"{path} cannot be read ({failure.Message.ReplaceLineEndings(" ")}); allowed: a CIFAR-10 batch", failure);
            }
        }
        return batches.ToSet(string.Join(", ", paths.Select(Path.GetFileName)));
    }

    /// <summary>Reads one batch from a stream.</summary>
    /// <param name="stream">The batch, plain or gzipped; it must be seekable.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <exception cref="InvalidInputException">As for files.</exception>
    public static ImageSet Read(Stream stream, string name)
    {
        var batches = new Batches();
        batches.Append(stream, name);
        return batches.ToSet(name);
    }

    /// <summary>Images read so far. Pixels go from the decompressor straight to where they stay.</summary>
    sealed class Batches
    {
        readonly List<byte> labels = [];
        byte[] pixels = [];

        public ImageSet ToSet(string provenance)
        {
            int length = labels.Count * Pixels;
            return ImageSet.Adopt(32, 32, 3, pixels.Length == length ? pixels : pixels[..length], [.. labels], ClassNames, provenance);
        }

        public void Append(Stream stream, string name)
        {
            // A label is at most 9, so a batch cannot begin as a gzip member does.
            bool gzipped = stream.ReadByte() == 0x1F;
            Reserve(Math.Min(ImagesOfBatch, (gzipped ? DeclaredLength(stream) : stream.Length) / Record));
            stream.Position = 0;
            using var content = gzipped ? new GZipStream(stream, CompressionMode.Decompress, leaveOpen: true) : stream;
            Span<byte> label = stackalloc byte[1];
            long index = 0;
            while (true)
            {
                int found;
                try
                {
                    found = content.Read(label);
                    if (found > 0 && labels.Count * (long)Pixels == pixels.Length) Reserve(Math.Max(1, labels.Count));
                    if (found > 0) found += content.ReadAtLeast(pixels.AsSpan(labels.Count * Pixels, Pixels), Pixels, throwOnEndOfStream: false);
                }
                catch (Exception damage) when (damage is InvalidDataException or IOException)
                {
                    throw new InvalidInputException($"{name}: gzip data is damaged ({damage.Message.ReplaceLineEndings(" ")}); allowed: one intact gzip member", damage);
                }
                if (found == 0 && index > 0) return;
                long at = index * Record;
                if (found < Record) throw new InvalidInputException(FormattableString.Invariant($"{name}, byte {at}: a record"), $"{found} bytes, truncated", $"records of {Record} bytes, at least one");
                if (label[0] > 9) throw new InvalidInputException(FormattableString.Invariant($"{name}, byte {at}: a label"), label[0], "0 to 9");
                if (labels.Count == MostImages) throw new InvalidInputException($"{name}: images in all", $"more than {MostImages}", $"at most {MostImages}");
                labels.Add(label[0]);
                index++;
            }
        }

        /// <summary>What a gzip member says its content's length is: a hint, which may lie.</summary>
        static long DeclaredLength(Stream stream)
        {
            if (stream.Length < 18) return 0;
            Span<byte> trailer = stackalloc byte[4];
            stream.Position = stream.Length - 4;
            return stream.ReadAtLeast(trailer, 4, throwOnEndOfStream: false) == 4 ? Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(trailer), stream.Length * MostExpansion) : 0;
        }

        void Reserve(long images)
        {
            long wanted = Math.Min(labels.Count + images, MostImages + 1L) * Pixels;
            if (wanted > pixels.Length) Array.Resize(ref pixels, (int)wanted);
        }
    }
}
