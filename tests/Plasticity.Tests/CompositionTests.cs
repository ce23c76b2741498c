using FsCheck;
using FsCheck.Fluent;
using Lepton.Neuro.Backends;
using Lepton.Neuro.Lanes;
using Lepton.Neuro.Plasticity.Laws;
using Lepton.Neuro.Testing;
using static Lepton.Neuro.Units;
using Bench = Lepton.Neuro.Plasticity.Laws.SynapseBench;

namespace Lepton.Neuro.Plasticity.Tests;

/// <summary>Rules made of rules: each part does what it does alone.</summary>
public class CompositionTests
{
    static readonly Gen<(int[] Arrivals, int[] Spikes)> Trains =
        from arrivals in Gen.Choose(2, 200).ArrayOf()
        from spikes in Gen.Choose(2, 200).ArrayOf()
        select (arrivals.Distinct().Order().Take(14).ToArray(), spikes.Distinct().Order().Take(14).ToArray());

    static readonly TsodyksMarkram Depressing = new() { Utilisation = 0.45f, TauFacilitation = 50.ms, TauRecovery = 750.ms };

    [Fact]
    public void Short_term_plasticity_leaves_weights_to_the_rule_and_scales_what_they_send() =>
        Properties.Holds(
            from trains in Trains
            from rule in Gen.Elements<SynapseRule>(new PairStdp { Potentiation = 0.1f, Depression = 0.1f }, TripletStdp.VisualCortexAllToAllFull, new StochasticStdp { Potentiation = 0.5f, Levels = 5 }, new RewardStdp())
            select (trains, rule),
            c =>
            {
                var stimulus = new Stimulus(c.trains.Arrivals, c.trains.Spikes) { Steps = 210 };
                var alone = Bench.Run(c.rule, stimulus, 0.5, 1.ms);
                var efficacy = Bench.Run(Depressing, stimulus, 1, 1.ms);
                var both = Bench.Run(new ShortTerm(c.rule, Depressing), stimulus, 0.5, 1.ms);
                Assert.Equal(alone.Weights, both.Weights);
                for (int k = 0; k < both.Sent.Count; k++) Assert.Equal(alone.Sent[k] * efficacy.Sent[k], both.Sent[k], 1e-15);
            },
            60);

    [Fact]
    public void The_additive_rule_with_a_third_factor_is_the_reward_rule_to_first_order_in_the_step()
    {
        // One as steps of the other's closed form: halving the step halves the difference.
        double[] off = [.. new[] { 1, 2, 4 }.Select(f =>
        {
            var stimulus = new Stimulus([100 * f, 130 * f, 180 * f], [110 * f, 150 * f]) { Delay = f, Steps = 900 * f, Updates = [900 * f], Modulator = t => t == 200 * f || t == 400 * f ? 0.005 : 0 };
            var exact = new RewardStdp { Minimum = -1e6f, Maximum = 1e6f };
            // The changes of the additive rule are parts of its range.
            var stepped = new ThreeFactor(new PairStdp { Potentiation = 1e-3f, Depression = 1.5e-3f, Minimum = -500, Maximum = 500 }) { TauFactor = 200.ms };
            return Math.Abs(Bench.Run(exact, stimulus, 0, new(1e-3 / f)).Weight - Bench.Run(stepped, stimulus, 0, new(1e-3 / f)).Weight);
        })];
        double size = Math.Abs(Bench.Run(new RewardStdp { Minimum = -1e6f, Maximum = 1e6f }, new([100, 130, 180], [110, 150]) { Steps = 900, Updates = [900], Modulator = t => t is 200 or 400 ? 0.005 : 0 }, 0, 1.ms).Weight);
        Assert.True(off[0] < 0.01 * size, $"{off[0]} of {size}");
        Assert.InRange(off[1] / off[0], 0.4, 0.6);
        Assert.InRange(off[2] / off[1], 0.4, 0.6);
    }

