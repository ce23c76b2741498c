using System.Numerics;

namespace Lepton.Neuro.Plasticity.ModelFiles;

/// <summary>Codes whole numbers of 0 or more in the shortest of three ways.</summary>
/// <remarks>
/// <para>A byte says which: 0, packed: the bits of a number (a byte, 0 to 31), and the numbers one after another. 1, bytes: the length of the code (a count) and an <see cref="EntropyCode"/> of numbers
/// below 256. 2, buckets: the same of buckets, and the bits within the buckets packed. A number below 16 is its own bucket; another one, of leading bit 2^k, shares the bucket
/// 16 + 8 (k - 4) + (its next three bits) with 2^(k - 3) - 1 others.</para>
/// </remarks>
static class IntegerCode
{
    enum Way : byte
    {
        Packed,
        Bytes,
        Buckets,
    }

    public static void Write(FieldWriter writer, ReadOnlySpan<int> values)
    {
        int most = 0;
        foreach (int value in values) most = Math.Max(most, value);
        int width = BitOperations.Log2((uint)most) + (most > 0 ? 1 : 0);
        long packedBytes = 1 + BitPacking.Bytes((long)width * values.Length);
        var symbols = new byte[values.Length];
        byte[] extra = [];
        if (most < 256)
        {
            for (int i = 0; i < symbols.Length; i++) symbols[i] = (byte)values[i];
        }
        else
        {
            var rest = new uint[values.Length];
            var widths = new byte[values.Length];
            for (int i = 0; i < symbols.Length; i++) (symbols[i], rest[i], widths[i]) = Bucket(values[i]);
            extra = BitPacking.Pack(rest, widths);
        }
        var code = EntropyCode.Encode(symbols);
        if (packedBytes <= code.Length + extra.Length)
        {
            writer.Byte((int)Way.Packed);
            writer.Byte(width);
            var widths = new byte[values.Length];
            widths.AsSpan().Fill((byte)width);
            writer.Bytes(BitPacking.Pack(System.Runtime.InteropServices.MemoryMarshal.Cast<int, uint>(values), widths));
            return;
        }
        writer.Byte((int)(most < 256 ? Way.Bytes : Way.Buckets));
        writer.Count(code.Length);
        writer.Bytes(code);
        writer.Bytes(extra);
    }

    /// <summary>Reads.</summary>
    /// <param name="reader">Where from.</param>
    /// <param name="count">How many: counted against the limits already.</param>
    /// <param name="field">What they are.</param>
    public static int[] Read(FieldReader reader, int count, string field)
    {
        int start = reader.Offset;
        var way = (Way)reader.Byte($"{field}: its code");
        if (way == Way.Packed)
        {
            int width = reader.Byte($"{field}: bits of a number");
            if (width > 31) throw reader.Refused($"{field}: bits of a number", width, "0 to 31", start);
            return Unpack(reader.Bytes(BitPacking.Bytes((long)width * count), field), count, width);
        }
        if (way is not (Way.Bytes or Way.Buckets)) throw reader.Refused($"{field}: its code", (int)way, "0 to 2", start);
        int length = reader.Size($"{field}: the length of its code", 5, reader.Left);
        var symbols = new byte[count];
        EntropyCode.Decode(reader, length, field, symbols);
        var values = new int[count];
        if (way == Way.Bytes)
        {
            for (int i = 0; i < count; i++) values[i] = symbols[i];
            return values;
        }
        long bits = 0;
        foreach (byte symbol in symbols)
        {
            if (symbol >= 16 + (8 * 27)) throw reader.Refused($"{field}: a bucket", symbol, $"below {16 + (8 * 27)}", start);
            bits += Math.Max(0, (symbol - 16) >> 3) + (symbol < 16 ? 0 : 1);
        }
        var extra = reader.Bytes(BitPacking.Bytes(bits), field);
        long at = 0;
        for (int i = 0; i < count; i++)
        {
            int symbol = symbols[i];
            if (symbol < 16)
            {
                values[i] = symbol;
                continue;
            }
            int within = ((symbol - 16) >> 3) + 1;
            values[i] = (8 | (symbol & 7)) << within | (int)BitPacking.Read(extra, ref at, within);
        }
        return values;
    }

    static int[] Unpack(ReadOnlySpan<byte> packed, int count, int width)
    {
        var values = new int[count];
        long at = 0;
        for (int i = 0; i < count && width > 0; i++) values[i] = (int)BitPacking.Read(packed, ref at, width);
        return values;
    }

    static (byte Symbol, uint Within, byte Width) Bucket(int value)
    {
        if (value < 16) return ((byte)value, 0, 0);
        int within = BitOperations.Log2((uint)value) - 3;
        return ((byte)(16 + (8 * (within - 1)) + (value >> within & 7)), (uint)(value & ((1 << within) - 1)), (byte)within);
    }
}
