using FsCheck;
using FsCheck.Fluent;
using Lepton.Neuro.Testing;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Plasticity.Tests;

public class PairStdpTests
{
    static readonly int[] Arrivals = [10, 30, 33, 70, 95];
    static readonly int[] Spikes = [12, 31, 36, 60, 100];

    // Ten events, each rounded to half a unit in the last place of a weight below 1, of traces that are right to 1e-6.
    const float Bound = 4e-7f;

    static readonly Gen<int[]> Trains =
        from steps in Gen.Choose(2, 120).ArrayOf()
        select steps.Distinct().Order().Take(12).ToArray();

    [Fact]
    public void The_additive_rule_gives_the_closed_sum() =>
        Assert.Equal(0.5f + 0.0132290913886104f, SynapseBench.Run(new PairStdp(), Arrivals, Spikes, 0.5f), Bound);

    [Theory]
    [InlineData(0, 0, 0.5279234310633)]
    [InlineData(1, 1, 0.513424830198347)]
    [InlineData(0, 1, 0.54182290355315)]
    public void The_powers_of_Gutig_give_the_known_weights(float plus, float minus, double expected)
    {
        var rule = new PairStdp { Potentiation = 0.01f, Depression = 0.01f, MuPlus = plus, MuMinus = minus };
        Assert.Equal((float)expected, SynapseBench.Run(rule, Arrivals, Spikes, 0.5f), Bound);
    }

    [Fact]
    public void Every_run_equals_the_sum_over_events_in_double_precision() =>
        Properties.Holds(
            from arrivals in Trains
            from spikes in Trains
            from plus in Gen.Elements(0f, 0.3f, 1f)
            from minus in Gen.Elements(0f, 0.4f, 1f)
            from pairing in Gen.Elements(SpikePairing.AllToAll, SpikePairing.Nearest, SpikePairing.PresynapticCentred, SpikePairing.Restricted)
            from delay in Gen.Choose(1, 3)
            select (Arrivals: arrivals.Select(t => t + 2).ToArray(), Spikes: spikes, Plus: plus, Minus: minus, Pairing: pairing, Delay: delay),
            c =>
            {
                var rule = new PairStdp { Potentiation = 0.03f, Depression = 0.04f, MuPlus = c.Plus, MuMinus = c.Minus, Pairing = c.Pairing, TauPost = 30.ms, Minimum = -1, Maximum = 3 };
                float weight = SynapseBench.Run(rule, c.Arrivals, c.Spikes, 0.7f, c.Delay);
                Assert.Equal(Exact(rule, c.Arrivals, c.Spikes, 0.7f), weight, 2e-5);
            },
            60);

    [Fact]
    public void In_double_precision_parameters_are_the_decimals_that_were_written() =>
        Properties.Holds(
            from arrivals in Trains
            from spikes in Trains
            from plus in Gen.Elements(0f, 0.3f, 1f)
            from minus in Gen.Elements(0f, 0.4f, 1f)
            select (Arrivals: arrivals, Spikes: spikes, Plus: plus, Minus: minus),
            c =>
            {
                // None of the bounds and rates is a number of single precision, nor is the range between the bounds; but rounded it is what single precision makes of it.
                var rule = new PairStdp { Potentiation = 0.03f, Depression = 0.07f, MuPlus = c.Plus, MuMinus = c.Minus, TauPost = 30.ms, Minimum = -0.1f, Maximum = 1.3f };
                double weight = Laws.SynapseBench.Run(rule, new(c.Arrivals, c.Spikes) { Steps = 130 }, 0.7, 1.ms).Weight;
                Assert.Equal(Exact(rule, c.Arrivals, c.Spikes, 0.7), weight, 1e-11);
            },
            60);

    [Fact]
    public void A_pair_changes_the_weight_in_the_direction_of_time_and_less_the_farther_apart_it_is()
    {
        var rule = new PairStdp();
        float before = 1, after = 1;
        for (int apart = 1; apart < 60; apart++)
        {
            float up = SynapseBench.Run(rule, [50], [50 + apart], 0.5f) - 0.5f, down = 0.5f - SynapseBench.Run(rule, [50 + apart], [50], 0.5f);
            Assert.True(up > 0 && up < before && down > 0 && down < after, $"{apart} ms: {up} and {-down}");
            Assert.Equal(0.005 * Math.Exp(-apart / 20.0), up, 1e-7);
            Assert.Equal(0.00525 * Math.Exp(-apart / 20.0), down, 1e-7);
            (before, after) = (up, down);
        }
    }

