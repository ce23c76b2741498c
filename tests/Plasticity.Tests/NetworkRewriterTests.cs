using Lepton.Neuro.Backends;
using Lepton.Neuro.Plasticity.Compression;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Plasticity.Tests;

public sealed class NetworkRewriterTests
{
    [Fact]
    public void A_network_built_anew_fires_the_same_spikes()
    {
        var (plan, plastic) = Mixed();
        using var session = Cpu.Load(plan, new() { Threads = 1 });
        session.Advance(200);
        // The largest weights decide how finely inputs are summed, and they need not be the same: weights on a grid have no part in that.
        session.SetWeights(plastic, Grid(session.Weights(plastic)));
        float[] learned = session.Weights(plastic);
        foreach (bool drop in (bool[])[false, true])
        {
            var rewritten = new NetworkRewriter(plan).SetWeights(plastic, learned, drop).Build();
            using var old = Cpu.Evaluate(plan, new() { Threads = 1 }, session.Learned);
            using var anew = Cpu.Evaluate(rewritten.Network.Compile(1.ms), new() { Threads = 1 }, rewritten.Translate(session.Learned));
            Assert.Equal(Spikes(old), Spikes(anew));
            Assert.All(rewritten.Network.Projections, p => Assert.Null(p.Rule));
        }

        static (long, string) Spikes(Session session)
        {
            var hash = session.RecordAll(new SpikeHash());
            session.Begin(7);
            session.Advance(300);
            return (session.Activity.TotalSpikes, hash.ToString());
        }
    }

    [Fact]
    public void Synapses_of_weight_zero_and_populations_that_are_not_kept_go_and_spikes_stay()
    {
        var network = new Network(3);
        var source = network.Add("source", 20, new PoissonSource(200.Hz));
        var target = network.Add("target", 10, new IntegrateAndFire());
        var teacher = network.Add("teacher", 5, new IntegrateAndFire());
        var synapses = network.Connect(source, target, Wiring.AllToAll, Weight.Uniform(-0.2, 0.5), rule: new PairStdp { Minimum = -1 });
        network.Connect(target, teacher, Wiring.AllToAll, 1);
        var plan = network.Compile(1.ms);
        float[] weights;
        using (var session = Cpu.Load(plan, new() { Threads = 1 })) weights = session.Weights(synapses);
        weights = new SymmetricQuantization(8).Apply(MagnitudePruning.Apply(weights, 0.75)).Values;
        var sparse = new NetworkRewriter(plan).KeepOnly(source, target).SetWeights(synapses, weights, dropZeros: true).Build();
        var dense = new NetworkRewriter(plan).Drop(teacher).SetWeights(synapses, weights).Build();

        Assert.Equal(["source", "target"], sparse.Network.Populations.Select(p => p.Name));
        Assert.Equal(50, sparse.Network.Compile(1.ms).SynapseCount);
        Assert.Equal(200, dense.Network.Compile(1.ms).SynapseCount);
        Assert.Same(sparse.Network.Projections[0], sparse.Projections[synapses]);
        var (spikes, hash) = Run(sparse.Network);
        Assert.True(spikes > 500);
        Assert.Equal((spikes, hash), Run(dense.Network));

        static (long, string) Run(Network network)
        {
            using var session = Cpu.Evaluate(network.Compile(1.ms), new() { Threads = 1 });
            var hash = session.RecordAll(new SpikeHash());
            session.Advance(300);
            return (session.Activity.TotalSpikes, hash.ToString());
        }
    }

    [Fact]
    public void What_cannot_be_done_is_refused_by_name()
    {
        var (plan, plastic) = Mixed();
        Assert.Contains("the weights for", Assert.Throws<InvalidInputException>(() => new NetworkRewriter(plan).SetWeights(plastic, [1f])).Message, StringComparison.Ordinal);
        var shared = plan.Source.Projections.Single(p => p.Wiring is ConvolutionWiring);
        Assert.Contains("a shared kernel", Assert.Throws<InvalidInputException>(() => new NetworkRewriter(plan).SetWeights(shared, new float[18], dropZeros: true)).Message, StringComparison.Ordinal);
    }

    static float[] Grid(float[] weights) => Array.ConvertAll(weights, w => MathF.Round(w * 64) / 64);

    /// <summary>A network with every kind of wiring and delay.</summary>
    static (CompiledNetwork Plan, Projection Plastic) Mixed()
    {
        var network = new Network(5);
        var source = network.Add("source", 36, new PoissonSource(100.Hz));
        var neurons = network.Add("neurons", 30, new AdaptiveLif { Homeostatic = true, TauThreshold = 5000.ms, Increment = 0.3.mV });
        var kernel = network.Add("kernel", 32, new IntegrateAndFire { Threshold = 2, Leak = 0.9f });
        var plastic = network.Connect(source, neurons, Wiring.AllToAll, Weight.Uniform(0, 20), rule: new PairStdp { Maximum = 25, Potentiation = 0.05f, Depression = 0.06f });
        network.Connect(neurons, neurons, Wiring.Probability(0.2), -3, Delay.Uniform(1.ms, 6.ms), "inhibitory");
        network.Connect(source, neurons, Wiring.InDegree(4), 2, Delay.Normal(3.ms, 1.ms));
        network.Connect(source, kernel, Wiring.Convolution(6, 6, 1, 2, 3), Weight.Explicit(Grid([.. Enumerable.Range(0, 18).Select(k => k * 7 % 18 / 12f)])), 2.ms);
        network.Connect(kernel, neurons, Wiring.Total(100), 4);
        var back = network.Add("back", 36, new IntegrateAndFire { Threshold = 30 });
        var forth = network.Connect(back, neurons, Wiring.AllToAll, Weight.Explicit(Grid([.. Enumerable.Range(0, 36 * 30).Select(k => (k * 31 % 101 / 50f) - 1)])));
        network.Connect(neurons, back, Wiring.TransposeOf(forth, 8), 0);
        network.Drive(neurons, 500.Hz, 8);
        return (network.Compile(1.ms), plastic);
    }
}
