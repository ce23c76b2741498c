namespace Lepton.Neuro.Backends;

/// <summary>Divides neurons among cores so that their spikes cost few packets.</summary>
/// <remarks>The multilevel method follows G. Karypis, R. Aggarwal, V. Kumar and S. Shekhar, "Multilevel hypergraph partitioning: applications in VLSI domain", IEEE Trans. VLSI 7, 69
/// (1999), with the number of cores that each source reaches as the cost (their sum of external degrees, weighted by spikes), as the number of parts is what fits, not given.</remarks>
public static class Partitioner
{
    const int CoarsestPerCore = 12;
    const int MostLevels = 20;
    const int MostPinsForMoreStarts = 2_000_000;
    const int MostPinsForCuts = 20_000_000;

    /// <summary>Divides neurons among cores.</summary>
    /// <param name="traffic">The neurons and their spikes.</param>
    /// <param name="limits">What a core can hold.</param>
    /// <param name="options">How; the defaults where null.</param>
    /// <exception cref="InvalidInputException">The neurons do not fit: the message names constraint, core, need and limit, and what would make them fit.</exception>
    public static Partition Divide(SpikeTraffic traffic, CoreLimits limits, PartitionOptions? options = null)
    {
        options ??= new();
        Check(limits);
        Require.InRange("the passes of a refinement", options.Passes, 0L, 10_000);
        var (coreOf, cores) = options.Method switch
        {
            PartitionMethod.Sequential => Filled(traffic, limits, [.. Enumerable.Range(0, traffic.Neurons)]),
            PartitionMethod.Greedy => Feasible(traffic, limits, CoreGrowth.Grow(traffic.ToLevel(), limits)),
            PartitionMethod.Multilevel => Multilevel(traffic, limits, options),
            var other => throw new InvalidInputException("the partition method", other, string.Join(", ", Enum.GetNames<PartitionMethod>())),
        };
        var partition = new Partition(traffic, limits, coreOf, cores);
        if (options.MostCores is { } most && cores > most)
        {
            string tightest = Tightest(partition);
            throw Refused("cores", "the machine", cores, most, FormattableString.Invariant($"a machine of at least {cores} such cores, or more {tightest} a core, which is nearest its limit"));
        }
        return partition;
    }

    internal static InvalidInputException Refused(string constraint, string where, long need, long limit, string fit) =>
        new(FormattableString.Invariant($"the neurons do not fit the cores: {constraint} on {where}: need {need}, limit {limit}; allowed: {fit}"));

    internal static string Fits(string constraint) => constraint switch
    {
        "neurons" => "a core of at least one neuron",
        "axons in" => "fewer sources a neuron, or cores of more axons in",
        "axons out" => "more neurons and synapses a core, so that its targets lie on fewer cores, or fewer targets",
        "table entries" => "fewer sources and targets a neuron, or cores of more table entries",
        _ => "fewer synapses a neuron (prune), fewer weight bits, or cores of more synapse memory",
    };

    static void Check(CoreLimits limits)
    {
        Require.InRange("the neurons of a core", limits.Neurons, 1L, int.MaxValue);
        Require.InRange("the synapse memory of a core in bits", limits.SynapseBits, 0L, long.MaxValue);
        Require.InRange("the axons in of a core", limits.AxonsIn, 0L, int.MaxValue);
        Require.InRange("the axons out of a core", limits.AxonsOut, 0L, int.MaxValue);
        Require.InRange("the table entries of a core", limits.TableEntries, 0L, int.MaxValue);
    }

    static (int[] CoreOf, int Cores) Filled(SpikeTraffic traffic, CoreLimits limits, int[] order)
    {
        var fill = new CoreFill(traffic, limits);
        return (fill.Fill(order), fill.Cores);
    }

    // More cores than needed mean more axons out a neuron, and these again more cores. So where axons out are too many, all cores are filled less, and all alike.
    static (int[] CoreOf, int Cores) Evenly(SpikeTraffic traffic, CoreLimits limits, int[] order)
    {
        var others = limits with { AxonsOut = int.MaxValue, TableEntries = int.MaxValue };
        var filled = Filled(traffic, others, order);
        for (int cores = filled.Cores; cores <= 2 * filled.Cores; cores += 1 + (cores / 8))
        {
            int even = cores == filled.Cores ? limits.Neurons : (traffic.Neurons + cores - 1) / cores;
            var tried = Filled(traffic, others with { Neurons = Math.Min(limits.Neurons, even) }, order);
            if (new Partition(traffic, limits, tried.CoreOf, tried.Cores).Cores.All(c => c.Fits(limits))) return tried;
        }
        return Filled(traffic, limits, order);
    }

