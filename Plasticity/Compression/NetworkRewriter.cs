namespace Lepton.Neuro.Plasticity.Compression;

/// <summary>A network made from another one.</summary>
/// <param name="Network">The new network.</param>
/// <param name="Populations">For each population of the old one that was kept, the new one.</param>
/// <param name="Projections">For each projection of the old one that was kept, the new one.</param>
public sealed record RewrittenNetwork(Network Network, IReadOnlyDictionary<Population, Population> Populations, IReadOnlyDictionary<Projection, Projection> Projections)
{
    /// <summary>What neurons learned in the old network (homeostatic thresholds, say), for a session of the new one. The weights are in the new network already.</summary>
    /// <param name="learned">What a session of the old network learned.</param>
    public Learned Translate(Learned learned)
    {
        var states = new float[Network.Populations.Count][][];
        foreach (var (before, after) in Populations) states[after.Index] = learned.States[before.Index]!;
        return new([.. Network.Projections.Select(_ => (float[]?)null)], states);
    }
}

/// <summary>Makes an ordinary network of a plan and the weights it should have: what was learned becomes part of the description, what is no longer needed goes.</summary>
/// <remarks>Rules are left out: the new network does not learn. Synapses that were drawn at random become explicit ones, so that they stay what they were; populations keep their random numbers
/// where no population before them goes. The spikes are those of the old network but for the rounding of weights when inputs are summed, which depends on the largest weight that
/// can occur (see <see cref="CompiledNetwork"/>); of weights on a common grid of powers of two they are the same.</remarks>
/// <param name="plan">The plan.</param>
public sealed class NetworkRewriter(CompiledNetwork plan)
{
    readonly Dictionary<Projection, (float[] Weights, bool DropZeros)> replaced = [];
    readonly HashSet<Population> dropped = [];

    /// <summary>Leaves out populations, and with them all projections that lead from or to them.</summary>
    /// <param name="populations">Populations of the network.</param>
    /// <returns>This.</returns>
    public NetworkRewriter Drop(params IEnumerable<Population> populations)
    {
        dropped.UnionWith(populations);
        return this;
    }

    /// <summary>Leaves out all populations but these.</summary>
    /// <param name="populations">Populations of the network.</param>
    /// <returns>This.</returns>
    public NetworkRewriter KeepOnly(params IEnumerable<Population> populations) => Drop(plan.Source.Populations.Except(populations));

    /// <summary>Gives a projection weights.</summary>
    /// <param name="projection">A projection of the network.</param>
    /// <param name="weights">The weights in the wiring's order (see <see cref="Weight.Explicit"/>), as <see cref="Session.Weights"/> gives them.</param>
    /// <param name="dropZeros">Whether synapses of weight zero go: then the wiring is a list of edges. Otherwise it stays what it is.</param>
    /// <returns>This.</returns>
    /// <exception cref="InvalidInputException">There are too many or too few weights, or zeros of a shared kernel are to go.</exception>
    public NetworkRewriter SetWeights(Projection projection, ReadOnlySpan<float> weights, bool dropZeros = false)
    {
        var connectivity = plan.Projections[projection.Index].Connectivity;
        if (weights.Length != connectivity.Slots) throw new InvalidInputException($"the weights for {projection}", $"{weights.Length} numbers", $"{connectivity.Slots}, one for each of the wiring's places");
        if (dropZeros && connectivity.Slots != connectivity.Count) throw new InvalidInputException($"the wiring of {projection}, of which zeros should go", "a shared kernel", "a wiring with a weight for each synapse");
        replaced[projection] = (weights.ToArray(), dropZeros);
        return this;
    }

