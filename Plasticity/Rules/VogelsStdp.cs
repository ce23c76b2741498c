using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Plasticity;

/// <summary>Inhibitory plasticity that balances excitation: inhibition grows where the target fires more often than it should, and shrinks where it fires less often.</summary>
/// <remarks>
/// <para>With s the strength of the synapse: a spike arrives: <c>s &lt;- s + Rate (y - 2 TargetRate Tau)</c>; the target fires: <c>s &lt;- s + Rate x</c>; then s is clipped to [0, Maximum]. The traces x of
/// arrivals and y of the target's spikes sum over all spikes and decay with Tau. The weight is -s, for current-based models take inhibition as negative weights; or s, where Negative is false.</para>
/// <list type="table">
/// <listheader><term>parameter</term><description>meaning, default</description></listheader>
/// <item><term>Rate</term><description>what a pair adds at most, in units of the weight, 0 or more; 0.001</description></item>
/// <item><term>TargetRate</term><description>the rate at which the target shall fire, 0 or more; 3 Hz</description></item>
/// <item><term>Tau</term><description>the time constant of both traces; 20 ms</description></item>
/// <item><term>Maximum</term><description>the greatest strength, above 0; 1</description></item>
/// <item><term>Negative</term><description>whether the weight is minus the strength; true</description></item>
/// </list>
/// <para>Conventions as for <see cref="PairStdp"/>: spikes that meet in the same step do not pair, and a spike carries the weight as it was before its arrival changed it.</para>
/// <para>Source: T. Vogels, H. Sprekeler, F. Zenke, C. Clopath and W. Gerstner, "Inhibitory plasticity balances excitation and inhibition in sensory pathways and memory networks",
/// Science 334:1569 (2011).</para>
/// </remarks>
public sealed record VogelsStdp : SynapseRule, IDeclareTraits
{
    /// <summary>The learning rate.</summary>
    public float Rate { get; init; } = 1e-3f;

    /// <summary>The rate that the target is brought to.</summary>
    public Frequency TargetRate { get; init; } = 3.Hz;

    /// <summary>The time constant of the traces.</summary>
    public Time Tau { get; init; } = 20.ms;

    /// <summary>The greatest strength.</summary>
    public float Maximum { get; init; } = 1;

    /// <summary>Whether weights are negative.</summary>
    public bool Negative { get; init; } = true;

    /// <inheritdoc/>
    public override (float Least, float Most) WeightRange => Negative ? (-Maximum, 0) : (0, Maximum);

    RuleTraits IDeclareTraits.Traits => new() { DecaysExactly = true, Window = PairWindow.Symmetric, ArrivalFirst = Tau, SpikeFirst = Tau, Silenced = this with { Rate = 0 } };

    /// <inheritdoc/>
    public override void Validate(string owner)
    {
        Require.InRange($"{owner}: Rate", Rate, 0, float.MaxValue);
        Require.InRange($"{owner}: TargetRate", TargetRate.Hertz, 0, float.MaxValue);
        Require.Positive($"{owner}: Tau", Tau);
        Require.InRange($"{owner}: Maximum", Maximum, 1e-30, float.MaxValue);
    }

    /// <inheritdoc/>
    public override void Lower<T>(ILowering<T> to) => to.Synapses<Kernel<T>, Plain<T>, Trace<T>, Trace<T>>(new(this, to.Step));

    readonly struct Kernel<T>(VogelsStdp rule, Time step) : ISynapseKernel<T, Plain<T>, Trace<T>, Trace<T>>
        where T : unmanaged, ILane<T>
    {
        readonly T keep = T.FromDouble(step.Decay(rule.Tau));
        readonly T rate = Written.Lane<T>(rule.Negative ? -rule.Rate : rule.Rate);
        readonly T expected = T.FromDouble(2 * (rule.TargetRate * rule.Tau));
        readonly T minimum = Written.Lane<T>(rule.WeightRange.Least), maximum = Written.Lane<T>(rule.WeightRange.Most);

        public Plain<T> Initial(T weight) => new() { Weight = weight };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void TracePre(ref Trace<T> pre, in Moment<T> now) => pre.Value = Trace<T>.Next(pre.Value, now.Spiked, keep, 1f);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void TracePost(ref Trace<T> post, in Moment<T> now) => post.Value = Trace<T>.Next(post.Value, now.Spiked, keep, 1f);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T OnPre(ref Plain<T> synapse, in Trace<T> pre, in Trace<T> post)
        {
            T sent = synapse.Weight;
            synapse.Weight = T.Max(T.Min(T.FusedMultiplyAdd(rate, post.Value - expected, sent), maximum), minimum);
            return sent;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void OnPost(ref Plain<T> synapse, in Trace<T> pre, in Trace<T> post) =>
            synapse.Weight = T.Max(T.Min(T.FusedMultiplyAdd(rate, pre.Value, synapse.Weight), maximum), minimum);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void OnUpdate(ref Plain<T> synapse, in Trace<T> pre, in Trace<T> post)
        {
        }
    }
}
