using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Plasticity;

/// <summary>Hebb's rule on traces: what fires together wires together, whichever fires first.</summary>
/// <remarks>
/// <para>A spike arrives: <c>w &lt;- w + PreRate y</c>; the target fires: <c>w &lt;- w + PostRate x</c>; then w is clipped to [Minimum, Maximum]. The traces x of arrivals and y of the target's spikes sum over all
/// spikes and decay with Tau.</para>
/// <list type="table">
/// <listheader><term>parameter</term><description>meaning, default</description></listheader>
/// <item><term>PreRate, PostRate</term><description>the greatest change of a pair at an arrival and at a spike of the target, in units of the weight; negative ones make the rule anti-Hebbian; 0.001 each</description></item>
/// <item><term>Tau</term><description>the time constant of both traces; 20 ms</description></item>
/// <item><term>Minimum, Maximum</term><description>hard bounds of the weight; 0 and 1</description></item>
/// </list>
/// <para>Nothing but the bounds stops the weights. Conventions as for <see cref="PairStdp"/>: spikes that meet in the same step do not pair, and a spike carries the weight as it was before its arrival changed it.</para>
/// <para>Source: D. Hebb, The Organization of Behavior (1949); W. Gerstner and W. Kistler, Spiking Neuron Models (2002), chapter 10.</para>
/// </remarks>
public sealed record Hebb : SynapseRule, IDeclareTraits
{
    /// <summary>What an arrival adds at most.</summary>
    public float PreRate { get; init; } = 1e-3f;

    /// <summary>What a spike of the target adds at most.</summary>
    public float PostRate { get; init; } = 1e-3f;

    /// <summary>The time constant of the traces.</summary>
    public Time Tau { get; init; } = 20.ms;

    /// <summary>The least weight.</summary>
    public float Minimum { get; init; }

    /// <summary>The greatest weight.</summary>
    public float Maximum { get; init; } = 1;

    /// <inheritdoc/>
    public override (float Least, float Most) WeightRange => (Minimum, Maximum);

    RuleTraits IDeclareTraits.Traits => new()
    {
        DecaysExactly = true,
        Window = PreRate == PostRate ? PairWindow.Symmetric : PairWindow.None,
        ArrivalFirst = PostRate != 0 ? Tau : null,
        SpikeFirst = PreRate != 0 ? Tau : null,
        Silenced = this with { PreRate = 0, PostRate = 0 },
    };

    /// <inheritdoc/>
    public override void Validate(string owner)
    {
        Require.Finite($"{owner}: PreRate", PreRate);
        Require.Finite($"{owner}: PostRate", PostRate);
        Require.Positive($"{owner}: Tau", Tau);
        Bounds.Validate(owner, Minimum, Maximum);
    }

    /// <inheritdoc/>
    public override void Lower<T>(ILowering<T> to) => to.Synapses<Kernel<T>, Plain<T>, Trace<T>, Trace<T>>(new(this, to.Step));

    readonly struct Kernel<T>(Hebb rule, Time step) : ISynapseKernel<T, Plain<T>, Trace<T>, Trace<T>>
        where T : unmanaged, ILane<T>
    {
        readonly T keep = T.FromDouble(step.Decay(rule.Tau)), preRate = Written.Lane<T>(rule.PreRate), postRate = Written.Lane<T>(rule.PostRate);
        readonly T minimum = Written.Lane<T>(rule.Minimum), maximum = Written.Lane<T>(rule.Maximum);

        public Plain<T> Initial(T weight) => new() { Weight = weight };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void TracePre(ref Trace<T> pre, in Moment<T> now) => pre.Value = Trace<T>.Next(pre.Value, now.Spiked, keep, 1f);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void TracePost(ref Trace<T> post, in Moment<T> now) => post.Value = Trace<T>.Next(post.Value, now.Spiked, keep, 1f);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T OnPre(ref Plain<T> synapse, in Trace<T> pre, in Trace<T> post)
        {
            T sent = synapse.Weight;
            synapse.Weight = T.Max(T.Min(T.FusedMultiplyAdd(preRate, post.Value, sent), maximum), minimum);
            return sent;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void OnPost(ref Plain<T> synapse, in Trace<T> pre, in Trace<T> post) =>
            synapse.Weight = T.Max(T.Min(T.FusedMultiplyAdd(postRate, pre.Value, synapse.Weight), maximum), minimum);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void OnUpdate(ref Plain<T> synapse, in Trace<T> pre, in Trace<T> post)
        {
        }
    }
}
