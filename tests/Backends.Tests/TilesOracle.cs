namespace Lepton.Neuro.Backends.Tests;

/// <summary>The machine's counts, spike by spike and synapse by synapse.</summary>
static class TilesOracle
{
    public sealed record Synapse(Population From, int Source, Population To, int Target, int Bits, bool Learns, CompiledProjection Projection);

    public static IEnumerable<Synapse> Synapses(Mapping mapping)
    {
        var row = new SynapseRow();
        foreach (var projection in mapping.Network.Projections)
        {
            var format = mapping.Formats[projection.Index];
            var description = projection.Description;
            for (int target = 0; target < description.To.Count; target++)
            {
                bool own = projection.Transposed is null;
                projection.Read(target, row, own ? SynapseParts.Sources | SynapseParts.Weights : SynapseParts.Sources);
                for (int k = 0; k < row.Count; k++)
                {
                    if (own && !projection.IsPlastic && format.IsListed && row.Weights[k] == 0) continue;
                    yield return new(description.From, row.Sources[k], description.To, target, format.BitsEach, mapping.Options.Learning && projection.IsPlastic, projection);
                }
            }
        }
    }

    public sealed record Counts(long Packets, long Hops, long Operations, double Seconds, long InputPackets, long Updates);

    public static Counts Run(Mapping mapping, IReadOnlyDictionary<Population, SpikeRecorder> spikes, long steps, long updatesOfEach)
    {
        var machine = mapping.Machine;
        var bySource = Synapses(mapping).ToLookup(s => (s.From, s.Source));
        var byTarget = Synapses(mapping).ToLookup(s => (s.To, s.Target));
        long packets = 0, hops = 0, operations = 0, inputPackets = 0, updates = 0;
        double seconds = 0;
        double Latency(TileTerm term) => machine.Latencies.Of(term);
        int[] always = new int[mapping.Cores.Count];
        foreach (var synapse in Synapses(mapping).Where(s => s.Learns && s.Projection.Description.Rule is SteppedLikeRule)) always[mapping.CoreOf(synapse.To, synapse.Target)]++;
        for (long step = 0; step < steps; step++)
        {
            double[] processing = [.. always.Select(count => count * Latency(TileTerm.SynapticUpdate))];
            updates += always.Sum();
            foreach (var (population, recorder) in spikes)
            {
                foreach (var (_, neuron) in recorder.Spikes.Where(s => s.Step == step))
                {
                    int home = mapping.CoreOf(population, neuron);
                    foreach (var packet in bySource[(population, neuron)].GroupBy(s => mapping.CoreOf(s.To, s.Target)))
                    {
                        packets++;
                        if (home < 0) inputPackets++;
                        var (x, y) = machine.PlaceOf(home < 0 ? machine.InputTile : machine.TileOf(home));
                        var (toX, toY) = machine.PlaceOf(machine.TileOf(packet.Key));
                        for (; x != toX; x += Math.Sign(toX - x)) hops++;
                        for (; y != toY; y += Math.Sign(toY - y)) hops++;
                        operations += packet.Count();
                        int changed = packet.Count(s => s.Learns && s.Projection.Description.Rule is PairLikeRule);
                        updates += changed;
                        processing[packet.Key] += (packet.Count() * Latency(TileTerm.SynapticOperation)) + (changed * Latency(TileTerm.SynapticUpdate));
                    }
                    if (home < 0) continue;
                    int mine = byTarget[(population, neuron)].Count(s => s.Learns && s.Projection.Description.Rule is PairLikeRule);
                    updates += mine;
                    processing[home] += mine * Latency(TileTerm.SynapticUpdate);
                }
            }
            seconds += Math.Max(processing.Max(), mapping.Cores.Max(c => c.Neurons) * Latency(TileTerm.NeuronActive)) + machine.Barrier.Seconds(mapping.TilesUsed);
        }
        foreach (var projection in mapping.Network.Projections.Where(p => mapping.Options.Learning && p.IsPlastic))
        {
            var on = Synapses(mapping).Where(s => ReferenceEquals(s.Projection, projection)).GroupBy(s => mapping.CoreOf(s.To, s.Target)).Select(g => g.Count()).DefaultIfEmpty().ToArray();
            updates += updatesOfEach * on.Sum();
            seconds += updatesOfEach * on.Max() * Latency(TileTerm.SynapticUpdate);
        }
        return new(packets, hops, operations, seconds, inputPackets, updates);
    }
}
