using FsCheck.Fluent;
using Lepton.Neuro.Encoders.Events;
using Lepton.Neuro.Testing;
using Xunit;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Encoders.Tests;

public sealed class EventTransformTests
{
    const int Width = 12, Height = 9;

    static readonly FsCheck.Gen<Event[]> Recordings = Gen.ListOf(
        from gap in Gen.Choose(0, 400)
        from x in Gen.Choose(0, Width - 1)
        from y in Gen.Choose(0, Height - 1)
        from rising in Gen.Elements(true, false)
        select (gap, x, y, rising)).Select(seeds =>
        {
            long time = 0;
            return seeds.Select(s => new Event(time += s.gap, (ushort)s.x, (ushort)s.y, s.rising)).ToArray();
        });

    [Fact]
    public void Transforms_agree_with_their_definitions() =>
        Properties.Holds(Recordings, events =>
        {
            Assert.Equal(
                events.Where(e => e.X is >= 2 and < 7 && e.Y is >= 1 and < 5).Select(e => e with { X = (ushort)(e.X - 2), Y = (ushort)(e.Y - 1) }),
                Reader().Crop(2, 1, 5, 4).ReadAll());
            Assert.Equal(events.Select(e => e with { X = (ushort)(e.X / 5), Y = (ushort)(e.Y / 2) }), Reader().Downsample(5, 2).ReadAll());
            Assert.Equal((3, 5), (Reader().Downsample(5, 2).Width, Reader().Downsample(5, 2).Height));
            Assert.Equal(events.Where(e => e.Time is >= 500 and < 3000).Select(e => e with { Time = e.Time - 500 }), Reader().During(500, 3000).ReadAll());
            Assert.Equal(events.Select(e => new Event(e.Time, (ushort)(Width - 1 - e.X), (ushort)(Height - 1 - e.Y), !e.On)), Reader().Flip(true, true, true).ReadAll());
            Assert.Equal(events, Reader().Flip(true, true).Flip(true, true).ReadAll());
            var kept = new List<Event>();
            foreach (var e in events)
                if (!kept.Any(k => k.X == e.X && k.Y == e.Y && e.Time - k.Time < 2000)) kept.Add(e);
            Assert.Equal(kept, Reader().Refractory(2000).ReadAll());
            Assert.Equal(
                events.Where((e, i) => events.Take(i).Any(o => e.Time - o.Time <= 300 && (o.X, o.Y) != (e.X, e.Y) && Math.Abs(o.X - e.X) <= 1 && Math.Abs(o.Y - e.Y) <= 1)),
                Reader().Denoise(300).ReadAll());

            EventReader Reader() => EventReader.Of(events, Width, Height);
        }, 150);

    [Fact]
    public void Frames_and_voxel_grids_lose_no_event() =>
        Properties.Holds(Recordings, events =>
        {
            var byTime = EventFrames.ByTime(EventReader.Of(events, Width, Height), 700).ToArray();
            Assert.Equal(events.Length == 0 ? 0 : ((events[^1].Time - events[0].Time) / 700) + 1, byTime.Length);
            for (int f = 0; f < byTime.Length; f++)
            {
                var expected = new float[2 * Width * Height];
                foreach (var e in events.Where(e => (e.Time - events[0].Time) / 700 == f)) expected[(((e.On ? Height : 0) + e.Y) * Width) + e.X]++;
                Assert.Equal(expected, byTime[f]);
            }
            Assert.Equal(events.Chunk(7).Select(c => (float)c.Length), EventFrames.ByCount(EventReader.Of(events, Width, Height), 7).Select(f => f.Sum()));
            var grid = EventFrames.VoxelGrid(events, 4, Width, Height);
            Assert.Equal(events.Sum(e => e.On ? 1 : -1), grid.Sum(v => (double)v), 1e-3);
            foreach (var pixel in events.GroupBy(e => (e.X, e.Y)))
            {
                for (int b = 0; b < 4; b++)
                {
                    double expected = pixel.Sum(e => (e.On ? 1 : -1) * Math.Max(0, 1 - Math.Abs(b - Place(e))));
                    Assert.Equal(expected, grid[(((b * Height) + pixel.Key.Y) * Width) + pixel.Key.X], 1e-4);
                }
            }

            double Place(Event e) => events[^1].Time == events[0].Time ? 0 : 3.0 * (e.Time - events[0].Time) / (events[^1].Time - events[0].Time);
        }, 100);

    [Fact]
    public void A_recording_is_the_same_spikes_as_a_source_and_when_played() =>
        Properties.Holds(Recordings, events =>
        {
            const int steps = 30;
            var network = new Network(1);
            var @fixed = network.Add("fixed", EventSpikes.Channels(Width, Height), EventSpikes.Source(EventReader.Of(events, Width, Height), 1.ms));
            var played = network.Add("played", EventSpikes.Channels(Width, Height), new OutsideSpikes());
            using var session = Reference.Load(network.Compile(1.ms));
            session.Begin(0);
            var first = session.Record(@fixed, new SpikeRecorder());
            var second = session.Record(played, new SpikeRecorder());
            EventSpikes.Play(session, played, EventReader.Of(events, Width, Height), steps);
            var expected = events.Where(e => e.Time < 1000 * steps)
                .Select(e => (e.Time / 1000, (((e.On ? Height : 0) + e.Y) * Width) + e.X)).Distinct().Order().ToArray();
            Assert.Equal(expected, first.Spikes.Select(s => (s.Step, (int)s.Neuron)).Order());
            Assert.Equal(expected, second.Spikes.Select(s => (s.Step, (int)s.Neuron)).Order());
        }, 60);

    [Fact]
    public void What_a_transform_cannot_do_is_refused()
    {
        var unsized = EventReader.Of(new Event[] { new(0, 40, 1, true) });
        Assert.Throws<InvalidInputException>(() => unsized.Refractory(10));
        Assert.Throws<InvalidInputException>(() => unsized.Denoise(10));
        Assert.Throws<InvalidInputException>(() => unsized.Flip(true));
        Assert.Throws<InvalidInputException>(() => unsized.Crop(0, 0, 0, 1));
        Assert.Throws<InvalidInputException>(() => unsized.During(5, 5));
        Assert.Throws<InvalidInputException>(() => EventFrames.ByTime(unsized, 10));
        Assert.Throws<InvalidInputException>(() => EventFrames.VoxelGrid([new(0, 40, 1, true)], 4, 40, 2));
        Assert.Throws<InvalidInputException>(() => unsized.OfSize(34, 34).ReadAll());
    }
}
