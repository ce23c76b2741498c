using System.Buffers.Binary;

namespace Lepton.Neuro.Encoders.Events;

/// <summary>Prophesee DAT, version 2: header lines that begin with '%', the type of event (0 or 12) and its size (8), then little-endian pairs: time in microseconds, and x in bits 13-0, y in
/// bits 27-14, polarity in bits 31-28. The time may wrap at 2^32 us; it must not run backwards otherwise. Source: Prophesee, "DAT file format".</summary>
sealed class DatReader : FileReader
{
    const int Size = 8;
    uint previous;
    long high;

    public DatReader(ByteSource source, PropheseeHeader header)
        : base(source)
    {
        if (header.Version is not (0 or 2)) throw source.Error("the version of a DAT file", header.Version, "2");
        SetSize(header.Width, header.Height);
        var window = source.Window(2);
        if (window.Length < 2) throw source.Truncated("the type and size of events", "2 bytes");
        if (window[0] is not (0 or 12)) throw source.Error("the type of the events", window[0], "0 or 12 (changes of contrast)");
        if (window[1] != Size) throw source.Error("the size of the events", window[1], "8", 1);
        source.Skip(2);
    }

    public override int Read(Span<Event> into)
    {
        int count = 0;
        while (count < into.Length)
        {
            var window = Source.Window(Size);
            if (window.IsEmpty) break;
            if (window.Length < Size) throw Source.Truncated("a DAT event", "8 bytes an event");
            int at = 0;
            for (; count < into.Length && at + Size <= window.Length; at += Size)
            {
                uint time = BinaryPrimitives.ReadUInt32LittleEndian(window[at..]), pixel = BinaryPrimitives.ReadUInt32LittleEndian(window[(at + 4)..]);
                if (pixel >> 28 > 1) throw Source.Error("the polarity of an event", pixel >> 28, "0 or 1", at);
                if (time < previous && previous - time > int.MaxValue) high += 1L << 32;
                previous = time;
                into[count++] = Ordered(high + time, (int)(pixel & 0x3FFF), (int)(pixel >> 14 & 0x3FFF), pixel >> 28 == 1, at);
            }
            Source.Skip(at);
        }
        return count;
    }
}
