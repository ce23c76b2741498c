namespace Lepton.Neuro.Encoders.Data;

/// <summary>Reads and writes netpbm; read are P1 to P3 (text) and P4 to P6 (binary) of black and white, grey and colour, of up to 16 bits a sample; one picture a file. Source: the netpbm manual, pbm(5), pgm(5), ppm(5).</summary>
static class NetpbmFile
{
    const int MostPixels = 1 << 26;

    public static Picture Parse(byte[] file, string name)
    {
        int kind = file[1] - '0', at = 2;
        int width = Number("the columns", 1, MostPixels), height = Number("the rows", 1, MostPixels);
        if ((long)width * height > MostPixels) throw Error("the size of the picture", $"{width} x {height}", $"at most {MostPixels} pixels");
        bool bits = kind is 1 or 4, text = kind <= 3;
        int most = bits ? 1 : Number("the greatest value", 1, 65535), channels = kind is 3 or 6 ? 3 : 1, area = width * height;
        if (!text)
        {
            if (at >= file.Length || !White(file[at])) throw Error("what follows the header", at < file.Length ? "another byte" : "the end of the file", "one white space");
            at++;
        }
        long row = bits ? (width + 7) / 8 : (long)width * channels * (most > 255 ? 2 : 1), left = file.Length - at;
        if (!text && left != row * height) throw Error("the data", $"{left} bytes", $"{row * height} bytes");
        if (text && left < (long)area * channels) throw Error("the data", $"{left} bytes", $"{(long)area * channels} numbers");
        var values = new float[channels * area];
        for (int pixel = 0; pixel < area; pixel++)
        {
            for (int c = 0; c < channels; c++)
            {
                int sample =
                    kind == 1 ? Bit()
                    : text ? Number("a sample", 0, most)
                    : bits ? file[at + (pixel / width * (int)row) + (pixel % width / 8)] >> (7 - (pixel % width % 8)) & 1
                    : Binary((pixel * channels) + c);
                // In black and white 1 is black.
                values[(c * area) + pixel] = bits ? 1 - sample : sample / (float)most;
            }
        }
        if (text)
        {
            Blank();
            if (at < file.Length) throw Error("the end of the file", "more data", "white space only");
        }
        return new(width, height, channels, values);

        int Binary(int index)
        {
            int sample = most > 255 ? (file[at + (2 * index)] << 8) | file[at + (2 * index) + 1] : file[at + index];
            return sample <= most ? sample : throw Error("a sample", sample, $"0 to {most}");
        }

        int Bit()
        {
            Blank();
            if (at >= file.Length || file[at] is not ((byte)'0' or (byte)'1')) throw Error("a pixel", at < file.Length ? "another byte" : "truncated", "0 or 1");
            return file[at++] - '0';
        }

        int Number(string thing, int least, int greatest)
        {
            Blank();
            int begin = at;
            long value = 0;
            for (; at < file.Length && char.IsAsciiDigit((char)file[at]) && at - begin < 9; at++) value = (10 * value) + file[at] - '0';
            if (at == begin || value < least || value > greatest || (at < file.Length && char.IsAsciiDigit((char)file[at])))
                throw Error(thing, at == begin ? "not a number" : value, $"{least} to {greatest}");
            return (int)value;
        }

        void Blank()
        {
            for (; at < file.Length && (White(file[at]) || file[at] == '#'); at++)
            {
                if (file[at] != '#') continue;
                while (at + 1 < file.Length && file[at + 1] is not ((byte)'\n' or (byte)'\r')) at++;
            }
        }

        InvalidInputException Error(string thing, object? found, string allowed) => new(FormattableString.Invariant($"{name}, byte {at}: {thing}"), found, allowed);
    }

    /// <summary>Writes P5 for one channel, P6 for three.</summary>
    public static byte[] Write(Picture picture) =>
        [.. System.Text.Encoding.ASCII.GetBytes(FormattableString.Invariant($"P{(picture.Channels == 1 ? 5 : 6)}\n{picture.Width} {picture.Height}\n255\n")), .. picture.Interleaved()];

    static bool White(byte value) => value is 9 or 10 or 11 or 12 or 13 or 32;
}
