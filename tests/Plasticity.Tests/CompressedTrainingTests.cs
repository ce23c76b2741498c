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

    [Fact]
    public void Units_go_with_all_that_leads_to_them_and_from_them()
    {
        var network = new Sequential(Layers.Input(6, 6, 1), Layers.Conv2D(4, 3), Layers.Relu(), Layers.Flatten(), Layers.Dense(8), Layers.Relu(), Layers.Dense(3));
        foreach (var bias in network.Parameters.Where(p => p.Kind == ParameterKind.Offset)) bias.Values.Fill(0.5f);
        var tuning = new CompressedTraining(network, new(0.5, 0, 0), new(4), PruningMethod.Structured, perChannel: true);
        var (filters, hidden, last) = (network.Layers[1].Parameters, network.Layers[4].Parameters, network.Layers[6].Parameters);
        int[] gone = [.. Enumerable.Range(0, 4).Where(f => Enumerable.Range(0, 9).All(i => filters[0].Values[(i * 4) + f] == 0))];
        Assert.Equal(2, gone.Length);
        Assert.All(gone, f => Assert.Equal(0, filters[1].Values[f]));
        // The picture's channels are the fastest of a vector.
        for (int i = 0; i < hidden[0].Count; i++) Assert.False(gone.Contains(i / 8 % 4) && hidden[0].Values[i] != 0);
        int[] silent = [.. Enumerable.Range(0, 8).Where(u => hidden[1].Values[u] == 0)];
        Assert.Equal(4, silent.Length);
        for (int i = 0; i < last[0].Count; i++) Assert.False(silent.Contains(i / 3) && last[0].Values[i] != 0);
        Assert.All(last[1].Values.ToArray(), b => Assert.Equal(0.5f, b));
        foreach (var (parameter, quantized) in network.Parameters.Where(p => p.Kind == ParameterKind.Weight).Zip(tuning.Quantized)) Assert.Equal(parameter.Values.ToArray(), quantized.Values);
    }

    [Fact]
    public void By_movement_those_stay_that_training_drew_away_from_zero()
    {
        var network = new Sequential(Layers.Input(2), Layers.Dense(4, bias: false));
        float[] before = [1, -1, 2, -2, 0.1f, -0.1f, 0.2f, -0.2f];
        var weights = network.Parameters.Single();
        before.CopyTo(weights.Values);
        var tuning = new CompressedTraining(network, new(0.5, 1, 1), null, PruningMethod.Movement);
        // The large ones move towards zero, the small ones away from it.
        for (int i = 0; i < before.Length; i++) weights.Values[i] *= i < 4 ? 0.9f : 1.5f;
        tuning.AfterUpdate(1);
        Assert.Equal(before.Select((w, i) => i < 4 ? 0 : w * 1.5f), weights.Values.ToArray());
        Assert.Equal(0.5, tuning.Sparsity);
    }

    [Fact]
    public void A_folded_normalisation_changes_nothing_but_roundings()
    {
        var (network, training, test) = Trained();
        var normal = new Sequential(Layers.Input(network.Input.Height, network.Input.Width, network.Input.Channels), Layers.Flatten(), Layers.Dense(12, bias: false), Layers.BatchNorm(), Layers.Relu(), Layers.Dropout(0.1), Layers.Dense(network.Output.Channels));
        using (var trainer = new Trainer(normal, Options)) trainer.Fit(training);
        var folded = BatchNormFolding.Fold(normal);
        Assert.DoesNotContain(folded.Layers, l => l is BatchNormLayer or DropoutLayer);
        using Trainer one = new(normal), other = new(folded);
        Assert.Equal(one.Evaluate(test).Loss, other.Evaluate(test).Loss, 1e-5);
    }
}
