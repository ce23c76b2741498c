using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Lepton.Neuro.Experiments.Plots.Static;

/// <summary>Writes PNG with 8 bits a channel: red, green, blue, and opacity where a pixel is not opaque.
/// Source: "Portable Network Graphics (PNG) Specification", third edition, W3C.</summary>
internal static class PngWriter
{
    static readonly uint[] CrcTable = [.. Enumerable.Range(0, 256).Select(n => Enumerable.Range(0, 8).Aggregate((uint)n, (c, _) => (c >> 1) ^ ((c & 1) * 0xEDB88320)))];

    /// <summary>Writes an image.</summary>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="pixels">Height x width colours, row after row from the top.</param>
    /// <returns>The content of a PNG file.</returns>
    public static byte[] Write(int width, int height, IReadOnlyList<Rgba> pixels)
    {
        var isOpaque = true;
        for (var i = 0; i < pixels.Count && isOpaque; i++)
            isOpaque = pixels[i].A == 255;
        var channels = isOpaque ? 3 : 4;
        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (8, (byte)(isOpaque ? 2 : 6));
        Chunk(file, "IHDR", header);
        Chunk(file, "IDAT", Compress(width, height, channels, pixels));
        Chunk(file, "IEND", []);
        return file.ToArray();
    }

    static byte[] Compress(int width, int height, int channels, IReadOnlyList<Rgba> pixels)
    {
        using var data = new MemoryStream();
        using (var stream = new ZLibStream(data, CompressionLevel.Optimal, leaveOpen: true))
        {
            var (row, before) = (new byte[width * channels], new byte[width * channels]);
            var filtered = new byte[1 + row.Length];
            for (var y = 0; y < height; y++)
            {
                for (var x = 0; x < width; x++)
                {
                    var colour = pixels[y * width + x];
                    var at = x * channels;
                    (row[at], row[at + 1], row[at + 2]) = (colour.R, colour.G, colour.B);
                    if (channels == 4)
                        row[at + 3] = colour.A;
                }
                // The difference from the row above is mostly zero in charts.
                filtered[0] = 2;
                for (var i = 0; i < row.Length; i++)
                    filtered[i + 1] = (byte)(row[i] - before[i]);
                stream.Write(filtered);
                (row, before) = (before, row);
            }
        }
        return data.ToArray();
    }

    static void Chunk(Stream file, string type, byte[] data)
    {
        Span<byte> word = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(word, data.Length);
        file.Write(word);
        byte[] body = [.. Encoding.ASCII.GetBytes(type), .. data];
        file.Write(body);
        var sum = uint.MaxValue;
        foreach (var value in body)
            sum = CrcTable[(byte)(sum ^ value)] ^ (sum >> 8);
        BinaryPrimitives.WriteUInt32BigEndian(word, ~sum);
        file.Write(word);
    }
}
