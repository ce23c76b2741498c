namespace Lepton.Neuro.Encoders.Events;

/// <summary>A file seen through a window of 64 KiB, so that a reader's memory does not depend on the file's size.</summary>
sealed class ByteSource(Stream stream, string name) : IDisposable
{
    readonly byte[] buffer = new byte[1 << 16];
    int start, end;
    long passed;

    public string Name => name;

    /// <summary>The place in the file of the first byte that was not skipped.</summary>
    public long Offset => passed + start;

    /// <summary>What is buffered: at least so many bytes unless the file ends before.</summary>
    public ReadOnlySpan<byte> Window(int least)
    {
        if (end - start < least) Fill(least);
        return buffer.AsSpan(start, end - start);
    }

    public void Skip(int count) => start += count;

    /// <summary>Skips bytes that need not be in the window.</summary>
    public void SkipFar(long count, string what)
    {
        while (count > 0)
        {
            int part = (int)Math.Min(count, Window(1).Length);
            if (part == 0) throw Truncated(what, $"{count} bytes more");
            Skip(part);
            count -= part;
        }
    }

    /// <summary>Copies bytes into a buffer that grows with what is really there, not with what is declared.</summary>
    public void ReadInto(ref byte[] block, int length, string what)
    {
        int have = 0;
        while (have < length)
        {
            var window = Window(1);
            int part = Math.Min(length - have, window.Length);
            if (part == 0) throw Truncated(what, $"{length - have} bytes more");
            if (block.Length < have + part) Array.Resize(ref block, Math.Min(Math.Max(2 * block.Length, have + part), Math.Max(length, have + part)));
            window[..part].CopyTo(block.AsSpan(have));
            Skip(part);
            have += part;
        }
    }

    /// <summary>An error at a byte that lies so many bytes into the window.</summary>
    public InvalidInputException Error(string thing, object? found, string allowed, int ahead = 0) =>
        new(FormattableString.Invariant($"{name}, byte {Offset + ahead}: {thing}"), found, allowed);

    public InvalidInputException Truncated(string what, string allowed, int ahead = 0) => Error(what, "truncated", allowed, ahead);

    public void Dispose() => stream.Dispose();

    void Fill(int least)
    {
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            passed += start;
            end -= start;
            start = 0;
        }
        try
        {
            end += stream.ReadAtLeast(buffer.AsSpan(end), Math.Min(least, buffer.Length) - end, throwOnEndOfStream: false);
        }
        catch (IOException failure)
        {
            throw new InvalidInputException($"{name} cannot be read ({failure.Message.ReplaceLineEndings(" ")}); allowed: a readable file", failure);
        }
    }
}