    [Fact]
    public void Spikes_that_meet_do_not_pair() => Assert.Equal(0.5f, SynapseBench.Run(new PairStdp(), [20], [20], 0.5f));

    [Fact]
    public void All_pairs_superpose() =>
        Properties.Holds(
            from first in Trains
            from second in Trains
            from spikes in Trains
            select (First: first, Second: second.Except(first).ToArray(), Spikes: spikes),
            c =>
            {
                var rule = new PairStdp { Minimum = -10, Maximum = 10, Potentiation = 0.001f, Depression = 0.0015f };
                float both = SynapseBench.Run(rule, [.. c.First, .. c.Second], c.Spikes, 0);
                Assert.Equal(SynapseBench.Run(rule, c.First, c.Spikes, 0) + SynapseBench.Run(rule, c.Second, c.Spikes, 0), both, 1e-6f);
            },
            60);

    [Fact]
    public void Shifting_all_spikes_changes_nothing() =>
        Properties.Holds(
            from arrivals in Trains
            from spikes in Trains
            from shift in Gen.Choose(1, 500)
            select (arrivals, spikes, shift),
            c => Assert.Equal(
                SynapseBench.Run(new PairStdp(), c.arrivals, c.spikes, 0.5f),
                SynapseBench.Run(new PairStdp(), [.. c.arrivals.Select(t => t + c.shift)], [.. c.spikes.Select(t => t + c.shift)], 0.5f)),
            40);

    [Fact]
    public void Nearest_neighbours_never_strengthen_more_than_all_pairs() =>
        Properties.Holds(
            from arrivals in Trains
            from spikes in Trains
            select (arrivals, spikes),
            c =>
            {
                var all = new PairStdp { Depression = 0 };
                Assert.True(SynapseBench.Run(all with { Pairing = SpikePairing.Nearest }, c.arrivals, c.spikes, 0.2f) <= SynapseBench.Run(all, c.arrivals, c.spikes, 0.2f));
            },
            60);

    [Fact]
    public void Weights_never_leave_their_bounds() =>
        Properties.Holds(
            from arrivals in Trains
            from spikes in Trains
            from mu in Gen.Elements(0f, 0.5f, 1f)
            from start in Gen.Elements(-0.25f, 0f, 0.75f)
            select (arrivals, spikes, mu, start),
            c =>
            {
                var rule = new PairStdp { Potentiation = 0.7f, Depression = 0.9f, MuPlus = c.mu, MuMinus = c.mu, Minimum = -0.25f, Maximum = 0.75f };
                var (session, synapse) = SynapseBench.Load(rule, c.arrivals, c.spikes, c.start);
                using (session)
                {
                    for (int t = 0; t < 125; t++)
                    {
                        session.Advance(1);
                        Assert.InRange(session.Weights(synapse)[0], -0.25f, 0.75f);
                    }
                }
            },
            40);

    [Theory]
    [InlineData(0)]
    [InlineData(0.5f)]
    [InlineData(1)]
    public void Rates_of_zero_change_nothing(float mu) =>
        Assert.Equal(0.3f, SynapseBench.Run(new PairStdp { Potentiation = 0, Depression = 0, MuPlus = mu, MuMinus = mu }, Arrivals, Spikes, 0.3f));

    [Fact]
    public void A_run_in_parts_is_the_run_bit_for_bit() =>
        Properties.Holds(
            from arrivals in Trains
            from spikes in Trains
            from cuts in Gen.Choose(1, 40).ArrayOf(3)
            from mu in Gen.Elements(0f, 0.3f)
            select (arrivals, spikes, cuts, mu),
            c =>
            {
                var rule = new PairStdp { MuPlus = c.mu, MuMinus = c.mu };
                var (whole, wholeSynapse) = SynapseBench.Load(rule, c.arrivals, c.spikes, 0.5f);
                var (parts, partsSynapse) = SynapseBench.Load(rule, c.arrivals, c.spikes, 0.5f);
                using (whole)
                using (parts)
                {
                    whole.Advance(c.cuts.Sum());
                    foreach (int cut in c.cuts) parts.Advance(cut);
                    Assert.Equal(whole.Weights(wholeSynapse), parts.Weights(partsSynapse));
                }
            },
            40);

