using Lepton.Neuro.Plasticity.Gradients;
using static Lepton.Neuro.Plasticity.Gradients.Layers;

namespace Lepton.Neuro.Gradients.Tests;

public sealed class BatchNormTests
{
    // Whole vectors of every width and a few channels more; more rows than are added in single precision at a time.
    const int Channels = 21, Height = 3, Width = 5, Images = 24;

    [Fact]
    public void Mean_and_variance_are_those_of_the_block_far_from_zero_too()
    {
        foreach (float away in new[] { 0f, 300f })
        {
            var samples = new Shifted(away);
            float[]? first = null;
            foreach (int bits in new[] { 0, 512, 256, 128, 32 })
            {
                var network = new Sequential(Input(Height, Width, Channels), BatchNorm(), Flatten(), Dense(3));
                using var trainer = new Trainer(network, new() { Epochs = 1, BatchSize = Images, BlockSize = Images, VectorBits = bits, Threads = 1 });
                trainer.Fit(samples);
                var norm = (BatchNormLayer)network.Layers[1];
                for (int channel = 0; channel < Channels; channel++)
                {
                    double[] values = [.. samples.Of(channel)];
                    double mean = values.Average(), variance = values.Average(v => (v - mean) * (v - mean));
                    // A tenth of what the batch found, and nine of what was there: 0 and 1.
                    Assert.Equal(0.1 * mean, norm.Mean.Values[channel], 1e-5 * (1 + Math.Abs(mean)));
                    Assert.Equal(0.9 + (0.1 * variance), norm.Variance.Values[channel], 1e-4 * variance);
                }
                first ??= network.GetParameters();
                Assert.Equal(first, network.GetParameters());
            }
        }
    }

    /// <summary>Each channel has a middle and a spread of its own.</summary>
    sealed class Shifted : ISamples
    {
        readonly float[][] values;

        public Shifted(float away)
        {
            var random = new System.Random(4);
            values = [.. Enumerable.Range(0, Images).Select(_ => Enumerable.Range(0, Height * Width * Channels)
                .Select(i => (away * ((i % Channels) - 10)) + ((1 + (i % Channels)) * (random.NextSingle() - 0.3f))).ToArray())];
        }

        public int Count => values.Length;

        public int Classes => 3;

        public int Label(int index) => index % 3;

        public void Read(int index, Span<float> to) => values[index].CopyTo(to);

        public IEnumerable<double> Of(int channel) => values.SelectMany(v => v.Where((_, i) => i % Channels == channel)).Select(v => (double)v);
    }
}
