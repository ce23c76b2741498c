using FsCheck;
using FsCheck.Fluent;
using Lepton.Neuro.Lanes;
using Lepton.Neuro.Plasticity.Laws;
using Lepton.Neuro.Testing;
using static Lepton.Neuro.Units;
using Bench = Lepton.Neuro.Plasticity.Laws.SynapseBench;

namespace Lepton.Neuro.Plasticity.Tests;

public class TripletStdpTests
{
    static readonly Gen<int[]> Trains =
        from steps in Gen.Choose(2, 300).ArrayOf()
        select steps.Distinct().Order().Take(12).ToArray();

    static readonly TripletStdp[] Sets =
    [
        TripletStdp.VisualCortexAllToAllFull, TripletStdp.VisualCortexAllToAllMinimal, TripletStdp.VisualCortexNearestFull, TripletStdp.VisualCortexNearestMinimal,
        TripletStdp.HippocampusAllToAllFull, TripletStdp.HippocampusAllToAllMinimal, TripletStdp.HippocampusNearestFull, TripletStdp.HippocampusNearestMinimal,
    ];

    [Fact]
    public void Every_set_gives_the_closed_sum_over_pairs_and_triplets() =>
        Properties.Holds(
            from arrivals in Trains
            from spikes in Trains
            from set in Gen.Elements(Sets)
            select (arrivals, spikes, set),
            c =>
            {
                var rule = c.set with { Minimum = -10, Maximum = 10 };
                Assert.Equal(Closed(rule, c.arrivals, c.spikes), Bench.Run(rule, new(c.arrivals, c.spikes), 0, 1.ms).Weight, 1e-13);
                Assert.Equal(Closed(rule, c.arrivals, c.spikes), Bench.Run<Scalar>(rule, new(c.arrivals, c.spikes), 0, 1.ms).Weight, 2e-6);
            },
            120);

    // The model's predictions for the experiment of Sjöström, Turrigiano and Nelson (2001): 60 pairs at 0.1, 10, 20, 40 and 50 a second, 10 ms apart.
    [Theory]
    [InlineData(0, 10, 0.0000, 0.1321, 0.2470, 0.5337, 0.7409)]
    [InlineData(0, -10, -0.3122, -0.3336, -0.3516, 0.1548, 0.7272)]
    [InlineData(1, 10, 0.0000, 0.1186, 0.2278, 0.5321, 0.7627)]
    [InlineData(1, -10, -0.3166, -0.3322, -0.3417, 0.1737, 0.7492)]
    [InlineData(3, 10, 0.0000, 0.1009, 0.3220, 0.5683, 0.6358)]
    [InlineData(3, -10, -0.3568, -0.3556, -0.2786, 0.2898, 0.6299)]
    public void Plasticity_depends_on_the_rate_as_published(int set, int apart, params double[] expected)
    {
        var rule = Sets[set] with { Minimum = -10, Maximum = 10 };
        int[] periods = [2000, 20, 10, 5, 4];
        for (int k = 0; k < periods.Length; k++)
        {
            // Steps of 5 ms hold every time of the protocol.
            int[] arrivals = [.. Enumerable.Range(0, 60).Select(i => 10 + (i * periods[k]))];
            int[] spikes = [.. arrivals.Select(t => t + (apart / 5))];
            Assert.Equal(expected[k], Bench.Run(rule, new(arrivals, spikes), 0, 5.ms).Weight, 5.1e-5);
        }
    }

    [Fact]
    public void Without_triplets_it_is_the_pair_rule() =>
        Properties.Holds(
            from arrivals in Trains
            from spikes in Trains
            select new Stimulus(arrivals, spikes),
            stimulus =>
            {
                var triplet = new TripletStdp { A2Plus = 0.01f, A3Plus = 0, A2Minus = 0.02f, A3Minus = 0 };
                var pair = new PairStdp { Potentiation = 0.01f, Depression = 0.02f, TauPre = triplet.TauPlus, TauPost = triplet.TauMinus };
                Assert.Equal(Bench.Run(pair, stimulus, 0.5, 1.ms).Weight, Bench.Run(triplet, stimulus, 0.5, 1.ms).Weight, 1e-14);
            },
            60);

    [Fact]
    public void Under_independent_firing_the_drift_changes_its_sign_at_the_threshold_of_the_minimal_set()
    {
        // <dw/dt> = rho_x (A3Plus TauPlus TauY rho_y^2 - A2Minus TauMinus rho_y): zero at 19.22 Hz.
        var rule = TripletStdp.VisualCortexAllToAllMinimal with { Minimum = -1000, Maximum = 1000 };
        Assert.Equal(19.22, 7.1e-3 * 33.7e-3 / (6.5e-3 * 16.8e-3 * 114e-3), 0.01);
        Assert.True(Drift(12) < -0.2 && Drift(28) > 0.2, $"{Drift(12)} and {Drift(28)}");

        double Drift(double rate)
        {
            var chance = new System.Random(7);
            int[] Train(double hertz) => [.. Enumerable.Range(2, 100_000).Where(_ => chance.NextDouble() < hertz * 1e-3)];
            return Bench.Run(rule, new(Train(20), Train(rate)), 0, 1.ms).Weight;
        }
    }

    [Fact]
    public void Parameters_out_of_range_are_refused_by_name()
    {
        Refused(new() { A2Plus = -1 }, "A2Plus");
        Refused(new() { A3Minus = float.NaN }, "A3Minus");
        Refused(new() { TauX = 0.ms }, "TauX");
        Refused(new() { TauY = (-1).ms }, "TauY");
        Refused(new() { Minimum = 2 }, "Minimum");
        Refused(new() { Pairing = SpikePairing.Restricted }, "Pairing");

        static void Refused(TripletStdp rule, string name) => Assert.Contains(name, Assert.Throws<InvalidInputException>(() => rule.Validate("it")).Message, StringComparison.Ordinal);
    }

    static double Closed(TripletStdp rule, int[] arrivals, int[] spikes)
    {
        bool all = rule.Pairing == SpikePairing.AllToAll;
        double w = 0;
        foreach (int t in arrivals) w -= Trace(spikes, t, rule.TauMinus) * (Number(rule.A2Minus) + (Number(rule.A3Minus) * Trace(arrivals, t, rule.TauX)));
        foreach (int t in spikes) w += Trace(arrivals, t, rule.TauPlus) * (Number(rule.A2Plus) + (Number(rule.A3Plus) * Trace(spikes, t, rule.TauY)));
        return w;

        double Trace(int[] train, int t, Time tau)
        {
            var earlier = train.Where(s => s < t).Select(s => Math.Exp((s - t) / tau.Milliseconds)).Order();
            return all ? earlier.Sum() : earlier.LastOrDefault();
        }

        static double Number(float value) => (double)(decimal)value;
    }
}
