using Lepton.Neuro.Testing;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Backends.Tests;

public sealed class TilesSavedMappingTests
{
    static readonly TileMachine Machine = TileMachine.Load("loihi") with { Name = "case", Columns = 3, Rows = 3, CoresPerTile = 2, Core = new(4, 4000, 60, 80) };

    static CompiledNetwork Network(int cells = 9, double weight = 2, bool edges = false)
    {
        var network = new Network(1);
        var input = network.Add("input", 5, new PoissonSource(300.Hz));
        var middle = network.Add("cells", cells, new IntegrateAndFire { Threshold = 3 });
        var others = network.Add("others", 6, new IntegrateAndFire { Threshold = 2 });
        network.Connect(input, middle, Wiring.AllToAll, weight, 1.ms);
        network.Connect(middle, others, edges ? Wiring.Edges([(0, 1), (1, 2)]) : Wiring.Edges([(0, 1), (2, 1)]), weight, 1.ms);
        return network.Compile(1.ms);
    }

    static string Refused(string yaml, CompiledNetwork network, TileMachine machine) =>
        Assert.Throws<InvalidInputException>(() => Mapping.Parse(yaml, "saved.yaml", network, machine)).Message;

    [Fact]
    public void AMappingReadBackIsTheOneThatWasSaved()
    {
        int mapped = 0;
        Properties.Holds(TileCase.Any, @case =>
        {
            foreach (var partition in Enum.GetValues<PartitionMethod>())
            {
                var options = new MappingOptions
                {
                    Partition = partition,
                    Placement = (PlacementMethod)(@case.Seed % 4),
                    Routing = (RoutingMethod)(@case.Seed % 3),
                    Faults = @case.Seed % 2 == 0 ? null : RandomFaults.Draw(@case.Machine(), 0.05, 0.05, (ulong)@case.Seed),
                    MapperSeed = (ulong)@case.Seed,
                };
                if (@case.TryMap(options) is not { } mapping) continue;
                mapped++;
                string yaml = mapping.ToYaml();
                // Another compilation of the same description is the same network.
                var back = Mapping.Parse(yaml, "saved.yaml", @case.Network().Compile(1.ms), @case.Machine());
                Assert.Equal(mapping.Cores, back.Cores);
                for (int source = 0; source < mapping.FirstSource[^1]; source++)
                {
                    Assert.Equal(mapping.CoreOf(source), back.CoreOf(source));
                    Assert.Equal(mapping.RoutesOf(source).ToArray(), back.RoutesOf(source).ToArray());
                }
                Assert.Equal(yaml, back.ToYaml());
            }
        }, 40);
        Assert.True(mapped > Properties.Cases(40) / 4, $"only {mapped} cases fitted");
    }

    [Fact]
    public void OtherWeightsKeepAMappingAndItRunsAsTheUnmappedNetwork()
    {
        string yaml = Tiles.Map(Network(), Machine).ToYaml();
        var network = Network(weight: 3);
        using var plain = Cpu.Evaluate(network);
        using var session = Tiles.Evaluate(Mapping.Parse(yaml, "saved.yaml", network, Machine));
        foreach (Session each in new Session[] { plain, session })
        {
            each.Begin(0);
            each.Advance(50);
        }
        Assert.True(plain.Activity.TotalSpikes > 0);
        foreach (var population in network.Populations) Assert.Equal(plain.Activity.Spikes[population.Index], session.Activity.Spikes[population.Index]);
    }

    [Fact]
    public void AnotherMachineOrNetworkIsRefusedWithWhatDiffers()
    {
        string yaml = Tiles.Map(Network(), Machine).ToYaml();
        string machine = Refused(yaml, Network(), Machine with { Columns = 4 });
        Assert.Matches(@"^saved\.yaml, line \d+, key 'machine\.sha256': made for another machine: 'case' has 'columns: 3', 'case' has 'columns: 4'; allowed: the digest of machine 'case', [0-9a-f]{64}$", machine);
        Assert.Matches(@"^saved\.yaml, line \d+, key 'network\.populations\[1\]\.count': made for another network: 9 of 'cells', now 8; allowed: ", Refused(yaml, Network(cells: 8), Machine));
        Assert.Matches(@"^saved\.yaml, line \d+, key 'network\.projections\[1\]\.sha256': made for another network: other synapses of '[^']+'; allowed: ", Refused(yaml, Network(edges: true), Machine));
    }

    [Theory]
    [InlineData("mapping: 1", "mapping: 2", "key 'mapping'")]
    [InlineData("learning: false", "learning: perhaps", "key 'learning'")]
    [InlineData("learning: false", "learning: false\ncolour: red", "key 'colour': unknown")]
    [InlineData("      0x4", "      0x5", "core 0 is full (neurons) before neuron 4 of ")]
    [InlineData("      0x4", "      99x4", "'99x4'; allowed: cores below 18")]
    [InlineData("      0x4", "      0x3", "8 neurons; allowed: 9")]
    [InlineData("      0x4", "      0x4 0x9", "more than 9 neurons")]
    public void ATextThatWasChangedIsRefused(string from, string to, string message)
    {
        string yaml = Tiles.Map(Network(), Machine).ToYaml();
        Assert.Contains(from, yaml, StringComparison.Ordinal);
        string changed = yaml.Replace(from, to, StringComparison.Ordinal);
        // Five on the first core leave three for the second.
        if (to == "      0x5") changed = changed.Replace("1x4", "1x3", StringComparison.Ordinal);
        string refused = Refused(changed, Network(), Machine);
        Assert.StartsWith("saved.yaml, line ", refused, StringComparison.Ordinal);
        Assert.Contains(message, refused, StringComparison.Ordinal);
    }

    [Fact]
    public void AFileThatIsNotThereIsRefused() =>
        Assert.Contains("the mapping 'nowhere.yaml' cannot be read", Assert.Throws<InvalidInputException>(() => Mapping.Load("nowhere.yaml", Network(), Machine)).Message);
}
