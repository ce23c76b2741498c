using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Lepton.Neuro.Backends.Published;

/// <summary>Where the neurons of a network of the published format lie, as a file of its own: its <c>mappings</c>, with digests of the machine and of the network that it was made for.</summary>
static class PublishedMapping
{
    const int Format = 1;
    const string Allowed = "the machine and network that it is used with";

    public static string Write(PublishedNetwork network, PublishedMachine machine)
    {
        var text = new StringBuilder();
        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
        Line($"mapping: {Format}");
        Line($"machine: {{ name: {JsonSerializer.Serialize(machine.Name)}, cores: {machine.Cores.Count}, sha256: {Digest(machine)} }}");
        Line($"network: {{ name: {JsonSerializer.Serialize(network.Name)}, neurons: {network.Neurons.Count}, synapses: {network.Edges.Count}, sha256: {Digest(network)} }}");
        Line($"mappings:");
        int[] order = [.. Enumerable.Range(0, network.Neurons.Count).OrderBy(n => network.Neurons[n].MappedAt)];
        for (int at = 0; at < order.Length;)
        {
            int first = order[at], last = first;
            var group = network.Groups.Last(g => g.First <= first && g.Count > 0);
            while (++at < order.Length && order[at] == last + 1 && order[at] < group.First + group.Count && AreTogether(network.Neurons[first], network.Neurons[order[at]])) last++;
            var (neuron, core) = (network.Neurons[first], machine.Cores[network.Neurons[first].Core]);
            string Unit(string key, string unit) => unit.Length == 0 ? "" : $", {key}: {JsonSerializer.Serialize(unit)}";
            string key = first == last ? Invariant($"{group.Name}.{first - group.First}") : Invariant($"{group.Name}.{first - group.First}..{last - group.First}");
            Line($"  - {JsonSerializer.Serialize(key)}: {{ core: {core.Tile}.{core.Offset}{Unit("soma", neuron.SomaUnit)}{Unit("synapse", neuron.SynapseUnit)}{Unit("dendrite", neuron.DendriteUnit)} }}");
        }
        return text.ToString();
    }

    /// <summary>The entries of a mapping, after its digests were found to be right.</summary>
    public static StrictMap Read(string yaml, string file, string name, IReadOnlyList<PublishedGroup> groups, int neurons, IReadOnlyList<PublishedEdge> edges, PublishedMachine machine)
    {
        var root = StrictMap.Root(yaml, file, "a mapping");
        root.Whole("mapping", Format, Format);
        var (ofMachine, ofNetwork) = (root.Map("machine"), root.Map("network"));
        string made = ofMachine.Text("name");
        long cores = ofMachine.Whole("cores", 1, int.MaxValue), count = ofNetwork.Whole("neurons", 0, int.MaxValue), synapses = ofNetwork.Whole("synapses", 0, long.MaxValue);
        if (ofMachine.Text("sha256") != Digest(machine))
            throw ofMachine.Wrong("sha256", Invariant($"made for another machine: '{made}' with {cores} cores, now '{machine.Name}' with {machine.Cores.Count}"), Allowed);
        string other = ofNetwork.Has("name") ? ofNetwork.Raw("name") : "";
        if (ofNetwork.Text("sha256") != Digest(groups, edges))
            throw ofNetwork.Wrong("sha256", Invariant($"made for another network: '{other}' with {count} neurons and {synapses} synapses, now '{name}' with {neurons} and {edges.Count}"), Allowed);
        ofMachine.Done();
        ofNetwork.Done();
        return root;
    }

    static bool AreTogether(PublishedNeuron one, PublishedNeuron other) =>
        one.Core == other.Core && one.SomaUnit == other.SomaUnit && one.SynapseUnit == other.SynapseUnit && one.DendriteUnit == other.DendriteUnit;

    static string Digest(PublishedNetwork network) => Digest(network.Groups, network.Edges);

    // Weights and the constants of neurons are left out: a mapping holds for any of them.
    static string Digest(IReadOnlyList<PublishedGroup> groups, IReadOnlyList<PublishedEdge> edges)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var group in groups) hash.AppendData(Encoding.UTF8.GetBytes(Invariant($"{group.Name} {group.Count}\n")));
        foreach (var edge in edges)
        {
            hash.AppendData(BitConverter.GetBytes(edge.From));
            hash.AppendData(BitConverter.GetBytes(edge.To));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    // Prices are left out: where neurons can lie does not depend on them.
    static string Digest(PublishedMachine machine) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', machine.Cores
        .Select(c => Invariant($"{c.Tile}.{c.Offset} {c.Neurons} {string.Join(' ', c.Somas.Select(u => u.Name))}"))
        .Prepend(Invariant($"{machine.Width} x {machine.Height}"))))));

    static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
