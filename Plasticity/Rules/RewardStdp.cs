using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Plasticity;

/// <summary>Spike-timing-dependent plasticity modulated by reward: pairs of spikes leave an eligibility, and dopamine turns it into a change of the weight.</summary>
/// <remarks>
/// <para>The eligibility c of a synapse and the dopamine n of its target follow <c>dc/dt = -c / TauEligibility + pairs</c> and <c>dn/dt = -n / TauDopamine + modulator</c>; the weight follows
/// <c>dw/dt = c (n - Baseline)</c> with time in milliseconds. Pairs are those of the additive rule: an arrival takes <c>Depression y</c> from c, a spike of the target adds
/// <c>Potentiation x</c>. The modulator of a projection is what a step adds to n at its beginning: set it for one step to give one reward (1 / TauDopamine in ms is NEST's dopamine spike).</para>
/// <list type="table">
/// <listheader><term>parameter</term><description>meaning, default</description></listheader>
/// <item><term>Potentiation, Depression</term><description>what a pair adds to the eligibility and takes from it at most, 0 or more; 1 and 1.5</description></item>
/// <item><term>TauPre, TauPost</term><description>the time constants of x and y; 20 ms each. TauPost is at most TauEligibility</description></item>
/// <item><term>TauEligibility</term><description>how long a synapse remembers; 1000 ms</description></item>
/// <item><term>TauDopamine</term><description>how long a reward lasts; 200 ms</description></item>
/// <item><term>Baseline</term><description>the dopamine at which nothing changes; 0</description></item>
/// <item><term>Minimum, Maximum</term><description>hard bounds of the weight; 0 and 200</description></item>
/// </list>
/// <para>How it is computed. Between its events a synapse is not visited; what it missed is caught up at the next one, exactly. Each target keeps the decay E of eligibility since its last spike
/// and the integral G of <c>E (n - Baseline)</c>; a synapse keeps its eligibility as of that spike, and G as of its last event, so that <c>w &lt;- w + c (G - G')</c>. At a spike of the
/// target all of its synapses are caught up and both begin anew. Between two spikes only depression adds to c, as <c>y / E</c>, which does not grow as TauPost is at most TauEligibility: so nothing overflows.</para>
/// <para>Conventions as for <see cref="PairStdp"/>. A weight is clipped when it is caught up, not between. <see cref="Session.Weights"/> gives weights as of their synapse's last event;
/// <see cref="LearningSession.Update(Projection)"/> catches all of them up: call it before reading them, and before beginning a presentation, which ends what was eligible.</para>
/// <para>Source: E. Izhikevich, "Solving the distal reward problem through linkage of STDP and dopamine signaling", Cereb. Cortex 17:2443 (2007).</para>
/// </remarks>
public sealed record RewardStdp : SynapseRule, IDeclareTraits
{
    /// <summary>What a pair adds to the eligibility at most.</summary>
    public float Potentiation { get; init; } = 1;

    /// <summary>What a pair takes from the eligibility at most.</summary>
    public float Depression { get; init; } = 1.5f;

    /// <summary>The time constant of the trace of arrivals.</summary>
    public Time TauPre { get; init; } = 20.ms;

    /// <summary>The time constant of the trace of the target's spikes.</summary>
    public Time TauPost { get; init; } = 20.ms;

    /// <summary>The time constant of the eligibility.</summary>
    public Time TauEligibility { get; init; } = 1000.ms;

    /// <summary>The time constant of dopamine.</summary>
    public Time TauDopamine { get; init; } = 200.ms;

    /// <summary>The dopamine at which nothing changes.</summary>
    public float Baseline { get; init; }

    /// <summary>The least weight.</summary>
    public float Minimum { get; init; }

    /// <summary>The greatest weight.</summary>
    public float Maximum { get; init; } = 200;

    /// <inheritdoc/>
    public override (float Least, float Most) WeightRange => (Minimum, Maximum);

    /// <inheritdoc/>
    public override bool NeedsModulator => true;

    // What a pair does depends on the reward that follows it.
    RuleTraits IDeclareTraits.Traits => new() { ModulatorIsImpulse = true, Silenced = this with { Potentiation = 0, Depression = 0 }, SinglePrecisionError = 1e-5 };

    /// <inheritdoc/>
    public override void Validate(string owner)
    {
        Require.InRange($"{owner}: Potentiation", Potentiation, 0, float.MaxValue);
        Require.InRange($"{owner}: Depression", Depression, 0, float.MaxValue);
        Require.Positive($"{owner}: TauPre", TauPre);
        Require.Positive($"{owner}: TauPost", TauPost);
        Require.Positive($"{owner}: TauEligibility", TauEligibility);
        Require.Positive($"{owner}: TauDopamine", TauDopamine);
        if (TauPost > TauEligibility) throw new InvalidInputException($"{owner}: TauPost", TauPost, $"at most TauEligibility ({TauEligibility})");
        Require.Finite($"{owner}: Baseline", Baseline);
        Bounds.Validate(owner, Minimum, Maximum);
    }

