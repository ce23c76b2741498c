namespace Lepton.Neuro.Backends;

/// <summary>The parts that energy is reported by.</summary>
public enum EnergyPart
{
    /// <summary>Updates and spikes of neurons.</summary>
    Neurons,

    /// <summary>Synapses that spikes reach.</summary>
    Synapses,

    /// <summary>Packets and their hops.</summary>
    Network,

    /// <summary>Updates of learning synapses.</summary>
    Learning,

    /// <summary>What the machine draws at all times.</summary>
    Static,

    /// <summary>Signals turned into spikes.</summary>
    Input,
}

/// <summary>One term of an energy: a count times a price.</summary>
/// <param name="Part">The part that it belongs to.</param>
/// <param name="Term">What is priced.</param>
/// <param name="Count">How many an inference; seconds an inference for static power.</param>
/// <param name="Price">The price, with its scope, evidence and source.</param>
/// <param name="Joules">Joules an inference.</param>
public sealed record EnergyTerm(EnergyPart Part, TileTerm Term, double Count, Price Price, double Joules);

/// <summary>Something that happened and has no price.</summary>
/// <param name="Term">What it is.</param>
/// <param name="Count">How many an inference.</param>
/// <param name="Reason">Why it has no price.</param>
public sealed record UnpricedTerm(TileTerm Term, double Count, string Reason);

/// <summary>The energy and time of an inference on a tile machine: counts times prices, each price with what it covers and where it comes from.</summary>
public sealed record EnergyReport
{
    /// <summary>The machine.</summary>
    public required TileMachine Machine { get; init; }

    /// <summary>How many inferences the counts were divided by.</summary>
    public required long Inferences { get; init; }

    /// <summary>All terms, in the order in which they are added.</summary>
    public required IReadOnlyList<EnergyTerm> Terms { get; init; }

    /// <summary>What happened and has no price: the total is too low by it.</summary>
    public required IReadOnlyList<UnpricedTerm> Unpriced { get; init; }

    /// <summary>What is not counted at all, a sentence each.</summary>
    public required IReadOnlyList<string> NotCounted { get; init; }

    /// <summary>What was taken for granted, a sentence each.</summary>
    public required IReadOnlyList<string> Assumptions { get; init; }

    /// <summary>Joules an inference by which the neurons' part is too high at most: if only neurons that fire were active in a step, and all others inactive.
    /// 0 where inactive updates have no price.</summary>
    public required double InactiveSaving { get; init; }

    /// <summary>The time of an inference, in seconds.</summary>
    public required double LatencySeconds { get; init; }

    /// <summary>How the time was found.</summary>
    public required TimingKind Timing { get; init; }

    /// <summary>Joules an inference of neurons.</summary>
    public double Neurons => Of(EnergyPart.Neurons);

    /// <summary>Joules an inference of synapses.</summary>
    public double Synapses => Of(EnergyPart.Synapses);

    /// <summary>Joules an inference of packets and hops.</summary>
    public double Network => Of(EnergyPart.Network);

    /// <summary>Joules an inference of learning.</summary>
    public double Learning => Of(EnergyPart.Learning);

    /// <summary>Joules an inference of static power: the whole machine's, cores in use or not.</summary>
    public double Static => Of(EnergyPart.Static);

    /// <summary>What the prices cover: <see cref="PriceScope.AllIn"/> where the only one covers all that the machine does, so that there is no breakdown.</summary>
    public PriceScope Scope => AllIn(Machine) is null ? PriceScope.PerTerm : PriceScope.AllIn;

    /// <summary>Joules an inference: the sum of all terms.</summary>
    public double Joules => Terms.Sum(t => t.Joules);

    /// <summary>Joules an inference of turning signals into spikes.</summary>
    public double Input => Of(EnergyPart.Input);

    /// <summary>Joules an inference with every price at its least and at its most published figure: how far sources differ, where there are several.</summary>
    public (double Least, double Most) Band => (
        Terms.Sum(t => t.Count * (t.Price with { Value = t.Price.Least }).InBaseUnits),
        Terms.Sum(t => t.Count * (t.Price with { Value = t.Price.Most }).InBaseUnits));

    /// <summary>Joules an inference without static power: what the events themselves cost.</summary>
    public double DynamicJoules => Terms.Where(t => t.Part != EnergyPart.Static).Sum(t => t.Joules);

    /// <summary>Joules an inference of a part.</summary>
    /// <param name="part">The part.</param>
    public double Of(EnergyPart part) => Terms.Where(t => t.Part == part).Sum(t => t.Joules);

