using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Lepton.Neuro.Backends.Published;

/// <summary>How the time of a step is found.</summary>
public enum StepTiming
{
    /// <summary>The longest time of a core to make packets, or to process them, whichever is longer, and the barrier.</summary>
    Simple,

    /// <summary>The same with congestion of the mesh.</summary>
    Detailed,
}

/// <summary>What a step did.</summary>
/// <param name="Step">The step, from 1.</param>
/// <param name="Fired">Neurons that fired.</param>
/// <param name="Updated">Neurons that were updated, those that fired included.</param>
/// <param name="Packets">Packets sent.</param>
/// <param name="Hops">Their hops.</param>
/// <param name="SynapticOperations">Synapses that they reached.</param>
/// <param name="Seconds">The time of the step.</param>
/// <param name="Synapse">Joules of synapses.</param>
/// <param name="Dendrite">Joules of dendrites.</param>
/// <param name="Soma">Joules of neurons.</param>
/// <param name="Network">Joules of packets and hops.</param>
public readonly record struct PublishedStep(
    long Step, long Fired, long Updated, long Packets, long Hops, long SynapticOperations, double Seconds, double Synapse, double Dendrite, double Soma, double Network)
{
    /// <summary>All joules.</summary>
    public double Total => Synapse + Dendrite + Soma + Network;

    /// <summary>The sum of two stretches of steps.</summary>
    public static PublishedStep operator +(PublishedStep left, PublishedStep right) => new(
        Math.Max(left.Step, right.Step),
        left.Fired + right.Fired,
        left.Updated + right.Updated,
        left.Packets + right.Packets,
        left.Hops + right.Hops,
        left.SynapticOperations + right.SynapticOperations,
        left.Seconds + right.Seconds,
        left.Synapse + right.Synapse,
        left.Dendrite + right.Dendrite,
        left.Soma + right.Soma,
        left.Network + right.Network);
}

/// <summary>Runs a network in the published simulator's format on its machine: the same spikes, counts, energy and time, step by step.</summary>
/// <remarks>
/// <para>In a step all neurons are updated, core by core in the order of the mapping, from the currents that came in the step before; then packets are delivered, one for each
/// neuron that fires and core that holds a target of it, its own core included; then energy and time are counted.</para>
/// <para>A leaky integrate-and-fire neuron is updated where its potential or bias is not zero or any synaptic event arrived. From the second step on its potential is multiplied by
/// the leak; it is cut to whole 64ths towards zero; bias and input are added; it fires strictly above the threshold.</para>
/// <para>Source: the semantics of SANA-FE (J. Boyle et al., "SANA-FE: Simulating Advanced Neuromorphic Architectures for Fast Exploration", IEEE TCAD 2025).</para>
/// </remarks>
public sealed class PublishedRun
{
    const double Grain = 64;

    readonly PublishedMachine machine;
    readonly PublishedRoutes routes;
    readonly StepTiming timing;
    readonly CongestedMesh? mesh;
    readonly double barrier;
    readonly Cell[] cells;
    readonly Slot[] slots;
    readonly SomaUnit[] somas;
    readonly PublishedNeuron[] inputs;
    readonly int[] firstOfCore;
    readonly List<int> fired = [];
    readonly List<int> sent = [];
    readonly List<double> generation = [];
    readonly int[] firstSent;
    readonly double[] making;
    readonly double[] processing;
    long step;

