using FsCheck.Fluent;
using Lepton.Neuro.Lanes;
using Lepton.Neuro.Testing;
using Xunit;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Encoders.Tests;

public sealed class EncoderTests
{
    [Fact]
    public void Deterministic_rate_counts_are_the_floor_of_the_sum_for_every_signal_and_phase() =>
        Properties.Holds(
            from signal in Gen.Choose(0, 1 << 30).Select(n => n / (float)(1 << 30))
            from scale in Gen.Choose(1, 1 << 30).Select(n => n / (float)(1 << 30))
            from phase in Gen.Choose(0, (1 << 23) - 1).Select(n => n / (float)(1 << 23))
            from steps in Gen.Choose(1, 3000)
            select (signal, scale, phase, steps),
            given =>
            {
                var encoder = new DeterministicRate(given.scale) { Phase = given.phase };
                long count = Fired(encoder, [given.signal], given.steps)[0].Count;
                // The oracle counts in integers of 2^-23; the product of two floats is exact in double.
                long increment = (long)Math.Round((double)given.signal * given.scale * (1 << 23)), phase = (long)((double)given.phase * (1 << 23));
                Assert.Equal(((increment * given.steps) + phase) >> 23, count);
                double exact = Math.Floor(((double)given.signal * given.scale * given.steps) + given.phase);
                Assert.InRange(count - exact, -1, 1);
                double decoded = encoder.Decode(count, given.steps);
                Assert.InRange(Math.Abs(decoded - given.signal), 0, (0.5 / given.steps + 1.3e-7) / given.scale);
            }, 200);

    [Fact]
    public void Deterministic_rate_is_exact_for_pixels_and_spaces_spikes_evenly()
    {
        var signal = Enumerable.Range(0, 257).Select(n => n / 256f).ToArray();
        var fired = Fired(new DeterministicRate(), signal, 1000);
        for (int n = 0; n <= 256; n++)
        {
            Assert.Equal(1000L * n / 256, fired[n].Count);
            var gaps = fired[n].Zip(fired[n].Skip(1), (a, b) => b - a).Distinct().ToArray();
            if (gaps.Length > 0) Assert.True(gaps.Max() - gaps.Min() <= 1);
        }
    }

    [Fact]
    public void Deterministic_rate_does_not_drift_by_a_single_step_in_half_a_million()
    {
        const int steps = 500_000;
        float[] signal = [0.1f, 1f / 3, 0.7654321f, 1e-5f, 0.99999f];
        var fired = Fired(new DeterministicRate(), signal, steps);
        for (int channel = 0; channel < signal.Length; channel++)
        {
            long increment = (long)Math.Round((double)signal[channel] * (1 << 23));
            var expected = Enumerable.Range(0, steps).Where(t => (increment * (t + 1L)) >> 23 > (increment * t) >> 23).Select(t => (long)t);
            Assert.Equal(expected, fired[channel]);
        }
    }

    [Fact]
    public void Poisson_rate_has_the_mean_the_variance_and_the_intervals_of_a_Bernoulli_process()
    {
        // 400 channels of each probability, 2000 steps: the standard error of the mean count a step is sqrt(p (1 - p) / 800000).
        const int channels = 400, steps = 2000;
        foreach (double p in new[] { 0.02, 0.1, 0.35, 0.8 })
        {
            var encoder = new PoissonRate(900.Hz);
            float signal = (float)(p / 0.9);
            var fired = Fired(encoder, Enumerable.Repeat(signal, channels).ToArray(), steps);
            double[] counts = [.. fired.Select(f => (double)f.Count)];
            double mean = counts.Average();
            Assert.InRange(mean / steps, p - Error(), p + Error());
            double fano = counts.Sum(c => (c - mean) * (c - mean)) / (channels - 1) / mean;
            // The sample variance of n counts has a relative standard error of about sqrt(2 / n) = 7 %.
            Assert.InRange(fano / (1 - p), 0.7, 1.3);
            double[] gaps = [.. fired.SelectMany(f => f.Zip(f.Skip(1), (a, b) => (double)(b - a)))];
            double gap = gaps.Average(), deviation = Math.Sqrt(gaps.Average(g => (g - gap) * (g - gap)));
            Assert.InRange(gap * p, 0.97, 1.03);
            Assert.InRange(deviation / gap / Math.Sqrt(1 - p), 0.95, 1.05);
            double[] decoded = [.. fired.Select(f => encoder.Decode(f.Count, steps, 1.ms))];
            double error = Math.Sqrt(decoded.Average(d => (d - signal) * (d - signal)));
            Assert.InRange(error / encoder.DecodingError(signal, steps, 1.ms), 0.85, 1.15);

            double Error() => 5 * Math.Sqrt(p * (1 - p) / (channels * (double)steps));
        }
    }

