namespace Lepton.Neuro.Backends;

/// <summary>A part of every population, owned by one thread: it alone adds to these neurons' sums, so no addition needs to be atomic.</summary>
sealed unsafe class Shard : IDisposable
{
    /// <summary>The most sums a shard may have, so that an index of 16 bits names one.</summary>
    public const int MostSums = 1 << 16;

    /// <summary>A whole number of bundles of any width.</summary>
    public const int Bundle = 16;

    /// <summary>The sums of a population begin at multiples of this: what is added to them a vector at a time may reach beyond its neurons.</summary>
    public const int Padding = CompiledDrive.Group;

    readonly NativeBuffer<int> sums;
    readonly NativeBuffer<int> spikes;
    readonly NativeBuffer<int> spikeEnds;
    readonly int[] starts;
    readonly int[] counts;
    readonly int[][] sumOffsets;
    readonly bool[] touched;
    readonly NativeBuffer<RecentSpike> recent;
    readonly long[] recentEnds;
    readonly long recentMask;
    readonly int slotMask;
    readonly int locals;
    long recentCount;

    public Shard(CompiledNetwork network, int index, int shards)
    {
        Index = index;
        int populations = network.Populations.Count;
        starts = new int[populations];
        counts = new int[populations];
        sumOffsets = new int[populations][];
        touched = new bool[populations];
        int sumCount = 0;
        foreach (var population in network.Populations)
        {
            int block = BlockOf(network, population), blocks = (population.Count + block - 1) / block;
            // Populations smaller than the team would all fall to the first shards: begin dealing where the last one ended.
            int from = Cut(blocks, index, shards, population.Index), to = Cut(blocks, index + 1, shards, population.Index);
            starts[population.Index] = Math.Min(from * block, population.Count);
            counts[population.Index] = Math.Min(to * block, population.Count) - starts[population.Index];
            locals += counts[population.Index];
            int padded = (counts[population.Index] + Padding - 1) / Padding * Padding;
            sumOffsets[population.Index] = new int[population.Quanta.Count];
            for (int r = 0; r < population.Quanta.Count; r++)
            {
                sumOffsets[population.Index][r] = sumCount;
                sumCount += padded;
            }
        }
        // A step may be written while another shard still looks at the one before the longest delay. A power of two makes the place of a step a mask.
        int slots = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)network.MostDelay + 2);
        slotMask = slots - 1;
        recentEnds = new long[slots];
        recentMask = (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)Math.Max(1, (long)slots * locals)) - 1;
        recent = new(recentMask + 1);
        sums = new(sumCount);
        spikes = new((long)slots * Math.Max(1, locals));
        spikeEnds = new((long)slots * (populations + 1));
    }

    public int Index { get; }

    /// <summary>Whether anything may have been added to a population's sums in this step. Where not, neurons at rest stay at rest.</summary>
    public bool Touched(int population) => touched[population];

    /// <summary>Says that something is added to a population's sums.</summary>
    public void Touch(int population) => touched[population] = true;

    /// <summary>Says that something is added to sums of any population.</summary>
    public void TouchAll() => Array.Fill(touched, true);

    /// <summary>A step begins.</summary>
    public void Untouch() => Array.Clear(touched);

    /// <summary>The first neuron of a population that is here.</summary>
    public int Start(int population) => starts[population];

    /// <summary>How many neurons of a population are here.</summary>
    public int Count(int population) => counts[population];

    public int* AllSums => sums.Pointer;

    /// <summary>The place of a receptor's sums among all of this shard.</summary>
    public int SumOffset(int population, int receptor) => sumOffsets[population][receptor];

    public int* Sums(int population, int receptor) => sums.Pointer + sumOffsets[population][receptor];

    /// <summary>The neurons of a population that fired here in a step, ascending. While the step is taken, populations in order, there is room for all.</summary>
    public int* Spikes(int population, long step) => spikes.Pointer + ((step & slotMask) * locals) + *End(population, step);

    /// <summary>How many neurons of a population fired here in a step.</summary>
    public int SpikeCount(int population, long step)
    {
        int* end = End(population, step);
        return end[1] - end[0];
    }

    /// <summary>Says how many neurons of a population fired in a step; populations in order.</summary>
    public void SetSpikeCount(int population, long step, int count)
    {
        int* end = End(population, step);
        end[1] = end[0] + count;
    }

    /// <summary>Notes the spikes of a step that indexed synapses deliver.</summary>
    public void Remember(int firstSource, int* spikes, int count, long step)
    {
        for (int i = 0; i < count; i++) recent.Pointer[recentCount++ & recentMask] = new(firstSource + spikes[i], (int)step);
    }

    /// <summary>All of a step's spikes are noted.</summary>
    public void EndStep(long step) => recentEnds[step & slotMask] = recentCount;

    /// <summary>The range of notes of some steps.</summary>
    public (long From, long To) Recent(long firstStep, long lastStep) =>
        lastStep < 0 ? (0, 0) : (firstStep <= 0 ? 0 : recentEnds[(firstStep - 1) & slotMask], recentEnds[lastStep & slotMask]);

    /// <summary>A note.</summary>
    public RecentSpike RecentSpike(long index) => recent.Pointer[index & recentMask];

    /// <summary>Forgets what is on its way.</summary>
    public void Begin()
    {
        recentCount = 0;
        Array.Clear(recentEnds);
        sums.Clear();
        spikeEnds.Clear();
    }

    public void Dispose()
    {
        sums.Dispose();
        spikes.Dispose();
        spikeEnds.Dispose();
        recent.Dispose();
    }

    /// <summary>How many shards a network of so many sums needs, for each to have a 16-bit index.</summary>
    public static int Needed(CompiledNetwork network, int threads)
    {
        for (int shards = threads; ; shards += threads)
        {
            long most = network.Populations.Sum(p => p.Quanta.Count * (((long)p.Count / shards) + (2 * Padding)));
            if (most <= MostSums) return shards;
        }
    }

    // Neurons are dealt out in whole bundles, and where they need random numbers in whole groups of them.
    static int BlockOf(CompiledNetwork network, CompiledPopulation population)
    {
        if (network.Drives.Any(d => ReferenceEquals(d.Description.To, population.Description))) return CompiledDrive.Group;
        return population.Description.Source is { IsRandom: true } ? Random.Philox.Group : Bundle;
    }

    // Where a population's spikes of a step begin; behind it, where they end.
    int* End(int population, long step) => spikeEnds.Pointer + ((step & slotMask) * (starts.Length + 1)) + population;

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

/// <summary>A spike whose deliveries are under way.</summary>
/// <param name="Source">The source's number among all that have indexed synapses.</param>
/// <param name="Step">The step in which it fired.</param>
readonly record struct RecentSpike(int Source, int Step);
