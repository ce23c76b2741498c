using Lepton.Neuro.Plasticity.Gradients;
using static Lepton.Neuro.Plasticity.Gradients.Layers;

namespace Lepton.Neuro.Gradients.Tests;

public sealed class TrainerTests
{
    static readonly Func<Sequential>[] Networks =
    [
        () => new(Input(5, 7, 1), Conv2D(5, 3, padding: 1), BatchNorm(), Relu(), MaxPool(2), Flatten(), Dropout(0.2), Dense(19), Relu(), Dense(4)),
        () => new(Input(5, 7, 1), Flatten(), RateCode(6), Dense(37), Lif(), Dense(21), AdaptiveLif(threshold: 0.5), Dense(4), Last()),
        () => new(Input(5, 7, 1), Rows(), Dense(18), RecurrentLif(), Dense(4), MaxMembrane()),
    ];

    [Fact]
    public void The_bytes_do_not_depend_on_threads_or_vectors()
    {
        var samples = new Samples(150, 35, 4, 1);
        foreach (var make in Networks)
        {
            float[]? first = null;
            foreach (var (threads, bits) in new[] { (1, 0), (2, 0), (3, 256), (1, 128), (2, 32) })
            {
                var network = make();
                using var trainer = new Trainer(network, Options with { Threads = threads, VectorBits = bits });
                trainer.Fit(samples);
                first ??= network.GetParameters();
                Assert.Equal(first, network.GetParameters());
            }
        }
    }

    [Fact]
    public void Training_learns()
    {
        Samples samples = new(400, 35, 4, 1, 0.6), test = new(200, 35, 4, 2, 0.6);
        foreach (var make in Networks)
        {
            var network = make();
            using var trainer = new Trainer(network, Options with { Epochs = 20, LearningRate = LearningRate.Cosine(0.01, 0.1) });
            double before = trainer.Evaluate(test).Accuracy;
            var history = trainer.Fit(samples);
            Assert.Equal(20, history.Epochs.Count);
            Assert.True(history.Epochs[^1].Loss < history.Epochs[0].Loss);
            Assert.InRange(trainer.Evaluate(test).Accuracy, Math.Max(0.8, before), 1);
        }
    }

    [Fact]
    public void A_killed_training_goes_on_to_the_same_bytes()
    {
        string path = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"));
        Samples samples = new(150, 35, 4, 1), validation = new(40, 35, 4, 2);
        foreach (var make in Networks)
        {
            var options = Options with { Epochs = 3, Patience = 2, Checkpoint = path, CheckpointEvery = 2, ClipNorm = 1, L2 = 1e-4 };
            var whole = make();
            using (var trainer = new Trainer(whole, options with { Checkpoint = null })) trainer.Fit(samples, validation);

            // Batches are 40 each, 4 an epoch: killed in the second epoch, between two saves; what is on the disk is the save before.
            int batches = 0;
            using (var trainer = new Trainer(make(), options))
                Assert.Throws<InvalidOperationException>(() => trainer.Fit(samples, validation, batchDone: _ => { if (++batches == 7) throw new InvalidOperationException("killed"); }));
            Assert.True(File.Exists(path));
            var resumed = make();
            resumed.Initialize(99);
            using (var trainer = new Trainer(resumed, options with { Threads = 3 }))
            {
                var history = trainer.Fit(samples, validation);
                Assert.Equal(3, history.Epochs.Count);
            }
            Assert.Equal(whole.GetParameters(), resumed.GetParameters());

            // What has come to its end stays at its end.
            var done = make();
            using (var trainer = new Trainer(done, options)) Assert.Equal(3, trainer.Fit(samples, validation, batchDone: _ => Assert.Fail("nothing is left to do")).Epochs.Count);
            Assert.Equal(whole.GetParameters(), done.GetParameters());
            File.Delete(path);

            // Stopped by the user it saves where it stands.
            using var cancellation = new CancellationTokenSource();
            using (var trainer = new Trainer(make(), options with { CheckpointEvery = 1000 }))
                Assert.Throws<OperationCanceledException>(() => trainer.Fit(samples, validation, batchDone: _ => { if (--batches == 2) cancellation.Cancel(); }, cancellation: cancellation.Token));
            var again = make();
            using (var trainer = new Trainer(again, options)) trainer.Fit(samples, validation);
            Assert.Equal(whole.GetParameters(), again.GetParameters());
            File.Delete(path);
        }
    }

