using FsCheck;
using FsCheck.Fluent;
using Lepton.Neuro.Lanes;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Agreement.Tests;

/// <summary>What a random network is made of: small numbers that shrink and print well.</summary>
public sealed record NetworkCase(int Seed, int Sources, int Cells, int Others, int Wiring, int MostDelay, int Kind, int Steps)
{
    public Network Build(Func<NetworkCase, SynapseRule?> rule)
    {
        var network = new Network((ulong)Seed);
        var source = network.Add("source", Sources, new PoissonSource(400.Hz));
        var lif = network.Add("lif", Cells, new Lif { Start = Distribution.Normal(-58, 4), Refractory = 1.ms });
        var dual = network.Add("dual", Others, new Lif { TauInhibitory = 3.ms, Start = Distribution.Uniform(-65, -50) });
        var adaptive = network.Add("adaptive", Others + 3, new AdaptiveLif { Homeostatic = Kind % 2 == 0 });
        var counting = network.Add("counting", Cells, new IntegrateAndFire { Leak = 0.9f, Reset = Kind % 2 == 0 ? ResetMode.Subtract : ResetMode.ToZero });
        var script = network.Add("script", 5, new SpikeSource([(1.ms, 0), (2.ms, 4), (2.ms, 1), (7.ms, 3)]));

        network.Connect(source, lif, PickWiring(source, lif, 0), Weight.Normal(400, 100, 0), PickDelay(0), rule: null);
        network.Connect(lif, lif, Neuro.Wiring.Probability(0.3, allowSelf: false), Weight.Normal(-300, 60, double.NegativeInfinity, 0), PickDelay(1));
        network.Connect(lif, dual, PickWiring(lif, dual, 1), Weight.Uniform(200, 900), PickDelay(2), "excitatory");
        network.Connect(dual, dual, Neuro.Wiring.InDegree(3), Weight.Lognormal(5, 0.5, -1), PickDelay(3), "inhibitory");
        network.Connect(dual, adaptive, Neuro.Wiring.AllToAll, Weight.Uniform(0, 20), 1.ms);
        network.Connect(source, counting, Neuro.Wiring.AllToAll, Weight.Uniform(-0.1, 0.3), 1.ms);
        network.Connect(script, lif, Neuro.Wiring.Total(20), 900, PickDelay(4));
        network.Drive(lif, 2000.Hz, 80);
        network.Drive(adaptive, 300.Hz, 9);

        if (rule(this) is { } plastic)
        {
            double most = plastic.WeightRange.Most;
            var learned = network.Connect(source, counting, PickWiring(source, counting, 2), Weight.Uniform(0, most), PickDelay(5), rule: plastic);
            network.Connect(lif, adaptive, Neuro.Wiring.AllToAll, Weight.Uniform(0, most), 2.ms, rule: plastic);
            var tapes = KernelTapes.Of(plastic, 1.ms);
            if (learned.Wiring is AllToAllWiring && !tapes.Changes("OnPre") && !tapes.Changes("OnPost"))
            {
                var back = network.Add("back", Sources, new IntegrateAndFire { Threshold = 2 });
                network.Connect(counting, back, Neuro.Wiring.TransposeOf(learned, 0.5f), 0, 1.ms);
            }
        }
        return network;

        Wiring PickWiring(Population from, Population to, int which) => ((Wiring + which) % 5) switch
        {
            0 => Neuro.Wiring.AllToAll,
            1 => Neuro.Wiring.Probability(0.4),
            2 => Neuro.Wiring.InDegree(4),
            3 => Neuro.Wiring.Total(from.Count * to.Count / 3),
            _ => Neuro.Wiring.Edges([.. Enumerable.Range(0, 2 * to.Count).Select(i => (i * 7 % from.Count, i * 5 % to.Count))]),
        };

        Delay PickDelay(int which) => ((Wiring + which) % 3) switch
        {
            0 => Delay.Constant((1 + (which % MostDelay)).ms),
            1 => Delay.Uniform(0.ms, MostDelay.ms),
            _ => Delay.Normal((MostDelay / 2.0).ms, (MostDelay / 6.0).ms),
        };
    }

    public static Gen<NetworkCase> Any { get; } =
        from seed in Gen.Choose(1, 1_000_000)
        from sources in Gen.Choose(1, 90)
        from cells in Gen.Choose(1, 150)
        from others in Gen.Choose(1, 40)
        from wiring in Gen.Choose(0, 4)
        from delay in Gen.Choose(1, 9)
        from kind in Gen.Choose(0, 5)
        from steps in Gen.Choose(1, 60)
        select new NetworkCase(seed, sources, cells, others, wiring, delay, kind, steps);
}

/// <summary>A rule that uses everything a rule may use: all events, both traces, a second variable, the potential and the modulator.</summary>
public sealed record EverythingRule : SynapseRule
{
    public override (float Least, float Most) WeightRange => (0, 2);

    public override void Validate(string owner)
    {
    }

    public override void Lower<T>(ILowering<T> to) => to.Synapses<Kernel<T>, Synapse<T>, Pre<T>, Post<T>>(new(to.Step));

