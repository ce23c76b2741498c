using FsCheck;
using FsCheck.Fluent;
using Lepton.Neuro.Testing;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Plasticity.Tests;

public class PowerLawStdpTests
{
    static readonly int[] Arrivals = [10, 30, 33, 70, 95];
    static readonly int[] Spikes = [12, 31, 36, 60, 100];

    static readonly Gen<int[]> Trains =
        from steps in Gen.Choose(2, 120).ArrayOf()
        select steps.Distinct().Order().Take(12).ToArray();

    [Fact]
    public void The_rule_gives_the_known_weight() =>
        Assert.Equal(1.49995966952174, SynapseBench.Run(new PowerLawStdp { Depression = 0.1f * 0.0513f, Maximum = 10 }, Arrivals, Spikes, 1), 1e-6);

    [Fact]
    public void Every_run_equals_the_sum_over_events_in_double_precision() =>
        Properties.Holds(
            from arrivals in Trains
            from spikes in Trains
            from mu in Gen.Elements(0f, 0.4f, 1f)
            from start in Gen.Elements(0f, 0.3f, 5f)
            select (arrivals, spikes, mu, start),
            c =>
            {
                var rule = new PowerLawStdp { Depression = 0.02f, Mu = c.mu, Maximum = 6 };
                Assert.Equal(Exact(rule, c.arrivals, c.spikes, c.start), SynapseBench.Run(rule, c.arrivals, c.spikes, c.start), 3e-5);
            },
            80);

    [Fact]
    public void Where_potentiation_and_depression_balance_a_weight_does_not_drift()
    {
        // Three seconds of independent Poisson trains: the mean weight goes up from below the fixed point, down from above it, and hardly anywhere from there.
        var rule = new PowerLawStdp { Depression = 0.05f, Maximum = 100 };
        double fixedPoint = Math.Pow(0.1 * 15 / (0.05 * 30), 1 / 0.6);
        double Drift(double start)
        {
            double sum = 0;
            for (int seed = 0; seed < 150; seed++) sum += SynapseBench.Run(rule, Poisson(seed), Poisson(seed + 1000), (float)start) - start;
            return sum / 150 / start;
        }
        double below = Drift(fixedPoint / 3), at = Drift(fixedPoint), above = Drift(fixedPoint * 3);
        Assert.True(below > 3 * Math.Abs(at) && above < -3 * Math.Abs(at), $"{below} {at} {above}");
    }

    [Fact]
    public void A_weight_of_zero_stays_zero() =>
        Properties.Holds(Trains, spikes => Assert.Equal(0, SynapseBench.Run(new PowerLawStdp(), Arrivals, spikes, 0)), 20);

    [Theory]
    [InlineData(nameof(PowerLawStdp.Potentiation))]
    [InlineData(nameof(PowerLawStdp.Depression))]
    [InlineData(nameof(PowerLawStdp.Mu))]
    [InlineData(nameof(PowerLawStdp.Maximum))]
    public void Parameters_out_of_range_are_refused_by_name(string name)
    {
        var rule = name switch
        {
            nameof(PowerLawStdp.Potentiation) => new PowerLawStdp { Potentiation = float.NaN },
            nameof(PowerLawStdp.Depression) => new PowerLawStdp { Depression = 1.5f },
            nameof(PowerLawStdp.Mu) => new PowerLawStdp { Mu = -0.1f },
            _ => new PowerLawStdp { Maximum = 0 },
        };
        Assert.Contains(name, Assert.Throws<InvalidInputException>(() => rule.Validate("it")).Message, StringComparison.Ordinal);
    }

    // The sum over all earlier events, with no trace.
    static double Exact(PowerLawStdp rule, int[] arrivals, int[] spikes, double weight)
    {
        foreach (int now in arrivals.Union(spikes).Order())
        {
            double x = arrivals.Where(t => t < now).Sum(t => Math.Exp((t - now) / rule.TauPre.Milliseconds));
            double y = spikes.Where(t => t < now).Sum(t => Math.Exp((t - now) / rule.TauPost.Milliseconds));
            if (arrivals.Contains(now)) weight = Math.Max(weight - (rule.Depression * weight * y), 0);
            if (spikes.Contains(now)) weight = Math.Min(weight + (rule.Potentiation * x * (rule.Mu == 0 ? 1 : Math.Pow(weight, rule.Mu))), rule.Maximum);
        }
        return weight;
    }

    static int[] Poisson(int seed)
    {
        var random = new System.Random(seed);
        return [.. Enumerable.Range(2, 3000).Where(_ => random.NextDouble() < 0.01)];
    }
}
