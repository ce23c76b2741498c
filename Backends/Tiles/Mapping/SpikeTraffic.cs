namespace Lepton.Neuro.Backends;

/// <summary>The hypergraph that a partition cuts: each source is a net that joins the neurons it has synapses onto, and weighs as many packets as it spikes.</summary>
/// <remarks>A source's spike costs one packet for each distinct core that holds one of its targets. Rows are compressed, with 32-bit indices: a synapse takes four bytes by target and,
/// once asked for, four by source.</remarks>
public sealed class SpikeTraffic
{
    /// <summary>The most spikes of all sources together times their targets' number: sums stay within 64 bits.</summary>
    public const long MostSpikes = 1L << 40;

    readonly int[] firstIncoming;
    readonly int[] incoming;
    readonly int[] home;
    readonly long[] spikes;
    readonly int[] bits;
    readonly Lazy<(int[] First, int[] Targets)> outgoing;

    /// <summary>The traffic of a network. The arrays are kept, not copied.</summary>
    /// <param name="firstIncoming">For each neuron the place of its first source in <paramref name="incoming"/>, and the number of all at the end.</param>
    /// <param name="incoming">The distinct sources of each neuron.</param>
    /// <param name="home">For each source the neuron that it is; -1 for a channel from outside.</param>
    /// <param name="spikes">For each source its spikes, real or estimated, as whole numbers.</param>
    /// <param name="bits">For each neuron the bits of synapse memory that it takes.</param>
    /// <exception cref="InvalidInputException">Sizes differ, or a number is out of its range.</exception>
    public SpikeTraffic(int[] firstIncoming, int[] incoming, int[] home, long[] spikes, int[] bits)
    {
        int neurons = bits.Length;
        Require.InRange("the starts of rows of incoming sources", firstIncoming.Length, neurons + 1L, neurons + 1L);
        Require.InRange("the sources that spikes are given for", spikes.Length, home.Length, home.Length);
        Require.InRange("the end of the rows of incoming sources", firstIncoming[^1], incoming.Length, incoming.Length);
        long all = 0;
        foreach (long count in spikes) all += Require.InRange("the spikes of a source", count, 0L, MostSpikes);
        Require.InRange("the spikes of all sources", all, 0L, MostSpikes);
        foreach (int neuron in home) Require.InRange("the neuron that a source is", neuron, -1L, neurons - 1L);
        foreach (int source in incoming) Require.InRange("a source of a neuron", source, 0L, home.Length - 1L);
        for (int i = 0; i < neurons; i++)
        {
            Require.InRange($"the synapse memory in bits of neuron {i}", bits[i], 0L, int.MaxValue);
            Require.InRange($"the end of the row of neuron {i}", firstIncoming[i + 1], firstIncoming[i], incoming.Length);
        }
        (this.firstIncoming, this.incoming, this.home, this.spikes, this.bits) = (firstIncoming, incoming, home, spikes, bits);
        outgoing = new(() => Turn(firstIncoming, incoming, home.Length));
    }

    /// <summary>How many neurons.</summary>
    public int Neurons => bits.Length;

    /// <summary>How many sources: neurons, and channels from outside.</summary>
    public int Sources => home.Length;

    /// <summary>How many pairs of a source and a neuron that it has synapses onto.</summary>
    public int Pins => incoming.Length;

    /// <summary>The traffic of a network whose synapses all take the same memory. Sources are numbered population by population; the neurons are those with a model, in the same order.</summary>
    /// <param name="network">The network.</param>
    /// <param name="bitsEach">Bits a synapse.</param>
    /// <param name="recorded">Spikes that were recorded; each source is taken to spike equally often where null. A recorded spike weighs 16, each source 1 more, so that silent
    /// ones are not forgotten.</param>
    /// <exception cref="InvalidInputException">The spikes are those of another network, or there are too many synapses for 32-bit indices.</exception>
    public static SpikeTraffic Of(CompiledNetwork network, int bitsEach, Activity? recorded = null)
    {
        Require.InRange("the bits of a synapse", bitsEach, 0L, 1024);
        Require.InRange("the synapses of a network that is mapped", network.SynapseCount, 0L, Array.MaxLength);
        var row = new SynapseRow();
        return NetworkTraffic.Of(network, recorded, (projection, target, sources) =>
        {
            sources.Clear();
            projection.Read(target, row, SynapseParts.Sources);
            sources.AddRange(row.Sources);
        }, _ => bitsEach).Traffic;
    }

    /// <summary>The distinct sources of a neuron.</summary>
    /// <param name="neuron">The neuron.</param>
    public ReadOnlySpan<int> SourcesOf(int neuron) => incoming.AsSpan(firstIncoming[neuron]..firstIncoming[neuron + 1]);

    /// <summary>The neurons that a source has synapses onto, ascending.</summary>
    /// <param name="source">The source.</param>
    public ReadOnlySpan<int> TargetsOf(int source)
    {
        var (first, targets) = outgoing.Value;
        return targets.AsSpan(first[source]..first[source + 1]);
    }

    /// <summary>The neuron that a source is; -1 for a channel from outside.</summary>
    /// <param name="source">The source.</param>
    public int HomeOf(int source) => home[source];

    /// <summary>The spikes of a source.</summary>
    /// <param name="source">The source.</param>
    public long SpikesOf(int source) => spikes[source];

    /// <summary>The synapse memory of a neuron.</summary>
    /// <param name="neuron">The neuron.</param>
    public int BitsOf(int neuron) => bits[neuron];

    /// <summary>The packets that no partition can do without: for each spike of a source at least as many cores as are needed to hold its targets, by number and by memory.</summary>
    /// <param name="limits">The limits of a core.</param>
    public long LeastPackets(CoreLimits limits)
    {
        long packets = 0;
        for (int source = 0; source < Sources; source++)
        {
            if (spikes[source] > 0) packets += spikes[source] * LeastCores(source, limits);
        }
        return packets;
    }

    /// <summary>The fewest cores that can hold the targets of a source: by number, by memory, and by axons in.</summary>
    /// <param name="source">The source.</param>
    /// <param name="limits">The limits of a core.</param>
    public long LeastCores(int source, CoreLimits limits)
    {
        var targets = TargetsOf(source);
        long memory = 0;
        foreach (int target in targets) memory += bits[target];
        long byNeurons = (targets.Length + (long)limits.Neurons - 1) / limits.Neurons;
        long byMemory = memory == 0 ? 0 : ((memory - 1) / limits.SynapseBits) + 1;
        return Math.Max(byNeurons, byMemory);
    }

    internal Level ToLevel()
    {
        var (first, targets) = outgoing.Value;
        var count = new int[Neurons];
        Array.Fill(count, 1);
        return new(firstIncoming, incoming, null, first, targets, home, spikes, count, [.. bits.Select(b => (long)b)]);
    }

    internal static (int[] First, int[] Targets) Turn(int[] firstIncoming, int[] incoming, int sources)
    {
        var first = new int[sources + 1];
        foreach (int source in incoming) first[source + 1]++;
        for (int i = 0; i < sources; i++) first[i + 1] += first[i];
        var targets = new int[incoming.Length];
        var at = first.AsSpan(0, sources).ToArray();
        for (int neuron = 0; neuron + 1 < firstIncoming.Length; neuron++)
        {
            for (int i = firstIncoming[neuron]; i < firstIncoming[neuron + 1]; i++) targets[at[incoming[i]]++] = neuron;
        }
        return (first, targets);
    }
}
