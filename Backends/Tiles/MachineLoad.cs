namespace Lepton.Neuro.Backends;

/// <summary>What limits a run: how busy the parts of a machine are, and which of them a step waits for.</summary>
/// <param name="Utilisation">The part of the run in which the cores in use compute, 0 to 1, on average.</param>
/// <param name="Bottleneck">What most of the time is spent waiting for, in words: a core and what it does, a link, or the barrier.</param>
/// <param name="BottleneckShare">The part of the run that this takes, 0 to 1.</param>
public sealed record MachineLoad(double Utilisation, string Bottleneck, double BottleneckShare)
{
    /// <summary>The load of a run.</summary>
    /// <param name="activity">What happened.</param>
    /// <returns>The load; nothing is busy where no time passed.</returns>
    public static MachineLoad Of(TileActivity activity)
    {
        var (mapping, machine) = (activity.Mapping, activity.Mapping.Machine);
        if (activity.Seconds <= 0 || mapping.CoresUsed == 0) return new(0, "nothing takes time: the machine's latencies are not published", 0);
        double Latency(TileTerm term) => machine.Latencies.Of(term);
        double busy = 0, longest = mapping.TilesUsed == 0 ? 0 : machine.Barrier.Seconds(mapping.TilesUsed) * activity.Steps;
        string name = "the barrier at the end of each step";
        void Try(double seconds, string what)
        {
            if (seconds > longest) (longest, name) = (seconds, what);
        }
        for (int core = 0; core < activity.Cores.Count; core++)
        {
            var done = activity.Cores[core];
            double updates = (double)activity.Steps * mapping.Cores[core].Neurons * Latency(TileTerm.NeuronActive);
            double sending = (done.Spikes * Latency(TileTerm.SpikeOut)) + (done.PacketsOut * Latency(TileTerm.AxonOut));
            double memory = done.SynapticOperations * Latency(TileTerm.SynapticOperation), learning = done.SynapticUpdates * Latency(TileTerm.SynapticUpdate);
            double receiving = done.PacketsIn * Latency(TileTerm.AxonIn);
            // A core updates neurons while it processes packets.
            busy += Math.Max(updates + sending, receiving + memory + learning);
            string of = FormattableString.Invariant($"core {core} (tile {machine.TileOf(core)})");
            Try(updates + sending, updates >= sending ? $"{of}: updates of neurons" : $"{of}: sending packets");
            Try(receiving + memory + learning, memory >= receiving && memory >= learning ? $"{of}: synapse memory" : learning >= receiving ? $"{of}: learning" : $"{of}: looking up packets");
        }
        string[] directions = ["east", "west", "north", "south"];
        TileTerm[] hops = [TileTerm.HopEast, TileTerm.HopWest, TileTerm.HopNorth, TileTerm.HopSouth];
        for (int link = 0; link < activity.Links.Count; link++)
            Try(activity.Links[link] * Latency(hops[link % 4]), FormattableString.Invariant($"the link {directions[link % 4]} of tile {link / 4}"));
        return new(Math.Min(1, busy / mapping.CoresUsed / activity.Seconds), name, Math.Min(1, longest / activity.Seconds));
    }
}