    /// <summary>A run from the start.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="network">A network placed on it.</param>
    /// <param name="timing">How the time of a step is found.</param>
    public PublishedRun(PublishedMachine machine, PublishedNetwork network, StepTiming timing)
    {
        this.machine = machine;
        this.timing = timing;
        Network = network;
        routes = new(machine, network);
        int[] order = routes.Order;
        cells = new Cell[order.Length];
        slots = new Slot[order.Length];
        somas = new SomaUnit[order.Length];
        inputs = [.. order.Select(n => network.Neurons[n])];
        for (int i = 0; i < order.Length; i++)
        {
            var neuron = inputs[i];
            somas[i] = PublishedNetworkYaml.Soma(machine.Cores[neuron.Core], neuron)
                ?? throw new InvalidInputException($"the soma unit of neuron {network.NameOf(order[i])}", $"'{neuron.SomaUnit}'", "a unit of its core");
            cells[i] = new(neuron, somas[i].Model == "input");
        }
        firstOfCore = routes.FirstOfCore;
        barrier = machine.BarrierSeconds(network.Neurons.Select(n => machine.Cores[n.Core].Tile).Distinct().Count());
        firstSent = new int[machine.Cores.Count + 1];
        making = new double[machine.Cores.Count];
        processing = new double[machine.Cores.Count];
        if (timing == StepTiming.Detailed) mesh = new(routes.Links, machine.Cores.Count, machine.LinkBuffer);
    }

    /// <summary>The network.</summary>
    public PublishedNetwork Network { get; }

    /// <summary>The neurons that fired in the last step, in the order of cores.</summary>
    public IEnumerable<int> Spikes => fired.Select(i => routes.Order[i]);

