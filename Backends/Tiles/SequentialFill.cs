namespace Lepton.Neuro.Backends;

/// <summary>Places neurons in the network's order: a core is filled until the next neuron would break one of its limits, then the next core begins.</summary>
/// <remarks>
/// <para>Neurons, synapse memory and axons in are known when a neuron is placed; how many cores its own packets go to is not, for its targets may come later.
/// So a pass places by the first three, then axons out are counted; where a core has too many, it is cut before the first neuron that is too much, and placing starts
/// again with that cut. Cuts are only ever added, so this ends.</para>
/// <para>Where a mapper chose the core of each neuron, neurons come core by core, and cores without neurons stay empty.</para>
/// </remarks>
sealed class SequentialFill
{
    const string Mapper = "the mapper";
    const string End = "the end";

    readonly CompiledNetwork network;
    readonly TileMachine machine;
    readonly MappingOptions options;
    readonly PlacedSynapses synapses;
    readonly CompiledProjection[][] incoming;
    readonly SortedSet<int> cuts = [];
    readonly Dictionary<string, int> closed = new(StringComparer.Ordinal);

    // Of the neuron that is being placed: its distinct sources, with the synapses from each.
    readonly List<int> touched = [];
    readonly List<int> sources = [];
    readonly int[] synapsesOf;
    readonly int[] plasticOf;

    public SequentialFill(CompiledNetwork network, TileMachine machine, MappingOptions options, PlacedSynapses synapses)
    {
        this.network = network;
        this.machine = machine;
        this.options = options;
        this.synapses = synapses;
        incoming = [.. network.Populations.Select(p => network.Projections.Where(j => ReferenceEquals(j.Description.To, p.Description)).ToArray())];
        FirstSource = new int[network.Populations.Count + 1];
        for (int i = 0; i < network.Populations.Count; i++) FirstSource[i + 1] = checked(FirstSource[i] + network.Populations[i].Count);
        synapsesOf = new int[FirstSource[^1]];
        plasticOf = new int[FirstSource[^1]];
        CoreOf = new int[FirstSource[^1]];
        TargetsOf = new int[FirstSource[^1]];
        TargetBitsOf = new long[FirstSource[^1]];
        PlasticInto = new int[FirstSource[^1]];
    }

    /// <summary>The number of the first source of each population.</summary>
    public int[] FirstSource { get; }

    /// <summary>The core of each source; -1 for the channels of encoders.</summary>
    public int[] CoreOf { get; }

    /// <summary>The distinct neurons that each source reaches.</summary>
    public int[] TargetsOf { get; }

    /// <summary>The synapse memory, in bits, of the neurons that each source reaches.</summary>
    public long[] TargetBitsOf { get; }

    /// <summary>The synapses into each neuron that its spikes update.</summary>
    public int[] PlasticInto { get; }

    /// <summary>The cores in use.</summary>
    public List<CoreLoad> Cores { get; } = [];

    /// <summary>For each projection that learns, its synapses on each core.</summary>
    public Dictionary<int, List<int>> PlasticOn { get; } = [];

    /// <summary>The routes of all sources.</summary>
    public RoutingTable Routes { get; private set; } = null!;

    /// <summary>Places each neuron on the core that it is given; -1 for the channels of encoders.</summary>
    /// <returns>What does not fit there; null where all does.</returns>
    public string? Place(int[] given)
    {
        int[] order = [.. Enumerable.Range(0, given.Length).OrderBy(s => given[s])];
        Pass(order, given);
        for (int source = 0; source < given.Length; source++)
        {
            if (CoreOf[source] != given[source])
                return FormattableString.Invariant($"core {given[source]} is full ({closed.Keys.First(k => k is not (Mapper or End))}) before neuron {source - FirstSource[PopulationOf(source).Index]} of {PopulationOf(source).Description}");
        }
        if (Cut()) return FormattableString.Invariant($"more axons out than a core of machine '{machine.Name}' has");
        CheckRouting();
        return null;
    }

