using FsCheck;
using FsCheck.Fluent;
using Lepton.Neuro.Testing;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Backends.Tests;

public sealed class TilesSessionTests
{
    const int Steps = 30;

    [Fact]
    public void SpikesAreThoseOfTheUnmappedNetworkAndCountsThoseOfEverySpike()
    {
        int mapped = 0;
        Properties.Holds(TileCase.Any, @case =>
        {
            if (@case.TryMap() is not { } mapping) return;
            mapped++;
            using var plain = Reference.Evaluate(mapping.Network);
            using var tiles = Tiles.Evaluate(mapping, @case.Seed % 2 == 0 ? null : TileOptions.On(new() { Threads = 2, VectorBits = 128 }));
            var hashes = (plain.RecordAll(new SpikeHash()), tiles.RecordAll(new SpikeHash()));
            var recorders = tiles.Network.Populations.ToDictionary(p => p.Description, p => tiles.Record(p.Description, new SpikeRecorder()));
            foreach (Session session in new[] { plain, tiles })
            {
                session.Begin(3);
                session.Advance(Steps / 2);
                session.Begin(9);
                session.Advance(Steps - (Steps / 2));
            }
            Assert.Equal(hashes.Item1.Value, hashes.Item2.Value);
            var cells = mapping.Network.Populations[1].Description;
            Assert.Equal(plain.State(cells, "V"), tiles.State(cells, "V"));
            Assert.Equal(plain.Activity.TotalSpikes, tiles.Activity.TotalSpikes);
            var expected = TilesOracle.Run(mapping, recorders, Steps, 0);
            var found = tiles.Tiles;
            Assert.Equal(
                (expected.Packets, expected.Hops, expected.Operations, expected.InputPackets, 0L),
                (found.Packets, found.Hops.Total, found.SynapticOperations, found.InputPackets, found.SynapticUpdates));
            Assert.Equal(expected.Seconds, found.Seconds, 1e-12 * Steps);
            Assert.Equal(found.Hops.Total, found.Links.Sum());
            Assert.Equal(found.Packets - found.InputPackets, found.Cores.Sum(c => c.PacketsOut));
            Assert.InRange(mapping.LeastPackets(tiles.Activity), 0, found.Packets);
            Assert.InRange(mapping.LeastHops(tiles.Activity), 0, found.Hops.Total);
            var untimed = TileActivity.Of(mapping, tiles.Activity);
            Assert.Equal(TimingKind.LowerBound, untimed.Timing);
            Assert.True(untimed.Femtoseconds <= found.Femtoseconds);
        }, 60);
        Assert.True(mapped > Properties.Cases(60) / 4, $"only {mapped} cases were mapped");
    }

    [Fact]
    public void LearningOnTheMachineGivesTheSameWeights()
    {
        int mapped = 0;
        Properties.Holds(TileCase.Any, @case =>
        {
            SynapseRule rule = (@case.Seed % 3) switch { 0 => new PairLikeRule(), 1 => new DeltaLikeRule(), _ => new SteppedLikeRule() };
            var network = @case.Network(rule).Compile(1.ms);
            var machine = @case.Machine() with { Columns = 12, Rows = 9, Core = new(@case.Neurons, 20_000, 200, 200) };
            using var plain = Reference.Load(network);
            using var tiles = Tiles.Load(network, machine);
            mapped++;
            var recorders = network.Populations.ToDictionary(p => p.Description, p => tiles.Record(p.Description, new SpikeRecorder()));
            var learned = network.Projections.Where(p => p.IsPlastic).Select(p => p.Description).ToArray();
            foreach (LearningSession session in new LearningSession[] { plain, tiles })
            {
                session.Begin(1);
                session.SetModulator(learned[0], 0.5f);
                session.SetModulator(learned[1], [.. Enumerable.Range(0, @case.Others).Select(i => i * 0.1f)]);
                session.Advance(Steps / 2);
                session.Update();
                session.Advance(Steps - (Steps / 2));
                session.Update(learned[0]);
                session.Update(learned[1]);
                session.Normalize(learned[1], 500);
            }
            foreach (var projection in learned) Assert.Equal(plain.Weights(projection), tiles.Weights(projection));
            for (int p = 0; p < network.Populations.Count; p++) Assert.Equal(plain.Activity.Spikes[p], tiles.Activity.Spikes[p]);
            var expected = TilesOracle.Run(tiles.Mapping, recorders, Steps, 2);
            Assert.Equal((expected.Packets, expected.Operations, expected.Updates), (tiles.Tiles.Packets, tiles.Tiles.SynapticOperations, tiles.Tiles.SynapticUpdates));
            Assert.Equal(expected.Seconds, tiles.Tiles.Seconds, 1e-12 * Steps);
            Assert.Equal(rule is DeltaLikeRule ? 0 : 1, Math.Sign(tiles.Tiles.SynapticUpdates - (2 * network.Projections.Where(p => p.IsPlastic).Sum(p => p.Connectivity.Count))));
        }, 30);
        Assert.True(mapped > Properties.Cases(30) / 3, $"only {mapped} cases were mapped");
    }

