using System.Globalization;
using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Random;

namespace Lepton.Neuro.Encoders.Events;

/// <summary>What <see cref="EventCamera.Watch"/> gives: the events between two frames are made when they are asked for, in slices of time small enough that their number is bounded.</summary>
sealed class EventCameraReader : EventReader
{
    const int MostPixels = 1 << 26, EventsOfSlice = 1 << 20, Rows = 16;
    const long LongestGap = 1 << 30;

    // What the draws of a pixel are for.
    const uint Thresholds = 0, Beginning = 1, FirstNoise = 2;

    readonly EventCamera camera;
    readonly IEnumerator<Frame> frames;
    readonly RandomStream stream;
    readonly double[] on, off, reference, response, next, ready;
    readonly double refractory;
    Frame current;
    Picture? following;
    long followingTime;
    uint index;
    int slice, slices;
    Event[] held = [];
    int given;

    public EventCameraReader(EventCamera camera, IEnumerable<Frame> film)
    {
        this.camera = camera;
        frames = film.GetEnumerator();
        if (!frames.MoveNext()) throw new InvalidInputException("the frames that an event camera watches", "none", "at least one");
        current = frames.Current;
        EventCamera.RequirePicture(current.Picture, current.Picture, "the first frame");
        int pixels = (int)Require.InRange("the pixels of an event camera", current.Picture.Width * (long)current.Picture.Height, 1, MostPixels);
        (on, off, reference, response, next, ready) = (new double[pixels], new double[pixels], new double[pixels], new double[pixels], new double[pixels], new double[pixels]);
        refractory = camera.Refractory.Seconds * 1e6;
        stream = new(camera.Seed, RandomPurpose.Camera, 0);
        Parallel.For(0, Height, y =>
        {
            for (int i = y * Width; i < (y + 1) * Width; i++)
            {
                var draws = new Draws(stream, (uint)i, 0, Thresholds);
                double z = camera.Mismatch > 0 ? draws.Normal() : 0, w = camera.Mismatch > 0 ? draws.Normal() : 0;
                on[i] = Math.Max(EventCamera.LeastThreshold, camera.OnThreshold + (camera.Mismatch * z));
                off[i] = Math.Max(EventCamera.LeastThreshold, camera.OffThreshold + (camera.Mismatch * w));
                response[i] = camera.Respond(current.Picture.Values[i]);
                reference[i] = response[i] - (camera.Leak.Hertz > 0 ? new Draws(stream, (uint)i, 0, Beginning).Unit() * on[i] : 0);
                ready[i] = double.NegativeInfinity;
            }
        });
    }

    public override int Width => current.Picture.Width;

    public override int Height => current.Picture.Height;

    public override int Read(Span<Event> into)
    {
        while (given == held.Length)
        {
            if (!Advance()) return 0;
        }
        int count = Math.Min(into.Length, held.Length - given);
        held.AsSpan(given, count).CopyTo(into);
        given += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) frames.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Makes the events of the next slice of time.</summary>
    bool Advance()
    {
        if (following is null && !Begin()) return false;
        double begin = current.Time, span = followingTime - begin;
        double from = begin + (span * slice / slices), until = slice + 1 == slices ? followingTime : begin + (span * (slice + 1) / slices);
        held = Slice(from, until);
        given = 0;
        if (++slice == slices)
        {
            next.CopyTo(response, 0);
            current = new(followingTime, following!);
            following = null;
        }
        return true;
    }

    /// <summary>Takes the next frame, and finds how many slices of time are needed.</summary>
    bool Begin()
    {
        if (!frames.MoveNext()) return false;
        var frame = frames.Current;
        string name = string.Create(CultureInfo.InvariantCulture, $"frame {++index}");
        EventCamera.RequirePicture(frame.Picture, current.Picture, name);
        Require.InRange($"the time of {name} in us", frame.Time, current.Time + 1, current.Time + LongestGap);
        (following, followingTime) = (frame.Picture, frame.Time);
        double seconds = (followingTime - current.Time) * 1e-6, expected = 0;
        for (int i = 0; i < next.Length; i++)
        {
            next[i] = camera.Respond(frame.Picture.Values[i]);
            double change = next[i] - response[i];
            expected += change > 0 ? change / on[i] : -change / off[i];
        }
        expected += next.Length * seconds * (camera.Leak.Hertz + camera.ShotNoise.Hertz);
        (slice, slices) = (0, (int)Math.Clamp(Math.Ceiling(expected / EventsOfSlice), 1, 1 << 16));
        return true;
    }

    Event[] Slice(double from, double until)
    {
        var bands = new List<Event>[(Height + Rows - 1) / Rows];
        Parallel.For(0, bands.Length, band =>
        {
            var events = bands[band] = [];
            for (int i = band * Rows * Width; i < Math.Min((band + 1) * Rows, Height) * Width; i++) Watch(i, from, until, events);
        });
        int count = bands.Sum(b => b.Count);
        var (events, keys) = (new Event[count], new long[count]);
        int place = 0;
        foreach (var band in bands)
        {
            band.CopyTo(events, place);
            place += band.Count;
        }
        // The place in a key keeps the order of rows and columns among events of one time, whatever the sort does.
        long start = (long)Math.Floor(from);
        for (int i = 0; i < count; i++) keys[i] = ((events[i].Time - start) << 32) | (uint)i;
        Array.Sort(keys, events);
        return events;
    }

    /// <summary>One pixel, from one time to another, in us: L - R is a straight line but for the steps of events.</summary>
    void Watch(int i, double from, double until, List<Event> events)
    {
        double span = followingTime - current.Time, leak = camera.Leak.Hertz * on[i] * 1e-6;
        double slope = (next[i] - response[i]) / span, atFrom = response[i] + (slope * (from - current.Time)) - reference[i], rise = slope + leak;
        double noiseRate = camera.ShotNoise.Hertz * 1e-6;
        var draws = new Draws(stream, (uint)i, index, FirstNoise + (uint)slice);
        double noise = noiseRate > 0 ? from + (draws.Exponential() / noiseRate) : double.PositiveInfinity;
        double moved = 0;
        for (double now = Math.Max(from, ready[i]); now < until;)
        {
            double difference = atFrom + (rise * (now - from)) - moved;
            double at = difference >= on[i] || difference <= -off[i] ? now
                : rise > 0 ? from + ((on[i] + moved - atFrom) / rise)
                : rise < 0 ? from + ((moved - off[i] - atFrom) / rise)
                : double.PositiveInfinity;
            at = Math.Max(at, now);
            bool rising = difference >= on[i] || (difference > -off[i] && rise > 0);
            if (noise <= at && noise < until)
            {
                at = noise;
                noise += draws.Exponential() / noiseRate;
                bool silent = at < now, seen = draws.Unit() < NoiseShare(i, at);
                rising = draws.Unit() < 0.5;
                if (silent || !seen) continue;
            }
            else if (at < until)
            {
                moved += rising ? on[i] : -off[i];
            }
            else
            {
                break;
            }
            events.Add(new((long)Math.Floor(at), (ushort)(i % Width), (ushort)(i / Width), rising));
            ready[i] = at + refractory;
            now = Math.Max(at, ready[i]);
        }
        reference[i] += moved - (leak * (until - from));
    }

    /// <summary>The part of the noise of the dark that is left at the intensity of a time: 1 to a quarter.</summary>
    double NoiseShare(int i, double at)
    {
        double share = (at - current.Time) / (followingTime - current.Time);
        double intensity = ((1 - share) * current.Picture.Values[i]) + (share * following!.Values[i]);
        return 1 - (0.75 * intensity);
    }
}
