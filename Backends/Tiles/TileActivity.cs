namespace Lepton.Neuro.Backends;

/// <summary>How the time of a run was found.</summary>
public enum TimingKind
{
    /// <summary>Step by step, from each step's own spikes.</summary>
    EachStep,

    /// <summary>Step by step, with congestion of the mesh.</summary>
    EachStepWithCongestion,

    /// <summary>From the totals of the run: a lower bound, for the busiest core differs from step to step.</summary>
    LowerBound,
}

/// <summary>What a core did.</summary>
/// <param name="Spikes">Spikes of its neurons.</param>
/// <param name="PacketsOut">Packets that it sent.</param>
/// <param name="PacketsIn">Packets that it received.</param>
/// <param name="SynapticOperations">Synapses that packets reached.</param>
/// <param name="SynapticUpdates">Updates of its learning synapses.</param>
public readonly record struct CoreActivity(long Spikes, long PacketsOut, long PacketsIn, long SynapticOperations, long SynapticUpdates)
{
    /// <summary>Adds counts.</summary>
    public static CoreActivity operator +(CoreActivity left, CoreActivity right) => new(
        left.Spikes + right.Spikes,
        left.PacketsOut + right.PacketsOut,
        left.PacketsIn + right.PacketsIn,
        left.SynapticOperations + right.SynapticOperations,
        left.SynapticUpdates + right.SynapticUpdates);
}

/// <summary>What happened on a machine: the counts that energy is priced by. All are exact.</summary>
/// <remarks>
/// <list type="bullet">
/// <item><description>A packet is counted for each spike and each core that holds a target, the neuron's own core included; with it all synapses that it reaches there,
/// in the step in which it is sent, even if the delay outlasts the run.</description></item>
/// <item><description>A packet that is copied on its way is counted once on each link that it passes, and once for each core that it reaches; its source sends it once.</description></item>
/// <item><description>Every neuron is updated in every step. Published prices set an active update apart from an inactive one; all updates are counted as active, for a potential or
/// current that decays exponentially never comes to rest: this is an upper bound. A neuron that fires is certainly active, so the lower bound is the number of spikes.</description></item>
/// <item><description>A learning synapse is updated for each spike of its source if the rule's <c>OnPre</c> changes it, for each spike of its target if <c>OnPost</c> does,
/// and each time the session is told to update.</description></item>
/// </list>
/// </remarks>
public sealed record TileActivity
{
    /// <summary>The mapping that ran.</summary>
    public required Mapping Mapping { get; init; }

    /// <summary>Steps, each with one barrier.</summary>
    public required long Steps { get; init; }

    /// <summary>Spikes of the channels of encoders.</summary>
    public required long InputSpikes { get; init; }

    /// <summary>Packets that entered from outside: part of <see cref="Packets"/>.</summary>
    public required long InputPackets { get; init; }

    /// <summary>The hops of packets from outside: part of <see cref="Hops"/>.</summary>
    public required Hops InputHops { get; init; }

    /// <summary>All hops.</summary>
    public required Hops Hops { get; init; }

    /// <summary>What each core in use did.</summary>
    public required IReadOnlyList<CoreActivity> Cores { get; init; }

    /// <summary>Packets on each link: from a tile, by direction, in the order east, west, north, south; <c>[4 * tile + direction]</c>.</summary>
    public required IReadOnlyList<long> Links { get; init; }

    /// <summary>The time of the run, in whole femtoseconds, so that the order of sums cannot matter.</summary>
    public required Int128 Femtoseconds { get; init; }

    /// <summary>How the time was found.</summary>
    public required TimingKind Timing { get; init; }

    /// <summary>Spikes of placed neurons.</summary>
    public long Spikes => Cores.Sum(c => c.Spikes);

    /// <summary>All packets.</summary>
    public long Packets => Cores.Sum(c => c.PacketsIn);

    /// <summary>All synapses reached.</summary>
    public long SynapticOperations => Cores.Sum(c => c.SynapticOperations);

    /// <summary>All updates of learning synapses.</summary>
    public long SynapticUpdates => Cores.Sum(c => c.SynapticUpdates);

    /// <summary>All neuron updates.</summary>
    public long NeuronUpdates => Steps * Mapping.Neurons;

    /// <summary>Barriers.</summary>
    public long BarrierSyncs => Steps;

    /// <summary>The time of the run in seconds.</summary>
    public double Seconds => (double)Femtoseconds * 1e-15;

    /// <summary>The time of a price in whole femtoseconds.</summary>
    internal static long InFemtoseconds(double seconds) => checked((long)Math.Round(seconds * 1e15));

    /// <summary>The sum of several runs of the same mapping, or of mappings that are alike.</summary>
    /// <param name="runs">The runs, at least one.</param>
    /// <exception cref="InvalidInputException">There is none, or the mappings differ.</exception>
    public static TileActivity Sum(IEnumerable<TileActivity> runs)
    {
        TileActivity? sum = null;
        foreach (var run in runs)
        {
            if (sum is null)
            {
                sum = run;
                continue;
            }
            if (run.Mapping.Machine.ToYaml() != sum.Mapping.Machine.ToYaml() || !run.Mapping.Cores.SequenceEqual(sum.Mapping.Cores))
                throw new InvalidInputException("the runs to be added", "of different mappings", "runs of the same network on the same machine");
            sum = sum.With(run, 1);
        }
        return sum ?? throw new InvalidInputException("the runs to be added", "none", "at least one");
    }

