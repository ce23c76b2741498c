using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Plasticity;

/// <summary>Homeostatic scaling: all weights of a target grow by the same factor while it fires less than it should, and shrink while it fires more; alone or together with any rule.</summary>
/// <remarks>
/// <para><c>dw/dt = w (1 - r) / Tau</c>, clipped to the rule's range; r is the target's rate over TargetRate, its spikes low-pass filtered with TauRate. So weights keep their ratios, and weights of zero stay zero.</para>
/// <list type="table">
/// <listheader><term>parameter</term><description>meaning, default</description></listheader>
/// <item><term>Rule</term><description>the rule that changes the weights besides; <see cref="StaticWeight"/> for scaling alone</description></item>
/// <item><term>TargetRate</term><description>the rate at which nothing is scaled, above 0; 5 Hz</description></item>
/// <item><term>TauRate</term><description>over which time the rate is taken; 1 s</description></item>
/// <item><term>Tau</term><description>how fast weights of a silent target grow, infinite for not at all; 100 s</description></item>
/// </list>
/// <para>How it is computed. Each target keeps the logarithm of the factor since its last spike; a synapse catches up at its next event, exactly, and all synapses of a target do when it fires. So between
/// events no synapse is visited. <see cref="Session.Weights"/> gives weights as of their synapse's last event; <see cref="LearningSession.Update(Projection)"/> catches all of them up.</para>
/// <para>Conventions. A synapse is scaled before its rule sees the event. The rate begins at TargetRate with each presentation, so that nothing is scaled for want of a past. A session that evaluates scales nothing.</para>
/// <para>Source: G. Turrigiano, K. Leslie, N. Desai, L. Rutherford and S. Nelson, Nature 391:892 (1998); M. van Rossum, G. Bi and G. Turrigiano, J. Neurosci. 20:8812 (2000) (the equation).</para>
/// </remarks>
/// <param name="Rule">The rule that changes the weights besides.</param>
public sealed record SynapticScaling(SynapseRule Rule) : SynapseRule, IDeclareTraits
{
    /// <summary>The rate at which nothing is scaled.</summary>
    public Frequency TargetRate { get; init; } = 5.Hz;

    /// <summary>Over which time the rate is taken.</summary>
    public Time TauRate { get; init; } = 1000.ms;

    /// <summary>How fast weights of a silent target grow.</summary>
    public Time Tau { get; init; } = 100_000.ms;

    /// <inheritdoc/>
    public override (float Least, float Most) WeightRange => Rule.WeightRange;

    /// <inheritdoc/>
    public override bool NeedsModulator => Rule.NeedsModulator;

    // A pair's change is scaled by what its spike did to the rate: no window of its own.
    RuleTraits IDeclareTraits.Traits
    {
        get
        {
            var inner = (Rule as IDeclareTraits)?.Traits ?? RuleTraits.Unknown;
            return inner.With(rule => this with { Rule = rule, Tau = double.PositiveInfinity.ms }) with
            {
                ActsInSilence = true,
                DecaysExactly = false,
                Window = PairWindow.None,
                ArrivalFirst = null,
                SpikeFirst = null,
                SinglePrecisionError = Math.Max(1e-5, 10 * inner.SinglePrecisionError),
            };
        }
    }

    /// <inheritdoc/>
    public override void Validate(string owner)
    {
        Rule.Validate($"{owner}: Rule");
        Require.InRange($"{owner}: TargetRate", TargetRate.Hertz, 1e-6, float.MaxValue);
        Require.Positive($"{owner}: TauRate", TauRate);
        Require.Positive($"{owner}: Tau", Tau, orInfinite: true);
    }

    /// <inheritdoc/>
    public override void Lower<T>(ILowering<T> to) => Rule.Lower(new Lowering<T>(to, this));

    /// <summary>What a target knows of its firing.</summary>
    /// <typeparam name="T">The lane.</typeparam>
    public struct Firing<T>
    {
        /// <summary>The rate over the target rate, less 1.</summary>
        public T Excess;

        /// <summary>The logarithm of the factor since the target's last spike.</summary>
        public T Scale;
    }

    /// <summary>How far a synapse has caught up.</summary>
    /// <typeparam name="T">The lane.</typeparam>
    public struct Progress<T>
    {
        /// <summary>The logarithm of the factor as of the synapse's last event.</summary>
        public T Seen;
    }

