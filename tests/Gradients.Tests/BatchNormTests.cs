using Lepton.Neuro.Plasticity.Gradients;
using static Lepton.Neuro.Plasticity.Gradients.Layers;

namespace Lepton.Neuro.Gradients.Tests;

/// <summary>The normalisation of channels by a batch: against its definition in doubles, and with the same bits at every width of vectors.</summary>
public sealed unsafe class BatchNormTests
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

    // Rows of the batch (samples times places) are a multiple of nothing; channels are fewer, as many, and more than vectors are wide.
    [Theory]
    [InlineData(1, 3, 5, 7)]
    [InlineData(3, 5, 7, 11)]
    [InlineData(6, 1, 1, 13)]
    [InlineData(16, 9, 9, 9)]
    [InlineData(40, 3, 3, 5)]
    [InlineData(100, 7, 7, 3)]
    public void It_is_its_definition_at_every_width(int channels, int height, int width, int samples)
    {
        int places = height * width, rows = places * samples;
        var norm = BatchNorm();
        var network = new Sequential(Input(height, width, channels), norm, Flatten(), Dense(2));
        network.Initialize(3);
        var random = new System.Random(channels);
        foreach (var parameter in (ReadOnlySpan<Parameter>)[norm.Scale, norm.Offset])
        {
            for (int c = 0; c < channels; c++) parameter.Values[c] = 0.5f + random.NextSingle();
        }
        network.ParametersChanged();
        var data = new Samples(samples, places * channels, 2, 7, 1);
        (float[] Output, float[] Gradient)? first = null;
        foreach (int bits in (int[])[32, 128, 256, 512])
        {
            var chain = new Chain(network, new(samples, bits, true, 1));
            var gradients = new Numbers(network.Store.Count);
            chain.Run(data, [.. Enumerable.Range(0, samples)], 1, null, Loss.CrossEntropy(), 1, gradients.Pointer);
            var found = (new ReadOnlySpan<float>(chain.OutputOf(norm).Values, rows * channels).ToArray(), gradients.Span.ToArray());
            first ??= found;
            Assert.Equal(first.Value.Output, found.Item1);
            Assert.Equal(first.Value.Gradient, found.Item2);
        }

        var x = new float[samples][];
        for (int i = 0; i < samples; i++) data.Read(i, x[i] = new float[places * channels]);
        for (int c = 0; c < channels; c++)
        {
            double[] all = [.. Enumerable.Range(0, rows).Select(row => (double)x[row / places][(row % places * channels) + c])];
            double mean = all.Average(), variance = all.Average(v => (v - mean) * (v - mean));
            Assert.Equal(mean, first!.Value.Gradient[norm.Mean.Offset + c], 1e-6);
            Assert.Equal(variance, first.Value.Gradient[norm.Variance.Offset + c], 1e-6);
            for (int row = 0; row < rows; row++)
                Assert.Equal((norm.Scale.Values[c] * (all[row] - mean) / Math.Sqrt(variance + 1e-5)) + norm.Offset.Values[c], first.Value.Output[(row * channels) + c], 2e-5);
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
