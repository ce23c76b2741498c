using System.Runtime.Intrinsics;

namespace Lepton.Neuro.Backends;

/// <summary>All-to-all static synapses of one delay onto one shard: a row of 16-bit weights a source, without indices, added to the sums a vector at a time.</summary>
sealed unsafe class DenseRows : IDisposable
{
    readonly CompiledProjection projection;
    readonly Shard to;
    readonly NativeBuffer<short> weights;
    readonly int* sums;
    readonly int width;

    public DenseRows(Shard shard, CompiledProjection projection)
    {
        this.projection = projection;
        to = shard;
        int population = projection.Description.To.Index, start = shard.Start(population), count = shard.Count(population);
        sums = shard.Sums(population, projection.Description.Receptor);
        width = (count + 31) / 32 * 32;
        weights = new((long)projection.Connectivity.Sources * width);
        var row = new SynapseRow();
        for (int target = 0; target < count; target++)
        {
            projection.Read(start + target, row, SynapseParts.Weights);
            for (int source = 0; source < row.Count; source++) weights[((long)source * width) + target] = projection.Quantize(row.Weights[source]);
        }
    }

    public static bool Fits(CompiledProjection projection) =>
        projection.Connectivity.IsAllToAll && projection.LeastDelay == projection.MostDelay && !projection.IsPlastic && projection.Transposed is null;

    public void Deliver(Shard[] shards, long now)
    {
        long then = now - projection.LeastDelay;
        if (then < 0 || width == 0) return;
        int from = projection.Description.From.Index;
        foreach (var shard in shards)
        {
            int fired = shard.SpikeCount(from, then);
            if (fired == 0) continue;
            to.Touch(projection.Description.To.Index);
            int* sources = shard.Spikes(from, then);
            for (int i = 0; i < fired; i++) Add(weights.Pointer + ((long)sources[i] * width));
        }
    }

    public void Dispose() => weights.Dispose();

    void Add(short* row)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            for (int i = 0; i < width; i += 32)
            {
                var (lower, upper) = Vector512.Widen(Vector512.Load(row + i));
                (Vector512.Load(sums + i) + lower).Store(sums + i);
                (Vector512.Load(sums + i + 16) + upper).Store(sums + i + 16);
            }
            return;
        }
        for (int i = 0; i < width; i += 16)
        {
            var (lower, upper) = Vector256.Widen(Vector256.Load(row + i));
            (Vector256.Load(sums + i) + lower).Store(sums + i);
            (Vector256.Load(sums + i + 8) + upper).Store(sums + i + 8);
        }
    }
}
