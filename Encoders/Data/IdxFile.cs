using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;

namespace Lepton.Neuro.Encoders.Data;

/// <summary>
/// IDX files of unsigned bytes, the format of MNIST and Fashion-MNIST, plain or in one gzip member: two zero bytes, the type (8), the number of
/// dimensions, each dimension as a big-endian 32-bit number, then the bytes. The reader takes a file only if every byte of it is accounted for.
/// Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits".
/// </summary>
public static class IdxFile
{
    const int ImagesRank = 3;
    const int LabelsRank = 1;
    const int UnsignedBytes = 8;
    const int GzipTrailer = 8;

    // Deflate codes at most 258 bytes in two bits: no honest file expands more than this.
    const int MostExpansion = 1032;

    static readonly uint[] CrcTable = MakeCrcTable();

    /// <summary>Reads a file of images and the file of their labels.</summary>
    /// <param name="imagesPath">An IDX file of three dimensions: images, rows, columns.</param>
    /// <param name="labelsPath">An IDX file of one dimension, as long as there are images.</param>
    /// <param name="classNames">1 to 256 names; every label must be below their number.</param>
    /// <exception cref="InvalidInputException">A file is missing, unreadable, truncated, too long, of another kind, damaged in its gzip
    /// layer, or the two files do not belong together. The message is one line with the file's name.</exception>
    public static ImageSet ReadImages(string imagesPath, string labelsPath, IReadOnlyList<string> classNames)
    {
        ImageSet.CheckClassNames(classNames);
        string imagesName = Path.GetFileName(imagesPath), labelsName = Path.GetFileName(labelsPath);
        var imagesFile = Load(imagesPath, imagesName);
        var labelsFile = Load(labelsPath, labelsName);
        return Parse(imagesFile, imagesName, labelsFile, labelsName, classNames);
    }

    /// <summary>Reads images and labels from the contents of the two files; the same checks as for files.</summary>
    /// <param name="imagesFile">The content of an images file, plain or gzipped.</param>
    /// <param name="imagesName">Its name, for messages and for the set's provenance.</param>
    /// <param name="labelsFile">The content of a labels file, plain or gzipped.</param>
    /// <param name="labelsName">Its name.</param>
    /// <param name="classNames">1 to 256 names; every label must be below their number.</param>
    /// <exception cref="InvalidInputException">As for <see cref="ReadImages"/>.</exception>
    public static ImageSet Parse(byte[] imagesFile, string imagesName, byte[] labelsFile, string labelsName, IReadOnlyList<string> classNames)
    {
        ImageSet.CheckClassNames(classNames);
        var (labelShape, labels) = Decode(labelsFile, labelsName, LabelsRank);
        var (shape, pixels) = Decode(imagesFile, imagesName, ImagesRank);
        if (shape[0] != labelShape[0])
            throw new InvalidInputException(
                $"{labelsName}: number of labels", labelShape[0], Invariant($"{shape[0]}, the number of images in {imagesName}"));
        var wrong = Array.FindIndex(labels, label => label >= classNames.Count);
        if (wrong >= 0)
            throw new InvalidInputException(Invariant($"{labelsName}: label {wrong}"), labels[wrong], Invariant($"0 to {classNames.Count - 1}"));
        return ImageSet.Adopt(
            shape[1], shape[2], 1, pixels, labels, classNames,
            $"{imagesName} (sha256 {Digest(imagesFile)}), {labelsName} (sha256 {Digest(labelsFile)})");
    }

    /// <summary>Writes the images of a grey set, through a temporary file that is renamed.</summary>
    /// <param name="path">The file to write or replace; gzipped if the name ends in <c>.gz</c>.</param>
    /// <param name="images">A set of one channel.</param>
    /// <exception cref="InvalidInputException">The set has more than one channel, or the file cannot be written.</exception>
    public static void WriteImages(string path, ImageSet images)
    {
        if (images.Channels != 1)
            throw new InvalidInputException($"{Path.GetFileName(path)}: channels of the images", images.Channels, "1 (IDX images are grey)");
        Write(path, [images.Count, images.Height, images.Width], stream =>
        {
            for (var index = 0; index < images.Count; index++)
                stream.Write(images.Pixels(index));
        });
    }

    /// <summary>Writes the labels of a set, through a temporary file that is renamed.</summary>
    /// <param name="path">The file to write or replace; gzipped if the name ends in <c>.gz</c>.</param>
    /// <param name="images">The set.</param>
    /// <exception cref="InvalidInputException">The file cannot be written.</exception>
    public static void WriteLabels(string path, ImageSet images) =>
        Write(path, [images.Count], stream =>
        {
            for (var index = 0; index < images.Count; index++)
                stream.WriteByte((byte)images.Label(index));
        });

