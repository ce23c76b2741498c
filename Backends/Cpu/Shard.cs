namespace Lepton.Neuro.Backends;

/// <summary>A part of every population, owned by one thread: it alone adds to these neurons' sums, so no addition needs to be atomic.</summary>
sealed unsafe class Shard : IDisposable
{
    /// <summary>The most sums a shard may have, so that an index of 16 bits names one.</summary>
    public const int MostSums = 1 << 16;

    /// <summary>Neurons are dealt out in blocks of this size: a group of random words, and a whole number of bundles of any width.</summary>
    public const int Block = 64;

    readonly NativeBuffer<int> sums;
    readonly NativeBuffer<int> spikes;
    readonly NativeBuffer<int> spikeCounts;
    readonly int[] starts;
    readonly int[] counts;
    readonly int[] firstLocal;
    readonly int[][] sumOffsets;
    readonly int slots;
    readonly int locals;

    public Shard(CompiledNetwork network, int index, int shards)
    {
        Index = index;
        int populations = network.Populations.Count;
        starts = new int[populations];
        counts = new int[populations];
        firstLocal = new int[populations];
        sumOffsets = new int[populations][];
        int sumCount = 0;
        foreach (var population in network.Populations)
        {
            int blocks = (population.Count + Block - 1) / Block;
            // Populations smaller than the team would all fall to the first shards: begin dealing where the last one ended.
            int from = Cut(blocks, index, shards, population.Index), to = Cut(blocks, index + 1, shards, population.Index);
            starts[population.Index] = Math.Min(from * Block, population.Count);
            counts[population.Index] = Math.Min(to * Block, population.Count) - starts[population.Index];
            firstLocal[population.Index] = locals;
            locals += counts[population.Index];
            int padded = (counts[population.Index] + Block - 1) / Block * Block;
            sumOffsets[population.Index] = new int[population.Quanta.Count];
            for (int r = 0; r < population.Quanta.Count; r++)
            {
                sumOffsets[population.Index][r] = sumCount;
                sumCount += padded;
            }
        }
        SumCount = sumCount;
        slots = network.MostDelay + 1;
        sums = new(sumCount);
        spikes = new((long)slots * Math.Max(1, locals));
        spikeCounts = new((long)slots * populations);
    }

    public int Index { get; }

    /// <summary>How many sums there are, padding included.</summary>
    public int SumCount { get; }

    /// <summary>The first neuron of a population that is here.</summary>
    public int Start(int population) => starts[population];

    /// <summary>How many neurons of a population are here.</summary>
    public int Count(int population) => counts[population];

    public int* AllSums => sums.Pointer;

    /// <summary>The place of a receptor's sums among all of this shard.</summary>
    public int SumOffset(int population, int receptor) => sumOffsets[population][receptor];

    public int* Sums(int population, int receptor) => sums.Pointer + sumOffsets[population][receptor];

    /// <summary>The neurons of a population that fired here in a step, ascending; room for all.</summary>
    public int* Spikes(int population, long step) => spikes.Pointer + (step % slots * locals) + firstLocal[population];

    /// <summary>How many neurons of a population fired here in a step.</summary>
    public ref int SpikeCount(int population, long step) => ref spikeCounts.Pointer[(step % slots * starts.Length) + population];

    /// <summary>Forgets what is on its way.</summary>
    public void Begin()
    {
        sums.Clear();
        spikeCounts.Clear();
    }

    public void Dispose()
    {
        sums.Dispose();
        spikes.Dispose();
        spikeCounts.Dispose();
    }

    /// <summary>How many shards a network of so many sums needs, for each to have a 16-bit index.</summary>
    public static int Needed(CompiledNetwork network, int threads)
    {
        for (int shards = threads; ; shards += threads)
        {
            long most = network.Populations.Sum(p => p.Quanta.Count * (long)Block * ((((p.Count + Block - 1) / Block) + shards - 1) / shards + 1));
            if (most <= MostSums) return shards;
        }
    }

    static int Cut(int blocks, int index, int shards, int population)
    {
        if (blocks >= shards) return (int)((long)blocks * index / shards);
        int first = population % shards;
        // The shards first … first + blocks - 1 (cyclically) have one block each; blocks keep their order along the shards.
        int before = 0;
        for (int s = 0; s < index; s++)
        {
            if ((s - first + shards) % shards < blocks) before++;
        }
        return before;
    }
}
