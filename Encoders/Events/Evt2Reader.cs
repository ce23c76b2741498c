using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Lepton.Neuro.Encoders.Events;

/// <summary>Prophesee EVT 2.0: little-endian words of 32 bits. The type is in bits 31-28: OFF (0) and ON (1) events with 6 bits of time (27-22), x (21-11) and y (10-0); the upper 28 bits of the
/// time (8); triggers and others, which are passed over. Events before the first upper time have none and are passed over. Upper times may wrap, which is when they fall by more than half of
/// their range; otherwise they must not fall. Source: Prophesee, "EVT 2.0 format".</summary>
sealed class Evt2Reader : FileReader
{
    readonly TimeHigh high = new(28, 6);

    public Evt2Reader(ByteSource source, PropheseeHeader header)
        : base(source) => SetSize(header.Width, header.Height);

    public override int Read(Span<Event> into)
    {
        int count = 0;
        while (count < into.Length)
        {
            var window = Source.Window(4);
            if (window.IsEmpty) break;
            if (window.Length < 4) throw Source.Truncated("a word of EVT 2.0", "4 bytes");
            int at = 0;
            for (; count < into.Length && at + 4 <= window.Length; at += 4)
            {
                uint word = BinaryPrimitives.ReadUInt32LittleEndian(window[at..]);
                switch (word >> 28)
                {
                    case 0 or 1:
                        if (high.Known) into[count++] = Checked(high.Time | (word >> 22 & 0x3F), (int)(word >> 11 & 0x7FF), (int)(word & 0x7FF), word >> 28 != 0, at);
                        break;
                    case 8:
                        high.Set(word & 0xFFF_FFFF, Source, at);
                        break;
                    case 10 or 14 or 15:
                        break;
                    default:
                        throw Source.Error("the type of a word of EVT 2.0", word >> 28, "0, 1, 8, 10, 14 or 15", at);
                }
            }
            Source.Skip(at);
        }
        return count;
    }
}

/// <summary>The upper bits of the time, which come by themselves in the formats of Prophesee and wrap.</summary>
sealed class TimeHigh(int bits, int lower)
{
    uint last;

    public bool Known { get; private set; }

    /// <summary>The time in microseconds whose lower bits are 0.</summary>
    public long Time { get; private set; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Set(uint value, ByteSource source, int ahead)
    {
        long step = value - (long)last;
        if (Known && step < 0)
        {
            if (-step <= 1L << (bits - 1)) throw source.Error("the upper part of the time", value, $"{last} or more: time must not run backwards", ahead);
            step += 1L << bits;
        }
        Time += step << lower;
        last = value;
        Known = true;
    }
}
