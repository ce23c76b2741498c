using FsCheck;
using FsCheck.Fluent;
using Lepton.Neuro.Plasticity.Laws;
using Lepton.Neuro.Testing;
using static Lepton.Neuro.Units;
using Bench = Lepton.Neuro.Plasticity.Laws.SynapseBench;

namespace Lepton.Neuro.Plasticity.Tests;

public class VogelsStdpTests
{
    static readonly Gen<int[]> Trains =
        from steps in Gen.Choose(2, 120).ArrayOf()
        select steps.Distinct().Order().Take(12).ToArray();

    [Fact]
    public void Every_run_equals_the_sum_over_pairs_and_arrivals() =>
        Properties.Holds(
            from arrivals in Trains
            from spikes in Trains
            from negative in Gen.Elements(true, false)
            select (arrivals, spikes, negative),
            c =>
            {
                double pairs = (from t in c.arrivals from s in c.spikes where s != t select Math.Exp(-Math.Abs(t - s) / 20.0)).Sum();
                double strength = 0.5 + (0.001 * (pairs - (0.12 * c.arrivals.Length)));
                double weight = Bench.Run(new VogelsStdp { Negative = c.negative }, new(c.arrivals, c.spikes), c.negative ? -0.5 : 0.5, 1.ms).Weight;
                Assert.Equal(c.negative ? -strength : strength, weight, 1e-13);
            },
            80);

    [Fact]
    public void Time_may_run_backwards() =>
        Properties.Holds(
            from arrivals in Trains
            from spikes in Trains
            select (arrivals, spikes),
            c =>
            {
                var rule = new VogelsStdp { Negative = false };
                int[] Back(int[] train) => [.. train.Select(t => 130 - t)];
                Assert.Equal(Bench.Run(rule, new(c.arrivals, c.spikes), 0.5, 1.ms).Weight, Bench.Run(rule, new(Back(c.arrivals), Back(c.spikes)), 0.5, 1.ms).Weight, 1e-13);
            },
            40);

    [Fact]
    public void Inhibition_drifts_up_above_the_target_rate_and_down_below_it()
    {
        var rule = new VogelsStdp { TargetRate = 10.Hz, Negative = false, Maximum = 1000 };
        Assert.True(Drift(5) < -0.5 && Drift(20) > 0.5, $"{Drift(5)} and {Drift(20)}");
        Assert.InRange(Drift(10), -0.2, 0.2);

        // The mean drift of independent trains is 2 Rate Tau rho_x (rho_y - TargetRate): 0.4 in 100 s for every 10 Hz at rho_x = 10 Hz; here rho_x = 20 Hz.
        double Drift(double rate)
        {
            var chance = new System.Random(11);
            int[] Train(double hertz) => [.. Enumerable.Range(2, 200_000).Where(_ => chance.NextDouble() < hertz * 1e-3)];
            return Bench.Run(rule, new(Train(20), Train(rate)), 500, 1.ms).Weight - 500;
        }
    }

    [Fact]
    public void Parameters_out_of_range_are_refused_by_name()
    {
        Refused(new() { Rate = -1 }, "Rate");
        Refused(new() { TargetRate = (-3).Hz }, "TargetRate");
        Refused(new() { Tau = 0.ms }, "Tau");
        Refused(new() { Maximum = 0 }, "Maximum");

        static void Refused(VogelsStdp rule, string name) => Assert.Contains(name, Assert.Throws<InvalidInputException>(() => rule.Validate("it")).Message, StringComparison.Ordinal);
    }
}
