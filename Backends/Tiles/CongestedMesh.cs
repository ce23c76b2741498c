namespace Lepton.Neuro.Backends;

/// <summary>What does not change about the packets of one source to one core.</summary>
/// <param name="Destination">The core that receives them.</param>
/// <param name="Processing">The seconds that it takes for one: to look it up, and to process its synapses.</param>
/// <param name="Travel">The seconds of its hops on an empty mesh.</param>
/// <param name="FirstLink">The first of its links in the list of all.</param>
/// <param name="Links">How many links it passes: the core's own way out, and one for each hop.</param>
readonly record struct PacketWay(int Destination, double Processing, double Travel, int FirstLink, int Links)
{
    /// <summary>What it adds to the density of each of its links.</summary>
    public double Share { get; } = 1.0 / (Links + 1);
}

/// <summary>The time of a step with congestion, after the detailed timing of SANA-FE (J. Boyle et al., IEEE TCAD 2025).</summary>
/// <remarks>
/// <list type="bullet">
/// <item><description>Packets enter the mesh in the order of their send times; those of a core follow each other by their generation delays.</description></item>
/// <item><description>A packet under way adds a density of 1/(hops + 2) to each link of its way.</description></item>
/// <item><description>Where the density along its way exceeds (hops + 1) times the buffer of a link, it is held up by the excess times the mean processing delay of the packets
/// under way, and so are those after it on its core.</description></item>
/// <item><description>It travels for its hops' latencies, or for density times that mean delay over (hops + 1), whichever is longer.</description></item>
/// <item><description>A core takes up one packet at a time.</description></item>
/// </list>
/// <para>Cores begin in the order of their numbers; packets that are sent at the same time go as <see cref="BottomUpHeap"/> has it.</para>
/// </remarks>
/// <param name="links">How many links there are.</param>
/// <param name="cores">How many cores there are.</param>
/// <param name="buffer">How many packets a link holds.</param>
sealed class CongestedMesh(int links, int cores, int buffer)
{
    /// <summary>A packet's place in place of <see cref="PacketWay"/>: time that passes without one.</summary>
    public const int NoPacket = -1;

    readonly double[] density = new double[links];
    readonly double[] free = new double[cores];
    readonly double[] blocked = new double[cores];
    readonly int[] next = new int[cores];
    readonly BottomUpHeap sending = new();
    readonly BottomUpHeap underWay = new();
    double meanProcessing;
    long packets;

    /// <summary>The seconds by which packets of each core were held up in the last step.</summary>
    public ReadOnlySpan<double> Blocked => blocked;

    /// <summary>When the last packet of a step is processed.</summary>
    /// <param name="ways">What does not change about packets.</param>
    /// <param name="route">The links of all ways.</param>
    /// <param name="first">For each core the first of its packets in <paramref name="sent"/>, and the number of all at the end.</param>
    /// <param name="sent">The packets that are sent, core after core, in order: a way, or <see cref="NoPacket"/>.</param>
    /// <param name="generation">The seconds from the packet before until each is sent.</param>
    public double Run(ReadOnlySpan<PacketWay> ways, ReadOnlySpan<int> route, ReadOnlySpan<int> first, ReadOnlySpan<int> sent, ReadOnlySpan<double> generation)
    {
        Array.Clear(density);
        Array.Clear(free);
        Array.Clear(blocked);
        sending.Clear();
        underWay.Clear();
        meanProcessing = 0;
        packets = 0;
        double last = 0;
        for (int core = 0; core < cores; core++)
        {
            next[core] = first[core];
            if (first[core] < first[core + 1]) sending.Add(generation[first[core]], core);
        }
        while (sending.Count > 0)
        {
            var (now, core) = sending.Take();
            last = Math.Max(last, now);
            while (underWay.Count > 0 && underWay.First.Time <= now) Leave(in ways[underWay.Take().Item], route);
            int packet = sent[next[core]++];
            if (packet != NoPacket)
            {
                ref readonly var way = ref ways[packet];
                var along = route.Slice(way.FirstLink, way.Links);
                double dense = 0, capacity = (double)way.Links * buffer, share = way.Share;
                foreach (int link in along)
                {
                    ref double at = ref density[link];
                    dense += at;
                    at += share;
                }
                if (dense > capacity)
                {
                    double held = (dense - capacity) * meanProcessing;
                    blocked[core] += held;
                    now += held;
                }
                double arrives = now + Math.Max(way.Travel, dense * meanProcessing / way.Links);
                double received = Math.Max(free[way.Destination], arrives);
                free[way.Destination] = received + way.Processing;
                last = Math.Max(last, free[way.Destination]);
                meanProcessing += (way.Processing - meanProcessing) / (packets + 1);
                packets++;
                underWay.Add(received, packet);
            }
            if (next[core] < first[core + 1]) sending.Add(now + generation[next[core]], core);
        }
        return last;
    }

    void Leave(in PacketWay way, ReadOnlySpan<int> route)
    {
        double share = way.Share;
        foreach (int link in route.Slice(way.FirstLink, way.Links)) density[link] -= share;
        meanProcessing = packets > 1 ? meanProcessing + ((meanProcessing - way.Processing) / (packets - 1)) : 0;
        packets--;
    }
}
