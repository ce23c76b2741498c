using Lepton.Neuro.Plasticity.Gradients;
using static Lepton.Neuro.Plasticity.Gradients.Layers;

namespace Lepton.Neuro.Gradients.Tests;

public sealed class StrategyTests
{
    static readonly AdaptiveStrategy Strategy = new() { UpdateShare = 1 };

    static Sequential Network() => new(Input(35), Dense(24), Relu(), Dense(4));

    static TrainingOptions Options => new() { Epochs = 30, BatchSize = 40, BlockSize = 16, LearningRate = 0.003, Threads = 2, Strategy = Strategy };

    /// <summary>The state after epochs of given validation losses.</summary>
    static StrategyState After(AdaptiveStrategy strategy, Optimizer optimizer, double switchFactor, params double[] losses)
    {
        var state = new StrategyState(Network(), Options with { Strategy = strategy, Optimizer = optimizer }, 10_000);
        for (int i = 0; i < losses.Length; i++) state.Judge(new(i + 1, 1, 0.5, losses[i], 0.5, 0.003), () => switchFactor);
        return state;
    }

    [Fact]
    public void A_loss_that_rises_cuts_the_rate_at_once()
    {
        var state = After(Strategy, Optimizer.Adam(), 1, 1, 0.5, 0.64);
        Assert.Equal((StrategyRule.Rise, 3), (Assert.Single(state.Changes).Rule, state.Changes[0].Epoch));
        Assert.Equal(0.5, state.RateFactor);
        Assert.Empty(After(Strategy, Optimizer.Adam(), 1, 1, 0.5, 0.62).Changes);
    }

    [Fact]
    public void A_loss_that_stands_still_cuts_the_rate_and_then_changes_the_optimizer()
    {
        // Less than 1 % down is no lower; each change is followed by two epochs of waiting.
        Assert.Empty(After(Strategy, Optimizer.Adam(), 8, 1, 0.995).Changes);
        var state = After(Strategy, Optimizer.Adam(), 8, 1, 0.995, 0.994, 0.993, 0.992);
        Assert.Equal([(StrategyRule.Plateau, 3), (StrategyRule.Plateau, 5)], state.Changes.Select(c => (c.Rule, c.Epoch)));
        Assert.Equal(0.25, state.RateFactor);
        state = After(Strategy, Optimizer.Adam(), 8, 1, 0.995, 0.994, 0.993, 0.992, 0.991, 0.99, 0.99, 0.99);
        Assert.Equal([(StrategyRule.Plateau, 3), (StrategyRule.Plateau, 5), (StrategyRule.Switch, 7), (StrategyRule.Plateau, 9)], state.Changes.Select(c => (c.Rule, c.Epoch)));
        Assert.Equal(0.25 * 8 * 0.5, state.RateFactor);
        Assert.Equal(Optimizer.Sgd(0.9), state.Optimizer);
        // What is no adaptive optimizer is not changed.
        Assert.DoesNotContain(After(Strategy, Optimizer.Sgd(), 8, 1, 1, 1, 1, 1, 1, 1, 1, 1).Changes, c => c.Rule == StrategyRule.Switch);
        Assert.Equal(0.5, After(Strategy with { Least = 0.5 }, Optimizer.Sgd(), 8, 1, 1, 1, 1, 1, 1, 1, 1, 1).RateFactor);
    }

    [Fact]
    public void A_dear_update_makes_batches_larger_as_long_as_the_loss_falls()
    {
        // 35 x 24 + 24 x 4 weights: 3 x 936 multiplications a sample, 964 x (12 + 3) an update of 40 samples.
        var state = After(Strategy with { UpdateShare = 0.1 }, Optimizer.Adam(), 1);
        Assert.Equal(964.0 * 15 / ((964 * 15) + (40 * 3 * 936)), state.UpdateShare, 1e-12);
        state = After(Strategy with { UpdateShare = 0.1 }, Optimizer.Adam(), 1, 1, 0.9, 0.8);
        Assert.Equal((StrategyRule.Cost, 1), (Assert.Single(state.Changes).Rule, state.Changes[0].Epoch));
        Assert.Equal((80, Math.Sqrt(2)), (state.Batch, state.RateFactor));
        Assert.Empty(After(Strategy with { UpdateShare = 0.1, MostBatch = 79 }, Optimizer.Adam(), 1, 1, 0.9, 0.8).Changes);
        Assert.Equal(40, After(Strategy with { UpdateShare = 0.01, Wait = 9 }, Optimizer.Adam(), 1, double.NaN, double.NaN, double.NaN).Batch);
    }

    [Fact]
    public void All_rules_change_a_real_training_to_the_same_bytes_whatever_the_threads_and_interruptions()
    {
        // Labels that noise hides: the loss soon stands still or rises.
        Samples samples = new(400, 35, 4, 1, 1.9), validation = new(60, 35, 4, 2, 1.9);
        string path = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"));
        var options = Options with { Epochs = 20, LearningRate = 0.03, Strategy = new() { UpdateShare = 0.1, Wait = 1, CutsBeforeSwitch = 1, Improvement = 0.03, Rise = 0.03, MostBatch = 50 }, BatchSize = 20, Checkpoint = path, CheckpointEvery = 7 };
        var whole = Network();
        TrainingHistory history;
        using (var trainer = new Trainer(whole, options with { Checkpoint = null })) history = trainer.Fit(samples, validation);
        foreach (var rule in Enum.GetValues<StrategyRule>()) Assert.True(history.Changes.Any(c => c.Rule == rule), $"{rule}: {string.Join("; ", history.Changes)}");
        foreach (int killedAt in new[] { 30, 111 })
        {
            int batches = 0;
            using (var trainer = new Trainer(Network(), options))
                Assert.Throws<InvalidOperationException>(() => trainer.Fit(samples, validation, batchDone: _ => { if (++batches == killedAt) throw new InvalidOperationException("killed"); }));
            var resumed = Network();
            using (var trainer = new Trainer(resumed, options with { Threads = 3, VectorBits = 128 })) Assert.Equal(history.Changes, trainer.Fit(samples, validation).Changes);
            Assert.Equal(whole.GetParameters(), resumed.GetParameters());
            File.Delete(path);
        }
    }

    [Fact]
    public void The_first_step_after_the_change_is_as_long_as_the_last_before_along_the_mean_gradient()
    {
        var adam = Optimizer.Adam(0.9, 0.999, 1e-8);
        float[] mean = [0.1f, -0.2f, 0.05f], square = [0.04f, 0.01f, 0.09f], kept = [.. mean];
        double factor = adam.Project(mean, square, 100_000, 0.9), along = 0, other = 0;
        for (int i = 0; i < kept.Length; i++)
        {
            along += kept[i] * kept[i] / Math.Sqrt(square[i]);
            // The step of the new optimizer is its rate times what it remembers.
            other += kept[i] * factor * mean[i];
        }
        Assert.Equal(along, other, 1e-5);
    }

    [Fact]
    public void A_strategy_needs_validation_and_sound_numbers()
    {
        using var trainer = new Trainer(Network(), Options);
        Assert.Contains("validation", Assert.Throws<InvalidInputException>(() => trainer.Fit(new Samples(40, 35, 4, 1))).Message, StringComparison.Ordinal);
        Assert.Contains("factor", Assert.Throws<InvalidInputException>(() => new Trainer(Network(), Options with { Strategy = Strategy with { Factor = 2 } })).Message, StringComparison.Ordinal);
    }
}
