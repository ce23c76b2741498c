using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Plasticity;

/// <summary>Any rule with a third factor: what the rule would change becomes an eligibility, and the modulator turns that into a change of the weight.</summary>
/// <remarks>
/// <para>Whatever an event of the rule adds to the weight is added to the eligibility c instead. At the end of each step <c>w &lt;- w + c n</c>, clipped to the rule's range, where n is a step's integral of the
/// factor in milliseconds; then c decays: <c>dc/dt = -c / TauEligibility</c>, <c>dw/dt = c (n - Baseline)</c>. Where TauFactor is above 0, the modulator is what a step adds to a factor that decays by it
/// (a puff of dopamine); where it is 0, the modulator is the factor itself.</para>
/// <list type="table">
/// <listheader><term>parameter</term><description>meaning, default</description></listheader>
/// <item><term>Rule</term><description>the rule. It may itself be made of rules</description></item>
/// <item><term>TauEligibility</term><description>how long a synapse remembers; 1000 ms</description></item>
/// <item><term>TauFactor</term><description>how long a modulator lasts, 0 for no longer than it is set; 0 ms</description></item>
/// <item><term>Baseline</term><description>the factor at which nothing changes; 0</description></item>
/// </list>
/// <para>Conventions. The factor of a step meets the eligibility that its own events left. The step's integral takes the factor and c as they are at the end of the step, so it is right to first order
/// in the step; <see cref="RewardStdp"/> is the additive pair rule with this factor integrated exactly, and does not visit every synapse in every step as this does. A rule that depends on the weight sees the weight, not what
/// is eligible, and what it clips at its bounds is not remembered. Eligibility belongs to the synapse: it outlives the beginning of a presentation.</para>
/// <para>Sources: E. Izhikevich, Cereb. Cortex 17:2443 (2007); W. Gerstner, M. Lehmann, V. Liakoni, D. Corneil and J. Brea, "Eligibility traces and plasticity on behavioral time scales", Front. Neural
/// Circuits 12:53 (2018).</para>
/// </remarks>
/// <param name="Rule">The rule whose changes wait for the factor.</param>
public sealed record ThreeFactor(SynapseRule Rule) : SynapseRule, IDeclareTraits
{
    /// <summary>The time constant of the eligibility.</summary>
    public Time TauEligibility { get; init; } = 1000.ms;

    /// <summary>The time constant of the factor; 0 where the modulator is the factor.</summary>
    public Time TauFactor { get; init; }

    /// <summary>The factor at which nothing changes.</summary>
    public float Baseline { get; init; }

    /// <inheritdoc/>
    public override (float Least, float Most) WeightRange => Rule.WeightRange;

    /// <inheritdoc/>
    public override bool NeedsModulator => true;

    // What a pair does depends on the factor that follows it; precision is that of many small sums.
    RuleTraits IDeclareTraits.Traits
    {
        get
        {
            var inner = (Rule as IDeclareTraits)?.Traits ?? RuleTraits.Unknown;
            return new()
            {
                Silenced = inner.Silenced is { } silenced ? this with { Rule = silenced } : null,
                SinglePrecisionError = Math.Max(1e-4, 100 * inner.SinglePrecisionError),
                RestingPotential = inner.RestingPotential,
                IsStochastic = inner.IsStochastic,
                ActsInSilence = inner.ActsInSilence,
                NoLimit = inner.NoLimit,
                ModulatorIsImpulse = TauFactor.Seconds > 0,
            };
        }
    }

    /// <inheritdoc/>
    public override void Validate(string owner)
    {
        Rule.Validate($"{owner}: Rule");
        Require.Positive($"{owner}: TauEligibility", TauEligibility);
        Require.NotNegative($"{owner}: TauFactor", TauFactor);
        Require.Finite($"{owner}: Baseline", Baseline);
    }

    /// <inheritdoc/>
    public override void Lower<T>(ILowering<T> to) => Rule.Lower(new Lowering<T>(to, this));

    /// <summary>What a target is told.</summary>
    /// <typeparam name="T">The lane.</typeparam>
    public struct Factor<T>
    {
        /// <summary>The factor: what is left of it, where it lasts.</summary>
        public T Value;

        /// <summary>The last step's integral of the factor above the baseline, in ms.</summary>
        public T Integral;
    }

    /// <summary>What a synapse remembers.</summary>
    /// <typeparam name="T">The lane.</typeparam>
    public struct Memory<T>
    {
        /// <summary>The eligibility.</summary>
        public T Eligibility;
    }