    [Fact]
    public void A_checkpoint_of_another_training_is_refused()
    {
        string path = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"));
        var samples = new Samples(80, 35, 4, 1);
        using (var trainer = new Trainer(Networks[0](), Options with { Checkpoint = path, CheckpointEvery = 1 }))
            Assert.Throws<InvalidOperationException>(() => trainer.Fit(samples, batchDone: _ => { if (File.Exists(path)) throw new InvalidOperationException("killed"); }));
        using (var trainer = new Trainer(Networks[0](), Options with { Checkpoint = path, Seed = 5 }))
            Assert.Contains(path, Assert.Throws<InvalidInputException>(() => trainer.Fit(samples)).Message, StringComparison.Ordinal);
        // Labels alike, pictures not; and a layer that differs in a number alone.
        using (var trainer = new Trainer(Networks[0](), Options with { Checkpoint = path }))
            Assert.Contains(path, Assert.Throws<InvalidInputException>(() => trainer.Fit(new Samples(80, 35, 4, 1, 0.3))).Message, StringComparison.Ordinal);
        var other = new Sequential(Input(5, 7, 1), Conv2D(5, 3, padding: 1), BatchNorm(), Relu(), MaxPool(2), Flatten(), Dropout(0.3), Dense(19), Relu(), Dense(4));
        using (var trainer = new Trainer(other, Options with { Checkpoint = path }))
            Assert.Contains(path, Assert.Throws<InvalidInputException>(() => trainer.Fit(samples)).Message, StringComparison.Ordinal);
        File.Delete(path);
    }

    [Fact]
    public void Patience_brings_the_best_parameters_back()
    {
        // Labels that say nothing of the samples: validation soon gets worse.
        Samples samples = new(60, 8, 3, 1, 1.9), validation = new(60, 8, 3, 2, 1.9);
        var network = new Sequential(Input(8), Dense(64), Relu(), Dense(3));
        using var trainer = new Trainer(network, Options with { Epochs = 300, Patience = 3, LearningRate = 0.02 });
        var history = trainer.Fit(samples, validation);
        Assert.True(history.StoppedEarly);
        Assert.Equal(history.Epochs.Min(e => e.ValidationLoss), trainer.Evaluate(validation).Loss, 1e-12);
    }

    [Fact]
    public void Frozen_layers_stay_and_the_others_learn()
    {
        var samples = new Samples(100, 35, 4, 1);
        var network = Networks[0]();
        foreach (var layer in network.Layers.Take(6)) layer.Frozen = true;
        float[] before = network.GetParameters();
        using (var trainer = new Trainer(network, Options)) trainer.Fit(samples);
        float[] after = network.GetParameters();
        foreach (var layer in network.Layers)
        {
            foreach (var parameter in layer.Parameters)
            {
                Assert.Equal(layer.Frozen, before.AsSpan(parameter.Offset, parameter.Count).SequenceEqual(after.AsSpan(parameter.Offset, parameter.Count)));
            }
        }
    }

    [Fact]
    public void Optimizers_follow_their_definitions()
    {
        // One weight, one sample: the gradient of half (w - 1)^2 is w - 1.
        foreach (var (optimizer, expected) in new[] { (Optimizer.Sgd(0.5), new[] { 0.1, 0.24, 0.386 }), (Optimizer.Adam(), [0.1, 0.19957, 0.29845]) })
        {
            double w = 0, m = 0, v = 0;
            for (int step = 1; step <= 3; step++)
            {
                var network = new Sequential(Input(1), Dense(1, bias: false, name: "only"));
                network.Layers[1].Parameters[0].Values[0] = 0;
                network.ParametersChanged();
                using var trainer = new Trainer(network, new() { Optimizer = optimizer, LearningRate = 0.1, Loss = Loss.MeanSquaredError, Epochs = step, Threads = 1 });
                trainer.Fit(new One());
                double g = w - 1;
                if (optimizer == Optimizer.Sgd(0.5))
                {
                    m = (0.5 * m) + g;
                    w -= 0.1 * m;
                }
                else
                {
                    (m, v) = ((0.9 * m) + (0.1 * g), (0.999 * v) + (0.001 * g * g));
                    w -= 0.1 * (m / (1 - Math.Pow(0.9, step))) / (Math.Sqrt(v / (1 - Math.Pow(0.999, step))) + 1e-8);
                }
                Assert.Equal(w, network.Layers[1].Parameters[0].Values[0], 1e-5);
                Assert.Equal(expected[step - 1], w, 2e-3);
            }
        }
    }

