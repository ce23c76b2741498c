using System.Globalization;

namespace Lepton.Neuro.Encoders.Events;

/// <summary>Changes to a stream of events, each a reader around a reader: nothing but a few thousand events and, where pixels are remembered, one time a pixel is held. Closing the outer
/// reader closes the inner one.</summary>
public static class EventTransforms
{
    const int MostPixels = 1 << 26;

    /// <summary>Only the events of a rectangle, whose corner becomes (0, 0).</summary>
    /// <param name="events">The events.</param>
    /// <param name="left">The first column kept, 0 or more.</param>
    /// <param name="top">The first row kept, 0 or more.</param>
    /// <param name="width">Columns kept, 1 to 65536.</param>
    /// <param name="height">Rows kept, 1 to 65536.</param>
    /// <exception cref="InvalidInputException">A number is out of its range, or the rectangle reaches out of a sensor whose size is known.</exception>
    public static EventReader Crop(this EventReader events, int left, int top, int width, int height)
    {
        Require.InRange("the first column of a crop", left, 0L, ushort.MaxValue);
        Require.InRange("the first row of a crop", top, 0L, ushort.MaxValue);
        Require.InRange("the columns of a crop", (long)width, 1, events.Width > 0 ? events.Width - left : 65536);
        Require.InRange("the rows of a crop", (long)height, 1, events.Height > 0 ? events.Height - top : 65536);
        return new Filter(events, width, height, (ref Event e) =>
        {
            int x = e.X - left, y = e.Y - top;
            if ((uint)x >= (uint)width || (uint)y >= (uint)height) return false;
            e = e with { X = (ushort)x, Y = (ushort)y };
            return true;
        });
    }

    /// <summary>A coarser sensor: each block of pixels becomes one. No event is dropped; a <see cref="Refractory"/> filter after it thins them.</summary>
    /// <param name="events">The events.</param>
    /// <param name="columns">How many columns become one, 1 to 65536.</param>
    /// <param name="rows">How many rows become one, 1 to 65536.</param>
    /// <exception cref="InvalidInputException">A number is out of its range.</exception>
    public static EventReader Downsample(this EventReader events, int columns, int rows)
    {
        Require.InRange("the columns that become one", (long)columns, 1, 65536);
        Require.InRange("the rows that become one", (long)rows, 1, 65536);
        return new Filter(events, (events.Width + columns - 1) / columns, (events.Height + rows - 1) / rows, (ref Event e) =>
        {
            e = e with { X = (ushort)(e.X / columns), Y = (ushort)(e.Y / rows) };
            return true;
        });
    }

    /// <summary>Only the events of a time, whose beginning becomes 0.</summary>
    /// <param name="events">The events.</param>
    /// <param name="from">The first microsecond kept.</param>
    /// <param name="until">The first microsecond not kept, after <paramref name="from"/>.</param>
    /// <exception cref="InvalidInputException">The time is empty.</exception>
    public static EventReader During(this EventReader events, long from, long until)
    {
        Require.InRange("the end of a time window in us", until, from == long.MaxValue ? from : from + 1, long.MaxValue);
        return new Filter(events, events.Width, events.Height, (ref Event e) =>
        {
            if (e.Time < from || e.Time >= until) return false;
            e = e with { Time = e.Time - from };
            return true;
        });
    }

    /// <summary>Turns the picture over.</summary>
    /// <param name="events">The events.</param>
    /// <param name="horizontally">Left and right change places.</param>
    /// <param name="vertically">Top and bottom change places.</param>
    /// <param name="polarity">ON and OFF change places.</param>
    /// <exception cref="InvalidInputException">The sensor's size is not known.</exception>
    public static EventReader Flip(this EventReader events, bool horizontally = false, bool vertically = false, bool polarity = false)
    {
        int width = events.Width, height = events.Height;
        if ((horizontally && width == 0) || (vertically && height == 0)) throw SizeUnknown();
        return new Filter(events, width, height, (ref Event e) =>
        {
            e = new(e.Time, horizontally ? (ushort)(width - 1 - e.X) : e.X, vertically ? (ushort)(height - 1 - e.Y) : e.Y, e.On ^ polarity);
            return true;
        });
    }

