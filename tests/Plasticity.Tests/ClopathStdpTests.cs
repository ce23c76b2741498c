using FsCheck;
using FsCheck.Fluent;
using Lepton.Neuro.Lanes;
using Lepton.Neuro.Plasticity.Laws;
using Lepton.Neuro.Testing;
using static Lepton.Neuro.Units;
using Bench = Lepton.Neuro.Plasticity.Laws.SynapseBench;

namespace Lepton.Neuro.Plasticity.Tests;

public class ClopathStdpTests
{
    static readonly Gen<int[]> Trains =
        from steps in Gen.Choose(2, 200).ArrayOf()
        select steps.Distinct().Order().Take(12).ToArray();

    [Fact]
    public void Every_run_equals_the_equations_in_double_precision() =>
        Properties.Holds(
            from arrivals in Trains
            from spikes in Trains
            from swing in Gen.Choose(0, 20)
            from lift in Gen.Choose(0, 6)
            select (arrivals, spikes, swing, lift),
            c =>
            {
                var rule = new ClopathStdp { ThetaMinus = (-70.6 + c.lift).mV };
                var stimulus = new Stimulus(c.arrivals, c.spikes) { Steps = 201, Potential = t => Potential(t, c.swing) };
                double expected = Exact(c.arrivals, c.spikes, t => Potential(t, c.swing), -70.6 + c.lift);
                Assert.Equal(expected, Bench.Run(rule, stimulus, 0.5, 1.ms).Weight, 1e-12);
                Assert.Equal(expected, Bench.Run<Scalar>(rule, stimulus, 0.5, 1.ms).Weight, 3e-6);
            },
            80);

    [Fact]
    public void Nothing_changes_where_the_potential_stays_below_its_threshold() =>
        Properties.Holds(
            Trains,
            arrivals =>
            {
                Assert.Equal(0.5, Bench.Run(new ClopathStdp(), new(arrivals, []) { Steps = 201, Potential = _ => -70.6 }, 0.5, 1.ms).Weight);
                Assert.Equal(0.5, Bench.Run(new ClopathStdp(), new(arrivals, []) { Steps = 201, Potential = t => Potential(t, 3) - 10 }, 0.5, 1.ms).Weight);
            },
            40);

    [Fact]
    public void Without_spikes_of_the_target_arrivals_only_weaken()
    {
        var weights = Bench.Run(new ClopathStdp(), new([20, 40, 60], []) { Steps = 80, Potential = _ => -60 }, 0.5, 1.ms).Weights;
        for (int t = 1; t < weights.Count; t++) Assert.True(t is 20 or 40 or 60 ? weights[t] < weights[t - 1] : weights[t] == weights[t - 1], $"step {t}");
    }

    [Fact]
    public void Pairs_at_a_high_rate_strengthen_and_late_arrivals_at_a_low_rate_weaken()
    {
        // 10 ms apart, as in the paper's experiment, and each spike leaves the target depolarised for a while: at 10 Hz post-pre weakens; at 50 Hz pre-post strengthens more than at 10 Hz.
        Assert.True(Change(100, -10) < 0);
        Assert.True(Change(20, 10) > Change(100, 10) && Change(20, 10) > 0);

        static double Change(int period, int apart)
        {
            int[] arrivals = [.. Enumerable.Range(1, 5).Select(k => 20 + (k * period))];
            int[] spikes = [.. arrivals.Select(t => t + apart)];
            return Bench.Run(new ClopathStdp(), new(arrivals, spikes) { Potential = After }, 0.5, 1.ms).Weight - 0.5;

            double After(int t) => -70.6 + spikes.Where(s => s <= t).Select(s => 15 * Math.Exp((s - t) / 40.0)).LastOrDefault();
        }
    }

    [Fact]
    public void A_session_hands_it_the_potential_of_its_target()
    {
        var network = new Network(1);
        var source = network.Add("source", 1, SpikeSource.OneNeuron(5.ms, 30.ms, 35.ms));
        var target = network.Add("target", 1, new Lif { Threshold = 0.mV });
        var synapse = network.Connect(source, target, Wiring.OneToOne, 0.5, rule: new ClopathStdp { Rest = -65.mV });
        using var session = Reference.Load(network.Compile(1.ms));
        session.Advance(60.ms);
        // Rest is above ThetaMinus by 5.6 mV, so each of three arrivals takes at least that.
        Assert.InRange(session.Weights(synapse)[0], 0.45f, 0.5f - (3 * 14e-5f * 5.5f));
    }

    [Fact]
    public void Parameters_out_of_range_are_refused_by_name()
    {
        Refused(new() { Depression = -1 }, "Depression");
        Refused(new() { TauX = 0.ms }, "TauX");
        Refused(new() { ThetaPlus = double.NaN.mV }, "ThetaPlus");
        Refused(new() { SpikePotential = -60.mV }, "SpikePotential");
        Refused(new() { SpikeWidth = 0.ms }, "SpikeWidth");

        static void Refused(ClopathStdp rule, string name) => Assert.Contains(name, Assert.Throws<InvalidInputException>(() => rule.Validate("it")).Message, StringComparison.Ordinal);
    }

    static double Potential(int t, int swing) => -68 + (swing * Math.Sin(t / 7.0));

    static double Exact(int[] arrivals, int[] spikes, Func<int, double> potential, double theta)
    {
        double w = 0.5, minus = -70.6, plus = -70.6, x = 0;
        for (int t = 0; t < 201; t++)
        {
            bool arrival = arrivals.Contains(t), spike = spikes.Contains(t);
            if (arrival) w = Math.Max(0, w - (14e-5 * Math.Max(0, minus - theta)));
            if (spike) w = Math.Min(1, w + (8e-5 * x * (33 + 45.3) * 2 * Math.Max(0, plus - theta)));
            minus = Filter(minus, 10);
            plus = Filter(plus, 7);
            x = (x + (arrival ? 1 / 15.0 : 0)) * Math.Exp(-1 / 15.0);

            double Filter(double value, double tau) =>
                potential(t) + ((value + (spike ? (33 + 70.6) * 2 / tau : 0) - potential(t)) * Math.Exp(-1 / tau));
        }
        return w;
    }
}
