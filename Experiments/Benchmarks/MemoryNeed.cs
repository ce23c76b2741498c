using System.Globalization;

namespace Lepton.Neuro.Experiments.Benchmarks;

/// <summary>How much memory a session on the CPU will take, found out before it is taken.</summary>
public static class MemoryNeed
{
    // The runtime, its compiler and the command line.
    const long Process = 70_000_000;

    /// <summary>The bytes that a session needs at its peak, estimated from sizes: what each synapse and each neuron takes in the CPU backend, tables by source and delay included.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="threads">How many threads work.</param>
    public static long Of(CompiledNetwork plan, int threads)
    {
        long bytes = Process;
        foreach (var projection in plan.Projections)
        {
            var connectivity = projection.Connectivity;
            long count = connectivity.Count, delays = projection.MostDelay - projection.LeastDelay + 1;
            bool dense = connectivity.IsAllToAll && delays == 1;
            // The largest parts: a place or an index, a weight, and for plastic synapses the way back from the target.
            long synapse = projection.IsPlastic ? (dense ? 8 : 20) : dense ? 2 : 4;
            bytes += (count * synapse) + (connectivity.Targets * 12L);
        }
        // Where the runs of a source's row begin: a table by source and delay, for all projections of a population together, and the counts that make it.
        foreach (var from in plan.Projections.GroupBy(p => p.Description.From.Index))
        {
            long delays = from.Max(p => p.MostDelay) - from.Min(p => p.LeastDelay) + 2;
            bytes += plan.Populations[from.Key].Count * delays * 6 * threads;
        }
        foreach (var population in plan.Populations) bytes += population.Count * (128L + (8L * (plan.MostDelay + 1)));
        // Measured peaks lie up to 3 % above the sum.
        return bytes + (bytes / 20);
    }

    /// <summary>The bytes that can still be had: what the system says is available, and at most what this process may use.</summary>
    public static long Available()
    {
        long allowed = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (allowed <= 0) allowed = long.MaxValue;
        return SystemAvailable() is { } free ? Math.Min(free, allowed) : allowed;
    }

    /// <summary>Refuses what does not fit.</summary>
    /// <param name="what">What is to be built, for the message.</param>
    /// <param name="needed">The bytes it needs.</param>
    /// <param name="available">The bytes there are.</param>
    /// <exception cref="InvalidInputException">It needs more than there is.</exception>
    public static void Check(string what, long needed, long available)
    {
        if (needed > available)
            throw new InvalidInputException($"{what} needs about {Megabytes(needed)} MB of memory; available: {Megabytes(available)} MB");
    }

    static string Megabytes(long bytes) => Math.Ceiling(bytes / 1e6).ToString("F0", CultureInfo.InvariantCulture);

    static long? SystemAvailable()
    {
        const string Path = "/proc/meminfo", Key = "MemAvailable:";
        if (!OperatingSystem.IsLinux() || !File.Exists(Path)) return null;
        var line = File.ReadLines(Path).FirstOrDefault(l => l.StartsWith(Key, StringComparison.Ordinal));
        return line is not null && long.TryParse(line.AsSpan(Key.Length).Trim().TrimEnd("kB").Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long kilobytes)
            ? kilobytes * 1024
            : null;
    }
}
