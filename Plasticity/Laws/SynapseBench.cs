using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Plasticity.Laws;

/// <summary>One synapse on the bench: its rule runs on any lane of width 1, in the order of <see cref="SynapseRule"/>, and everything that happens to it is scripted.</summary>
public static class SynapseBench
{
    /// <summary>What a run left.</summary>
    /// <param name="Weight">The weight after the last step.</param>
    /// <param name="Weights">The weight after each step.</param>
    /// <param name="Sent">What the target received of each arrival, in order.</param>
    public sealed record Outcome(double Weight, IReadOnlyList<double> Weights, IReadOnlyList<double> Sent);

    /// <summary>Runs a rule in double precision.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="stimulus">What happens.</param>
    /// <param name="weight">The weight at first.</param>
    /// <param name="step">The length of a step.</param>
    /// <exception cref="InvalidInputException">A parameter of the rule is out of its range.</exception>
    public static Outcome Run(SynapseRule rule, Stimulus stimulus, double weight, Time step) => Run<Float64>(rule, stimulus, weight, step);

    /// <summary>Runs a rule on a lane of width 1.</summary>
    /// <typeparam name="T">The lane.</typeparam>
    /// <param name="rule">The rule.</param>
    /// <param name="stimulus">What happens.</param>
    /// <param name="weight">The weight at first.</param>
    /// <param name="step">The length of a step.</param>
    /// <exception cref="InvalidInputException">A parameter of the rule is out of its range, or an arrival comes before its delay.</exception>
    public static Outcome Run<T>(SynapseRule rule, Stimulus stimulus, double weight, Time step)
        where T : unmanaged, ILane<T> => Run<T>(rule, stimulus, weight, step, false);

    /// <summary>Runs a rule as a simulator does that visits a synapse only when a spike arrives: what the target's spikes do to it is done then, from the traces as they were. The outcome has no weights of single
    /// steps, for between arrivals nobody knows them.</summary>
    /// <typeparam name="T">The lane.</typeparam>
    /// <param name="rule">The rule; not one that visits every synapse in every step.</param>
    /// <param name="stimulus">What happens.</param>
    /// <param name="weight">The weight at first.</param>
    /// <param name="step">The length of a step.</param>
    /// <exception cref="InvalidInputException">As for <see cref="Run{T}(SynapseRule, Stimulus, double, Time)"/>; or the rule visits every synapse in every step.</exception>
    public static Outcome RunLazily<T>(SynapseRule rule, Stimulus stimulus, double weight, Time step)
        where T : unmanaged, ILane<T>
    {
        if (KernelTapes.Of(rule, step).Changes("OnStep")) throw new InvalidInputException("the rule of a run that is done late", rule.GetType().Name, "one that changes synapses at events alone");
        return Run<T>(rule, stimulus, weight, step, true);
    }

    static Outcome Run<T>(SynapseRule rule, Stimulus stimulus, double weight, Time step, bool lazily)
        where T : unmanaged, ILane<T>
    {
        rule.Validate(rule.GetType().Name);
        if (T.Width != 1) throw new InvalidInputException("the lane", typeof(T).Name, "one of width 1");
        Require.InRange("the delay", (long)stimulus.Delay, 1L, int.MaxValue);
        foreach (int t in stimulus.Arrivals) Require.InRange("an arrival's step", (long)t, stimulus.Delay, int.MaxValue);
        foreach (int t in stimulus.Spikes) Require.InRange("a spike's step", (long)t, 0L, int.MaxValue);
        var run = new Lowering<T>(rule, step, stimulus, weight, lazily);
        rule.Lower(run);
        return run.Outcome;
    }

    static double Number<T>(T value)
        where T : unmanaged, ILane<T>
    {
        if (typeof(T) == typeof(Float64)) return Unsafe.BitCast<T, Float64>(value).Value;
        float single = 0;
        T.Store(value, ref single);
        return single;
    }

