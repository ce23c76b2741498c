using FsCheck.Fluent;
using Lepton.Neuro.Lanes;
using Lepton.Neuro.Random;
using Lepton.Neuro.Testing;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Simulator.Tests;

/// <summary>Models against closed forms, in double precision.</summary>
public sealed class ModelTests
{
    [Fact]
    public void The_response_to_one_spike_is_the_analytic_one() =>
        Properties.Holds(
            from membrane in Gen.Choose(20, 400)
            from synapse in Gen.Choose(2, 400)
            from equal in Gen.Choose(0, 9)
            from weight in Gen.Choose(-300, 300)
            from delay in Gen.Choose(1, 30)
            select (membrane: membrane / 10.0, synapse: (equal == 0 ? membrane : synapse) / 10.0, weight, delay),
            given =>
            {
                var model = new Lif { TauMembrane = given.membrane.ms, TauSynapse = given.synapse.ms, Threshold = 1000.mV };
                var network = new Network(1);
                var source = network.Add("source", 1, SpikeSource.OneNeuron(1.ms));
                var neuron = network.Add("neuron", 1, model);
                network.Connect(source, neuron, Wiring.AllToAll, given.weight, (given.delay * 0.1).ms);
                using var session = Reference.Load(network.Compile(0.1.ms));
                var recorder = session.Sample(new StateRecorder(neuron, "V"));
                session.Advance(400L);
                double m = given.membrane, s = given.synapse, keep = Math.Exp(-0.1 / m), keepCurrent = Math.Exp(-0.1 / s);
                double unit = Math.ScaleB(1, -24), bound = 0, currentBound = 0, before = 0, current = 0;
                double fromCurrent = Response(0.1) / 250;
                for (int step = 0; step < 400; step++)
                {
                    // The spike of step 10 arrives in step 10 + delay: the current jumps at its end, and V follows.
                    double t = Math.Max(0, (step - 10 - given.delay) * 0.1);
                    double expected = given.weight / 250.0 * Response(t);
                    // What single precision may add: each of the three factors and each result is rounded, by at most 2^-24 of it, and what was added goes on like the rest.
                    bound = (keep * bound) + (fromCurrent * currentBound) + (unit * ((keep * Math.Abs(before)) + (2 * fromCurrent * Math.Abs(current)) + Math.Abs(expected)));
                    double next = step < 10 + given.delay ? 0 : given.weight * Math.Exp(-t / s);
                    currentBound = (keepCurrent * currentBound) + (unit * ((keepCurrent * Math.Abs(current)) + Math.Abs(next)));
                    (before, current) = (expected, next);
                    // And the last place at -65 mV, to which what is shown is rounded.
                    Assert.Equal(expected, recorder.Samples[step][0] + 65, (1.001 * bound) + 4e-6);
                }

                double Response(double t) => m == s ? t * Math.Exp(-t / m) : m * s / (m - s) * (Math.Exp(-t / m) - Math.Exp(-t / s));
            }, 60);

    [Fact]
    public void Around_zero_the_response_is_within_1e_5_of_its_range()
    {
        var network = new Network(1);
        var source = network.Add("source", 1, SpikeSource.OneNeuron(0.ms));
        var neuron = network.Add("neuron", 2, new Lif { Rest = 0.mV, Reset = 0.mV, Threshold = 100.mV, TauInhibitory = 2.ms });
        network.Connect(source, neuron, Wiring.AllToAll, 1000);
        network.Connect(source, neuron, Wiring.AllToAll, -600, 3.ms, "inhibitory");
        using var session = Reference.Load(network.Compile(0.1.ms));
        var recorder = session.Sample(new StateRecorder(neuron, "V", [1]));
        session.Advance(600L);
        var expected = Enumerable.Range(0, 600).Select(step => (4 * Response((step - 1) * 0.1, 0.5)) - (2.4 * Response((step - 30) * 0.1, 2))).ToArray();
        double range = expected.Max() - expected.Min();
        Assert.InRange(range, 1, 50);
        for (int step = 0; step < 600; step++) Assert.Equal(expected[step], recorder.Samples[step][0], 1e-5 * range);

        static double Response(double t, double s) => t <= 0 ? 0 : 10 * s / (10 - s) * (Math.Exp(-t / 10) - Math.Exp(-t / s));
    }