    /// <inheritdoc/>
    public override void Lower<T>(ILowering<T> to) => to.Synapses<Kernel<T>, Eligible<T>, Trace<T>, Rewarded<T>>(new(this, to.Step));

    /// <summary>A synapse.</summary>
    /// <typeparam name="T">The lane.</typeparam>
    public struct Eligible<T>
    {
        /// <summary>The weight as of the synapse's last event.</summary>
        public T Weight;

        /// <summary>The eligibility, as large as it would have been at the target's last spike.</summary>
        public T Eligibility;

        /// <summary>The target's integral as of the synapse's last event.</summary>
        public T Seen;
    }

    /// <summary>A target.</summary>
    /// <typeparam name="T">The lane.</typeparam>
    public struct Rewarded<T>
    {
        /// <summary>What is left of an eligibility since the target's last spike; 0 before the first one.</summary>
        public T Left;

        /// <summary>The trace of the target's spikes, over what is left.</summary>
        public T Ratio;

        /// <summary>The integral of dopamine above the baseline, weighted with what is left, since the target's last spike.</summary>
        public T Integral;

        /// <summary>Dopamine.</summary>
        public T Dopamine;
    }

    readonly struct Kernel<T>(RewardStdp rule, Time step) : ISynapseKernel<T, Eligible<T>, Trace<T>, Rewarded<T>>
        where T : unmanaged, ILane<T>
    {
        readonly T keepPre = T.FromDouble(step.Decay(rule.TauPre)), keepEligibility = T.FromDouble(step.Decay(rule.TauEligibility)), keepDopamine = T.FromDouble(step.Decay(rule.TauDopamine));
        readonly T keepRatio = T.FromDouble(step.Decay(rule.TauPost) / step.Decay(rule.TauEligibility));
        readonly T potentiation = Written.Lane<T>(rule.Potentiation), depression = Written.Lane<T>(-rule.Depression);
        // A step's integrals of what is left times dopamine, and times the baseline.
        readonly T effect = T.FromDouble(Integral(step, 1 / ((1 / rule.TauEligibility.Milliseconds) + (1 / rule.TauDopamine.Milliseconds))));
        readonly T drift = T.FromDouble(-Written.Value(rule.Baseline) * Integral(step, rule.TauEligibility.Milliseconds));
        readonly T minimum = Written.Lane<T>(rule.Minimum), maximum = Written.Lane<T>(rule.Maximum);

        public Eligible<T> Initial(T weight) => new() { Weight = weight, Eligibility = 0f, Seen = 0f };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void TracePre(ref Trace<T> pre, in Moment<T> now) => pre.Value = Trace<T>.Next(pre.Value, now.Spiked, keepPre, 1f);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void TracePost(ref Rewarded<T> post, in Moment<T> now)
        {
            T left = T.Select(now.Spiked, 1f, post.Left);
            T dopamine = post.Dopamine + now.Modulator;
            post.Ratio = Trace<T>.Cut(T.Select(now.Spiked, T.FusedMultiplyAdd(post.Ratio, post.Left, 1f), post.Ratio) * keepRatio);
            post.Integral = T.FusedMultiplyAdd(left, T.FusedMultiplyAdd(dopamine, effect, drift), T.Select(now.Spiked, 0f, post.Integral));
            post.Left = Trace<T>.Cut(left * keepEligibility);
            T rest = dopamine * keepDopamine;
            post.Dopamine = T.Select(T.Abs(rest) >= 1e-20f, rest, 0f);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T OnPre(ref Eligible<T> synapse, in Trace<T> pre, in Rewarded<T> post)
        {
            CatchUp(ref synapse, in post);
            synapse.Eligibility = T.FusedMultiplyAdd(depression, post.Ratio, synapse.Eligibility);
            return synapse.Weight;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void OnPost(ref Eligible<T> synapse, in Trace<T> pre, in Rewarded<T> post)
        {
            CatchUp(ref synapse, in post);
            synapse.Eligibility = T.FusedMultiplyAdd(potentiation, pre.Value, synapse.Eligibility * post.Left);
            synapse.Seen = 0f;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void OnUpdate(ref Eligible<T> synapse, in Trace<T> pre, in Rewarded<T> post) => CatchUp(ref synapse, in post);

        // Before the target's first spike in a presentation nothing is eligible, whatever an earlier presentation left.
        void CatchUp(ref Eligible<T> synapse, in Rewarded<T> post)
        {
            T eligibility = T.Select(post.Left > 0f, synapse.Eligibility, 0f);
            synapse.Weight = T.Max(T.Min(T.FusedMultiplyAdd(eligibility, post.Integral - synapse.Seen, synapse.Weight), maximum), minimum);
            synapse.Eligibility = eligibility;
            synapse.Seen = post.Integral;
        }

        static double Integral(Time step, double tau) => tau * (1 - ExactMath.Exp(-step.Milliseconds / tau));
    }
}
