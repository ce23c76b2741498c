using FsCheck.Fluent;
using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Encoders.Events;
using Lepton.Neuro.Testing;
using Xunit;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Encoders.Tests;

public sealed class EventCameraTests
{
    static readonly FsCheck.Gen<Frame[]> Films =
        from width in Gen.Choose(1, 5)
        from height in Gen.Choose(1, 4)
        from frames in Gen.NonEmptyListOf(
            from gap in Gen.Choose(1, 4000)
            from seed in Gen.Choose(0, 1 << 20)
            select (gap, seed))
        select Film(width, height, [.. frames.Take(8)]);

    [Fact]
    public void An_ideal_camera_follows_the_response_to_within_its_threshold_in_every_frame() =>
        Properties.Holds(
            from film in Films
            from up in Gen.Choose(5, 100).Select(n => n / 100.0)
            from down in Gen.Choose(5, 100).Select(n => n / 100.0)
            select (film, up, down),
            given =>
            {
                var camera = EventCamera.Ideal with { OnThreshold = given.up, OffThreshold = given.down };
                var events = camera.Watch(given.film).ReadAll();
                Assert.Equal(events.OrderBy(e => e.Time).ThenBy(e => e.Y).ThenBy(e => e.X).Select(e => e.Time), events.Select(e => e.Time));
                var first = given.film[0].Picture;
                foreach (var frame in given.film)
                {
                    for (int i = 0; i < first.Values.Length; i++)
                    {
                        double reference = camera.Respond(first.Values[i])
                            + events.Where(e => (e.Y * first.Width) + e.X == i && e.Time < frame.Time).Sum(e => e.On ? given.up : -given.down);
                        Assert.InRange(camera.Respond(frame.Picture.Values[i]) - reference, -given.down - 1e-9, given.up + 1e-9);
                    }
                }
                var decoded = camera.Decode(first, EventReader.Of(events, first.Width, first.Height));
                for (int i = 0; i < first.Values.Length; i++)
                {
                    double wanted = camera.Respond(given.film[^1].Picture.Values[i]);
                    Assert.InRange(wanted - camera.Respond(decoded.Values[i]), -given.down - 1e-6, given.up + 1e-6);
                }
            }, 60);

    [Fact]
    public void Crossings_of_a_ramp_come_at_the_times_of_the_straight_line()
    {
        var camera = EventCamera.Ideal with { OnThreshold = 0.25, OffThreshold = 0.5 };
        var events = camera.Watch([Flat(0, 0.2f), Flat(10_000, 0.9f), Flat(20_000, 0.3f)]).ReadAll();
        double low = camera.Respond(0.2f), high = camera.Respond(0.9f), end = camera.Respond(0.3f);
        var up = Enumerable.Range(1, (int)((high - low) / 0.25)).Select(k => (long)Math.Floor(10_000 * k * 0.25 / (high - low))).ToArray();
        double top = low + (up.Length * 0.25);
        var down = Enumerable.Range(1, (int)((top - end) / 0.5)).Select(k => (long)Math.Floor(10_000 + (10_000 * (high - top + (k * 0.5)) / (high - end))));
        Assert.Equal(up, events.Where(e => e.On).Select(e => e.Time));
        Assert.Equal(down, events.Where(e => !e.On).Select(e => e.Time));
    }

    [Fact]
    public void Response_and_intensity_are_inverse_and_have_no_jump_or_fold()
    {
        foreach (double knee in new[] { 2.0, 20, 255 })
        {
            var camera = new EventCamera { Linear = knee };
            double last = -1;
            for (int n = 0; n <= 2550; n++)
            {
                double intensity = n / 2550.0, response = camera.Respond(intensity);
                Assert.True(response > last && response - last < 0.6 || n == 0);
                Assert.Equal(intensity, camera.Intensity(response), 1e-12);
                last = response;
            }
        }
    }

    [Fact]
    public void A_pixel_is_silent_for_its_refractory_time_and_then_catches_up() =>
        Properties.Holds(Films, film =>
        {
            var camera = EventCamera.Ideal with { OnThreshold = 0.05, OffThreshold = 0.05, Refractory = 0.2.ms, ShotNoise = 300.Hz };
            var last = film[^1];
            var events = camera.Watch([.. film, new(last.Time + 30_000, last.Picture)]).ReadAll();
            foreach (var pixel in events.GroupBy(e => (e.X, e.Y)))
            {
                long[] times = [.. pixel.Select(e => e.Time)];
                // Times are cut to microseconds.
                for (int k = 1; k < times.Length; k++) Assert.InRange(times[k] - times[k - 1], 199, long.MaxValue);
            }
            var quiet = camera with { ShotNoise = default };
            var first = film[0].Picture;
            var decoded = quiet.Decode(first, quiet.Watch([.. film, new(last.Time + 30_000, last.Picture)]));
            for (int i = 0; i < first.Values.Length; i++)
                Assert.InRange(Math.Abs(quiet.Respond(last.Picture.Values[i]) - quiet.Respond(decoded.Values[i])), 0, 0.05 + 1e-6);
        }, 40);

