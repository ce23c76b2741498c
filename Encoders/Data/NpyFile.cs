using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Lepton.Neuro.Encoders.Data;

/// <summary>An array of numbers with a shape.</summary>
/// <param name="Shape">The extents, outermost first; empty for a single number.</param>
/// <param name="Values">The numbers, the last index the fastest.</param>
public sealed record NumberArray(IReadOnlyList<int> Shape, IReadOnlyList<double> Values);

/// <summary>Reads NumPy's <c>.npy</c> files, versions 1.0 to 3.0: booleans, integers of 8 to 64 bits and floating point of 16 to 64 bits, of either byte order, in C or Fortran order.
/// Integers beyond 2^53 are rounded to doubles. Source: NumPy Enhancement Proposal 1 and the documentation of <c>numpy.lib.format</c>.</summary>
public static class NpyFile
{
    const int MostNumbers = 1 << 28;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidInputException">The file cannot be read, is no <c>.npy</c> file of numbers, or is damaged; the message names the file and what was expected.</exception>
    public static NumberArray Read(string path)
    {
        string name = Path.GetFileName(path);
        try
        {
            Require.InRange($"{name}: bytes", new FileInfo(path).Length, 0, 1 << 30);
            return Parse(File.ReadAllBytes(path), name);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new InvalidInputException($"{path} cannot be read ({failure.Message.ReplaceLineEndings(" ")}); allowed: a .npy file", failure);
        }
    }

    /// <summary>Reads the content of a file.</summary>
    /// <param name="file">The content.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <exception cref="InvalidInputException">As for <see cref="Read"/>.</exception>
    public static NumberArray Parse(ReadOnlySpan<byte> file, string name)
    {
        if (file.Length < 6 || file[0] != 0x93 || !file[1..].StartsWith("NUMPY"u8))
            throw new InvalidInputException($"{name}, byte 0: how the file begins", "not that of .npy", "the byte 147 and NUMPY");
        if (file.Length < 12) throw new InvalidInputException($"{name}: the header", "truncated", "a version and a length");
        if (file[6] is < 1 or > 3 || file[7] != 0) throw new InvalidInputException($"{name}, byte 6: the version", $"{file[6]}.{file[7]}", "1.0, 2.0 or 3.0");
        int begin = file[6] == 1 ? 10 : 12;
        long length = file[6] == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(file[8..]) : BinaryPrimitives.ReadUInt32LittleEndian(file[8..]);
        if (length > file.Length - begin) throw new InvalidInputException($"{name}, byte 8: the length of the header", length, FormattableString.Invariant($"at most {file.Length - begin}, what is left"));
        string header = Encoding.Latin1.GetString(file.Slice(begin, (int)Math.Min(length, 1 << 16))).ReplaceLineEndings(" ");
        string descr = Entry("descr"), order = Entry("fortran_order"), extents = Entry("shape");
        if (order is not ("True" or "False")) throw Header("fortran_order", order, "True or False");
        var (read, size) = Type(descr) ?? throw Header("descr", descr, "a boolean, an integer of 8 to 64 bits or a floating-point number of 16 to 64 bits");
        var shape = new List<int>();
        Int128 count = 1;
        foreach (string part in extents.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int extent) || shape.Count == 32) throw Header("shape", extents, "at most 32 whole numbers");
            shape.Add(extent);
            count = Int128.Min(count * extent, (Int128)1 << 62);
        }
        if (count > MostNumbers) throw Header("shape", extents, $"at most {MostNumbers} numbers");
        var data = file[(begin + (int)length)..];
        if (data.Length != (long)count * size)
            throw new InvalidInputException(FormattableString.Invariant($"{name}, byte {begin + length}: the data"), $"{data.Length} bytes", $"{(long)count * size} bytes");
        var values = new double[(int)count];
        // In Fortran order the first index is the fastest: the place of each number is counted up like an odometer.
        var index = new int[shape.Count];
        for (int i = 0; i < values.Length; i++)
        {
            int place = i;
            if (order == "True")
            {
                place = 0;
                for (int d = 0; d < index.Length; d++) place = (place * shape[d]) + index[d];
                for (int d = 0; d < index.Length && ++index[d] == shape[d]; d++) index[d] = 0;
            }
            values[place] = read(data.Slice(i * size, size));
        }
        return new(shape, values);

        string Entry(string key)
        {
            int at = header.IndexOf($"'{key}':", StringComparison.Ordinal);
            if (at < 0) throw Header(key, "missing", "a dictionary of descr, fortran_order and shape");
            string rest = header[(at + key.Length + 3)..].TrimStart();
            char close = rest.Length == 0 ? ' ' : rest[0] switch { '\'' => '\'', '(' => ')', _ => ',' };
            int first = close == ',' ? 0 : 1, end = rest.Length == 0 ? -1 : rest.IndexOf(close, first);
            if (end < 0) throw Header(key, "not ended", "a dictionary of descr, fortran_order and shape");
            return rest[first..end].Trim();
        }

        InvalidInputException Header(string key, string found, string allowed) =>
            new($"{name}, byte {begin}: {key} in the header", found.Length > 60 ? found[..60] + "..." : found, allowed);
    }

    delegate double Reader(ReadOnlySpan<byte> bytes);

    static (Reader Read, int Size)? Type(string descr) => descr switch
    {
        "|b1" or "|u1" => (b => b[0], 1),
        "|i1" => (b => (sbyte)b[0], 1),
        "<u2" => (b => BinaryPrimitives.ReadUInt16LittleEndian(b), 2),
        ">u2" => (b => BinaryPrimitives.ReadUInt16BigEndian(b), 2),
        "<i2" => (b => BinaryPrimitives.ReadInt16LittleEndian(b), 2),
        ">i2" => (b => BinaryPrimitives.ReadInt16BigEndian(b), 2),
        "<u4" => (b => BinaryPrimitives.ReadUInt32LittleEndian(b), 4),
        ">u4" => (b => BinaryPrimitives.ReadUInt32BigEndian(b), 4),
        "<i4" => (b => BinaryPrimitives.ReadInt32LittleEndian(b), 4),
        ">i4" => (b => BinaryPrimitives.ReadInt32BigEndian(b), 4),
        "<u8" => (b => BinaryPrimitives.ReadUInt64LittleEndian(b), 8),
        ">u8" => (b => BinaryPrimitives.ReadUInt64BigEndian(b), 8),
        "<i8" => (b => BinaryPrimitives.ReadInt64LittleEndian(b), 8),
        ">i8" => (b => BinaryPrimitives.ReadInt64BigEndian(b), 8),
        "<f2" => (b => (double)BinaryPrimitives.ReadHalfLittleEndian(b), 2),
        ">f2" => (b => (double)BinaryPrimitives.ReadHalfBigEndian(b), 2),
        "<f4" => (b => BinaryPrimitives.ReadSingleLittleEndian(b), 4),
        ">f4" => (b => BinaryPrimitives.ReadSingleBigEndian(b), 4),
        "<f8" => (b => BinaryPrimitives.ReadDoubleLittleEndian(b), 8),
        ">f8" => (b => BinaryPrimitives.ReadDoubleBigEndian(b), 8),
        _ => null,
    };
}
