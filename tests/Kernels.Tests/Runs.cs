using System.Runtime.InteropServices;
using Lepton.Neuro.Agreement.Tests;
using Lepton.Neuro.Backends.Kernels;

namespace Lepton.Neuro.Kernels.Tests;

/// <summary>Runs a session through everything that the public surface offers, and digests all that can be seen.</summary>
static class Runs
{
    /// <summary>A way to run a case: the order of threads differs with its seed.</summary>
    public static CheckedDeviceOptions Way(NetworkCase one) => new() { Seed = (ulong)one.Seed, Threads = one.Seed % 8 == 0 ? 512 : 256 };

    /// <summary>Two presentations with updates and modulators between.</summary>
    public static string Digest(Session session, NetworkCase one)
    {
        var hash = session.RecordAll(new SpikeHash());
        foreach (ulong presentation in (ulong[])[0, 7])
        {
            if (presentation > 0) session.Begin(presentation);
            Present(session.Network.Source, one.Seed, (source, signal) => session.Present(source, signal));
            session.Advance(one.Steps / 2);
            Modulate(session);
            session.Advance(one.Steps - (one.Steps / 2));
            Modulate(session);
        }
        foreach (var population in session.Network.Source.Populations)
        {
            var counts = new long[population.Count];
            session.ReadSpikeCounts(population, counts);
            foreach (long count in counts) hash.Add((ulong)count);
            foreach (string variable in population.Model?.StateVariables ?? []) Add(hash, session.State(population, variable));
        }
        foreach (var projection in session.Network.Source.Projections) Add(hash, session.Weights(projection));
        return $"{hash} after {session.Activity.TotalSpikes} spikes";
    }

    /// <summary>Shows every encoder a signal that a seed decides.</summary>
    public static void Present(Network network, int seed, Action<Population, float[]> present)
    {
        foreach (var population in network.Populations)
        {
            if (population.Source is not { } encoder) continue;
            var (least, most) = encoder.SignalRange;
            if (!(most > least)) continue;
            (least, most) = (MathF.Max(least, -50), MathF.Min(most, 50));
            present(population, [.. Enumerable.Range(0, population.Count).Select(i => least + ((most - least) * ((i * 37) + seed) % 101 / 101f))]);
        }
    }

    static void Modulate(Session session)
    {
        if (session is not LearningSession learning) return;
        var plastic = session.Network.Source.Projections.Where(p => p.Rule is not null).ToArray();
        foreach (var projection in plastic)
        {
            if (projection.Index % 2 == 0) learning.SetModulator(projection, 0.5f);
            else learning.SetModulator(projection, [.. Enumerable.Range(0, projection.To.Count).Select(i => (i % 5) - 2f)]);
        }
        if (plastic.Length == 0) return;
        learning.Update();
        foreach (var projection in plastic.Where(p => p.Rule is EverythingRule or SpikesOnlyRule)) learning.Normalize(projection, 3);
    }

    static void Add(SpikeHash hash, float[] values)
    {
        foreach (uint word in MemoryMarshal.Cast<float, uint>(values)) hash.Add(word);
    }
}
