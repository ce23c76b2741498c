using Lepton.Neuro.Random;

namespace Lepton.Neuro.Plasticity;

/// <summary>A network after its synapses were rewired.</summary>
/// <param name="Network">The plan: as before, but for who is joined to whom.</param>
/// <param name="Projection">The projection that was rewired, in the new network.</param>
/// <param name="Learned">What was learned, for a session of the new plan.</param>
/// <param name="Rewired">How many synapses have another source.</param>
public sealed record RewiredNetwork(CompiledNetwork Network, Projection Projection, Learned Learned, int Rewired);

/// <summary>Structural plasticity: weak synapses go and others grow, as many onto each target as there were.</summary>
/// <remarks>
/// <para>Between two presentations, each synapse of a projection whose weight is nearer to zero than Threshold loses its source. It gets another one, drawn evenly among the sources that its target has no synapse from, begins with
/// InitialWeight, and keeps its delay. Where a target has synapses from all sources, the source stays.</para>
/// <list type="table">
/// <listheader><term>parameter</term><description>meaning, default</description></listheader>
/// <item><term>Threshold</term><description>the magnitude below which a synapse goes, 0 or more; 0.05</description></item>
/// <item><term>InitialWeight</term><description>the weight of a new synapse, within the rule's range; 0.1</description></item>
/// <item><term>AllowSelf</term><description>within a population, whether a neuron may get a synapse from itself; false</description></item>
/// </list>
/// <para>What is rewired is the description: the wiring becomes a list of edges, and a session of the new plan goes on with what was learned. So it works on every backend, and a checkpoint needs to know nothing of it. What is momentary (traces, spikes on their
/// way) goes, as at the beginning of a presentation. The random numbers depend on the network's seed, the projection, the target and the round, and on nothing else.</para>
/// <para>Sources: G. Bellec, D. Kappel, W. Maass and R. Legenstein, "Deep rewiring: training very sparse deep networks", ICLR 2018 (a constant number of synapses); M. Butz, F. Wörgötter and A. van Ooyen,
/// Brain Res. Rev. 60:287 (2009) (a review).</para>
/// </remarks>
public sealed record StructuralPlasticity
{
    // Beside the kinds of events that rules draw for (see SynapseEvent).
    const uint Rewiring = 5u << 29;

    /// <summary>The magnitude below which a synapse goes.</summary>
    public float Threshold { get; init; } = 0.05f;

    /// <summary>The weight of a new synapse.</summary>
    public float InitialWeight { get; init; } = 0.1f;

    /// <summary>Whether a neuron may get a synapse from itself.</summary>
    public bool AllowSelf { get; init; }

    /// <summary>Rewires a projection.</summary>
    /// <param name="plan">The plan that learned.</param>
    /// <param name="learned">What it learned.</param>
    /// <param name="projection">A plastic projection of its network, not all-to-all.</param>
    /// <param name="round">Which rewiring this is: each has its own random numbers.</param>
    /// <exception cref="InvalidInputException">The projection is static, of another network or all-to-all, what was learned is of another network, or a parameter is out of its range.</exception>
    public RewiredNetwork Apply(CompiledNetwork plan, Learned learned, Projection projection, uint round)
    {
        learned.For(plan);
        if (projection.Index >= plan.Projections.Count || !ReferenceEquals(plan.Projections[projection.Index].Description, projection))
            throw new InvalidInputException("the projection to be rewired", $"'{projection.Name}' of another network", "a projection of the network that learned");
        if (projection.Rule is null || learned.Weights[projection.Index] is not { } weights) throw new InvalidInputException($"{projection}, to be rewired", "static", "a projection with a rule, with what it learned");
        if (projection.Wiring is AllToAllWiring) throw new InvalidInputException($"{projection}: the wiring to be rewired", "all-to-all", "one that leaves sources out");
        Require.InRange($"{projection}: StructuralPlasticity: Threshold", Threshold, 0, float.MaxValue);
        var (least, most) = projection.Rule.WeightRange;
        Require.InRange($"{projection}: StructuralPlasticity: InitialWeight", InitialWeight, least, most);

        var edges = new List<(int Source, int Target)>();
        var values = new List<float>();
        var delays = new List<Time>();
        int rewired = Grow(plan, plan.Projections[projection.Index], weights, round, edges, values, delays);
        float[] grown = [.. values];
        var (network, changed) = Copy(plan, projection, Wiring.Edges(edges), Weight.Explicit(grown), Delay.Explicit(delays.ToArray()));
        return new(network.Compile(plan.Step), changed, new([.. learned.Weights.Select((w, i) => i == projection.Index ? grown : w)], learned.States), rewired);
    }

    int Grow(CompiledNetwork plan, CompiledProjection projection, float[] weights, uint round, List<(int Source, int Target)> edges, List<float> values, List<Time> delays)
    {
        var row = new SynapseRow();
        var stream = new RandomStream(plan.Source.Seed, RandomPurpose.Plasticity, projection.Index);
        bool same = ReferenceEquals(projection.Description.From, projection.Description.To);
        int sources = projection.Connectivity.Sources, rewired = 0;
        for (int target = 0; target < projection.Connectivity.Targets; target++)
        {
            projection.Read(target, row, SynapseParts.Sources | SynapseParts.Delays | SynapseParts.Slots);
            var taken = new SortedSet<int>(row.Sources.ToArray());
            if (same && !AllowSelf) taken.Add(target);
            for (int k = 0; k < row.Count; k++)
            {
                int source = row.Sources[k];
                float weight = weights[row.Slots[k]];
                if (MathF.Abs(weight) < Threshold)
                {
                    weight = InitialWeight;
                    if (taken.Count < sources)
                    {
                        source = Free(taken, RandomStream.Below(Philox.Word(stream, (uint)k, (uint)target, round, Rewiring), sources - taken.Count));
                        taken.Add(source);
                        rewired++;
                    }
                }
                edges.Add((source, target));
                values.Add(weight);
                delays.Add(new(row.Delays[k] * plan.Step.Seconds));
            }
        }
        return rewired;
    }

    // The free source of a rank.
    static int Free(SortedSet<int> taken, int rank)
    {
        foreach (int source in taken)
        {
            if (source > rank) break;
            rank++;
        }
        return rank;
    }

    static (Network Network, Projection Changed) Copy(CompiledNetwork plan, Projection projection, Wiring wiring, Weight weight, Delay delay)
    {
        var network = new Network(plan.Source.Seed);
        foreach (var population in plan.Source.Populations)
        {
            if (population.Model is { } model) network.Add(population.Name, population.Count, model);
            else network.Add(population.Name, population.Count, population.Source!);
        }
        foreach (var old in plan.Source.Projections)
        {
            bool changes = ReferenceEquals(old, projection);
            var kept = old.Wiring is TransposeWiring transposed ? Wiring.TransposeOf(network.Projections[transposed.Of.Index], transposed.Gain) : old.Wiring;
            network.Connect(
                network.Populations[old.From.Index], network.Populations[old.To.Index], changes ? wiring : kept, changes ? weight : old.Weight, changes ? delay : old.Delay,
                old.To.Model!.Receptors[old.Receptor], old.Rule, old.Modulator);
        }
        foreach (var drive in plan.Source.Drives) network.Drive(network.Populations[drive.To.Index], drive.Rate, drive.Weight, drive.To.Model!.Receptors[drive.Receptor]);
        return (network, network.Projections[projection.Index]);
    }
}