    [Fact]
    public void WhatWasLearnedIsCheckedAndRuns()
    {
        var network = new TileCase(2, 5, 9, 6, 3, 3, 3, 2, 9, 5000, 60, 60).Network(new PairLikeRule()).Compile(1.ms);
        var machine = TileMachine.Load("loihi");
        var plastic = network.Projections.Where(p => p.IsPlastic).ToArray();
        var raw = new float[]?[network.Projections.Count];
        foreach (var projection in plastic) raw[projection.Index] = [.. Enumerable.Range(0, (int)projection.Connectivity.Count).Select(i => (i * 37 % 255) * 2.5f)];
        var learned = new Learned(raw, [.. network.Populations.Select(_ => (float[][]?)null)]);
        Assert.Throws<InvalidInputException>(() => Tiles.Evaluate(network, machine));
        using var tiles = Tiles.Evaluate(network, machine, learned);
        using var plain = Reference.Evaluate(network, learned);
        var hashes = (plain.RecordAll(new SpikeHash()), tiles.RecordAll(new SpikeHash()));
        plain.Advance(50);
        tiles.Advance(50);
        Assert.Equal(hashes.Item1.Value, hashes.Item2.Value);
        Assert.True(tiles.Activity.TotalSpikes > 0);
        Assert.Equal(2.5, tiles.Mapping.Formats[plastic[0].Index].Step);
        Assert.Equal(0, tiles.Tiles.SynapticUpdates);
        raw[plastic[0].Index]![3] = 1.2345f;
        var error = Assert.Throws<InvalidInputException>(() => Tiles.Evaluate(network, machine, learned));
        Assert.Contains("'input -> others'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RecordersCanComeAndGo()
    {
        var @case = new TileCase(8, 20, 9, 6, 0, 3, 3, 2, 9, 5000, 60, 60);
        var network = @case.Network().Compile(1.ms);
        using var plain = Reference.Evaluate(network);
        using var tiles = Tiles.Evaluate(network, TileMachine.Load("loihi"));
        var lists = new List<(long, int)>[2];
        int at = 0;
        foreach (var session in new Session[] { plain, tiles })
        {
            var cells = network.Populations[1].Description;
            var first = session.Record(cells, new SpikeRecorder());
            session.Advance(20);
            session.StopRecording(first);
            session.Advance(20);
            var second = session.Record(cells, new SpikeRecorder());
            session.Advance(20);
            lists[at++] = [.. first.Spikes, .. second.Spikes];
        }
        Assert.NotEmpty(lists[0]);
        Assert.Equal(lists[0], lists[1]);
    }

    [Fact]
    public void RunsOfPartsAddUpToTheRunOfAll() => Properties.Holds(TileCase.Any, @case =>
    {
        if (@case.TryMap() is not { } mapping) return;
        TileActivity Run(params ulong[] presentations)
        {
            using var session = Tiles.Evaluate(mapping);
            foreach (ulong presentation in presentations)
            {
                session.Begin(presentation);
                session.Advance(10);
            }
            return session.Tiles;
        }
        var all = Run(1, 2, 3, 4);
        var sum = TileActivity.Sum([Run(4, 1), Run(2), Run(3)]);
        Assert.Equal(all.Cores, sum.Cores);
        Assert.Equal(all.Links, sum.Links);
        Assert.Equal(all with { Cores = sum.Cores, Links = sum.Links }, sum);
        Assert.Equal(EnergyReport.Of(all, 4).Joules, EnergyReport.Of(sum, 4).Joules);
        using var longer = Tiles.Evaluate(mapping);
        longer.Begin(1);
        longer.Advance(10);
        var before = longer.Tiles;
        longer.Begin(2);
        longer.Advance(10);
        var (since, alone) = (longer.Tiles.Since(before), Run(2));
        Assert.Equal(alone.Cores, since.Cores);
        Assert.Equal(alone.Links, since.Links);
        Assert.Equal(alone with { Cores = since.Cores, Links = since.Links }, since);
        Assert.Throws<InvalidInputException>(() => before.Since(longer.Tiles));
    }, 30);
}
