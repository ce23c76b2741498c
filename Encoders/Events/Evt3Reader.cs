using System.Numerics;

namespace Lepton.Neuro.Encoders.Events;

/// <summary>Prophesee EVT 3.0: little-endian words of 16 bits that change a state: y (0), one event (2: x and polarity), the base of vectors (3), 12 or 8 pixels from the base on (4, 5: the base
/// moves on), the lower (6) and upper (8) 12 bits of the time; triggers, continuations and others are passed over. Events before the first upper time have none and are passed over. The upper
/// time wraps every 16.8 s, which is when it falls by more than half of its range; otherwise it must not fall. Source: Prophesee, "EVT 3.0 format".</summary>
sealed class Evt3Reader : FileReader
{
    const int Columns = 2048;
    readonly TimeHigh high = new(12, 12);
    int y, vectorX, leftX;
    uint low, left;
    bool vectorOn;

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
            int at = 0;
            for (; left == 0 && count < into.Length && at + 2 <= window.Length; at += 2)
            {
                uint word = (uint)(window[at] | (window[at + 1] << 8));
                switch (word >> 12)
                {
                    case 0:
                        y = (int)(word & 0x7FF);
                        break;
                    case 2:
                        if (high.Known) into[count++] = Checked(high.Time | low, (int)(word & 0x7FF), y, (word & 0x800) != 0, at);
                        break;
                    case 3:
                        (vectorX, vectorOn) = ((int)(word & 0x7FF), (word & 0x800) != 0);
                        break;
                    case 4:
                        (leftX, left) = (vectorX, high.Known ? word & 0xFFF : 0);
                        vectorX = Math.Min(vectorX + 12, Columns);
                        break;
                    case 5:
                        (leftX, left) = (vectorX, high.Known ? word & 0xFF : 0);
                        vectorX = Math.Min(vectorX + 8, Columns);
                        break;
                    case 6:
                        low = word & 0xFFF;
                        break;
                    case 8:
                        high.Set(word & 0xFFF, Source, at);
                        break;
                    case 7 or 10 or 14 or 15:
                        break;
                    default:
                        throw Source.Error("the type of a word of EVT 3.0", word >> 12, "0, 2 to 8, 10, 14 or 15", at);
                }
                while (left != 0 && into.Length - count >= 12)
                {
                    into[count++] = Vector(leftX + BitOperations.TrailingZeroCount(left), at);
                    left &= left - 1;
                }
            }
            Source.Skip(at);
        }
        return count;
    }

    Event Vector(int x, int ahead) => x < Columns ? Checked(high.Time | low, x, y, vectorOn, ahead) : throw Source.Error("the x of a pixel of a vector", x, $"0 to {Columns - 1}", ahead);
}