    /// <summary>What happened since an earlier point of the same run. As all counts are whole numbers, it does not depend on what came before.</summary>
    /// <param name="earlier">What had happened by then.</param>
    /// <exception cref="InvalidInputException">That is of another mapping, or of a longer run.</exception>
    public TileActivity Since(TileActivity earlier)
    {
        if (!ReferenceEquals(earlier.Mapping, Mapping) || earlier.Steps > Steps) throw new InvalidInputException("the earlier point of a run", "of another mapping, or later", "one of the same run");
        return With(earlier, -1);
    }

    /// <summary>Counts what spikes did on a machine.</summary>
    /// <param name="mapping">The mapping.</param>
    /// <param name="activity">The spikes of the network that was mapped.</param>
    /// <param name="updates">For each projection how often the session was told to update it; never where null.</param>
    /// <param name="femtoseconds">The time of the run where each step was timed; where null, the lower bound from totals.</param>
    /// <param name="withCongestion">Whether that time holds congestion.</param>
    public static TileActivity Of(Mapping mapping, Activity activity, IReadOnlyList<long>? updates = null, Int128? femtoseconds = null, bool withCongestion = false)
    {
        var machine = mapping.Machine;
        var cores = new CoreActivity[mapping.Cores.Count];
        var links = new long[4 * machine.Tiles];
        long inputSpikes = 0, inputPackets = 0;
        var router = new Router(mapping.Mesh);
        bool copied = mapping.Routing != RoutingMethod.Unicast;
        Hops hops = default, inputHops = default;
        foreach (var population in mapping.Network.Populations)
        {
            bool isInput = population.Description.Model is null;
            var spikes = activity.Spikes[population.Index];
            for (int i = 0; i < spikes.Length; i++)
            {
                long count = spikes[i];
                if (count == 0) continue;
                int source = mapping.FirstSource[population.Index] + i, home = mapping.CoreOf(source);
                int from = isInput ? machine.InputTile : machine.TileOf(home);
                var routes = mapping.RoutesOf(source);
                long sent = copied && routes.Length > 0 ? count : count * routes.Length;
                if (isInput)
                {
                    inputSpikes += count;
                    inputPackets += count * routes.Length;
                }
                else
                {
                    cores[home] += new CoreActivity(count, sent, 0, 0, count * mapping.PlasticInto(source));
                }
                foreach (var route in routes)
                {
                    cores[route.Core] += new CoreActivity(0, 0, count, count * route.Synapses, count * route.Plastic);
                    if (copied) continue;
                    int to = machine.TileOf(route.Core);
                    if (to != from) Travel(Follow(router.Way(from, to), count, links));
                }
                if (copied && routes.Length > 0)
                {
                    var tiles = new int[routes.Length];
                    for (int k = 0; k < tiles.Length; k++) tiles[k] = machine.TileOf(routes[k].Core);
                    Travel(Follow(router.Tree(from, tiles, mapping.Routing).Links, count, links));
                }

                void Travel(Hops each)
                {
                    hops += count * each;
                    if (isInput) inputHops += count * each;
                }
            }
        }
        for (int projection = 0; updates is not null && projection < updates.Count; projection++)
        {
            var on = mapping.PlasticOn(projection);
            for (int core = 0; core < on.Count; core++) cores[core] += new CoreActivity(0, 0, 0, 0, updates[projection] * on[core]);
        }
        for (int core = 0; core < cores.Length; core++) cores[core] += new CoreActivity(0, 0, 0, 0, activity.Steps * mapping.UpdatesEachStep[core]);
        return new()
        {
            Mapping = mapping,
            Steps = activity.Steps,
            InputSpikes = inputSpikes,
            InputPackets = inputPackets,
            InputHops = inputHops,
            Hops = hops,
            Cores = cores,
            Links = links,
            Femtoseconds = femtoseconds ?? mapping.Costs.Least(activity.Steps, cores),
            Timing = femtoseconds is null ? TimingKind.LowerBound : withCongestion ? TimingKind.EachStepWithCongestion : TimingKind.EachStep,
        };
    }

    TileActivity With(TileActivity run, int sign) => this with
    {
        Steps = Steps + (sign * run.Steps),
        InputSpikes = InputSpikes + (sign * run.InputSpikes),
        InputPackets = InputPackets + (sign * run.InputPackets),
        InputHops = InputHops + (sign * run.InputHops),
        Hops = Hops + (sign * run.Hops),
        Cores = [.. Cores.Zip(run.Cores, (a, b) => a + new CoreActivity(sign * b.Spikes, sign * b.PacketsOut, sign * b.PacketsIn, sign * b.SynapticOperations, sign * b.SynapticUpdates))],
        Links = [.. Links.Zip(run.Links, (a, b) => a + (sign * b))],
        Femtoseconds = Femtoseconds + (sign * run.Femtoseconds),
        Timing = Timing == TimingKind.LowerBound ? Timing : run.Timing,
    };

    static Hops Follow(IReadOnlyList<RouteLink> way, long packets, long[] links)
    {
        Span<long> hops = stackalloc long[4];
        foreach (var link in way)
        {
            hops[(int)link.Direction]++;
            links[(4 * link.Tile) + (int)link.Direction] += packets;
        }
        return new(hops[0], hops[1], hops[2], hops[3]);
    }
}
