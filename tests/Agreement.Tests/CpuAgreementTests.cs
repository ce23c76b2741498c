using Lepton.Neuro.Backends;
using Lepton.Neuro.Testing;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Agreement.Tests;

/// <summary>The CPU backend is the reference session, bit for bit: spikes, states, weights; at any width and any number of threads.</summary>
public sealed class CpuAgreementTests
{
    static readonly CpuOptions[] Ways =
    [
        new() { Threads = 1, VectorBits = 512 },
        new() { Threads = 2, VectorBits = 256, NeuronsPerThread = 1 },
        new() { Threads = 3, VectorBits = 128, NeuronsPerThread = 1 },
        new() { Threads = 7, VectorBits = 512, NeuronsPerThread = 1 },
    ];

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
    public void EvaluationChangesNothingLearned() => Properties.Holds(NetworkCase.Any, one =>
    {
        var plan = one.Build(_ => one.Seed % 2 == 0 ? new EverythingRule() : new ChanceRule()).Compile(1.ms);
        using var oracle = Reference.Evaluate(plan);
        using var session = Cpu.Evaluate(plan, Ways[one.Kind % Ways.Length]);
        var before = plan.Source.Projections.Select(session.Weights).ToArray();
        string expected = RunDigest.Of(oracle, one), found = RunDigest.Of(session, one);
        Assert.Equal(expected, found);
        for (int i = 0; i < before.Length; i++) Assert.Equal(before[i], session.Weights(plan.Source.Projections[i]));
    }, 40);

    /// <summary>Spikes that are on their way meet the new weights.</summary>
    [Fact]
    public void WeightsCanBeReplacedInTheMidst() => Properties.Holds(NetworkCase.Any, one =>
    {
        SynapseRule rule = (one.Seed % 4) switch { 0 => new EverythingRule(), 1 => new SpikesOnlyRule(), 2 => new UpdateRule(), _ => new ChanceRule() };
        var plan = one.Build(_ => rule).Compile(1.ms);
        using var oracle = Reference.Load(plan);
        string expected = Replaced(oracle, one);
        foreach (var way in Ways)
        {
            using var session = Cpu.Load(plan, way);
            Assert.Equal(expected, Replaced(session, one));
        }
    }, 30);

    internal static string Replaced(LearningSession session, NetworkCase one)
    {
        session.Advance(one.Steps / 2);
        foreach (var projection in session.Network.Source.Projections.Where(p => p.Rule is not null))
        {
            var (least, most) = projection.Rule!.WeightRange;
            float[] weights = [.. session.Weights(projection).Select((_, i) => least + ((most - least) * (i * 7 % 11) / 11f))];
            session.SetWeights(projection, weights);
            Assert.Equal(weights, session.Weights(projection));
        }
        return RunDigest.Of(session, one);
    }

    [Fact]
    public void LearnedStateCanBeHandedOn() => Properties.Holds(NetworkCase.Any, one =>
    {
        var plan = one.Build(_ => new EverythingRule()).Compile(1.ms);
        using var teacher = Cpu.Load(plan, Ways[1]);
        RunDigest.Of(teacher, one);
        var learned = teacher.Learned;
        using var oracle = Reference.Evaluate(plan, learned);
        using var session = Cpu.Evaluate(plan, Ways[3], learned);
        Assert.Equal(RunDigest.Of(oracle, one), RunDigest.Of(session, one));
    }, 20);

    [Fact]
    public void WhatAnotherNetworkLearnedIsRefused()
    {
        var small = new NetworkCase(1, 10, 10, 5, 0, 2, 0, 5).Build(_ => new EverythingRule()).Compile(1.ms);
        var large = new NetworkCase(1, 10, 11, 5, 0, 2, 0, 5).Build(_ => new EverythingRule()).Compile(1.ms);
        using var teacher = Cpu.Load(small);
        var learned = teacher.Learned;
        Assert.Contains("one a synapse", Assert.Throws<InvalidInputException>(() => Cpu.Load(large, learned: learned)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidInputException>(() => Reference.Load(large, learned));
    }

    [Fact]
    public void TheCasesAreAlive()
    {
        long spikes = 0, events = 0;
        var alive = new HashSet<string>();
        for (int i = 0; i < 30; i++)
        {
            var one = new NetworkCase(i, 20 + (2 * i), 30 + (4 * i), 10 + i, i % 5, 1 + (i % 9), i % 6, 60);
            var plan = one.Build(_ => new EverythingRule()).Compile(1.ms);
            using var session = Cpu.Load(plan);
            session.Advance(60);
            foreach (var population in plan.Source.Populations)
            {
                if (session.Activity.SpikesOf(population) > 0) alive.Add(population.Name);
            }
            spikes += session.Activity.TotalSpikes;
            events += session.Activity.TotalSynapticEvents;
        }
        Assert.True(spikes > 40_000, $"{spikes} spikes");
        Assert.True(events > 400_000, $"{events} events");
        Assert.Equal(["adaptive", "counting", "dual", "lif", "script", "source"], alive.Order());
    }

    static void Agree(Func<NetworkCase, SynapseRule?> rule) => Properties.Holds(NetworkCase.Any, one =>
    {
        var plan = one.Build(rule).Compile(1.ms);
        using var oracle = Reference.Load(plan);
        string expected = RunDigest.Of(oracle, one);
        foreach (var way in Ways)
        {
            using var session = Cpu.Load(plan, way);
            Assert.Equal(expected, RunDigest.Of(session, one));
        }
    }, 40);
}