    /// <summary>Prices what happened on a machine.</summary>
    /// <param name="activity">What happened.</param>
    /// <param name="inferences">How many inferences that was, at least 1.</param>
    /// <exception cref="InvalidInputException">The number of inferences is below 1, or the machine has an all-in price beside others, which nothing may be added to.</exception>
    public static EnergyReport Of(TileActivity activity, long inferences)
    {
        Require.InRange("the number of inferences", inferences, 1, long.MaxValue);
        var machine = activity.Mapping.Machine;
        RefuseMixed(machine);
        var terms = new List<EnergyTerm>();
        var unpriced = new List<UnpricedTerm>();
        void Add(EnergyPart part, TileTerm term, double total)
        {
            double count = total / inferences;
            if (machine.Prices.Find(term) is { } price) terms.Add(new(part, term, count, price, count * price.InBaseUnits));
            else if (count > 0) unpriced.Add(new(term, count, machine.Prices.ReasonWithout(term) ?? "not in the machine's list"));
        }
        Add(EnergyPart.Neurons, TileTerm.NeuronActive, activity.NeuronUpdates);
        Add(EnergyPart.Neurons, TileTerm.SpikeOut, activity.Spikes);
        Add(EnergyPart.Synapses, TileTerm.SynapticOperation, activity.SynapticOperations);
        Add(EnergyPart.Network, TileTerm.AxonOut, activity.Cores.Sum(c => c.PacketsOut));
        Add(EnergyPart.Network, TileTerm.Packet, activity.Packets);
        Add(EnergyPart.Network, TileTerm.HopEast, activity.Hops.East);
        Add(EnergyPart.Network, TileTerm.HopWest, activity.Hops.West);
        Add(EnergyPart.Network, TileTerm.HopNorth, activity.Hops.North);
        Add(EnergyPart.Network, TileTerm.HopSouth, activity.Hops.South);
        Add(EnergyPart.Network, TileTerm.AxonIn, activity.Packets);
        if (activity.SynapticUpdates > 0) Add(EnergyPart.Learning, TileTerm.SynapticUpdate, activity.SynapticUpdates);
        Add(EnergyPart.Static, TileTerm.Barrier, activity.BarrierSyncs);
        Add(EnergyPart.Static, TileTerm.Static, activity.Seconds);
        if (activity.InputSpikes > 0) Add(EnergyPart.Input, TileTerm.InputSpike, activity.InputSpikes);
        double saving = 0;
        if (machine.Prices.Find(TileTerm.NeuronInactive) is { } inactive && machine.Prices.Find(TileTerm.NeuronActive) is { } active)
            saving = Math.Max(0, activity.NeuronUpdates - activity.Spikes) / (double)inferences * Math.Max(0, active.InBaseUnits - inactive.InBaseUnits);
        return new()
        {
            Machine = machine,
            Inferences = inferences,
            Terms = terms,
            Unpriced = unpriced,
            InactiveSaving = saving,
            LatencySeconds = activity.Seconds / inferences,
            Timing = activity.Timing,
            NotCounted = Missing(activity.Mapping, activity.Timing),
            Assumptions =
            [
                .. activity.Mapping.Assumptions,
                "every neuron is updated in every step, and every update is priced as active",
                "static power is the whole machine's, for the time of the run",
                activity.Timing == TimingKind.EachStepWithCongestion
                    ? "packets of a step enter the mesh in the order of their send times and hold each other up; the branches of a multicast packet count as packets"
                    : "a step takes the longest time of a core to update neurons or to process packets, whichever is longer, and the barrier; the way of packets is hidden behind these",
            ],
        };
    }

    static List<string> Missing(Mapping mapping, TimingKind timing)
    {
        var missing = new List<string>
        {
            "loading weights and reading results",
            "memory outside the chip, the host and its link",
        };
        if (timing != TimingKind.EachStepWithCongestion) missing.Add("congestion on links");
        if (mapping.Network.Drives.Count > 0) missing.Add("Poisson drives: making their events and adding them");
        return missing;
    }

    /// <summary>Refuses a machine whose events have no prices of their own.</summary>
    internal static void RefuseAllIn(TileMachine machine)
    {
        RefuseMixed(machine);
        if (AllIn(machine) is { } term)
            throw new InvalidInputException($"the price of {term} on machine '{machine.Name}'", "all-in", "prices per term: this one covers a share of everything");
    }

    static TileTerm? AllIn(TileMachine machine)
    {
        foreach (var term in machine.Prices.Priced)
        {
            if (machine.Prices.Find(term)!.Scope == PriceScope.AllIn) return term;
        }
        return null;
    }

    // An all-in price holds a share of everything: with other prices beside it that would be counted twice.
    static void RefuseMixed(TileMachine machine)
    {
        if (AllIn(machine) is not { } term) return;
        var others = machine.Prices.Priced.Where(t => t != term).ToArray();
        if (others.Length > 0)
        {
            throw new InvalidInputException(
                $"the price of {term} on machine '{machine.Name}'",
                $"all-in, beside other prices ({string.Join(", ", others)})",
                "one all-in price alone, or prices per term; an all-in price covers the other terms already and cannot be added to them");
        }
    }
}