    [Fact]
    public void Poisson_rate_is_independent_between_channels_and_between_steps()
    {
        const int channels = 200, steps = 2000;
        const double p = 0.3;
        var fired = Fired(new PoissonRate(300.Hz), Enumerable.Repeat(1f, channels).ToArray(), steps);
        var trains = fired.Select(f =>
        {
            var train = new bool[steps];
            foreach (long at in f) train[at] = true;
            return train;
        }).ToArray();
        double neighbours = 0, successors = 0;
        for (int c = 1; c < channels; c++)
        {
            for (int t = 1; t < steps; t++)
            {
                if (trains[c][t] && trains[c - 1][t]) neighbours++;
                if (trains[c][t] && trains[c][t - 1]) successors++;
            }
        }
        double pairs = (channels - 1.0) * (steps - 1), error = 6 * Math.Sqrt(p * p / pairs);
        Assert.InRange(neighbours / pairs, (p * p) - error, (p * p) + error);
        Assert.InRange(successors / pairs, (p * p) - error, (p * p) + error);
    }

    [Fact]
    public void Poisson_rate_fires_never_at_zero_and_always_at_one_spike_a_step()
    {
        var fired = Fired(new PoissonRate(1000.Hz), [0f, 1f], 500);
        Assert.Empty(fired[0]);
        Assert.Equal(500, fired[1].Count);
    }

    [Fact]
    public void A_presentation_does_not_depend_on_what_was_shown_before()
    {
        foreach (Encoder encoder in (Encoder[])[new PoissonRate(500.Hz), new DeterministicRate(0.7f), new Latency(20), new LogarithmicLatency(20, 4.ms), .. Further().Where(e => e is not OutsideSpikes)])
        {
            var network = new Network(5);
            var source = network.Add("source", 3, encoder);
            var plan = network.Compile(1.ms);
            float[] first = [0.9f, 0.3f, 0.02f], second = [0.1f, 1f, 0.5f];
            using var ahead = Reference.Load(plan);
            using var back = Reference.Load(plan);
            ulong[] forward = [Shown(ahead, 7, first), Shown(ahead, 8, second)];
            ulong later = Shown(back, 8, second), earlier = Shown(back, 7, first);
            Assert.Equal((earlier, later), (forward[0], forward[1]));
            Assert.NotEqual(earlier, later);

            ulong Shown(Session session, ulong number, float[] signal)
            {
                session.Begin(number);
                session.Present(source, signal);
                var recorder = session.Record(source, new SpikeRecorder());
                long start = session.Step;
                session.Advance(30L);
                session.StopRecording(recorder);
                var hash = new SpikeHash();
                foreach (var (step, neuron) in recorder.Spikes) hash.Record(step - start, source, [neuron]);
                return hash.Value;
            }
        }
    }

    [Fact]
    public void Linear_latency_meets_the_published_values()
    {
        // snnTorch 0.9: latency([0.02, 0.5, 1], num_steps=5, threshold=0.01, normalize, linear) gives 3.92, 2, 0 before rounding.
        var fired = Fired(new Latency(5), [0.02f, 0.5f, 1f, 0.009f, 0f], 12);
        Assert.Equal([4L], fired[0]);
        Assert.Equal([2L], fired[1]);
        Assert.Equal([0L], fired[2]);
        Assert.Empty(fired[3]);
        Assert.Empty(fired[4]);
    }

