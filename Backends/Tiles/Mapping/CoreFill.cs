namespace Lepton.Neuro.Backends;

/// <summary>Fills cores with neurons in a given order: the next core begins where a neuron would break a limit.</summary>
/// <remarks>How many cores a neuron's packets go to is known only when all are placed. So a pass fills by the other limits, then axons out are counted; where a core has too many, a
/// cut is made before the first neuron that is too much, and filling starts again with that cut. Cuts are only ever added, so this ends.</remarks>
/// <param name="traffic">The neurons and their sources.</param>
/// <param name="limits">What a core can hold.</param>
/// <param name="isCopied">Whether a packet is copied on its way, so that a neuron that reaches any core takes one axon out.</param>
sealed class CoreFill(SpikeTraffic traffic, CoreLimits limits, bool isCopied = false)
{
    readonly int[] coreOf = new int[traffic.Neurons];
    readonly HashSet<int> cuts = [];

    /// <summary>How many cores were taken.</summary>
    public int Cores { get; private set; }

    /// <summary>The neurons that a core was cut before.</summary>
    public IReadOnlyCollection<int> Cuts => cuts;

    /// <summary>The core of each neuron.</summary>
    /// <exception cref="InvalidInputException">A neuron does not fit a core of its own.</exception>
    public int[] Fill(ReadOnlySpan<int> order)
    {
        do Pass(order);
        while (Cut(order));
        return coreOf;
    }

    void Pass(ReadOnlySpan<int> order)
    {
        var known = new int[traffic.Sources];
        var use = default(CoreUse);
        int core = 0;
        foreach (int neuron in order)
        {
            if (cuts.Contains(neuron) && use.Neurons > 0) Next();
            var with = With(neuron);
            if (use.Neurons > 0 && !with.Fits(limits))
            {
                Next();
                with = With(neuron);
            }
            if (with.Exceeds(limits) is { } exceeded) throw Partitioner.Refused(exceeded.Constraint, $"one core for neuron {neuron}", exceeded.Need, exceeded.Limit, Partitioner.Fits(exceeded.Constraint));
            use = with;
            foreach (int source in traffic.SourcesOf(neuron)) known[source] = core + 1;
            coreOf[neuron] = core;
        }
        Cores = order.IsEmpty ? 0 : core + 1;

        void Next()
        {
            core++;
            use = default;
        }

        CoreUse With(int neuron)
        {
            int fresh = 0;
            foreach (int source in traffic.SourcesOf(neuron))
            {
                if (known[source] != core + 1) fresh++;
            }
            return new(use.Neurons + 1, use.SynapseBits + traffic.BitsOf(neuron), use.AxonsIn + fresh, 0);
        }
    }

    bool Cut(ReadOnlySpan<int> order)
    {
        if (limits.AxonsOut == int.MaxValue && limits.TableEntries == int.MaxValue) return false;
        var needs = new int[traffic.Neurons];
        var axonsIn = new int[Cores];
        var seen = new int[Cores];
        for (int source = 0; source < traffic.Sources; source++)
        {
            int found = 0, home = traffic.HomeOf(source);
            foreach (int target in traffic.TargetsOf(source))
            {
                if (seen[coreOf[target]] == source + 1) continue;
                seen[coreOf[target]] = source + 1;
                axonsIn[coreOf[target]]++;
                found++;
            }
            if (home >= 0) needs[home] += isCopied ? Math.Min(found, 1) : found;
        }
        var axonsOut = new int[Cores];
        var placed = new int[Cores];
        bool cut = false;
        foreach (int neuron in order)
        {
            int core = coreOf[neuron];
            var alone = new CoreUse(1, 0, placed[core] == 0 ? axonsIn[core] : 0, needs[neuron]);
            bool single = placed[core] == 0;
            if (needs[neuron] > limits.AxonsOut || needs[neuron] > limits.TableEntries)
            {
                string constraint = needs[neuron] > limits.AxonsOut ? "axons out" : "table entries";
                throw Partitioner.Refused(constraint, $"core {core} for neuron {neuron}", needs[neuron], Math.Min(limits.AxonsOut, limits.TableEntries), Partitioner.Fits(constraint));
            }
            long entries = (long)axonsIn[core] + axonsOut[core] + needs[neuron];
            if (axonsOut[core] + (long)needs[neuron] > limits.AxonsOut || (entries > limits.TableEntries && !single))
            {
                // What follows moves on, so its count goes on from here as that of a core of its own.
                cut |= cuts.Add(neuron);
                axonsOut[core] = 0;
                placed[core] = 0;
            }
            else if (entries > limits.TableEntries && alone.Exceeds(limits) is not null)
            {
                if (Second(order, core) is not { } second || !cuts.Add(second))
                    throw Partitioner.Refused("table entries", $"core {core} for neuron {neuron}", entries, limits.TableEntries, Partitioner.Fits("table entries"));
                cut = true;
            }
            axonsOut[core] += needs[neuron];
            placed[core]++;
        }
        return cut;
    }

    // The neuron that halves a core; null where it holds one.
    int? Second(ReadOnlySpan<int> order, int core)
    {
        var members = new List<int>();
        foreach (int neuron in order)
        {
            if (coreOf[neuron] == core) members.Add(neuron);
        }
        return members.Count < 2 ? null : members[members.Count / 2];
    }
}
