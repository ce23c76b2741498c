namespace Lepton.Neuro.Encoders.Data;

/// <summary>One picture: numbers from 0 to 1, channel after channel, each row by row from the top.</summary>
public sealed class Picture
{
    readonly float[] values;

    /// <summary>A picture that keeps the array itself.</summary>
    internal Picture(int width, int height, int channels, float[] values) => (Width, Height, Channels, this.values) = (width, height, channels, values);

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Channels: 1 grey, 2 grey and opacity, 3 red, green and blue, 4 those and opacity; a picture made of features may have any number.</summary>
    public int Channels { get; }

    /// <summary>Channels x Height x Width numbers.</summary>
    public ReadOnlySpan<float> Values => values;

    /// <summary>One channel.</summary>
    /// <param name="channel">Which, from 0.</param>
    /// <exception cref="InvalidInputException">There is no such channel.</exception>
    public ReadOnlySpan<float> Channel(int channel) =>
        values.AsSpan((int)Require.InRange("the channel of a picture", channel, 0L, Channels - 1L) * Width * Height, Width * Height);

    /// <summary>A picture that copies what it is given.</summary>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="channels">Channels, at least 1.</param>
    /// <param name="values">Channels x height x width finite numbers.</param>
    /// <exception cref="InvalidInputException">A size is below 1, there is another number of numbers, or one is not finite.</exception>
    public static Picture Create(int width, int height, int channels, ReadOnlySpan<float> values)
    {
        Require.InRange("the columns of a picture", (long)width, 1, int.MaxValue);
        Require.InRange("the rows of a picture", (long)height, 1, int.MaxValue);
        Require.InRange("the channels of a picture", (long)channels, 1, int.MaxValue);
        if ((Int128)width * height * channels != values.Length)
            throw new InvalidInputException("the numbers of a picture", values.Length, FormattableString.Invariant($"{width} x {height} x {channels}"));
        for (int i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i])) throw new InvalidInputException(FormattableString.Invariant($"number {i} of a picture"), values[i], "finite numbers");
        }
        return new(width, height, channels, values.ToArray());
    }

    /// <summary>Reads a PNG or netpbm file, which is told by how it begins.</summary>
    /// <param name="path">The file; at most 256 MiB.</param>
    /// <exception cref="InvalidInputException">The file cannot be read, is of another kind or is damaged; the message names the file and what was expected.</exception>
    public static Picture Read(string path)
    {
        string name = Path.GetFileName(path);
        byte[] bytes;
        try
        {
            Require.InRange($"{name}: bytes", new FileInfo(path).Length, 0, 1 << 28);
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new InvalidInputException($"{path} cannot be read ({failure.Message.ReplaceLineEndings(" ")}); allowed: a PNG or netpbm file", failure);
        }
        return Parse(bytes, name);
    }

    /// <summary>Reads the content of a PNG or netpbm file.</summary>
    /// <param name="file">The content.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <exception cref="InvalidInputException">It is of another kind or damaged.</exception>
    public static Picture Parse(byte[] file, string name) =>
        file.AsSpan().StartsWith(PngFile.Signature) ? PngFile.Parse(file, name)
        : file.Length >= 2 && file[0] == 'P' && file[1] is >= (byte)'1' and <= (byte)'6' ? NetpbmFile.Parse(file, name)
        : file.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) ? throw new InvalidInputException($"{name}, byte 0: the kind of picture", "JPEG", "PNG or netpbm: convert it first")
        : throw new InvalidInputException($"{name}, byte 0: how the file begins", "not that of a picture", "the signature of PNG, or P1 to P6");

    /// <summary>Writes a PNG (<c>.png</c>) or netpbm file (<c>.pgm</c> for one channel, <c>.ppm</c> for three) with 8 bits a sample: numbers are cut to [0, 1] and rounded to multiples of 1/255. An earlier
    /// file stays until the new one is whole.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidInputException">The name ends otherwise, the picture has other channels (PNG: 1 to 4), or the file cannot be written.</exception>
    public void Write(string path)
    {
        string name = Path.GetFileName(path);
        byte[] bytes = Path.GetExtension(path).ToUpperInvariant() switch
        {
            ".PNG" => Channels <= 4 ? PngFile.Write(Width, Height, Channels, Interleaved()) : throw new InvalidInputException($"{name}: the channels", Channels, "1 to 4"),
            ".PGM" => NetpbmFile.Write(Channels == 1 ? this : throw new InvalidInputException($"{name}: the channels", Channels, "1")),
            ".PPM" => NetpbmFile.Write(Channels == 3 ? this : throw new InvalidInputException($"{name}: the channels", Channels, "3")),
            var ending => throw new InvalidInputException($"the ending of {name}", ending, ".png, .pgm or .ppm"),
        };
        string temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            File.WriteAllBytes(temporary, bytes);
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            if (File.Exists(temporary)) File.Delete(temporary);
            throw new InvalidInputException($"{path} cannot be written ({failure.Message.ReplaceLineEndings(" ")}); allowed: a file in an existing, writable folder", failure);
        }
    }

    /// <summary>The content of a PNG file of 8 bits a sample.</summary>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="channels">1 for grey, 2 for grey and opacity, 3 for red, green and blue, 4 for these and opacity.</param>
    /// <param name="samples">Height x width x channels bytes: row after row from the top, the channels of a pixel side by side.</param>
    /// <returns>The content.</returns>
    /// <exception cref="InvalidInputException">A number is out of its range, or there are more or fewer samples.</exception>
    public static byte[] ToPng(int width, int height, int channels, byte[] samples)
    {
        Require.InRange("the columns of a picture", width, 1L, int.MaxValue);
        Require.InRange("the rows of a picture", height, 1L, int.MaxValue);
        Require.InRange("the channels of a picture", channels, 1L, 4);
        if (samples.Length != (long)width * height * channels) throw new InvalidInputException("the samples of a picture", samples.Length, $"{(long)width * height * channels}");
        return PngFile.Write(width, height, channels, samples);
    }

    /// <summary>Bytes, pixel by pixel.</summary>
    internal byte[] Interleaved()
    {
        int area = Width * Height;
        var bytes = new byte[values.Length];
        for (int c = 0; c < Channels; c++)
        {
            for (int i = 0; i < area; i++) bytes[(i * Channels) + c] = (byte)Math.Round(Math.Clamp(values[(c * area) + i], 0, 1) * 255);
        }
        return bytes;
    }
}