    public void Place()
    {
        long neurons = network.NeuronCount, room = (long)machine.Cores * NeuronsPerCore;
        if (neurons > room) throw Refused("neurons", "all cores", neurons, room, $"a machine of at least {(neurons + NeuronsPerCore - 1) / NeuronsPerCore} such cores");
        long bits = synapses.Formats.Sum(f => f.Stored * f.BitsEach), memory = (long)Math.Min(long.MaxValue, (double)machine.Cores * machine.Core.SynapseBits);
        if (bits > memory) throw Refused("synapse memory in bits", "all cores", bits, memory, $"a machine of at least {(bits + machine.Core.SynapseBits - 1) / machine.Core.SynapseBits} such cores, fewer synapses (prune), or fewer weight bits");
        if (!NetworkMapper.IsAsked(options))
        {
            var inOrder = Enumerable.Range(0, FirstSource[^1]).ToArray();
            options.Progress?.Invoke("filling");
            Pass(inOrder, null);
            if (Cut())
            {
                FindCuts();
                do Pass(inOrder, null);
                while (Cut());
            }
            CheckRouting();
            return;
        }
        var chosen = NetworkMapper.Choose(network, machine, options, synapses, FirstSource);
        int[] order = [.. Enumerable.Range(0, chosen.Length).OrderBy(s => chosen[s])];
        options.Progress?.Invoke("filling");
        Pass(order, chosen);
        if (Cut()) throw new InvalidOperationException("a partition within the limits exceeds the axons out of a core");
        CheckRouting();
    }

    // Each round of cuts makes more cores, and these need more axons out, so there are many rounds. Who hears whom is read once for all of them.
    void FindCuts()
    {
        var (traffic, sourceOf) = NetworkTraffic.Of(network, null, synapses.Sources, p => synapses.Formats[p.Index].BitsEach);
        var limits = CoreLimits.Of(machine) with { Neurons = NeuronsPerCore };
        var fill = new CoreFill(traffic, limits, options.RoutingOn(machine) != RoutingMethod.Unicast);
        try
        {
            fill.Fill([.. Enumerable.Range(0, traffic.Neurons)]);
        }
        catch (InvalidInputException)
        {
            // It does not fit: with the cuts so far, the next round refuses it in the words of the network.
        }
        foreach (int neuron in fill.Cuts) cuts.Add(sourceOf[neuron]);
    }

    int NeuronsPerCore => Math.Min(machine.Core.Neurons, options.NeuronsPerCore ?? int.MaxValue);

    void Pass(int[] order, int[]? chosen)
    {
        Cores.Clear();
        PlasticOn.Clear();
        closed.Clear();
        Array.Clear(TargetsOf);
        Array.Clear(TargetBitsOf);
        var entries = new List<(int Source, Route Route)>();
        var core = new OpenCore(FirstSource[^1]);
        var plasticHere = new int[network.Projections.Count];
        foreach (int neuron in order)
        {
            var population = PopulationOf(neuron);
            int i = neuron - FirstSource[population.Index];
            CoreOf[neuron] = -1;
            if (population.Description.Model is null) continue;
            if (chosen is not null) Skip(chosen[neuron]);
            var (count, bits) = Gather(population.Index, i, plasticHere);
            if (cuts.Contains(neuron)) Close(core, entries, "axons out");
            string? full = core.Limit(machine, NeuronsPerCore, touched, bits);
            if (full is not null && core.Neurons > 0)
            {
                Close(core, entries, full);
                full = core.Limit(machine, NeuronsPerCore, touched, bits);
            }
            if (full is not null) throw TooBig(population.Description, i, full, bits);
            core.Add(touched, synapsesOf, plasticOf, count, bits);
            CoreOf[neuron] = Cores.Count;
            PlasticInto[neuron] = 0;
            for (int p = 0; p < plasticHere.Length; p++)
            {
                if (plasticHere[p] == 0) continue;
                if (!PlasticOn.TryGetValue(p, out var on)) PlasticOn[p] = on = [];
                while (on.Count <= Cores.Count) on.Add(0);
                on[Cores.Count] += plasticHere[p];
                if (synapses.ChangesOnPost(network.Projections[p])) PlasticInto[neuron] += plasticHere[p];
                plasticHere[p] = 0;
            }
            foreach (int source in touched)
            {
                TargetsOf[source]++;
                TargetBitsOf[source] += bits;
                synapsesOf[source] = plasticOf[source] = 0;
            }
        }
        if (core.Neurons > 0) Close(core, entries, End);
        if (Cores.Count > machine.Cores) throw TooManyCores();
        Routes = new(FirstSource[^1], entries);

        // The next core that neurons are on; those passed over hold none.
        void Skip(int next)
        {
            if (core.Neurons > 0 && next > Cores.Count) Close(core, entries, Mapper);
            while (Cores.Count < next) Cores.Add(new(Cores.Count, machine.TileOf(Cores.Count), 0, 0, 0, 0, 0, 0));
        }
    }

