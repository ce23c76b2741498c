using Lepton.Neuro.Agreement.Tests;
using Lepton.Neuro.Backends.Kernels;
using Lepton.Neuro.Lanes;
using Lepton.Neuro.Testing;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Kernels.Tests;

/// <summary>Each image of a batch is the reference session that is shown the same, bit for bit.</summary>
public sealed class BatchTests
{
    static readonly ulong[] Presentations = [4, 0, 9];

    [Fact]
    public void StaticNetworks() => Agrees(_ => null);

    [Fact]
    public void RuleWithEverything() => Agrees(_ => new EverythingRule());

    [Fact]
    public void RuleOfSpikesOnly() => Agrees(_ => new SpikesOnlyRule());

    [Fact]
    public void RuleWithUpdates() => Agrees(_ => new UpdateRule());

    [Fact]
    public void RuleWithChance() => Agrees(_ => new ChanceRule());

    [Fact]
    public void EveryRuleEncoderAndModel()
    {
        foreach (var (network, one) in Samples.EveryRule(20).Concat(Samples.EveryEncoderAndModel(20)).Concat(Samples.Convolution(20)))
        {
            foreach (bool learning in (bool[])[false, true]) BatchRuns.Same(network.Compile(1.ms), one, Presentations, learning, (plan, images) => DeviceKernels.Batch(plan, images, learning, Runs.Way(one)));
        }
    }

    [Fact]
    public void LaunchesOfSeveralSteps()
    {
        var network = new Network(9);
        var source = network.Add("source", 20, new Encoders.PoissonRate(300.Hz));
        var script = network.Add("script", 2, new SpikeSource([(1.ms, 0), (2.ms, 1), (2.ms, 0)]));
        var cells = network.Add("cells", 30, new Lif());
        network.Connect(source, cells, Wiring.Probability(0.5), 300, Delay.Uniform(7.ms, 16.ms));
        network.Connect(script, cells, Wiring.AllToAll, 500, 8.ms);
        network.Drive(cells, 3000.Hz, 40);
        var one = new NetworkCase(3, 1, 1, 1, 0, 1, 0, 40);
        BatchRuns.Same(network.Compile(1.ms), one, Presentations, false, (plan, images) => DeviceKernels.Batch(plan, images));
    }

    [Fact]
    public void MergedWeightsAreTheMean()
    {
        var network = new Network(11);
        var source = network.Add("source", 30, new PoissonSource(100.Hz));
        var cells = network.Add("cells", 20, new IntegrateAndFire { Threshold = 3 });
        var projection = network.Connect(source, cells, Wiring.AllToAll, Weight.Uniform(0, 1), 1.ms, rule: new EverythingRule());
        using var batch = DeviceKernels.Batch(network.Compile(1.ms), 3, learning: true);
        batch.Advance(30);
        var before = Enumerable.Range(0, 3).Select(image => batch.Weights(image, projection)).ToArray();
        Assert.NotEqual(before[0], before[1]);
        batch.Merge();
        var mean = before[0].Select((_, i) => (float)(((double)before[0][i] + before[1][i] + before[2][i]) / 3)).ToArray();
        for (int image = 0; image < 3; image++) Assert.Equal(mean, batch.Weights(image, projection));
    }

    [Fact]
    public void SharedWeightsAreThereOnce()
    {
        const int Synapses = 10_000;
        long few = MoreFor(Wiring.InDegree(1), false), many = MoreFor(Wiring.AllToAll, false), copies = MoreFor(Wiring.AllToAll, true);
        // Where an array begins is rounded up.
        Assert.InRange(many - few, -2 * Synapses, 2 * Synapses);
        Assert.InRange(copies - many, 8L * Synapses * sizeof(float), 10L * Synapses * sizeof(float));

        static long MoreFor(Wiring wiring, bool learning)
        {
            var network = new Network(1);
            var source = network.Add("source", 100, new PoissonSource(100.Hz));
            var cells = network.Add("cells", 100, new Lif());
            network.Connect(source, cells, wiring, 1, 1.ms, rule: new Plasticity.PairStdp());
            var plan = network.Compile(1.ms);
            using var one = DeviceKernels.Batch(plan, 1, learning);
            using var ten = DeviceKernels.Batch(plan, 10, learning);
            return ten.MemoryBytes - one.MemoryBytes;
        }
    }

    [Fact]
    public void BadInputIsRefused()
    {
        var (network, _) = Samples.EveryEncoderAndModel().First();
        var plan = network.Compile(1.ms);
        foreach (int images in (int[])[0, -1, 65_537]) Assert.Throws<InvalidInputException>(() => DeviceKernels.Batch(plan, images));
        // A neuron an image, but a block of threads for it.
        var tiny = new Network(1);
        for (int i = 0; i < 200; i++) tiny.Add($"one {i}", 1, new Lif());
        Assert.Contains("threads", Assert.Throws<InvalidInputException>(() => DeviceKernels.Batch(tiny.Compile(1.ms), 65_536)).Message, StringComparison.Ordinal);
        using var batch = DeviceKernels.Batch(plan, 2);
        var source = plan.Source.Populations[0];
        foreach (int image in (int[])[-1, 2])
        {
            Assert.Throws<InvalidInputException>(() => batch.Present(image, source, new float[source.Count]));
            Assert.Throws<InvalidInputException>(() => batch.SpikeCounts(image, source));
        }
        Assert.Throws<InvalidInputException>(() => batch.Present(0, source, new float[source.Count + 1]));
        Assert.Throws<InvalidInputException>(() => batch.Begin([1]));
        Assert.Throws<InvalidInputException>(batch.Update);
        Assert.Throws<InvalidInputException>(batch.Merge);
        Assert.Throws<InvalidInputException>(() => batch.Advance(-1));
    }

    static void Agrees(Func<NetworkCase, SynapseRule?> rule) => Properties.Holds(NetworkCase.Any, one =>
    {
        bool learning = one.Seed % 2 == 0;
        BatchRuns.Same(one.Build(rule).Compile(1.ms), one, Presentations, learning, (plan, images) => DeviceKernels.Batch(plan, images, learning, Runs.Way(one)));
    }, 15);
}
