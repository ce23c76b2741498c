using FsCheck;
using FsCheck.Fluent;
using Lepton.Neuro.Backends;
using Lepton.Neuro.Encoders;
using Lepton.Neuro.Testing;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Agreement.Tests;

/// <summary>Resumed equals uninterrupted, bit for bit, at any step, on another number of threads and another width; and what is not a good checkpoint of this network is refused.</summary>
public sealed class CheckpointTests : IDisposable
{
    static readonly CpuOptions[] Ways =
    [
        new() { Threads = 1, VectorBits = 512 },
        new() { Threads = 2, VectorBits = 256, NeuronsPerThread = 1 },
        new() { Threads = 3, VectorBits = 128, NeuronsPerThread = 1 },
        new() { Threads = 7, VectorBits = 512, NeuronsPerThread = 1 },
    ];

    readonly string folder = Directory.CreateTempSubdirectory("lepton-checkpoint-").FullName;

    string At => Path.Combine(folder, "checkpoint");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    static readonly Gen<(NetworkCase Network, int Cut, int From, int To)> Cases =
        from network in NetworkCase.Any
        from cut in Gen.Choose(0, 100)
        from way in Gen.Choose(0, 3)
        from other in Gen.Choose(0, 3)
        select (network, cut, way, other);

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
    public void WhatAnEncoderShowsAndHasAccumulatedGoesOn() => Properties.Holds(Cases, c =>
    {
        var network = new Network((ulong)c.Network.Seed);
        var even = network.Add("even", c.Network.Sources, new DeterministicRate(0.7f));
        var random = network.Add("random", c.Network.Sources, new PoissonRate(300.Hz));
        var cells = network.Add("cells", c.Network.Cells, new IntegrateAndFire { Threshold = 3, Leak = 0.9f });
        foreach (var source in (Population[])[even, random]) network.Connect(source, cells, Wiring.InDegree(5), 0.4, Delay.Uniform(1.ms, 4.ms));
        var plan = network.Compile(1.ms);
        var signal = Enumerable.Range(0, even.Count).Select(i => i % 7 / 7f).ToArray();
        using var whole = Cpu.Load(plan, Ways[c.From]);
        whole.Present(even, signal);
        whole.Present(random, signal);
        whole.Advance(c.Cut);
        whole.Save(At);
        using var resumed = Cpu.Resume(plan, At, Ways[c.To]);
        Assert.Equal(GoOn(whole, 30), GoOn(resumed, 30));
        Assert.True(even.Count < 7 || whole.Activity.SpikesOf(even) > 0);
    }, 20);

    [Fact]
    public void EvaluationResumesToo() => Properties.Holds(Cases, c =>
    {
        var plan = c.Network.Build(_ => new EverythingRule()).Compile(1.ms);
        using var whole = Cpu.Evaluate(plan, Ways[c.From]);
        whole.Advance(10);
        whole.Save(At);
        using var resumed = Cpu.ResumeEvaluation(plan, At, Ways[c.To]);
        whole.Advance(20);
        resumed.Advance(20);
        Assert.Equal(RunDigest.Seen(whole), RunDigest.Seen(resumed));
    }, 20);

    [Fact]
    public void SavingChangesNothingAndASavedResumptionIsTheSameFile() => Properties.Holds(Cases, c =>
    {
        var plan = c.Network.Build(_ => new EverythingRule()).Compile(1.ms);
        using var session = Cpu.Load(plan, Ways[c.From]);
        session.Advance(c.Cut);
        session.Save(At);
        var first = File.ReadAllBytes(At);
        session.Save(At);
        Assert.Equal(first, File.ReadAllBytes(At));
        using var resumed = Cpu.Resume(plan, At, Ways[c.To]);
        resumed.Save(At);
        Assert.Equal(first, File.ReadAllBytes(At));
    }, 15);

    [Fact]
    public void AnAlteredOrShortenedFileIsRefused()
    {
        var plan = Small(5).Compile(1.ms);
        var good = Saved(plan);
        Properties.Holds(
            from at in Gen.Choose(0, good.Length - 1)
            from bit in Gen.Choose(0, 7)
            from shorten in Gen.Elements(true, false)
            select (at, bit, shorten),
            c =>
            {
                byte[] bad = c.shorten ? good[..c.at] : [.. good];
                if (!c.shorten) bad[c.at] ^= (byte)(1 << c.bit);
                File.WriteAllBytes(At, bad);
                AssertRefused(plan, "");
            },
            300);
        File.WriteAllBytes(At, [.. good, 0]);
        AssertRefused(plan, "damaged");
        File.WriteAllBytes(At, good);
        using var session = Cpu.Resume(plan, At);
        Assert.Equal(12, session.Step);
    }

    [Fact]
    public void ANewerVersionIsRefusedAsSuch()
    {
        var plan = Small(5).Compile(1.ms);
        var bytes = Saved(plan);
        bytes[8]++;
        File.WriteAllBytes(At, bytes);
        AssertRefused(plan, "is of version 2, newer than this program or damaged; allowed: versions 1 to 1");
    }

