using System.Buffers.Binary;
using System.Numerics;

namespace Lepton.Neuro.Encoders.Events;

/// <summary>Prophesee EVT 2.1: words of 64 bits. The type is in bits 63-60: OFF (0) and ON (1) events with 6 bits of time (59-54), the x of the first of 32 pixels (53-43), y (42-32) and a mask of
/// the pixels that fired (31-0); the upper 28 bits of the time (8, bits 59-32); triggers and others, which are passed over. A word is either little-endian as a whole (GenX320, where the header
/// says so) or two little-endian halves with the upper one first (IMX636). Source: Prophesee, "EVT 2.1 format".</summary>
sealed class Evt21Reader : FileReader
{
    readonly TimeHigh high = new(28, 6);
    readonly int turn;
    ulong word;
    uint left;

    public Evt21Reader(ByteSource source, PropheseeHeader header)
        : base(source)
    {
        SetSize(header.Width, header.Height);
        turn = header.HalvesSwapped ? 32 : 0;
    }

    public override int Read(Span<Event> into)
    {
        int count = 0;
        while (count < into.Length)
        {
            for (; left != 0 && count < into.Length; left &= left - 1)
                into[count++] = Checked(high.Time | (long)(word >> 54 & 0x3F), (int)(word >> 43 & 0x7FF) + BitOperations.TrailingZeroCount(left), (int)(word >> 32 & 0x7FF), word >> 60 != 0, -8);
            if (left != 0) break;
            var window = Source.Window(8);
            if (window.IsEmpty) break;
            if (window.Length < 8) throw Source.Truncated("a word of EVT 2.1", "8 bytes");
            word = BitOperations.RotateLeft(BinaryPrimitives.ReadUInt64LittleEndian(window), turn);
            switch (word >> 60)
            {
                case 0 or 1:
                    left = high.Known ? (uint)word : 0;
                    break;
                case 8:
                    high.Set((uint)(word >> 32) & 0xFFF_FFFF, Source, 0);
                    break;
                case 10 or 14 or 15:
                    break;
                default:
                    throw Source.Error("the type of a word of EVT 2.1", word >> 60, "0, 1, 8, 10, 14 or 15");
            }
            Source.Skip(8);
        }
        return count;
    }
}
