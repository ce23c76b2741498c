namespace Lepton.Neuro.Backends.Published;

/// <summary>What happens to a potential that passes a threshold.</summary>
public enum PotentialReset
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The threshold is taken off.</summary>
    Soft,

    /// <summary>It is set to the reset value.</summary>
    Hard,

    /// <summary>It is set to the threshold; below only.</summary>
    Saturate,
}

/// <summary>The parameters of a neuron.</summary>
/// <remarks>Potentials, thresholds, biases and weights share one unit, which the format leaves open.</remarks>
public sealed record PublishedNeuron
{
    /// <summary>The core, in the machine's order; -1 before it is placed.</summary>
    public int Core { get; init; } = -1;

    /// <summary>Its place among all neurons in the order of the mapping; cores update their neurons in this order.</summary>
    public int MappedAt { get; init; } = -1;

    /// <summary>The unit that its soma is in; the core's first where empty.</summary>
    public string SomaUnit { get; init; } = "";

    /// <summary>The unit that synapses onto it are in; the core's first where empty.</summary>
    public string SynapseUnit { get; init; } = "";

    /// <summary>The unit that its dendrite is in; the core's first where empty.</summary>
    public string DendriteUnit { get; init; } = "";

    /// <summary>Added to the potential in every step.</summary>
    public double Bias { get; init; }

    /// <summary>It fires above this potential.</summary>
    public double Threshold { get; init; }

    /// <summary>What the potential is multiplied by in each step after the first.</summary>
    public double LeakDecay { get; init; } = 1;

    /// <summary>What the synaptic current is multiplied by in each step after the first.</summary>
    public double InputDecay { get; init; }

    /// <summary>What happens above the threshold.</summary>
    public PotentialReset ResetMode { get; init; } = PotentialReset.Hard;

    /// <summary>The potential after a hard reset.</summary>
    public double Reset { get; init; }

    /// <summary>The threshold below.</summary>
    public double ReverseThreshold { get; init; }

    /// <summary>What happens below the lower threshold.</summary>
    public PotentialReset ReverseResetMode { get; init; } = PotentialReset.None;

    /// <summary>The potential after a hard reset from below.</summary>
    public double ReverseReset { get; init; }

    /// <summary>Steps after a spike in which nothing is added.</summary>
    public int RefractoryDelay { get; init; }

    /// <summary>The potential at the start.</summary>
    public double Potential { get; init; }

    /// <summary>Whether it is updated in every step.</summary>
    public bool ForceUpdate { get; init; }

    /// <summary>For an input: whether it fires in the first steps, a flag a step.</summary>
    public IReadOnlyList<bool> Spikes { get; init; } = [];

    /// <summary>For an input: it fires in every step that <c>trunc(1 / Rate)</c> divides; never where 0.</summary>
    public double Rate { get; init; }
}

/// <summary>A synapse.</summary>
/// <param name="From">The neuron that it comes from.</param>
/// <param name="To">The neuron that it goes to.</param>
/// <param name="Weight">What a spike adds.</param>
public readonly record struct PublishedEdge(int From, int To, double Weight);

/// <summary>A group of neurons.</summary>
/// <param name="Name">Its name.</param>
/// <param name="First">Its first neuron among all.</param>
/// <param name="Count">How many it has.</param>
public sealed record PublishedGroup(string Name, int First, int Count);

/// <summary>A network in the published simulator's format, placed on the cores of a machine.</summary>
public sealed record PublishedNetwork
{
    /// <summary>Its name; empty where it has none.</summary>
    public required string Name { get; init; }

    /// <summary>The groups, in the file's order.</summary>
    public required IReadOnlyList<PublishedGroup> Groups { get; init; }

    /// <summary>The neurons, group after group; all are placed.</summary>
    public required IReadOnlyList<PublishedNeuron> Neurons { get; init; }

    /// <summary>The synapses, in the file's order.</summary>
    public required IReadOnlyList<PublishedEdge> Edges { get; init; }

    /// <summary>Reads a network file and checks it against a machine.</summary>
    /// <param name="path">The file.</param>
    /// <param name="machine">The machine that it is mapped to.</param>
    /// <exception cref="InvalidInputException">There is no such file, or it is wrong, or it does not fit the machine; the message names file, line and key.</exception>
    public static PublishedNetwork Load(string path, PublishedMachine machine) => Parse(PublishedMachine.ReadText(path, "the network"), path, machine);

    /// <summary>Reads a network and checks it against a machine.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="file">What it is called in messages.</param>
    /// <param name="machine">The machine that it is mapped to.</param>
    /// <exception cref="InvalidInputException">It is wrong, or it does not fit the machine; the message names file, line and key.</exception>
    public static PublishedNetwork Parse(string yaml, string file, PublishedMachine machine) => new PublishedNetworkYaml(file, machine).Read(yaml);

    /// <summary>Reads a network file and the file of a mapping that is used in place of the network's own, and checks both against a machine.</summary>
    /// <param name="path">The network's file; it needs no mappings.</param>
    /// <param name="machine">The machine that it is mapped to.</param>
    /// <param name="mapping">The mapping's file, as <see cref="MappingToYaml"/> writes it.</param>
    /// <exception cref="InvalidInputException">A file is not there or wrong, the network does not fit the machine, or the mapping was made for another machine or network; the message names file, line and key.</exception>
    public static PublishedNetwork Load(string path, PublishedMachine machine, string mapping) =>
        new PublishedNetworkYaml(path, machine, PublishedMachine.ReadText(mapping, "the mapping"), mapping).Read(PublishedMachine.ReadText(path, "the network"));

    /// <summary>Where the neurons lie as YAML: the <c>mappings</c> of the published format, with digests of the machine and the network.</summary>
    /// <param name="machine">The machine that it is mapped to.</param>
    public string MappingToYaml(PublishedMachine machine) => PublishedMapping.Write(this, machine);

    /// <summary>A neuron as the files name it, such as <c>group.3</c>.</summary>
    /// <param name="neuron">The neuron among all.</param>
    public string NameOf(int neuron)
    {
        var group = Groups.Last(g => g.First <= neuron && g.Count > 0);
        return FormattableString.Invariant($"{group.Name}.{neuron - group.First}");
    }
}
