using FsCheck;
using FsCheck.Fluent;
using Lepton.Neuro.Backends;
using Lepton.Neuro.Lanes;
using Lepton.Neuro.Testing;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Plasticity.Tests;

public class ErrorModulatedTests
{
    const int Phase = 16;

    static readonly IntegrateAndFire Neuron = new() { Reset = ResetMode.ToZero, Floor = -4 };

    /// <summary>Spikes at a steady rate, so that each phase sees the same ones.</summary>
    sealed record Steady : Encoder
    {
        public override void Validate(string owner, int count)
        {
        }

        public override void Lower<T>(ILowering<T> to) => to.Encoder<Kernel<T>, State<T>>(default);

        struct State<T>
        {
            public T Sum;
        }

        readonly struct Kernel<T> : IEncoderKernel<T, State<T>>
            where T : unmanaged, ILane<T>
        {
            public State<T> Initial => default;

            public T Step(ref State<T> state, T signal, T uniform, T step)
            {
                T sum = state.Sum + signal, spike = sum >= 1f;
                state.Sum = sum - T.Select(spike, 1f, 0f);
                return spike;
            }
        }
    }

    /// <summary>A network that learns from its errors.</summary>
    sealed class Learner : IDisposable
    {
        public Learner(ulong seed, int[] sizes, ErrorPathOptions? options = null, float rate = 0.01f, Func<Network, Population, Population, Weight>? weights = null, IntegrateAndFire? neuron = null, Func<CompiledNetwork, LearningSession>? load = null)
        {
            var network = new Network(seed);
            var layers = new List<Projection>();
            var from = network.Add("input", sizes[0], new Steady());
            for (int layer = 1; layer < sizes.Length; layer++)
            {
                var to = network.Add($"layer {layer}", sizes[layer], neuron ?? Neuron);
                var weight = weights?.Invoke(network, from, to) ?? Weight.Uniform(-0.6, 0.8);
                layers.Add(network.Connect(from, to, Wiring.AllToAll, weight, rule: new ErrorModulated { Rate = rate, PhaseLength = Phase, Minimum = -2, Maximum = 2 }));
                from = to;
            }
            Path = ErrorPath.Attach(network, layers, options);
            Session = (load ?? (plan => Cpu.Load(plan, new() { Threads = 1 })))(network.Compile(1.ms));
            Spikes = [.. network.Populations.Select(p => Session.Record(p, new SpikeRecorder()))];
        }

        public ErrorPath Path { get; }

        public LearningSession Session { get; }

        SpikeRecorder[] Spikes { get; }

        public float[] Weights(int layer) => Session.Weights(Path.Layers[layer].Forward);

        /// <summary>Spikes of the last sample, by steps of the presentation: from first, below until.</summary>
        public int[] Counts(Population population, int first, int until)
        {
            var counts = new int[population.Count];
            long start = Session.Step - Session.PresentationStep;
            foreach (var (step, neuron) in Spikes[population.Index].Spikes)
            {
                if (step >= start + first && step < start + until) counts[neuron]++;
            }
            return counts;
        }

        public int[] First(Population population) => Counts(population, 1, Phase + 1);

        public int[] Second(Population population) => Counts(population, Phase + 1, (2 * Phase) + 1);

        public void Dispose() => Session.Dispose();
    }

    static readonly Gen<(ulong Seed, float[] Image, int Label)> Samples =
        from seed in Gen.Choose(1, 1 << 20)
        from pixels in Gen.Choose(0, Phase).ArrayOf(12)
        from label in Gen.Choose(0, 2)
        select ((ulong)seed, pixels.Select(p => p / (float)Phase).ToArray(), label);

