using Lepton.Neuro.Plasticity.Gradients;
using static Lepton.Neuro.Plasticity.Gradients.Layers;

namespace Lepton.Neuro.Gradients.Tests;

public sealed class ConversionTests
{
    static readonly Func<Sequential>[] Networks =
    [
        () => new(Input(5, 7, 1), Flatten(), Dense(24), Relu(), Dropout(0.1), Dense(12), ClippedRelu(2), Dense(4)),
        () => new(Input(5, 7, 1), Conv2D(6, 2), BatchNorm(), Relu(), AvgPool(2), Conv2D(5, 2), Relu(), Flatten(), Dense(4)),
    ];

    [Fact]
    public void More_steps_come_nearer_to_the_rate_network()
    {
        Samples samples = new(300, 35, 4, 1, 0.8), test = new(100, 35, 4, 2, 0.8);
        foreach (var make in Networks)
        {
            var rate = make();
            using var trainer = new Trainer(rate, new() { Epochs = 6, BatchSize = 32, LearningRate = 0.005, Threads = 2 });
            trainer.Fit(samples);
            float[] expected = Outputs(rate, test);
            double few = Distance(8), more = Distance(64), many = Distance(512);
            Assert.True(many < more && more < few, $"{few}, {more}, {many}");
            // The error of each rate falls as one over the steps.
            Assert.InRange(many, 0, few / 16);

            double Distance(int steps) => Outputs(RateConversion.Convert(rate, test, steps, 1), test).Zip(expected, (a, b) => Math.Abs(a - (double)b)).Average();
        }
    }

    static unsafe float[] Outputs(Sequential network, Samples samples)
    {
        var chain = new Chain(network, new(samples.Count, 128, false, 0));
        chain.Run(samples, [.. Enumerable.Range(0, samples.Count)], 0, null, Loss.CrossEntropy(), 1, null);
        return new ReadOnlySpan<float>(chain.Output.Values, (int)chain.Output.Count).ToArray();
    }

    [Fact]
    public void Units_trained_with_few_levels_lose_less_in_as_few_steps()
    {
        Samples samples = new(400, 35, 4, 1, 1.2), test = new(200, 35, 4, 2, 1.2);
        double rounded = Lost(() => QuantizedRelu(4, 2)), plain = Lost(Relu);
        Assert.True(rounded < plain, $"{rounded}, {plain}");

        double Lost(Func<ActivationLayer> units)
        {
            var rate = new Sequential(Input(5, 7, 1), Flatten(), Dense(32), units(), Dense(24), units(), Dense(4));
            using var trainer = new Trainer(rate, new() { Epochs = 10, BatchSize = 32, LearningRate = 0.005, Threads = 2 });
            trainer.Fit(samples);
            using var spiking = new Trainer(RateConversion.Convert(rate, samples, 4, 1), new() { Threads = 2 });
            return spiking.Evaluate(test).Loss - trainer.Evaluate(test).Loss;
        }
    }

    [Fact]
    public void What_cannot_be_converted_is_refused_by_the_layers_name()
    {
        static string Error(params Layer[] layers) => Assert.Throws<InvalidInputException>(() => RateConversion.Convert(new(layers), new Samples(4, 16, 3, 1), 8)).Message;
        Assert.Contains("'max pool 3'", Error(Input(4, 4, 1), Conv2D(2, 3), Relu(), MaxPool(2), Flatten(), Dense(3)), StringComparison.Ordinal);
        Assert.Contains("'dense 1'", Error(Input(16), Dense(5), Dense(3)), StringComparison.Ordinal);
        Assert.Contains("'relu 2'", Error(Input(16), Dense(3), Relu()), StringComparison.Ordinal);
    }
}
