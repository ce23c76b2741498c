namespace Lepton.Neuro.Plasticity.ModelFiles;

/// <summary>Whole numbers of a few bits each, one after another: the lowest bit of the first number is the lowest bit of the first byte.</summary>
static class BitPacking
{
    public static long Bytes(long bits) => (bits + 7) / 8;

    public static byte[] Pack(ReadOnlySpan<uint> values, ReadOnlySpan<byte> widths)
    {
        long bits = 0;
        foreach (byte width in widths) bits += width;
        var packed = new byte[Bytes(bits)];
        long at = 0;
        for (int i = 0; i < values.Length; i++)
        {
            for (int bit = 0; bit < widths[i]; bit++, at++) packed[at >> 3] |= (byte)((values[i] >> bit & 1) << (int)(at & 7));
        }
        return packed;
    }

    /// <summary>Reads one number.</summary>
    public static uint Read(ReadOnlySpan<byte> packed, ref long at, int width)
    {
        ulong word = 0;
        int first = (int)(at >> 3), bytes = (int)(((at & 7) + width + 7) >> 3);
        for (int i = 0; i < bytes; i++) word |= (ulong)packed[first + i] << (8 * i);
        uint value = (uint)(word >> (int)(at & 7) & ((1UL << width) - 1));
        at += width;
        return value;
    }
}
