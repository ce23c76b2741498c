using System.Globalization;

namespace Lepton.Neuro.Encoders.Events;

/// <summary>Writes a recording as a stream. Nothing appears under the file's name until <see cref="Complete"/>; a writer that is closed without it leaves no file.</summary>
public abstract class EventWriter : IDisposable
{
    readonly string path, temporary;
    readonly FileStream file;
    readonly BufferedStream buffered;
    long last = long.MinValue;
    bool closed;

    private protected EventWriter(string path)
    {
        this.path = path;
        temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        file = Guarded(() => new FileStream(temporary, FileMode.CreateNew, FileAccess.Write));
        buffered = new BufferedStream(file, 1 << 16);
    }

    private protected Stream Out => buffered;

    /// <summary>Writes events, in the order of their times.</summary>
    /// <param name="events">The events.</param>
    /// <exception cref="InvalidInputException">The format cannot hold an event, time runs backwards, or the disk is full.</exception>
    public void Write(ReadOnlySpan<Event> events)
    {
        foreach (ref readonly var e in events)
        {
            if (e.Time < last) throw Cannot("the time", e.Time, string.Create(CultureInfo.InvariantCulture, $"{last} us or later: time must not run backwards"));
            last = e.Time;
        }
        try
        {
            WriteCore(events);
        }
        catch (IOException failure)
        {
            throw Failed(failure);
        }
    }

    /// <summary>Writes all events of a reader.</summary>
    /// <param name="events">The reader.</param>
    /// <exception cref="InvalidInputException">As for events, or the reader's recording is damaged.</exception>
    public void Write(EventReader events)
    {
        var chunk = new Event[4096];
        for (int count = events.Read(chunk); count > 0; count = events.Read(chunk)) Write(chunk.AsSpan(0, count));
    }

    /// <summary>Ends the recording: the file appears under its name.</summary>
    /// <exception cref="InvalidInputException">The file cannot be written.</exception>
    public void Complete()
    {
        Guarded(() =>
        {
            buffered.Dispose();
            File.Move(temporary, path, overwrite: true);
            return closed = true;
        });
    }

    /// <summary>Closes the writer; a recording that was not completed is removed.</summary>
    public void Dispose()
    {
        if (!closed)
        {
            closed = true;
            try
            {
                buffered.Dispose();
            }
            catch (IOException)
            {
                // What could not be written is removed anyway.
            }
            Remove();
        }
        GC.SuppressFinalize(this);
    }

    private protected abstract void WriteCore(ReadOnlySpan<Event> events);

    private protected InvalidInputException Cannot(string thing, long found, string allowed) => new($"{Path.GetFileName(path)}: {thing} of an event", found, allowed);

    private protected static void RequireSize(string path, int width, int height, int most)
    {
        Require.InRange($"{Path.GetFileName(path)}: the sensor's columns", (long)width, 0, most);
        Require.InRange($"{Path.GetFileName(path)}: the sensor's rows", (long)height, 0, most);
        if (width == 0 != (height == 0)) throw new InvalidInputException($"{Path.GetFileName(path)}: the sensor's size", string.Create(CultureInfo.InvariantCulture, $"{width} x {height}"), "both columns and rows, or neither");
    }

    private protected static byte[] Header(string version, string format, int width, int height)
    {
        string size = width == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $";height={height};width={width}\n% geometry {width}x{height}");
        return System.Text.Encoding.ASCII.GetBytes($"% evt {version}\n% format {format}{size}\n% end\n");
    }

    T Guarded<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw Failed(failure);
        }
    }

    void Remove()
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The failure that led here is the one to report.
        }
    }

    InvalidInputException Failed(Exception failure) =>
        new($"{path} cannot be written ({failure.Message.ReplaceLineEndings(" ")}); allowed: a file in an existing, writable folder", failure);
}
