using FsCheck;
using FsCheck.Fluent;
using Lepton.Neuro.Backends;
using Lepton.Neuro.Plasticity.Laws;
using Lepton.Neuro.Testing;
using static Lepton.Neuro.Units;
using Bench = Lepton.Neuro.Plasticity.Laws.SynapseBench;

namespace Lepton.Neuro.Plasticity.Tests;

public class StochasticStdpTests
{
    [Theory]
    [InlineData(1, 0.5)]
    [InlineData(10, 0.5)]
    [InlineData(40, 0.8)]
    public void A_pair_moves_a_binary_weight_as_often_as_it_should(int apart, float probability)
    {
        const int Synapses = 20_000;
        // Time constants that differ, and bounds that are not 0 and 1.
        var rule = new StochasticStdp { Potentiation = probability, Depression = probability, TauPre = 20.ms, TauPost = 35.ms, Minimum = -1, Maximum = 2 };
        Near(probability * Math.Exp(-apart / 20.0), k => (Bench.Run(rule, new([50], [50 + apart]) { Slot = k }, -1, 1.ms).Weight + 1) / 3);
        Near(probability * Math.Exp(-apart / 35.0), k => (2 - Bench.Run(rule, new([50 + apart], [50]) { Slot = k }, 2, 1.ms).Weight) / 3);

        static void Near(double expected, Func<uint, double> moved)
        {
            double found = Enumerable.Range(0, Synapses).Average(k => moved((uint)k)), deviation = Math.Sqrt(expected * (1 - expected) / Synapses);
            Assert.InRange(found, expected - (4.5 * deviation), expected + (4.5 * deviation));
        }
    }

    [Fact]
    public void On_average_it_drifts_as_the_additive_rule_does()
    {
        // Far from its bounds: a level is a thousandth of the range.
        var rule = new StochasticStdp { Potentiation = 0.6f, Depression = 0.3f, Levels = 1001 };
        int[] arrivals = [10, 50, 90, 130, 170], spikes = [14, 60, 80, 133, 190];
        double pairs = 0;
        foreach (int t in spikes) pairs += 0.6 * Nearest(arrivals, t);
        foreach (int t in arrivals) pairs -= 0.3 * Nearest(spikes, t);
        double mean = Enumerable.Range(0, 4000).Average(k => Bench.Run(rule, new(arrivals, spikes) { Slot = (uint)k }, 0.5, 1.ms).Weight - 0.5) * 1000;
        Assert.Equal(pairs, mean, 0.08);

        static double Nearest(int[] train, int t) => train.Where(s => s < t).Select(s => Math.Exp((s - t) / 20.0)).DefaultIfEmpty(0).Max();
    }

    [Fact]
    public void A_weight_is_always_one_of_its_levels() =>
        Properties.Holds(
            from arrivals in Gen.Choose(2, 200).ArrayOf()
            from spikes in Gen.Choose(2, 200).ArrayOf()
            from levels in Gen.Elements(2, 3, 16, 255)
            from start in Gen.Choose(0, 100)
            select (arrivals, spikes, levels, start),
            c =>
            {
                var rule = new StochasticStdp { Potentiation = 0.9f, Depression = 0.8f, Levels = c.levels, Minimum = -1, Maximum = 2 };
                var run = Bench.Run<Lanes.Scalar>(rule, new(c.arrivals, c.spikes) { Steps = 210 }, -1 + (c.start * 0.03), 1.ms);
                foreach (double w in run.Weights)
                {
                    double level = (w + 1) / 3 * (c.levels - 1);
                    Assert.Equal(Math.Round(level), level, 1e-4);
                    Assert.InRange(w, -1, 2);
                }
            },
            40);

    [Fact]
    public void Without_a_chance_nothing_moves_and_with_certainty_everything_does()
    {
        Assert.Equal(0, Bench.Run(new StochasticStdp { Potentiation = 0 }, new([10, 20, 30], [11, 21, 31]), 0, 1.ms).Weight);
        Assert.Equal(1, Bench.Run(new StochasticStdp { Potentiation = 1, TauPre = 1e9.s }, new([10], [11]), 0, 1.ms).Weight);
        Assert.Equal(0.5, Bench.Run(new StochasticStdp { Potentiation = 1, TauPre = 1e9.s, Levels = 3 }, new([10], [11]), 0, 1.ms).Weight);
        // Spikes that meet do not pair.
        Assert.Equal(0, Bench.Run(new StochasticStdp { Potentiation = 1, TauPre = 1e9.s }, new([10], [10]), 0, 1.ms).Weight);
    }

    [Fact]
    public void Synapses_steps_events_and_presentations_have_chances_of_their_own()
    {
        // The same pair on 400 synapses: between any two circumstances about half of the outcomes differ.
        string[] outcomes = [Outcomes(50, 1, 1), Outcomes(51, 1, 1), Outcomes(50, 2, 1), Outcomes(50, 1, 2)];
        for (int a = 0; a < outcomes.Length; a++)
        {
            Assert.InRange(outcomes[a].Count(c => c == '1'), 150, 250);
            for (int b = 0; b < a; b++) Assert.InRange(outcomes[a].Zip(outcomes[b]).Count(p => p.First != p.Second), 140, 260);
        }

        static string Outcomes(int at, ulong seed, ulong presentation)
        {
            var network = new Network(seed);
            var source = network.Add("source", 20, new SpikeSource([.. Enumerable.Range(0, 20).Select(i => ((at - 1).ms, i))]));
            var teacher = network.Add("teacher", 20, new SpikeSource([.. Enumerable.Range(0, 20).Select(i => (at.ms, i))]));
            var target = network.Add("target", 20, new IntegrateAndFire { Threshold = 15, Reset = ResetMode.ToZero });
            network.Connect(teacher, target, Wiring.OneToOne, 30);
            var synapses = network.Connect(source, target, Wiring.AllToAll, 0, rule: new StochasticStdp { Potentiation = 0.5f, TauPre = 1e9.s });
            using var session = Cpu.Load(network.Compile(1.ms));
            session.Begin(presentation);
            session.Advance(60);
            return string.Concat(session.Weights(synapses).Select(w => w == 0 ? '0' : '1'));
        }
    }

    [Fact]
    public void Parameters_out_of_range_are_refused_by_name()
    {
        Refused(new() { Potentiation = 1.5f }, "Potentiation");
        Refused(new() { Depression = -1 }, "Depression");
        Refused(new() { Levels = 1 }, "Levels");
        Refused(new() { TauPost = 0.ms }, "TauPost");

        static void Refused(StochasticStdp rule, string name) => Assert.Contains(name, Assert.Throws<InvalidInputException>(() => rule.Validate("it")).Message, StringComparison.Ordinal);
    }
}