    [Fact]
    public void A_constant_current_gives_the_closed_form_of_the_rate() =>
        Properties.Holds(
            from above in Gen.Choose(2, 400)
            from refractory in Gen.Choose(0, 60)
            select (above: above / 100.0, refractory),
            given =>
            {
                // Threshold is 15 mV above rest; R = tau / C = 0.04 mV / pA.
                double current = 375 * (1 + given.above);
                var model = new Lif { Bias = current.pA, Refractory = (given.refractory * 0.1).ms };
                double rise = 10 * Math.Log((current * 0.04) / ((current * 0.04) - 15));
                var spikes = Times(model, 3000);
                Assert.True(spikes.Count > 3);
                var intervals = spikes.Zip(spikes.Skip(1), (a, b) => b - a).Distinct();
                long interval = Assert.Single(intervals);
                // Where the closed form falls on a step's end, single precision may fall on either side of it.
                Assert.InRange(interval - given.refractory, Math.Ceiling((rise / 0.1) - 1e-3), Math.Ceiling((rise / 0.1) + 1e-3));
                Assert.InRange(spikes[0] + 1, Math.Ceiling((rise / 0.1) - 1e-3), Math.Ceiling((rise / 0.1) + 1e-3));
            });

    [Fact]
    public void A_refractory_neuron_keeps_its_reset_and_its_current_decays()
    {
        var network = new Network(1);
        var source = network.Add("source", 1, SpikeSource.OneNeuron(0.ms));
        var neuron = network.Add("neuron", 1, new Lif { Reset = -70.mV, Refractory = 1.ms, TauSynapse = 5.ms });
        network.Connect(source, neuron, Wiring.AllToAll, 100000);
        using var session = Reference.Load(network.Compile(0.1.ms));
        var v = session.Sample(new StateRecorder(neuron, "V"));
        var current = session.Sample(new StateRecorder(neuron, "I"));
        var spikes = session.Record(neuron, new SpikeRecorder());
        session.Advance(40L);
        long first = spikes.Spikes[0].Step;
        Assert.Equal(2, first);
        for (long step = first; step <= first + 10; step++) Assert.Equal(-70f, v.Samples[(int)step][0]);
        Assert.Equal(first + 11, spikes.Spikes[1].Step);
        for (int step = 2; step < 40; step++) Assert.Equal(100000 * Math.Exp(-(step - 1) * 0.1 / 5), current.Samples[step][0], 0.1);
    }

    [Fact]
    public void Below_threshold_a_constant_current_never_fires()
    {
        Assert.Empty(Times(new Lif { Bias = 374.pA }, 5000));
        Assert.NotEmpty(Times(new Lif { Bias = 376.pA }, 5000));
    }

    [Fact]
    public void An_adaptive_threshold_is_the_sum_of_its_spikes_traces()
    {
        var model = new AdaptiveLif { Bias = 40.pA, TauThreshold = 60.ms, Increment = 2.5.mV };
        var network = new Network(1);
        var neuron = network.Add("neuron", 1, model);
        using var session = Reference.Load(network.Compile(0.1.ms));
        var theta = session.Sample(new StateRecorder(neuron, "Theta"));
        var v = session.Sample(new StateRecorder(neuron, "V"));
        var spikes = session.Record(neuron, new SpikeRecorder());
        session.Advance(4000L);
        var times = spikes.Spikes.Select(s => s.Step).ToHashSet();
        Assert.True(times.Count > 5);
        double expected = 0;
        for (int step = 0; step < 4000; step++)
        {
            double before = expected;
            expected = (expected * Math.Exp(-0.1 / 60)) + (times.Contains(step) ? 2.5 : 0);
            Assert.Equal(expected, theta.Samples[step][0], 1e-4);
            if (!times.Contains(step)) Assert.True(v.Samples[step][0] < -50 + before + 1e-3);
        }
        long[] intervals = [.. times.Order().Zip(times.Order().Skip(1), (a, b) => b - a)];
        Assert.True(intervals[^1] > intervals[0]);
        // Steady: each interval the threshold decays by what a spike adds, and V climbs from reset to it.
        double period = intervals[^1] * 0.1, peak = 2.5 / (1 - Math.Exp(-period / 60));
        double climb = 20 * Math.Log(40 / (40 - 15 - (peak * Math.Exp(-period / 60))));
        Assert.InRange(period, climb + 2 - 0.3, climb + 2 + 0.3);
    }

