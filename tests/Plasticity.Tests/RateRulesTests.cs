using FsCheck;
using FsCheck.Fluent;
using Lepton.Neuro.Lanes;
using Lepton.Neuro.Plasticity.Laws;
using Lepton.Neuro.Testing;
using static Lepton.Neuro.Units;
using Bench = Lepton.Neuro.Plasticity.Laws.SynapseBench;

namespace Lepton.Neuro.Plasticity.Tests;

/// <summary>Hebb, Oja, BCM and the delta rule: each against its equations in doubles.</summary>
public class RateRulesTests
{
    static readonly Gen<(int[] Arrivals, int[] Spikes)> Trains =
        from arrivals in Gen.Choose(2, 200).ArrayOf()
        from spikes in Gen.Choose(2, 200).ArrayOf()
        select (arrivals.Distinct().Order().Take(14).ToArray(), spikes.Distinct().Order().Take(14).ToArray());

    [Fact]
    public void Hebb_sums_over_all_pairs() =>
        Properties.Holds(
            Trains,
            c =>
            {
                var rule = new Hebb { PreRate = 0.002f, PostRate = -0.003f, Minimum = -10, Maximum = 10 };
                double expected = (from t in c.Arrivals from s in c.Spikes where s != t select (s < t ? 0.002 : -0.003) * Math.Exp(-Math.Abs(t - s) / 20.0)).Sum();
                Assert.Equal(expected, Bench.Run(rule, new(c.Arrivals, c.Spikes), 0, 1.ms).Weight, 1e-14);
            },
            60);

    [Fact]
    public void Oja_follows_its_equation() =>
        Properties.Holds(
            Trains,
            c =>
            {
                double w = 0.5;
                foreach (int t in c.Spikes) w = Math.Clamp(w + (0.05 * (Trace(c.Arrivals, t, 20) - (w * Trace(c.Spikes, t, 20)))), 0, 1);
                Assert.Equal(w, Bench.Run(new Oja { Rate = 0.05f }, new(c.Arrivals, c.Spikes), 0.5, 1.ms).Weight, 1e-13);
                Assert.Equal(w, Bench.Run<Scalar>(new Oja { Rate = 0.05f }, new(c.Arrivals, c.Spikes), 0.5, 1.ms).Weight, 2e-6);
            },
            60);

    [Fact]
    public void Ojas_weights_come_to_rest_at_the_ratio_of_the_rates()
    {
        var chance = new System.Random(3);
        int[] Train(double hertz) => [.. Enumerable.Range(2, 300_000).Where(_ => chance.NextDouble() < hertz * 1e-3)];
        var run = Bench.Run(new Oja { Rate = 0.01f, Maximum = 5 }, new(Train(20), Train(40)), 3, 1.ms);
        Assert.Equal(0.5, run.Weights.Skip(150_000).Average(), 0.05);
    }

    [Fact]
    public void Bcm_follows_its_equations() =>
        Properties.Holds(
            Trains,
            c =>
            {
                var rule = new Bcm { Rate = 0.05f, TauThreshold = 80.ms };
                double w = 0.5, x = 0, y = 0, theta = 0;
                for (int t = 0; t < 201; t++)
                {
                    bool arrival = c.Arrivals.Contains(t), spike = c.Spikes.Contains(t);
                    if (spike) w = Math.Clamp(w + (0.05 * x * (y - theta)), 0, 1);
                    theta = (theta * Math.Exp(-1 / 80.0)) + ((1 - Math.Exp(-1 / 80.0)) * y * y / 1);
                    x = (x + (arrival ? 1 : 0)) * Math.Exp(-1 / 100.0);
                    y = (y + (spike ? 1 : 0)) * Math.Exp(-1 / 100.0);
                }
                Assert.Equal(w, Bench.Run(rule, new(c.Arrivals, c.Spikes), 0.5, 1.ms).Weight, 1e-12);
            },
            60);

