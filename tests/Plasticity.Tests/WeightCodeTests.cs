using FsCheck;
using FsCheck.Fluent;
using Lepton.Neuro.Plasticity.Compression;
using Lepton.Neuro.Plasticity.ModelFiles;
using Lepton.Neuro.Testing;

namespace Lepton.Neuro.Plasticity.Tests;

public sealed class WeightCodeTests
{
    /// <summary>Weights of all kinds: a few values or many, mostly zero or not, of any bits.</summary>
    static readonly Gen<float[]> AnyWeights =
        from seed in Gen.Choose(1, int.MaxValue)
        from count in Gen.Choose(0, 3000)
        from kind in Gen.Choose(0, 4)
        from zeros in Gen.Choose(0, 100)
        select Weights(seed, count, kind, zeros / 100.0);

    static float[] Weights(int seed, int count, int kind, double zeros)
    {
        var random = new System.Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() < zeros ? 0f : kind switch
        {
            0 => (float)random.NextDouble(),
            1 => random.Next(-7, 8) / 8f,
            2 => random.Next(-3000, 3000) / 1024f,
            3 => BitConverter.Int32BitsToSingle(random.Next()),
            _ => 1f,
        })];
    }

    static int[] Bits(float[] weights) => Array.ConvertAll(weights, BitConverter.SingleToInt32Bits);

    [Fact]
    public void Weights_come_back_to_the_bit() => Properties.Holds(AnyWeights, weights =>
        Assert.Equal(Bits(weights), Bits(WeightCode.Decode(WeightCode.Encode(weights), weights.Length))), 60);

    [Fact]
    public void Quantized_weights_come_back_to_the_bit_from_their_grids() => Properties.Holds(
        from weights in AnyWeights.Where(w => w.All(float.IsFinite) && w.All(v => Math.Abs(v) < 1e30))
        from columns in Gen.Choose(1, 20)
        from bits in Gen.Choose(1, 16)
        from symmetric in Gen.Elements(true, false)
        from channels in Gen.Choose(0, 2)
        select (Weights: weights[..(weights.Length / columns * columns)], columns, Quantization: new UniformQuantization(bits) { IsSymmetric = symmetric }, channels), one =>
        {
            var quantized = one.channels switch
            {
                0 => one.Quantization.PerTensor(one.Weights),
                1 => one.Quantization.PerChannel(one.Weights, one.columns, PruningGroup.Column),
                _ => one.Quantization.PerChannel(one.Weights, one.columns, PruningGroup.Row),
            };
            var code = WeightCode.Encode(quantized.Values, quantized);
            Assert.Equal(Bits(quantized.Values), Bits(WeightCode.Decode(code, quantized.Values.Length)));
        }, 60);

    [Theory]
    [InlineData(2, 0.0)]
    [InlineData(4, 0.0)]
    [InlineData(4, 0.8)]
    [InlineData(4, 0.95)]
    [InlineData(8, 0.5)]
    public void What_was_quantized_and_pruned_takes_little_more_than_its_entropy(int bits, double sparsity)
    {
        var random = new System.Random(bits);
        float[] weights = [.. Enumerable.Range(0, 100_000).Select(_ => (float)(random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5))];
        var quantized = new SymmetricQuantization(bits).Apply(MagnitudePruning.Apply(weights, sparsity)).Values;
        double ideal = WeightCode.IdealBytes(quantized);
        int bytes = WeightCode.Encode(quantized).Length;
        // A codebook of 2^bits values of 4 bytes and their frequencies is on top.
        Assert.InRange(bytes, Math.Floor(ideal), (ideal * 1.01) + (8 << bits));
        Assert.True(bytes < 100_000 * bits / 8);
    }

    [Fact]
    public void A_layer_all_zero_takes_a_few_bytes() => Assert.InRange(WeightCode.Encode(new float[1_000_000]).Length, 1, 32);

    [Fact]
    public void Damage_is_refused_or_changes_weights_only() => Properties.Holds(
        from weights in AnyWeights
        from at in Gen.Choose(0, int.MaxValue)
        from value in Gen.Choose(0, 255)
        from cut in Gen.Elements(true, false)
        select (weights, at, value, cut), one =>
        {
            var code = WeightCode.Encode(one.weights);
            if (one.cut) code = code[..(one.at % code.Length)];
            else code[one.at % code.Length] = (byte)one.value;
            try
            {
                var read = WeightCode.Decode(code, one.weights.Length);
                Assert.Equal(one.weights.Length, read.Length);
                Assert.False(one.cut);
            }
            catch (InvalidInputException error)
            {
                Assert.Contains("at byte", error.Message, StringComparison.Ordinal);
                Assert.DoesNotContain('\n', error.Message);
            }
        }, 300);

    [Fact]
    public void More_weights_than_are_allowed_are_refused_before_memory_is_taken()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<InvalidInputException>(() => WeightCode.Decode(WeightCode.Encode([1f]), int.MaxValue));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
    }
}
