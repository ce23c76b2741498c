using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Lepton.Neuro.Encoders.Data;

/// <summary>Reads PNG, and writes the plainest of it: read are all colour types, bit depths and both ways of interlacing; checksums are checked and unknown critical chunks refused. Gamma and colour profiles are passed over.
/// Source: "Portable Network Graphics (PNG) Specification", third edition, W3C.</summary>
static class PngFile
{
    const int MostPixels = 1 << 26;

    // Deflate codes at most 258 bytes in two bits: no honest file expands more than this.
    const int MostExpansion = 1032;

    static readonly (int X, int Y, int StepX, int StepY)[] Adam7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];
    static readonly uint[] CrcTable = [.. Enumerable.Range(0, 256).Select(n => Enumerable.Range(0, 8).Aggregate((uint)n, (c, _) => (c >> 1) ^ ((c & 1) * 0xEDB88320)))];

    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10];

    public static Picture Parse(byte[] file, string name)
    {
        Header? header = null;
        byte[]? palette = null, transparency = null;
        using var data = new MemoryStream();
        bool dataEnded = false;
        for (int at = Signature.Length; ;)
        {
            if (file.Length - at < 12) throw Error(at, "a chunk", "truncated", "a length, a type, data and a checksum");
            uint declared = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at));
            string type = Encoding.Latin1.GetString(file, at + 4, 4);
            if (type.Any(c => !char.IsAsciiLetter(c))) throw Error(at + 4, "the type of a chunk", "not letters", "four letters");
            if (declared > file.Length - at - 12) throw Error(at, $"the length of the chunk {type}", declared, FormattableString.Invariant($"at most {file.Length - at - 12}, what is left"));
            int length = (int)declared;
            var body = file.AsSpan(at + 8, length);
            uint sum = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at + 8 + length));
            if (sum != Crc(file.AsSpan(at + 4, 4 + length))) throw Error(at + 8 + length, $"the checksum of the chunk {type}", sum, "the checksum of its data");
            if (header is null != (type == "IHDR")) throw Error(at + 4, "the type of a chunk", type, header is null ? "IHDR first" : "one IHDR only");
            dataEnded |= data.Length > 0 && type != "IDAT";
            switch (type)
            {
                case "IHDR":
                    header = Header.Parse(body, at + 8, Error);
                    break;
                case "PLTE":
                    if (palette is not null || data.Length > 0 || length % 3 != 0 || length is 0 or > 768) throw Error(at, "the palette", $"{length} bytes", "one, of 1 to 256 times 3 bytes, before the data");
                    palette = body.ToArray();
                    break;
                case "tRNS":
                    if (transparency is not null || data.Length > 0) throw Error(at, "the chunk tRNS", "a second one or behind the data", "one, before the data");
                    transparency = body.ToArray();
                    break;
                case "IDAT":
                    if (dataEnded) throw Error(at, "the chunk IDAT", "not next to the others", "all data in a row");
                    data.Write(body);
                    break;
                case "IEND":
                    if (at + 12 + length != file.Length) throw Error(at + 12 + length, "the end of the file", "behind IEND", "nothing behind IEND");
                    return Pixels(header!, palette, transparency, data, name);
                default:
                    if (char.IsAsciiLetterUpper(type[0])) throw Error(at + 4, "the type of a critical chunk", type, "IHDR, PLTE, IDAT or IEND");
                    break;
            }
            at += 12 + length;
        }

        InvalidInputException Error(int place, string thing, object? found, string allowed) => new(FormattableString.Invariant($"{name}, byte {place}: {thing}"), found, allowed);
    }

    /// <summary>Writes 8 bits a sample, pixel by pixel: grey, grey and opacity, colour, or colour and opacity.</summary>
    public static byte[] Write(int width, int height, int channels, byte[] samples)
    {
        using var file = new MemoryStream();
        file.Write(Signature);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (8, (byte)(channels switch { 1 => 0, 2 => 4, 3 => 2, _ => 6 }));
        Chunk("IHDR"u8, header);
        using var data = new MemoryStream();
        using (var compressed = new ZLibStream(data, CompressionLevel.Optimal, leaveOpen: true))
        {
            int row = width * channels;
            var line = new byte[1 + row];
            for (int y = 0; y < height; y++)
            {
                // The difference from the row above: what pictures have most of is small.
                line[0] = 2;
                for (int i = 0; i < row; i++) line[1 + i] = (byte)(samples[(y * row) + i] - (y == 0 ? 0 : samples[((y - 1) * row) + i]));
                compressed.Write(line);
            }
        }
        Chunk("IDAT"u8, data.ToArray());
        Chunk("IEND"u8, []);
        return file.ToArray();

        void Chunk(ReadOnlySpan<byte> type, ReadOnlySpan<byte> body)
        {
            Span<byte> word = stackalloc byte[4];
            BinaryPrimitives.WriteInt32BigEndian(word, body.Length);
            file.Write(word);
            byte[] named = [.. type, .. body];
            file.Write(named);
            BinaryPrimitives.WriteUInt32BigEndian(word, Crc(named));
            file.Write(word);
        }
    }

    static Picture Pixels(Header header, byte[]? palette, byte[]? transparency, MemoryStream data, string name)
    {
        if (header.Colour == 3 && palette is null) throw new InvalidInputException($"{name}: the palette", null, "a chunk PLTE");
        int wanted = header.Colour switch { 0 => 2, 2 => 6, _ => -1 };
        if (transparency is not null && (header.Colour >= 4 || (wanted > 0 && transparency.Length != wanted) || (header.Colour == 3 && transparency.Length > palette!.Length / 3)))
            throw new InvalidInputException($"{name}: the chunk tRNS", $"{transparency.Length} bytes", wanted > 0 ? $"{wanted} bytes" : "one byte a colour of the palette, and none where there is opacity already");

        var passes = header.Interlaced ? Adam7 : [(0, 0, 1, 1)];
        long raw = 0;
        foreach (var (x, y, stepX, stepY) in passes)
        {
            int width = Extent(header.Width, x, stepX), height = Extent(header.Height, y, stepY);
            if (width > 0) raw += height * (1L + RowBytes(header, width));
        }
        if (raw > data.Length * MostExpansion) throw new InvalidInputException($"{name}: the compressed data", $"{data.Length} bytes", $"enough for {raw} bytes of pixels");

        int colours = header.Colour switch { 0 => 1, 2 or 3 => 3, 4 => 2, _ => 4 }, channels = colours + (transparency is null ? 0 : 1), area = header.Width * header.Height;
        var values = new float[channels * area];
        float most = (1 << header.Depth) - 1;
        int unit = Math.Max(1, header.Samples * header.Depth / 8);
        data.Position = 0;
        using var inflated = new ZLibStream(data, CompressionMode.Decompress);
        foreach (var (left, top, stepX, stepY) in passes)
        {
            int width = Extent(header.Width, left, stepX), height = Extent(header.Height, top, stepY);
            if (width == 0) continue;
            var row = new byte[1 + RowBytes(header, width)];
            var before = new byte[row.Length];
            for (int y = 0; y < height; y++)
            {
                Inflate(inflated, row, name);
                Unfilter(row, before, unit, name);
                for (int x = 0; x < width; x++)
                    Put(row.AsSpan(1), x, ((top + (y * stepY)) * header.Width) + left + (x * stepX));
                (row, before) = (before, row);
            }
        }
        var extra = new byte[1];
        if (Read(inflated, extra, name) != 0) throw new InvalidInputException($"{name}: the pixels", $"more than {raw} bytes", $"{raw} bytes");
        return new(header.Width, header.Height, channels, values);

        void Put(ReadOnlySpan<byte> row, int x, int pixel)
        {
            if (header.Colour == 3)
            {
                int index = Sample(row, x, header.Depth);
                if (3 * index >= palette!.Length) throw new InvalidInputException($"{name}: a colour's number", index, $"0 to {(palette.Length / 3) - 1}, the palette");
                for (int c = 0; c < 3; c++) values[(c * area) + pixel] = palette[(3 * index) + c] / 255f;
                if (transparency is not null) values[(3 * area) + pixel] = index < transparency.Length ? transparency[index] / 255f : 1;
                return;
            }
            bool clear = transparency is not null;
            for (int c = 0; c < colours; c++)
            {
                int sample = Sample(row, (x * colours) + c, header.Depth);
                values[(c * area) + pixel] = sample / most;
                clear = clear && sample == (BinaryPrimitives.ReadUInt16BigEndian(transparency.AsSpan(2 * c)) & (int)most);
            }
            if (transparency is not null) values[(colours * area) + pixel] = clear ? 0 : 1;
        }
    }

    static int Extent(int size, int first, int step) => (size - first + step - 1) / step;

    static int RowBytes(Header header, int width) => (int)((((long)width * header.Samples * header.Depth) + 7) / 8);

    static int Sample(ReadOnlySpan<byte> row, int index, int depth) => depth switch
    {
        16 => BinaryPrimitives.ReadUInt16BigEndian(row[(2 * index)..]),
        8 => row[index],
        _ => row[index * depth / 8] >> (8 - depth - (index * depth % 8)) & ((1 << depth) - 1),
    };

    static int Read(Stream stream, Span<byte> into, string name)
    {
        try
        {
            return stream.ReadAtLeast(into, into.Length, throwOnEndOfStream: false);
        }
        catch (Exception damage) when (damage is InvalidDataException or IOException)
        {
            // A stream that wants a dictionary of its own fails as if it could not be read.
            throw new InvalidInputException($"{name}: the compressed data is damaged ({damage.Message.ReplaceLineEndings(" ")}); allowed: a zlib stream", damage);
        }
    }

    static void Inflate(Stream stream, byte[] row, string name)
    {
        if (Read(stream, row, name) < row.Length) throw new InvalidInputException($"{name}: the pixels", "truncated", "all rows");
    }

    static void Unfilter(byte[] row, byte[] before, int unit, string name)
    {
        if (row[0] > 4) throw new InvalidInputException($"{name}: the filter of a row", row[0], "0 to 4");
        for (int i = 1; i < row.Length; i++)
        {
            int left = i > unit ? row[i - unit] : 0, up = before[i], corner = i > unit ? before[i - unit] : 0;
            row[i] += (byte)(row[0] switch
            {
                0 => 0,
                1 => left,
                2 => up,
                3 => (left + up) / 2,
                _ => Paeth(left, up, corner),
            });
        }
    }

    static int Paeth(int left, int up, int corner)
    {
        int estimate = left + up - corner, toLeft = Math.Abs(estimate - left), toUp = Math.Abs(estimate - up), toCorner = Math.Abs(estimate - corner);
        return toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
    }

    static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint sum = uint.MaxValue;
        foreach (byte value in bytes) sum = CrcTable[(byte)(sum ^ value)] ^ (sum >> 8);
        return ~sum;
    }

    sealed record Header(int Width, int Height, int Depth, int Colour, bool Interlaced)
    {
        public int Samples => Colour switch { 0 or 3 => 1, 2 => 3, 4 => 2, _ => 4 };

        public static Header Parse(ReadOnlySpan<byte> body, int at, Func<int, string, object?, string, InvalidInputException> error)
        {
            if (body.Length != 13) throw error(at, "the length of IHDR", body.Length, "13");
            uint width = BinaryPrimitives.ReadUInt32BigEndian(body), height = BinaryPrimitives.ReadUInt32BigEndian(body[4..]);
            if (width == 0 || height == 0 || (ulong)width * height > MostPixels) throw error(at, "the size of the picture", $"{width} x {height}", $"at least 1 x 1 and at most {MostPixels} pixels");
            int depth = body[8], colour = body[9];
            bool possible = colour switch
            {
                0 => depth is 1 or 2 or 4 or 8 or 16,
                3 => depth is 1 or 2 or 4 or 8,
                2 or 4 or 6 => depth is 8 or 16,
                _ => false,
            };
            if (!possible) throw error(at + 8, "the bit depth and colour type", $"{depth} and {colour}", "one of those that PNG defines");
            if (body[10] != 0 || body[11] != 0 || body[12] > 1) throw error(at + 10, "compression, filter and interlacing", $"{body[10]}, {body[11]}, {body[12]}", "0, 0, and 0 or 1");
            return new((int)width, (int)height, depth, colour, body[12] == 1);
        }
    }
}