    [Fact]
    public void Weights_change_by_the_rule_and_by_nothing_else() =>
        Properties.Holds(
            Samples,
            c =>
            {
                using var learner = new Learner(c.Seed, [12, 8, 3]);
                float[][] before = [learner.Weights(0), learner.Weights(1)];
                learner.Path.Train(learner.Session, c.Image, c.Label, 0, 0.5f);
                for (int layer = 0; layer < 2; layer++)
                {
                    var forward = learner.Path.Layers[layer].Forward;
                    int[] pre = learner.First(forward.From), first = learner.First(forward.To), second = learner.Second(forward.To);
                    float[] after = learner.Weights(layer);
                    for (int k = 0; k < after.Length; k++)
                    {
                        int i = k / forward.To.Count, j = k % forward.To.Count;
                        float expected = MathF.FusedMultiplyAdd(0.01f / Phase * pre[i], 0.5f * (second[j] - first[j]), before[layer][k]);
                        Assert.Equal(Math.Clamp(expected, -2, 2), after[k]);
                    }
                }
            },
            60);

    [Fact]
    public void With_one_layer_it_is_the_delta_rule()
    {
        // By subtraction nothing of an error is lost, and a potential has room for every spike below one a step.
        var neuron = Neuron with { Reset = ResetMode.Subtract, Floor = -16 };
        int exact = 0;
        Properties.Holds(
            Samples,
            c =>
            {
                using var learner = new Learner(c.Seed, [12, 3], neuron: neuron, weights: (_, _, _) => Weight.Uniform(0.01, 0.05));
                float[] before = learner.Weights(0);
                learner.Path.Train(learner.Session, c.Image, c.Label, 0);
                var layer = learner.Path.Layers[0];
                // An error spike takes one step to its neuron; that of the last step does not arrive any more.
                int[] plus = learner.Counts(layer.Positive, 0, 2 * Phase), minus = learner.Counts(layer.Negative, 0, 2 * Phase);
                int[] input = learner.First(layer.Forward.From), first = learner.First(layer.Neurons), second = learner.Second(layer.Neurons);
                float[] after = learner.Weights(0);
                for (int j = 0; j < 3; j++)
                {
                    // What is fired cannot be taken back: of the error against a neuron that has done firing, one spike may be left over. And what asks for a spike in a step in
                    // which the neuron fires anyway gets it a step later: too late, where that was the last.
                    int error = plus[j] - minus[j];
                    bool firesLast = learner.Counts(layer.Neurons, 2 * Phase, (2 * Phase) + 1)[j] > 0;
                    Assert.InRange(second[j] - first[j] - error, firesLast && plus[j] > 0 ? -1 : 0, minus[j] == 0 ? 0 : 1);
                    if (second[j] - first[j] != error) continue;
                    if (error != 0) exact++;
                    for (int i = 0; i < 12; i++)
                        Assert.Equal(MathF.FusedMultiplyAdd(0.01f / Phase * input[i], error, before[(i * 3) + j]), after[(i * 3) + j]);
                }
            },
            60);
        Assert.True(exact > Properties.Cases(60) / 2, $"{exact} neurons had an error");
    }

    [Fact]
    public void Without_an_error_nothing_changes()
    {
        // The right output fires in every step in which it can, the others never: the label asks for no more.
        using var learner = new Learner(3, [1, 2], new() { Target = 1, Brightness = 1 }, weights: (_, _, _) => Weight.Explicit([2f, -0.5f]));
        float[] before = learner.Weights(0);
        Assert.Equal(0, learner.Path.Train(learner.Session, [1], 0, 0));
        Assert.Equal(before, learner.Weights(0));
        Assert.Equal(Phase - 1, learner.First(learner.Path.Output)[0]);
        Assert.Equal(0, learner.Counts(learner.Path.Layers[0].Positive, 0, 100).Sum() + learner.Counts(learner.Path.Layers[0].Negative, 0, 100).Sum());
    }

