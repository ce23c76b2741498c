namespace Lepton.Neuro.Encoders.Events;

/// <summary>Recordings as spikes: events straight into a network, one channel for each pixel and polarity (OFF pixels row by row, then ON pixels: a sensor of 34 x 34 has 2,312).</summary>
/// <remarks>
/// <para><see cref="Source"/> fixes one recording in the network's description. <see cref="Play"/> shows any number of recordings to one network, whose input is an <see cref="OutsideSpikes"/>
/// population: each step it presents the pixels that had an event. Both give the same spikes.</para>
/// <para>An event at t us falls into step floor(t / step): events of one step and channel are one spike.</para>
/// </remarks>
public static class EventSpikes
{
    /// <summary>How many channels a sensor has: one for each pixel and polarity.</summary>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    public static int Channels(int width, int height) => 2 * width * height;

    /// <summary>A source that fires as a recording says; time 0 is the beginning of a presentation.</summary>
    /// <param name="events">The events; the size of their sensor must be known.</param>
    /// <param name="step">The step at which the network will be compiled.</param>
    /// <exception cref="InvalidInputException">The sensor's size is unknown, or an event's time is negative.</exception>
    public static SpikeSource Source(EventReader events, Time step)
    {
        EventFrames.Size(events, 2);
        var seen = new HashSet<(long Step, int Channel)>();
        var spikes = new List<(Time, int)>();
        foreach (var e in events.Events())
        {
            long at = StepOf(e, step);
            int channel = EventFrames.Channel(e, events.Width, events.Height);
            if (seen.Add((at, channel))) spikes.Add((new(at * step.Seconds), channel));
        }
        return new(spikes);
    }

    /// <summary>Runs a session for a number of steps, in each of which the channels fire that had an event.</summary>
    /// <param name="session">The session; begin a presentation first.</param>
    /// <param name="source">Its population of <see cref="OutsideSpikes"/>: <see cref="Channels"/> of the sensor.</param>
    /// <param name="events">The events, in the order of time, read as the run goes on; the size of their sensor must be known.</param>
    /// <param name="steps">How many steps; events after them are not read.</param>
    /// <exception cref="InvalidInputException">The population is none of <see cref="OutsideSpikes"/> or of another size, an event's time is negative or runs backwards by a step or more.</exception>
    public static void Play(Session session, Population source, EventReader events, long steps)
    {
        if (source.Source is not OutsideSpikes) throw new InvalidInputException($"the encoder of {source}", source.Source?.GetType().Name ?? "none", nameof(OutsideSpikes));
        Require.InRange($"the channels of {source}", (long)source.Count, EventFrames.Size(events, 2), EventFrames.Size(events, 2));
        var signal = new float[source.Count];
        var set = new List<int>();
        using var coming = events.Events().GetEnumerator();
        bool more = coming.MoveNext(), shown = false;
        for (long step = 0; step < steps; step++)
        {
            foreach (int channel in set) signal[channel] = 0;
            set.Clear();
            for (; more && StepOf(coming.Current, session.Network.Step) is var at && at <= step; more = coming.MoveNext())
            {
                if (at < step) throw new InvalidInputException("the time of an event", coming.Current.Time, "no earlier than the events before it");
                int channel = EventFrames.Channel(coming.Current, events.Width, events.Height);
                if (signal[channel] > 0) continue;
                signal[channel] = 1;
                set.Add(channel);
            }
            // Silence that is already shown need not be shown again.
            if (set.Count > 0 || shown || step == 0) session.Present(source, signal);
            shown = set.Count > 0;
            session.Advance(1L);
        }
        Array.Clear(signal);
        if (shown) session.Present(source, signal);
    }

    static long StepOf(in Event e, Time step) =>
        e.Time < 0 ? throw new InvalidInputException("the time of an event", e.Time, "0 us or later")
        // A microsecond's million is exact where its double is not: 3000 us are three steps of 1 ms, not two.
        : (long)Math.Floor((e.Time / (step.Seconds * 1e6)) + 1e-9);
}