    public struct Synapse<T>
    {
        public T Weight;
        public T Eligibility;
    }

    public struct Pre<T>
    {
        public T Fast;
        public T Count;
    }

    public struct Post<T>
    {
        public T Fast;
        public T Slow;
        public T Factor;
    }

    readonly struct Kernel<T>(Time step) : ISynapseKernel<T, Synapse<T>, Pre<T>, Post<T>>
        where T : unmanaged, ILane<T>
    {
        readonly T fast = (float)step.Decay(10.ms), slow = (float)step.Decay(30.ms);

        public Synapse<T> Initial(T weight) => new() { Weight = weight, Eligibility = 0f };

        public void TracePre(ref Pre<T> pre, in Moment<T> now)
        {
            pre.Fast = T.FusedMultiplyAdd(pre.Fast, fast, T.Select(now.Spiked, fast, 0f));
            pre.Count = pre.Count + T.Select(now.Spiked, 1f, 0f);
        }

        public void TracePost(ref Post<T> post, in Moment<T> now)
        {
            post.Fast = T.FusedMultiplyAdd(post.Fast, fast, T.Select(now.Spiked, fast, 0f));
            post.Slow = T.FusedMultiplyAdd(post.Slow, slow, T.FusedMultiplyAdd(now.Potential, 1e-4f, T.Select(now.Spiked, slow, 0f)));
            post.Factor = now.Modulator;
        }

        public T OnPre(ref Synapse<T> synapse, in Pre<T> pre, in Post<T> post)
        {
            T sent = synapse.Weight;
            synapse.Weight = T.Max(T.FusedMultiplyAdd(post.Fast, -0.03f, synapse.Weight), 0f);
            synapse.Eligibility = T.FusedMultiplyAdd(synapse.Eligibility, 0.9f, post.Slow);
            return sent;
        }

        public void OnPost(ref Synapse<T> synapse, in Pre<T> pre, in Post<T> post)
        {
            synapse.Weight = T.Min(T.FusedMultiplyAdd(pre.Fast, 0.04f, synapse.Weight), 2f);
            synapse.Eligibility = synapse.Eligibility + pre.Count;
        }

        public void OnUpdate(ref Synapse<T> synapse, in Pre<T> pre, in Post<T> post)
        {
            T changed = T.FusedMultiplyAdd(synapse.Eligibility * post.Factor, 1e-3f, synapse.Weight);
            synapse.Weight = T.Min(T.Max(changed, 0f), 2f);
            synapse.Eligibility = 0f;
        }
    }
}

/// <summary>A rule whose traces see nothing but spikes, so that they can be foretold; what a synapse sends depends on both traces, and every event changes it.</summary>
public sealed record SpikesOnlyRule : SynapseRule
{
    public override (float Least, float Most) WeightRange => (0, 2);

    public override void Validate(string owner)
    {
    }

    public override void Lower<T>(ILowering<T> to) => to.Synapses<Kernel<T>, Synapse<T>, Trace<T>, Post<T>>(new(to.Step));

    public struct Synapse<T>
    {
        public T Weight;
        public T Memory;
    }

    public struct Trace<T>
    {
        public T Value;
    }

    public struct Post<T>
    {
        public T Fast;
        public T Drift;
    }

    readonly struct Kernel<T>(Time step) : ISynapseKernel<T, Synapse<T>, Trace<T>, Post<T>>
        where T : unmanaged, ILane<T>
    {
        readonly T keep = (float)step.Decay(8.ms);

        public Synapse<T> Initial(T weight) => new() { Weight = weight, Memory = 0.5f };

        public void TracePre(ref Trace<T> pre, in Moment<T> now) => pre.Value = T.FusedMultiplyAdd(pre.Value, keep, T.Select(now.Spiked, keep, 0f));

        // The second variable moves without any spike.
        public void TracePost(ref Post<T> post, in Moment<T> now)
        {
            post.Fast = T.FusedMultiplyAdd(post.Fast, keep, T.Select(now.Spiked, keep, 0f));
            post.Drift = T.Select(now.Spiked, 0f, T.FusedMultiplyAdd(post.Drift, keep, 0.01f));
        }

        public T OnPre(ref Synapse<T> synapse, in Trace<T> pre, in Post<T> post)
        {
            T sent = T.Min(T.FusedMultiplyAdd(synapse.Weight, T.FusedMultiplyAdd(post.Fast, 0.125f, 0.5f), post.Drift), 2f);
            synapse.Weight = T.Max(T.FusedMultiplyAdd(post.Fast, -0.05f, synapse.Weight), 0f);
            synapse.Memory = T.FusedMultiplyAdd(synapse.Memory, 0.75f, pre.Value);
            return sent;
        }

        public void OnPost(ref Synapse<T> synapse, in Trace<T> pre, in Post<T> post)
        {
            synapse.Weight = T.Min(T.FusedMultiplyAdd(pre.Value * synapse.Memory, 0.06f, synapse.Weight), 2f);
            synapse.Memory = T.FusedMultiplyAdd(synapse.Memory, 0.5f, post.Fast);
        }

        public void OnUpdate(ref Synapse<T> synapse, in Trace<T> pre, in Post<T> post) =>
            synapse.Weight = T.Min(T.Max(T.FusedMultiplyAdd(pre.Value - post.Drift, 1e-2f, synapse.Weight), 0f), 2f);
    }
}

