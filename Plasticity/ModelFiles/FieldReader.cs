using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Lepton.Neuro.Plasticity.ModelFiles;

/// <summary>Reads the fields of a file from a stranger: whatever does not fit is refused with the field's name and its offset, and nothing is allocated for a size that was not checked.</summary>
/// <param name="data">The bytes.</param>
/// <param name="file">How the file is called in an error's message.</param>
/// <param name="limits">The largest sizes.</param>
sealed class FieldReader(ReadOnlyMemory<byte> data, string file, ModelLimits limits)
{
    /// <summary>The bytes of a text where nothing else is said.</summary>
    public const int MostText = 256;

    long weights;

    public int Offset { get; private set; }

    public int Left => data.Length - Offset;

    public byte Byte(string field) => Bytes(1, field)[0];

    public ushort UInt16(string field) => BinaryPrimitives.ReadUInt16LittleEndian(Bytes(sizeof(ushort), field));

    public uint UInt32(string field) => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(sizeof(uint), field));

    public ulong UInt64(string field) => BinaryPrimitives.ReadUInt64LittleEndian(Bytes(sizeof(ulong), field));

    public float Single(string field) => BinaryPrimitives.ReadSingleLittleEndian(Bytes(sizeof(float), field));

    public double Double(string field) => BinaryPrimitives.ReadDoubleLittleEndian(Bytes(sizeof(double), field));

    /// <summary>A whole number in the least number of bytes, seven bits each, the lowest first.</summary>
    public long Count(string field, long least, long most)
    {
        int start = Offset;
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte part = Byte(field);
            // The tenth byte holds the last bit of 64.
            if (shift == 63 && part > 1) throw Refused(field, "a number of more than 64 bits", $"{least} to {most}", start);
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80) break;
        }
        if (value > (ulong)most || (long)value < least) throw Refused(field, value, $"{least} to {most}", start);
        return (long)value;
    }

    public int Size(string field, int least, int most) => (int)Count(field, least, most);

    /// <summary>How many weights, edges or delays there are: all of a file together are limited.</summary>
    public void Take(string field, long count)
    {
        weights += count;
        if (weights > limits.Weights) throw Refused(field, weights, $"at most {limits.Weights} weights, edges and delays in all", Offset);
    }

    public string Text(string field, int most = MostText)
    {
        int start = Offset;
        var bytes = Bytes(Size(field, 0, most), field);
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw Refused(field, "bytes that are no UTF-8", "text", start);
        }
    }

    public ReadOnlySpan<byte> Bytes(long count, string field)
    {
        if (count > Left) throw Refused(field, $"{count} bytes where {Left} are left", "a whole file", Offset);
        var bytes = data.Span.Slice(Offset, (int)count);
        Offset += (int)count;
        return bytes;
    }

    public InvalidInputException Refused(string field, object what, string allowed, int at) =>
        // Texts of the file may hold anything; the message stays one line that a terminal can show.
        new(string.Concat($"{file}: {field} at byte {at} is {Convert.ToString(what, System.Globalization.CultureInfo.InvariantCulture)}; allowed: {allowed}".Select(c => char.IsControl(c) ? '?' : c)));

    static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);
}

/// <summary>Writes what <see cref="FieldReader"/> reads.</summary>
sealed class FieldWriter
{
    readonly ArrayBufferWriter<byte> buffer = new();

    public void Byte(int value) => buffer.Write([(byte)value]);

    public void Bytes(ReadOnlySpan<byte> bytes) => buffer.Write(bytes);

    public void UInt16(ushort value) => Write(value, static (s, v) => BinaryPrimitives.WriteUInt16LittleEndian(s, v));

    public void UInt32(uint value) => Write(value, static (s, v) => BinaryPrimitives.WriteUInt32LittleEndian(s, v));

    public void UInt64(ulong value) => Write(value, static (s, v) => BinaryPrimitives.WriteUInt64LittleEndian(s, v));

    public void Single(float value) => Write(value, static (s, v) => BinaryPrimitives.WriteSingleLittleEndian(s, v));

    public void Double(double value) => Write(value, static (s, v) => BinaryPrimitives.WriteDoubleLittleEndian(s, v));

    public void Count(long value)
    {
        ulong left = (ulong)value;
        for (; left >= 0x80; left >>= 7) buffer.Write([(byte)(left | 0x80)]);
        buffer.Write([(byte)left]);
    }

    public void Text(string text, int most = FieldReader.MostText)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        // What could not be read back is not written.
        if (bytes.Length > most) throw new InvalidInputException("a text of a model file", $"{bytes.Length} bytes", $"at most {most}");
        Count(bytes.Length);
        Bytes(bytes);
    }

    public byte[] ToArray() => buffer.WrittenSpan.ToArray();

    delegate void Put<TValue>(Span<byte> to, TValue value);

    void Write<TValue>(TValue value, Put<TValue> put)
        where TValue : unmanaged, INumber<TValue>
    {
        Span<byte> bytes = stackalloc byte[System.Runtime.CompilerServices.Unsafe.SizeOf<TValue>()];
        put(bytes, value);
        buffer.Write(bytes);
    }
}
