using FsCheck;
using FsCheck.Fluent;
using Lepton.Neuro.Backends;
using Lepton.Neuro.Lanes;
using Lepton.Neuro.Plasticity.Laws;
using Lepton.Neuro.Testing;
using static Lepton.Neuro.Units;
using Bench = Lepton.Neuro.Plasticity.Laws.SynapseBench;

namespace Lepton.Neuro.Plasticity.Tests;

/// <summary>e-prop against the gradient by backpropagation through time, written down independently, and in networks that learn.</summary>
public class EpropTests
{
    [Fact]
    public void Without_recurrence_it_is_the_full_gradient() =>
        Properties.Holds(
            from seed in Gen.Choose(1, 100_000)
            from adaptive in Gen.Elements(true, false)
            from refractory in Gen.Choose(0, 3)
            from readout in Gen.Elements(0.0, 20.0)
            select (seed, adaptive, refractory, readout),
            c =>
            {
                var model = new EpropNeuron { Adaptation = c.adaptive ? 0.2f : 0, TauAdaptation = 60.ms, Refractory = c.refractory.ms };
                var rule = Eprop.For(model) with { Rate = 1, TauReadout = c.readout.ms, Minimum = -1e6f, Maximum = 1e6f };
                var task = new Task(model, c.seed, c.readout);
                Assert.True(task.Spikes > 10, $"{task.Spikes} spikes");
                var (expected, scale) = task.Gradient();
                for (int neuron = 0; neuron < Task.Hidden; neuron++)
                {
                    for (int source = 0; source < Task.Sources; source++)
                    {
                        double change = Bench.Run(rule, task.Of(source, neuron), 0, 1.ms).Weight;
                        Assert.Equal(expected[neuron, source], -change, 1e-9 * scale);
                    }
                }
            },
            25);

    [Fact]
    public void Single_precision_stays_near()
    {
        var rule = new Eprop { Rate = 1, Adaptation = 0.2f, Minimum = -1e6f, Maximum = 1e6f };
        var task = new Task(new EpropNeuron { Adaptation = 0.2f }, 7, 20);
        for (int source = 0; source < Task.Sources; source++)
        {
            double exact = Bench.Run(rule, task.Of(source, 0), 0, 1.ms).Weight;
            Assert.Equal(exact, Bench.Run<Scalar>(rule, task.Of(source, 0), 0, 1.ms).Weight, 1e-4 * Math.Max(1, Math.Abs(exact)));
        }
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(0.1f)]
    public void The_neuron_follows_its_equations(float adaptation)
    {
        var model = new EpropNeuron { Adaptation = adaptation, TauAdaptation = 50.ms, Refractory = 2.ms };
        var network = new Network(3);
        var source = network.Add("source", 1, SpikeSource.OneNeuron(Enumerable.Range(0, 60).Where(t => t % 3 != 1).Select(t => t.ms)));
        var target = network.Add("target", 1, model);
        network.Connect(source, target, Wiring.OneToOne, 0.25);
        using var session = Reference.LoadFloat64(network.Compile(1.ms));
        double v = 0, a = 0, wait = 0;
        bool fired = false;
        int spikes = 0;
        for (int t = 0; t < 70; t++)
        {
            session.Advance(1);
            v = (v * Math.Exp(-1 / 20.0)) - (fired ? 1 : 0) + (t >= 1 && t <= 60 && (t - 1) % 3 != 1 ? 0.25 : 0);
            a = (a * Math.Exp(-1 / 50.0)) + (fired ? 1 : 0);
            fired = v >= 1 + ((double)(decimal)adaptation * a) && wait <= 0;
            wait = fired ? 2 : Math.Max(wait - 1, 0);
            spikes += fired ? 1 : 0;
            Assert.Equal(v, session.State(target, "V")[0], 1e-5);
            Assert.Equal(a, session.State(target, "A")[0], 1e-5);
        }
        Assert.Equal(spikes, session.Activity.SpikesOf(target));
        Assert.True(spikes > 3);
    }