    sealed class Lowering<T>(ILowering<T> to, SynapticScaling rule) : InnerLowering<T>(to)
        where T : unmanaged, ILane<T>
    {
        protected override void Compose<TKernel, TSynapse, TPre, TPost>(TKernel kernel, bool stepped)
        {
            var whole = new Kernel<T, TKernel, TSynapse, TPre, TPost>(kernel, rule, Step, Learning);
            if (stepped) To.SteppedSynapses<Kernel<T, TKernel, TSynapse, TPre, TPost>, Together<TSynapse, Progress<T>>, TPre, Together<TPost, Firing<T>>>(whole);
            else To.Synapses<Kernel<T, TKernel, TSynapse, TPre, TPost>, Together<TSynapse, Progress<T>>, TPre, Together<TPost, Firing<T>>>(whole);
        }
    }

    readonly struct Kernel<T, TKernel, TSynapse, TPre, TPost>(TKernel kernel, SynapticScaling rule, Time step, bool learning)
        : ISteppedSynapseKernel<T, Together<TSynapse, Progress<T>>, TPre, Together<TPost, Firing<T>>>
        where T : unmanaged, ILane<T>
        where TKernel : unmanaged, ISteppedSynapseKernel<T, TSynapse, TPre, TPost>
        where TSynapse : unmanaged
        where TPre : unmanaged
        where TPost : unmanaged
    {
        // The exponential of more than this scales any weight to its bound, and is no infinity that would make a zero weight no number.
        const float Most = 80;

        readonly TKernel kernel = kernel;
        readonly T keep = T.FromDouble(step.Decay(rule.TauRate)), excessOfSpike = T.FromDouble(1 / (rule.TargetRate * rule.TauRate));
        // Over a step the excess decays, and its integral is that of its mean; silence takes it to -1.
        readonly T gain = T.FromDouble(learning ? -(step / rule.Tau) : 0), silence = T.FromDouble(step.Decay(rule.TauRate) - 1);
        readonly T minimum = Written.Lane<T>(rule.WeightRange.Least), maximum = Written.Lane<T>(rule.WeightRange.Most);

        public Together<TSynapse, Progress<T>> Initial(T weight) => new() { Inner = kernel.Initial(weight), Added = new() { Seen = 0f } };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void TracePre(ref TPre pre, in Moment<T> now) => kernel.TracePre(ref pre, in now);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void TracePost(ref Together<TPost, Firing<T>> post, in Moment<T> now)
        {
            kernel.TracePost(ref post.Inner, in now);
            T excess = post.Added.Excess + T.Select(now.Spiked, excessOfSpike, 0f);
            post.Added.Scale = T.FusedMultiplyAdd(gain, excess, T.Select(now.Spiked, 0f, post.Added.Scale));
            post.Added.Excess = T.FusedMultiplyAdd(excess, keep, silence);
        }

        public void Draw(ref Together<TSynapse, Progress<T>> synapse, T uniform) => kernel.Draw(ref synapse.Inner, uniform);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T OnPre(ref Together<TSynapse, Progress<T>> synapse, in TPre pre, in Together<TPost, Firing<T>> post)
        {
            CatchUp(ref synapse, in post);
            return kernel.OnPre(ref synapse.Inner, in pre, in post.Inner);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void OnPost(ref Together<TSynapse, Progress<T>> synapse, in TPre pre, in Together<TPost, Firing<T>> post)
        {
            CatchUp(ref synapse, in post);
            kernel.OnPost(ref synapse.Inner, in pre, in post.Inner);
            synapse.Added.Seen = 0f;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void OnStep(ref Together<TSynapse, Progress<T>> synapse, in TPre pre, in Together<TPost, Firing<T>> post) => kernel.OnStep(ref synapse.Inner, in pre, in post.Inner);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void OnUpdate(ref Together<TSynapse, Progress<T>> synapse, in TPre pre, in Together<TPost, Firing<T>> post)
        {
            CatchUp(ref synapse, in post);
            kernel.OnUpdate(ref synapse.Inner, in pre, in post.Inner);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void CatchUp(ref Together<TSynapse, Progress<T>> synapse, in Together<TPost, Firing<T>> post)
        {
            // The first field is the weight.
            ref T weight = ref Unsafe.As<Together<TSynapse, Progress<T>>, T>(ref synapse);
            T by = T.Exp(T.Min(post.Added.Scale - synapse.Added.Seen, Most));
            weight = T.Max(T.Min(weight * by, maximum), minimum);
            synapse.Added.Seen = post.Added.Scale;
        }
    }
}