    sealed class Lowering<T>(SynapseRule rule, Time step, Stimulus stimulus, double weight, bool lazily) : ILowering<T>
        where T : unmanaged, ILane<T>
    {
        public Outcome Outcome { get; private set; } = null!;

        public Time Step => step;

        public bool Learning => true;

        public void Synapses<TKernel, TSynapse, TPre, TPost>(TKernel kernel)
            where TKernel : unmanaged, ISynapseKernel<T, TSynapse, TPre, TPost>
            where TSynapse : unmanaged
            where TPre : unmanaged
            where TPost : unmanaged => Run<Quiet<T, TKernel, TSynapse, TPre, TPost>, TSynapse, TPre, TPost>(new(kernel), null);

        public void SteppedSynapses<TKernel, TSynapse, TPre, TPost>(TKernel kernel)
            where TKernel : unmanaged, ISteppedSynapseKernel<T, TSynapse, TPre, TPost>
            where TSynapse : unmanaged
            where TPre : unmanaged
            where TPost : unmanaged => Run<TKernel, TSynapse, TPre, TPost>(kernel, KernelTapes.Of(rule, step));

        void Run<TKernel, TSynapse, TPre, TPost>(TKernel kernel, KernelTapes? tapes)
            where TKernel : unmanaged, ISteppedSynapseKernel<T, TSynapse, TPre, TPost>
            where TSynapse : unmanaged
            where TPre : unmanaged
            where TPost : unmanaged
        {
            var arrivals = stimulus.Arrivals.ToHashSet();
            var spikes = stimulus.Spikes.ToHashSet();
            var updates = stimulus.Updates.ToHashSet();
            var drawing = (tapes?.Methods.Keys.Where(tapes.Draws) ?? []).ToHashSet(StringComparer.Ordinal);
            bool changesOnStep = tapes?.Changes("OnStep") ?? false;
            var weights = new double[stimulus.Steps];
            var sent = new List<double>();
            var synapse = kernel.Initial(T.FromDouble(weight));
            // The source's traces at every step; a synapse sees them a delay later.
            var pre = new TPre[stimulus.Steps + 1];
            // And the target's, for spikes that are done late.
            var post = new TPost[stimulus.Steps + 1];
            var waiting = new Queue<int>();
            for (int t = 0; t < stimulus.Steps; t++)
            {
                if (updates.Contains(t)) Update(t);
                bool spiked = spikes.Contains(t);
                if (arrivals.Contains(t))
                {
                    Replay();
                    Draw(SynapseEvent.OnPre, t);
                    sent.Add(Number(kernel.OnPre(ref synapse, Late(t), in post[t])));
                }
                if (spiked) waiting.Enqueue(t);
                if (!lazily) Replay();
                T modulator = T.FromDouble(stimulus.Modulator?.Invoke(t) ?? 0);
                pre[t + 1] = pre[t];
                kernel.TracePre(ref pre[t + 1], new() { Spiked = Mask(arrivals.Contains(t + stimulus.Delay)), Potential = 0f, Modulator = modulator });
                post[t + 1] = post[t];
                kernel.TracePost(ref post[t + 1], new() { Spiked = Mask(spiked), Potential = T.FromDouble(stimulus.Potential?.Invoke(t) ?? 0), Modulator = modulator });
                if (changesOnStep)
                {
                    Draw(SynapseEvent.OnStep, t);
                    kernel.OnStep(ref synapse, Late(t + 1), in post[t + 1]);
                }
                weights[t] = Weight();
            }
            if (updates.Contains(stimulus.Steps)) Update(stimulus.Steps);
            Replay();
            Outcome = new(Weight(), lazily ? [] : weights, sent);

            TPre Late(int t) => t >= stimulus.Delay ? pre[t - stimulus.Delay] : default;

            void Replay()
            {
                while (waiting.TryDequeue(out int t))
                {
                    Draw(SynapseEvent.OnPost, t);
                    kernel.OnPost(ref synapse, Late(t), in post[t]);
                }
            }

            void Update(int t)
            {
                Replay();
                Draw(SynapseEvent.OnUpdate, t);
                kernel.OnUpdate(ref synapse, in pre[t], in post[t]);
            }

            void Draw(SynapseEvent kind, int t)
            {
                if (!drawing.Contains(kind.ToString())) return;
                uint word = 0;
                new SynapseDraws(stimulus.Seed, 0).Fill(kind, t, 0, [stimulus.Slot], new Span<uint>(ref word));
                kernel.Draw(ref synapse, T.Uniform(in word));
            }

            // The first field is the weight.
            double Weight() => Number(Unsafe.As<TSynapse, T>(ref synapse));
        }

        public void Neurons<TKernel, TState, TInput>(TKernel kernel)
            where TKernel : unmanaged, INeuronKernel<T, TState, TInput>
            where TState : unmanaged
            where TInput : unmanaged => throw new NotSupportedException("a rule is no neuron model");

        public void Encoder<TKernel, TState>(TKernel kernel)
            where TKernel : unmanaged, IEncoderKernel<T, TState>
            where TState : unmanaged => throw new NotSupportedException("a rule is no encoder");

        public void Events(IReadOnlyList<(long Step, int Neuron)> spikes) => throw new NotSupportedException("a rule is no source");

        static T Mask(bool set) => T.MaskFromBits(set ? 1u : 0u);
    }
}
