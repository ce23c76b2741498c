using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Plasticity;

/// <summary>The rule of Bienenstock, Cooper and Munro on traces: synapses strengthen where the target fires above a threshold and weaken below it, and the threshold follows the target.</summary>
/// <remarks>
/// <para>The target fires: <c>w &lt;- w + Rate x (y - theta)</c>, then w is clipped to [Minimum, Maximum]. The traces x of arrivals and y of the target's spikes sum over all spikes and decay with Tau. The
/// threshold is the running mean, over TauThreshold, of <c>y^2 / y0</c> with <c>y0 = TargetRate Tau</c>, the trace of a target that fires at TargetRate: a target that fires more than that raises its threshold
/// faster than its trace.</para>
/// <list type="table">
/// <listheader><term>parameter</term><description>meaning, default</description></listheader>
/// <item><term>Rate</term><description>the learning rate, 0 or more; 0.001</description></item>
/// <item><term>TargetRate</term><description>the rate at which the threshold equals the activity, above 0; 10 Hz</description></item>
/// <item><term>Tau</term><description>the time constant of the traces: the window over which rates are taken; 100 ms</description></item>
/// <item><term>TauThreshold</term><description>the time constant of the threshold; 5000 ms</description></item>
/// <item><term>Minimum, Maximum</term><description>hard bounds of the weight; 0 and 1</description></item>
/// </list>
/// <para>Conventions as for <see cref="PairStdp"/>: x, y and theta are taken as they were before the spike. An arrival changes nothing. The threshold begins at 0 with each presentation.</para>
/// <para>Sources: E. Bienenstock, L. Cooper and P. Munro, J. Neurosci. 2:32 (1982); N. Intrator and L. Cooper, Neural Netw. 5:3 (1992) (the mean square); rates are taken from traces.</para>
/// </remarks>
public sealed record Bcm : SynapseRule, IDeclareTraits
{
    /// <summary>The learning rate.</summary>
    public float Rate { get; init; } = 1e-3f;

    /// <summary>The rate at which the threshold equals the activity.</summary>
    public Frequency TargetRate { get; init; } = 10.Hz;

    /// <summary>The time constant of the traces.</summary>
    public Time Tau { get; init; } = 100.ms;

    /// <summary>The time constant of the threshold.</summary>
    public Time TauThreshold { get; init; } = 5000.ms;

    /// <summary>The least weight.</summary>
    public float Minimum { get; init; }

    /// <summary>The greatest weight.</summary>
    public float Maximum { get; init; } = 1;

    /// <inheritdoc/>
    public override (float Least, float Most) WeightRange => (Minimum, Maximum);

    RuleTraits IDeclareTraits.Traits => new() { Silenced = this with { Rate = 0 } };

    /// <inheritdoc/>
    public override void Validate(string owner)
    {
        Require.InRange($"{owner}: Rate", Rate, 0, float.MaxValue);
        Require.InRange($"{owner}: TargetRate", TargetRate.Hertz, 1e-6, float.MaxValue);
        Require.Positive($"{owner}: Tau", Tau);
        Require.Positive($"{owner}: TauThreshold", TauThreshold);
        Bounds.Validate(owner, Minimum, Maximum);
    }

    /// <inheritdoc/>
    public override void Lower<T>(ILowering<T> to) => to.Synapses<Kernel<T>, Plain<T>, Trace<T>, Activity<T>>(new(this, to.Step));

    /// <summary>A target.</summary>
    /// <typeparam name="T">The lane.</typeparam>
    public struct Activity<T>
    {
        /// <summary>The trace of its spikes.</summary>
        public T Value;

        /// <summary>The threshold.</summary>
        public T Threshold;
    }

    readonly struct Kernel<T>(Bcm rule, Time step) : ISynapseKernel<T, Plain<T>, Trace<T>, Activity<T>>
        where T : unmanaged, ILane<T>
    {
        readonly T keep = T.FromDouble(step.Decay(rule.Tau)), keepThreshold = T.FromDouble(step.Decay(rule.TauThreshold));
        readonly T raise = T.FromDouble((1 - step.Decay(rule.TauThreshold)) / (rule.TargetRate * rule.Tau));
        readonly T rate = Written.Lane<T>(rule.Rate), minimum = Written.Lane<T>(rule.Minimum), maximum = Written.Lane<T>(rule.Maximum);

        public Plain<T> Initial(T weight) => new() { Weight = weight };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void TracePre(ref Trace<T> pre, in Moment<T> now) => pre.Value = Trace<T>.Next(pre.Value, now.Spiked, keep, 1f);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void TracePost(ref Activity<T> post, in Moment<T> now)
        {
            post.Threshold = Trace<T>.Cut(T.FusedMultiplyAdd(raise * post.Value, post.Value, post.Threshold * keepThreshold));
            post.Value = Trace<T>.Next(post.Value, now.Spiked, keep, 1f);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T OnPre(ref Plain<T> synapse, in Trace<T> pre, in Activity<T> post) => synapse.Weight;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void OnPost(ref Plain<T> synapse, in Trace<T> pre, in Activity<T> post) =>
            synapse.Weight = T.Max(T.Min(T.FusedMultiplyAdd(rate * pre.Value, post.Value - post.Threshold, synapse.Weight), maximum), minimum);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void OnUpdate(ref Plain<T> synapse, in Trace<T> pre, in Activity<T> post)
        {
        }
    }
}
