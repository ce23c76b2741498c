using FsCheck;
using FsCheck.Fluent;
using Lepton.Neuro.Random;
using Lepton.Neuro.Testing;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Backends.Tests;

public sealed class TilesNoiseTests
{
    const int Cells = 40_000;
    static readonly AnalogArray Crossbar = TileMachine.Load("crossbar").Analog!;
    static readonly AnalogArray Ideal = new(1, 24, 1e9, new(0, 0, 0), 0, 0, 0, "no noise");

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.7)]
    [InlineData(1)]
    public void ProgrammingHasTheMomentsOfItsPolynomial(double target)
    {
        double spread = 0.0105392 + (0.0786 * target) - (0.046924 * target * target);
        Moments(Crossbar with { ReadNoise = 0 }, target, seconds: 0, target, spread);
    }

    [Theory]
    [InlineData(0.4, 25)]
    [InlineData(0.9, 3600)]
    public void ReadingHasTheMomentsOfItsFormula(double target, double seconds)
    {
        double q = Math.Min(0.0088 / Math.Pow(target, 0.65), 0.2);
        double spread = target * q * Math.Sqrt(Math.Log((seconds + 250e-9) / (2 * 250e-9)));
        Moments(Crossbar with { Programming = new(0, 0, 0), DriftExponent = 0, DriftSpread = 0 }, target, seconds, target, spread);
    }

    [Theory]
    [InlineData(3600)]
    [InlineData(1e6)]
    public void DriftHasTheMomentsOfItsPower(double seconds)
    {
        // An exponent that is normal makes a conductance that is log-normal.
        double logarithm = Math.Log(seconds / 20), mean = Math.Exp((-0.049 * logarithm) + (0.5 * 0.008 * 0.008 * logarithm * logarithm));
        double spread = mean * Math.Sqrt(Math.Exp(0.008 * 0.008 * logarithm * logarithm) - 1);
        Moments(Crossbar with { Programming = new(0, 0, 0), ReadNoise = 0 }, 0.8, seconds, 0.8 * mean, 0.8 * spread);
    }

    [Fact]
    public void WithoutNoiseAndWithEnoughBitsTheArrayIsTheDigitalSum() => Properties.Holds(Gen.Choose(1, 1_000_000), seed =>
    {
        var random = new System.Random(seed);
        int inputs = random.Next(1, 60), outputs = random.Next(1, 20);
        var weights = Enumerable.Range(0, inputs * outputs).Select(_ => random.Next(-127, 128) * 0.125f).ToArray();
        var seen = Ideal.Read(weights, seconds: 1e5, seed: 3);
        for (int i = 0; i < weights.Length; i++) Assert.Equal(weights[i], seen[i], 1e-5f * 16);
        var spikes = Enumerable.Range(0, inputs).Select(_ => (float)random.Next(2)).ToArray();
        var sums = new double[outputs];
        Ideal.Multiply(weights, spikes, range: 1 << 20, sums);
        for (int j = 0; j < outputs; j++)
        {
            double expected = Enumerable.Range(0, inputs).Sum(i => spikes[i] * (double)weights[(i * outputs) + j]);
            // An eighth is the weights' step; the converter is finer than half of it.
            Assert.Equal(expected, Math.Round(sums[j] * 8) / 8);
        }
    });

    [Fact]
    public void TheOutputConverterRoundsToItsStepsAndCutsOff()
    {
        var array = Ideal with { OutputBits = 3 };
        var sums = new double[4];
        array.Multiply([0.1f, 0.6f, -5, 0.95f], [1], range: 1, sums);
        Assert.Equal([0, 2 / 3.0, -1, 1], sums);
        Assert.Throws<InvalidInputException>(() => array.Multiply([1, 2, 3], [1], 1, new double[4]));
    }

    [Fact]
    public void AReadDependsOnNothingButArrayAndRead()
    {
        float[] weights = [0.5f, -1, 0, 0.25f, 1];
        Assert.Equal(Crossbar.Read(weights, 100, 7, 1), Crossbar.Read(weights, 100, 7, 1));
        Assert.NotEqual(Crossbar.Read(weights, 100, 7, 1), Crossbar.Read(weights, 100, 7, 2));
        Assert.NotEqual(Crossbar.Read(weights, 100, 7, 1), Crossbar.Read(weights, 100, 8, 1));
        Assert.Throws<InvalidInputException>(() => Crossbar.Read(weights, -1, 7));
        Assert.Equal([0, 0], Crossbar.Read([0, 0], 1, 1));
    }

    [Fact]
    public void FaultyBitsAreAsManyAsAskedAndThoseOfFewerStay()
    {
        var random = new System.Random(3);
        float[] weights = [.. Enumerable.Range(0, 20_000).Select(i => i == 0 ? 127 * 0.5f : random.Next(-127, 128) * 0.5f)];
        Assert.Equal(weights, new WeightFaults(0, 0).Apply(weights, 8, 1));
        int Flips(double chance) => weights.Zip(new WeightFaults(0, chance).Apply(weights, 8, 1), (a, b) => System.Numerics.BitOperations.PopCount((uint)((int)(a * 2) ^ (int)(b * 2)) & 0xff)).Sum();
        Assert.InRange(Flips(0.01), 0.01 * 160_000 * 0.9, 0.01 * 160_000 * 1.1);
        Assert.Equal(160_000, Flips(1));
        var (few, many) = (new WeightFaults(0.01, 0).Apply(weights, 8, 1), new WeightFaults(0.05, 0).Apply(weights, 8, 1));
        Assert.True(few.Zip(weights).Count(p => p.First != p.Second) > 500);
        Assert.All(many, w => Assert.InRange(w, -64, 63.5f));
        // What is stuck at 1 % is stuck at 5 % too: where the few changed a bit, the many have that bit the same.
        for (int i = 0; i < weights.Length; i++)
        {
            int changed = (int)(weights[i] * 2) ^ (int)(few[i] * 2);
            Assert.Equal((int)(few[i] * 2) & changed & 0xff, (int)(many[i] * 2) & changed & 0xff);
        }
        Assert.Throws<InvalidInputException>(() => new WeightFaults(0, 0.1).Apply([1, 1.2345678f, 0.777f], 8, 1));
        Assert.Throws<InvalidInputException>(() => new WeightFaults(0, 2).Apply(weights, 8, 1));
    }

    [Fact]
    public void FaultsAreDrawnAtTheirShareAndThoseOfFewerStay()
    {
        var machine = TileMachine.Load("loihi") with { Columns = 40, Rows = 40 };
        var (few, many) = (RandomFaults.Draw(machine, 0.05, 0.02, 9), RandomFaults.Draw(machine, 0.2, 0.1, 9));
        Assert.InRange(few.Cores.Count, 0.04 * machine.Cores, 0.06 * machine.Cores);
        Assert.InRange(many.Links.Count, 0.08 * 2 * 39 * 40, 0.12 * 2 * 39 * 40);
        Assert.Subset(many.Cores.ToHashSet(), few.Cores.ToHashSet());
        Assert.Subset(many.Links.ToHashSet(), few.Links.ToHashSet());
        Assert.Throws<InvalidInputException>(() => RandomFaults.Draw(machine, 2, 0, 1));
    }

    [Theory]
    [InlineData(25)]
    [InlineData(86_400)]
    public void EachStepsReadHasTheMomentsOfTheSumOfItsCells(double seconds)
    {
        const int Sources = 6;
        float[] weights = [0.5f, -1, 0.25f, 0, 1, -0.125f];
        var array = Crossbar with { OutputBits = 24, Programming = new(0, 0, 0), DriftExponent = 0, DriftSpread = 0 };
        var projection = Joined(weights);
        var delivery = new ArrayDelivery(array, projection, new(seconds, 11) { OutputRange = 1000 });
        int[] arriving = [0, 1, 3, 5];
        double mean = 0, variance = 0, root = Math.Sqrt(Math.Log((seconds + 250e-9) / (2 * 250e-9)));
        foreach (int source in arriving)
        {
            double high = 0.02 + (0.98 * Math.Abs(weights[source]));
            foreach (double g in new[] { high, 0.02 }) variance += Math.Pow(g * Math.Min(0.0088 / Math.Pow(g, 0.65), 0.2) * root / 0.98, 2);
            mean += weights[source];
        }
        var values = new double[Cells];
        var sums = new int[1];
        for (int i = 0; i < values.Length; i++)
        {
            sums[0] = 0;
            delivery.Deliver(arriving, i % 50, (ulong)(i / 50), sums);
            values[i] = sums[0] * (double)projection.Quantum;
        }
        double found = values.Average(), spread = Math.Sqrt(values.Sum(v => (v - found) * (v - found)) / (Cells - 1));
        Assert.InRange(found, mean - (0.02 * Math.Abs(mean)), mean + (0.02 * Math.Abs(mean)));
        Assert.InRange(spread, 0.98 * Math.Sqrt(variance), 1.02 * Math.Sqrt(variance));
        // Noise of one read says nothing of the next one's.
        double together = values.Zip(values.Skip(1)).Sum(v => (v.First - found) * (v.Second - found)) / (Cells - 1) / (spread * spread);
        Assert.InRange(together, -0.02, 0.02);
        Assert.Equal(Sources, projection.Connectivity.Sources);
    }

    [Fact]
    public void CellsAreProgrammedOnceAndReadInEachStep()
    {
        // Without read noise every step gives the same sum, which is what one read of those cells gives.
        float[] weights = [0.5f, -1, 0.25f, 0, 1, -0.125f];
        var silent = Crossbar with { OutputBits = 24, ReadNoise = 0 };
        var projection = Joined(weights);
        var delivery = new ArrayDelivery(silent, projection, new(3600, 11) { OutputRange = 1000 });
        int[] Sum(ulong presentation)
        {
            var sums = new int[1];
            delivery.Deliver([0, 1, 2, 3, 4, 5], 3, presentation, sums);
            return sums;
        }
        Assert.Equal(Sum(1), Sum(2));
        float[] read = silent.Read([.. weights.Select(w => (float)projection.Quantize(w))], 3600, 11 + (ulong)projection.Index);
        Assert.Equal(Math.Round(read.Sum(v => (double)v)), Sum(1)[0], 1.0);
        Assert.NotEqual(weights.Sum(w => projection.Quantize(w)), Sum(1)[0]);
        Assert.NotEqual(0, read[3]);
    }

    [Fact]
    public void AMachineWithoutNoiseAndWithEnoughBitsIsTheDigitalOneBitForBit()
    {
        long fired = 0;
        Properties.Holds(Gen.Choose(1, 1_000_000), seed => fired += RunsAsDigital(seed), 30);
        Assert.True(fired > 1000);
    }

    static long RunsAsDigital(int seed)
    {
        var network = Layers(seed).Compile(1.ms);
        var crossbar = TileMachine.Load("crossbar") with { Analog = Ideal with { OutputBits = 32 }, WeightBits = 16, Core = new(256, 1L << 30, 1024, 4096) };
        var mapping = Tiles.Map(network, crossbar);
        using var digital = Tiles.Evaluate(mapping);
        using var analog = Tiles.Evaluate(mapping, new() { Analog = new(1e5, (ulong)seed) { OutputRange = 1000 } });
        var hashes = (digital.RecordAll(new SpikeHash()), analog.RecordAll(new SpikeHash()));
        foreach (Session session in new Session[] { digital, analog })
        {
            session.Begin(5);
            session.Advance(40);
            session.Begin(6);
            session.Advance(10);
        }
        Assert.Equal(hashes.Item1.Value, hashes.Item2.Value);
        foreach (var population in network.Populations.Where(p => p.Description.Model is not null)) Assert.Equal(digital.State(population.Description, "V"), analog.State(population.Description, "V"));
        Assert.Equal(digital.Tiles.Packets, analog.Tiles.Packets);
        return digital.Tiles.Spikes;
    }

    [Fact]
    public void NoiseOfAStepDependsOnItsPresentationAlone()
    {
        var network = Layers(8).Compile(1.ms);
        var mapping = Tiles.Map(network, TileMachine.Load("crossbar") with { WeightBits = 16, Core = new(256, 1L << 30, 1024, 4096) });
        string Spikes(ulong seed, params ulong[] presentations)
        {
            using var session = Tiles.Evaluate(mapping, new() { Analog = new(3600, seed) });
            SpikeHash? hash = null;
            foreach (ulong presentation in presentations)
            {
                session.Begin(presentation);
                // Steps of a hash go on; what is compared is the last presentation, at the same step.
                if (presentation == presentations[^1]) hash = session.RecordAll(new SpikeHash());
                session.Advance(30);
            }
            return hash!.ToString()!;
        }
        Assert.Equal(Spikes(1, 4, 9), Spikes(1, 7, 9));
        Assert.NotEqual(Spikes(1, 4, 9), Spikes(2, 4, 9));
    }

    [Fact]
    public void ArraysThatAreNotThereOrCannotBeReadAreRefused()
    {
        var network = Layers(3).Compile(1.ms);
        string Refused(CompiledNetwork network, string machine, TileOptions options) =>
            Assert.Throws<InvalidInputException>(() => Tiles.Evaluate(network, TileMachine.Load(machine) with { WeightBits = 16, Core = new(256, 1L << 30, 1024, 4096) }, null, options)).Message;
        Assert.Contains("the analog arrays of machine 'loihi'", Refused(network, "loihi", new() { Analog = new(0, 1) }), StringComparison.Ordinal);
        Assert.Contains("the time since programming", Refused(network, "crossbar", new() { Analog = new(-1, 1) }), StringComparison.Ordinal);
        Assert.Contains("the output range", Refused(network, "crossbar", new() { Analog = new(1, 1) { OutputRange = 0 } }), StringComparison.Ordinal);
        Assert.Contains("the machine's words", Refused(network, "crossbar", new() { Analog = new(1, 1), InMachineWords = true }), StringComparison.Ordinal);
        var several = new Network(1);
        several.Connect(several.Add("in", 9, new PoissonSource(9.Hz)), several.Add("out", 9, new IntegrateAndFire()), Wiring.AllToAll, 1, Delay.Uniform(1.ms, 9.ms));
        Assert.Contains("the delays", Refused(several.Compile(1.ms), "crossbar", new() { Analog = new(1, 1) }), StringComparison.Ordinal);
        Assert.Throws<InvalidInputException>(() => Tiles.Load(network, TileMachine.Load("crossbar") with { Core = new(256, 1L << 30, 1024, 4096) }, null, new() { Analog = new(1, 1) }));
    }

    static CompiledProjection Joined(float[] weights)
    {
        var network = new Network(1);
        network.Connect(network.Add("in", weights.Length, new PoissonSource(9.Hz)), network.Add("out", 1, new IntegrateAndFire()), Wiring.AllToAll, Weight.Explicit(weights));
        return network.Compile(1.ms).Projections[0];
    }

    // Each projection has one delay, as an array has.
    static Network Layers(int seed)
    {
        var random = new System.Random(seed);
        var network = new Network((ulong)seed);
        int inputs = random.Next(5, 30), hidden = random.Next(2, 20), outputs = random.Next(1, 10);
        Weight Whole(int count, int least, int most) => Weight.Explicit([.. Enumerable.Range(0, count).Select(_ => random.Next(least, most) / 64f)]);
        var input = network.Add("input", inputs, new PoissonSource(200.Hz));
        var cells = network.Add("cells", hidden, new IntegrateAndFire { Leak = 0.9f });
        var last = network.Add("last", outputs, new IntegrateAndFire { Reset = ResetMode.ToZero, Floor = -4 });
        network.Connect(input, cells, Wiring.AllToAll, Whole(inputs * hidden, -20, 60), random.Next(1, 4).ms);
        network.Connect(cells, last, Wiring.AllToAll, Whole(hidden * outputs, -40, 60), random.Next(1, 4).ms);
        network.Connect(cells, cells, Wiring.OneToOne, -0.25, 2.ms);
        return network;
    }

    static void Moments(AnalogArray array, double target, double seconds, double mean, double deviation)
    {
        var stream = new RandomStream(5, RandomPurpose.Hardware, 0);
        var values = Enumerable.Range(0, Cells).Select(i => array.Cell(stream, i, 0, target, seconds, 0)).ToArray();
        double found = values.Average(), spread = Math.Sqrt(values.Sum(v => (v - found) * (v - found)) / (Cells - 1));
        Assert.InRange(found, 0.98 * mean, 1.02 * mean);
        Assert.InRange(spread, 0.98 * deviation, 1.02 * deviation);
    }
}