    /// <summary>Makes the network.</summary>
    public RewrittenNetwork Build()
    {
        var network = new Network(plan.Source.Seed);
        var populations = new Dictionary<Population, Population>();
        var projections = new Dictionary<Projection, Projection>();
        foreach (var population in plan.Source.Populations.Where(p => !dropped.Contains(p)))
            populations[population] = population.Model is { } model ? network.Add(population.Name, population.Count, model) : network.Add(population.Name, population.Count, population.Source!);
        foreach (var projection in plan.Source.Projections)
        {
            if (!populations.TryGetValue(projection.From, out var from) || !populations.TryGetValue(projection.To, out var to)) continue;
            var (wiring, weight, delay) = Synapses(plan.Projections[projection.Index]);
            projections[projection] = network.Connect(from, to, wiring, weight, delay, projection.To.Model!.Receptors[projection.Receptor]);
        }
        foreach (var drive in plan.Source.Drives)
        {
            if (populations.TryGetValue(drive.To, out var to)) network.Drive(to, drive.Rate, drive.Weight, drive.To.Model!.Receptors[drive.Receptor]);
        }
        return new(network, populations, projections);
    }

    (Wiring Wiring, Weight Weight, Delay Delay) Synapses(CompiledProjection projection)
    {
        var description = projection.Description;
        float[]? weights = replaced.TryGetValue(description, out var given) ? given.Weights : Transposed(projection);
        bool same = description.Wiring is AllToAllWiring or OneToOneWiring or EdgesWiring or ConvolutionWiring or TransposeWiring && projection.LeastDelay == projection.MostDelay;
        var wiring = description.Wiring is TransposeWiring ? Wiring.AllToAll : description.Wiring;
        if (same && weights is not null && !given.DropZeros) return (wiring, Weight.Explicit(weights), description.Delay);
        if (same && weights is null && projection.Connectivity.Slots != projection.Connectivity.Count) return (wiring, Weight.Explicit(Kernel(projection)), description.Delay);
        return Edges(projection, plan.Step, weights, given.DropZeros);
    }

    static (Wiring Wiring, Weight Weight, Delay Delay) Edges(CompiledProjection projection, Time step, float[]? weights, bool dropZeros)
    {
        var edges = new List<(int Source, int Target)>();
        var values = new List<float>();
        var delays = new List<Time>();
        var row = new SynapseRow();
        var parts = SynapseParts.Sources | SynapseParts.Delays | SynapseParts.Slots;
        if (weights is null) parts |= SynapseParts.Weights;
        for (int target = 0; target < projection.Connectivity.Targets; target++)
        {
            projection.Read(target, row, parts);
            for (int k = 0; k < row.Count; k++)
            {
                float value = weights is null ? row.Weights[k] : weights[row.Slots[k]];
                if (dropZeros && value == 0) continue;
                edges.Add((row.Sources[k], target));
                values.Add(value);
                delays.Add(new(row.Delays[k] * step.Seconds));
            }
        }
        var delay = projection.LeastDelay == projection.MostDelay ? projection.Description.Delay : Delay.Explicit(delays.ToArray());
        return (Wiring.Edges(edges), Weight.Explicit(values.ToArray()), delay);
    }

    float[]? Transposed(CompiledProjection projection)
    {
        if (projection.Transposed is not { } transposed) return null;
        var original = replaced.TryGetValue(transposed.Of, out var given) ? given.Weights : Kernel(plan.Projections[transposed.Of.Index]);
        int sources = projection.Connectivity.Sources, targets = projection.Connectivity.Targets;
        var turned = new float[original.Length];
        for (int k = 0; k < turned.Length; k++) turned[k] = original[(k % targets * sources) + (k / targets)] * transposed.Gain;
        return turned;
    }

    /// <summary>The weights of the description, in the wiring's order.</summary>
    static float[] Kernel(CompiledProjection projection)
    {
        var weights = new float[projection.Connectivity.Slots];
        var row = new SynapseRow();
        for (int target = 0; target < projection.Connectivity.Targets; target++)
        {
            projection.Read(target, row, SynapseParts.Weights | SynapseParts.Slots);
            for (int k = 0; k < row.Count; k++) weights[row.Slots[k]] = row.Weights[k];
        }
        return weights;
    }
}
