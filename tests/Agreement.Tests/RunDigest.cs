using System.Runtime.InteropServices;

namespace Lepton.Neuro.Agreement.Tests;

/// <summary>Runs a session through everything that the public surface offers, and digests all that can be seen.</summary>
static class RunDigest
{
    /// <summary>Two presentations with updates and modulators between; spikes, and at the end counts, states and weights.</summary>
    public static string Of(Session session, NetworkCase one)
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
        Add(hash, session);
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

    /// <summary>Sets modulators, updates and normalizes what learns; a session that evaluates stays as it is.</summary>
    public static void Modulate(Session session)
    {
        if (session is not LearningSession learning) return;
        var plastic = session.Network.Source.Projections.Where(p => p.Rule is not null).ToArray();
        foreach (var projection in plastic)
        {
            if (projection.Index % 2 == 0) learning.SetModulator(projection, 0.5f);
            else learning.SetModulator(projection, [.. Enumerable.Range(0, projection.To.Count).Select(i => (i % 5) - 2f)]);
        }
        learning.Update();
        foreach (var projection in plastic.Where(p => p.Rule is EverythingRule or SpikesOnlyRule)) learning.Normalize(projection, 3);
    }

    /// <summary>Counts, states and weights of a session as it stands.</summary>
    public static string Seen(Session session)
    {
        var hash = new SpikeHash();
        Add(hash, session);
        return hash.ToString();
    }

    /// <summary>Counts, states and weights of a network as they are read from something that is no session.</summary>
    public static string Seen(Network network, Func<Population, long[]> counts, Func<Population, string, float[]> state, Func<Projection, float[]> weights)
    {
        var hash = new SpikeHash();
        Add(hash, network, counts, state, weights);
        return hash.ToString();
    }

    static void Add(SpikeHash hash, Session session) => Add(
        hash,
        session.Network.Source,
        population =>
        {
            var counts = new long[population.Count];
            session.ReadSpikeCounts(population, counts);
            return counts;
        },
        session.State,
        session.Weights);

    static void Add(SpikeHash hash, Network network, Func<Population, long[]> counts, Func<Population, string, float[]> state, Func<Projection, float[]> weights)
    {
        foreach (var population in network.Populations)
        {
            foreach (long count in counts(population)) hash.Add((ulong)count);
            foreach (string variable in population.Model?.StateVariables ?? []) Add(hash, state(population, variable));
        }
        foreach (var projection in network.Projections) Add(hash, weights(projection));
    }

    static void Add(SpikeHash hash, float[] values)
    {
        foreach (uint word in MemoryMarshal.Cast<float, uint>(values)) hash.Add(word);
    }
}