    static byte[] Load(string path, string name)
    {
        try
        {
            var length = new FileInfo(path).Length;
            if (length > Array.MaxLength)
                throw new InvalidInputException($"{name}: length", length, Invariant($"at most {Array.MaxLength} bytes"));
            return File.ReadAllBytes(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new InvalidInputException($"{path} cannot be read ({OneLine(failure)}); allowed: an IDX file", failure);
        }
    }

    static (int[] Shape, byte[] Data) Decode(byte[] file, string name, int rank)
    {
        var gzipped = file.Length >= 2 && file[0] == 0x1F && file[1] == 0x8B;
        try
        {
            using Stream stream = gzipped ? new GZipStream(new MemoryStream(file, false), CompressionMode.Decompress) : new MemoryStream(file, false);
            return Decode(file, name, rank, gzipped, stream);
        }
        catch (InvalidDataException damage)
        {
            throw new InvalidInputException($"{name}: gzip data is damaged ({OneLine(damage)}); allowed: one intact gzip member", damage);
        }
    }

    static (int[] Shape, byte[] Data) Decode(byte[] file, string name, int rank, bool gzipped, Stream stream)
    {
        Span<byte> header = stackalloc byte[4 + (4 * rank)];
        var found = stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        if (found >= 4)
        {
            var magic = BinaryPrimitives.ReadUInt32BigEndian(header);
            var wanted = (uint)((UnsignedBytes << 8) | rank);
            if (magic != wanted)
                throw new InvalidInputException($"{name}: magic number", magic, Invariant($"{wanted} (unsigned bytes in {rank} dimension{(rank == 1 ? "" : "s")})"));
        }
        if (found < header.Length)
            throw new InvalidInputException($"{name}: length", Invariant($"{found} bytes, truncated"), Invariant($"{header.Length} bytes of header and the data"));

        var shape = new int[rank];
        Int128 declared = 1;
        for (var dimension = 0; dimension < rank; dimension++)
        {
            var extent = BinaryPrimitives.ReadUInt32BigEndian(header[(4 + (4 * dimension))..]);
            var least = dimension == 0 ? 0u : 1u;
            if (extent < least || extent > int.MaxValue)
                throw new InvalidInputException(Invariant($"{name}: dimension {dimension + 1}"), extent, Invariant($"{least} to {int.MaxValue}"));
            shape[dimension] = (int)extent;
            declared *= extent;
        }

        var most = Int128.Min(Array.MaxLength, gzipped ? (Int128)file.Length * MostExpansion : file.Length - header.Length);
        if (declared > most)
            throw new InvalidInputException(
                $"{name}: data of {string.Join(" x ", shape)} bytes",
                declared,
                gzipped ? Invariant($"at most {most}, for a file of {file.Length} bytes") : Invariant($"{most}, the bytes after the header (is the file truncated?)"));

        var data = ReadGrowing(stream, (int)declared, out var length);
        if (length < declared)
            throw new InvalidInputException($"{name}: data of {string.Join(" x ", shape)} bytes", Invariant($"truncated after {length}"), Invariant($"{declared}"));
        if (stream.ReadByte() >= 0)
            throw new InvalidInputException($"{name}: length", "more than its dimensions declare", Invariant($"{header.Length} bytes of header and {declared} of data"));
        if (gzipped)
            CheckTrailer(file, name, header, data);
        return (shape, data);
    }

    /// <summary>Grows with what is really there, so that a file that only declares much does not get much memory.</summary>
    static byte[] ReadGrowing(Stream stream, int declared, out int length)
    {
        var data = new byte[Math.Min(declared, 1 << 20)];
        length = 0;
        while (true)
        {
            length += stream.ReadAtLeast(data.AsSpan(length), data.Length - length, throwOnEndOfStream: false);
            if (length < data.Length || length == declared)
                return data;
            Array.Resize(ref data, (int)Math.Min(declared, 2L * data.Length));
        }
    }

    /// <summary>.NET takes a gzip member whose end is missing, or that is followed by something else, for a whole one; the last eight bytes
    /// of the file tell.</summary>
    static void CheckTrailer(byte[] file, string name, ReadOnlySpan<byte> header, ReadOnlySpan<byte> data)
    {
        var trailer = file.AsSpan(Math.Max(0, file.Length - GzipTrailer));
        var sum = ~Crc(Crc(uint.MaxValue, header), data);
        if (trailer.Length < GzipTrailer
            || BinaryPrimitives.ReadUInt32LittleEndian(trailer) != sum
            || BinaryPrimitives.ReadUInt32LittleEndian(trailer[4..]) != (uint)(header.Length + data.Length))
            throw new InvalidInputException($"{name}: end of the gzip data", "truncated or followed by other bytes", "checksum and length of one gzip member, then the end of the file");
    }

    static uint Crc(uint sum, ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
            sum = CrcTable[(byte)(sum ^ value)] ^ (sum >> 8);
        return sum;
    }

    static uint[] MakeCrcTable()
    {
        var table = new uint[256];
        for (var index = 0u; index < 256; index++)
        {
            var value = index;
            for (var bit = 0; bit < 8; bit++)
                value = (value >> 1) ^ ((value & 1) * 0xEDB88320);
            table[index] = value;
        }
        return table;
    }

    static void Write(string path, int[] shape, Action<Stream> write)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            using (Stream stream = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionLevel.Optimal) : new BufferedStream(file, 1 << 16))
            {
                Span<byte> number = stackalloc byte[4];
                BinaryPrimitives.WriteInt32BigEndian(number, (UnsignedBytes << 8) | shape.Length);
                stream.Write(number);
                foreach (var extent in shape)
                {
                    BinaryPrimitives.WriteInt32BigEndian(number, extent);
                    stream.Write(number);
                }
                write(stream);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            Remove(temporary);
            throw new InvalidInputException($"{path} cannot be written ({OneLine(failure)}); allowed: a file in an existing, writable folder", failure);
        }
    }

    static void Remove(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            // The first failure is the one to report.
        }
    }

    static string Digest(byte[] file) => Convert.ToHexStringLower(SHA256.HashData(file))[..16];

    static string OneLine(Exception failure) => failure.Message.ReplaceLineEndings(" ");

    static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
