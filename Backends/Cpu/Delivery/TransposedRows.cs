using System.Runtime.Intrinsics;

namespace Lepton.Neuro.Backends;

/// <summary>Synapses whose weights are those of another projection the other way round, onto one shard: kept as the integers that they deliver, and made anew
/// after the other projection's weights have changed.</summary>
sealed unsafe class TransposedRows : IDisposable
{
    readonly CompiledProjection projection;
    readonly Shard to;
    readonly NativeBuffer<int> rows;
    readonly int* sums;
    readonly int start;
    readonly int count;
    readonly int width;
    long version = -1;

    public TransposedRows(Shard shard, CompiledProjection projection)
    {
        this.projection = projection;
        to = shard;
        int population = projection.Description.To.Index;
        start = shard.Start(population);
        count = shard.Count(population);
        sums = shard.Sums(population, projection.Description.Receptor);
        width = (count + 15) / 16 * 16;
        rows = new((long)projection.Connectivity.Sources * width);
    }

    public TransposeWiring Wiring => projection.Transposed!;

    /// <summary>Takes over the other projection's weights, in its wiring's order, where they have changed.</summary>
    public void Refresh(long newVersion, Func<float[]> weights)
    {
        if (newVersion == version) return;
        version = newVersion;
        if (count == 0) return;
        var original = weights();
        int sources = projection.Connectivity.Sources;
        float factor = 1 / projection.Quantum, gain = Wiring.Gain;
        for (int source = 0; source < sources; source++)
        {
            int* row = rows.Pointer + ((long)source * width);
            for (int i = 0; i < count; i++) row[i] = (int)MathF.Round(original[((start + i) * sources) + source] * gain * factor);
        }
    }

    public void Deliver(Shard[] shards, long now)
    {
        long then = now - projection.LeastDelay;
        if (then < 0) return;
        int from = projection.Description.From.Index;
        foreach (var shard in shards)
        {
            int fired = shard.SpikeCount(from, then);
            if (fired == 0) continue;
            to.Touch(projection.Description.To.Index);
            int* sources = shard.Spikes(from, then);
            for (int i = 0; i < fired; i++)
            {
                int* row = rows.Pointer + ((long)sources[i] * width);
                for (int k = 0; k < width; k += 8) (Vector256.Load(sums + k) + Vector256.Load(row + k)).Store(sums + k);
            }
        }
    }

    public void Dispose() => rows.Dispose();
}