    [Fact]
    public void The_lowest_potential_is_a_floor()
    {
        var network = new Network(1);
        var neuron = network.Add("neuron", 1, new AdaptiveLif { Bias = -100.pA, Floor = -72.mV });
        using var session = Reference.Load(network.Compile(0.1.ms));
        session.Advance(2000L);
        Assert.Equal(-72f, session.State(neuron, "V")[0]);
    }

    [Fact]
    public void An_integrator_that_subtracts_fires_the_floor_of_its_input_times()
    {
        for (int n = 0; n <= 256; n += 5) Assert.Equal(1000 * n / 256, Times(new IntegrateAndFire { Bias = n / 256f }, 1000).Count);
        // To zero, each interval is what it takes to reach the threshold from nothing.
        for (int n = 1; n <= 256; n += 5) Assert.Equal(1000 / ((256 + n - 1) / n), Times(new IntegrateAndFire { Bias = n / 256f, Reset = ResetMode.ToZero }, 1000).Count);
        // With a leak the potential climbs to bias / (1 - leak).
        Assert.Empty(Times(new IntegrateAndFire { Bias = 0.24f, Leak = 0.75f }, 1000));
        Assert.NotEmpty(Times(new IntegrateAndFire { Bias = 0.26f, Leak = 0.75f }, 1000));
        var network = new Network(1);
        var neuron = network.Add("neuron", 1, new IntegrateAndFire { Bias = -1, Floor = -3.5f });
        using var session = Reference.Load(network.Compile(1.ms));
        session.Advance(20L);
        Assert.Equal(-3.5f, session.State(neuron, "V")[0]);
    }

    [Fact]
    public void A_drive_has_the_counts_of_a_Poisson_process()
    {
        const int neurons = 20_000;
        foreach (double mean in new[] { 0.05, 2.5, 30 })
        {
            var network = new Network(7);
            var population = network.Add("neurons", neurons, new IntegrateAndFire { Threshold = 1e9f });
            network.Drive(population, new(mean * 1000), 1);
            using var session = Reference.Load(network.Compile(1.ms));
            session.Advance(1L);
            var first = session.State(population, "V");
            session.Advance(1L);
            var second = session.State(population, "V").Zip(first, (b, a) => b - a).ToArray();
            double average = first.Average(), variance = first.Average(v => (v - average) * (v - average));
            Assert.InRange(average, mean - (5 * Math.Sqrt(mean / neurons)), mean + (5 * Math.Sqrt(mean / neurons)));
            double spread = Math.Sqrt(((2 * mean * mean) + mean) / neurons);
            Assert.InRange(variance, mean - (5 * spread), mean + (5 * spread));
            double covariance = first.Zip(second, (a, b) => (a - average) * (b - average)).Average();
            Assert.InRange(covariance, -5 * mean / Math.Sqrt(neurons), 5 * mean / Math.Sqrt(neurons));
            double chi = 0, probability = Math.Exp(-mean);
            int bins = 0;
            for (int k = 0; k < 100; probability *= mean / ++k)
            {
                double expected = neurons * probability;
                if (expected < 10) continue;
                int found = first.Count(v => v == k);
                chi += (found - expected) * (found - expected) / expected;
                bins++;
            }
            Assert.True(bins > 1);
            Assert.InRange(chi, 0, bins + (5.5 * Math.Sqrt(2 * bins)));
        }
    }

    [Fact]
    public void A_Poisson_source_has_its_rate()
    {
        var network = new Network(7);
        var source = network.Add("source", 500, new PoissonSource(80.Hz));
        using var session = Reference.Load(network.Compile(1.ms));
        session.Advance(2000L);
        double p = 1 - Math.Exp(-0.08), error = 5 * Math.Sqrt(p * (1 - p) / 1e6);
        Assert.InRange(session.Activity.TotalSpikes / 1e6, p - error, p + error);
        Assert.Equal(session.Activity.TotalSpikes, session.Activity.SpikesOf(source));
    }

    [Fact]
    public void A_spike_source_fires_at_its_times_in_every_presentation()
    {
        var network = new Network(1);
        var source = network.Add("source", 3, new SpikeSource([(0.5.ms, 2), (0.ms, 1), (0.5.ms, 0), (1.04.ms, 1), (1.06.ms, 1)]));
        using var session = Reference.Load(network.Compile(0.1.ms));
        var recorder = session.Record(source, new SpikeRecorder());
        session.Advance(20L);
        Assert.Equal([(0L, 1), (5L, 0), (5L, 2), (10L, 1), (11L, 1)], recorder.Spikes);
        session.Begin(3);
        session.Advance(6L);
        Assert.Equal([(20L, 1), (25L, 0), (25L, 2)], recorder.Spikes.Skip(5));
    }

