namespace Lepton.Neuro.Backends.Kernels;

/// <summary>The synapses with fixed weights to neurons that have no owners, in rows of their sources; on the host while they are made.</summary>
sealed class StaticRows<TMemory>
    where TMemory : struct, IDeviceMemory<TMemory>
{
    readonly int threads;
    readonly Func<Device<TMemory>, Launch>? prepare;
    Launch? deliver;

    public StaticRows(Layout<TMemory> layout)
    {
        var projections = layout.Network.Projections.Where(p => StaticSynapses.Has(p) && !layout.Owned.Contains(p.Description.To.Index)).ToArray();
        var rows = new long[layout.Spikes.PerImage + 1];
        StaticSynapses.Each(layout, projections, false, (_, source, _, _) => rows[source + 1]++);
        long longest = rows.Max();
        if (longest == 0) return;
        int busy = rows.Count(r => r > 0);
        for (int i = 1; i < rows.Length; i++) rows[i] += rows[i - 1];
        Require.InRange("the synapses with fixed weights", rows[^1], 0, Array.MaxLength);
        threads = layout.ThreadsFor(rows[^1] * layout.Images.Count);
        var synapses = new StaticSynapse[rows[^1]];
        var next = rows.ToArray();
        StaticSynapses.Each(layout, projections, true, (_, source, _, synapse) => synapses[next[source]++] = synapse);
        prepare = layout.Memory.Kernel("static delivery", new DeliverStatic<TMemory>
        {
            Teams = Teams.For(threads, (double)synapses.Length / busy, longest),
            Rows = layout.Memory.Values(rows),
            Synapses = layout.Memory.Values(synapses),
            Sums = layout.Sums,
            Spikes = layout.Spikes,
        });
    }

    public void Prepare(Device<TMemory> device) => deliver = prepare?.Invoke(device);

    /// <summary>Delivers the spikes that wait.</summary>
    public void Deliver(StepRange now)
    {
        if (now.Waiting > 0) deliver?.Invoke(threads, now);
    }
}
