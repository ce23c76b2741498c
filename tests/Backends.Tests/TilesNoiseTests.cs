using FsCheck;
using FsCheck.Fluent;
using Lepton.Neuro.Random;
using Lepton.Neuro.Testing;

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

    static void Moments(AnalogArray array, double target, double seconds, double mean, double deviation)
    {
        var stream = new RandomStream(5, RandomPurpose.Hardware, 0);
        var values = Enumerable.Range(0, Cells).Select(i => array.Cell(stream, i, 0, target, seconds, 0)).ToArray();
        double found = values.Average(), spread = Math.Sqrt(values.Sum(v => (v - found) * (v - found)) / (Cells - 1));
        Assert.InRange(found, 0.98 * mean, 1.02 * mean);
        Assert.InRange(spread, 0.98 * deviation, 1.02 * deviation);
    }
}
