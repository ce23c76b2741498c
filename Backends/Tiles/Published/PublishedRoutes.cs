namespace Lepton.Neuro.Backends.Published;

/// <summary>A network laid out for running: neurons in the order of cores, their packets with ways and prices, the synapses of each packet.</summary>
sealed class PublishedRoutes
{
    // Links that leave a tile; each core's own way out comes after them.
    const int East = 0;
    const int West = 1;
    const int North = 2;
    const int South = 3;
    const int Directions = 4;

    readonly PublishedMachine machine;
    readonly int linksPerTile;
    readonly List<int> route = [];

    public PublishedRoutes(PublishedMachine machine, PublishedNetwork network)
    {
        this.machine = machine;
        var neurons = network.Neurons;
        Order = [.. Enumerable.Range(0, neurons.Count).OrderBy(n => neurons[n].Core).ThenBy(n => neurons[n].MappedAt)];
        var placeOf = new int[neurons.Count];
        for (int i = 0; i < Order.Length; i++) placeOf[Order[i]] = i;
        FirstOfCore = new int[machine.Cores.Count + 1];
        foreach (var neuron in neurons) FirstOfCore[neuron.Core + 1]++;
        for (int core = 0; core < machine.Cores.Count; core++) FirstOfCore[core + 1] += FirstOfCore[core];
        linksPerTile = Directions + machine.Cores.Max(c => c.Offset) + 1;
        Links = machine.Width * machine.Height * linksPerTile;
        Targets = new int[network.Edges.Count];
        Weights = new double[network.Edges.Count];
        var ways = new List<PacketWay>();
        var firstSynapse = new List<int>();
        List<double> synapseEnergy = [], dendriteEnergy = [], networkEnergy = [];
        FirstPacket = new int[neurons.Count + 1];
        var firstEdge = FirstEdges(network);
        int synapse = 0;
        for (int i = 0; i < Order.Length; i++)
        {
            FirstPacket[i] = ways.Count;
            int source = Order[i], from = neurons[source].Core;
            var edges = Enumerable.Range(firstEdge[source], firstEdge[source + 1] - firstEdge[source]).Select(e => network.Edges[e]);
            foreach (var packet in edges.GroupBy(e => neurons[e.To].Core).OrderBy(g => g.Key))
            {
                var to = machine.Cores[packet.Key];
                firstSynapse.Add(synapse);
                Cost synapses = default, dendrites = default;
                double processing = to.AxonIn.Latency;
                foreach (var edge in packet)
                {
                    var target = neurons[edge.To];
                    Cost one = PublishedNetworkYaml.Event(to.Synapses, target.SynapseUnit)!.Event, other = PublishedNetworkYaml.Event(to.Dendrites, target.DendriteUnit)!.Event;
                    synapses += one;
                    dendrites += other;
                    processing += one.Latency + other.Latency;
                    Targets[synapse] = placeOf[edge.To];
                    Weights[synapse++] = edge.Weight;
                }
                var hops = machine.Route(machine.Cores[from].Tile, to.Tile);
                synapseEnergy.Add(synapses.Energy);
                dendriteEnergy.Add(dendrites.Energy);
                networkEnergy.Add(machine.Cores[from].AxonOut.Energy + to.AxonIn.Energy + machine.Tiles[to.Tile].Of(hops).Energy);
                int first = route.Count;
                AddWay(machine.Cores[from], hops);
                ways.Add(new(packet.Key, processing, machine.Tiles[machine.Cores[from].Tile].Of(hops).Latency, first, route.Count - first));
            }
        }
        FirstPacket[^1] = ways.Count;
        firstSynapse.Add(synapse);
        Ways = [.. ways];
        FirstSynapse = [.. firstSynapse];
        SynapseEnergy = [.. synapseEnergy];
        DendriteEnergy = [.. dendriteEnergy];
        NetworkEnergy = [.. networkEnergy];
        Route = [.. route];
    }

    /// <summary>The neurons in the order in which they are updated.</summary>
    public int[] Order { get; }

    /// <summary>For each core its first neuron in <see cref="Order"/>, and the number of all.</summary>
    public int[] FirstOfCore { get; }

    /// <summary>For each neuron in <see cref="Order"/> its first packet, and the number of all.</summary>
    public int[] FirstPacket { get; }

    /// <summary>The packets.</summary>
    public PacketWay[] Ways { get; }

    /// <summary>The links of all packets.</summary>
    public int[] Route { get; }

    /// <summary>How many links there are.</summary>
    public int Links { get; }

    /// <summary>For each packet its first synapse, and the number of all.</summary>
    public int[] FirstSynapse { get; }

    /// <summary>For each synapse its target in <see cref="Order"/>.</summary>
    public int[] Targets { get; }

    /// <summary>For each synapse its weight.</summary>
    public double[] Weights { get; }

    /// <summary>Joules of each packet's synapses.</summary>
    public double[] SynapseEnergy { get; }

    /// <summary>Joules of each packet's dendrites.</summary>
    public double[] DendriteEnergy { get; }

    /// <summary>Joules of each packet and its hops.</summary>
    public double[] NetworkEnergy { get; }

    static int[] FirstEdges(PublishedNetwork network)
    {
        var first = new int[network.Neurons.Count + 1];
        foreach (var edge in network.Edges) first[edge.From + 1]++;
        for (int i = 0; i < network.Neurons.Count; i++) first[i + 1] += first[i];
        return first;
    }

    // The core's own way out, then the link into each tile by the direction that it is entered in.
    void AddWay(PublishedCore from, Hops hops)
    {
        int tile = from.Tile;
        route.Add((tile * linksPerTile) + Directions + from.Offset);
        void Go(long count, int step, int direction)
        {
            for (long i = 0; i < count; i++)
            {
                tile += step;
                route.Add((tile * linksPerTile) + direction);
            }
        }
        Go(hops.East, machine.Height, East);
        Go(hops.West, -machine.Height, West);
        Go(hops.North, 1, North);
        Go(hops.South, -1, South);
    }
}
