using Lepton.Neuro.Gradients.Tests;
using Lepton.Neuro.Plasticity.Compression;
using Lepton.Neuro.Plasticity.Gradients;
using static Lepton.Neuro.Plasticity.Gradients.Layers;

namespace Lepton.Neuro.Plasticity.Tests;

public sealed class CompressedTrainingTests
{
    static readonly TrainingOptions Options = new() { Epochs = 6, BatchSize = 32, BlockSize = 16, LearningRate = 0.005, Threads = 1 };

    static (Sequential Network, Samples Training, Samples Test) Trained()
    {
        Samples training = new(400, 36, 6, 1, 1.2), test = new(300, 36, 6, 2, 1.2);
        var network = new Sequential(Input(6, 6, 1), Flatten(), Dense(24), Relu(), Dense(6));
        network.Initialize(3);
        using var trainer = new Trainer(network, Options);
        trainer.Fit(training);
        return (network, training, test);
    }

    static double Accuracy(Sequential network, Samples test)
    {
        using var trainer = new Trainer(network, Options);
        return trainer.Evaluate(test).Accuracy;
    }

    static float[] Weights(Sequential network) => [.. network.Parameters.Where(p => p.Kind == ParameterKind.Weight).SelectMany(p => p.Values.ToArray())];

    [Fact]
    public void Fine_tuning_ends_at_the_schedules_sparsity_on_the_grids_and_better_than_without()
    {
        var (network, training, test) = Trained();
        var learned = network.GetParameters();
        int weights = Weights(network).Length;
        // Without fine-tuning: the same compression at once.
        var schedule = new PruningSchedule(0.85, 0, 60) { Every = 4 };
        var quantization = new UniformQuantization(3) { Calibration = Calibration.MeanSquaredError };
        _ = new CompressedTraining(network, new(0.85, 0, 0), quantization);
        double atOnce = Accuracy(network, test);
        network.SetParameters(learned);
        var tuning = new CompressedTraining(network, schedule, quantization);
        var sparsities = new List<double>();
        using (var trainer = new Trainer(network, Options))
        {
            trainer.Fit(training, batchDone: count =>
            {
                tuning.AfterUpdate(count);
                sparsities.Add(tuning.Sparsity);
            });
        }
        Assert.True(Accuracy(network, test) > atOnce + 0.05);
        var left = Weights(network);
        Assert.True(left.Count(w => w == 0) >= Math.Round(0.85 * weights));
        Assert.Equal(left.Count(w => w == 0) / (double)weights, tuning.Sparsity, 12);
        Assert.True(sparsities[0] < sparsities[20] && sparsities[20] < sparsities[^1]);
        int next = 0, layer = 0;
        foreach (var parameter in network.Parameters.Where(p => p.Kind == ParameterKind.Weight))
        {
            var grid = tuning.Quantized[layer++].Grids[0];
            Assert.Equal(7, grid.Most - grid.Least + 1);
            for (int i = 0; i < parameter.Count; i++, next++) Assert.Equal(grid.Nearest(left[next]), left[next]);
        }
    }

    [Fact]
    public void With_nothing_asked_for_training_is_the_same_but_for_rounding()
    {
        var (network, training, _) = Trained();
        var learned = network.GetParameters();
        using (var trainer = new Trainer(network, Options)) trainer.Fit(training);
        var plain = network.GetParameters();
        network.SetParameters(learned);
        var tuning = new CompressedTraining(network, null, null);
        using (var trainer = new Trainer(network, Options)) trainer.Fit(training, batchDone: tuning.AfterUpdate);
        // A difference of floats, added again, may be off by the last bit.
        Assert.All(plain.Zip(network.GetParameters()), pair => Assert.Equal(pair.First, pair.Second, 1e-3f));
        Assert.Empty(tuning.Quantized);
    }
}