    /// <summary>Takes a step.</summary>
    /// <returns>What it did.</returns>
    /// <exception cref="InvalidInputException">A current reaches an input, which has no use for it.</exception>
    public PublishedStep Advance()
    {
        step++;
        var done = Update();
        done = Deliver(done);
        return done with { Step = step, Fired = fired.Count, Seconds = Time() + barrier };
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    PublishedStep Update()
    {
        fired.Clear();
        sent.Clear();
        generation.Clear();
        long updated = 0;
        double energy = 0;
        for (int core = 0; core < machine.Cores.Count; core++)
        {
            firstSent[core] = sent.Count;
            double axonOut = machine.Cores[core].AxonOut.Latency, passed = 0, total = 0;
            for (int i = firstOfCore[core]; i < firstOfCore[core + 1]; i++)
            {
                ref var cell = ref cells[i];
                var soma = somas[i];
                bool isUpdated, fires;
                if (cell.IsInput) (isUpdated, fires) = Show(i, ref slots[i]);
                else (isUpdated, fires) = Integrate(ref cell, ref slots[i], step > 1);
                var cost = soma.Access;
                if (isUpdated || fires)
                {
                    updated++;
                    cost += soma.Update;
                }
                if (fires) cost += soma.SpikeOut;
                energy += cost.Energy;
                passed += cost.Latency;
                if (!fires) continue;
                fired.Add(i);
                for (int packet = routes.FirstPacket[i]; packet < routes.FirstPacket[i + 1]; packet++)
                {
                    sent.Add(packet);
                    generation.Add(passed + axonOut);
                    total += passed + axonOut;
                    passed = 0;
                }
            }
            if (passed != 0)
            {
                sent.Add(CongestedMesh.NoPacket);
                generation.Add(passed);
                total += passed;
            }
            making[core] = total;
        }
        firstSent[machine.Cores.Count] = sent.Count;
        return new PublishedStep { Updated = updated, Soma = energy };
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    PublishedStep Deliver(PublishedStep done)
    {
        Array.Clear(processing);
        long packets = 0, hops = 0, operations = 0;
        double synapse = 0, dendrite = 0, network = 0;
        var targets = routes.Targets.AsSpan();
        var weights = routes.Weights.AsSpan();
        var all = slots.AsSpan();
        foreach (int packet in sent)
        {
            if (packet == CongestedMesh.NoPacket) continue;
            packets++;
            int first = routes.FirstSynapse[packet], count = routes.FirstSynapse[packet + 1] - first;
            hops += routes.Ways[packet].Links - 1;
            operations += count;
            synapse += routes.SynapseEnergy[packet];
            dendrite += routes.DendriteEnergy[packet];
            network += routes.NetworkEnergy[packet];
            processing[routes.Ways[packet].Destination] += routes.Ways[packet].Processing;
            var to = targets.Slice(first, count);
            var with = weights.Slice(first, count);
            for (int k = 0; k < to.Length; k++)
            {
                ref var slot = ref all[to[k]];
                slot.Input += with[k];
                slot.HasInput = true;
            }
        }
        return done with { Packets = packets, Hops = hops, SynapticOperations = operations, Synapse = synapse, Dendrite = dendrite, Network = network };
    }

    double Time() => mesh is null
        ? Math.Max(making.Max(), processing.Max())
        : mesh.Run(routes.Ways, routes.Route, firstSent, CollectionsMarshal.AsSpan(sent), CollectionsMarshal.AsSpan(generation));

    (bool Updated, bool Fires) Show(int index, ref Slot slot)
    {
        if (slot.HasInput && slot.Input != 0)
            throw new InvalidInputException($"the current into input {Network.NameOf(routes.Order[index])}", slot.Input, "none: an input fires at given steps only");
        slot = default;
        var input = inputs[index];
        bool fires = step <= input.Spikes.Count && input.Spikes[(int)step - 1];
        return (false, fires || (input.Rate > 0 && step % (long)(1 / input.Rate) == 0));
    }

    static (bool Updated, bool Fires) Integrate(ref Cell cell, ref Slot slot, bool leaks)
    {
        bool updated = cell.Potential != 0 || slot.HasInput || cell.Bias != 0 || cell.ForceUpdate, fires = false;
        double input = slot.Input;
        slot = default;
        if (leaks)
        {
            cell.Current *= cell.InputDecay;
            cell.Potential *= cell.LeakDecay;
        }
        cell.Potential = Math.Truncate(cell.Potential * Grain) / Grain;
        if (cell.Refractory == 0)
        {
            cell.Potential += cell.Bias;
            cell.Current += input;
            cell.Potential += cell.Current;
            if (cell.Potential > cell.Threshold)
            {
                cell.Potential = Reset(cell.ResetMode, cell.Potential, cell.Threshold, cell.Reset);
                cell.Refractory = cell.RefractoryDelay;
                fires = true;
            }
            if (cell.Potential < cell.ReverseThreshold) cell.Potential = Reset(cell.ReverseResetMode, cell.Potential, cell.ReverseThreshold, cell.ReverseReset);
        }
        cell.Refractory = Math.Max(0, cell.Refractory - 1);
        return (updated, fires);
    }

    static double Reset(PotentialReset mode, double potential, double threshold, double reset) => mode switch
    {
        PotentialReset.Hard => reset,
        PotentialReset.Soft => potential - threshold,
        PotentialReset.Saturate => threshold,
        _ => potential,
    };

    /// <summary>What came in for a neuron: apart from the rest, so that what a packet touches lies close together.</summary>
    struct Slot
    {
        public double Input;
        public bool HasInput;
    }

    /// <summary>A neuron's parameters and state.</summary>
    struct Cell(PublishedNeuron neuron, bool isInput)
    {
        public readonly bool IsInput = isInput;
        public readonly bool ForceUpdate = neuron.ForceUpdate;
        public double Potential = neuron.Potential;
        public double Current;
        public int Refractory;
        public readonly int RefractoryDelay = neuron.RefractoryDelay;
        public readonly PotentialReset ResetMode = neuron.ResetMode;
        public readonly PotentialReset ReverseResetMode = neuron.ReverseResetMode;
        public readonly double Bias = neuron.Bias;
        public readonly double Threshold = neuron.Threshold;
        public readonly double LeakDecay = neuron.LeakDecay;
        public readonly double InputDecay = neuron.InputDecay;
        public readonly double Reset = neuron.Reset;
        public readonly double ReverseThreshold = neuron.ReverseThreshold;
        public readonly double ReverseReset = neuron.ReverseReset;
    }
}
