using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Lepton.Neuro.Encoders.Events;

/// <summary>Prophesee EVT 3.0: little-endian words of 16 bits that change a state: y (0), one event (2: x and polarity), the base of vectors (3), 12 or 8 pixels from the base on (4, 5: the base
/// moves on), the lower (6) and upper (8) 12 bits of the time; triggers, continuations and others are passed over. Events before the first upper time have none and are passed over. The upper
/// time wraps every 16.8 s, which is when it falls by more than half of its range; otherwise it must not fall. Source: Prophesee, "EVT 3.0 format".</summary>
sealed class Evt3Reader : FileReader
{
    const int Columns = 2048, MostOfWord = 12;
    readonly TimeHigh high = new(12, 12);
    int y, vectorX, leftX;
    uint low, left;
    bool vectorOn, baseOn;

    public Evt3Reader(ByteSource source, PropheseeHeader header)
        : base(source) => SetSize(header.Width, header.Height);

    public override int Read(Span<Event> into)
    {
        int count = 0;
        while (count < into.Length)
        {
            for (; left != 0 && count < into.Length; left &= left - 1)
                into[count++] = Vector(leftX + BitOperations.TrailingZeroCount(left), -2);
            if (left != 0) break;
            var window = Source.Window(2);
            if (window.IsEmpty) break;
            if (window.Length < 2) throw Source.Truncated("a word of EVT 3.0", "2 bytes");
            // Where a word's events surely fit, nothing of a word is left; the last few places are filled word by word.
            int at = high.Known && into.Length - count >= MostOfWord ? Many(window, into, ref count) : One(window);
            Source.Skip(at);
        }
        return count;

        int One(ReadOnlySpan<byte> window)
        {
            uint word = (uint)(window[0] | (window[1] << 8));
            switch (word >> 12)
            {
                case 2:
                    (leftX, left, vectorOn) = ((int)(word & 0x7FF), high.Known ? 1u : 0, (word & 0x800) != 0);
                    break;
                case 4 or 5:
                    left = high.Known ? word & (word >> 12 == 4 ? 0xFFFu : 0xFF) : 0;
                    leftX = vectorX;
                    vectorX = Math.Min(vectorX + (word >> 12 == 4 ? 12 : 8), Columns);
                    vectorOn = baseOn;
                    break;
                default:
                    Change(word, 0);
                    break;
            }
            return 2;
        }
    }

    /// <summary>Reads words as long as there is room for all pixels of one; the state is in locals, which the compiler keeps in registers.</summary>
    int Many(ReadOnlySpan<byte> window, Span<Event> into, ref int count)
    {
        var words = MemoryMarshal.Cast<byte, ushort>(window[..(window.Length & ~1)]);
        int row = y, baseX = vectorX, place = count, room = into.Length - MostOfWord;
        uint columns = Width > 0 ? (uint)Width : Columns, rows = Height > 0 ? (uint)Height : Columns;
        long time = high.Time | low;
        bool on = baseOn;
        int i = 0;
        for (; i < words.Length && place <= room; i++)
        {
            uint word = BitConverter.IsLittleEndian ? words[i] : (uint)System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(words[i]);
            uint type = word >> 12;
            if (type == 2)
            {
                uint x = word & 0x7FF;
                if (x >= columns || (uint)row >= rows) break;
                into[place++] = new(time, (ushort)x, (ushort)row, (word & 0x800) != 0);
            }
            else if (type is 4 or 5)
            {
                uint mask = word & (type == 4 ? 0xFFFu : 0xFF);
                if (mask != 0)
                {
                    if ((uint)(baseX + BitOperations.Log2(mask)) >= columns || (uint)row >= rows) break;
                    for (; mask != 0; mask &= mask - 1)
                        into[place++] = new(time, (ushort)(baseX + BitOperations.TrailingZeroCount(mask)), (ushort)row, on);
                }
                baseX = Math.Min(baseX + (type == 4 ? 12 : 8), Columns);
            }
            else if (type == 0)
            {
                row = (int)(word & 0x7FF);
            }
            else if (type == 3)
            {
                (baseX, on) = ((int)(word & 0x7FF), (word & 0x800) != 0);
            }
            else if (type == 6)
            {
                low = word & 0xFFF;
                time = (time & ~0xFFFL) | low;
            }
            else
            {
                Change(word, 2 * i);
                time = high.Time | low;
            }
        }
        (y, vectorX, baseOn, count) = (row, baseX, on, place);
        if (i < words.Length && place <= room) Outside(words[i], 2 * i);
        return 2 * i;
    }

    /// <summary>The word of an event that lies outside the sensor: reads it slowly, which says what is wrong.</summary>
    void Outside(ushort raw, int ahead)
    {
        uint word = BitConverter.IsLittleEndian ? raw : (uint)System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(raw);
        vectorOn = baseOn;
        if (word >> 12 == 2) Checked(high.Time | low, (int)(word & 0x7FF), y, true, ahead);
        for (uint mask = word & (word >> 12 == 4 ? 0xFFFu : 0xFF); mask != 0; mask &= mask - 1) Vector(vectorX + BitOperations.TrailingZeroCount(mask), ahead);
    }

    void Change(uint word, int ahead)
    {
        switch (word >> 12)
        {
            case 0:
                y = (int)(word & 0x7FF);
                break;
            case 3:
                (vectorX, baseOn) = ((int)(word & 0x7FF), (word & 0x800) != 0);
                break;
            case 6:
                low = word & 0xFFF;
                break;
            case 8:
                high.Set(word & 0xFFF, Source, ahead);
                break;
            case 7 or 10 or 14 or 15:
                break;
            default:
                throw Source.Error("the type of a word of EVT 3.0", word >> 12, "0, 2 to 8, 10, 14 or 15", ahead);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    Event Vector(int x, int ahead) => x < Columns ? Checked(high.Time | low, x, y, vectorOn, ahead) : throw Source.Error("the x of a pixel of a vector", x, $"0 to {Columns - 1}", ahead);
}
