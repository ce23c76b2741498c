using Lepton.Neuro.Plasticity;
using Lepton.Neuro.Plasticity.Gradients;
using Lepton.Neuro.Plasticity.Laws;
using static Lepton.Neuro.Plasticity.Gradients.Layers;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Gradients.Tests;

/// <summary>Gradients that are made while time goes on: against those back in time, against e-prop, and by what they learn.</summary>
public sealed class OnlineTests
{
    const int Rows = 9, Width = 6, Classes = 3;

    [Fact]
    public void Where_no_step_acts_on_a_later_loss_it_is_the_gradient_back_in_time()
    {
        var network = Make(Rows);
        var samples = new Samples(5, Rows * Width, Classes, 1, 1);
        int[] which = [0, 1, 2, 3, 4];
        using var online = new Trainer(network, new() { Online = true, BatchSize = 5, Threads = 1 });
        var (loss, gradient) = online.Gradient(samples, which);
        // The loss of a step is that of a network which sees as many rows.
        double expectedLoss = 0;
        var expected = new double[gradient.Length];
        for (int rows = 1; rows <= Rows; rows++)
        {
            var seen = Make(rows);
            seen.SetParameters(network.GetParameters());
            using var trainer = new Trainer(seen, new() { BatchSize = 5, Threads = 1 });
            var (part, gradients) = trainer.Gradient(new FirstRows(samples, rows * Width), which);
            expectedLoss += part / Rows;
            for (int i = 0; i < expected.Length; i++) expected[i] += gradients[i] / (double)Rows;
        }
        Assert.Equal(expectedLoss, loss, 1e-5);
        double scale = expected.Max(Math.Abs);
        Assert.InRange(scale, 1e-3, 1e3);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], gradient[i], 1e-5 * scale);

        static Sequential Make(int rows)
        {
            var network = new Sequential(Input(rows, Width, 1), Layers.Rows(), Dense(7), Lif(0.8, 0.4), Dense(Classes), Last(leak: 0, gain: 2));
            network.Initialize(3);
            return network;
        }
    }

    [Fact]
    public void With_recurrent_neurons_it_is_e_prop()
    {
        const int Cells = 7;
        var gradientOf = new SpikingGradient { Surrogate = Surrogate.Triangle(1) };
        DenseLayer inward = Dense(Cells, bias: false, gain: 2), outward = Dense(Classes, bias: false);
        var cells = RecurrentLif(0.8, 1, ResetMode.Subtract, gradientOf, gain: 1);
        var network = new Sequential(Input(Rows, Width, 1), Layers.Rows(threshold: 0.4), inward, cells, outward, Last(leak: 0));
        network.Initialize(8);
        var samples = new Samples(1, Rows * Width, Classes, 4, 1);
        using var online = new Trainer(network, new() { Online = true, BatchSize = 1, Threads = 1 });
        var (_, gradient) = online.Gradient(samples, [0]);

        // The network once more, in doubles, and what its loss tells each cell.
        var picture = new float[Rows * Width];
        samples.Read(0, picture);
        double[,] v = new double[Cells, Rows], signal = new double[Cells, Rows];
        bool[,] fired = new bool[Cells, Rows], arrived = new bool[Width, Rows];
        int spikes = 0;
        for (int t = 0; t < Rows; t++)
        {
            for (int i = 0; i < Width; i++) arrived[i, t] = picture[(t * Width) + i] >= 0.4f;
            var output = new double[Classes];
            for (int j = 0; j < Cells; j++)
            {
                v[j, t] = t == 0 ? 0 : 0.8f * (v[j, t - 1] - (fired[j, t - 1] ? 1 : 0));
                for (int i = 0; i < Width; i++) v[j, t] += arrived[i, t] ? inward.Weights.Values[(i * Cells) + j] : 0;
                for (int i = 0; i < Cells && t > 0; i++) v[j, t] += fired[i, t - 1] ? cells.Weights.Values[(i * Cells) + j] : 0;
                fired[j, t] = v[j, t] >= 1;
                spikes += fired[j, t] ? 1 : 0;
                for (int k = 0; k < Classes && fired[j, t]; k++) output[k] += outward.Weights.Values[(j * Classes) + k];
            }
            double sum = output.Sum(Math.Exp);
            for (int k = 0; k < Classes; k++)
            {
                double error = ((Math.Exp(output[k]) / sum) - (k == samples.Label(0) ? 1 : 0)) / Rows;
                for (int j = 0; j < Cells; j++) signal[j, t] += outward.Weights.Values[(j * Classes) + k] * error;
            }
        }
        Assert.InRange(spikes, 5, (Cells * Rows) - 5);
        var rule = new Eprop { Rate = 1, TauReadout = 0.ms, Damping = 1, TauMembrane = (-1 / Math.Log(0.8f)).ms, Minimum = -1e6f, Maximum = 1e6f };
        double scale = gradient.Max(Math.Abs);
        Assert.InRange(scale, 1e-3, 1e3);
        for (int target = 0; target < Cells; target++)
        {
            int j = target;
            for (int i = 0; i < Width; i++) Same(inward.Weights, i, j, [.. Enumerable.Range(0, Rows).Where(t => arrived[i, t])]);
            for (int i = 0; i < Cells; i++) Same(cells.Weights, i, j, [.. Enumerable.Range(1, Rows - 1).Where(t => fired[i, t - 1])]);
        }

        // On the bench all comes a step later, for the first arrival cannot come in the first step; and a signal a step after what it is about.
        void Same(Parameter parameter, int from, int to, int[] arrivals)
        {
            var stimulus = new Stimulus([.. arrivals.Select(t => t + 1)], [.. Enumerable.Range(0, Rows).Where(t => fired[to, t]).Select(t => t + 1)])
            {
                Steps = Rows + 2,
                Updates = [Rows + 2],
                Potential = t => t >= 1 && t <= Rows ? v[to, t - 1] : 0,
                Modulator = t => t >= 2 ? signal[to, t - 2] : 0,
            };
            Assert.Equal(-SynapseBench.Run(rule, stimulus, 0, 1.ms).Weight, gradient[parameter.Offset + (from * Cells) + to], 1e-5 * scale);
        }
    }

    [Fact]
    public void It_learns_nearly_as_well_as_going_back_in_time()
    {
        Samples samples = new(400, 35, 4, 1, 1), test = new(200, 35, 4, 2, 1);
        double online = Accuracy(true), back = Accuracy(false);
        Assert.True(back > 0.7 && online > back - 0.1, $"{online} online, {back} back in time");

        double Accuracy(bool isOnline)
        {
            var network = new Sequential(Input(5, 7, 1), Flatten(), RateCode(8), Dense(40), Lif(), Dense(20), Lif(), Dense(4), Last(leak: 0.9));
            using var trainer = new Trainer(network, new() { Online = isOnline, Epochs = 10, BatchSize = 32, LearningRate = 0.005, Threads = 2 });
            trainer.Fit(samples);
            return trainer.Evaluate(test).Accuracy;
        }
    }

    [Fact]
    public void The_same_bytes_on_any_threads_and_vectors()
    {
        var samples = new Samples(80, 35, 4, 1, 1);
        Assert.Equal(Trained(1, 128), Trained(3, 0));

        float[] Trained(int threads, int bits)
        {
            var network = new Sequential(Input(5, 7, 1), Layers.Rows(threshold: 0.5), Dense(20), RecurrentLif(), Dense(10), Lif(), Dense(4), Last());
            using var trainer = new Trainer(network, new() { Online = true, Epochs = 2, BatchSize = 64, BlockSize = 16, Threads = threads, VectorBits = bits });
            trainer.Fit(samples);
            return network.GetParameters();
        }
    }

    [Fact]
    public void Its_memory_does_not_grow_with_the_steps()
    {
        Assert.Equal(Allocated(8, true), Allocated(800, true));
        Assert.True(Allocated(800, false) > 20 * Allocated(800, true));

        static long Allocated(int steps, bool online)
        {
            var network = new Sequential(Input(30), Repeat(steps), Dense(40), Lif(), Dense(4), Last());
            var samples = new Samples(16, 30, 4, 1);
            var options = new WorkerOptions(16, VectorWidth.Best, true, 1);
            var gradients = new Numbers(network.Store.Count);
            int[] block = [.. Enumerable.Range(0, 16)];
            long before = GC.GetAllocatedBytesForCurrentThread();
            IChain chain = online ? new OnlineChain(network, options) : new Chain(network, options);
            Run(chain);
            return GC.GetAllocatedBytesForCurrentThread() - before;

            unsafe void Run(IChain chain) => chain.Run(samples, block, 1, null, Loss.CrossEntropy(), 1, gradients.Pointer);
        }
    }

    [Fact]
    public void Asked_step_by_step_it_answers_as_ever_in_memory_that_does_not_grow()
    {
        var samples = new Samples(70, 35, 4, 1, 1);
        Func<Sequential>[] networks =
        [
            () => new(Input(5, 7, 1), Flatten(), RateCode(8), Dense(40), Lif(), Dense(20), Lif(), Dense(4), Last(leak: 0.9, gain: 3)),
            () => new(Input(5, 7, 1), Layers.Rows(threshold: 0.5), Dense(20), RecurrentLif(), Dense(4), Last()),
            () => new(Input(35), Repeat(6), Dense(19), Lif(), Dense(4), Last()),
        ];
        foreach (var make in networks)
        {
            var network = make();
            network.Initialize(5);
            using Trainer online = new(network, new() { Online = true, Threads = 2, BatchSize = 64 }), back = new(network, new() { Threads = 1 });
            Assert.Equal(back.Outputs(samples), online.Outputs(samples));
            var (expected, found) = (back.Evaluate(samples), online.Evaluate(samples));
            Assert.Equal(expected.Answers, found.Answers);
            Assert.Equal(expected.Loss, found.Loss, 1e-12);
        }
        Assert.Equal(Allocated(8), Allocated(800));

        static long Allocated(int steps)
        {
            var network = new Sequential(Input(30), Repeat(steps), Dense(40), Lif(), Dense(4), Last());
            var samples = new Samples(16, 30, 4, 1);
            using var trainer = new Trainer(network, new() { Online = true, Threads = 1, BatchSize = 16 });
            long before = GC.GetAllocatedBytesForCurrentThread();
            trainer.Evaluate(samples);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Fact]
    public void What_cannot_be_trained_online_is_refused_by_the_layers_name()
    {
        static string Error(params Layer[] layers) => Assert.Throws<InvalidInputException>(() => new Trainer(new(layers), new() { Online = true })).Message;
        Assert.Contains("'dense 1'", Error(Input(4), Dense(5), Relu(), Dense(3)), StringComparison.Ordinal);
        Assert.Contains("'relu 3'", Error(Input(4), RateCode(4), Dense(5), Relu(), Dense(3), Last()), StringComparison.Ordinal);
        Assert.Contains("'lif 3'", Error(Input(4), RateCode(4), Dense(5), Lif(reset: ResetMode.ToZero), Dense(3), Last()), StringComparison.Ordinal);
        Assert.Contains("'readout 5'", Error(Input(4), RateCode(4), Dense(5), Lif(), Dense(3), MaxMembrane()), StringComparison.Ordinal);
    }

    /// <summary>The first numbers of samples.</summary>
    sealed class FirstRows(Samples samples, int count) : ISamples
    {
        public int Count => samples.Count;

        public int Classes => samples.Classes;

        public int Label(int index) => samples.Label(index);

        public void Read(int index, Span<float> values)
        {
            var whole = new float[Rows * Width];
            samples.Read(index, whole);
            whole.AsSpan(0, count).CopyTo(values);
        }
    }
}
