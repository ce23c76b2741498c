using FsCheck.Fluent;
using Lepton.Neuro.Lanes;
using Lepton.Neuro.Testing;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Simulator.Tests;

public sealed class SessionTests
{
    /// <summary>A rule whose weights are a protocol: an arriving spike adds 1 for each earlier spike of the target, a target's spike 100 for each earlier spike of the source.</summary>
    sealed record Protocol : SynapseRule
    {
        public override (float Least, float Most) WeightRange => (0, 1 << 20);

        public override void Validate(string owner)
        {
        }

        public override void Lower<T>(ILowering<T> to) => to.Synapses<Kernel<T>, Plain<T>, Spikes<T>, Spikes<T>>(default);

        public struct Spikes<T>
        {
            public T Count;
        }

        readonly struct Kernel<T> : ISynapseKernel<T, Plain<T>, Spikes<T>, Spikes<T>>
            where T : unmanaged, ILane<T>
        {
            public Plain<T> Initial(T weight) => new() { Weight = weight };

            public void TracePre(ref Spikes<T> pre, in Moment<T> now) => pre.Count += T.Select(now.Spiked, 1f, 0f);

            public void TracePost(ref Spikes<T> post, in Moment<T> now) => post.Count += T.Select(now.Spiked, 1f, 0f);

            public T OnPre(ref Plain<T> synapse, in Spikes<T> pre, in Spikes<T> post)
            {
                synapse.Weight += post.Count;
                return 0f;
            }

            public void OnPost(ref Plain<T> synapse, in Spikes<T> pre, in Spikes<T> post) => synapse.Weight = T.FusedMultiplyAdd(pre.Count, 100f, synapse.Weight);

            public void OnUpdate(ref Plain<T> synapse, in Spikes<T> pre, in Spikes<T> post) => synapse.Weight = T.FusedMultiplyAdd(pre.Count, 10000f, synapse.Weight + post.Count);
        }
    }

    [Fact]
    public void Events_see_the_traces_as_they_were_before_the_step() =>
        Properties.Holds(
            from before in Gen.ListOf(Gen.Choose(0, 29))
            from after in Gen.ListOf(Gen.Choose(0, 29))
            from delay in Gen.Choose(1, 6)
            select (before: before.Distinct().Order().ToArray(), after: after.Distinct().Order().ToArray(), delay),
            given =>
            {
                var network = new Network(1);
                var source = network.Add("source", 1, SpikeSource.OneNeuron(given.before.Select(t => t.ms)));
                var teacher = network.Add("teacher", 1, SpikeSource.OneNeuron(given.after.Select(t => t.ms)));
                var target = network.Add("target", 1, new IntegrateAndFire { Reset = ResetMode.ToZero });
                network.Connect(teacher, target, Wiring.OneToOne, 64);
                var plastic = network.Connect(source, target, Wiring.OneToOne, 1, given.delay.ms, rule: new Protocol());
                using var session = Reference.Load(network.Compile(1.ms));
                var spikes = session.Record(target, new SpikeRecorder());
                session.Advance(45L);
                int[] fired = [.. spikes.Spikes.Select(s => (int)s.Step)];
                Assert.Equal(given.after.Select(t => t + 1), fired);
                long expected = 1;
                foreach (int t in given.before) expected += fired.Count(f => f < t + given.delay);
                foreach (int f in fired) expected += 100 * given.before.Count(t => t < f - given.delay);
                Assert.Equal(expected, session.Weights(plastic)[0]);
                session.Update(plastic);
                Assert.Equal(expected + (10000 * given.before.Length) + fired.Length, session.Weights(plastic)[0]);
                session.Begin(1);
                Assert.Equal(expected + (10000 * given.before.Length) + fired.Length, session.Weights(plastic)[0]);
                session.Update(plastic);
                Assert.Equal(expected + (10000 * given.before.Length) + fired.Length, session.Weights(plastic)[0]);
            });