    [Fact]
    public void Linear_latency_fires_once_and_is_decoded_within_half_a_step() =>
        Properties.Holds(
            from steps in Gen.Choose(2, 400)
            from signal in Gen.Choose(0, 1 << 24).Select(n => n / (float)(1 << 24))
            select (steps, signal),
            given =>
            {
                var encoder = new Latency(given.steps);
                var fired = Fired(encoder, [given.signal], given.steps + 5)[0];
                if (given.signal < 0.01f)
                {
                    Assert.Empty(fired);
                    Assert.Equal(0, encoder.Decode(null));
                    return;
                }
                long at = Assert.Single(fired);
                Assert.Equal((long)Math.Round((given.steps - 1) * (1 - (double)given.signal)), at);
                Assert.InRange(Math.Abs(encoder.Decode(at) - given.signal), 0, (0.5 / (given.steps - 1)) + 1e-7);
            });

    [Fact]
    public void Logarithmic_latency_meets_the_published_values()
    {
        // snnTorch 0.9: latency([0.02, 0.5, 1], num_steps=5, threshold=0.01, normalize) gives 4, 0.11658533, 0.05799799: normalised so that the weakest takes 4 steps.
        var encoder = new LogarithmicLatency(5, new Time(4e-3 / Math.Log(2)));
        Assert.Equal(4, encoder.TimeOf(0.02).Milliseconds, 1e-5);
        Assert.Equal(0.11658533, encoder.TimeOf(0.5).Milliseconds, 1e-4);
        Assert.Equal(0.05799799, encoder.TimeOf(1).Milliseconds, 1e-4);
        var fired = Fired(encoder, [0.02f, 0.5f, 1f, 0.01f, 0.0101f, 0f], 12);
        Assert.Equal([4L], fired[0]);
        Assert.Equal([0L], fired[1]);
        Assert.Equal([0L], fired[2]);
        Assert.Empty(fired[3]);
        Assert.Empty(fired[4]);
        Assert.Empty(fired[5]);
    }

    [Fact]
    public void Logarithmic_latency_brackets_the_signal_and_falls_with_it() =>
        Properties.Holds(
            from tau in Gen.Choose(1, 60)
            from low in Gen.Choose(1, 1 << 20).Select(n => n / (float)(1 << 20))
            from high in Gen.Choose(1, 1 << 20).Select(n => n / (float)(1 << 20))
            select (tau, low: Math.Min(low, high), high: Math.Max(low, high)),
            given =>
            {
                var encoder = new LogarithmicLatency(300, given.tau.ms);
                var fired = Fired(encoder, [given.low, given.high], 310);
                Assert.True(fired[0].Count <= 1 && fired[1].Count <= 1);
                Assert.True(fired[0].Count == 0 || fired[1].Count == 0 || fired[1][0] <= fired[0][0]);
                if (fired[0].Count == 1) Assert.Single(fired[1]);
                else Assert.True(!(encoder.TimeOf(given.low).Milliseconds < 299.4));
                foreach (var (at, signal) in new[] { (fired[0], given.low), (fired[1], given.high) })
                {
                    if (at.Count == 0) continue;
                    double slack = 1e-3;
                    Assert.InRange(signal, encoder.Decode((at[0] + 0.5 + slack).ms), at[0] == 0 ? 1 : encoder.Decode((at[0] - 0.5 - slack).ms));
                }
            });

    [Fact]
    public void A_latency_channel_fires_once_even_if_another_signal_is_shown()
    {
        foreach (Encoder encoder in new Encoder[] { new Latency(11), new LogarithmicLatency(11, 8.ms) })
        {
            var network = new Network(1);
            var source = network.Add("source", 1, encoder);
            using var session = Reference.Load(network.Compile(1.ms));
            var recorder = session.Record(source, new SpikeRecorder());
            session.Present(source, [1f]);
            session.Advance(2L);
            session.Present(source, [0.02f]);
            session.Advance(20L);
            Assert.Equal([(0L, 0)], recorder.Spikes);
        }
    }