    [Fact]
    public void AnotherFileIsNoCheckpoint()
    {
        File.WriteAllText(At, new string('x', 500));
        AssertRefused(Small(5).Compile(1.ms), "is no checkpoint");
        File.WriteAllText(At, "");
        AssertRefused(Small(5).Compile(1.ms), "it has 0 bytes");
        File.Delete(At);
        AssertRefused(Small(5).Compile(1.ms), "cannot be read");
    }

    [Fact]
    public void AnotherNetworkIsRefused()
    {
        Saved(Small(5).Compile(1.ms));
        AssertRefused(Small(6).Compile(1.ms), "is of another network");
        AssertRefused(Small(5).Compile(0.5.ms), "is of another network");
        AssertRefused(Small(5, weight: 401).Compile(1.ms), "is of another network");
        AssertRefused(Small(5, threshold: -50.001).Compile(1.ms), "is of another network");
        AssertRefused(Small(5, delay: 3).Compile(1.ms), "is of another network");
        AssertRefused(Small(5, rate: 401).Compile(1.ms), "is of another network");
        AssertRefused(Small(5, edge: 3).Compile(1.ms), "is of another network");
        AssertRefused(Small(5, explicitWeight: 2).Compile(1.ms), "is of another network");
        AssertRefused(Small(5, scheduled: 3).Compile(1.ms), "is of another network");
        using var same = Cpu.Resume(Small(5).Compile(1.ms), At);
        Assert.Equal(12, same.Step);
    }

    [Fact]
    public void ASessionOfAnotherKindIsRefused()
    {
        var plan = Small(5).Compile(1.ms);
        Saved(plan);
        Assert.Contains("is of a session that learns", Assert.Throws<InvalidInputException>(() => Cpu.ResumeEvaluation(plan, At)).Message, StringComparison.Ordinal);
        using var evaluation = Cpu.Evaluate(plan);
        evaluation.Save(At);
        AssertRefused(plan, "is of a session that does not learn");
    }

    [Fact]
    public void AFileThatCannotBeWrittenIsRefusedAndTheOneBeforeStands()
    {
        var plan = Small(5).Compile(1.ms);
        using var session = Cpu.Load(plan);
        foreach (string path in (string[])[Path.Combine(folder, "missing", "checkpoint"), folder, ""])
        {
            var error = Assert.Throws<InvalidInputException>(() => session.Save(path));
            Assert.Contains("cannot be written", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', error.Message);
        }
        Saved(plan);
        using var oracle = Reference.Load(plan);
        Assert.Throws<NotSupportedException>(() => oracle.Save(At));
        Assert.Equal([At], Directory.GetFiles(folder));
        using var resumed = Cpu.Resume(plan, At);
    }

    void AssertRefused(CompiledNetwork plan, string message)
    {
        var error = Assert.Throws<InvalidInputException>(() => Cpu.Resume(plan, At));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains(At, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    byte[] Saved(CompiledNetwork plan)
    {
        using var session = Cpu.Load(plan, Ways[1]);
        session.Advance(12);
        session.Save(At);
        return File.ReadAllBytes(At);
    }

    static Network Small(ulong seed, double weight = 400, double threshold = -50, int delay = 2, double rate = 400, int edge = 1, float explicitWeight = 1, int scheduled = 2)
    {
        var network = new Network(seed);
        var source = network.Add("source", 20, new PoissonSource(rate.Hz));
        var cells = network.Add("cells", 40, new Lif { Threshold = threshold.mV });
        var script = network.Add("script", 2, new SpikeSource([(1.ms, 0), (scheduled.ms, 1)]));
        network.Connect(source, cells, Wiring.Probability(0.5), Weight.Normal(weight, 30, 0), delay.ms);
        network.Connect(source, cells, Wiring.AllToAll, Weight.Uniform(0, 2), 1.ms, rule: new EverythingRule());
        network.Connect(script, cells, Wiring.Edges([(0, 0), (1, edge)]), Weight.Explicit([300, 300 * explicitWeight]), 1.ms);
        return network;
    }

    void Resumes(Func<NetworkCase, SynapseRule?> rule) => Properties.Holds(Cases, c =>
    {
        var plan = c.Network.Build(rule).Compile(1.ms);
        int before = c.Network.Steps * c.Cut / 100, after = c.Network.Steps - before;
        // A first presentation leaves learned state and counts behind, so that steps and presentation steps differ.
        using var whole = Cpu.Load(plan, Ways[c.From]);
        whole.Advance(7);
        RunDigest.Modulate(whole);
        whole.Begin(3);
        whole.Advance(before);
        whole.Save(At);
        using var resumed = Cpu.Resume(plan, At, Ways[c.To]);
        Assert.Equal((whole.Step, whole.PresentationStep, whole.Presentation), (resumed.Step, resumed.PresentationStep, resumed.Presentation));
        Assert.Equal(RunDigest.Seen(whole), RunDigest.Seen(resumed));
        Assert.Equal(GoOn(whole, after), GoOn(resumed, after));
        Assert.Equal(whole.Activity.TotalSynapticEvents, resumed.Activity.TotalSynapticEvents);
    }, 30);

    static string GoOn(LearningSession session, int steps)
    {
        var hash = session.RecordAll(new SpikeHash());
        session.Advance(steps);
        RunDigest.Modulate(session);
        session.Advance(5);
        session.Begin(9);
        session.Advance(5);
        return $"{hash} {RunDigest.Seen(session)}";
    }
}
