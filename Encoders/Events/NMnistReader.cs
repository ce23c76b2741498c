namespace Lepton.Neuro.Encoders.Events;

/// <summary>N-MNIST <c>.bin</c>: x, y, then 24 bits, big-endian: polarity in bit 23, time in microseconds in bits 22 to 0. An event with y = 240 is no event but says that 2^13 us are to be
/// added to all later times. Source: G. Orchard et al., Front. Neurosci. 9:437 (2015), and the readers that come with the data.</summary>
sealed class NMnistReader(ByteSource source) : FileReader(source)
{
    const int Size = 5, Overflow = 240;
    long offset;

    public override int Read(Span<Event> into)
    {
        int count = 0;
        while (count < into.Length)
        {
            var window = Source.Window(Size);
            if (window.IsEmpty) break;
            if (window.Length < Size) throw Source.Truncated("an N-MNIST event", "5 bytes an event");
            int at = 0;
            for (; count < into.Length && at + Size <= window.Length; at += Size)
            {
                var e = window.Slice(at, Size);
                if (e[1] == Overflow) offset += 1 << 13;
                else into[count++] = Ordered(offset + (((e[2] & 0x7F) << 16) | (e[3] << 8) | e[4]), e[0], e[1], e[2] >= 128, at);
            }
            Source.Skip(at);
        }
        return count;
    }
}
