namespace Lepton.Neuro.Backends;

/// <summary>A session that can take over a checkpoint, whatever its lane.</summary>
interface IResumable
{
    void Resume(CheckpointReader reader);
}

/// <summary>A population in a checkpoint: states, counts and signals in the order of neurons, whichever shards hold them.</summary>
static class SavedPopulation
{
    public static void Save(CheckpointWriter writer, Slice[] slices)
    {
        var plan = slices[0].Plan;
        string name = $"population {plan.Index}: ";
        var values = new float[plan.Count];
        for (int variable = 0; variable < slices[0].Variables; variable++)
        {
            foreach (var slice in slices) slice.ReadState(variable, values.AsSpan(slice.Start, slice.Count));
            writer.Write<float>(name + "state", values);
        }
        if (plan.Description.Source is not null)
        {
            Array.Clear(values);
            foreach (var slice in slices) slice.Signal.CopyTo(values.AsSpan(slice.Start, slice.Count));
            writer.Write<float>(name + "signal", values);
        }
        var counts = new long[plan.Count];
        foreach (var slice in slices) slice.SpikeCounts.CopyTo(counts.AsSpan(slice.Start));
        writer.Write<long>(name + "spikes", counts);
    }

    public static void Restore(CheckpointReader reader, Slice[] slices)
    {
        var plan = slices[0].Plan;
        string name = $"population {plan.Index}: ";
        var values = new float[plan.Count];
        for (int variable = 0; variable < slices[0].Variables; variable++)
        {
            reader.Read(name + "state", values.AsSpan());
            foreach (var slice in slices) slice.WriteState(variable, values.AsSpan(slice.Start, slice.Count));
        }
        if (plan.Description.Source is not null)
        {
            reader.Read(name + "signal", values.AsSpan());
            foreach (var slice in slices) slice.Present(values);
        }
        var counts = new long[plan.Count];
        reader.Read(name + "spikes", counts.AsSpan());
        foreach (var slice in slices) slice.RestoreSpikeCounts(counts.AsSpan(slice.Start, slice.Count));
    }
}

/// <summary>The spikes whose deliveries are under way, in a checkpoint: who fired in each of the last steps, as many as the longest delay. What they will deliver is known from the network.</summary>
static unsafe class SavedSpikes
{
    public static void Save(CheckpointWriter writer, CompiledNetwork network, Shard[] shards, long now)
    {
        var neurons = new List<int>();
        var counts = new List<int>();
        for (long step = First(network, now); step < now; step++)
        {
            foreach (var population in network.Populations)
            {
                int before = neurons.Count;
                foreach (var shard in shards) neurons.AddRange(new ReadOnlySpan<int>(shard.Spikes(population.Index, step), shard.SpikeCount(population.Index, step)));
                counts.Add(neurons.Count - before);
            }
        }
        writer.Write<int>("under way: counts", counts.ToArray());
        writer.Write<int>("under way: neurons", neurons.ToArray());
    }

    public static void Restore(CheckpointReader reader, CompiledNetwork network, Shard[] shards, Slice[][] slices, long now)
    {
        var counts = reader.Read<int>("under way: counts");
        ReadOnlySpan<int> neurons = reader.Read<int>("under way: neurons");
        int at = 0;
        for (long step = First(network, now); step < now; step++)
        {
            foreach (var population in network.Populations)
            {
                var fired = neurons[..counts[at]];
                neurons = neurons[counts[at++]..];
                foreach (var shard in shards)
                {
                    int* spikes = shard.Spikes(population.Index, step);
                    int start = shard.Start(population.Index), count = 0;
                    foreach (int neuron in fired)
                    {
                        if (neuron >= start && neuron < start + shard.Count(population.Index)) spikes[count++] = neuron;
                    }
                    shard.SetSpikeCount(population.Index, step, count);
                    if (slices[shard.Index][population.Index].FirstSource is >= 0 and var first) shard.Remember(first, spikes, count, step);
                }
            }
            foreach (var shard in shards) shard.EndStep(step);
        }
    }

    static long First(CompiledNetwork network, long now) => Math.Max(0, now - network.MostDelay);
}
