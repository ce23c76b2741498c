using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;

namespace Lepton.Neuro.Encoders.Events;

/// <summary>Writes what <see cref="NMnistReader"/> reads. Times are below 2^23 us, rows below 240 (which is the mark of an overflow).</summary>
sealed class NMnistWriter(string path) : EventWriter(path)
{
    private protected override void WriteCore(ReadOnlySpan<Event> events)
    {
        Span<byte> bytes = stackalloc byte[5];
        foreach (ref readonly var e in events)
        {
            if (e.Time is < 0 or >= 1 << 23) throw Cannot("the time", e.Time, "0 to 8388607 us");
            if (e.X > 255) throw Cannot("x", e.X, "0 to 255");
            if (e.Y > 239) throw Cannot("y", e.Y, "0 to 239");
            BinaryPrimitives.WriteUInt32BigEndian(bytes[1..], (uint)e.Time | (e.On ? 1u << 23 : 0));
            (bytes[0], bytes[1]) = ((byte)e.X, (byte)e.Y);
            Out.Write(bytes);
        }
    }
}

/// <summary>Writes what <see cref="Evt2Reader"/> reads. Times are below 2^34 us.</summary>
sealed class Evt2Writer : EventWriter
{
    long high = -1;

    public Evt2Writer(string path, int width, int height)
        : base(path)
    {
        try
        {
            RequireSize(path, width, height, 2048);
            Out.Write(Header("2.0", "EVT2", width, height));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private protected override void WriteCore(ReadOnlySpan<Event> events)
    {
        Span<byte> word = stackalloc byte[4];
        foreach (ref readonly var e in events)
        {
            if (e.Time is < 0 or >= 1L << 34) throw Cannot("the time", e.Time, string.Create(CultureInfo.InvariantCulture, $"0 to {(1L << 34) - 1} us"));
            if (e.X > 2047) throw Cannot("x", e.X, "0 to 2047");
            if (e.Y > 2047) throw Cannot("y", e.Y, "0 to 2047");
            if (e.Time >> 6 != high)
            {
                high = e.Time >> 6;
                BinaryPrimitives.WriteUInt32LittleEndian(word, 8u << 28 | (uint)high);
                Out.Write(word);
            }
            BinaryPrimitives.WriteUInt32LittleEndian(word, (e.On ? 1u << 28 : 0) | ((uint)e.Time & 0x3F) << 22 | (uint)e.X << 11 | e.Y);
            Out.Write(word);
        }
    }
}

/// <summary>Writes what <see cref="Evt3Reader"/> reads. Times are below 2^40 us; three or more events of one time, row and polarity from left to right become vectors.</summary>
sealed class Evt3Writer : EventWriter
{
    // An upper time that jumps by half of its range or more could be taken for one that runs backwards.
    const int LongestJump = 2047;
    long high = -1;
    int low = -1, y = -1;

    public Evt3Writer(string path, int width, int height)
        : base(path)
    {
        try
        {
            RequireSize(path, width, height, 2048);
            Out.Write(Header("3.0", "EVT3", width, height));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private protected override void WriteCore(ReadOnlySpan<Event> events)
    {
        for (int i = 0; i < events.Length;)
        {
            var e = events[i];
            if (e.Time is < 0 or >= 1L << 40) throw Cannot("the time", e.Time, string.Create(CultureInfo.InvariantCulture, $"0 to {(1L << 40) - 1} us"));
            if (e.X > 2047) throw Cannot("x", e.X, "0 to 2047");
            if (e.Y > 2047) throw Cannot("y", e.Y, "0 to 2047");
            Reach(e.Time);
            if (e.Y != y) Word(0, y = e.Y);
            uint mask = 1;
            int last = e.X;
            for (int k = i + 1; k < events.Length && events[k] is var f && f.Time == e.Time && f.Y == e.Y && f.On == e.On && f.X > last && f.X < Math.Min(e.X + 12, 2048); k++)
            {
                last = f.X;
                mask |= 1u << (f.X - e.X);
            }
            int polarity = e.On ? 0x800 : 0, run = BitOperations.PopCount(mask);
            if (run >= 3)
            {
                Word(3, polarity | e.X);
                Word(4, (int)mask);
            }
            else
            {
                run = 1;
                Word(2, polarity | e.X);
            }
            i += run;
        }
    }

    void Reach(long time)
    {
        long wanted = time >> 12;
        if (high < 0) Word(8, (int)(high = 0));
        while (high < wanted)
        {
            high = Math.Min(wanted, high + LongestJump);
            Word(8, (int)(high & 0xFFF));
        }
        if ((int)(time & 0xFFF) != low) Word(6, low = (int)(time & 0xFFF));
    }

    void Word(int type, int value)
    {
        Span<byte> word = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(word, (ushort)(type << 12 | value));
        Out.Write(word);
    }
}

/// <summary>Writes what <see cref="TextEventReader"/> reads: names of columns, then a line an event, times in whole microseconds.</summary>
sealed class TextEventWriter : EventWriter
{
    public TextEventWriter(string path)
        : base(path) => Out.Write("time,x,y,polarity\n"u8);

    private protected override void WriteCore(ReadOnlySpan<Event> events)
    {
        Span<byte> line = stackalloc byte[64];
        foreach (ref readonly var e in events)
        {
            System.Text.Unicode.Utf8.TryWrite(line, CultureInfo.InvariantCulture, $"{e.Time},{e.X},{e.Y},{(e.On ? 1 : 0)}\n", out int length);
            Out.Write(line[..length]);
        }
    }
}