    [Fact]
    public void Bcm_weakens_above_its_target_rate_and_strengthens_below_it_once_the_threshold_has_followed()
    {
        // A regular target: y and theta settle, and y - theta has the sign of y0 - y.
        Assert.True(Drift(20) > 0);
        Assert.True(Drift(60) < 0);

        static double Drift(int hertz)
        {
            int[] spikes = [.. Enumerable.Range(1, 40 * hertz).Select(k => (k * 1000 / hertz) + 2)];
            int[] arrivals = [.. Enumerable.Range(1, 800).Select(k => 50 * k)];
            var weights = Bench.Run(new Bcm { Rate = 1e-4f, TargetRate = 40.Hz, Minimum = -10, Maximum = 10 }, new(arrivals, spikes), 0, 1.ms).Weights;
            return weights[^1] - weights[30_000];
        }
    }

    [Fact]
    public void The_delta_rule_moves_weights_by_activity_times_error()
    {
        var counting = new DeltaRule { Rate = 0.01f, Tau = double.PositiveInfinity.ms };
        Stimulus Told(double error) => new([5, 9, 20], [7, 30]) { Delay = 2, Steps = 40, Updates = [40], Modulator = _ => error };
        Assert.Equal(0.25 + (0.01 * 3 * 0.5), Bench.Run(counting, Told(0.5), 0.25, 1.ms).Weight, 1e-14);
        Assert.Equal(0.25 - (0.01 * 3 * 0.5), Bench.Run(counting, Told(-0.5), 0.25, 1.ms).Weight, 1e-14);
        Assert.Equal(0.25, Bench.Run(counting, Told(0), 0.25, 1.ms).Weight);
        Assert.Equal(0.25, Bench.Run(counting, Told(0.5) with { Updates = [] }, 0.25, 1.ms).Weight);
        double x = Math.Exp(-37 / 100.0) + Math.Exp(-33 / 100.0) + Math.Exp(-22 / 100.0);
        Assert.Equal(0.25 + (0.01 * x * 0.5), Bench.Run(counting with { Tau = 100.ms }, Told(0.5), 0.25, 1.ms).Weight, 1e-14);
    }

    [Fact]
    public void The_delta_rule_learns_a_linear_map()
    {
        // Three patterns of spikes, one wanted answer each; the answer is the weighted count.
        int[][] patterns = [[1, 0, 1], [0, 2, 1], [1, 1, 0]];
        double[] wanted = [0.3, -0.4, 0.5], weights = [0, 0, 0];
        var rule = new DeltaRule { Rate = 0.1f, Tau = double.PositiveInfinity.ms };
        for (int epoch = 0; epoch < 300; epoch++)
        {
            for (int p = 0; p < 3; p++)
            {
                double error = wanted[p] - patterns[p].Select((n, i) => n * weights[i]).Sum();
                for (int i = 0; i < 3; i++)
                {
                    int[] arrivals = [.. Enumerable.Range(2, patterns[p][i])];
                    weights[i] = Bench.Run(rule, new(arrivals, []) { Steps = 10, Updates = [10], Modulator = _ => error }, weights[i], 1.ms).Weight;
                }
            }
        }
        for (int p = 0; p < 3; p++) Assert.Equal(wanted[p], patterns[p].Select((n, i) => n * weights[i]).Sum(), 1e-6);
    }

    [Fact]
    public void Parameters_out_of_range_are_refused_by_name()
    {
        Refused(new Hebb { PreRate = float.NaN }, "PreRate");
        Refused(new Hebb { Tau = 0.ms }, "Tau");
        Refused(new Oja { Rate = 2 }, "Rate");
        Refused(new Oja { Minimum = 1 }, "Minimum");
        Refused(new Bcm { TargetRate = 0.Hz }, "TargetRate");
        Refused(new Bcm { TauThreshold = (-1).ms }, "TauThreshold");
        Refused(new DeltaRule { Rate = -1 }, "Rate");
        Refused(new DeltaRule { Tau = 0.ms }, "Tau");

        static void Refused(SynapseRule rule, string name) => Assert.Contains(name, Assert.Throws<InvalidInputException>(() => rule.Validate("it")).Message, StringComparison.Ordinal);
    }

    static double Trace(int[] train, int t, double tau) => train.Where(s => s < t).Sum(s => Math.Exp((s - t) / tau));
}
