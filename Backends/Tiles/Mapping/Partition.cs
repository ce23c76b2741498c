namespace Lepton.Neuro.Backends;

/// <summary>How neurons are divided among cores.</summary>
public enum PartitionMethod
{
    /// <summary>In order: a core is filled until the next neuron would break a limit.</summary>
    Sequential,

    /// <summary>A core takes the neuron whose packets already reach it to the greatest part.</summary>
    Greedy,

    /// <summary>Neurons that hear the same sources are joined, level by level; the coarsest level is divided, and each finer one improved.</summary>
    Multilevel,
}

/// <summary>How a partition is made.</summary>
public sealed record PartitionOptions
{
    /// <summary>The method.</summary>
    public PartitionMethod Method { get; init; } = PartitionMethod.Multilevel;

    /// <summary>The seed of random choices. The same seed gives the same partition.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The most passes of refinement a level.</summary>
    public int Passes { get; init; } = 8;

    /// <summary>The most cores; null for as many as it takes.</summary>
    public int? MostCores { get; init; }
}

/// <summary>Neurons divided among cores that keep all limits.</summary>
public sealed class Partition
{
    readonly int[] coreOf;

    internal Partition(SpikeTraffic traffic, CoreLimits limits, int[] coreOf, int cores)
    {
        Traffic = traffic;
        Limits = limits;
        this.coreOf = coreOf;
        var uses = new CoreUse[cores];
        var seen = new int[cores];
        for (int neuron = 0; neuron < coreOf.Length; neuron++)
        {
            ref var use = ref uses[coreOf[neuron]];
            use = use with { Neurons = use.Neurons + 1, SynapseBits = use.SynapseBits + traffic.BitsOf(neuron) };
        }
        for (int source = 0; source < traffic.Sources; source++)
        {
            int home = traffic.HomeOf(source);
            foreach (int target in traffic.TargetsOf(source))
            {
                int core = coreOf[target];
                if (seen[core] == source + 1) continue;
                seen[core] = source + 1;
                Packets += traffic.SpikesOf(source);
                uses[core] = uses[core] with { AxonsIn = uses[core].AxonsIn + 1 };
                if (home >= 0) uses[coreOf[home]] = uses[coreOf[home]] with { AxonsOut = uses[coreOf[home]].AxonsOut + 1 };
            }
        }
        Cores = uses;
    }

    /// <summary>What was divided.</summary>
    public SpikeTraffic Traffic { get; }

    /// <summary>The limits that each core keeps.</summary>
    public CoreLimits Limits { get; }

    /// <summary>What each core holds.</summary>
    public IReadOnlyList<CoreUse> Cores { get; }

    /// <summary>The core of each neuron.</summary>
    public ReadOnlySpan<int> CoreOf => coreOf;

    /// <summary>The packets of all spikes: one a spike and distinct core of its targets.</summary>
    public long Packets { get; }

    /// <summary>A number of packets that no partition within the limits is below.</summary>
    public long LeastPackets => Traffic.LeastPackets(Limits);

    /// <summary>The packets between cores, which a placement is made for.</summary>
    public FlowGraph Flows()
    {
        // Core by core, so that the packets that leave one are counted in an array.
        var firstOwn = new int[Cores.Count + 1];
        for (int source = 0; source < Traffic.Sources; source++)
        {
            if (Traffic.HomeOf(source) is var home && home >= 0) firstOwn[coreOf[home] + 1]++;
        }
        for (int i = 0; i < Cores.Count; i++) firstOwn[i + 1] += firstOwn[i];
        var own = new int[firstOwn[^1]];
        var at = firstOwn.ToArray();
        var outside = new long[Cores.Count];
        var seen = new int[Cores.Count];
        for (int source = 0; source < Traffic.Sources; source++)
        {
            int home = Traffic.HomeOf(source);
            if (home >= 0) own[at[coreOf[home]]++] = source;
            else Send(source, outside, null);
        }
        var flows = new List<Flow>();
        var sent = new long[Cores.Count];
        var reached = new List<int>();
        for (int from = 0; from < Cores.Count; from++)
        {
            for (int i = firstOwn[from]; i < firstOwn[from + 1]; i++) Send(own[i], sent, reached);
            foreach (int to in reached)
            {
                flows.Add(new(from, to, sent[to]));
                sent[to] = 0;
            }
            reached.Clear();
        }
        return new(Cores.Count, flows, outside);

        void Send(int source, long[] to, List<int>? fresh)
        {
            long spikes = Traffic.SpikesOf(source);
            if (spikes == 0) return;
            foreach (int target in Traffic.TargetsOf(source))
            {
                int core = coreOf[target];
                if (seen[core] == source + 1) continue;
                seen[core] = source + 1;
                if (to[core] == 0) fresh?.Add(core);
                to[core] += spikes;
            }
        }
    }
}
