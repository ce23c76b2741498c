using System.Runtime.Intrinsics.X86;

namespace Lepton.Neuro.Backends;

/// <summary>The static synapses of one source population onto one shard: a row a source, ordered by delay. A synapse is four bytes: the index of the sum it adds to, and
/// what it adds. What a source delivers in a step is one short run of its row; where all delays are equal, the whole row.</summary>
sealed unsafe class StaticRows : IDisposable
{
    readonly NativeBuffer<long> rows;
    readonly NativeBuffer<ushort>? runs;
    readonly NativeBuffer<uint> synapses;
    readonly int least;
    readonly int delays;

    public StaticRows(Shard shard, int population, int sources, IReadOnlyList<CompiledProjection> projections)
    {
        Population = population;
        least = projections.Min(p => p.LeastDelay);
        delays = projections.Max(p => p.MostDelay) - least + 1;
        rows = new(sources + 1);
        using var counts = new NativeBuffer<int>((long)sources * delays);
        var row = new SynapseRow();
        var parts = SynapseParts.Sources | (delays > 1 ? SynapseParts.Delays : SynapseParts.Sources);
        foreach (var projection in projections)
        {
            int to = projection.Description.To.Index;
            for (int target = shard.Start(to); target < shard.Start(to) + shard.Count(to); target++)
            {
                projection.Read(target, row, parts);
                for (int k = 0; k < row.Count; k++) counts.Pointer[((long)row.Sources[k] * delays) + (delays > 1 ? row.Delays[k] - least : 0)]++;
            }
        }
        if (delays > 1) runs = new((long)sources * (delays + 1));
        long at = 0;
        for (int source = 0; source < sources; source++)
        {
            rows.Pointer[source] = at;
            int within = 0;
            for (int delay = 0; delay < delays; delay++)
            {
                int* count = counts.Pointer + ((long)source * delays) + delay;
                if (runs is not null) runs.Pointer[((long)source * (delays + 1)) + delay] = checked((ushort)within);
                (within, *count) = (within + *count, within);
            }
            if (runs is not null) runs.Pointer[((long)source * (delays + 1)) + delays] = checked((ushort)within);
            at += within;
        }
        rows.Pointer[sources] = at;
        synapses = new(at);
        foreach (var projection in projections)
        {
            int to = projection.Description.To.Index;
            int sum = shard.SumOffset(to, projection.Description.Receptor);
            for (int target = shard.Start(to); target < shard.Start(to) + shard.Count(to); target++)
            {
                projection.Read(target, row, parts | SynapseParts.Weights);
                uint index = (uint)(sum + target - shard.Start(to));
                for (int k = 0; k < row.Count; k++)
                {
                    int source = row.Sources[k];
                    int* place = counts.Pointer + ((long)source * delays) + (delays > 1 ? row.Delays[k] - least : 0);
                    synapses.Pointer[rows.Pointer[source] + (*place)++] = index | ((uint)projection.Quantize(row.Weights[k]) << 16);
                }
            }
        }
    }

    /// <summary>The index of the source population.</summary>
    public int Population { get; }

    /// <summary>Notes the runs that arrive in a step.</summary>
    public int Collect(Shard[] shards, long now, ref Run[] found, int count)
    {
        for (int delay = least; delay < least + delays && delay <= now; delay++)
        {
            foreach (var shard in shards)
            {
                int fired = shard.SpikeCount(Population, now - delay);
                if (fired == 0) continue;
                if (count + fired > found.Length) Array.Resize(ref found, Math.Max(count + fired, 2 * found.Length));
                int* sources = shard.Spikes(Population, now - delay);
                for (int i = 0; i < fired; i++)
                {
                    long row = rows.Pointer[sources[i]];
                    if (runs is null)
                    {
                        found[count++] = new(synapses.Pointer + row, (int)(rows.Pointer[sources[i] + 1] - row));
                        continue;
                    }
                    ushort* run = runs.Pointer + ((long)sources[i] * (delays + 1)) + delay - least;
                    int length = run[1] - run[0];
                    if (length > 0) found[count++] = new(synapses.Pointer + row + run[0], length);
                }
            }
        }
        return count;
    }

    /// <summary>Adds the runs to the sums.</summary>
    public static void Deliver(ReadOnlySpan<Run> runs, int* sums)
    {
        const int Ahead = 6, SynapsesALine = 16;
        for (int i = 0; i < runs.Length; i++)
        {
            if (i + Ahead < runs.Length && Sse.IsSupported)
            {
                var next = runs[i + Ahead];
                for (int k = 0; k < next.Count + SynapsesALine - 1; k += SynapsesALine) Sse.Prefetch0(next.First + k);
            }
            uint* synapse = runs[i].First;
            int count = runs[i].Count, j = 0;
            for (; j + 4 <= count; j += 4)
            {
                uint a = synapse[j], b = synapse[j + 1], c = synapse[j + 2], d = synapse[j + 3];
                sums[(ushort)a] += (int)a >> 16;
                sums[(ushort)b] += (int)b >> 16;
                sums[(ushort)c] += (int)c >> 16;
                sums[(ushort)d] += (int)d >> 16;
            }
            for (; j < count; j++) sums[(ushort)synapse[j]] += (int)synapse[j] >> 16;
        }
    }

    public void Dispose()
    {
        rows.Dispose();
        runs?.Dispose();
        synapses.Dispose();
    }

    /// <summary>Synapses that lie side by side and are delivered in the same step.</summary>
    public readonly struct Run(uint* first, int count)
    {
        public readonly uint* First = first;
        public readonly int Count = count;
    }
}
