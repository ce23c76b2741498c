using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Plasticity;

/// <summary>The delta rule: a synapse changes by its source's activity times the error that its target is told.</summary>
/// <remarks>
/// <para>At an update: <c>w &lt;- w + Rate x e</c>, clipped to [Minimum, Maximum]. The trace x of the source's spikes decays with Tau; with an infinite Tau it counts the presentation's spikes. e is the projection's
/// modulator (see <see cref="LearningSession.SetModulator(Projection, ReadOnlySpan{float})"/>) as of the last step: one number a target, wanted minus given.</para>
/// <list type="table">
/// <listheader><term>parameter</term><description>meaning, default</description></listheader>
/// <item><term>Rate</term><description>the learning rate, 0 or more; 0.001</description></item>
/// <item><term>Tau</term><description>the time constant of x, or infinite; 100 ms</description></item>
/// <item><term>Minimum, Maximum</term><description>hard bounds of the weight; -1 and 1</description></item>
/// </list>
/// <para>Spikes change nothing and carry the weight. x is the source's trace as it is, not a delay late.</para>
/// <para>Source: B. Widrow and M. Hoff, "Adaptive switching circuits", IRE WESCON Convention Record 4:96 (1960), its input taken from a trace.</para>
/// </remarks>
public sealed record DeltaRule : SynapseRule, IDeclareTraits
{
    /// <summary>The learning rate.</summary>
    public float Rate { get; init; } = 1e-3f;

    /// <summary>The time constant of the source's trace.</summary>
    public Time Tau { get; init; } = 100.ms;

    /// <summary>The least weight.</summary>
    public float Minimum { get; init; } = -1;

    /// <summary>The greatest weight.</summary>
    public float Maximum { get; init; } = 1;

    /// <inheritdoc/>
    public override (float Least, float Most) WeightRange => (Minimum, Maximum);

    /// <inheritdoc/>
    public override bool NeedsModulator => true;

    RuleTraits IDeclareTraits.Traits => new() { DecaysExactly = true, Silenced = this with { Rate = 0 } };

    /// <inheritdoc/>
    public override void Validate(string owner)
    {
        Require.InRange($"{owner}: Rate", Rate, 0, float.MaxValue);
        Require.Positive($"{owner}: Tau", Tau, orInfinite: true);
        Bounds.Validate(owner, Minimum, Maximum);
    }

    /// <inheritdoc/>
    public override void Lower<T>(ILowering<T> to) => to.Synapses<Kernel<T>, Plain<T>, Trace<T>, Told<T>>(new(this, to.Step));

    /// <summary>A target.</summary>
    /// <typeparam name="T">The lane.</typeparam>
    public struct Told<T>
    {
        /// <summary>Its error.</summary>
        public T Error;
    }

    readonly struct Kernel<T>(DeltaRule rule, Time step) : ISynapseKernel<T, Plain<T>, Trace<T>, Told<T>>
        where T : unmanaged, ILane<T>
    {
        readonly T keep = T.FromDouble(step.Decay(rule.Tau)), rate = Written.Lane<T>(rule.Rate), minimum = Written.Lane<T>(rule.Minimum), maximum = Written.Lane<T>(rule.Maximum);

        public Plain<T> Initial(T weight) => new() { Weight = weight };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void TracePre(ref Trace<T> pre, in Moment<T> now) => pre.Value = Trace<T>.Next(pre.Value, now.Spiked, keep, 1f);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void TracePost(ref Told<T> post, in Moment<T> now) => post.Error = now.Modulator;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T OnPre(ref Plain<T> synapse, in Trace<T> pre, in Told<T> post) => synapse.Weight;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void OnPost(ref Plain<T> synapse, in Trace<T> pre, in Told<T> post)
        {
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void OnUpdate(ref Plain<T> synapse, in Trace<T> pre, in Told<T> post) =>
            synapse.Weight = T.Max(T.Min(T.FusedMultiplyAdd(rate * pre.Value, post.Error, synapse.Weight), maximum), minimum);
    }
}