    sealed class Lowering<T>(ILowering<T> to, ThreeFactor rule) : InnerLowering<T>(to)
        where T : unmanaged, ILane<T>
    {
        protected override void Compose<TKernel, TSynapse, TPre, TPost>(TKernel kernel, bool stepped) =>
            To.SteppedSynapses<Kernel<T, TKernel, TSynapse, TPre, TPost>, Together<TSynapse, Memory<T>>, TPre, Together<TPost, Factor<T>>>(new(kernel, rule, Step));
    }

    readonly struct Kernel<T, TKernel, TSynapse, TPre, TPost>(TKernel kernel, ThreeFactor rule, Time step) : ISteppedSynapseKernel<T, Together<TSynapse, Memory<T>>, TPre, Together<TPost, Factor<T>>>
        where T : unmanaged, ILane<T>
        where TKernel : unmanaged, ISteppedSynapseKernel<T, TSynapse, TPre, TPost>
        where TSynapse : unmanaged
        where TPre : unmanaged
        where TPost : unmanaged
    {
        readonly TKernel kernel = kernel;
        readonly T keep = T.FromDouble(step.Decay(rule.TauEligibility)), keepFactor = T.FromDouble(rule.TauFactor.Seconds > 0 ? step.Decay(rule.TauFactor) : 0);
        readonly T duration = T.FromDouble(step.Milliseconds), baseline = T.FromDouble(-Written.Value(rule.Baseline) * step.Milliseconds);
        readonly T minimum = Written.Lane<T>(rule.WeightRange.Least), maximum = Written.Lane<T>(rule.WeightRange.Most);

        public Together<TSynapse, Memory<T>> Initial(T weight) => new() { Inner = kernel.Initial(weight), Added = new() { Eligibility = 0f } };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void TracePre(ref TPre pre, in Moment<T> now) => kernel.TracePre(ref pre, in now);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void TracePost(ref Together<TPost, Factor<T>> post, in Moment<T> now)
        {
            kernel.TracePost(ref post.Inner, in now);
            T factor = post.Added.Value + now.Modulator, rest = factor * keepFactor;
            post.Added.Integral = T.FusedMultiplyAdd(factor, duration, baseline);
            post.Added.Value = T.Select(T.Abs(rest) >= 1e-20f, rest, 0f);
        }

        public void Draw(ref Together<TSynapse, Memory<T>> synapse, T uniform) => kernel.Draw(ref synapse.Inner, uniform);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T OnPre(ref Together<TSynapse, Memory<T>> synapse, in TPre pre, in Together<TPost, Factor<T>> post)
        {
            T before = Weight(ref synapse);
            T sent = kernel.OnPre(ref synapse.Inner, in pre, in post.Inner);
            Remember(ref synapse, before);
            return sent;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void OnPost(ref Together<TSynapse, Memory<T>> synapse, in TPre pre, in Together<TPost, Factor<T>> post)
        {
            T before = Weight(ref synapse);
            kernel.OnPost(ref synapse.Inner, in pre, in post.Inner);
            Remember(ref synapse, before);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void OnStep(ref Together<TSynapse, Memory<T>> synapse, in TPre pre, in Together<TPost, Factor<T>> post)
        {
            T before = Weight(ref synapse);
            kernel.OnStep(ref synapse.Inner, in pre, in post.Inner);
            Remember(ref synapse, before);
            ref T weight = ref Weight(ref synapse);
            weight = T.Max(T.Min(T.FusedMultiplyAdd(synapse.Added.Eligibility, post.Added.Integral, weight), maximum), minimum);
            T rest = synapse.Added.Eligibility * keep;
            synapse.Added.Eligibility = T.Select(T.Abs(rest) >= 1e-20f, rest, 0f);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void OnUpdate(ref Together<TSynapse, Memory<T>> synapse, in TPre pre, in Together<TPost, Factor<T>> post)
        {
            T before = Weight(ref synapse);
            kernel.OnUpdate(ref synapse.Inner, in pre, in post.Inner);
            Remember(ref synapse, before);
        }

        // The first field is the weight.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static ref T Weight(ref Together<TSynapse, Memory<T>> synapse) => ref Unsafe.As<Together<TSynapse, Memory<T>>, T>(ref synapse);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static void Remember(ref Together<TSynapse, Memory<T>> synapse, T before)
        {
            ref T weight = ref Weight(ref synapse);
            synapse.Added.Eligibility = synapse.Added.Eligibility + (weight - before);
            weight = before;
        }
    }
}