    static (CompiledNetwork Plan, Population Neurons) Busy(ulong seed = 4)
    {
        var network = new Network(seed);
        var input = network.Add("input", 30, new PoissonSource(100.Hz));
        var neurons = network.Add("neurons", 40, new Lif { Start = Distribution.Uniform(-65, -50), TauInhibitory = 3.ms });
        network.Connect(input, neurons, Wiring.Probability(0.4), Weight.Normal(400, 100), Delay.Normal(1.5.ms, 0.8.ms));
        network.Connect(neurons, neurons, Wiring.InDegree(6), Weight.Uniform(-300, -100), Delay.Uniform(0.5.ms, 3.ms), "inhibitory");
        network.Drive(neurons, 5000.Hz, 60);
        return (network.Compile(0.1.ms), neurons);
    }

    static ulong Shown(Session session, ulong presentation, long steps)
    {
        session.Begin(presentation);
        long start = session.Step;
        var recorders = session.Network.Populations.Select(p => (p.Description, session.Record(p.Description, new SpikeRecorder()))).ToArray();
        session.Advance(steps);
        var hash = new SpikeHash();
        foreach (var (population, recorder) in recorders)
        {
            foreach (var (step, neuron) in recorder.Spikes) hash.Record(step - start, population, [neuron]);
            session.StopRecording(recorder);
        }
        return hash.Value;
    }

    [Fact]
    public void A_presentation_does_not_depend_on_what_came_before()
    {
        var (plan, _) = Busy();
        using var forward = Reference.Load(plan);
        using var backward = Reference.Load(plan);
        ulong[] ahead = [.. new ulong[] { 1, 2, 3, ulong.MaxValue }.Select(p => Shown(forward, p, 300))];
        ulong[] back = [.. new ulong[] { ulong.MaxValue, 3, 2, 1 }.Select(p => Shown(backward, p, 300))];
        Assert.Equal(ahead.AsEnumerable().Reverse(), back);
        Assert.Equal(4, ahead.Distinct().Count());
        Assert.Equal(ahead[1], Shown(forward, 2, 300));
    }

    [Fact]
    public void Steps_can_be_taken_in_any_portions()
    {
        var (plan, neurons) = Busy();
        ulong[] hashes = [.. new long[][] { [500], [1, 499], [100, 150, 250], [.. Enumerable.Repeat(5L, 100)] }.Select(portions =>
        {
            using var session = Reference.Load(plan);
            var hash = session.RecordAll(new SpikeHash());
            session.Sample(new StateRecorder(neurons, "V", interval: 7));
            foreach (long steps in portions) session.Advance(steps);
            Assert.Equal(500, session.Step);
            return hash.Value;
        })];
        Assert.Single(hashes.Distinct());
        using var other = Reference.Load(Busy(5).Plan);
        var different = other.RecordAll(new SpikeHash());
        other.Advance(50.ms);
        Assert.Equal(500, other.Step);
        Assert.NotEqual(hashes[0], different.Value);
    }

    [Fact]
    public void A_cancelled_run_stands_at_a_whole_step_and_goes_on()
    {
        var (plan, neurons) = Busy();
        using var whole = Reference.Load(plan);
        using var broken = Reference.Load(plan);
        var expected = whole.RecordAll(new SpikeHash());
        var actual = broken.RecordAll(new SpikeHash());
        whole.Advance(2500L);
        using var cancellation = new CancellationTokenSource();
        broken.Record(neurons, new Canceller(cancellation, 900));
        Assert.Throws<OperationCanceledException>(() => broken.Advance(2500L, cancellation.Token));
        Assert.InRange(broken.Step, 900, 2400);
        broken.Advance(2500 - broken.Step);
        Assert.Equal(expected.Value, actual.Value);
    }

    sealed class Canceller(CancellationTokenSource source, long at) : IRecorder
    {
        public void Record(long step, Population population, ReadOnlySpan<int> spiked)
        {
            if (step >= at) source.Cancel();
        }
    }

    static CompiledNetwork Homeostatic()
    {
        var network = new Network(1);
        var input = network.Add("input", 20, new PoissonSource(200.Hz));
        var neurons = network.Add("neurons", 10, new AdaptiveLif { Homeostatic = true, TauThreshold = 1e4.s, StartTheta = Distribution.Uniform(0, 3) });
        network.Connect(input, neurons, Wiring.AllToAll, 30, rule: new Protocol());
        network.Connect(input, neurons, Wiring.AllToAll, 40);
        return network.Compile(1.ms);
    }