    [Fact]
    public void A_leak_fires_ON_at_its_rate_whatever_is_seen()
    {
        var still = Noise(20, 20, 5);
        var events = (EventCamera.Ideal with { Leak = 7.Hz }).Watch([new(0, still), new(500_000, still), new(3_000_000, still)]).ReadAll();
        Assert.All(events, e => Assert.True(e.On));
        foreach (var pixel in events.GroupBy(e => (e.X, e.Y)))
        {
            long[] times = [.. pixel.Select(e => e.Time)];
            Assert.InRange(times.Length, 20, 22);
            Assert.All(times.Zip(times.Skip(1), (a, b) => b - a), gap => Assert.InRange(gap, (1e6 / 7) - 1, (1e6 / 7) + 1));
        }
        // They begin anywhere, not together.
        Assert.InRange(events.GroupBy(e => (e.X, e.Y)).Select(g => g.First().Time).Average() / (1e6 / 7), 0.42, 0.58);
    }

    [Fact]
    public void Shot_noise_is_a_Poisson_process_that_falls_to_a_quarter_in_the_light()
    {
        const int side = 40;
        foreach (var (intensity, share) in new[] { (0f, 1.0), (0.5f, 0.625), (1f, 0.25) })
        {
            var still = Picture.Create(side, side, 1, Enumerable.Repeat(intensity, side * side).ToArray());
            // The gaps between frames must leave no trace.
            var events = (EventCamera.Ideal with { ShotNoise = 40.Hz }).Watch(Enumerable.Range(0, 21).Select(k => new Frame(k * 50_000L, still))).ReadAll();
            double expected = 40 * share, mean = events.Length / (double)(side * side);
            Assert.InRange(mean, expected - (5 * Math.Sqrt(expected) / side), expected + (5 * Math.Sqrt(expected) / side));
            var counts = new double[side * side];
            foreach (var e in events) counts[(e.Y * side) + e.X]++;
            Assert.InRange(counts.Average(c => (c - mean) * (c - mean)) / mean, 0.8, 1.2);
            Assert.InRange(events.Count(e => e.On) / (double)events.Length, 0.47, 0.53);
            double[] gaps = [.. events.GroupBy(e => (e.X, e.Y)).SelectMany(g => g.Zip(g.Skip(1), (a, b) => (double)(b.Time - a.Time)))];
            double average = gaps.Average();
            Assert.InRange(Math.Sqrt(gaps.Average(g => (g - average) * (g - average))) / average, 0.88, 1.05);
        }
    }

    [Fact]
    public void Thresholds_of_pixels_differ_by_the_mismatch_and_are_a_pixels_own()
    {
        const int side = 30;
        var (dark, light) = (Even(side, 0.1f), Even(side, 1f));
        var camera = EventCamera.Ideal with { OnThreshold = 0.2, Mismatch = 0.03 };
        // A thousand small steps up and down again: what an event of a pixel is worth is the ramp over their number.
        var film = Enumerable.Range(0, 81).Select(k => new Frame(k * 1000L, k % 2 == 0 ? dark : light)).ToArray();
        double ramp = (camera.Respond(1) - camera.Respond(0.1f)) * 40;
        var events = camera.Watch(film).ReadAll();
        double[] worth = [.. events.Where(e => e.On).GroupBy(e => (e.Y, e.X)).OrderBy(g => g.Key).Select(g => ramp / g.Count())];
        Assert.Equal(side * side, worth.Length);
        Assert.InRange(worth.Average(), 0.19, 0.22);
        double mean = worth.Average(), deviation = Math.Sqrt(worth.Average(w => (w - mean) * (w - mean)));
        Assert.InRange(deviation, 0.024, 0.037);
        Assert.NotEqual(events.Length, (camera with { Seed = 2 }).Watch(film).ReadAll().Length);
    }

    [Fact]
    public void The_same_seed_gives_the_same_events_and_an_upper_row_does_not_feel_the_lower_ones()
    {
        var camera = new EventCamera { ShotNoise = 50.Hz, Leak = 10.Hz, Seed = 9 };
        var film = new[] { new Frame(0, Noise(7, 40, 1)), new Frame(30_000, Noise(7, 40, 2)), new Frame(50_000, Noise(7, 40, 3)) };
        var events = camera.Watch(film).ReadAll();
        Assert.Equal(events, camera.Watch(film).ReadAll());
        var one = new Event[1];
        var slowly = new List<Event>();
        using (var reader = camera.Watch(film))
        {
            while (reader.Read(one) == 1) slowly.Add(one[0]);
        }
        Assert.Equal(events, slowly);
        var upper = film.Select(f => f with { Picture = Picture.Create(7, 5, 1, f.Picture.Values[..35]) });
        Assert.Equal(events.Where(e => e.Y < 5), camera.Watch(upper).ReadAll());
        Assert.NotEqual(events, (camera with { Seed = 10 }).Watch(film).ReadAll());
    }

