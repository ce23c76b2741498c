using Lepton.Neuro.Testing;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Backends.Tests;

public sealed class TilesStatisticsTests
{
    [Fact]
    public void TheBootstrapIntervalIsThatOfTheMeansError()
    {
        var random = new System.Random(4);
        double[] values = [.. Enumerable.Range(0, 1000).Select(_ => 5 + Enumerable.Range(0, 12).Sum(_ => random.NextDouble()) - 6)];
        var interval = BootstrapInterval.Of(values, 1);
        double mean = values.Average(), error = Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / 999 / 1000);
        Assert.Equal(mean, interval.Mean, 1e-12);
        Assert.InRange((interval.High - interval.Low) / (2 * 1.96 * error), 0.93, 1.07);
        Assert.True(interval.Low < mean && mean < interval.High);
        Assert.Equal(interval, BootstrapInterval.Of(values, 1));
        Assert.Equal((3.0, 3.0), (BootstrapInterval.Of([3, 3, 3], 2).Low, BootstrapInterval.Of([3, 3, 3], 2).High));
        Assert.Throws<InvalidInputException>(() => BootstrapInterval.Of([], 1));
    }

    [Fact]
    public void NeuroBenchMetricsAreAsWorkedOutByHand()
    {
        var network = new Network(1);
        var input = network.Add("in", 2, new SpikeSource([(0.ms, 0), (1.ms, 0), (1.ms, 1)]));
        var cells = network.Add("cells", 3, new IntegrateAndFire { Threshold = 100 });
        network.Connect(input, cells, Wiring.AllToAll, Weight.Explicit([1, 0, 3, 0, 0, 2]));
        using var session = Cpu.Evaluate(network.Compile(1.ms));
        session.Advance(4);
        var metrics = NeuroBenchMetrics.Of(session.Network, null, session.Activity, 2);
        Assert.Equal(0.5, metrics.ConnectionSparsity);
        Assert.Equal(1, metrics.ActivationSparsity);
        // Channel 0 fires twice onto two weights that are not zero, channel 1 once onto one; over two samples.
        Assert.Equal((5 / 2.0, 0.0, 6 * 4 / 2.0), (metrics.EffectiveAcs, metrics.EffectiveMacs, metrics.Dense));
        // Weights up to 3 need two bits and a sign.
        Assert.Equal(6 * 3 / 8.0, metrics.PackedBytes);
        int state = cells.Model!.StateVariables.Count;
        Assert.Equal(4 * (6 + (3 * state)), metrics.FootprintBytes);
    }

    [Fact]
    public void TheBottleneckIsTheBusiestPart()
    {
        var @case = new TileCase(4, 30, 40, 6, 0, 8, 4, 4, 9, 5000, 120, 150);
        var plan = @case.Network().Compile(1.ms);
        var loihi = @case.Machine();
        MachineLoad Load(Func<TileMachine, TileMachine> change)
        {
            using var session = Tiles.Evaluate(plan, change(loihi));
            session.Advance(40);
            return MachineLoad.Of(session.Tiles);
        }
        TileMachine Faster(TileMachine machine, TileTerm term, double factor)
        {
            var prices = machine.Latencies.Priced.ToDictionary(t => t, t => machine.Latencies.Find(t)! is var p && t == term ? p with { Value = p.Value * factor } : p);
            return machine with { Latencies = new(prices, machine.Latencies.Unpriced.ToDictionary(u => u.Term, u => u.Reason)) };
        }
        Assert.Contains("barrier", Load(m => m with { Barrier = m.Barrier with { Unit = "us" } }).Bottleneck, StringComparison.Ordinal);
        Assert.Contains("synapse memory", Load(m => Faster(m, TileTerm.SynapticOperation, 1000)).Bottleneck, StringComparison.Ordinal);
        Assert.Contains("updates of neurons", Load(m => Faster(m, TileTerm.NeuronActive, 1000)).Bottleneck, StringComparison.Ordinal);
        Assert.Contains("the link ", Load(m => Faster(Faster(m, TileTerm.HopNorth, 1e5), TileTerm.HopEast, 1e5)).Bottleneck, StringComparison.Ordinal);
        Assert.All(new[] { Load(m => m) }, l => Assert.InRange(l.Utilisation, 0, 1));
    }

    [Fact]
    public void CongestionOnlyAddsAndABusyMeshAddsMore()
    {
        int slower = 0;
        Properties.Holds(TileCase.Any, @case =>
        {
            if (@case.TryMap() is not { } mapping) return;
            TileActivity Run(bool withCongestion)
            {
                using var session = Tiles.Evaluate(mapping, new() { WithCongestion = withCongestion });
                session.Advance(20);
                return session.Tiles;
            }
            var (simple, detailed) = (Run(false), Run(true));
            Assert.Equal(TimingKind.EachStepWithCongestion, detailed.Timing);
            Assert.True(detailed.Femtoseconds >= simple.Femtoseconds);
            Assert.Equal(simple.Packets, detailed.Packets);
            if (detailed.Femtoseconds > simple.Femtoseconds) slower++;
        }, 30);
        Assert.True(slower > 5, $"only {slower} runs took longer");
    }

    [Fact]
    public void TheBandHoldsTheEnergyAndInputsAreNamedAsUnpriced()
    {
        using var session = Tiles.Evaluate(new TileCase(4, 9, 9, 6, 0, 8, 4, 4, 9, 5000, 60, 60).Network().Compile(1.ms), TileMachine.Load("loihi"));
        session.Advance(40);
        var report = EnergyReport.Of(session.Tiles, 2);
        var (least, most) = report.Band;
        Assert.True(least < report.Joules && report.Joules < most);
        var term = report.Terms.Single(t => t.Term == TileTerm.SynapticOperation);
        Assert.Equal(term.Count * (35.5 - 23.6) * 1e-12, most - report.Joules - (report.Terms.Where(t => t.Term is TileTerm.HopNorth or TileTerm.HopSouth).Sum(t => t.Count) * 0.2e-12), 1e-15);
        Assert.Equal(session.Tiles.InputSpikes / 2.0, report.Unpriced.Single(u => u.Term == TileTerm.InputSpike).Count);
    }
}
