namespace Lepton.Neuro.Encoders.Events;

/// <summary>A stream of events, read front to back in bounded memory. Transforms (see <see cref="EventTransforms"/>) are readers around readers.</summary>
public abstract class EventReader : IDisposable
{
    /// <summary>Columns of the sensor; 0 where the recording does not say.</summary>
    public abstract int Width { get; }

    /// <summary>Rows of the sensor; 0 where the recording does not say.</summary>
    public abstract int Height { get; }

    /// <summary>Reads the next events.</summary>
    /// <param name="into">Where to put them; at least one place.</param>
    /// <returns>How many were read: at least 1, or 0 at the end.</returns>
    /// <exception cref="InvalidInputException">The recording is damaged: the message names the file, the byte and what was expected.</exception>
    public abstract int Read(Span<Event> into);

    /// <summary>The events one by one, without holding more than a few of them.</summary>
    /// <exception cref="InvalidInputException">As for <see cref="Read"/>.</exception>
    public IEnumerable<Event> Events()
    {
        var chunk = new Event[4096];
        for (int count = Read(chunk); count > 0; count = Read(chunk))
        {
            for (int i = 0; i < count; i++) yield return chunk[i];
        }
    }

    /// <summary>All events, in memory.</summary>
    /// <exception cref="InvalidInputException">As for <see cref="Read"/>.</exception>
    public Event[] ReadAll()
    {
        var all = new List<Event>();
        var chunk = new Event[4096];
        for (int count = Read(chunk); count > 0; count = Read(chunk)) all.AddRange(chunk.AsSpan(0, count));
        return [.. all];
    }

    /// <summary>A reader over events in memory.</summary>
    /// <param name="events">The events; not copied.</param>
    /// <param name="width">Columns of the sensor; 0 for unknown.</param>
    /// <param name="height">Rows of the sensor; 0 for unknown.</param>
    public static EventReader Of(ReadOnlyMemory<Event> events, int width = 0, int height = 0) => new MemoryReader(events, width, height);

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes the file.</summary>
    /// <param name="disposing">Whether it was asked for.</param>
    protected virtual void Dispose(bool disposing)
    {
    }

    sealed class MemoryReader(ReadOnlyMemory<Event> events, int width, int height) : EventReader
    {
        int read;

        public override int Width => width;

        public override int Height => height;

        public override int Read(Span<Event> into)
        {
            int count = Math.Min(into.Length, events.Length - read);
            events.Span.Slice(read, count).CopyTo(into);
            read += count;
            return count;
        }
    }
}