    [Fact]
    public void A_recurrent_network_learns_a_pattern_in_time()
    {
        const int Steps = 120, Inputs = 20, Cells = 24;
        var chance = new System.Random(5);
        var network = new Network(9);
        var input = network.Add("input", Inputs, new SpikeSource([.. from t in Enumerable.Range(0, Steps) from i in Enumerable.Range(0, Inputs) where chance.NextDouble() < 0.05 select (t.ms, i)]));
        var cells = network.Add("cells", Cells, new EpropNeuron { Adaptation = 0.05f });
        var rule = Eprop.For((EpropNeuron)cells.Model!) with { Rate = 2e-3f };
        Projection[] learning =
        [
            network.Connect(input, cells, Wiring.AllToAll, Weight.Uniform(-0.2, 0.5), rule: rule, modulator: Modulator.PerTarget(new float[Cells])),
            network.Connect(cells, cells, Wiring.InDegree(8), Weight.Uniform(-0.1, 0.1), rule: rule, modulator: Modulator.PerTarget(new float[Cells])),
        ];
        float[] readout = [.. Enumerable.Range(0, Cells).Select(_ => (float)((2 * chance.NextDouble()) - 1) * 0.3f)];
        var losses = new List<double>();
        using var session = Cpu.Load(network.Compile(1.ms));
        long[] before = new long[Cells], after = new long[Cells];
        var signal = new float[Cells];
        for (int sample = 0; sample < 60; sample++)
        {
            session.Begin(0);
            double y = 0, loss = 0;
            Array.Clear(signal);
            for (int t = 0; t <= Steps; t++)
            {
                foreach (var projection in learning) session.SetModulator(projection, signal);
                session.ReadSpikeCounts(cells, before);
                session.Advance(1);
                session.ReadSpikeCounts(cells, after);
                y *= Math.Exp(-1 / 20.0);
                for (int j = 0; j < Cells; j++) y += readout[j] * (after[j] - before[j]);
                double error = t == Steps ? 0 : y - (0.6 * Math.Sin(2 * Math.PI * t / Steps));
                loss += error * error / 2;
                for (int j = 0; j < Cells; j++) signal[j] = (float)(readout[j] * error);
            }
            session.Update();
            losses.Add(loss);
        }
        Assert.True(losses.TakeLast(5).Average() < 0.5 * losses.Take(3).Average(), $"{losses[0]} to {losses[^1]}");
    }

    [Fact]
    public void Parameters_out_of_range_are_refused_by_name()
    {
        Refused(new() { Rate = -1 }, "Rate");
        Refused(new() { TauReadout = (-1).ms }, "TauReadout");
        Refused(new() { Threshold = 0 }, "Threshold");
        Refused(new() { Adaptation = float.NaN }, "Adaptation");
        Assert.Contains("Threshold", Assert.Throws<InvalidInputException>(() => new EpropNeuron { Threshold = 0 }.Validate("it")).Message, StringComparison.Ordinal);

        static void Refused(Eprop rule, string name) => Assert.Contains(name, Assert.Throws<InvalidInputException>(() => rule.Validate("it")).Message, StringComparison.Ordinal);
    }

    /// <summary>A feed-forward network in doubles: random spikes, random weights, a readout that should follow a random signal.</summary>
    sealed class Task
    {
        public const int Sources = 5, Hidden = 4;
        const int Steps = 90;
        readonly EpropNeuron model;
        readonly bool[,] arrivals = new bool[Sources, Steps];
        readonly double[,] v = new double[Hidden, Steps], slope = new double[Hidden, Steps], signal = new double[Hidden, Steps];
        readonly bool[,] spikes = new bool[Hidden, Steps];
        readonly double[] readout = new double[Hidden], error = new double[Steps];
        readonly double alpha, rho, kappa, beta;

