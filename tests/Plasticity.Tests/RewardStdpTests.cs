using FsCheck;
using FsCheck.Fluent;
using Lepton.Neuro.Lanes;
using Lepton.Neuro.Plasticity.Laws;
using Lepton.Neuro.Testing;
using static Lepton.Neuro.Units;
using Bench = Lepton.Neuro.Plasticity.Laws.SynapseBench;

namespace Lepton.Neuro.Plasticity.Tests;

public class RewardStdpTests
{
    static readonly Gen<int[]> Trains =
        from steps in Gen.Choose(2, 1500).ArrayOf()
        select steps.Distinct().Order().Take(10).ToArray();

    static readonly RewardStdp Free = new() { Minimum = -1e6f, Maximum = 1e6f };

    [Fact]
    public void Every_run_equals_the_closed_form_from_event_to_event() =>
        Properties.Holds(
            from arrivals in Trains
            from spikes in Trains
            from rewards in Trains
            from baseline in Gen.Elements(0f, 0.25f)
            select (arrivals, spikes, rewards, baseline),
            c =>
            {
                var rule = Free with { Baseline = c.baseline, TauPre = 17.ms, TauPost = 23.ms };
                var stimulus = new Stimulus(c.arrivals, c.spikes) { Steps = 2000, Updates = [2000], Modulator = t => c.rewards.Contains(t) ? 0.005 : 0 };
                double expected = Exact(rule, c.arrivals, c.spikes, c.rewards, 2000);
                double tolerance = 1e-11 * Math.Max(1, Math.Abs(expected)) * (1 + c.arrivals.Length + c.spikes.Length) * (c.baseline == 0 ? 1 : 100);
                Assert.Equal(expected, Bench.Run(rule, stimulus, 0, 1.ms).Weight, tolerance);
                Assert.Equal(expected, Bench.Run<Scalar>(rule, stimulus, 0, 1.ms).Weight, 1e-3 * (1 + c.arrivals.Length + c.spikes.Length) * (c.baseline == 0 ? 1 : 250));
            },
            80);

    [Fact]
    public void Without_dopamine_nothing_changes() =>
        Properties.Holds(
            from arrivals in Trains
            from spikes in Trains
            select new Stimulus(arrivals, spikes) { Steps = 2000, Updates = [700, 2000] },
            stimulus => Assert.All(Bench.Run(new RewardStdp(), stimulus, 30, 1.ms).Weights, w => Assert.Equal(30, w)),
            40);

    [Fact]
    public void A_reward_that_comes_later_is_worth_less_as_the_eligibility_decays()
    {
        double first = Change(500), second = Change(1200);
        Assert.True(first > 0);
        Assert.Equal(Math.Exp(-700 / 1000.0), second / first, 1e-10);

        // Far enough after it, all of the reward is spent.
        static double Change(int reward) =>
            Bench.Run(Free, new([100], [110]) { Steps = 12_000, Updates = [12_000], Modulator = t => t == reward ? 0.005 : 0 }, 0, 1.ms).Weight;
    }

    [Fact]
    public void Punishment_is_reward_turned_round()
    {
        Assert.Equal(-Change(0.005), Change(-0.005), 1e-12);
        Assert.Equal(3 * Change(0.005), Change(0.015), 1e-12);

        static double Change(double reward) =>
            Bench.Run(Free, new([100, 130, 180], [110, 150]) { Steps = 900, Updates = [900], Modulator = t => t is 200 or 400 ? reward : 0 }, 0, 1.ms).Weight;
    }

    [Fact]
    public void Reading_in_between_changes_nothing_and_a_new_presentation_begins_anew()
    {
        var stimulus = new Stimulus([100, 130, 180], [110, 150]) { Steps = 900, Updates = [900], Modulator = t => t == 200 ? 0.005 : 0 };
        Assert.Equal(Bench.Run(Free, stimulus, 0, 1.ms).Weight, Bench.Run(Free, stimulus with { Updates = [250, 300, 900] }, 0, 1.ms).Weight, 1e-13);

        var (session, synapse) = SynapseBench.Load(new RewardStdp(), [10, 40], [12, 30], 20);
        using (session)
        {
            session.Advance(50);
            session.Update(synapse);
            Assert.Equal(20, session.Weights(synapse)[0]);
            session.Begin(1);
            session.SetModulator(synapse, 0.005f);
            session.Advance(9);
            session.Update(synapse);
            // Nothing has fired yet in this presentation, so nothing is eligible.
            Assert.Equal(20, session.Weights(synapse)[0]);
            session.Advance(50);
            session.Update(synapse);
            Assert.NotEqual(20, session.Weights(synapse)[0]);
        }
    }

    [Fact]
    public void Parameters_out_of_range_are_refused_by_name()
    {
        Refused(new() { Potentiation = -1 }, "Potentiation");
        Refused(new() { TauDopamine = 0.ms }, "TauDopamine");
        Refused(new() { TauEligibility = 10.ms }, "TauPost");
        Refused(new() { Baseline = float.NaN }, "Baseline");
        Refused(new() { Minimum = 300 }, "Minimum");

        static void Refused(RewardStdp rule, string name) => Assert.Contains(name, Assert.Throws<InvalidInputException>(() => rule.Validate("it")).Message, StringComparison.Ordinal);
    }

    static double Exact(RewardStdp rule, int[] arrivals, int[] spikes, int[] rewards, int end)
    {
        double w = 0, c = 0, n = 0, tauC = rule.TauEligibility.Milliseconds, k = (1 / tauC) + (1 / rule.TauDopamine.Milliseconds), last = 0;
        foreach (int t in arrivals.Concat(spikes).Concat(rewards).Append(end).Distinct().Order())
        {
            double s = t - last;
            w += c * ((n * (1 - Math.Exp(-s * k)) / k) - (rule.Baseline * tauC * (1 - Math.Exp(-s / tauC))));
            c *= Math.Exp(-s / tauC);
            n *= Math.Exp(-s / rule.TauDopamine.Milliseconds);
            if (arrivals.Contains(t)) c -= rule.Depression * Trace(spikes, t, rule.TauPost);
            if (spikes.Contains(t)) c += rule.Potentiation * Trace(arrivals, t, rule.TauPre);
            if (rewards.Contains(t)) n += 0.005;
            last = t;
        }
        return w;

        static double Trace(int[] train, int t, Time tau) => train.Where(s => s < t).Sum(s => Math.Exp((s - t) / tau.Milliseconds));
    }
}
