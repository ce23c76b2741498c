using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Plasticity;

/// <summary>The triplet rule with nearest neighbours by which Diehl and Cook's network learns digits without labels.</summary>
/// <remarks>
/// <para>A spike arrives: <c>w &lt;- w - PreRate * y1</c>, then <c>x = 1</c>. The target fires: <c>w &lt;- w + PostRate * x * y2</c> with y2 as it was before this spike, then
/// <c>y1 = y2 = 1</c>. All traces decay; w is clipped to [Minimum, Maximum]. The first spike of a target after a long rest changes nothing, for y2 is zero.</para>
/// <list type="table">
/// <listheader><term>parameter</term><description>meaning, default</description></listheader>
/// <item><term>PreRate, PostRate</term><description>the greatest change at an arrival and at a spike of the target, in units of the weight, 0 or more; 0.0001 and 0.01</description></item>
/// <item><term>TauPre</term><description>the time constant of x; 20 ms</description></item>
/// <item><term>TauPostFast, TauPostSlow</term><description>the time constants of y1 and y2; 20 ms and 40 ms</description></item>
/// <item><term>Minimum, Maximum</term><description>hard bounds of the weight; 0 and 1</description></item>
/// </list>
/// <para>Conventions as for <see cref="PairStdp"/>: spikes that meet in the same step do not pair, and a spike carries the weight as it was before its arrival changed it.</para>
/// <para>Sources: P. Diehl and M. Cook, Front. Comput. Neurosci. 9:99 (2015), with the constants of the authors' program; J.-P. Pfister and W. Gerstner,
/// J. Neurosci. 26:9673 (2006) (triplets).</para>
/// </remarks>
public sealed record DiehlCookStdp : SynapseRule, IDeclareTraits
{
    /// <summary>What an arrival takes away at most.</summary>
    public float PreRate { get; init; } = 1e-4f;

    /// <summary>What a spike of the target adds at most.</summary>
    public float PostRate { get; init; } = 1e-2f;

    /// <summary>The time constant of the trace of arrivals.</summary>
    public Time TauPre { get; init; } = 20.ms;

    /// <summary>The time constant of the trace that arrivals pair with.</summary>
    public Time TauPostFast { get; init; } = 20.ms;

    /// <summary>The time constant of the trace by which a spike of the target sees the one before.</summary>
    public Time TauPostSlow { get; init; } = 40.ms;

    /// <summary>The least weight.</summary>
    public float Minimum { get; init; }

    /// <summary>The greatest weight.</summary>
    public float Maximum { get; init; } = 1;

    /// <inheritdoc/>
    public override (float Least, float Most) WeightRange => (Minimum, Maximum);

    // The target's first spike strengthens nothing, so a pair with the arrival first has no window.
    RuleTraits IDeclareTraits.Traits => new() { DecaysExactly = true, Window = PairWindow.Causal, SpikeFirst = TauPostFast, Silenced = this with { PreRate = 0, PostRate = 0 } };

    /// <inheritdoc/>
    public override void Validate(string owner)
    {
        Require.InRange($"{owner}: PreRate", PreRate, 0, float.MaxValue);
        Require.InRange($"{owner}: PostRate", PostRate, 0, float.MaxValue);
        Require.Positive($"{owner}: TauPre", TauPre);
        Require.Positive($"{owner}: TauPostFast", TauPostFast);
        Require.Positive($"{owner}: TauPostSlow", TauPostSlow);
        Require.Finite($"{owner}: Minimum", Minimum);
        Require.Finite($"{owner}: Maximum", Maximum);
        if (!(Minimum < Maximum)) throw new InvalidInputException($"{owner}: Minimum", Minimum, $"below Maximum ({Maximum})");
    }

    /// <inheritdoc/>
    public override void Lower<T>(ILowering<T> to) => to.Synapses<Kernel<T>, Plain<T>, Trace<T>, PostTraces<T>>(new(this, to.Step));

    /// <summary>A target's traces.</summary>
    /// <typeparam name="T">The lane.</typeparam>
    public struct PostTraces<T>
    {
        /// <summary>y1: what arrivals pair with.</summary>
        public T Fast;

        /// <summary>y2: what the target's next spike sees of this one.</summary>
        public T Slow;
    }

    readonly struct Kernel<T>(DiehlCookStdp rule, Time step) : ISynapseKernel<T, Plain<T>, Trace<T>, PostTraces<T>>
        where T : unmanaged, ILane<T>
    {
        readonly T keepPre = T.FromDouble(step.Decay(rule.TauPre)), keepFast = T.FromDouble(step.Decay(rule.TauPostFast)), keepSlow = T.FromDouble(step.Decay(rule.TauPostSlow));
        readonly T preRate = Written.Lane<T>(-rule.PreRate), postRate = Written.Lane<T>(rule.PostRate), minimum = Written.Lane<T>(rule.Minimum), maximum = Written.Lane<T>(rule.Maximum);

        public Plain<T> Initial(T weight) => new() { Weight = weight };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void TracePre(ref Trace<T> pre, in Moment<T> now) => pre.Value = Trace<T>.Next(pre.Value, now.Spiked, keepPre, 0f);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void TracePost(ref PostTraces<T> post, in Moment<T> now)
        {
            post.Fast = Trace<T>.Next(post.Fast, now.Spiked, keepFast, 0f);
            post.Slow = Trace<T>.Next(post.Slow, now.Spiked, keepSlow, 0f);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T OnPre(ref Plain<T> synapse, in Trace<T> pre, in PostTraces<T> post)
        {
            T sent = synapse.Weight;
            synapse.Weight = T.Max(T.FusedMultiplyAdd(preRate, post.Fast, sent), minimum);
            return sent;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void OnPost(ref Plain<T> synapse, in Trace<T> pre, in PostTraces<T> post) =>
            synapse.Weight = T.Min(T.FusedMultiplyAdd(postRate * pre.Value, post.Slow, synapse.Weight), maximum);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void OnUpdate(ref Plain<T> synapse, in Trace<T> pre, in PostTraces<T> post)
        {
        }
    }
}
