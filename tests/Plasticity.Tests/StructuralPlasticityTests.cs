using Lepton.Neuro.Backends;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Plasticity.Tests;

public class StructuralPlasticityTests
{
    const int Sources = 60, Targets = 25, InDegree = 12;

    [Fact]
    public void Weak_synapses_get_other_sources_and_in_degrees_stay()
    {
        var (plan, synapses) = Plan();
        using var session = Cpu.Load(plan);
        session.Advance(400);
        var learned = session.Learned;
        var rule = new StructuralPlasticity { Threshold = 0.4f, InitialWeight = 0.45f };
        var after = rule.Apply(plan, learned, synapses, 0);
        var (before, then) = (Read(plan, synapses.Index, learned), Read(after.Network, after.Projection.Index, after.Learned));
        int weak = 0;
        for (int j = 0; j < Targets; j++)
        {
            Assert.Equal(before[j].Count, then[j].Count);
            for (int k = 0; k < before[j].Count; k++)
            {
                if (MathF.Abs(before[j][k].Weight) >= 0.4f)
                {
                    Assert.Equal(before[j][k], then[j][k]);
                    continue;
                }
                weak++;
                Assert.DoesNotContain(before[j], s => s.Source == then[j][k].Source);
                Assert.Equal((0.45f, before[j][k].Delay), (then[j][k].Weight, then[j][k].Delay));
            }
            Assert.Equal(then[j].Count(s => s.Weight == 0.45f), then[j].Where(s => s.Weight == 0.45f).Select(s => s.Source).Distinct().Count());
        }
        Assert.Equal(weak, after.Rewired);
        Assert.InRange(weak, 20, (Targets * InDegree) - 20);
        Assert.Same(synapses.Rule, after.Projection.Rule);
    }

    [Fact]
    public void The_same_round_grows_the_same_synapses_and_another_one_others()
    {
        var (plan, synapses) = Plan();
        using var session = Cpu.Load(plan);
        session.Advance(200);
        var rule = new StructuralPlasticity { Threshold = 0.4f, InitialWeight = 0.45f };
        Assert.Equal(Sourced(0), Sourced(0));
        Assert.NotEqual(Sourced(0), Sourced(1));

        string Sourced(uint round)
        {
            var after = rule.Apply(plan, session.Learned, synapses, round);
            return string.Join(' ', Read(after.Network, after.Projection.Index, after.Learned).SelectMany(t => t).Select(s => s.Source));
        }
    }

    [Fact]
    public void A_rewired_network_goes_on_learning_alike_on_both_sides()
    {
        var (plan, synapses) = Plan();
        using var session = Cpu.Load(plan);
        session.Advance(300);
        var after = new StructuralPlasticity { Threshold = 0.4f, InitialWeight = 0.45f }.Apply(plan, session.Learned, synapses, 3);
        using var oracle = Reference.Load(after.Network, after.Learned);
        using var backend = Cpu.Load(after.Network, learned: after.Learned);
        foreach (var s in new[] { oracle, backend })
        {
            s.Begin(5);
            s.Advance(300);
        }
        Assert.Equal(oracle.Weights(after.Projection), backend.Weights(after.Projection));
        Assert.NotEqual(after.Learned.Weights[after.Projection.Index], backend.Weights(after.Projection));
        Assert.Equal(oracle.Activity.TotalSpikes, backend.Activity.TotalSpikes);
    }

    [Fact]
    public void Where_sources_run_out_they_stay()
    {
        var network = new Network(1);
        var source = network.Add("source", 3, new PoissonSource(10.Hz));
        var target = network.Add("target", 2, new Lif());
        var synapses = network.Connect(source, target, Wiring.Edges([(0, 0), (1, 0), (2, 0), (1, 1)]), 0, rule: new PairStdp());
        var plan = network.Compile(1.ms);
        using var session = Reference.Load(plan);
        var after = new StructuralPlasticity().Apply(plan, session.Learned, synapses, 0);
        var rows = Read(after.Network, 0, after.Learned);
        Assert.Equal(1, after.Rewired);
        Assert.Equal([0, 1, 2], rows[0].Select(s => s.Source).Order());
        Assert.NotEqual(1, rows[1].Single().Source);
        Assert.All(rows.SelectMany(r => r), s => Assert.Equal(0.1f, s.Weight));
    }

    [Fact]
    public void Every_free_source_is_as_likely()
    {
        var network = new Network(11);
        var source = network.Add("source", 10, new PoissonSource(10.Hz));
        var target = network.Add("target", 1, new Lif());
        var synapses = network.Connect(source, target, Wiring.Edges([(2, 0), (7, 0)]), 0, rule: new PairStdp());
        var plan = network.Compile(1.ms);
        using var session = Reference.Load(plan);
        var counts = new int[10];
        for (uint round = 0; round < 2000; round++)
        {
            var after = new StructuralPlasticity().Apply(plan, session.Learned, synapses, round);
            foreach (var synapse in Read(after.Network, 0, after.Learned)[0]) counts[synapse.Source]++;
        }
        Assert.Equal(0, counts[2] + counts[7]);
        // 500 each, give or take 22.
        for (int i = 0; i < 10; i++) Assert.True(i is 2 or 7 || counts[i] is > 400 and < 600, $"{counts[i]}");
    }

    [Fact]
    public void What_cannot_be_rewired_is_refused()
    {
        var network = new Network(1);
        var source = network.Add("source", 3, new PoissonSource(10.Hz));
        var target = network.Add("target", 2, new Lif());
        var dense = network.Connect(source, target, Wiring.AllToAll, 0, rule: new PairStdp());
        var fixedOne = network.Connect(source, target, Wiring.InDegree(1), 100);
        var sparse = network.Connect(source, target, Wiring.InDegree(1), 0, rule: new PairStdp());
        var plan = network.Compile(1.ms);
        using var session = Reference.Load(plan);
        Refused(dense, new(), "all-to-all");
        Refused(fixedOne, new(), "static");
        Refused(sparse, new() { Threshold = -1 }, "Threshold");
        Refused(sparse, new() { InitialWeight = 2 }, "InitialWeight");

        void Refused(Projection projection, StructuralPlasticity rule, string name) =>
            Assert.Contains(name, Assert.Throws<InvalidInputException>(() => rule.Apply(plan, session.Learned, projection, 0)).Message, StringComparison.Ordinal);
    }

    static List<(int Source, float Weight, int Delay)>[] Read(CompiledNetwork plan, int projection, Learned learned)
    {
        var row = new SynapseRow();
        var compiled = plan.Projections[projection];
        return [.. Enumerable.Range(0, compiled.Connectivity.Targets).Select(j =>
        {
            compiled.Read(j, row, SynapseParts.Sources | SynapseParts.Delays | SynapseParts.Slots);
            return Enumerable.Range(0, row.Count).Select(k => (row.Sources[k], learned.Weights[projection]![row.Slots[k]], row.Delays[k])).ToList();
        })];
    }

    static (CompiledNetwork Plan, Projection Synapses) Plan()
    {
        var network = new Network(21);
        var source = network.Add("source", Sources, new PoissonSource(40.Hz));
        var target = network.Add("target", Targets, new Lif { Capacitance = 20.pF });
        network.Drive(target, 900.Hz, 100);
        network.Connect(target, target, Wiring.InDegree(3), 20);
        var synapses = network.Connect(source, target, Wiring.InDegree(InDegree), Weight.Uniform(0.2, 0.8), Delay.Uniform(1.ms, 4.ms), rule: new PairStdp { Potentiation = 0.02f, Depression = 0.02f });
        return (network.Compile(1.ms), synapses);
    }
}