    [Fact]
    public void Learning_rates_follow_their_definitions()
    {
        var cosine = LearningRate.Cosine(2, 0.1, 0.25);
        Assert.Equal(1, cosine.At(0, 0.05), 1e-12);
        Assert.Equal(2, cosine.At(0, 0.1), 1e-12);
        for (double p = 0.1; p < 1; p += 0.09) Assert.Equal(2 * (0.25 + (0.75 * (1 + Math.Cos(Math.PI * (p - 0.1) / 0.9)) / 2)), cosine.At(0, p), 1e-10);
        var held = LearningRate.Cosine(2, 0.1, hold: 0.5);
        Assert.Equal([1, 2, 2, 1, 0], new[] { 0.05, 0.1, 0.599, 0.8, 1 }.Select(p => Math.Round(held.At(0, p), 9)));
        Assert.Contains("stays", Assert.Throws<InvalidInputException>(() => LearningRate.Cosine(1, 0.5, hold: 0.5)).Message, StringComparison.Ordinal);
        Assert.Equal(0.02, LearningRate.Steps(2, 3).At(7, 0.5), 1e-12);
    }

    [Fact]
    public void A_network_that_does_not_fit_is_refused_by_the_layers_name()
    {
        static string Error(Func<object> make) => Assert.Throws<InvalidInputException>(make).Message;
        Assert.Contains("'dense 1'", Error(() => new Sequential(Input(28, 28, 1), Dense(10))), StringComparison.Ordinal);
        Assert.Contains("'conv2d 2'", Error(() => new Sequential(Input(6, 6, 1), Conv2D(2, 5), Conv2D(3, 3))), StringComparison.Ordinal);
        Assert.Contains("'second'", Error(() => new Sequential(Input(6, 6, 1), Conv2D(2, 5), Dense(3, name: "second"))), StringComparison.Ordinal);
        Assert.Contains("'recurrent lif 1'", Error(() => new Sequential(Input(6), RecurrentLif())), StringComparison.Ordinal);
        Assert.Contains("'conv1d 1'", Error(() => new Sequential(Input(6, 6, 2), Conv1D(2, 3))), StringComparison.Ordinal);
        Assert.Contains("'max pool 1'", Error(() => new Sequential(Input(6, 6, 2), MaxPool(7))), StringComparison.Ordinal);
        Assert.Contains("Input", Error(() => new Sequential(Dense(3), Dense(3))), StringComparison.Ordinal);
        Assert.Contains("'dense 1'", Error(() => new Trainer(new(Input(4), Dense(2))).Fit(new Samples(4, 4, 3, 1))), StringComparison.Ordinal);
        Assert.Contains("readout", Error(() => new Trainer(new(Input(4), Repeat(3), Dense(3)))), StringComparison.Ordinal);
        Assert.Contains("'dropout'", Error(() => Dropout(1)), StringComparison.Ordinal);
        var used = Dense(3);
        _ = new Sequential(Input(3), used);
        Assert.Contains("twice", Error(() => new Sequential(Input(3), used)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_number_that_is_not_finite_stops_training_and_names_the_layer()
    {
        var network = new Sequential(Input(8), Dense(5), Relu(), Dense(3, name: "last"));
        network.Layers[3].Parameters[0].Values[0] = float.NaN;
        network.ParametersChanged();
        using var trainer = new Trainer(network, Options);
        Assert.Contains("'last'", Assert.Throws<InvalidInputException>(() => trainer.Fit(new Samples(20, 8, 3, 1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_number_that_no_loss_shows_stops_training_too()
    {
        // A spiking unit whose potential is no number never fires: the loss stays finite.
        var network = new Sequential(Input(8), Repeat(3), Dense(5, name: "first"), Lif(), Dense(3), Last());
        network.Layers[2].Parameters[0].Values[1] = float.NaN;
        network.ParametersChanged();
        using (var trainer = new Trainer(network, Options))
            Assert.Contains("'first'", Assert.Throws<InvalidInputException>(() => trainer.Fit(new Samples(20, 8, 3, 1))).Message, StringComparison.Ordinal);
        // A sample that is no number: it arose before all layers.
        using (var trainer = new Trainer(new(Input(1), Dense(2)), Options))
            Assert.Contains("'input 0'", Assert.Throws<InvalidInputException>(() => trainer.Fit(new One(2, float.NaN))).Message, StringComparison.Ordinal);
        // A rate that is far too high: the message says where and when.
        using (var trainer = new Trainer(new(Input(8), Dense(5), Dense(3)), Options with { Optimizer = Optimizer.Sgd(), LearningRate = 100, Loss = Loss.MeanSquaredError, Epochs = 60 }))
        {
            string message = Assert.Throws<InvalidInputException>(() => trainer.Fit(new Samples(200, 8, 3, 1))).Message;
            Assert.Contains("'dense 2'", message, StringComparison.Ordinal);
            Assert.Contains("epoch", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_misfit_says_the_layer_what_was_found_and_what_is_expected()
    {
        string Error(Func<object> make) => Assert.Throws<InvalidInputException>(make).Message;
        foreach (var (make, words) in new (Func<object>, string[])[]
        {
            (() => new Sequential(Input(28, 28, 1), Dense(10)), ["'dense 1'", "28 x 28 x 1", "a vector"]),
            (() => new Sequential(Input(6, 5, 1), Conv2D(2, 7)), ["'conv2d 1'", "6 x 5 x 1", "7 x 7"]),
            (() => new Trainer(new(Input(4), Dense(2))).Fit(new Samples(4, 4, 3, 1)), ["'dense 1'", "2", "a vector of 3"]),
            (() => new Trainer(new(Input(4), Dense(2)), new() { Loss = Loss.WeightedCrossEntropy(1, 2, 3) }), ["weights of classes", "3", "2"]),
        })
        {
            string message = Error(make);
            foreach (string word in words) Assert.Contains(word, message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_weight_of_a_class_is_as_good_as_its_samples_again()
    {
        var samples = new Samples(60, 8, 3, 1);
        int[] all = [.. Enumerable.Range(0, 60)], more = [.. all, .. all.Where(i => samples.Label(i) == 1), .. all.Where(i => samples.Label(i) == 1)];
        var network = new Sequential(Input(8), Dense(5), Relu(), Dense(3));
        network.Initialize(3);
        using Trainer weighted = new(network, Options with { Loss = Loss.WeightedCrossEntropy(1, 3, 1), BatchSize = 256 }), plain = new(network, Options with { BatchSize = 256 });
        var (loss, gradient) = weighted.Gradient(samples, all);
        var (other, expected) = plain.Gradient(samples, more);
        Assert.Equal(other * more.Length, loss * all.Length, 1e-3);
        for (int i = 0; i < gradient.Length; i++) Assert.Equal(expected[i] * more.Length, gradient[i] * all.Length, 1e-3);
        Assert.Equal(Loss.WeightedCrossEntropy(1, 3), Loss.WeightedCrossEntropy(1, 3));
        Assert.NotEqual(Loss.WeightedCrossEntropy(1, 3).ToString(), Loss.WeightedCrossEntropy(1, 4).ToString());
    }

    [Fact]
    public void Outputs_are_what_answers_are_made_of()
    {
        var samples = new Samples(75, 35, 4, 1);
        foreach (var make in Networks)
        {
            using var trainer = new Trainer(make(), Options);
            float[] outputs = trainer.Outputs(samples);
            Assert.Equal(trainer.Evaluate(samples).Answers, outputs.Chunk(4).Select(o => Array.IndexOf(o, o.Max())));
        }
    }

    [Fact]
    public void A_class_without_samples_is_warned_of()
    {
        using var trainer = new Trainer(new(Input(1), Dense(2)), new() { Epochs = 1 });
        Assert.Contains("class 1", Assert.Single(trainer.Fit(new One(2)).Warnings), StringComparison.Ordinal);
    }

    static TrainingOptions Options => new() { Epochs = 2, BatchSize = 40, BlockSize = 16, LearningRate = 0.003, Threads = 2 };

    sealed class One(int classes = 1, float value = 1) : ISamples
    {
        public int Count => 1;

        public int Classes => classes;

        public int Label(int index) => 0;

        public void Read(int index, Span<float> values) => values.Fill(value);
    }
}