    CompiledPopulation PopulationOf(int source)
    {
        int place = Array.BinarySearch(FirstSource, source);
        if (place < 0) place = ~place - 1;
        // Empty populations begin where the next one does.
        while (FirstSource[place + 1] == source) place++;
        return network.Populations[place];
    }

    (int Count, long Bits) Gather(int population, int neuron, int[] plasticHere)
    {
        touched.Clear();
        int count = 0;
        long bits = 0;
        foreach (var projection in incoming[population])
        {
            synapses.Sources(projection, neuron, sources);
            int offset = FirstSource[projection.Description.From.Index];
            bool changes = synapses.ChangesOnPre(projection);
            foreach (int local in sources)
            {
                int source = offset + local;
                if (synapsesOf[source]++ == 0) touched.Add(source);
                if (changes) plasticOf[source]++;
            }
            if (synapses.Learns(projection)) plasticHere[projection.Index] = sources.Count;
            count += sources.Count;
            bits += (long)sources.Count * synapses.Formats[projection.Index].BitsEach;
        }
        return (count, bits);
    }

    void Close(OpenCore core, List<(int Source, Route Route)> entries, string why)
    {
        closed[why] = closed.GetValueOrDefault(why) + 1;
        int number = Cores.Count;
        core.Flush(number, entries);
        double fill = Math.Max(
            Math.Max((double)core.Neurons / machine.Core.Neurons, (double)core.Bits / machine.Core.SynapseBits),
            (double)core.AxonsIn / machine.Core.AxonsIn);
        Cores.Add(new(number, machine.TileOf(number), core.Neurons, core.Synapses, core.Bits, core.AxonsIn, 0, fill));
        core.Clear();
    }

    // Counts axons out; whether a core had too many and was cut.
    bool Cut()
    {
        var axons = new int[Cores.Count];
        bool cut = false;
        foreach (var population in network.Populations.Where(p => p.Description.Model is not null))
        {
            for (int i = 0; i < population.Count; i++)
            {
                int neuron = FirstSource[population.Index] + i, routes = Routes.Of(neuron).Length, need = options.RoutingOn(machine) == RoutingMethod.Unicast ? routes : Math.Min(routes, 1), core = CoreOf[neuron];
                if (need > machine.Core.AxonsOut)
                    throw Refused("axons out", $"core {core} for neuron {i} of {population.Description}", need, machine.Core.AxonsOut, "more neurons and synapses a core, so that its targets lie on fewer cores, or fewer targets");
                if (axons[core] + need > machine.Core.AxonsOut)
                {
                    // The rest of this core moves on, so its count goes on from here as that of a core of its own.
                    cut |= cuts.Add(neuron);
                    axons[core] = 0;
                }
                axons[core] += need;
            }
        }
        if (cut) return true;
        for (int i = 0; i < axons.Length; i++)
            Cores[i] = Cores[i] with { AxonsOut = axons[i], Fill = Math.Max(Cores[i].Fill, (double)axons[i] / machine.Core.AxonsOut) };
        return false;
    }