    [Fact]
    public void Every_lane_gives_the_same_spikes_as_a_single_channel()
    {
        foreach (Encoder encoder in (Encoder[])[new PoissonRate(500.Hz), new DeterministicRate(0.7f) { Phase = 0.3f }, new Latency(40), new LogarithmicLatency(40, 9.ms), .. Further()])
        {
            var single = LaneRun.Of<Scalar>(encoder);
            Assert.Contains(single, s => s);
            Assert.Equal(single, LaneRun.Of<Wide128>(encoder));
            Assert.Equal(single, LaneRun.Of<Wide256>(encoder));
            Assert.Equal(single, LaneRun.Of<Wide512>(encoder));
        }
    }

    [Fact]
    public void Kernels_have_no_product_that_a_compiler_could_contract()
    {
        foreach (Encoder encoder in (Encoder[])[new PoissonRate(500.Hz), new DeterministicRate(0.7f), new Latency(40), new LogarithmicLatency(40, 9.ms), .. Further()])
        {
            var tape = KernelTapes.Of(encoder, 1.ms).Methods["Step"];
            Assert.Empty(tape.UnfusedProducts());
            Assert.True(tape.Total > 0);
        }
    }

    [Fact]
    public void Deterministic_rate_is_exact_in_fixed_point()
    {
        var network = new Network(1);
        var source = network.Add("source", 1, new DeterministicRate());
        using var session = Reference.LoadFixed<Q8x8>(network.Compile(1.ms));
        session.Present(source, [100 / 256f]);
        session.Advance(100L);
        Assert.Equal(100 * 100 / 256, session.Activity.TotalSpikes);
    }