    [Fact]
    public void Without_its_factor_no_rule_changes_a_weight_and_with_one_it_follows_the_factors_sign() =>
        Properties.Holds(
            from trains in Trains
            from rule in Gen.Elements<SynapseRule>(new PairStdp(), new Hebb(), new Oja(), TripletStdp.HippocampusAllToAllFull, new VogelsStdp { Negative = false }, new StochasticStdp { Potentiation = 1, Levels = 9 }, new ClopathStdp { Rest = 0.mV, ThetaMinus = 0.mV })
            select (trains, rule),
            c =>
            {
                var gated = new ThreeFactor(c.rule);
                Stimulus With(double factor) => new(c.trains.Arrivals, c.trains.Spikes) { Steps = 210, Modulator = t => t >= 205 ? factor : 0 };
                Assert.All(Bench.Run(gated, With(0), 0.5, 1.ms).Weights, w => Assert.Equal(0.5, w));
                // Late and small: odd in the factor, for the bounds are far.
                double up = Bench.Run(gated, With(1e-4), 0.5, 1.ms).Weight - 0.5, down = Bench.Run(gated, With(-1e-4), 0.5, 1.ms).Weight - 0.5;
                Assert.Equal(up, -down, 1e-9 * Math.Abs(up) + 1e-15);
            },
            60);

    [Fact]
    public void A_baseline_is_a_factor_turned_round()
    {
        var stimulus = new Stimulus([10, 30], [12, 36]) { Steps = 100 };
        double below = Bench.Run(new ThreeFactor(new PairStdp()) { Baseline = 0.01f }, stimulus, 0.5, 1.ms).Weight - 0.5;
        double negative = Bench.Run(new ThreeFactor(new PairStdp()), stimulus with { Modulator = _ => -0.01 }, 0.5, 1.ms).Weight - 0.5;
        Assert.NotEqual(0, below);
        Assert.Equal(negative, below, 1e-14);
    }

    [Fact]
    public void Scaling_done_at_events_is_scaling_done_in_every_step() =>
        Properties.Holds(
            Trains,
            c =>
            {
                var rule = new SynapticScaling(new StaticWeight { Maximum = 1000 }) { TargetRate = 20.Hz, TauRate = 100.ms, Tau = 500.ms };
                double w = 0.5, rate = 1;
                for (int t = 0; t < 210; t++)
                {
                    if (c.Spikes.Contains(t)) rate += 1 / (20 * 0.1);
                    w *= Math.Exp((1 - rate) / 500);
                    rate *= Math.Exp(-1 / 100.0);
                }
                Assert.Equal(w, Bench.Run(rule, new(c.Arrivals, c.Spikes) { Steps = 210, Updates = [210] }, 0.5, 1.ms).Weight, 1e-12);
                Assert.Equal(w, Bench.Run<Scalar>(rule, new(c.Arrivals, c.Spikes) { Steps = 210, Updates = [210] }, 0.5, 1.ms).Weight, 2e-5);
                Assert.Equal(0, Bench.Run(rule, new(c.Arrivals, c.Spikes) { Steps = 210, Updates = [210] }, 0, 1.ms).Weight);
            },
            60);

    [Fact]
    public void Scaling_brings_a_neuron_to_its_rate_and_keeps_the_ratios_of_its_weights()
    {
        var network = new Network(4);
        var source = network.Add("source", 20, new PoissonSource(20.Hz));
        var target = network.Add("target", 8, new Lif { Capacitance = 20.pF });
        float[] weights = [.. Enumerable.Range(0, 20 * 8).Select(k => (float)(20 + (k % 5)) * ((k % 8) + 1) / 4)];
        var synapses = network.Connect(
            source, target, Wiring.AllToAll, Weight.Explicit(weights), rule: new SynapticScaling(new StaticWeight { Maximum = 10_000 }) { TargetRate = 15.Hz, TauRate = 500.ms, Tau = 3000.ms });
        using var session = Cpu.Load(network.Compile(1.ms));
        session.Advance(30_000);
        session.Update();
        var scaled = session.Weights(synapses);
        for (int j = 0; j < 8; j++)
        {
            for (int i = 1; i < 20; i++) Assert.Equal(weights[(i * 8) + j] / weights[j], scaled[(i * 8) + j] / scaled[j], 1e-3);
        }
        long[] before = new long[8], after = new long[8];
        session.ReadSpikeCounts(target, before);
        session.Advance(20_000);
        session.ReadSpikeCounts(target, after);
        for (int j = 0; j < 8; j++) Assert.InRange((after[j] - before[j]) / 20.0, 13, 17);
    }

