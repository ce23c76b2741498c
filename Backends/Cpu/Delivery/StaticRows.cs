using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Lepton.Neuro.Backends;

/// <summary>All static synapses onto one shard that need an index: a row a source, ordered by delay. A synapse is four bytes: the index of the sum it adds to, and what it adds.
/// What a source delivers in a step is one run of its row, side by side in memory.</summary>
sealed unsafe class StaticRows : IDisposable
{
    // A source's record: where its row begins, and where in the row each delay's run begins.
    const int StartBytes = sizeof(long);

    readonly NativeBuffer<byte> records;
    readonly NativeBuffer<uint> synapses;
    readonly int recordBytes;
    readonly int least;
    readonly int delays;
    Run[] runs = new Run[1024];

    public StaticRows(Shard shard, SourceIndex sources, IReadOnlyList<CompiledProjection> projections)
    {
        if (projections.Count == 0)
        {
            records = new(0);
            synapses = new(0);
            return;
        }
        least = projections.Min(p => p.LeastDelay);
        delays = projections.Max(p => p.MostDelay) - least + 1;
        recordBytes = (StartBytes + ((delays + 1) * sizeof(ushort)) + 7) / 8 * 8;
        records = new((long)sources.Count * recordBytes);
        using var places = new NativeBuffer<int>((long)sources.Count * delays);
        Each(shard, sources, projections, SynapseParts.Sources, (first, row, _) =>
        {
            var from = row.Sources;
            var late = row.Delays;
            for (int k = 0; k < from.Length; k++) places.Pointer[((long)(first + from[k]) * delays) + late[k] - least]++;
        });
        synapses = new(Lay(sources.Count, places.Pointer));
        Each(shard, sources, projections, SynapseParts.Sources | SynapseParts.Weights, (first, row, sum) =>
        {
            var from = row.Sources;
            var late = row.Delays;
            var weights = row.Quantized;
            uint index = (uint)sum;
            for (int k = 0; k < from.Length; k++)
            {
                int source = first + from[k];
                int place = places.Pointer[((long)source * delays) + late[k] - least]++;
                synapses.Pointer[*Start(source) + place] = index | ((uint)weights[k] << 16);
            }
        });
    }

    /// <summary>Adds what arrives in a step to the sums.</summary>
    public void Deliver(Shard[] shards, Shard onto, long now)
    {
        if (delays == 0) return;
        int count = 0;
        foreach (var shard in shards)
        {
            var (from, to) = shard.Recent(now - least - delays + 1, now - least);
            if (count + (to - from) > runs.Length) Array.Resize(ref runs, (int)Math.Max(count + (to - from), 2L * runs.Length));
            ref Run next = ref Unsafe.Add(ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(runs), count);
            for (long i = from; i < to; i++)
            {
                var spike = shard.RecentSpike(i);
                byte* record = records.Pointer + ((long)spike.Source * recordBytes);
                ushort* run = (ushort*)(record + StartBytes) + ((int)now - spike.Step - least);
                int first = run[0], length = run[1] - first;
                next = new(synapses.Pointer + *(long*)record + first, length);
                // Written always, kept only where there is something to deliver: no branch to guess.
                int kept = length > 0 ? 1 : 0;
                next = ref Unsafe.Add(ref next, kept);
                count += kept;
            }
        }
        if (count == 0) return;
        onto.TouchAll();
        Add(runs.AsSpan(0, count), onto.AllSums);
    }

    public void Dispose()
    {
        records.Dispose();
        synapses.Dispose();
    }

    static void Add(ReadOnlySpan<Run> runs, int* sums)
    {
        const int Ahead = 8, SynapsesALine = 16;
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

    // Turns the number of synapses of each source and delay into the place of the first, and notes rows and runs.
    long Lay(int sources, int* places)
    {
        long at = 0;
        for (int source = 0; source < sources; source++)
        {
            *Start(source) = at;
            ushort* run = (ushort*)(records.Pointer + ((long)source * recordBytes) + StartBytes);
            int within = 0;
            for (int delay = 0; delay < delays; delay++)
            {
                int* place = places + ((long)source * delays) + delay;
                run[delay] = (ushort)within;
                (within, *place) = (within + *place, within);
            }
            if (within > ushort.MaxValue)
                throw new InvalidInputException($"the synapses of source {source} onto one thread's neurons", within, $"at most {ushort.MaxValue}; use more threads");
            run[delays] = (ushort)within;
            at += within;
        }
        return at;
    }

    long* Start(int source) => (long*)(records.Pointer + ((long)source * recordBytes));

    static void Each(Shard shard, SourceIndex sources, IReadOnlyList<CompiledProjection> projections, SynapseParts parts, Action<int, SynapseRow, int> visit)
    {
        var row = new SynapseRow();
        foreach (var projection in projections)
        {
            int to = projection.Description.To.Index, start = shard.Start(to);
            int first = sources.First(projection.Description.From.Index), sum = shard.SumOffset(to, projection.Description.Receptor);
            for (int target = 0; target < shard.Count(to); target++)
            {
                projection.Read(start + target, row, parts | SynapseParts.Delays);
                visit(first, row, sum + target);
            }
        }
    }

    /// <summary>Synapses that lie side by side and are delivered in the same step.</summary>
    readonly struct Run(uint* first, int count)
    {
        public readonly uint* First = first;
        public readonly int Count = count;
    }
}

/// <summary>The sources of indexed static synapses, numbered through all populations.</summary>
sealed class SourceIndex
{
    readonly int[] firsts;

    public SourceIndex(CompiledNetwork network, IReadOnlyList<CompiledProjection> projections)
    {
        firsts = new int[network.Populations.Count];
        foreach (var population in network.Populations)
        {
            bool sends = projections.Any(p => p.Description.From.Index == population.Index);
            firsts[population.Index] = sends ? Count : -1;
            if (sends) Count += population.Count;
        }
    }

    /// <summary>All sources.</summary>
    public int Count { get; }

    /// <summary>The number of a population's first neuron; -1 for a population that has no such synapses.</summary>
    public int First(int population) => firsts[population];
}