    [Fact]
    public void Phase_two_replays_phase_one_until_the_first_error() =>
        Properties.Holds(
            Samples,
            c =>
            {
                using var learner = new Learner(c.Seed, [12, 8, 3]);
                learner.Path.Train(learner.Session, c.Image, c.Label, 0);
                // The first label or output spike of phase 2 needs three steps to come back to a forward neuron.
                foreach (var layer in learner.Path.Layers)
                {
                    for (int step = 1; step <= 4; step++)
                        Assert.Equal(learner.Counts(layer.Neurons, step, step + 1), learner.Counts(layer.Neurons, step + Phase, step + Phase + 1));
                }
            },
            60);

    [Fact]
    public void A_hidden_neuron_that_is_silent_has_no_error_and_a_silent_source_learns_nothing() =>
        Properties.Holds(
            Samples,
            c =>
            {
                using var learner = new Learner(c.Seed, [12, 8, 3], new() { Gain = 10 });
                float[] before = learner.Weights(0);
                learner.Path.Train(learner.Session, c.Image, c.Label, 0);
                var hidden = learner.Path.Layers[0];
                int[] first = learner.First(hidden.Neurons), input = learner.First(learner.Path.Input);
                int[] plus = learner.Counts(hidden.Positive, 0, 100), minus = learner.Counts(hidden.Negative, 0, 100);
                float[] after = learner.Weights(0);
                for (int j = 0; j < 8; j++)
                {
                    if (first[j] == 0) Assert.Equal(0, plus[j] + minus[j]);
                    for (int i = 0; i < 12; i++)
                    {
                        if (input[i] == 0 || first[j] == 0) Assert.Equal(before[(i * 8) + j], after[(i * 8) + j]);
                    }
                }
            },
            60);

    [Fact]
    public void The_two_halves_of_an_error_neuron_stay_opposite()
    {
        using var learner = new Learner(5, [12, 8, 3]);
        var image = Enumerable.Range(0, 12).Select(i => i / 12f).ToArray();
        learner.Path.Train(learner.Session, image, 1, 0);
        // A spike of the last step has not reached the other half yet.
        learner.Session.Advance(0);
        foreach (var layer in learner.Path.Layers)
        {
            float[] plus = learner.Session.State(layer.Positive, "V"), minus = learner.Session.State(layer.Negative, "V");
            int[] lastPlus = learner.Counts(layer.Positive, 2 * Phase, 100), lastMinus = learner.Counts(layer.Negative, 2 * Phase, 100);
            for (int j = 0; j < plus.Length; j++) Assert.Equal(-lastPlus[j] - lastMinus[j], plus[j] + minus[j], 1e-5f);
        }
    }

    [Fact]
    public void Classes_may_be_renumbered() =>
        Properties.Holds(
            Samples,
            c =>
            {
                int[] order = [2, 0, 1];
                float[] weights = [.. Enumerable.Range(0, 36).Select(k => (((k * 7919) + (int)c.Seed) % 100 / 100f) - 0.4f)];
                float[] renumbered = [.. Enumerable.Range(0, 36).Select(k => weights[(k / 3 * 3) + order[k % 3]])];
                using var one = new Learner(1, [12, 3], weights: (_, _, _) => Weight.Explicit(weights));
                using var other = new Learner(1, [12, 3], weights: (_, _, _) => Weight.Explicit(renumbered));
                one.Path.Train(one.Session, c.Image, c.Label, 0);
                other.Path.Train(other.Session, c.Image, Array.IndexOf(order, c.Label), 0);
                float[] first = one.Weights(0), second = other.Weights(0);
                for (int k = 0; k < 36; k++) Assert.Equal(first[(k / 3 * 3) + order[k % 3]], second[k]);
            },
            40);

    [Theory]
    [InlineData(Feedback.Symmetric, 1)]
    [InlineData(Feedback.Symmetric, 2)]
    [InlineData(Feedback.Random, 1)]
    [InlineData(Feedback.Random, 2)]
    public void It_learns_a_task_that_no_single_layer_can(Feedback feedback, int seed)
    {
        // Exclusive or, with a channel for each input and its complement.
        using var learner = new Learner((ulong)seed, [4, 32, 2], new() { Feedback = feedback, Gain = 2, Brightness = 1 }, 0.03f, Fitted);
        int right = 0;
        for (int sample = 0; sample < 3000; sample++)
        {
            int a = sample / 2 % 2, b = sample % 2;
            float[] image = [a * 0.5f, (1 - a) * 0.5f, b * 0.5f, (1 - b) * 0.5f];
            bool correct = learner.Path.Train(learner.Session, image, a ^ b, (ulong)sample) == (a ^ b);
            if (sample >= 2800 && correct) right++;
        }
        Assert.True(right >= 196, $"{right} of the last 200 were right");
    }