    [Fact]
    public void Learning_by_pairs_with_normalisation_keeps_the_sum_of_weights_on_both_sides()
    {
        foreach (var wiring in new[] { Wiring.AllToAll, Wiring.InDegree(9) })
        {
            var network = new Network(7);
            var source = network.Add("source", 21, new PoissonSource(60.Hz));
            var target = network.Add("target", 19, new Lif { Capacitance = 20.pF });
            network.Drive(target, 900.Hz, 100);
            var rule = new ShortTerm(new PairStdp { Potentiation = 0.05f, Depression = 0.05f, Maximum = 20 }, Depressing);
            var synapses = network.Connect(source, target, wiring, Weight.Uniform(0, 1), Delay.Uniform(1.ms, 4.ms), rule: rule);
            var plan = network.Compile(1.ms);
            using var oracle = Reference.Load(plan);
            using var backend = Cpu.Load(plan);
            float[]? free = null;
            foreach (var session in new[] { oracle, backend })
            {
                for (int k = 0; k < 4; k++)
                {
                    session.Advance(100);
                    free = session.Weights(synapses);
                    session.Normalize(synapses, 5);
                }
            }
            var weights = backend.Weights(synapses);
            Assert.Equal(oracle.Weights(synapses), weights);
            var row = new SynapseRow();
            for (int j = 0; j < 19; j++)
            {
                plan.Projections[0].Read(j, row, SynapseParts.Slots);
                var slots = row.Slots.ToArray();
                Assert.Equal(5, slots.Sum(s => (double)weights[s]), 1e-4);
                // Ranking and zeros stay.
                foreach (long a in slots)
                {
                    if (free![a] == 0) Assert.Equal(0, weights[a]);
                    foreach (long b in slots)
                    {
                        if (free[a] < free[b]) Assert.True(weights[a] <= weights[b]);
                    }
                }
            }
            backend.Normalize(synapses, 5);
            foreach (var (again, once) in backend.Weights(synapses).Zip(weights)) Assert.Equal(once, again, 1e-4);
        }
    }

    [Fact]
    public void What_is_part_of_a_rule_is_checked_and_named()
    {
        Refused(new ShortTerm(new PairStdp { Depression = -1 }, new()), "Rule: Depression");
        Refused(new ShortTerm(new PairStdp(), new() { Utilisation = 2 }), "Dynamics: Utilisation");
        Refused(new ShortTerm(new PairStdp { Minimum = 0.5f }, new()), "range");
        Refused(new ThreeFactor(new Hebb()) { TauEligibility = 0.ms }, "TauEligibility");
        Refused(new ThreeFactor(new Hebb { Tau = 0.ms }), "Rule: Tau");
        Refused(new SynapticScaling(new PairStdp()) { TargetRate = 0.Hz }, "TargetRate");

        static void Refused(SynapseRule rule, string name) => Assert.Contains(name, Assert.Throws<InvalidInputException>(() => rule.Validate("it")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_tape_of_a_rule_made_of_rules_names_every_part()
    {
        var tapes = KernelTapes.Of(new ShortTerm(new ThreeFactor(new PairStdp()), new()), 1.ms);
        Assert.Contains("pre.Added.Depleted", tapes.Methods["OnPre"].ToString(), StringComparison.Ordinal);
        Assert.Contains("synapse.Added.Eligibility", tapes.Methods["OnStep"].ToString(), StringComparison.Ordinal);
        Assert.False(tapes.Draws("OnPre"));
        Assert.True(KernelTapes.Of(new ThreeFactor(new StochasticStdp()), 1.ms).Draws("OnPost"));
        Assert.False(KernelTapes.Of(new StochasticStdp(), 1.ms).Changes("OnStep"));
        // Nothing is drawn or stepped for rules of events.
        Assert.Equal(5, KernelTapes.Of(new ShortTerm(new PairStdp(), new()), 1.ms).Methods.Count);
    }
}