    [Fact]
    public void Evaluation_changes_neither_thresholds_nor_weights()
    {
        var plan = Homeostatic();
        var neurons = plan.Source["neurons"];
        using var learner = Reference.Load(plan);
        var fresh = learner.State(neurons, "Theta");
        for (ulong p = 0; p < 5; p++) Shown(learner, p, 50);
        var theta = learner.State(neurons, "Theta");
        Assert.All(theta.Zip(fresh), pair => Assert.True(pair.First > pair.Second));
        Assert.NotEqual(30f, learner.Weights(plan.Source.Projections[0])[0]);

        using var session = Reference.Evaluate(plan, learner.Learned);
        Assert.Equal(theta, session.State(neurons, "Theta"));
        var weights = session.Weights(plan.Source.Projections[0]);
        Assert.Equal(learner.Weights(plan.Source.Projections[0]), weights);
        ulong[] there = [.. new ulong[] { 7, 8, 9 }.Select(p => Shown(session, p, 50))];
        Assert.True(session.Activity.SpikesOf(neurons) > 0);
        Assert.Equal(theta, session.State(neurons, "Theta"));
        Assert.Equal(weights, session.Weights(plan.Source.Projections[0]));
        ulong[] back = [.. new ulong[] { 9, 8, 7 }.Select(p => Shown(session, p, 50))];
        Assert.Equal(there, back.AsEnumerable().Reverse());
    }

    [Fact]
    public void A_momentary_threshold_is_forgotten_between_presentations_and_moves_in_evaluation()
    {
        var network = new Network(1);
        var neurons = network.Add("neurons", 3, new AdaptiveLif { Bias = 60.pA });
        using var session = Reference.Evaluate(network.Compile(1.ms));
        session.Advance(100L);
        Assert.All(session.State(neurons, "Theta"), theta => Assert.True(theta > 0));
        session.Begin(1);
        Assert.All(session.State(neurons, "Theta"), theta => Assert.Equal(0, theta));
        Assert.All(session.State(neurons, "V"), v => Assert.Equal(-65, v));
    }

    [Fact]
    public void Learned_weights_survive_a_reload_and_normalisation_meets_its_total()
    {
        var plan = Homeostatic();
        var projection = plan.Source.Projections[0];
        using var first = Reference.Load(plan);
        var weights = Enumerable.Range(0, 200).Select(i => 1f + (i * 0.25f)).ToArray();
        first.SetWeights(projection, weights);
        Assert.Equal(weights, first.Weights(projection));
        using var second = Reference.Load(plan, first.Learned);
        Assert.Equal(weights, second.Weights(projection));
        second.Normalize(projection, 500);
        var scaled = second.Weights(projection);
        for (int target = 0; target < 10; target++)
        {
            double sum = 0, before = 0;
            for (int source = 0; source < 20; source++)
            {
                sum += scaled[(source * 10) + target];
                before += weights[(source * 10) + target];
            }
            // Weights are summed in 2^-20 of the rule's range: 1 here, half of it a synapse.
            Assert.InRange(sum, 500 * before / (before + 10), 500 * before / (before - 10));
        }
        Assert.Throws<InvalidInputException>(() => second.SetWeights(projection, [1, 2]));
        Assert.Throws<InvalidInputException>(() => second.SetWeights(projection, [.. Enumerable.Repeat(-1f, 200)]));
        Assert.Throws<InvalidInputException>(() => second.Normalize(projection, 0));
    }