    [Fact]
    public void Many_events_between_two_frames_are_made_slice_by_slice_and_none_is_lost()
    {
        const int side = 90;
        var camera = EventCamera.Ideal with { OnThreshold = 0.01 };
        using var reader = camera.Watch([new(0, Even(side, 0)), new(1_000_000, Even(side, 1))]);
        var counts = new int[side * side];
        long last = 0;
        foreach (var e in reader.Events())
        {
            Assert.True(e.On && e.Time >= last);
            last = e.Time;
            counts[(e.Y * side) + e.X]++;
        }
        Assert.All(counts, c => Assert.Equal((int)(camera.Respond(1) / 0.01), c));
    }

    [Fact]
    public void A_gaze_over_a_flat_picture_sees_nothing_and_one_over_edges_comes_back_to_where_it_was()
    {
        var saccade = new Saccade { Amplitude = 2.5, Duration = 20.ms };
        Assert.Empty(saccade.Record(Even(9, 0.4f), EventCamera.Ideal).ReadAll());
        var picture = Noise(9, 8, 4);
        var frames = saccade.Frames(picture).ToArray();
        Assert.Equal(61, frames.Length);
        Assert.Equal(Enumerable.Range(0, 61).Select(k => k * 1000L), frames.Select(f => f.Time));
        Assert.Equal(picture.Values.ToArray(), frames[^1].Picture.Values.ToArray());
        Assert.NotEqual(picture.Values.ToArray(), frames[30].Picture.Values.ToArray());
        var camera = EventCamera.Ideal;
        var events = saccade.Record(picture, camera).ReadAll();
        Assert.Contains(events, e => e.On);
        Assert.Contains(events, e => !e.On);
        foreach (int at in new[] { 20, 40, 60 })
        {
            var decoded = camera.Decode(picture, EventReader.Of(events.Where(e => e.Time < at * 1000).ToArray(), 9, 8));
            for (int i = 0; i < decoded.Values.Length; i++)
                Assert.InRange(Math.Abs(camera.Respond(decoded.Values[i]) - camera.Respond(frames[at].Picture.Values[i])), 0, 0.2 + 1e-6);
        }
    }

    [Fact]
    public void A_gaze_of_whole_pixels_shifts_the_picture()
    {
        var picture = Noise(6, 5, 2);
        var seen = Saccade.Seen(picture, 2, -1);
        for (int y = 0; y < 5; y++)
        {
            for (int x = 0; x < 6; x++) Assert.Equal(picture.Values[(Math.Max(0, y - 1) * 6) + Math.Min(5, x + 2)], seen.Values[(y * 6) + x]);
        }
    }

    [Fact]
    public void What_cannot_be_watched_is_refused_by_name()
    {
        Refused(() => EventCamera.Ideal.Watch([]), "the frames that an event camera watches is none");
        Refused(() => (EventCamera.Ideal with { OnThreshold = 0 }).Watch([Flat(0, 0)]), "the ON threshold");
        Refused(() => (EventCamera.Ideal with { Leak = (-1).Hz }).Watch([Flat(0, 0)]), "the leak");
        Refused(() => EventCamera.Ideal.Watch([Flat(5, 0), Flat(5, 1)]).ReadAll(), "the time of frame 1");
        Refused(() => EventCamera.Ideal.Watch([Flat(5, 0), new(6, Even(2, 0))]).ReadAll(), "the size of frame 1");
        Refused(() => EventCamera.Ideal.Watch([Flat(5, 1.5f)]), "pixel 0 of the first frame is 1.5");
        Refused(() => EventCamera.Ideal.Watch([new(0, Picture.Create(1, 1, 2, [0, 0]))]), "the channels of the first frame");
        Refused(() => new Saccade { Amplitude = 0 }.Frames(Even(2, 0)), "the amplitude of a saccade");
        Refused(() => new Saccade { Interval = 200.ms }.Frames(Even(2, 0)), "the interval of a saccade's frames");

        static void Refused(Func<object> action, string part) => Assert.Contains(part, Assert.Throws<InvalidInputException>(action).Message, StringComparison.Ordinal);
    }

    static Frame Flat(long time, float value) => new(time, Picture.Create(1, 1, 1, [value]));

    static Picture Even(int side, float value) => Picture.Create(side, side, 1, Enumerable.Repeat(value, side * side).ToArray());

    static Picture Noise(int width, int height, int seed)
    {
        var random = new System.Random(seed);
        return Picture.Create(width, height, 1, Enumerable.Range(0, width * height).Select(_ => (float)random.NextDouble()).ToArray());
    }

    static Frame[] Film(int width, int height, (int Gap, int Seed)[] seeds)
    {
        long time = 0;
        return [.. seeds.Select(s => new Frame(time += s.Gap, Noise(width, height, s.Seed)))];
    }
}
