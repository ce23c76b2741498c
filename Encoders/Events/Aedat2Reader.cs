using System.Buffers.Binary;
using System.Text;

namespace Lepton.Neuro.Encoders.Events;

/// <summary>AEDAT 2.0: header lines that begin with '#', then big-endian pairs of a 32-bit address and a 32-bit time in microseconds. What an address means depends on the camera, which the header
/// names (<c># AEChip: ...</c>): DVS128 (x in bits 7-1, y in bits 14-8, polarity in bit 0, all taken as they are), DAVIS240 and DAVIS346 (x in bits 21-12, y in bits 30-22, both
/// counted from the far end, polarity in bit 11; frames, bit 31, and external events, bit 10, are passed over). The time may wrap once in 2^32 us; it must not run backwards otherwise.
/// Source: inivation, "AEDAT file formats", and jAER.</summary>
sealed class Aedat2Reader : FileReader
{
    const int Size = 8;
    readonly bool davis;
    uint previous;
    long high;

    public Aedat2Reader(ByteSource source)
        : base(source)
    {
        string header = AedatHeader.Read(source, stop: null);
        (davis, int width, int height) =
            header.Contains("DAVIS346", StringComparison.OrdinalIgnoreCase) || header.Contains("Davis346", StringComparison.OrdinalIgnoreCase) ? (true, 346, 260)
            : header.Contains("DAVIS240", StringComparison.OrdinalIgnoreCase) || header.Contains("SBret10", StringComparison.OrdinalIgnoreCase) ? (true, 240, 180)
            : header.Contains("DVS128", StringComparison.OrdinalIgnoreCase) || header.Contains("Tmpdiff128", StringComparison.OrdinalIgnoreCase) ? (false, 128, 128)
            : throw source.Error("the camera that an AEDAT 2.0 header names", "none of those known", "an AEChip line with DVS128, DAVIS240 or DAVIS346");
        SetSize(width, height);
    }

    public override int Read(Span<Event> into)
    {
        int count = 0;
        while (count < into.Length)
        {
            var window = Source.Window(Size);
            if (window.IsEmpty) break;
            if (window.Length < Size) throw Source.Truncated("an AEDAT 2.0 event", "8 bytes an event");
            int at = 0;
            for (; count < into.Length && at + Size <= window.Length; at += Size)
            {
                uint address = BinaryPrimitives.ReadUInt32BigEndian(window[at..]), time = BinaryPrimitives.ReadUInt32BigEndian(window[(at + 4)..]);
                if (davis && (address & 0x8000_0400) != 0) continue;
                if (time < previous && previous - time > int.MaxValue) high += 1L << 32;
                previous = time;
                into[count++] = davis
                    ? Ordered(high + time, Width - 1 - (int)(address >> 12 & 0x3FF), Height - 1 - (int)(address >> 22 & 0x1FF), (address & 0x800) != 0, at)
                    : Ordered(high + time, (int)(address >> 1 & 0x7F), (int)(address >> 8 & 0x7F), (address & 1) != 0, at);
            }
            Source.Skip(at);
        }
        return count;
    }
}

/// <summary>The lines of text, each beginning with '#', with which AEDAT 2 and 3 begin.</summary>
static class AedatHeader
{
    const int Longest = 1 << 15;

    /// <summary>Reads the lines and leaves the window behind them.</summary>
    /// <param name="source">The file, at its beginning.</param>
    /// <param name="stop">The line that ends the header; null where the first byte that is not '#' does.</param>
    public static string Read(ByteSource source, string? stop)
    {
        var text = new StringBuilder();
        while (true)
        {
            var window = source.Window(Longest);
            if (window.IsEmpty || window[0] != (byte)'#')
                return stop is null ? text.ToString() : throw source.Error("the header", window.IsEmpty ? "truncated" : "not ended", $"a line {stop}");
            int end = window[..Math.Min(window.Length, Longest)].IndexOf((byte)'\n');
            if (end < 0) throw source.Truncated("a header line", $"a line of at most {Longest} bytes with an end");
            string line = Encoding.Latin1.GetString(window[..end]).TrimEnd('\r');
            source.Skip(end + 1);
            if (line == stop) return text.ToString();
            if (text.Length + line.Length > 16 * Longest) throw source.Error("the header", "too long", $"at most {16 * Longest} bytes");
            text.Append(line).Append('\n');
        }
    }
}
