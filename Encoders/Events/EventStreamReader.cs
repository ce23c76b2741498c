using System.Buffers.Binary;

namespace Lepton.Neuro.Encoders.Events;

/// <summary>Event Stream 2.x of the kind "dvs": "Event Stream", the version, the kind, width and height; then a byte of the time since the event before (7 bits) and the polarity (bit 0), x and y
/// in 16 bits each; 255 adds 127 us and 254 is a mark without meaning between events. Row 0 is at the bottom of the picture. Source: A. Marcireau et al., "Event Stream" specification, version 2.0.</summary>
sealed class EventStreamReader : FileReader
{
    const int Header = 20, Size = 5, Reset = 254, Overflow = 255;
    long time;

    public EventStreamReader(ByteSource source)
        : base(source)
    {
        var window = source.Window(Header);
        if (window.Length < 16) throw source.Truncated("the header", "16 bytes");
        if (window[12] != 2) throw source.Error("the version of an Event Stream", $"{window[12]}.{window[13]}.{window[14]}", "2.x", 12);
        if (window[15] != 1) throw source.Error("the kind of an Event Stream", window[15], "1 (dvs)", 15);
        if (window.Length < Header) throw source.Truncated("the header", "20 bytes");
        int width = BinaryPrimitives.ReadUInt16LittleEndian(window[16..]), height = BinaryPrimitives.ReadUInt16LittleEndian(window[18..]);
        if (width == 0 || height == 0) throw source.Error("the size of the sensor", $"{width} x {height}", "at least 1 x 1", 16);
        SetSize(width, height);
        source.Skip(Header);
    }

    public override int Read(Span<Event> into)
    {
        int count = 0;
        while (count < into.Length)
        {
            var window = Source.Window(Size);
            if (window.IsEmpty) break;
            int at = 0;
            while (count < into.Length && at < window.Length)
            {
                int first = window[at];
                if (first is Reset or Overflow)
                {
                    time += first == Overflow ? 127 : 0;
                    at++;
                    continue;
                }
                if (at + Size > window.Length) break;
                time += first >> 1;
                into[count++] = Ordered(time, BinaryPrimitives.ReadUInt16LittleEndian(window[(at + 1)..]), BinaryPrimitives.ReadUInt16LittleEndian(window[(at + 3)..]), (first & 1) != 0, at);
                at += Size;
            }
            if (at == 0) throw Source.Truncated("an event of an Event Stream", "5 bytes");
            Source.Skip(at);
        }
        return count;
    }
}
