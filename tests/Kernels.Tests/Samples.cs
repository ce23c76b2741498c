using Lepton.Neuro.Agreement.Tests;
using Lepton.Neuro.Encoders;
using Lepton.Neuro.Plasticity;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Kernels.Tests;

/// <summary>Small networks that together hold every rule, encoder and neuron model.</summary>
static class Samples
{
    static readonly SynapseRule[] Rules =
    [
        new PairStdp { Maximum = 20 }, new PairStdp { MuPlus = 0.3f, Maximum = 20 }, new PowerLawStdp { Maximum = 20 }, new TripletStdp { Maximum = 20 }, new DiehlCookStdp { PreRate = 0.1f, Maximum = 20 },
        new VogelsStdp { Rate = 0.1f, Maximum = 20 }, new ClopathStdp { Maximum = 20 }, new ClopathVoltage { Maximum = 20 }, new RewardStdp { Baseline = 0.1f, Maximum = 20 },
        new ThreeFactor(new PairStdp { Maximum = 20 }), new Eprop(), new ErrorModulated(), new DeltaRule { Minimum = -20, Maximum = 20 }, new Hebb { Maximum = 20 }, new Oja { Maximum = 20 },
        new Bcm { Maximum = 20 }, new StochasticStdp(), new SynapticScaling(new PairStdp { Maximum = 20 }), new TsodyksMarkram { TauFacilitation = 50.ms, Maximum = 20 },
        new ShortTerm(new PairStdp { Maximum = 20 }, new TsodyksMarkram { Maximum = 20 }), new StaticWeight(),
    ];

    static readonly Encoder[] Sources =
    [
        new PoissonRate(300.Hz), new SignedPoissonRate(300.Hz), new DeterministicRate(), new TimeToFirstSpike(20), new Latency(20), new LogarithmicLatency(20, 5.ms), new RankOrder(20), new Burst(4),
        new WeightedPhase(4), new ConstantCurrent(10.ms), new SigmaDelta(), new Delta(), new PhaseSource(2, 9), new OutsideSpikes(), new PoissonSource(300.Hz),
    ];

    /// <summary>A network for each rule.</summary>
    public static IEnumerable<(Network Network, NetworkCase Case)> EveryRule(int steps = 60)
    {
        for (int i = 0; i < Rules.Length; i++)
        {
            var rule = Rules[i];
            var (least, most) = rule.WeightRange;
            var network = new Network((ulong)i);
            var source = network.Add("source", 21, new PoissonSource(60.Hz));
            var target = network.Add("target", 19, rule is Eprop eprop ? new EpropNeuron { Threshold = eprop.Threshold } : new Lif { Capacitance = 20.pF });
            network.Drive(target, 900.Hz, 100);
            network.Connect(source, target, i % 2 == 0 ? Wiring.AllToAll : Wiring.InDegree(9), Weight.Uniform(Math.Max(least, -1), Math.Min(most, 1)), Delay.Uniform(1.ms, 4.ms), rule: rule, modulator: Modulator.Global());
            yield return (network, new(i, 1, 1, 1, 0, 1, 0, steps));
        }
    }

    /// <summary>A network for each encoder, with the models that the random networks leave out.</summary>
    public static IEnumerable<(Network Network, NetworkCase Case)> EveryEncoderAndModel(int steps = 50)
    {
        for (int i = 0; i < Sources.Length; i++)
        {
            var one = new NetworkCase(200 + i, 30, 1, 1, 0, 1, 0, steps);
            var network = new Network((ulong)i);
            var source = network.Add("source", one.Sources, Sources[i]);
            var conductance = network.Add("conductance", 140, new ConductanceLif());
            var recurrent = network.Add("recurrent", 20, new EpropNeuron { Adaptation = 0.2f });
            var error = network.Add("error", 10, new ErrorNeuron());
            network.Connect(source, conductance, Wiring.AllToAll, Weight.Uniform(0, 4), Delay.Uniform(1.ms, 4.ms));
            network.Connect(conductance, conductance, Wiring.Probability(0.1), 1, 2.ms, conductance.Model!.Receptors[1]);
            network.Connect(source, recurrent, Wiring.AllToAll, Weight.Uniform(-0.1, 0.4), 1.ms);
            foreach (string receptor in error.Model!.Receptors) network.Connect(recurrent, error, Wiring.Probability(0.5), Weight.Uniform(0, 1), 1.ms, receptor);
            yield return (network, one);
        }
    }

    /// <summary>The models that the others leave out, and transposed weights.</summary>
    public static IEnumerable<(Network Network, NetworkCase Case)> OtherModels(int steps = 40)
    {
        foreach (int kind in (int[])[0, 1])
        {
            var one = new NetworkCase(8 + kind, 20, 20, 10, 0, 4, kind, steps);
            yield return (one.Build(_ => new UpdateRule()), one);
        }
    }

    /// <summary>A random network made small, with a rule of one kind or with none, for devices that are slow.</summary>
    public static (Network Network, NetworkCase Case) Small(NetworkCase one)
    {
        var small = one with { Sources = 1 + (one.Sources % 12), Cells = 1 + (one.Cells % 12), Others = 1 + (one.Others % 6), Steps = 1 + (one.Steps % 12) };
        return (small.Build(_ => (one.Seed % 4) switch { 0 => new EverythingRule(), 1 => new UpdateRule(), 2 => new ChanceRule(), _ => null }), small);
    }

    /// <summary>A convolution, whose synapses share weights.</summary>
    public static IEnumerable<(Network Network, NetworkCase Case)> Convolution(int steps = 60)
    {
        var network = new Network(5);
        var source = network.Add("source", 2 * 8 * 8, new PoissonSource(200.Hz));
        var to = network.Add("to", 3 * 6 * 6, new IntegrateAndFire { Threshold = 1 });
        network.Connect(source, to, Wiring.Convolution(8, 8, 2, 3, 3), Weight.Uniform(-0.2, 0.5), 2.ms);
        yield return (network, new(3, 1, 1, 1, 0, 1, 0, steps));
    }
}
