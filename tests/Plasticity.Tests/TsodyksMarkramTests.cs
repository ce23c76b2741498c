using Lepton.Neuro.Plasticity.Laws;
using static Lepton.Neuro.Units;
using Bench = Lepton.Neuro.Plasticity.Laws.SynapseBench;

namespace Lepton.Neuro.Plasticity.Tests;

public class TsodyksMarkramTests
{
    static readonly TsodyksMarkram Depressing = new() { Utilisation = 0.45f, TauFacilitation = 50.ms, TauRecovery = 750.ms };

    [Fact]
    public void A_train_of_20_Hz_gives_the_known_efficacies()
    {
        double[] expected = [0.45, 0.313279869209, 0.175168937341, 0.108993433803, 0.080968669109];
        var sent = Bench.Run(Depressing, new([10, 60, 110, 160, 210], []), 1, 1.ms).Sent;
        Assert.Equal(expected.Length, sent.Count);
        for (int k = 0; k < expected.Length; k++) Assert.Equal(expected[k], sent[k], 1e-12);
    }

    [Fact]
    public void A_long_train_reaches_the_steady_state_and_a_long_silence_ends_it()
    {
        int[] train = [.. Enumerable.Range(0, 200).Select(k => 10 + (50 * k))];
        var sent = Bench.Run(Depressing, new([.. train, 40_000], []), 1, 1.ms).Sent;
        double u = 0.45 / (1 - (0.55 * Math.Exp(-1))), recovery = Math.Exp(-50 / 750.0), x = (1 - recovery) / (1 - ((1 - u) * recovery));
        Assert.Equal(u * x, sent[199], 1e-12);
        Assert.Equal(0.45, sent[200], 1e-12);
    }

    [Fact]
    public void Resources_and_utilisation_stay_between_their_ends_and_the_weight_is_untouched()
    {
        var every = Enumerable.Range(1, 400).ToArray();
        foreach (var rule in new[] { new TsodyksMarkram(), Depressing, new TsodyksMarkram { Utilisation = 0.05f, TauFacilitation = 1000.ms }, new TsodyksMarkram { Utilisation = 1 } })
        {
            var run = Bench.Run(rule, new(every, every), 0.75, 1.ms);
            Assert.All(run.Sent, s => Assert.InRange(s, 0, 0.75));
            Assert.All(run.Weights, w => Assert.Equal(0.75, w));
        }
    }

    [Fact]
    public void A_facilitating_synapse_grows_before_it_tires()
    {
        var sent = Bench.Run(new TsodyksMarkram { Utilisation = 0.1f, TauFacilitation = 1000.ms, TauRecovery = 20.ms }, new([10, 30, 50, 70], []), 1, 1.ms).Sent;
        Assert.True(sent[0] < sent[1] && sent[1] < sent[2], string.Join(' ', sent));
    }

    [Fact]
    public void A_session_that_does_not_learn_has_it_too()
    {
        var network = new Network(1);
        var source = network.Add("source", 1, SpikeSource.OneNeuron(1.ms, 2.ms, 3.ms, 4.ms, 5.ms));
        var target = network.Add("target", 1, new IntegrateAndFire { Threshold = 0.49f, Reset = ResetMode.ToZero });
        network.Connect(source, target, Wiring.OneToOne, 1.0, rule: new TsodyksMarkram { Utilisation = 0.5f, TauRecovery = 10_000.ms });
        using var session = Reference.Evaluate(network.Compile(1.ms));
        session.Advance(20.ms);
        // 0.5 makes it fire; 0.25 and 0.125 and what follows come to less than 0.49 together.
        Assert.Equal(1, session.Activity.SpikesOf(target));
    }

    [Fact]
    public void Parameters_out_of_range_are_refused_by_name()
    {
        Refused(new() { Utilisation = 1.5f }, "Utilisation");
        Refused(new() { TauRecovery = 0.ms }, "TauRecovery");
        Refused(new() { TauFacilitation = (-1).ms }, "TauFacilitation");
        Refused(new() { Minimum = 0.5f }, "Minimum");

        static void Refused(TsodyksMarkram rule, string name) => Assert.Contains(name, Assert.Throws<InvalidInputException>(() => rule.Validate("it")).Message, StringComparison.Ordinal);
    }
}