/// <summary>A rule that changes weights at updates only, so that a transposed projection may follow it.</summary>
public sealed record UpdateRule : SynapseRule
{
    public override (float Least, float Most) WeightRange => (-1, 1);

    public override void Validate(string owner)
    {
    }

    public override void Lower<T>(ILowering<T> to) => to.Synapses<Kernel<T>, Plain<T>, Trace<T>, Trace<T>>(new());

    public struct Trace<T>
    {
        public T Count;
    }

    readonly struct Kernel<T> : ISynapseKernel<T, Plain<T>, Trace<T>, Trace<T>>
        where T : unmanaged, ILane<T>
    {
        public Plain<T> Initial(T weight) => new() { Weight = weight };

        public void TracePre(ref Trace<T> pre, in Moment<T> now) => pre.Count = pre.Count + T.Select(now.Spiked, 1f, 0f);

        public void TracePost(ref Trace<T> post, in Moment<T> now) => post.Count = post.Count + T.Select(now.Spiked, now.Modulator, 0f);

        public T OnPre(ref Plain<T> synapse, in Trace<T> pre, in Trace<T> post) => synapse.Weight;

        public void OnPost(ref Plain<T> synapse, in Trace<T> pre, in Trace<T> post)
        {
        }

        public void OnUpdate(ref Plain<T> synapse, in Trace<T> pre, in Trace<T> post) =>
            synapse.Weight = T.Min(T.Max(T.FusedMultiplyAdd(pre.Count * post.Count, 1e-3f, synapse.Weight), -1f), 1f);
    }
}

/// <summary>A rule that visits every synapse in every step and draws a random number for every event.</summary>
public sealed record ChanceRule : SynapseRule
{
    public override (float Least, float Most) WeightRange => (0, 2);

    public override void Validate(string owner)
    {
    }

    public override void Lower<T>(ILowering<T> to) => to.SteppedSynapses<Kernel<T>, Synapse<T>, Trace<T>, Post<T>>(new(to.Step));

    public struct Synapse<T>
    {
        public T Weight;
        public T Eligibility;
        public T Chance;
    }

    public struct Trace<T>
    {
        public T Value;
    }

    public struct Post<T>
    {
        public T Value;
        public T Potential;
        public T Factor;
    }

    readonly struct Kernel<T>(Time step) : ISteppedSynapseKernel<T, Synapse<T>, Trace<T>, Post<T>>
        where T : unmanaged, ILane<T>
    {
        readonly T keep = (float)step.Decay(10.ms);

        public Synapse<T> Initial(T weight) => new() { Weight = weight, Eligibility = 0f, Chance = 0f };

        public void TracePre(ref Trace<T> pre, in Moment<T> now) => pre.Value = T.FusedMultiplyAdd(pre.Value, keep, T.Select(now.Spiked, 1f, 0f));

        public void TracePost(ref Post<T> post, in Moment<T> now)
        {
            post.Value = T.FusedMultiplyAdd(post.Value, keep, T.Select(now.Spiked, 1f, 0f));
            post.Potential = now.Potential;
            post.Factor = now.Modulator;
        }

        public void Draw(ref Synapse<T> synapse, T uniform) => synapse.Chance = uniform;

        // Spikes come through by chance.
        public T OnPre(ref Synapse<T> synapse, in Trace<T> pre, in Post<T> post)
        {
            T sent = T.Select(synapse.Chance < 0.7f, synapse.Weight, 0f);
            synapse.Weight = T.Max(T.FusedMultiplyAdd(post.Value, -0.03f * synapse.Chance, synapse.Weight), 0f);
            return sent;
        }

        public void OnPost(ref Synapse<T> synapse, in Trace<T> pre, in Post<T> post) =>
            synapse.Weight = T.Select(synapse.Chance < pre.Value * 0.3f, T.Min(synapse.Weight + 0.25f, 2f), synapse.Weight);

        public void OnStep(ref Synapse<T> synapse, in Trace<T> pre, in Post<T> post)
        {
            synapse.Eligibility = T.FusedMultiplyAdd(synapse.Eligibility, keep, T.FusedMultiplyAdd(pre.Value, post.Potential * 1e-3f, synapse.Chance));
            synapse.Weight = T.Min(T.Max(T.FusedMultiplyAdd(synapse.Eligibility, post.Factor * 1e-4f, synapse.Weight), 0f), 2f);
        }

        public void OnUpdate(ref Synapse<T> synapse, in Trace<T> pre, in Post<T> post) =>
            synapse.Weight = T.Select(synapse.Chance < 0.5f, T.Min(synapse.Weight + 0.125f, 2f), synapse.Weight);
    }
}
