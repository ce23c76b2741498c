using Lepton.Neuro.Plasticity.Gradients;
using static Lepton.Neuro.Plasticity.Gradients.Layers;

namespace Lepton.Neuro.Gradients.Tests;

/// <summary>Batches that are mixtures of sets.</summary>
public sealed class MixedSamplesTests
{
    const int Size = 24, Classes = 6;

    [Fact]
    public void Each_set_is_there_as_often_as_its_copies_say()
    {
        Samples many = new(30, Size, 4, 1), few = new(5, Size, Classes, 2);
        var mixed = new MixedSamples((many, 1), (few, 3));
        Assert.Equal((45, Classes), (mixed.Count, mixed.Classes));
        float[] found = new float[Size], expected = new float[Size];
        for (int i = 0; i < mixed.Count; i++)
        {
            var (set, sample) = i < 30 ? (many, i) : (few, (i - 30) % 5);
            mixed.Read(i, found);
            set.Read(sample, expected);
            Assert.Equal(expected, found);
            Assert.Equal(set.Label(sample), mixed.Label(i));
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => mixed.Label(45));
        Assert.Contains("copies of set 0", Assert.Throws<InvalidInputException>(() => new MixedSamples((few, 0))).Message, StringComparison.Ordinal);
        Assert.Contains("at least 1", Assert.Throws<InvalidInputException>(() => new MixedSamples()).Message, StringComparison.Ordinal);
        Assert.Contains("2147483647", Assert.Throws<InvalidInputException>(() => new MixedSamples((new Samples(4096, 1, 1, 1), 1 << 20))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_tuned_on_a_mixture_keeps_what_it_knew()
    {
        var all = new Samples(600, Size, Classes, 1);
        ISamples old = new Some(all, label => label < 3), later = new Some(all, label => label >= 3);
        double alone = OldAccuracy(later), mixed = OldAccuracy(new MixedSamples((later, 1), (new First(old, 40), 3)));
        Assert.True(mixed > 0.9 && alone < mixed - 0.2, $"{mixed} of the old classes with a few of their samples mixed in, {alone} without");

        double OldAccuracy(ISamples tuning)
        {
            var network = new Sequential(Input(Size), Dense(30), Relu(), Dense(Classes));
            network.Initialize(2);
            using (var trainer = new Trainer(network, new() { Epochs = 15, BatchSize = 32, LearningRate = 0.01, Threads = 1 })) trainer.Fit(old);
            using (var trainer = new Trainer(network, new() { Epochs = 15, BatchSize = 32, LearningRate = 0.01, Threads = 1 }))
            {
                trainer.Fit(tuning);
                return trainer.Evaluate(old).Accuracy;
            }
        }
    }

    /// <summary>The samples of some classes.</summary>
    sealed class Some(ISamples all, Func<int, bool> isIn) : ISamples
    {
        readonly int[] places = [.. Enumerable.Range(0, all.Count).Where(i => isIn(all.Label(i)))];

        public int Count => places.Length;

        public int Classes => all.Classes;

        public int Label(int index) => all.Label(places[index]);

        public void Read(int index, Span<float> values) => all.Read(places[index], values);
    }

    /// <summary>The first samples.</summary>
    sealed class First(ISamples all, int count) : ISamples
    {
        public int Count => count;

        public int Classes => all.Classes;

        public int Label(int index) => all.Label(index);

        public void Read(int index, Span<float> values) => all.Read(index, values);
    }
}