    /// <summary>Says how large the sensor is, where the recording does not; an event outside is an error.</summary>
    /// <param name="events">The events.</param>
    /// <param name="width">Columns, 1 to 65536.</param>
    /// <param name="height">Rows, 1 to 65536.</param>
    /// <exception cref="InvalidInputException">A number is out of its range; while reading, an event lies outside.</exception>
    public static EventReader OfSize(this EventReader events, int width, int height)
    {
        Require.InRange("the columns of a sensor", (long)width, 1, 65536);
        Require.InRange("the rows of a sensor", (long)height, 1, 65536);
        return new Filter(events, width, height, (ref Event e) => e.X < width && e.Y < height
            ? true
            : throw new InvalidInputException("the pixel of an event", string.Create(CultureInfo.InvariantCulture, $"({e.X}, {e.Y})"), string.Create(CultureInfo.InvariantCulture, $"within {width} x {height}")));
    }

    /// <summary>Drops an event that comes less than a time after the last one that was kept of its pixel, whatever their polarities.</summary>
    /// <param name="events">The events; their sensor's size must be known.</param>
    /// <param name="microseconds">The refractory time, 1 or more.</param>
    /// <exception cref="InvalidInputException">The time is not positive, or the sensor's size is unknown or above 2^26 pixels.</exception>
    public static EventReader Refractory(this EventReader events, long microseconds)
    {
        Require.InRange("the refractory time in us", microseconds, 1, 1L << 60);
        int width = events.Width;
        long[] last = Pixels(events);
        return new Filter(events, width, events.Height, (ref Event e) =>
        {
            ref long at = ref last[(e.Y * width) + e.X];
            if (Recent(at, e.Time, microseconds - 1)) return false;
            at = e.Time;
            return true;
        });
    }

    /// <summary>The background-activity filter: keeps an event only if one of the eight pixels around it had an event (kept or not) at most a time before.</summary>
    /// <remarks>Source: T. Delbruck, "Frame-free dynamic digital vision", Proc. Secure-Life Electronics (2008).</remarks>
    /// <param name="events">The events; their sensor's size must be known.</param>
    /// <param name="microseconds">The time, 1 or more.</param>
    /// <exception cref="InvalidInputException">The time is not positive, or the sensor's size is unknown or above 2^26 pixels.</exception>
    public static EventReader Denoise(this EventReader events, long microseconds)
    {
        Require.InRange("the time of correlation in us", microseconds, 1, 1L << 60);
        int width = events.Width, height = events.Height;
        long[] last = Pixels(events);
        return new Filter(events, width, height, (ref Event e) =>
        {
            bool supported = false;
            for (int y = Math.Max(0, e.Y - 1); y <= Math.Min(height - 1, e.Y + 1); y++)
            {
                for (int x = Math.Max(0, e.X - 1); x <= Math.Min(width - 1, e.X + 1); x++)
                    supported |= (x != e.X || y != e.Y) && Recent(last[(y * width) + x], e.Time, microseconds);
            }
            last[(e.Y * width) + e.X] = e.Time;
            return supported;
        });
    }

    static bool Recent(long at, long now, long most) => at != long.MinValue && Math.Abs(now - at) <= most;

    static long[] Pixels(EventReader events)
    {
        if (events.Width == 0 || events.Height == 0) throw SizeUnknown();
        var last = new long[Require.InRange("the pixels of a sensor", (long)events.Width * events.Height, 1, MostPixels)];
        Array.Fill(last, long.MinValue);
        return last;
    }

    static InvalidInputException SizeUnknown() => new("the size of the sensor", "not in the recording", "a recording that states it, or OfSize first");

    delegate bool Change(ref Event e);

    sealed class Filter(EventReader inner, int width, int height, Change keep) : EventReader
    {
        public override int Width => width;

        public override int Height => height;

        public override int Read(Span<Event> into)
        {
            int kept = 0;
            for (int count = inner.Read(into); count > 0; count = inner.Read(into))
            {
                for (int i = 0; i < count; i++)
                {
                    var e = into[i];
                    if (keep(ref e)) into[kept++] = e;
                }
                if (kept > 0) break;
            }
            return kept;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
