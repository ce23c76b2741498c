using Lepton.Neuro.Agreement.Tests;
using Lepton.Neuro.Backends;
using Lepton.Neuro.Backends.Kernels;
using Lepton.Neuro.Testing;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Kernels.Tests;

/// <summary>A run that was saved and taken up again is the uninterrupted one, bit for bit; on the device, and from the CPU backend to the device and back.</summary>
public sealed class CheckpointTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("lepton-kernels-").FullName;

    string At => Path.Combine(folder, "checkpoint");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void StaticNetworks() => Resumes(_ => null);

    [Fact]
    public void RuleWithEverything() => Resumes(_ => new EverythingRule());

    [Fact]
    public void RuleOfSpikesOnly() => Resumes(_ => new SpikesOnlyRule());

    [Fact]
    public void RuleWithUpdates() => Resumes(_ => new UpdateRule());

    [Fact]
    public void RuleWithChance() => Resumes(_ => new ChanceRule());

    [Fact]
    public void EveryRuleEncoderAndModel()
    {
        foreach (var (network, one) in Samples.EveryRule(20).Concat(Samples.EveryEncoderAndModel(20)).Concat(Samples.Convolution(20))) Resumes(network.Compile(1.ms), one, 7);
    }

    [Fact]
    public void LaunchesOfSeveralSteps()
    {
        foreach (int cut in (int[])[1, 5, 16, 33])
        {
            var network = new Network(9);
            var source = network.Add("source", 50, new PoissonSource(300.Hz));
            var cells = network.Add("cells", 60, new Lif());
            network.Connect(source, cells, Wiring.Probability(0.5), 300, Delay.Uniform(7.ms, 16.ms));
            network.Connect(cells, cells, Wiring.InDegree(20), -50, 7.ms);
            Resumes(network.Compile(1.ms), new(1, 1, 1, 1, 0, 1, 0, 40), cut);
        }
    }

    [Fact]
    public void EvaluationResumesToo() => Properties.Holds(NetworkCase.Any, one =>
    {
        var plan = one.Build(_ => new EverythingRule()).Compile(1.ms);
        using var whole = DeviceKernels.Evaluate(plan, Runs.Way(one));
        whole.Advance(one.Steps / 2);
        whole.Save(At);
        using var resumed = DeviceKernels.ResumeEvaluation(plan, At, Runs.Way(one));
        Assert.Equal(RunDigest.Of(whole, one), RunDigest.Of(resumed, one));
        Assert.Throws<InvalidInputException>(() => DeviceKernels.Resume(plan, At));
    }, 10);

    [Fact]
    public void OtherNetworksAreRefusedBeforeADeviceIsMade()
    {
        var (network, _) = Samples.Convolution().First();
        using (var session = DeviceKernels.Load(network.Compile(1.ms))) session.Save(At);
        var other = Samples.EveryRule().First().Network.Compile(1.ms);
        string message = Assert.Throws<InvalidInputException>(() => KernelSession<CheckedMemory>.Resume(other, At, () => throw new NotSupportedException(), true)).Message;
        Assert.Contains("of another network", message, StringComparison.Ordinal);
    }

    void Resumes(Func<NetworkCase, SynapseRule?> rule) => Properties.Holds(NetworkCase.Any, one => Resumes(one.Build(rule).Compile(1.ms), one, one.Seed % (one.Steps + 1)), 10);

    void Resumes(CompiledNetwork plan, NetworkCase one, int cut)
    {
        using var whole = DeviceKernels.Load(plan, Runs.Way(one));
        using var cpu = Cpu.Load(plan, new() { Threads = 1 });
        foreach (var session in (LearningSession[])[whole, cpu])
        {
            RunDigest.Of(session, one);
            session.Advance(cut);
        }
        cpu.Save(At);
        using var fromCpu = DeviceKernels.Resume(plan, At, Runs.Way(one));
        whole.Save(At);
        using var resumed = DeviceKernels.Resume(plan, At, Runs.Way(one));
        using var onCpu = Cpu.Resume(plan, At, new() { Threads = 1 });
        string expected = Further(whole, one);
        foreach (var session in (LearningSession[])[resumed, fromCpu, onCpu]) Assert.Equal(expected, Further(session, one));
    }

    // Activity counts from when the session was made; what is digested besides is the session's own.
    static string Further(Session session, NetworkCase one)
    {
        var hash = session.RecordAll(new SpikeHash());
        session.Advance(one.Steps);
        return $"{hash} {RunDigest.Of(session, one).Split(' ')[0]}";
    }
}
