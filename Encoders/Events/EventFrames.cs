namespace Lepton.Neuro.Encoders.Events;

/// <summary>Events gathered into arrays: counts in frames, and voxel grids.</summary>
public static class EventFrames
{
    const long MostNumbers = 1 << 28;

    /// <summary>Counts of events in frames of one length, made one after the other; empty frames are frames too.</summary>
    /// <param name="events">The events; the size of their sensor must be known.</param>
    /// <param name="duration">The length of a frame in microseconds, 1 or more. The first frame begins at the first event.</param>
    /// <returns>For each frame the OFF counts, row by row, then the ON counts: 2 x Height x Width numbers, a new array each time.</returns>
    /// <exception cref="InvalidInputException">The length is not positive, the sensor's size is unknown, or time runs backwards.</exception>
    public static IEnumerable<float[]> ByTime(EventReader events, long duration)
    {
        Require.InRange("the length of a frame in us", duration, 1, 1L << 60);
        int size = Size(events, 2);
        return Frames();

        IEnumerable<float[]> Frames()
        {
            float[]? frame = null;
            long begin = 0;
            foreach (var e in events.Events())
            {
                if (frame is null) (frame, begin) = (new float[size], e.Time);
                if (e.Time < begin) throw new InvalidInputException("the time of an event", e.Time, FormattableString.Invariant($"{begin} us or later: frames are made in the order of time"));
                while (e.Time - begin >= duration)
                {
                    yield return frame;
                    frame = new float[size];
                    begin += duration;
                }
                frame[Channel(e, events.Width, events.Height)]++;
            }
            if (frame is not null) yield return frame;
        }
    }

    /// <summary>Counts of events in frames of so many events each; the last frame may hold fewer.</summary>
    /// <param name="events">The events; the size of their sensor must be known.</param>
    /// <param name="count">The events of a frame, 1 or more.</param>
    /// <returns>As for <see cref="ByTime"/>.</returns>
    /// <exception cref="InvalidInputException">The count is not positive, or the sensor's size is unknown.</exception>
    public static IEnumerable<float[]> ByCount(EventReader events, int count)
    {
        Require.InRange("the events of a frame", (long)count, 1, int.MaxValue);
        int size = Size(events, 2);
        return Frames();

        IEnumerable<float[]> Frames()
        {
            float[]? frame = null;
            int held = 0;
            foreach (var e in events.Events())
            {
                (frame ??= new float[size])[Channel(e, events.Width, events.Height)]++;
                if (++held == count)
                {
                    yield return frame;
                    (frame, held) = (null, 0);
                }
            }
            if (frame is not null) yield return frame;
        }
    }

    /// <summary>A voxel grid: the polarities (+1, -1), each shared between the two nearest of the bins that span the events' time, so that bin b of B gets
    /// <c>p max(0, 1 - |b - (B - 1)(t - t0) / (t1 - t0)|)</c>. Where all events have one time they are in bin 0.</summary>
    /// <remarks>Source: A. Zhu et al., "Unsupervised event-based learning of optical flow, depth, and egomotion", CVPR (2019).</remarks>
    /// <param name="events">The events, in the order of time.</param>
    /// <param name="bins">The number of bins, 1 or more.</param>
    /// <param name="width">Columns of the sensor.</param>
    /// <param name="height">Rows of the sensor.</param>
    /// <returns>bins x height x width numbers; their sum is the ON events less the OFF events.</returns>
    /// <exception cref="InvalidInputException">A number is not positive, the grid has more than 2^28 numbers, an event lies outside, or time runs backwards.</exception>
    public static float[] VoxelGrid(ReadOnlySpan<Event> events, int bins, int width, int height)
    {
        Require.InRange("the bins of a voxel grid", (long)bins, 1, MostNumbers);
        Require.InRange("the columns of a voxel grid", (long)width, 1, 65536);
        Require.InRange("the rows of a voxel grid", (long)height, 1, 65536);
        Require.InRange("the numbers of a voxel grid", Math.BigMul(bins, width) * (Int128)height > MostNumbers ? long.MaxValue : (long)bins * width * height, 1, MostNumbers);
        var grid = new float[bins * width * height];
        if (events.IsEmpty) return grid;
        long first = events[0].Time, span = events[^1].Time - first;
        foreach (var e in events)
        {
            if (e.X >= width || e.Y >= height) throw new InvalidInputException("the pixel of an event", $"({e.X}, {e.Y})", $"within {width} x {height}");
            if (e.Time < first || e.Time - first > span) throw new InvalidInputException("the time of an event", e.Time, "between the first and the last event's");
            double place = span == 0 ? 0 : (bins - 1) * (double)(e.Time - first) / span;
            int bin = (int)place, pixel = (e.Y * width) + e.X;
            float share = (float)(place - bin), sign = e.On ? 1 : -1;
            grid[(bin * width * height) + pixel] += sign * (1 - share);
            if (bin + 1 < bins) grid[((bin + 1) * width * height) + pixel] += sign * share;
        }
        return grid;
    }

    /// <summary>The number of an event's channel: all OFF pixels row by row, then all ON pixels.</summary>
    internal static int Channel(in Event e, int width, int height) =>
        e.X < width && e.Y < height ? (((e.On ? height : 0) + e.Y) * width) + e.X : throw new InvalidInputException("the pixel of an event", $"({e.X}, {e.Y})", $"within {width} x {height}");

    internal static int Size(EventReader events, int planes)
    {
        if (events.Width == 0 || events.Height == 0) throw new InvalidInputException("the size of the sensor", "not in the recording", "a recording that states it, or OfSize first");
        return (int)Require.InRange("the numbers of a frame", (long)planes * events.Width * events.Height, 1, MostNumbers);
    }
}