    [Fact]
    public void A_transposed_projection_has_the_other_ones_weights_the_other_way_round()
    {
        var network = new Network(1);
        var source = network.Add("source", 4, new SpikeSource([(0.ms, 0), (2.ms, 1), (4.ms, 2), (6.ms, 3)]));
        var a = network.Add("a", 3, new IntegrateAndFire { Threshold = 1e6f });
        var b = network.Add("b", 4, new IntegrateAndFire { Threshold = 0.5f, Reset = ResetMode.ToZero });
        var there = network.Connect(a, b, Wiring.AllToAll, Weight.Explicit([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]));
        var back = network.Connect(b, a, Wiring.TransposeOf(there, 0.5f), 0);
        network.Connect(source, b, Wiring.OneToOne, 1);
        using var session = Reference.Load(network.Compile(1.ms));
        Assert.Equal([0.5f, 2.5f, 4.5f, 1f, 3f, 5f, 1.5f, 3.5f, 5.5f, 2f, 4f, 6f], session.Weights(back));
        var v = session.Sample(new StateRecorder(a, "V"));
        session.Advance(12L);
        for (int step = 0; step < 12; step++)
        {
            // Source k fires in step 2 k, neuron k of b in the next one, and a receives one step later.
            for (int i = 0; i < 3; i++)
                Assert.Equal(Enumerable.Range(0, 4).Where(k => (2 * k) + 2 <= step).Sum(k => session.Weights(back)[(k * 3) + i]), v.Samples[step][i]);
        }
    }

    [Fact]
    public void Activity_counts_what_spikes_reach()
    {
        var (plan, _) = Busy();
        using var session = Reference.Load(plan);
        session.Advance(400L);
        var activity = session.Activity;
        Assert.Equal(400, activity.Steps);
        var row = new SynapseRow();
        foreach (var projection in plan.Projections)
        {
            long[] spikes = activity.Spikes[projection.Description.From.Index];
            long expected = 0;
            for (int target = 0; target < projection.Connectivity.Targets; target++)
            {
                projection.Read(target, row, SynapseParts.Sources);
                foreach (int source in row.Sources) expected += spikes[source];
            }
            Assert.True(expected > 0);
            Assert.Equal(expected, activity.SynapticEvents[projection.Index]);
        }
        Assert.Equal(activity.SynapticEvents.Sum(), activity.TotalSynapticEvents);
    }

    [Fact]
    public void The_modulator_reaches_targets_one_by_one()
    {
        var network = new Network(1);
        var input = network.Add("input", 2, new PoissonSource(1.Hz));
        var neurons = network.Add("neurons", 3, new Lif());
        var projection = network.Connect(input, neurons, Wiring.AllToAll, 1, rule: new Modulated());
        using var session = Reference.Load(network.Compile(1.ms));
        session.SetModulator(projection, [1, 2, 3]);
        session.Advance(4L);
        session.Update();
        Assert.Equal([5f, 9f, 13f, 5f, 9f, 13f], session.Weights(projection));
        session.SetModulator(projection, 10);
        session.Advance(1L);
        session.Update();
        Assert.Equal([5f + 14 + 10, 9f + 18 + 10, 13f + 22 + 10, 5f + 14 + 10, 9f + 18 + 10, 13f + 22 + 10], session.Weights(projection));
        Assert.Throws<InvalidInputException>(() => session.SetModulator(projection, [1, 2]));
        Assert.Throws<InvalidInputException>(() => session.SetModulator(projection, float.NaN));
    }

    /// <summary>Sums the modulator on both sides and adds the sums to the weight at updates.</summary>
    sealed record Modulated : SynapseRule
    {
        public override (float Least, float Most) WeightRange => (0, 1000);

        public override void Validate(string owner)
        {
        }

        public override void Lower<T>(ILowering<T> to) => to.Synapses<Kernel<T>, Plain<T>, Protocol.Spikes<T>, Protocol.Spikes<T>>(default);

        readonly struct Kernel<T> : ISynapseKernel<T, Plain<T>, Protocol.Spikes<T>, Protocol.Spikes<T>>
            where T : unmanaged, ILane<T>
        {
            public Plain<T> Initial(T weight) => new() { Weight = weight };

            public void TracePre(ref Protocol.Spikes<T> pre, in Moment<T> now) => pre.Count += now.Modulator;

            public void TracePost(ref Protocol.Spikes<T> post, in Moment<T> now) => post.Count += now.Modulator;

            public T OnPre(ref Plain<T> synapse, in Protocol.Spikes<T> pre, in Protocol.Spikes<T> post) => synapse.Weight;

            public void OnPost(ref Plain<T> synapse, in Protocol.Spikes<T> pre, in Protocol.Spikes<T> post)
            {
            }

            public void OnUpdate(ref Plain<T> synapse, in Protocol.Spikes<T> pre, in Protocol.Spikes<T> post) => synapse.Weight += pre.Count + post.Count;
        }
    }
}
