using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Lepton.Neuro;

/// <summary>Reads a checkpoint. Before anything of it is used, all of it has been checked: that it is one, of a version that is known, undamaged, and of the network that is to run.</summary>
public sealed class CheckpointReader : IDisposable
{
    readonly string path;
    readonly FileStream file;

    /// <summary>Opens and checks a checkpoint.</summary>
    /// <param name="path">The file.</param>
    /// <param name="network">The plan that is to run.</param>
    /// <exception cref="InvalidInputException">It cannot be read, is no checkpoint, was written by a newer version, is damaged or cut off, or is of another network.</exception>
    public CheckpointReader(string path, CompiledNetwork network)
        : this(path, NetworkDigest.Of(network))
    {
    }

    /// <summary>Opens and checks a checkpoint of something that is no network's run, such as a training.</summary>
    /// <param name="path">The file.</param>
    /// <param name="digest">The 32 bytes that it was written with.</param>
    /// <exception cref="InvalidInputException">It cannot be read, is no checkpoint, was written by a newer version, is damaged or cut off, or has another digest.</exception>
    public CheckpointReader(string path, ReadOnlySpan<byte> digest)
    {
        this.path = path;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw Refused($"cannot be read ({e.Message.ReplaceLineEndings(" ")})", "a checkpoint that exists and may be read", e);
        }
        try
        {
            Check(digest);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Reads the next section.</summary>
    /// <typeparam name="TItem">What it holds.</typeparam>
    /// <param name="name">Its name.</param>
    /// <param name="items">Where to: exactly as many as there are.</param>
    /// <exception cref="InvalidInputException">The next section has another name, kind or size.</exception>
    public void Read<TItem>(string name, Span<TItem> items)
        where TItem : unmanaged
    {
        long count = Open<TItem>(name);
        if (count != items.Length) throw Unexpected(name, $"{count} items instead of {items.Length}");
        const int Part = 1 << 20;
        for (; items.Length > Part; items = items[Part..]) file.ReadExactly(MemoryMarshal.AsBytes(items[..Part]));
        file.ReadExactly(MemoryMarshal.AsBytes(items));
    }

    /// <summary>Reads the next section, of any length.</summary>
    /// <typeparam name="TItem">What it holds.</typeparam>
    /// <param name="name">Its name.</param>
    /// <returns>The items.</returns>
    /// <exception cref="InvalidInputException">The next section has another name or kind.</exception>
    public TItem[] Read<TItem>(string name)
        where TItem : unmanaged
    {
        var items = new TItem[Open<TItem>(name)];
        file.ReadExactly(MemoryMarshal.AsBytes(items.AsSpan()));
        return items;
    }

    /// <summary>What is said of a checkpoint that cannot be used.</summary>
    /// <param name="what">What is wrong with it.</param>
    /// <param name="allowed">What would be right.</param>
    /// <param name="inner">The cause, where there is one.</param>
    /// <returns>The error, to be thrown.</returns>
    public InvalidInputException Refused(string what, string allowed, Exception? inner = null)
    {
        string message = $"the checkpoint '{path}' {what}; allowed: {allowed}";
        return inner is null ? new(message) : new(message, inner);
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => file.Dispose();

    void Check(ReadOnlySpan<byte> expected)
    {
        if (file.Length < CheckpointFormat.HeaderBytes + CheckpointFormat.DigestBytes) throw Refused($"is cut off or no checkpoint: it has {file.Length} bytes", "a whole checkpoint");
        Span<byte> magic = stackalloc byte[CheckpointFormat.Magic.Length];
        file.ReadExactly(magic);
        if (!magic.SequenceEqual(CheckpointFormat.Magic)) throw Refused("is no checkpoint", "a file that a session has saved");
        int version = Get<int>();
        if (version is < 1 or > CheckpointFormat.Version) throw Refused($"is of version {version}, newer than this program or damaged", $"versions 1 to {CheckpointFormat.Version}");
        CheckChecksum();
        file.Position = CheckpointFormat.Magic.Length + sizeof(int);
        Span<byte> digest = stackalloc byte[CheckpointFormat.DigestBytes];
        file.ReadExactly(digest);
        if (!digest.SequenceEqual(expected)) throw Refused("is of another network", "one of the same description, seed and step");
    }

    void CheckChecksum()
    {
        file.Position = 0;
        using var checksum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 18];
        for (long left = file.Length - CheckpointFormat.DigestBytes; left > 0;)
        {
            int read = file.Read(buffer, 0, (int)Math.Min(buffer.Length, left));
            if (read == 0) throw Refused("was cut off while it was read", "a whole checkpoint");
            checksum.AppendData(buffer, 0, read);
            left -= read;
        }
        Span<byte> stored = stackalloc byte[CheckpointFormat.DigestBytes];
        file.ReadExactly(stored);
        if (!stored.SequenceEqual(checksum.GetHashAndReset())) throw Refused("is damaged or cut off: its checksum is not that of its content", "a whole checkpoint, unaltered");
    }

    long Open<TItem>(string name)
        where TItem : unmanaged
    {
        int length = Get<int>();
        if (length is CheckpointFormat.End or < 0 or > 1024) throw Unexpected(name, "the end of the file");
        var bytes = new byte[length];
        file.ReadExactly(bytes);
        if (Encoding.UTF8.GetString(bytes) is var found && found != name) throw Unexpected(name, $"'{found}'");
        if (Get<int>() is var size && size != Unsafe.SizeOf<TItem>()) throw Unexpected(name, $"items of {size} bytes");
        return Get<long>();
    }

    InvalidInputException Unexpected(string name, string found) => Refused($"has {found} where '{name}' should be", "a checkpoint of the same kind of session");

    TValue Get<TValue>()
        where TValue : unmanaged
    {
        TValue value = default;
        file.ReadExactly(MemoryMarshal.AsBytes(new Span<TValue>(ref value)));
        return value;
    }
}