    [Fact]
    public void Every_lane_gives_the_same_states_and_spikes()
    {
        foreach (NeuronModel model in new NeuronModel[]
        {
            new Lif { Start = Distribution.Normal(-58, 5) }, new Lif { TauInhibitory = 5.ms }, new AdaptiveLif { Start = Distribution.Uniform(-65, -50) },
            new IntegrateAndFire { Leak = 0.9f }, new IntegrateAndFire { Reset = ResetMode.ToZero },
        })
        {
            uint[] expected = LaneRun<Scalar>.Of(model);
            Assert.Contains(expected, word => word == 1);
            Assert.Equal(expected, LaneRun<Wide128>.Of(model));
            Assert.Equal(expected, LaneRun<Wide256>.Of(model));
            Assert.Equal(expected, LaneRun<Wide512>.Of(model));
        }
    }

    static List<long> Times(NeuronModel model, long steps)
    {
        var network = new Network(1);
        var neuron = network.Add("neuron", 1, model);
        using var session = Reference.Load(network.Compile(0.1.ms));
        var recorder = session.Record(neuron, new SpikeRecorder());
        session.Advance(steps);
        return [.. recorder.Spikes.Select(s => s.Step)];
    }

    /// <summary>Runs a model over 64 neurons with random input: the spikes of each step, then the bits of all state.</summary>
    sealed class LaneRun<T> : ILowering<T>
        where T : unmanaged, ILane<T>
    {
        const int Count = 64, Steps = 300;

        readonly List<uint> results = [];
        float gain;

        public static uint[] Of(NeuronModel model)
        {
            var run = new LaneRun<T> { gain = model is IntegrateAndFire ? 0.9f : 400f };
            model.Lower(run);
            return [.. run.results];
        }

        public Time Step => 0.1.ms;

        public bool Learning => true;

        public unsafe void Neurons<TKernel, TState, TInput>(TKernel kernel)
            where TKernel : unmanaged, INeuronKernel<T, TState, TInput>
            where TState : unmanaged
            where TInput : unmanaged
        {
            int receptors = sizeof(TInput) / sizeof(T), variables = sizeof(TState) / sizeof(T);
            var states = new TState[Count / T.Width];
            var words = new uint[Count];
            var floats = new float[T.Width];
            for (int i = 0; i < states.Length; i++)
            {
                Fill(1000, 0);
                T uniform = T.Uniform(in words[i * T.Width]);
                states[i] = kernel.Initial(uniform, LaneMath.NormalQuantile(uniform));
            }
            for (int step = 0; step < Steps; step++)
            {
                var inputs = new TInput[states.Length];
                for (int r = 0; r < receptors; r++)
                {
                    Fill((uint)step, (uint)r);
                    for (int i = 0; i < states.Length; i++)
                        Field<TInput>(ref inputs[i], r) = (T.Uniform(in words[i * T.Width]) - (r == 0 ? 0.3f : 0.5f)) * gain;
                }
                for (int i = 0; i < states.Length; i++)
                {
                    uint mask = T.MaskBits(kernel.Step(ref states[i], in inputs[i]));
                    for (int k = 0; k < T.Width; k++) results.Add(mask >> k & 1);
                }
                if (step == 200)
                {
                    for (int i = 0; i < states.Length; i++) states[i] = kernel.AtRest(in states[i]);
                }
            }
            for (int v = 0; v < variables; v++)
            {
                for (int i = 0; i < states.Length; i++)
                {
                    T.Store(Field<TState>(ref states[i], v), ref floats[0]);
                    results.AddRange(floats.Select(BitConverter.SingleToUInt32Bits));
                }
            }

            void Fill(uint b, uint c) => Philox.Fill(new RandomStream(1, RandomPurpose.Drive, 0), 0, b, c, 0, words);
        }

        static ref T Field<TFields>(ref TFields fields, int index) =>
            ref System.Runtime.CompilerServices.Unsafe.Add(ref System.Runtime.CompilerServices.Unsafe.As<TFields, T>(ref fields), index);

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

        public void Encoder<TKernel, TState>(TKernel kernel)
            where TKernel : unmanaged, IEncoderKernel<T, TState>
            where TState : unmanaged => throw new NotSupportedException();

        public void Events(IReadOnlyList<(long Step, int Neuron)> spikes) => throw new NotSupportedException();
    }
}