    [Theory]
    [InlineData(0)]
    [InlineData(0.5f)]
    public void The_tape_has_no_product_that_a_compiler_could_fuse(float mu)
    {
        var tapes = KernelTapes.Of(new PairStdp { MuPlus = mu, MuMinus = mu }, 1.ms);
        Assert.Equal(5, tapes.Methods.Count);
        Assert.All(tapes.Methods.Values, tape => Assert.Empty(tape.UnfusedProducts()));
        Assert.False(tapes.Changes("OnUpdate"));
        Assert.True(tapes.Changes("OnPre") && tapes.Changes("OnPost"));
    }

    [Fact]
    public void A_session_that_does_not_learn_sends_and_keeps_what_was_learned()
    {
        var network = new Network(1);
        var source = network.Add("source", 1, SpikeSource.OneNeuron(1.ms, 5.ms, 9.ms));
        var target = network.Add("target", 1, new IntegrateAndFire { Threshold = 1, Reset = ResetMode.ToZero });
        var synapse = network.Connect(source, target, Wiring.OneToOne, 1.0, rule: new PairStdp { Depression = 0.5f });
        var plan = network.Compile(1.ms);
        using var session = Reference.Evaluate(plan);
        session.Advance(20.ms);
        Assert.Equal(1f, session.Weights(synapse)[0]);
        Assert.Equal(3, session.Activity.SpikesOf(target));
    }

    [Fact]
    public void Parameters_out_of_range_are_refused_by_name()
    {
        Refused(new() { Potentiation = -1 }, "Potentiation");
        Refused(new() { Depression = float.NaN }, "Depression");
        Refused(new() { TauPre = 0.ms }, "TauPre");
        Refused(new() { MuPlus = 1.5f }, "MuPlus");
        Refused(new() { Minimum = 2 }, "Minimum");
        Refused(new() { Pairing = (SpikePairing)7 }, "Pairing");

        static void Refused(PairStdp rule, string name) => Assert.Contains(name, Assert.Throws<InvalidInputException>(() => rule.Validate("it")).Message, StringComparison.Ordinal);
    }

    static double Exact(PairStdp rule, int[] arrivals, int[] spikes, double w)
    {
        double least = (double)(decimal)rule.Minimum, most = (double)(decimal)rule.Maximum, range = most - least;
        double potentiation = (double)(decimal)rule.Potentiation, depression = (double)(decimal)rule.Depression, plus = (double)(decimal)rule.MuPlus, minus = (double)(decimal)rule.MuMinus;
        bool all = rule.Pairing == SpikePairing.AllToAll;
        for (int t = 0; t < 130; t++)
        {
            // Equal times: the arrival first, and neither sees the other.
            if (arrivals.Contains(t)) w = Clip(w - (depression * range * Math.Pow((w - least) / range, minus) * Trace(spikes, arrivals, rule.TauPost, false)));
            if (spikes.Contains(t)) w = Clip(w + (potentiation * range * Math.Pow((most - w) / range, plus) * Trace(arrivals, spikes, rule.TauPre, true)));

            double Trace(int[] train, int[] own, Time tau, bool potentiates)
            {
                // Since the neuron's own last event, if the scheme looks no farther back: what came with that one did not pair with it.
                int since = own.Where(s => s < t).DefaultIfEmpty(-1).Max();
                bool fresh = rule.Pairing == SpikePairing.Restricted || (rule.Pairing == SpikePairing.PresynapticCentred && potentiates);
                var earlier = train.Where(s => s < t && (!fresh || s >= since)).Select(s => Math.Exp((s - t) / tau.Milliseconds)).Order();
                return all || (rule.Pairing == SpikePairing.PresynapticCentred && potentiates) ? earlier.Sum() : earlier.LastOrDefault();
            }
        }
        return w;

        double Clip(double value) => Math.Clamp(value, least, most);
    }
}
