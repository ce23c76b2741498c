using System.Globalization;
using System.Runtime.CompilerServices;

namespace Lepton.Neuro.Encoders.Events;

/// <summary>What all readers of files have in common: the window and the checks of an event.</summary>
abstract class FileReader(ByteSource source) : EventReader
{
    long last = long.MinValue;
    int width, height;

    /// <summary>The format it reads.</summary>
    public EventFormat Format { get; set; }

    public sealed override int Width => width;

    public sealed override int Height => height;

    protected ByteSource Source => source;

    protected void SetSize(int columns, int rows) => (width, height) = (columns, rows);

    /// <summary>An event of a format that forbids its time to run backwards.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected Event Ordered(long time, int x, int y, bool on, int ahead)
    {
        if (time < last) throw source.Error("the time of an event", time.ToString(CultureInfo.InvariantCulture) + " us", $"{last} us or later: time must not run backwards", ahead);
        last = time;
        return Checked(time, x, y, on, ahead);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected Event Checked(long time, int x, int y, bool on, int ahead)
    {
        if ((width > 0 && (uint)x >= (uint)width) || (height > 0 && (uint)y >= (uint)height)) throw Outside(x, y, ahead);
        return new(time, (ushort)x, (ushort)y, on);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) source.Dispose();
        base.Dispose(disposing);
    }

    InvalidInputException Outside(int x, int y, int ahead) =>
        source.Error("the pixel of an event", string.Create(CultureInfo.InvariantCulture, $"({x}, {y})"), string.Create(CultureInfo.InvariantCulture, $"within {width} x {height}"), ahead);
}
