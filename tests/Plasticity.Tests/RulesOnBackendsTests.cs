using Lepton.Neuro.Backends;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Plasticity.Tests;

/// <summary>Every rule gives the same spikes and the same weights, bit for bit, on the CPU backend and on the oracle, with dense and with sparse wiring.</summary>
public class RulesOnBackendsTests
{
    static readonly SynapseRule[] Rules =
    [
        new PairStdp { Pairing = SpikePairing.PresynapticCentred }, new PairStdp { Pairing = SpikePairing.Restricted, MuPlus = 0.4f }, TripletStdp.VisualCortexAllToAllFull with { Maximum = 20 },
        new VogelsStdp { Rate = 0.1f, Maximum = 20 }, new TsodyksMarkram { TauFacilitation = 50.ms, Maximum = 20 }, new RewardStdp { Baseline = 0.1f, Maximum = 20 },
        new Hebb { Maximum = 20 }, new Oja { Maximum = 20 }, new Bcm { Maximum = 20 }, new DeltaRule { Minimum = -20, Maximum = 20 }, new ClopathStdp { Maximum = 20 },
        new ClopathVoltage { Maximum = 20, ReferenceSquare = 60 }, new StochasticStdp { Potentiation = 0.4f, Depression = 0.3f, Levels = 9, Maximum = 20 }, new Eprop { Threshold = 300, Rate = 10, Minimum = -20, Maximum = 20 },
        new ShortTerm(new PairStdp { Potentiation = 0.1f, Depression = 0.1f, Maximum = 20 }, new TsodyksMarkram()), new ThreeFactor(new Hebb { PreRate = 1, PostRate = 1, Maximum = 20 }),
        new SynapticScaling(new PairStdp { Maximum = 20 }) { TargetRate = 20.Hz, Tau = 200.ms }, new ShortTerm(new ThreeFactor(new StochasticStdp { Levels = 100, Potentiation = 1, Maximum = 20 }) { TauFactor = 30.ms }, new TsodyksMarkram()),
    ];

    public static TheoryData<int> All => [.. Enumerable.Range(0, Rules.Length)];

    [Theory]
    [MemberData(nameof(All))]
    public void The_backend_equals_the_oracle(int index)
    {
        var rule = Rules[index];
        var (least, most) = rule.WeightRange;
        foreach (var wiring in new[] { Wiring.AllToAll, Wiring.InDegree(9) })
        {
            var network = new Network(7);
            var source = network.Add("source", 21, new PoissonSource(60.Hz));
            var target = network.Add("target", 19, rule is Eprop eprop ? new EpropNeuron { Threshold = eprop.Threshold } : new Lif { Capacitance = 20.pF });
            network.Drive(target, 900.Hz, 100);
            var synapses = network.Connect(source, target, wiring, Weight.Uniform(Math.Max(least, -1), Math.Min(most, 1)), Delay.Uniform(1.ms, 4.ms), rule: rule, modulator: Modulator.Global());
            var plan = network.Compile(1.ms);
            using var oracle = Reference.Load(plan);
            using var backend = Cpu.Load(plan);
            foreach (var session in new[] { oracle, backend })
            {
                for (int presentation = 0; presentation < 2; presentation++)
                {
                    session.Begin((ulong)presentation);
                    session.Advance(100);
                    session.SetModulator(synapses, 0.03f);
                    session.Advance(60);
                    session.Update(synapses);
                    session.SetModulator(synapses, 0);
                    session.Advance(60);
                    session.Update(synapses);
                }
            }
            Assert.True(oracle.Activity.SpikesOf(target) > 100, $"{oracle.Activity.SpikesOf(target)} spikes");
            Assert.Equal(oracle.Activity.SpikesOf(target), backend.Activity.SpikesOf(target));
            Assert.Equal(oracle.Weights(synapses), backend.Weights(synapses));
            if (rule is not TsodyksMarkram)
            {
                using var fresh = Reference.Load(plan);
                Assert.NotEqual(fresh.Weights(synapses), oracle.Weights(synapses));
            }
        }
    }
}
