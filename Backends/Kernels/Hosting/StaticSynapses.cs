namespace Lepton.Neuro.Backends.Kernels;

/// <summary>The synapses with fixed weights, as the wiring tells them: target by target.</summary>
static class StaticSynapses
{
    /// <summary>Sees a synapse: the number of its source among all neurons, its target in its population, and what it does.</summary>
    public delegate void Visit(CompiledProjection projection, int source, int target, StaticSynapse synapse);

    /// <summary>Whether a projection's synapses have fixed weights of their own.</summary>
    public static bool Has(CompiledProjection projection) => !projection.IsPlastic && projection.Transposed is null;

    /// <summary>Visits all synapses of some projections.</summary>
    /// <param name="layout">The layout.</param>
    /// <param name="projections">The projections.</param>
    /// <param name="whole">Whether the visit looks at what synapses do, which takes longer to tell than whom they join; without, they come empty.</param>
    /// <param name="visit">Sees each of them.</param>
    public static void Each<TMemory>(Layout<TMemory> layout, IEnumerable<CompiledProjection> projections, bool whole, Visit visit)
        where TMemory : struct, IDeviceMemory<TMemory>
    {
        var parts = whole ? SynapseParts.Sources | SynapseParts.Weights | SynapseParts.Delays : SynapseParts.Sources;
        var row = new SynapseRow();
        foreach (var projection in projections)
        {
            Require.InRange($"{projection.Description}: the greatest delay in steps", projection.MostDelay, 1L, ushort.MaxValue);
            var description = projection.Description;
            int receptors = layout.Network.Populations[description.To.Index].Quanta.Count;
            int first = layout.FirstNeurons[description.From.Index], place = layout.FirstSums[description.To.Index] + description.Receptor;
            for (int target = 0; target < projection.Connectivity.Targets; target++, place += receptors)
            {
                projection.Read(target, row, parts);
                for (int k = 0; k < row.Count; k++) visit(projection, first + row.Sources[k], target, whole ? new(place, row.Quantized[k], (ushort)row.Delays[k]) : default);
            }
        }
    }
}