    [Theory]
    [InlineData(Feedback.Symmetric)]
    [InlineData(Feedback.Random)]
    [InlineData(Feedback.Direct)]
    public void Errors_go_back_through_three_layers(Feedback feedback)
    {
        // Four patterns of noise, shown with other noise: the odd ones are one class.
        var random = new System.Random(1);
        float[][] patterns = [.. Enumerable.Range(0, 4).Select(_ => Enumerable.Range(0, 12).Select(_ => (float)random.NextDouble()).ToArray())];
        using var learner = new Learner(5, [12, 24, 16, 2], new() { Feedback = feedback, Gain = 3 }, 0.01f, Fitted);
        float[] before = learner.Weights(0);
        int right = 0;
        for (int sample = 0; sample < 8000; sample++)
        {
            int pattern = random.Next(4), label = pattern % 2;
            float[] image = [.. patterns[pattern].Select(p => Math.Clamp(p + (0.2f * ((float)random.NextDouble() - 0.5f)), 0, 1))];
            if (learner.Path.Train(learner.Session, image, label, (ulong)sample) == label && sample >= 7800) right++;
        }
        Assert.True(right >= 180, $"{right} of the last 200 were right");
        Assert.True(learner.Weights(0).Zip(before).Count(w => w.First != w.Second) > 24, "the first layer has not learned");
    }

    static Weight Fitted(Network network, Population from, Population to) => Weight.Uniform(-0.9 / Math.Sqrt(from.Count), 1.5 / Math.Sqrt(from.Count));

    [Fact]
    public void The_oracle_and_every_width_learn_the_same()
    {
        var image = Enumerable.Range(0, 12).Select(i => (i + 2) / 14f).ToArray();
        float[][] Learn(Func<CompiledNetwork, LearningSession> load)
        {
            using var learner = new Learner(21, [12, 9, 7, 3], load: load);
            for (int sample = 0; sample < 12; sample++) learner.Path.Train(learner.Session, image, sample % 3, (ulong)sample);
            return [.. Enumerable.Range(0, 3).Select(learner.Weights)];
        }

        var oracle = Learn(plan => Reference.Load(plan));
        foreach (int bits in (int[])[128, 256, 512])
        {
            var fast = Learn(plan => Cpu.Load(plan, new() { Threads = 2, NeuronsPerThread = 4, VectorBits = bits }));
            for (int layer = 0; layer < 3; layer++) Assert.Equal(oracle[layer], fast[layer]);
        }
    }

    [Fact]
    public void A_rate_of_zero_and_a_session_that_only_predicts_change_nothing()
    {
        var image = Enumerable.Range(0, 12).Select(i => i / 12f).ToArray();
        using var learner = new Learner(4, [12, 8, 3], rate: 0);
        float[] before = learner.Weights(0);
        for (int sample = 0; sample < 5; sample++) learner.Path.Train(learner.Session, image, sample % 3, (ulong)sample);
        int predicted = learner.Path.Predict(learner.Session, image, 9);
        Assert.Equal(before, learner.Weights(0));
        using var frozen = Cpu.Evaluate(learner.Session.Network, new() { Threads = 1 }, learner.Session.Learned);
        Assert.Equal(predicted, learner.Path.Predict(frozen, image, 77));
        Assert.Equal(before, frozen.Weights(learner.Path.Layers[0].Forward));
    }

