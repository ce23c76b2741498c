namespace Lepton.Neuro.Backends.Kernels;

/// <summary>What the launches of a kernel did to a device's memory.</summary>
public sealed class AccessCounts
{
    /// <summary>How often it was launched.</summary>
    public long Launches { get; set; }

    /// <summary>How many threads ran.</summary>
    public long Threads { get; set; }

    /// <summary>The bytes that threads read of tables: arrays of at most <see cref="TableBytes"/>, such as parameters, which every multiprocessor has in its near cache after the first look.</summary>
    public long TableBytesRead { get; set; }

    /// <summary>The size up to which an array is a table.</summary>
    public const int TableBytes = 1 << 14;

    /// <summary>The bytes that threads read of all other arrays, each time they did.</summary>
    public long BytesRead { get; set; }

    /// <summary>The bytes that threads wrote.</summary>
    public long BytesWritten { get; set; }

    /// <summary>How many indivisible additions there were; their bytes are not among the others.</summary>
    public long Additions { get; set; }

    internal void Reset() => (Launches, Threads, TableBytesRead, BytesRead, BytesWritten, Additions) = (0, 0, 0, 0, 0, 0);
}
