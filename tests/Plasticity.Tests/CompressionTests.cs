using FsCheck;
using FsCheck.Fluent;
using Lepton.Neuro.Backends;
using Lepton.Neuro.Plasticity.Compression;
using Lepton.Neuro.Testing;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Plasticity.Tests;

public sealed class CompressionTests
{
    static readonly Gen<float[]> AnyWeights = Gen.Choose(-1000, 1000).Select(i => i * 0.0037f).ListOf().Select(l => l.ToArray());

    static readonly Gen<(float[] Weights, int Bits, bool Power)> Quantizations =
        from weights in AnyWeights
        from bits in Gen.Choose(1, 16)
        from power in Gen.Elements(true, false)
        select (weights, bits, power);

    [Fact]
    public void Quantized_weights_are_near_on_the_grid_and_in_range() => Properties.Holds(Quantizations, one =>
    {
        var quantized = new SymmetricQuantization(one.Bits) { PowerOfTwoStep = one.Power }.Apply(one.Weights);
        int largest = one.Bits == 1 ? 1 : (1 << (one.Bits - 1)) - 1;
        for (int i = 0; i < one.Weights.Length; i++)
        {
            // Half a step, and the rounding of a product in single precision.
            Assert.True(MathF.Abs(quantized.Values[i] - one.Weights[i]) <= (quantized.Step * 0.50001f) + (MathF.Abs(one.Weights[i]) * 2.4e-7f));
            Assert.InRange(quantized.Integers[i], -largest, largest);
            Assert.Equal(quantized.Integers[i] * quantized.Step, quantized.Values[i]);
            if (one.Weights[i] == 0) Assert.Equal(0, quantized.Values[i]);
        }
        if (one.Power) Assert.Equal(MathF.ScaleB(1, MathF.ILogB(quantized.Step)), quantized.Step);
    });

    [Fact]
    public void Quantization_is_idempotent_odd_and_monotone() => Properties.Holds(Quantizations, one =>
    {
        var quantization = new SymmetricQuantization(one.Bits) { PowerOfTwoStep = one.Power };
        var once = quantization.Apply(one.Weights);
        if (one.Power && one.Bits > 1) Assert.Equal(once.Values, quantization.Apply(once.Values).Values);
        Assert.Equal(Array.ConvertAll(once.Values, v => 0 - v), quantization.Apply(Array.ConvertAll(one.Weights, w => 0 - w)).Values);
        var order = Enumerable.Range(0, one.Weights.Length).OrderBy(i => one.Weights[i]).ToArray();
        for (int i = 1; i < order.Length; i++) Assert.True(once.Values[order[i - 1]] <= once.Values[order[i]]);
    });

    [Fact]
    public void The_step_is_the_least_that_fits() => Properties.Holds(Quantizations, one =>
    {
        var quantized = new SymmetricQuantization(one.Bits).Apply(one.Weights);
        float most = one.Weights.Select(MathF.Abs).Append(0).Max();
        if (most == 0) return;
        int largest = one.Bits == 1 ? 1 : (1 << (one.Bits - 1)) - 1;
        Assert.True(quantized.Step * largest >= most);
        Assert.True(quantized.Step / 2 * largest < most);
    });

    [Fact]
    public void Pruning_keeps_the_largest_and_its_sparsity_is_exact() => Properties.Holds(
        from sets in AnyWeights.ListOf()
        from sparsity in Gen.Choose(0, 100)
        select (Sets: sets.ToArray(), Sparsity: sparsity / 100.0),
        one =>
        {
            var pruned = MagnitudePruning.Apply(one.Sets, one.Sparsity);
            var before = one.Sets.SelectMany(s => s).ToArray();
            var after = pruned.SelectMany(s => s).ToArray();
            int zerosBefore = before.Count(w => w == 0), wanted = (int)Math.Round(one.Sparsity * before.Length, MidpointRounding.AwayFromZero);
            Assert.Equal(Math.Max(zerosBefore, wanted), after.Count(w => w == 0));
            float mostGone = 0, leastKept = float.MaxValue;
            for (int i = 0; i < before.Length; i++)
            {
                if (after[i] != 0)
                {
                    Assert.Equal(before[i], after[i]);
                    leastKept = MathF.Min(leastKept, MathF.Abs(after[i]));
                }
                else
                {
                    mostGone = MathF.Max(mostGone, MathF.Abs(before[i]));
                }
            }
            Assert.True(mostGone <= leastKept);
            // Among equals the later ones go first.
            for (int i = 0; i < before.Length; i++)
            {
                for (int j = i + 1; j < before.Length && before[i] != 0 && after[i] == 0; j++) Assert.True(after[j] == 0 || MathF.Abs(before[j]) != MathF.Abs(before[i]));
            }
            for (int i = 0; i < one.Sets.Length; i++) Assert.Equal(one.Sets[i].Length, pruned[i].Length);
        });

    [Fact]
    public void Edges_and_matrix_have_the_same_spikes() => Properties.Holds(Gen.Choose(1, 10_000), seed =>
    {
        var random = new System.Random(seed);
        var weights = Enumerable.Range(0, 30 * 20).Select(_ => (float)random.NextDouble() - 0.3f).ToArray();
        var compressed = new SymmetricQuantization(5).Apply(MagnitudePruning.Apply(weights, 0.6)).Values;
        Assert.Equal(Spikes(true), Spikes(false));

        string Spikes(bool dense)
        {
            var network = new Network((ulong)seed);
            var source = network.Add("source", 30, new PoissonSource(300.Hz));
            var cells = network.Add("cells", 20, new IntegrateAndFire());
            var part = CompressedProjection.AllToAll(compressed, 20, dense);
            network.Connect(source, cells, part.Wiring, part.Weight);
            using var session = Cpu.Load(network.Compile(1.ms));
            var hash = session.RecordAll(new SpikeHash());
            session.Advance(60);
            return hash.ToString();
        }
    }, 30);

    [Fact]
    public void The_size_counts_bits()
    {
        var size = CompressedSize.Of([1, 0, 0, 2, 0, 0, 0, 0], 4, 8);
        Assert.Equal((8, 2, 64, 20, 20), (size.Weights, size.Synapses, size.BitsAsMatrix, size.BitsAsList, size.Bits));
        Assert.Equal(0.75, size.Sparsity);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(17)]
    public void Bits_out_of_range_are_refused(int bits) =>
        Assert.Contains("allowed: 1 to 16", Assert.Throws<InvalidInputException>(() => new SymmetricQuantization(bits).Apply([1f])).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void Sparsities_out_of_range_are_refused(double sparsity) =>
        Assert.Contains("the sparsity", Assert.Throws<InvalidInputException>(() => MagnitudePruning.Apply([1f], sparsity)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_weight_that_is_not_a_number_is_refused()
    {
        Assert.Throws<InvalidInputException>(() => MagnitudePruning.Apply([1f, float.NaN], 0.5));
        Assert.Throws<InvalidInputException>(() => new SymmetricQuantization(8).Apply([float.PositiveInfinity]));
    }
}