    static (int[] CoreOf, int Cores) Multilevel(SpikeTraffic traffic, CoreLimits limits, PartitionOptions options)
    {
        var random = new MappingRandom(options.Seed);
        var finest = traffic.ToLevel();
        var sequential = Evenly(traffic, limits, [.. Enumerable.Range(0, traffic.Neurons)]);
        // A vertex of more than a quarter of a core would leave holes.
        long mostNeurons = Math.Max(1, limits.Neurons / 4), mostBits = limits.SynapseBits / 4;
        var levels = new List<Level> { finest };
        while (levels.Count < MostLevels && levels[^1].Vertices > (long)CoarsestPerCore * sequential.Cores
            && Coarsening.Coarsen(levels[^1], mostNeurons, mostBits, ref random) is { } coarser) levels.Add(coarser);
        var (coreOf, cores) = CoreGrowth.Grow(levels[^1], limits);
        for (int i = levels.Count - 1; i >= 0; i--)
        {
            if (i < levels.Count - 1)
            {
                int[] map = levels[i + 1].Map!, coarse = coreOf;
                coreOf = [.. map.Select(v => coarse[v])];
                levels.RemoveAt(i + 1);
            }
            // What was grown may not fit in its own order where it does as it came.
            if (i == 0) (coreOf, cores) = Tried(() => Feasible(traffic, limits, (coreOf, cores))) ?? sequential;
            coreOf = Refined(levels[i], limits, coreOf, cores, options, random);
        }
        var best = (CoreOf: coreOf, Cores: cores);
        long least = Packets(finest, best);
        Consider(sequential);
        // Cuts in the order as it is may still be better than cores that are filled alike; but they may not fit where those do, and on a very large network each of their rounds takes long.
        if (finest.Pins <= MostPinsForCuts && (limits.AxonsOut < int.MaxValue || limits.TableEntries < int.MaxValue) && Tried(() => Filled(traffic, limits, [.. Enumerable.Range(0, traffic.Neurons)])) is { } inOrder) Consider(inOrder);
        if (finest.Pins <= MostPinsForMoreStarts && Tried(() => Feasible(traffic, limits, CoreGrowth.Grow(finest, limits))) is { } grown) Consider(grown);
        return Emptied(best);

        // A division, where there is one.
        static (int[] CoreOf, int Cores)? Tried(Func<(int[] CoreOf, int Cores)> divide)
        {
            try
            {
                return divide();
            }
            catch (InvalidInputException)
            {
                return null;
            }
        }

        // Other beginnings, refined where that takes little time: where traffic has no clusters, none of them is always best.
        void Consider((int[] CoreOf, int Cores) other)
        {
            if (finest.Pins <= MostPinsForMoreStarts && Packets(finest, other) < 2 * least) other.CoreOf = Refined(finest, limits, other.CoreOf, other.Cores, options, random);
            long packets = Packets(finest, other);
            if (packets < least) (least, best) = (packets, other);
        }
    }

    static long Packets(Level level, (int[] CoreOf, int Cores) partition)
    {
        var seen = new int[partition.Cores];
        long packets = 0;
        for (int source = 0; source < level.Sources; source++)
        {
            long spikes = level.Spikes[source];
            if (spikes == 0) continue;
            foreach (int target in level.TargetsOf(source))
            {
                int core = partition.CoreOf[target];
                if (seen[core] == source + 1) continue;
                seen[core] = source + 1;
                packets += spikes;
            }
        }
        return packets;
    }

    static int[] Refined(Level level, CoreLimits limits, int[] coreOf, int cores, PartitionOptions options, MappingRandom random)
    {
        var state = new CutState(level, limits, coreOf, cores);
        new CutRefinement(level, state, random).Run(options.Passes);
        return state.CoreOf;
    }

    // Where a limit is broken that growth could not see, cores are filled anew, in the order of the cores that were grown.
    static (int[] CoreOf, int Cores) Feasible(SpikeTraffic traffic, CoreLimits limits, (int[] CoreOf, int Cores) grown)
    {
        if (new Partition(traffic, limits, grown.CoreOf, grown.Cores).Cores.All(c => c.Fits(limits))) return grown;
        int[] order = [.. Enumerable.Range(0, traffic.Neurons).OrderBy(n => grown.CoreOf[n])];
        return Evenly(traffic, limits, order);
    }

    // Cores that lost all their neurons are left out.
    static (int[] CoreOf, int Cores) Emptied((int[] CoreOf, int Cores) partition)
    {
        var number = new int[partition.Cores];
        foreach (int core in partition.CoreOf) number[core] = 1;
        int count = 0;
        for (int i = 0; i < number.Length; i++) number[i] = number[i] == 0 ? -1 : count++;
        return ([.. partition.CoreOf.Select(c => number[c])], count);
    }

    static string Tightest(Partition partition)
    {
        var limits = partition.Limits;
        (string Name, double Part)[] parts =
        [
            ("neurons", partition.Cores.Average(c => (double)c.Neurons / limits.Neurons)),
            ("synapse memory in bits", partition.Cores.Average(c => (double)c.SynapseBits / Math.Max(1, limits.SynapseBits))),
            ("axons in", partition.Cores.Average(c => (double)c.AxonsIn / Math.Max(1, limits.AxonsIn))),
            ("axons out", partition.Cores.Average(c => (double)c.AxonsOut / Math.Max(1, limits.AxonsOut))),
            ("table entries", partition.Cores.Average(c => (double)(c.AxonsIn + c.AxonsOut) / Math.Max(1, limits.TableEntries))),
        ];
        return parts.MaxBy(p => p.Part).Name;
    }
}