        public Task(EpropNeuron model, int seed, double tauReadout)
        {
            this.model = model;
            var chance = new System.Random(seed);
            (alpha, rho) = (Math.Exp(-1 / model.TauMembrane.Milliseconds), Math.Exp(-1 / model.TauAdaptation.Milliseconds));
            (kappa, beta) = (tauReadout > 0 ? Math.Exp(-1 / tauReadout) : 0, (double)(decimal)model.Adaptation);
            var weights = new double[Hidden, Sources];
            for (int j = 0; j < Hidden; j++)
            {
                readout[j] = chance.NextDouble() - 0.5;
                for (int i = 0; i < Sources; i++) weights[j, i] = chance.NextDouble() * 0.8;
            }
            // A bench's first arrival comes a step late.
            for (int t = 1; t < Steps; t++)
            {
                for (int i = 0; i < Sources; i++) arrivals[i, t] = chance.NextDouble() < 0.15;
            }
            double y = 0;
            var a = new double[Hidden];
            var wait = new double[Hidden];
            for (int t = 0; t < Steps; t++)
            {
                y *= kappa;
                for (int j = 0; j < Hidden; j++)
                {
                    v[j, t] = t == 0 ? 0 : (alpha * v[j, t - 1]) - (spikes[j, t - 1] ? 1 : 0);
                    for (int i = 0; i < Sources; i++) v[j, t] += arrivals[i, t] ? weights[j, i] : 0;
                    double threshold = 1 + (beta * a[j]);
                    slope[j, t] = wait[j] > 0 ? 0 : 0.3 * Math.Max(0, 1 - Math.Abs(v[j, t] - threshold));
                    spikes[j, t] = v[j, t] >= threshold && wait[j] <= 0;
                    wait[j] = spikes[j, t] ? model.Refractory.Milliseconds : Math.Max(wait[j] - 1, 0);
                    a[j] = (rho * a[j]) + (spikes[j, t] ? 1 : 0);
                    y += spikes[j, t] ? readout[j] : 0;
                    Spikes += spikes[j, t] ? 1 : 0;
                }
                error[t] = y - (chance.NextDouble() - 0.5);
                for (int j = 0; j < Hidden; j++) signal[j, t] = readout[j] * error[t];
            }
        }

        public int Spikes { get; private set; }

        /// <summary>What the synapse from a source to a neuron goes through: signals come a step after what they are about, the last one in a step of its own.</summary>
        public Stimulus Of(int source, int neuron) =>
            new([.. Enumerable.Range(0, Steps).Where(t => arrivals[source, t])], [.. Enumerable.Range(0, Steps).Where(t => spikes[neuron, t])])
            {
                Steps = Steps + 1,
                Updates = [Steps + 1],
                Potential = t => t < Steps ? v[neuron, t] : 0,
                Modulator = t => t > 0 ? signal[neuron, t - 1] : 0,
            };

        /// <summary>The gradient of half the summed squared error, backwards through time; the reset is taken as given.</summary>
        public (double[,] Gradient, double Scale) Gradient()
        {
            var gradient = new double[Hidden, Sources];
            double scale = 1e-3, later = 0;
            double[] byV = new double[Hidden], byA = new double[Hidden];
            for (int t = Steps - 1; t >= 0; t--)
            {
                later = error[t] + (kappa * later);
                for (int j = 0; j < Hidden; j++)
                {
                    // A spike moves the readout, and the adaptation of the next step.
                    double bySpike = (readout[j] * later) + byA[j];
                    byA[j] = (rho * byA[j]) - (beta * slope[j, t] * bySpike);
                    byV[j] = (alpha * byV[j]) + (slope[j, t] * bySpike);
                    for (int i = 0; i < Sources; i++) gradient[j, i] += arrivals[i, t] ? byV[j] : 0;
                }
            }
            foreach (double g in gradient) scale = Math.Max(scale, Math.Abs(g));
            return (gradient, scale);
        }
    }
}