    // Every tile that a source's multicast packets leave, pass or reach names that source in its table.
    void CheckRouting()
    {
        if (machine.RoutingEntries is not { } limit || options.RoutingOn(machine) == RoutingMethod.Unicast) return;
        var entries = new int[machine.Tiles];
        var router = new Router(Mesh.Of(machine, options.Faults));
        for (int source = 0; source < CoreOf.Length; source++)
        {
            var destinations = new List<int>();
            foreach (var route in Routes.Of(source)) destinations.Add(machine.TileOf(route.Core));
            if (destinations.Count == 0) continue;
            int from = CoreOf[source] < 0 ? machine.InputTile : machine.TileOf(CoreOf[source]);
            var tree = router.Tree(from, destinations, options.RoutingOn(machine));
            entries[from]++;
            // Each link of a tree leads to a tile of its own.
            foreach (var link in tree.Links) entries[machine.Neighbour(link.Tile, (int)link.Direction)]++;
        }
        int fullest = Array.IndexOf(entries, entries.Max());
        if (entries[fullest] > limit)
            throw Refused("routing-table entries", $"tile {fullest}", entries[fullest], limit, "fewer sources whose packets pass there: more neurons a core, targets closer to their sources, or a machine of larger tables");
    }

    InvalidInputException TooBig(Population population, int neuron, string constraint, long bits) => constraint == "axons in"
        ? Refused(constraint, $"one core for neuron {neuron} of {population}", touched.Count, machine.Core.AxonsIn, "fewer sources a neuron, or a machine of more axons in")
        : Refused(constraint, $"one core for neuron {neuron} of {population}", bits, machine.Core.SynapseBits, "fewer synapses a neuron (prune), fewer weight bits, or a machine of more synapse memory");

    InvalidInputException TooManyCores()
    {
        closed.Remove(End);
        var most = closed.OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).First();
        return Refused("cores", "the machine", Cores.Count, machine.Cores, $"a machine of at least {Cores.Count} such cores, or more {most.Key} a core, which closed {most.Value} of them");
    }

    InvalidInputException Refused(string constraint, string where, long need, long limit, string fit) =>
        new(FormattableString.Invariant($"the network does not fit machine '{machine.Name}': {constraint} on {where}: need {need}, limit {limit}; allowed: {fit}"));

    /// <summary>The core that is being filled.</summary>
    sealed class OpenCore(int sources)
    {
        readonly int[] stored = new int[sources];
        readonly int[] plastic = new int[sources];
        readonly List<int> known = [];

        public int Neurons { get; private set; }

        public long Synapses { get; private set; }

        public long Bits { get; private set; }

        public int AxonsIn => known.Count;

        public string? Limit(TileMachine machine, int neurons, List<int> sources, long bits)
        {
            if (Neurons + 1 > neurons) return "neurons";
            if (Bits + bits > machine.Core.SynapseBits) return "synapse memory in bits";
            int fresh = 0;
            foreach (int source in sources)
            {
                if (stored[source] == 0) fresh++;
            }
            return AxonsIn + fresh > machine.Core.AxonsIn ? "axons in" : null;
        }

        public void Add(List<int> sources, int[] synapsesOf, int[] plasticOf, int count, long bits)
        {
            Neurons++;
            Synapses += count;
            Bits += bits;
            foreach (int source in sources)
            {
                if (stored[source] == 0) known.Add(source);
                stored[source] += synapsesOf[source];
                plastic[source] += plasticOf[source];
            }
        }

        public void Flush(int number, List<(int Source, Route Route)> entries)
        {
            foreach (int source in known) entries.Add((source, new(number, stored[source], plastic[source])));
        }

        public void Clear()
        {
            foreach (int source in known) stored[source] = plastic[source] = 0;
            known.Clear();
            Neurons = 0;
            Synapses = Bits = 0;
        }
    }
}
