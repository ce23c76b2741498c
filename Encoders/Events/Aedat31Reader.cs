using System.Buffers.Binary;

namespace Lepton.Neuro.Encoders.Events;

/// <summary>AEDAT 3.1: packets of a header of 28 bytes (type, source, size of an event, offset of its time, overflows of the time, capacity, number, number of the valid) and their events,
/// little-endian. Polarity events are an address (valid in bit 0, polarity in bit 1, y in bits 16-2, x in bits 31-17) and a time of 31 bits; events that are not valid and packets of other types
/// are passed over. Source: inivation, "AEDAT file formats", version 3.1.</summary>
sealed class Aedat31Reader : FileReader
{
    const int Header = 28, Size = 8, Polarity = 1;
    int left, spare;
    long high;

    public Aedat31Reader(ByteSource source)
        : base(source)
    {
        string header = AedatHeader.Read(source, "#!END-HEADER");
        foreach (string line in header.Split('\n'))
        {
            if (line.StartsWith("#Format:", StringComparison.Ordinal) && line[8..].Trim() is var format && format != "RAW")
                throw source.Error("the format of an AEDAT 3.1 file", format, "RAW");
        }
    }

    public override int Read(Span<Event> into)
    {
        int count = 0;
        while (count < into.Length)
        {
            if (left == 0 && !NextPacket()) break;
            var window = Source.Window(Size);
            if (window.Length < Size) throw Source.Truncated("a polarity event", "8 bytes an event");
            int at = 0;
            for (; left > 0 && count < into.Length && at + Size <= window.Length; at += Size, left--)
            {
                uint data = BinaryPrimitives.ReadUInt32LittleEndian(window[at..]);
                int time = BinaryPrimitives.ReadInt32LittleEndian(window[(at + 4)..]);
                if (time < 0) throw Source.Error("the time of an event", time, "0 or more", at);
                if ((data & 1) != 0) into[count++] = Ordered(high | (uint)time, (int)(data >> 17), (int)(data >> 2 & 0x7FFF), (data & 2) != 0, at);
            }
            Source.Skip(at);
        }
        return count;
    }

    bool NextPacket()
    {
        while (true)
        {
            if (spare > 0) Source.SkipFar(spare, "a packet");
            spare = 0;
            var window = Source.Window(Header);
            if (window.IsEmpty) return false;
            if (window.Length < Header) throw Source.Truncated("a packet's header", "28 bytes");
            int type = BinaryPrimitives.ReadInt16LittleEndian(window), size = Int(4), timeAt = Int(8), overflow = Int(12), capacity = Int(16), number = Int(20), valid = Int(24);
            if (size < 1 || capacity < 0 || number < 0 || number > capacity || valid < 0 || valid > number || (long)size * capacity > int.MaxValue)
                throw Source.Error("a packet's header", $"size {size}, capacity {capacity}, number {number}, valid {valid}", "size >= 1 and capacity >= number >= valid >= 0");
            if (overflow < 0) throw Source.Error("a packet's overflows of time", overflow, "0 or more", 12);
            if (type == Polarity && (size != Size || timeAt != 4)) throw Source.Error("a polarity packet's event", $"{size} bytes with the time at {timeAt}", "8 bytes with the time at 4");
            Source.Skip(Header);
            if (type != Polarity)
            {
                Source.SkipFar((long)size * capacity, "a packet");
                continue;
            }
            high = (long)overflow << 31;
            left = number;
            spare = (capacity - number) * Size;
            if (left > 0) return true;

            int Int(int at) => BinaryPrimitives.ReadInt32LittleEndian(Source.Window(Header)[at..]);
        }
    }
}