    [Fact]
    public void The_tapes_have_no_product_that_a_compiler_could_fuse_and_say_what_changes()
    {
        var rule = KernelTapes.Of(new ErrorModulated(), 1.ms);
        Assert.All(rule.Methods.Values, tape => Assert.Empty(tape.UnfusedProducts()));
        Assert.False(rule.Changes("OnPre") || rule.Changes("OnPost"));
        Assert.True(rule.Changes("OnUpdate") && rule.Changes("TracePre") && rule.Changes("TracePost"));
        Assert.All(KernelTapes.Of(new ErrorNeuron(), 1.ms).Methods.Values, tape => Assert.Empty(tape.UnfusedProducts()));
        Assert.All(KernelTapes.Of(new PhaseSource(0, 9) { Every = 3 }, 1.ms).Methods.Values, tape => Assert.Empty(tape.UnfusedProducts()));
    }

    [Fact]
    public void A_phase_source_fires_at_the_steps_it_names_and_where_it_is_shown() =>
        Properties.Holds(
            from first in Gen.Choose(0, 20)
            from length in Gen.Choose(0, 30)
            from every in Gen.Choose(1, 7)
            from shown in Gen.Elements(false, true)
            select (first, length, every, shown),
            c =>
            {
                var network = new Network(1);
                var source = network.Add("source", 2, new PhaseSource(c.first, c.first + c.length) { Every = c.every, WhereShown = c.shown });
                using var session = Reference.Evaluate(network.Compile(1.ms));
                var spikes = session.Record(source, new SpikeRecorder());
                session.Present(source, [0, 1]);
                session.Advance(60);
                var expected = from step in Enumerable.Range(c.first, c.length)
                               where (step - c.first) % c.every == 0
                               from channel in c.shown ? (int[])[1] : [0, 1]
                               select ((long)step, channel);
                Assert.Equal(expected, spikes.Spikes);
            },
            60);

    [Fact]
    public void What_cannot_be_taught_is_refused_by_name()
    {
        var network = new Network(1);
        var input = network.Add("input", 2, new Steady());
        var hidden = network.Add("hidden", 2, Neuron);
        var bottomless = network.Add("bottomless", 2, new IntegrateAndFire());
        var lif = network.Add("lif", 2, new Lif());
        var good = network.Connect(input, hidden, Wiring.AllToAll, 0.1, rule: new ErrorModulated());
        Refused("at least one");
        Refused("all-to-all", network.Connect(input, hidden, Wiring.OneToOne, 0.1, rule: new ErrorModulated()));
        Refused("ErrorModulated", network.Connect(input, hidden, Wiring.AllToAll, 0.1));
        Refused("Floor", network.Connect(input, bottomless, Wiring.AllToAll, 0.1, rule: new ErrorModulated()));
        Refused("IntegrateAndFire", network.Connect(input, lif, Wiring.AllToAll, 0.1, rule: new ErrorModulated()));
        Refused("the layer before", good, network.Connect(input, hidden, Wiring.AllToAll, 0.1, rule: new ErrorModulated()));
        Refused("PhaseLength", good, network.Connect(hidden, hidden, Wiring.AllToAll, 0.1, rule: new ErrorModulated { PhaseLength = 5 }));
        Assert.Contains("Gain", Assert.Throws<InvalidInputException>(() => ErrorPath.Attach(network, [good], new() { Gain = 0 })).Message, StringComparison.Ordinal);
        Assert.Contains("PhaseLength", Assert.Throws<InvalidInputException>(() => new ErrorModulated { PhaseLength = 0 }.Validate("it")).Message, StringComparison.Ordinal);
        Assert.Contains("Threshold", Assert.Throws<InvalidInputException>(() => new ErrorNeuron { Threshold = 0 }.Validate("it")).Message, StringComparison.Ordinal);

        void Refused(string allowed, params Projection[] layers) =>
            Assert.Contains(allowed, Assert.Throws<InvalidInputException>(() => ErrorPath.Attach(network, layers)).Message, StringComparison.Ordinal);
    }
}
