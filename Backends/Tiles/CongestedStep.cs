namespace Lepton.Neuro.Backends;

/// <summary>The time of a step with congestion, from the spikes of that step.</summary>
/// <remarks>A core updates its neurons in order, and sends the packets of one that fires before it updates the next. Packets of encoders enter through a way of their own at the
/// input tile, all at the beginning of the step. Branches of a multicast packet are timed as packets of their own.</remarks>
sealed class CongestedStep
{
    readonly Mapping mapping;
    readonly CongestedMesh mesh;
    readonly PacketWay[] ways;
    readonly int[] route;
    readonly int[] firstWay;
    readonly int[] firstNeuron;
    readonly int[] order;
    readonly List<int>[] fired;
    readonly int[] first;
    readonly List<int> sent = [];
    readonly List<double> generation = [];
    readonly double neuron;
    readonly double spikeOut;
    readonly double axonOut;

    public CongestedStep(Mapping mapping)
    {
        this.mapping = mapping;
        var machine = mapping.Machine;
        double Latency(TileTerm term) => machine.Latencies.Of(term);
        neuron = Latency(TileTerm.NeuronActive);
        spikeOut = Latency(TileTerm.SpikeOut);
        axonOut = Latency(TileTerm.AxonOut);
        int cores = mapping.Cores.Count, sources = mapping.FirstSource[^1], perTile = 4 + machine.CoresPerTile + 1;
        double[] hop = [Latency(TileTerm.HopEast), Latency(TileTerm.HopWest), Latency(TileTerm.HopNorth), Latency(TileTerm.HopSouth)];
        var allWays = new List<PacketWay>();
        var links = new List<int>();
        var router = new Router(mapping.Mesh);
        firstWay = new int[sources + 1];
        for (int source = 0; source < sources; source++)
        {
            int home = mapping.CoreOf(source), from = home < 0 ? machine.InputTile : machine.TileOf(home);
            foreach (var to in mapping.RoutesOf(source))
            {
                int start = links.Count, tile = machine.TileOf(to.Core);
                double travel = Latency(TileTerm.Packet);
                links.Add((from * perTile) + 4 + (home < 0 ? machine.CoresPerTile : home % machine.CoresPerTile));
                foreach (var (at, direction) in router.Way(from, tile))
                {
                    travel += hop[(int)direction];
                    links.Add((machine.Neighbour(at, (int)direction) * perTile) + (int)direction);
                }
                double processing = Latency(TileTerm.AxonIn) + (to.Synapses * Latency(TileTerm.SynapticOperation)) + (to.Plastic * Latency(TileTerm.SynapticUpdate));
                allWays.Add(new(to.Core, processing, travel, start, links.Count - start));
            }
            firstWay[source + 1] = allWays.Count;
        }
        ways = [.. allWays];
        route = [.. links];
        // The place of each neuron on its core.
        order = new int[sources];
        firstNeuron = new int[cores + 1];
        for (int source = 0; source < sources; source++)
        {
            if (mapping.CoreOf(source) is >= 0 and var core) order[source] = firstNeuron[core]++;
        }
        fired = [.. Enumerable.Range(0, cores + 1).Select(_ => new List<int>())];
        first = new int[cores + 2];
        mesh = new(machine.Tiles * perTile, cores + 1, machine.LinkBuffer);
    }

    /// <summary>Takes a spike into account.</summary>
    public void Fire(int source) => fired[mapping.CoreOf(source) is >= 0 and var core ? core : ^1].Add(source);

    /// <summary>The seconds of the step, without the barrier; the next step begins.</summary>
    /// <param name="learning">For each core the seconds that it spends on synapses that learn because its own neurons fire.</param>
    public double Finish(ReadOnlySpan<double> learning)
    {
        sent.Clear();
        generation.Clear();
        for (int core = 0; core < fired.Length; core++)
        {
            first[core] = sent.Count;
            bool isPort = core == fired.Length - 1;
            var spikes = fired[core];
            spikes.Sort();
            int updated = 0;
            double passed = 0;
            foreach (int source in spikes)
            {
                if (!isPort)
                {
                    passed += ((order[source] + 1 - updated) * neuron) + spikeOut;
                    updated = order[source] + 1;
                }
                for (int way = firstWay[source]; way < firstWay[source + 1]; way++)
                {
                    sent.Add(way);
                    generation.Add(passed + (isPort ? 0 : axonOut));
                    passed = 0;
                }
            }
            if (!isPort) passed += ((firstNeuron[core] - updated) * neuron) + learning[core];
            if (passed > 0)
            {
                sent.Add(CongestedMesh.NoPacket);
                generation.Add(passed);
            }
            spikes.Clear();
        }
        first[^1] = sent.Count;
        return mesh.Run(ways, route, first, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(sent), System.Runtime.InteropServices.CollectionsMarshal.AsSpan(generation));
    }
}
