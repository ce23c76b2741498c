using Lepton.Neuro.Agreement.Tests;
using Lepton.Neuro.Backends.Kernels;
using Lepton.Neuro.Testing;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Kernels.Tests;

/// <summary>The device's kernels are the reference session, bit for bit, in any order of threads; and no two threads of a launch race. LEPTON_CASES=2000 runs ten thousand cases over five kinds of networks.</summary>
public sealed class KernelAgreementTests
{
    [Fact]
    public void StaticNetworks() => Agree(_ => null);

    [Fact]
    public void RuleWithEverything() => Agree(_ => new EverythingRule());

    [Fact]
    public void RuleOfSpikesOnly() => Agree(_ => new SpikesOnlyRule());

    [Fact]
    public void RuleWithUpdates() => Agree(_ => new UpdateRule());

    [Fact]
    public void RuleWithChance() => Agree(_ => new ChanceRule());

    [Fact]
    public void EveryRule() => All(Samples.EveryRule());

    /// <summary>Spikes that are on their way meet the new weights.</summary>
    [Fact]
    public void WeightsCanBeReplacedInTheMidst() => Properties.Holds(NetworkCase.Any, one =>
    {
        SynapseRule rule = (one.Seed % 4) switch { 0 => new EverythingRule(), 1 => new SpikesOnlyRule(), 2 => new UpdateRule(), _ => new ChanceRule() };
        var plan = one.Build(_ => rule).Compile(1.ms);
        using var oracle = Reference.Load(plan);
        using var session = DeviceKernels.Load(plan, Runs.Way(one));
        Assert.Equal(Replaced(oracle), Replaced(session));

        string Replaced(LearningSession session)
        {
            session.Advance(one.Steps / 2);
            foreach (var projection in session.Network.Source.Projections.Where(p => p.Rule is not null))
            {
                var (least, most) = projection.Rule!.WeightRange;
                session.SetWeights(projection, [.. session.Weights(projection).Select((_, i) => least + ((most - least) * (i * 7 % 11) / 11f))]);
            }
            return RunDigest.Of(session, one);
        }
    }, 12);

    [Fact]
    public void EveryEncoderAndModel() => All(Samples.EveryEncoderAndModel());

    [Fact]
    public void SamplesLeaveNothingOut()
    {
        var networks = Samples.EveryRule().Concat(Samples.EveryEncoderAndModel()).Concat(Samples.OtherModels()).Select(s => s.Network).ToArray();
        var used = networks.SelectMany(n => n.Projections.Select(p => p.Rule?.GetType()).Concat(n.Populations.Select(p => p.Model?.GetType() ?? p.Source?.GetType()))).ToHashSet();
        var all = new[] { typeof(Network), typeof(Plasticity.PairStdp), typeof(Encoders.PoissonRate) }.SelectMany(t => t.Assembly.GetExportedTypes()).Where(t =>
            !t.IsAbstract && (t.IsAssignableTo(typeof(SynapseRule)) || t.IsAssignableTo(typeof(NeuronModel)) || t.IsAssignableTo(typeof(Encoder)))).ToArray();
        Assert.True(all.Length > 35);
        Assert.DoesNotContain(all, t => !used.Contains(t));
    }

    [Fact]
    public void OtherModels() => All(Samples.OtherModels());

    [Fact]
    public void ConvolutionsShareWeights() => All(Samples.Convolution());

    [Fact]
    public void LaunchesTakeAsManyStepsAsDelaysAllow()
    {
        foreach (int late in (int[])[1, 3, 7, 40])
        {
            var network = new Network((ulong)late);
            var source = network.Add("source", 50, new PoissonSource(300.Hz));
            var script = network.Add("script", 3, new SpikeSource([(1.ms, 0), (2.ms, 1), (9.ms, 2), (10.ms, 0)]));
            var one = network.Add("one", 200, new Lif());
            var other = network.Add("other", 30, new Lif { TauInhibitory = 4.ms });
            network.Connect(source, one, Wiring.Probability(0.5), Weight.Normal(300, 60, 0), Delay.Uniform(late.ms, (late + 9).ms));
            network.Connect(script, other, Wiring.AllToAll, 2000, late.ms);
            network.Connect(one, other, Wiring.InDegree(20), Weight.Uniform(0, 300), late.ms);
            network.Connect(other, other, Wiring.InDegree(5), -100, late.ms, "inhibitory");
            network.Drive(one, 3000.Hz, 40);
            var plan = network.Compile(1.ms);
            using (var session = DeviceKernels.Load(plan)) Assert.Equal(Math.Min(16, late), session.StepsPerLaunch);
            Same(plan, new(late, 1, 1, 1, 0, 1, 0, 101));
        }
    }

    [Fact]
    public void EvaluationChangesNothingLearned() => Properties.Holds(NetworkCase.Any, one =>
    {
        var plan = one.Build(_ => one.Seed % 2 == 0 ? new EverythingRule() : new ChanceRule()).Compile(1.ms);
        using var oracle = Reference.Evaluate(plan);
        using var session = DeviceKernels.Evaluate(plan, Runs.Way(one));
        var before = plan.Source.Projections.Select(session.Weights).ToArray();
        Assert.Equal(RunDigest.Of(oracle, one), RunDigest.Of(session, one));
        for (int i = 0; i < before.Length; i++) Assert.Equal(before[i], session.Weights(plan.Source.Projections[i]));
    }, 20);

    [Fact]
    public void LearnedStateCanBeHandedOn() => Properties.Holds(NetworkCase.Any, one =>
    {
        var plan = one.Build(_ => new EverythingRule()).Compile(1.ms);
        using var teacher = DeviceKernels.Load(plan, Runs.Way(one));
        RunDigest.Of(teacher, one);
        var learned = teacher.Learned;
        using var oracle = Reference.Evaluate(plan, learned);
        using var session = DeviceKernels.Evaluate(plan, Runs.Way(one), learned);
        Assert.Equal(RunDigest.Of(oracle, one), RunDigest.Of(session, one));
    }, 10);

    static void Agree(Func<NetworkCase, SynapseRule?> rule) => Properties.Holds(NetworkCase.Any, one => Same(one.Build(rule).Compile(1.ms), one), 40);

    static void All(IEnumerable<(Network Network, NetworkCase Case)> samples)
    {
        foreach (var (network, one) in samples) Same(network.Compile(1.ms), one);
    }

    static void Same(CompiledNetwork plan, NetworkCase one)
    {
        using var oracle = Reference.Load(plan);
        using var session = DeviceKernels.Load(plan, Runs.Way(one));
        Assert.Equal(RunDigest.Of(oracle, one), RunDigest.Of(session, one));
    }
}