    public static TheoryData<Func<Encoder>, string, string> Refused => new()
    {
        { () => new PoissonRate((-1).Hz), "Maximum", "-1" },
        { () => new PoissonRate(double.NaN.Hz), "Maximum", "NaN" },
        { () => new PoissonRate(1001.Hz), "expected spikes of a step", "1.001" },
        { () => new DeterministicRate(0), "Scale", "0" },
        { () => new DeterministicRate(1.5f), "Scale", "1.5" },
        { () => new DeterministicRate(float.NaN), "Scale", "NaN" },
        { () => new DeterministicRate { Phase = 1 }, "Phase", "1" },
        { () => new DeterministicRate { Phase = -0.5f }, "Phase", "-0.5" },
        { () => new Latency(1), "Steps", "1" },
        { () => new Latency(5) { Threshold = 0 }, "Threshold", "0" },
        { () => new Latency(5) { Threshold = 2 }, "Threshold", "2" },
        { () => new LogarithmicLatency(0, 5.ms), "Steps", "0" },
        { () => new LogarithmicLatency(5, 0.ms), "Tau", "0 ms" },
        { () => new LogarithmicLatency(5, 1e7.s), "Tau", "10000000000" },
        { () => new LogarithmicLatency(5, 5.ms) { Threshold = 1 }, "Threshold", "1" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Bad_parameters_are_refused_by_name_and_value(Func<Encoder> encoder, string thing, string value)
    {
        var error = Assert.Throws<InvalidInputException>(() =>
        {
            var network = new Network(1);
            network.Add("source", 2, encoder());
            Reference.Load(network.Compile(1.ms)).Dispose();
        });
        Assert.Contains(thing, error.Message, StringComparison.Ordinal);
        Assert.Contains($"is {value}", error.Message, StringComparison.Ordinal);
        Assert.Contains("allowed: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Decoding_refuses_impossible_counts()
    {
        Assert.Throws<InvalidInputException>(() => new DeterministicRate().Decode(5, 4));
        Assert.Throws<InvalidInputException>(() => new DeterministicRate().Decode(0, 0));
        Assert.Throws<InvalidInputException>(() => new PoissonRate(10.Hz).Decode(5, 4, 1.ms));
        Assert.Throws<InvalidInputException>(() => new PoissonRate(0.Hz).Decode(0, 4, 1.ms));
        Assert.Throws<InvalidInputException>(() => new Latency(5).Decode(5));
        Assert.Throws<InvalidInputException>(() => new PoissonRate(10.Hz).DecodingError(1.5, 4, 1.ms));
    }

    static List<long>[] Fired(Encoder encoder, float[] signal, int steps)
    {
        var network = new Network(11);
        var source = network.Add("source", signal.Length, encoder);
        using var session = Reference.Load(network.Compile(1.ms));
        var recorder = session.Record(source, new SpikeRecorder());
        session.Present(source, signal);
        session.Advance((long)steps);
        var fired = signal.Select(_ => new List<long>()).ToArray();
        foreach (var (step, neuron) in recorder.Spikes) fired[neuron].Add(step);
        return fired;
    }

    static Encoder[] Further() =>
    [
        new WeightedPhase(8), new Burst(9), new Delta(), new SigmaDelta(), new ConstantCurrent(10.ms), new TimeToFirstSpike(20), new SignedPoissonRate(500.Hz), new OutsideSpikes(),
    ];

    /// <summary>Runs an encoder on a lane over 64 channels of different signals: a flag a step and channel.</summary>
    sealed class LaneRun
    {
        const int Channels = 64, Steps = 60;

        public static bool[] Of<T>(Encoder encoder)
            where T : unmanaged, ILane<T>
        {
            var lowering = new Lowering<T>();
            encoder.Lower(lowering);
            return lowering.Spikes;
        }

        sealed class Lowering<T> : ILowering<T>
            where T : unmanaged, ILane<T>
        {
            public bool[] Spikes { get; } = new bool[Channels * Steps];

            public Time Step => 1.ms;

            public bool Learning => true;

            public void Encoder<TKernel, TState>(TKernel kernel)
                where TKernel : unmanaged, IEncoderKernel<T, TState>
                where TState : unmanaged
            {
                var signal = Enumerable.Range(0, Channels).Select(c => c / (Channels - 1f)).ToArray();
                var stream = new Lepton.Neuro.Random.RandomStream(3, Lepton.Neuro.Random.RandomPurpose.Encoding, 0);
                var states = new TState[Channels / T.Width];
                Array.Fill(states, kernel.Initial);
                var words = new uint[Channels];
                for (int step = 0; step < Steps; step++)
                {
                    Lepton.Neuro.Random.Philox.Fill(stream, 0, (uint)step, 0, 0, words);
                    for (int i = 0; i < states.Length; i++)
                    {
                        uint bits = T.MaskBits(kernel.Step(ref states[i], T.Load(in signal[i * T.Width]), T.Uniform(in words[i * T.Width]), step));
                        for (int k = 0; k < T.Width; k++) Spikes[(step * Channels) + (i * T.Width) + k] = (bits >> k & 1) != 0;
                    }
                }
            }

            public void Neurons<TKernel, TState, TInput>(TKernel kernel)
                where TKernel : unmanaged, INeuronKernel<T, TState, TInput>
                where TState : unmanaged
                where TInput : unmanaged => throw new NotSupportedException();

            public void Synapses<TKernel, TSynapse, TPre, TPost>(TKernel kernel)
                where TKernel : unmanaged, ISynapseKernel<T, TSynapse, TPre, TPost>
                where TSynapse : unmanaged
                where TPre : unmanaged
                where TPost : unmanaged => throw new NotSupportedException();

            public void SteppedSynapses<TKernel, TSynapse, TPre, TPost>(TKernel kernel)
                where TKernel : unmanaged, ISteppedSynapseKernel<T, TSynapse, TPre, TPost>
                where TSynapse : unmanaged
                where TPre : unmanaged
                where TPost : unmanaged => throw new NotSupportedException();

            public void Events(IReadOnlyList<(long Step, int Neuron)> spikes) => throw new NotSupportedException();
        }
    }
}
