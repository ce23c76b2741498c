namespace Lepton.Neuro.Backends;

/// <summary>Chooses the core of each neuron of a network: a partition of its traffic, then a placement of the parts.</summary>
static class NetworkMapper
{
    /// <summary>Whether the options ask for more than filling in order a machine that works.</summary>
    public static bool IsAsked(MappingOptions options) =>
        options.Partition != PartitionMethod.Sequential || options.Placement != PlacementMethod.InOrder || options.Faults is not null;

    /// <summary>The core of each source; -1 for the channels of encoders.</summary>
    public static int[] Choose(CompiledNetwork network, TileMachine machine, MappingOptions options, PlacedSynapses synapses, int[] firstSource)
    {
        options.Progress?.Invoke("traffic");
        var (traffic, sourceOf) = NetworkTraffic.Of(network, options.Traffic, synapses.Sources, p => synapses.Formats[p.Index].BitsEach);
        var limits = CoreLimits.Of(machine);
        if (options.NeuronsPerCore is { } most) limits = limits with { Neurons = Math.Min(limits.Neurons, most) };
        var mesh = Mesh.Of(machine, options.Faults);
        options.Progress?.Invoke("partition");
        var partition = Partitioner.Divide(traffic, limits, new() { Method = options.Partition, Seed = options.MapperSeed, MostCores = mesh.LiveCores });
        options.Progress?.Invoke("flows");
        var flows = partition.Flows();
        options.Progress?.Invoke("placement");
        var placement = Placer.Place(flows, mesh, new() { Method = options.Placement, Seed = options.MapperSeed });
        var chosen = new int[firstSource[^1]];
        Array.Fill(chosen, -1);
        for (int neuron = 0; neuron < sourceOf.Length; neuron++) chosen[sourceOf[neuron]] = placement.Cores[partition.CoreOf[neuron]];
        return chosen;
    }
}
