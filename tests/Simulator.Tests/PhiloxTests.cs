using FsCheck.Fluent;
using Lepton.Neuro.Random;
using Lepton.Neuro.Testing;

namespace Lepton.Neuro.Simulator.Tests;

public sealed class PhiloxTests
{
    [Fact]
    public void Blocks_are_the_published_ones()
    {
        // The known answers of Random123 1.14, kat_vectors, philox4x32 with 10 rounds.
        Assert.Equal((0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u), Philox.Block((0, 0), (0, 0, 0, 0)));
        const uint ones = 0xffffffff;
        Assert.Equal((0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu), Philox.Block((ones, ones), (ones, ones, ones, ones)));
        Assert.Equal(
            (0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u),
            Philox.Block((0xa4093822, 0x299f31d0), (0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344)));
    }

    [Fact]
    public void Filling_equals_asking_word_by_word() =>
        Properties.Holds(
            from seed in Gen.Choose(int.MinValue, int.MaxValue)
            from first in Gen.Choose(0, 0x3ffffff)
            from length in Gen.Choose(0, 300)
            from b in Gen.Choose(int.MinValue, int.MaxValue)
            from c in Gen.Choose(int.MinValue, int.MaxValue)
            select (seed, first: (uint)first * Philox.Group, length, b: (uint)b, c: (uint)c),
            given =>
            {
                var stream = new RandomStream((ulong)given.seed, RandomPurpose.Weights, 7);
                var words = new uint[given.length];
                uint d = given.b ^ 0x55555555;
                Philox.Fill(stream, given.first, given.b, given.c, d, words);
                for (int i = 0; i < words.Length; i++) Assert.Equal(Philox.Word(stream, given.first + (uint)i, given.b, given.c, d), words[i]);
            });

    [Fact]
    public void Scattered_words_equal_asking_word_by_word() =>
        Properties.Holds(
            from indices in Gen.Choose(0, int.MaxValue).ArrayOf()
            from seed in Gen.Choose(0, 1000)
            select (indices, seed),
            c =>
            {
                var stream = new RandomStream((ulong)c.seed, RandomPurpose.Plasticity, 3);
                // Beyond 2^31 too.
                uint[] indices = [.. c.indices.Select(i => ((uint)i * 2) + 1)], words = new uint[indices.Length];
                Philox.Scattered(stream, indices, 5, 6, 7, words);
                Assert.Equal(indices.Select(i => Philox.Word(stream, i, 5, 6, 7)), words);
            },
            100);

    [Fact]
    public void A_word_is_the_word_of_the_documented_block()
    {
        var stream = new RandomStream(1, RandomPurpose.Wiring, 2);
        for (uint i = 0; i < 300; i++)
        {
            var (a, b, c, d) = Philox.Block(stream.Key, ((i / 64 * 16) + (i % 16), 3, 4, 5));
            Assert.Equal(new[] { a, b, c, d }[i / 16 % 4], Philox.Word(stream, i, 3, 4, 5));
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => Philox.Fill(stream, 1, 0, 0, 0, new uint[4]));
    }

    [Fact]
    public void Streams_of_any_two_uses_differ()
    {
        var keys = new HashSet<(uint, uint)>();
        int asked = 0;
        foreach (ulong seed in new[] { 0ul, 1ul, 1ul << 32, ulong.MaxValue })
        {
            foreach (var purpose in Enum.GetValues<RandomPurpose>())
            {
                for (int index = 0; index < 50; index++, asked++) keys.Add(new RandomStream(seed, purpose, index).Key);
            }
        }
        Assert.Equal(asked, keys.Count);
    }

    [Fact]
    public void A_permutation_is_one_and_depends_on_its_round() =>
        Properties.Holds(
            from count in Gen.Choose(0, 500)
            from seed in Gen.Choose(0, int.MaxValue)
            select (count, seed),
            given =>
            {
                var stream = new RandomStream((ulong)given.seed, RandomPurpose.Shuffling, 0);
                int[] order = stream.Permutation(given.count, 0);
                Assert.Equal(Enumerable.Range(0, given.count), order.Order());
                Assert.Equal(order, stream.Permutation(given.count, 0));
                if (given.count > 20) Assert.NotEqual(order, stream.Permutation(given.count, 1));
            });

    [Fact]
    public void All_orders_of_four_are_equally_likely()
    {
        var stream = new RandomStream(17, RandomPurpose.Shuffling, 0);
        const int rounds = 24_000;
        var counts = Enumerable.Range(0, rounds).Select(r => string.Concat(stream.Permutation(4, (uint)r))).CountBy(o => o).ToDictionary(p => p.Key, p => p.Value);
        Assert.Equal(24, counts.Count);
        double chi = counts.Values.Sum(n => (n - 1000.0) * (n - 1000.0) / 1000.0);
        // 23 degrees of freedom: above 58 once in 10^4 seeds.
        Assert.InRange(chi, 5, 58);
    }

    [Fact]
    public void Below_covers_its_range_and_no_more()
    {
        Assert.Equal(0, RandomStream.Below(0, 7));
        Assert.Equal(6, RandomStream.Below(uint.MaxValue, 7));
        Assert.Equal(int.MaxValue - 1, RandomStream.Below(uint.MaxValue, int.MaxValue));
        Assert.Equal(3, RandomStream.Below(0x80000000, 6));
    }
}
