using Lepton.Neuro.Agreement.Tests;
using Lepton.Neuro.Backends.Kernels;

namespace Lepton.Neuro.Kernels.Tests;

/// <summary>Runs a batch, and a reference session for each of its images.</summary>
static class BatchRuns
{
    /// <summary>Two presentations; spikes, states and weights of every image are those of its session.</summary>
    public static void Same<TMemory>(CompiledNetwork plan, NetworkCase one, ulong[] presentations, bool learning, Func<CompiledNetwork, int, KernelBatch<TMemory>> make)
        where TMemory : struct, IDeviceMemory<TMemory>
    {
        using var batch = make(plan, presentations.Length);
        var hashes = presentations.Select(_ => new SpikeHash()).ToArray();
        foreach (var population in plan.Source.Populations) batch.Record(population, (image, step, spiked) => hashes[image].Record(step, population, spiked.Span));
        foreach (ulong more in (ulong[])[0, 1])
        {
            batch.Begin([.. presentations.Select(p => p + more)]);
            for (int image = 0; image < presentations.Length; image++)
            {
                int own = image;
                RunDigest.Present(plan.Source, one.Seed + image, (source, signal) => batch.Present(own, source, signal));
                if (learning) Modulate(plan, image, (projection, values) => batch.SetModulator(own, projection, values));
            }
            batch.Advance(one.Steps);
            if (learning) batch.Update();
        }
        for (int image = 0; image < presentations.Length; image++)
        {
            int own = image;
            using var session = learning ? Reference.Load(plan) : Reference.Evaluate(plan);
            var expected = session.RecordAll(new SpikeHash());
            foreach (ulong more in (ulong[])[0, 1])
            {
                session.Begin(presentations[image] + more);
                RunDigest.Present(plan.Source, one.Seed + image, (source, signal) => session.Present(source, signal));
                if (session is LearningSession modulated) Modulate(plan, image, (projection, values) => modulated.SetModulator(projection, values));
                session.Advance(one.Steps);
                if (session is LearningSession learns) learns.Update();
            }
            Assert.Equal(
                $"{expected} {RunDigest.Seen(session)}",
                $"{hashes[image]} {RunDigest.Seen(plan.Source, population => batch.SpikeCounts(own, population), (population, variable) => batch.State(own, population, variable), projection => batch.Weights(own, projection))}");
        }
    }

    static void Modulate(CompiledNetwork plan, int image, Action<Projection, float[]> set)
    {
        foreach (var projection in plan.Source.Projections.Where(p => p.Rule is not null)) set(projection, [.. Enumerable.Range(0, projection.To.Count).Select(i => ((i + image) % 5) - 2f)]);
    }
}
