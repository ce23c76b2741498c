using Lepton.Neuro.Plasticity.Gradients;
using static Lepton.Neuro.Plasticity.Gradients.Layers;

namespace Lepton.Neuro.Gradients.Tests;

/// <summary>Gradients against finite differences of the loss, in random directions: for spiking layers with spikes made smooth, so that the surrogate is the true derivative.</summary>
public sealed class GradientTests
{
    static SpikingGradient Smooth(Surrogate surrogate) => new() { Surrogate = surrogate, ThroughReset = true, Smooth = true };

    [Fact]
    public void Dense_layers_and_activations() =>
        Check(Input(6), Dense(7), Tanh(), Dense(5), Sigmoid(), Dense(3));

    [Fact]
    public void Convolutions_of_pictures_with_padding_stride_and_pools() =>
        Check(Input(9, 8, 2), Conv2D(3, 3, padding: 1), Tanh(), AvgPool(2), Conv2D(4, 3, stride: 2), Sigmoid(), Flatten(), Dense(3));

    [Fact]
    public void Convolutions_of_lines_and_the_greatest_of_windows() =>
        Check(Input(17, 2), Conv1D(3, 4, padding: 2), MaxPool(2), Tanh(), Conv1D(2, 3, stride: 2), Flatten(), Dense(3));

    [Fact]
    public void Rectified_units_away_from_their_kinks() =>
        Check(Input(6), Dense(5, gain: 0.1, name: "shifted"), ClippedRelu(50), Relu(), Dense(3));

    [Fact]
    public void Batch_norm() =>
        Check(Input(4, 4, 2), Conv2D(3, 2), BatchNorm(), Tanh(), Flatten(), Dense(4), BatchNorm(), Dense(3));

    [Fact]
    public void Batch_norm_of_more_channels_than_a_vector_has_places() =>
        Check(Input(7, 7, 2), Conv2D(19, 2), BatchNorm(), Tanh(), Flatten(), Dense(3));

    [Fact]
    public void Mean_squared_error_and_penalties_of_rates() =>
        Check(Loss.MeanSquaredError, Input(6), Dense(7), Tanh(), Dense(3));

    [Fact]
    public void Synapses_that_answer_to_mixtures() => Check(Input(6), Synaptic(4, 3, readiness: 0.7), Tanh(), Synaptic(3, 5));

    [Fact]
    public void Recurrent_units() => Check(Input(6, 5, 1), Rows(), Dense(4), Recurrent(gain: 1.5), Dense(3), Last(leak: 0.8));

    [Theory]
    [InlineData(SurrogateKind.Arctan)]
    [InlineData(SurrogateKind.FastSigmoid)]
    [InlineData(SurrogateKind.SuperSpike)]
    public void Spiking_neurons_of_both_resets(SurrogateKind kind)
    {
        var gradient = Smooth(new(kind, 1.5f));
        Check(Input(6), Repeat(7), Dense(5), Lif(0.8, 0.6, ResetMode.Subtract, gradient), Dense(4), Lif(0.9, 0.5, ResetMode.ToZero, gradient), Dense(3), Rate());
    }

    [Fact]
    public void Neurons_with_currents_and_thresholds_that_rise()
    {
        var gradient = Smooth(Surrogate.Arctan(1.5));
        Check(Input(6), Repeat(9), Dense(5), SynapticLif(4, 2, 0.7, gradient), Dense(4), AdaptiveLif(5, 1.5, 0.6, 0.3, 4, gradient), Dense(3), MaxMembrane());
    }

    [Fact]
    public void Recurrent_neurons() =>
        Check(Input(6, 5, 1), Rows(), Dense(4), RecurrentLif(0.8, 0.6, ResetMode.Subtract, Smooth(Surrogate.Arctan(1.5)), gain: 1), Dense(3), Last());

    [Fact]
    public void First_spikes() =>
        Check(Loss.FirstSpike, Input(6), Repeat(6), Dense(5), Lif(gradient: Smooth(Surrogate.Arctan(1.5))), Dense(3), Lif(gradient: Smooth(Surrogate.Arctan(1.5))), FirstSpike(3));

    [Fact]
    public void Counts_of_spikes() =>
        Check(Loss.SpikeCount(), Input(6), Repeat(6), Dense(5), Lif(gradient: Smooth(Surrogate.Arctan(1.5))), Dense(3), Lif(gradient: Smooth(Surrogate.Triangle(0.3))));

    [Fact]
    public void A_surrogate_is_the_derivative_of_its_primitive()
    {
        foreach (var surrogate in new[] { Surrogate.Arctan(), Surrogate.FastSigmoid(), Surrogate.Triangle(1.3), Surrogate.SuperSpike() })
        {
            for (double u = -1.9; u < 2; u += 0.23)
            {
                double slope = (surrogate.Primitive(u + 1e-5) - surrogate.Primitive(u - 1e-5)) / 2e-5;
                Assert.Equal(slope, surrogate.Derivative((float)u), 1e-3 * Math.Max(1, slope));
            }
        }
    }

    static void Check(params Layer[] layers) => Check(Loss.CrossEntropy(0.1), layers);

    static void Check(Loss loss, params Layer[] layers)
    {
        var network = new Sequential(layers);
        network.Initialize(3);
        if (layers.OfType<DenseLayer>().FirstOrDefault(l => l.Name == "shifted") is { } shifted)
        {
            // Some units far above zero, some far below: no kink is near.
            for (int i = 0; i < shifted.Bias!.Count; i++) shifted.Bias.Values[i] = i % 2 == 0 ? 5 : -5;
            network.ParametersChanged();
        }
        var samples = new Samples(6, network.Input.Features * network.Input.Steps, network.Output.Channels, 1, 1);
        int[] which = [0, 1, 2, 3, 4, 5];
        using var trainer = new Trainer(network, new() { Loss = loss, BatchSize = 6, BlockSize = 6, Threads = 1 });
        var (_, gradient) = trainer.Gradient(samples, which);
        float[] start = network.GetParameters();
        var random = new System.Random(5);
        double length = Math.Sqrt(gradient.Sum(g => (double)g * g));
        Assert.InRange(length, 1e-4, 1e4);
        foreach (var parameter in network.Parameters.Where(p => p.Kind is ParameterKind.Weight or ParameterKind.Offset))
        {
            // Along the gradient itself the difference is largest, and rounding matters least; a random part keeps it from being that alone.
            var direction = new double[start.Length];
            for (int i = 0; i < parameter.Count; i++) direction[parameter.Offset + i] = gradient[parameter.Offset + i] + (0.3 * length / Math.Sqrt(parameter.Count) * (random.NextDouble() - 0.5));
            double norm = Math.Sqrt(direction.Sum(d => d * d));
            for (int i = 0; i < direction.Length; i++) direction[i] /= norm;
            const double Step = 2e-3;
            double difference = (LossAt(Step) - LossAt(-Step)) / (2 * Step), expected = direction.Zip(gradient, (d, g) => d * g).Sum();
            Assert.True(Math.Abs(difference - expected) <= (0.01 * Math.Abs(expected)) + 2e-4, $"{parameter.Name} at {parameter.Offset}: {expected} but by differences {difference}");

            double LossAt(double step)
            {
                network.SetParameters([.. start.Select((w, i) => (float)(w + (step * direction[i])))]);
                return trainer.Gradient(samples, which).Loss;
            }
        }
    }
}
