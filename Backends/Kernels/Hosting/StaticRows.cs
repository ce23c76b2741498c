namespace Lepton.Neuro.Backends.Kernels;

/// <summary>All synapses with fixed weights, of all projections, in rows of their sources; on the host while they are made.</summary>
sealed class StaticRows<TMemory>
    where TMemory : struct, IDeviceMemory<TMemory>
{
    readonly Layout<TMemory> layout;
    readonly Func<Device<TMemory>, Launch> prepare;
    readonly int threads;
    Launch deliver = null!;

    public StaticRows(Layout<TMemory> layout)
    {
        this.layout = layout;
        var projections = layout.Network.Projections.Where(p => !p.IsPlastic && p.Transposed is null).ToArray();
        var rows = new long[layout.Spikes.Neurons + 1];
        Each(projections, SynapseParts.Sources, (projection, _, row) =>
        {
            int first = layout.FirstNeurons[projection.Description.From.Index] + 1;
            foreach (int source in row.Sources) rows[first + source]++;
        });
        long longest = rows.Max();
        int busy = rows.Count(r => r > 0);
        for (int i = 1; i < rows.Length; i++) rows[i] += rows[i - 1];
        Require.InRange("the synapses with fixed weights", rows[^1], 0, Array.MaxLength);
        Count = rows[^1];
        if (Count == 0)
        {
            threads = layout.StepsPerLaunch;
            prepare = layout.Memory.Kernel("clear", new ClearSpikes<TMemory> { Spikes = layout.Spikes });
            return;
        }
        var synapses = new StaticSynapse[Count];
        var next = rows.ToArray();
        Each(projections, SynapseParts.Sources | SynapseParts.Weights | SynapseParts.Delays, (projection, target, row) =>
        {
            var description = projection.Description;
            int receptors = layout.Network.Populations[description.To.Index].Quanta.Count;
            int place = layout.FirstSums[description.To.Index] + (target * receptors) + description.Receptor;
            int first = layout.FirstNeurons[description.From.Index];
            for (int k = 0; k < row.Count; k++) synapses[next[first + row.Sources[k]]++] = new(place, row.Quantized[k], (ushort)row.Delays[k]);
        });
        threads = layout.Threads;
        prepare = layout.Memory.Kernel("static delivery", new DeliverStatic<TMemory>
        {
            Teams = Teams.For(threads, (double)Count / busy, longest),
            Ahead = layout.StepsPerLaunch,
            Rows = layout.Memory.Values(rows),
            Synapses = layout.Memory.Values(synapses),
            Sums = layout.Sums,
            Spikes = layout.Spikes,
        });
    }

    /// <summary>How many synapses.</summary>
    public long Count { get; }

    public void Prepare(Device<TMemory> device) => deliver = prepare(device);

    /// <summary>Delivers the spikes of these steps, and empties the lists of the next ones.</summary>
    public void Deliver(StepRange now) => deliver(threads, now);

    static void Each(CompiledProjection[] projections, SynapseParts parts, Action<CompiledProjection, int, SynapseRow> visit)
    {
        var row = new SynapseRow();
        foreach (var projection in projections)
        {
            Require.InRange($"{projection.Description}: the greatest delay in steps", projection.MostDelay, 1L, ushort.MaxValue);
            for (int target = 0; target < projection.Connectivity.Targets; target++)
            {
                projection.Read(target, row, parts);
                visit(projection, target, row);
            }
        }
    }
}
