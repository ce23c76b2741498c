using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Lepton.Neuro;

/// <summary>Writes a checkpoint such that the last good one stands, whatever happens: everything goes to a file of another name (the path and <c>.partial</c>), which is brought to the disk
/// and renamed at the end.</summary>
/// <remarks>What is written knows neither threads nor vectors: numbers in the order of neurons and of the wiring. So any backend on any machine may read it.</remarks>
public sealed class CheckpointWriter : IDisposable
{
    readonly string path;
    readonly string partial;
    readonly FileStream file;
    readonly IncrementalHash checksum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    bool committed;

    /// <summary>Begins a checkpoint.</summary>
    /// <param name="path">The file; an existing one is replaced at the end.</param>
    /// <param name="network">The plan that runs.</param>
    /// <exception cref="InvalidInputException">The file cannot be written.</exception>
    public CheckpointWriter(string path, CompiledNetwork network)
        : this(path, NetworkDigest.Of(network))
    {
    }

    /// <summary>Begins a checkpoint of something that is no network's run, such as a training.</summary>
    /// <param name="path">The file; an existing one is replaced at the end.</param>
    /// <param name="digest">32 bytes that tell apart what must not be mixed up: who reads it must give the same.</param>
    /// <exception cref="InvalidInputException">The file cannot be written.</exception>
    public CheckpointWriter(string path, ReadOnlySpan<byte> digest)
    {
        if (digest.Length != CheckpointFormat.DigestBytes) throw new ArgumentException("a digest has 32 bytes", nameof(digest));
        this.path = path;
        partial = path + ".partial";
        try
        {
            if (path.Length == 0) throw new IOException("the path is empty");
            if (Directory.Exists(path)) throw new IOException("it is a folder");
            file = new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new InvalidInputException($"the checkpoint '{path}' cannot be written ({e.Message.ReplaceLineEndings(" ")}); allowed: a path in a folder that exists and may be written to", e);
        }
        Put(CheckpointFormat.Magic);
        Put(CheckpointFormat.Version);
        Put(digest);
    }

    /// <summary>Writes a section.</summary>
    /// <typeparam name="TItem">What it holds: numbers.</typeparam>
    /// <param name="name">Its name; sections are read in the order in which they were written.</param>
    /// <param name="items">The items.</param>
    public void Write<TItem>(string name, ReadOnlySpan<TItem> items)
        where TItem : unmanaged
    {
        var bytes = Encoding.UTF8.GetBytes(name);
        Put(bytes.Length);
        Put(bytes);
        Put(System.Runtime.CompilerServices.Unsafe.SizeOf<TItem>());
        Put((long)items.Length);
        // The bytes of a span may be more than an index can count.
        const int Part = 1 << 20;
        for (; items.Length > Part; items = items[Part..]) Put(MemoryMarshal.AsBytes(items[..Part]));
        Put(MemoryMarshal.AsBytes(items));
    }

    /// <summary>Completes the checkpoint: it takes the place of the one before.</summary>
    public void Commit()
    {
        Put(CheckpointFormat.End);
        file.Write(checksum.GetHashAndReset());
        file.Flush(flushToDisk: true);
        file.Dispose();
        File.Move(partial, path, overwrite: true);
        committed = true;
    }

    /// <summary>Gives up what was not committed.</summary>
    public void Dispose()
    {
        checksum.Dispose();
        try
        {
            file.Dispose();
        }
        finally
        {
            // On a full disk what is still to be written cannot be: no half of a file stays behind.
            if (!committed) File.Delete(partial);
        }
    }

    void Put<TValue>(TValue value)
        where TValue : unmanaged => Put(MemoryMarshal.AsBytes(new ReadOnlySpan<TValue>(in value)));

    void Put(ReadOnlySpan<byte> bytes)
    {
        checksum.AppendData(bytes);
        file.Write(bytes);
    }
}
