using FsCheck.Fluent;
using Lepton.Neuro.Backends;
using Lepton.Neuro.Encoders;
using Lepton.Neuro.Plasticity.Gradients;
using Lepton.Neuro.Testing;
using static Lepton.Neuro.Plasticity.Gradients.Layers;
using static Lepton.Neuro.Units;

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

    [Fact]
    public void In_the_limit_of_many_steps_it_is_the_rate_network() =>
        Properties.Holds(
            from seed in Gen.Choose(1, 100_000)
            from deep in Gen.Elements(true, false)
            from pooled in Gen.Elements(true, false)
            from normalised in Gen.Elements(true, false)
            from clipped in Gen.Elements(true, false)
            select (seed, deep, pooled, normalised, clipped),
            c =>
            {
                ActivationLayer Units() => c.clipped ? ClippedRelu(0.7) : Relu();
                List<Layer> layers = [Input(6, 7, 2), Conv2D(4, 3, padding: 1)];
                if (c.normalised) layers.Add(BatchNorm());
                layers.Add(Units());
                if (c.pooled) layers.Add(AvgPool(2));
                if (c.deep) layers.AddRange([Conv2D(5, 2), Units()]);
                var rate = new Sequential([.. layers, Flatten(), Dense(8), Units(), Dense(3)]);
                rate.Initialize((ulong)c.seed);
                var chance = new System.Random(c.seed);
                foreach (var norm in rate.Layers.OfType<BatchNormLayer>())
                {
                    foreach (var parameter in norm.Parameters)
                    {
                        foreach (ref float value in parameter.Values) value = 0.3f + chance.NextSingle();
                    }
                }
                rate.ParametersChanged();
                var samples = new Samples(12, 84, 3, c.seed, 1);
                float[] expected = Outputs(rate, samples);
                double spread = Math.Max(0.1, expected.Max() - expected.Min()), few = Error(32), many = Error(2048);
                Assert.True(many < 0.01 * spread && many < (few / 8) + (0.002 * spread), $"{few} in 32 steps, {many} in 2048, of {spread}");

                double Error(int steps) => Outputs(RateConversion.Convert(rate, samples, steps, 1), samples).Zip(expected, (a, b) => Math.Abs(a - (double)b)).Average();
            },
            12);

    [Fact]
    public void In_the_simulator_too_it_comes_to_the_rate_network()
    {
        Samples samples = new(300, 35, 4, 1, 0.8), test = new(40, 35, 4, 2, 0.8);
        var rate = new Sequential(Input(5, 7, 1), Conv2D(6, 2), BatchNorm(), Relu(), AvgPool(2), Conv2D(5, 2), Relu(), Flatten(), Dense(4));
        using var trainer = new Trainer(rate, new() { Epochs = 6, BatchSize = 32, LearningRate = 0.005, Threads = 2 });
        trainer.Fit(samples);
        float[] expected = Outputs(rate, test);
        double few = Error(8), many = Error(256);
        Assert.InRange(many, 0, 0.02 * (expected.Max() - expected.Min()));
        Assert.True(many < few / 4, $"{few}, {many}");

        double Error(int steps)
        {
            var exported = NetworkExport.Export(RateConversion.Convert(rate, test, steps, 1), new DeterministicRate { Phase = RateCodeLayer.Phase });
            using var session = Cpu.Evaluate(exported.Network.Compile(1.ms), new() { Threads = 1 });
            float[] sample = new float[35], scores = new float[4];
            double sum = 0;
            for (int i = 0; i < test.Count; i++)
            {
                test.Read(i, sample);
                exported.Show(session, sample, (ulong)i, scores);
                for (int k = 0; k < scores.Length; k++) sum += Math.Abs(scores[k] - expected[(i * scores.Length) + k]);
            }
            return sum / expected.Length;
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
