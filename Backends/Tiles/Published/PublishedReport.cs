using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Lepton.Neuro.Backends.Published;

/// <summary>Runs some steps, and writes what they did as the published simulator does.</summary>
public sealed class PublishedReport
{
    const string PerfHeader = "timestep,fired,updated,packets,hops,spikes,sim_time,synapse_energy,dendrite_energy,soma_energy,network_energy,total_energy";

    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    readonly PublishedMachine machine;
    readonly PublishedNetwork network;
    readonly StepTiming timing;

    PublishedReport(PublishedMachine machine, PublishedNetwork network, StepTiming timing)
    {
        this.machine = machine;
        this.network = network;
        this.timing = timing;
    }

    /// <summary>Each step.</summary>
    public required IReadOnlyList<PublishedStep> Steps { get; init; }

    /// <summary>All spikes, each a neuron of the network and a step: by step, by the name of the group, by neuron.</summary>
    public required IReadOnlyList<(int Neuron, long Step)> Spikes { get; init; }

    /// <summary>All steps together.</summary>
    public PublishedStep Total => Steps.Aggregate(new PublishedStep(), (sum, step) => sum + step);

    /// <summary>Runs a network.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="network">A network placed on it.</param>
    /// <param name="steps">How many steps, at least 1.</param>
    /// <param name="timing">How the time of a step is found.</param>
    /// <param name="cancellation">Stops between steps.</param>
    /// <exception cref="InvalidInputException">The number of steps is below 1.</exception>
    public static PublishedReport Run(PublishedMachine machine, PublishedNetwork network, long steps, StepTiming timing, CancellationToken cancellation = default)
    {
        Require.InRange("the number of steps", steps, 1, int.MaxValue);
        var run = new PublishedRun(machine, network, timing);
        var done = new List<PublishedStep>();
        var spikes = new List<(int, long)>();
        int[] byName = [.. network.Groups.OrderBy(g => g.Name, StringComparer.Ordinal).SelectMany(g => Enumerable.Range(g.First, g.Count))];
        var rank = new int[byName.Length];
        for (int i = 0; i < byName.Length; i++) rank[byName[i]] = i;
        var fired = new List<int>();
        for (long step = 1; step <= steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            done.Add(run.Advance());
            fired.Clear();
            foreach (int neuron in run.Spikes) fired.Add(rank[neuron]);
            fired.Sort();
            foreach (int neuron in fired) spikes.Add((byName[neuron], step));
        }
        return new(machine, network, timing) { Steps = done, Spikes = spikes };
    }

    /// <summary>A row a step, with the columns of the published simulator: counts, seconds and joules, these with all their digits.</summary>
    public string ToPerfCsv()
    {
        var text = new StringBuilder(PerfHeader).Append('\n');
        foreach (var s in Steps)
            text.Append(CultureInfo.InvariantCulture, $"{s.Step},{s.Fired},{s.Updated},{s.Packets},{s.Hops},{s.SynapticOperations},{s.Seconds:R},{s.Synapse:R},{s.Dendrite:R},{s.Soma:R},{s.Network:R},{s.Total:R}\n");
        return text.ToString();
    }

    /// <summary>A row a spike: the neuron and the step.</summary>
    public string ToSpikesCsv()
    {
        var text = new StringBuilder("neuron,timestep\n");
        foreach (var (neuron, step) in Spikes) text.Append(CultureInfo.InvariantCulture, $"{network.NameOf(neuron)},{step}\n");
        return text.ToString();
    }

    /// <summary>The sums, as JSON.</summary>
    public string ToSummaryJson()
    {
        var total = Total;
        return JsonSerializer.Serialize(
            new
            {
                machine = machine.Name,
                network = network.Name,
                timing = timing == StepTiming.Simple ? "simple" : "detailed",
                steps = Steps.Count,
                neurons = network.Neurons.Count,
                synapses = network.Edges.Count,
                fired = total.Fired,
                updated = total.Updated,
                packets = total.Packets,
                hops = total.Hops,
                synapticOperations = total.SynapticOperations,
                seconds = total.Seconds,
                energyJoules = new { synapse = total.Synapse, dendrite = total.Dendrite, soma = total.Soma, network = total.Network, total = total.Total },
            },
            Indented) + "\n";
    }
}
