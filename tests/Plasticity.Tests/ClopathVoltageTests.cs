using FsCheck;
using FsCheck.Fluent;
using Lepton.Neuro.Lanes;
using Lepton.Neuro.Plasticity.Laws;
using Lepton.Neuro.Testing;
using static Lepton.Neuro.Units;
using Bench = Lepton.Neuro.Plasticity.Laws.SynapseBench;

namespace Lepton.Neuro.Plasticity.Tests;

public class ClopathVoltageTests
{
    static readonly Gen<int[]> Trains =
        from steps in Gen.Choose(2, 200).ArrayOf()
        select steps.Distinct().Order().Take(12).ToArray();

    [Fact]
    public void Every_run_equals_the_equations_in_double_precision() =>
        Properties.Holds(
            from arrivals in Trains
            from spikes in Trains
            from swing in Gen.Choose(0, 40)
            from homeostatic in Gen.Elements(true, false)
            from width in Gen.Choose(0, 3)
            from lift in Gen.Choose(0, 6)
            select (arrivals, spikes, swing, homeostatic, width, lift),
            c =>
            {
                var rule = new ClopathVoltage { ReferenceSquare = c.homeostatic ? 60 : 0, TauMean = 200.ms, SpikeWidth = c.width.ms, ThetaMinus = (-70.6 + c.lift).mV };
                var stimulus = new Stimulus(c.arrivals, c.spikes) { Steps = 201, Potential = Potential };
                double expected = Exact();
                Assert.Equal(expected, Bench.Run(rule, stimulus, 0.5, 1.ms).Weight, 1e-12);
                Assert.Equal(expected, Bench.Run<Scalar>(rule, stimulus, 0.5, 1.ms).Weight, 1e-5);

                double Potential(int t) => -65 + (c.swing * Math.Sin(t / 7.0));

                double Exact()
                {
                    double w = 0.5, minus = 0, plus = 0, mean = 0, x = 0;
                    int left = 0;
                    for (int t = 0; t < 201; t++)
                    {
                        if (c.arrivals.Contains(t)) w = Math.Max(0, w - (14e-5 * (c.homeostatic ? mean * mean / 60 : 1) * Math.Max(0, minus - c.lift)));
                        left = c.spikes.Contains(t) ? c.width : Math.Max(left - 1, 0);
                        double u = (left > 0 ? 33 : Potential(t)) + 70.6;
                        double drive = 8e-5 / 15 * Math.Max(0, u - 70.6 + 45.3) * Math.Max(0, plus - c.lift);
                        minus += (u - minus) * (1 - Math.Exp(-1 / 10.0));
                        plus += (u - plus) * (1 - Math.Exp(-1 / 7.0));
                        mean += (minus - mean) * (1 - Math.Exp(-1 / 200.0));
                        x = (x * Math.Exp(-1 / 15.0)) + (c.arrivals.Contains(t) ? 1 : 0);
                        w = Math.Min(1, w + (x * drive));
                    }
                    return w;
                }
            },
            80);

    [Fact]
    public void Below_its_lower_threshold_nothing_ever_changes() =>
        Properties.Holds(
            Trains,
            arrivals => Assert.All(Bench.Run(new ClopathVoltage(), new(arrivals, []) { Steps = 201, Potential = t => -71 - (5 * Math.Abs(Math.Sin(t))) }, 0.5, 1.ms).Weights, w => Assert.Equal(0.5, w)),
            30);

    [Fact]
    public void A_depolarisation_without_a_spike_strengthens_if_it_passes_the_upper_threshold()
    {
        // What the rule of events cannot see: the target never fires.
        double Change(double peak) => Bench.Run(new ClopathVoltage { Depression = 0 }, new([40], []) { Steps = 80, Potential = t => t is >= 45 and < 60 ? peak : -60 }, 0.5, 1.ms).Weight - 0.5;
        Assert.Equal(0, Change(-46));
        Assert.True(Change(-40) > 0 && Change(-30) > 2 * Change(-40));
    }

    [Fact]
    public void With_short_steps_it_is_an_integral_that_no_longer_depends_on_them()
    {
        double[] weights = [.. new[] { 1, 2, 4, 8, 16 }.Select(f => Bench.Run(
            new ClopathVoltage(),
            new([20 * f, 60 * f], [30 * f, 50 * f]) { Delay = f, Steps = 100 * f, Potential = t => -55 + (12 * Math.Sin((t + 1.0) / f / 9)) }, 0.5, new(1e-3 / f)).Weight)];
        for (int k = 2; k < weights.Length; k++)
            Assert.InRange(Math.Abs(weights[k] - weights[k - 1]) / Math.Abs(weights[k - 1] - weights[k - 2]), 0.3, 0.7);
    }

    [Fact]
    public void Long_depolarisation_makes_depression_stronger()
    {
        var rule = new ClopathVoltage { Potentiation = 0, ReferenceSquare = 60, TauMean = 100.ms };
        double Loss(int since) => 0.5 - Bench.Run(rule, new([500], []) { Steps = 502, Potential = t => t >= since ? -60 : -70.6 }, 0.5, 1.ms).Weight;
        Assert.True(Loss(0) > 2 * Loss(450), $"{Loss(0)} and {Loss(450)}");
    }

    [Fact]
    public void Parameters_out_of_range_are_refused_by_name()
    {
        Refused(new() { Depression = -1 }, "Depression");
        Refused(new() { ReferenceSquare = float.NaN }, "ReferenceSquare");
        Refused(new() { TauMean = 0.ms }, "TauMean");
        Refused(new() { SpikeWidth = (-1).ms }, "SpikeWidth");

        static void Refused(ClopathVoltage rule, string name) => Assert.Contains(name, Assert.Throws<InvalidInputException>(() => rule.Validate("it")).Message, StringComparison.Ordinal);
    }
}
