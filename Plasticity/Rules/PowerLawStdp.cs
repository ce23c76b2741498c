using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Plasticity;

/// <summary>Spike-timing-dependent plasticity whose potentiation grows as a power of the weight, and whose depression is proportional to it: weights find a stable distribution of one
/// peak by themselves.</summary>
/// <remarks>
/// <para>A spike arrives: <c>w &lt;- w - Depression * w * y</c>; the target fires: <c>w &lt;- w + Potentiation * w^Mu * x</c>; then w is clipped to [0, Maximum]. The traces x of arrivals and
/// y of the target's spikes sum over all pairs and decay with TauPre and TauPost.</para>
/// <list type="table">
/// <listheader><term>parameter</term><description>meaning, default</description></listheader>
/// <item><term>Potentiation</term><description>lambda, times w0^(1 - Mu) where the rule is written with a reference weight w0: what a pair adds at a weight of 1, 0 or more; 0.1</description></item>
/// <item><term>Depression</term><description>lambda times alpha: the part of the weight that a pair takes away, in [0, 1]; 0.00513</description></item>
/// <item><term>Mu</term><description>the power, in [0, 1]; 0.4</description></item>
/// <item><term>TauPre, TauPost</term><description>the time constants of x and y; 15 ms and 30 ms</description></item>
/// <item><term>Maximum</term><description>a hard bound of the weight, above 0; 10,000. It sets the scale at which weights are delivered, so it should not be much larger than they become</description></item>
/// </list>
/// <para>Where source and target fire independently, weights drift towards <c>(Potentiation TauPre / (Depression TauPost))^(1 / (1 - Mu))</c>, whatever the rates. A weight of 0 stays
/// 0 where Mu is above 0. Conventions as for <see cref="PairStdp"/>: spikes that meet in the same step do not pair, and a spike carries the weight as it was before its arrival changed it.</para>
/// <para>Source: A. Morrison, A. Aertsen and M. Diesmann, "Spike-timing-dependent plasticity in balanced random networks", Neural Comput. 19:1437 (2007).</para>
/// </remarks>
public sealed record PowerLawStdp : SynapseRule, IDeclareTraits
{
    /// <summary>What a pair adds at a weight of 1.</summary>
    public float Potentiation { get; init; } = 0.1f;

    /// <summary>The part of the weight that a pair takes away.</summary>
    public float Depression { get; init; } = 0.00513f;

    /// <summary>The power by which potentiation grows with the weight.</summary>
    public float Mu { get; init; } = 0.4f;

    /// <summary>The time constant of the trace of arrivals.</summary>
    public Time TauPre { get; init; } = 15.ms;

    /// <summary>The time constant of the trace of the target's spikes.</summary>
    public Time TauPost { get; init; } = 30.ms;

    /// <summary>The greatest weight.</summary>
    public float Maximum { get; init; } = 10_000;

    /// <inheritdoc/>
    public override (float Least, float Most) WeightRange => (0, Maximum);

    RuleTraits IDeclareTraits.Traits => new()
    {
        DecaysExactly = true,
        Window = PairWindow.Causal,
        ArrivalFirst = TauPre,
        SpikeFirst = TauPost,
        Silenced = this with { Potentiation = 0, Depression = 0 },
    };

    /// <inheritdoc/>
    public override void Validate(string owner)
    {
        Require.InRange($"{owner}: Potentiation", Potentiation, 0, float.MaxValue);
        Require.InRange($"{owner}: Depression", Depression, 0, 1);
        Require.InRange($"{owner}: Mu", Mu, 0, 1);
        Require.Positive($"{owner}: TauPre", TauPre);
        Require.Positive($"{owner}: TauPost", TauPost);
        Require.InRange($"{owner}: Maximum", Maximum, 1e-30, float.MaxValue);
    }

    /// <inheritdoc/>
    public override void Lower<T>(ILowering<T> to) => to.Synapses<Kernel<T>, Plain<T>, Trace<T>, Trace<T>>(new(this, to.Step));

    readonly struct Kernel<T>(PowerLawStdp rule, Time step) : ISynapseKernel<T, Plain<T>, Trace<T>, Trace<T>>
        where T : unmanaged, ILane<T>
    {
        readonly T keepPre = T.FromDouble(step.Decay(rule.TauPre)), keepPost = T.FromDouble(step.Decay(rule.TauPost));
        readonly T potentiation = Written.Lane<T>(rule.Potentiation), depression = Written.Lane<T>(-rule.Depression), mu = Written.Lane<T>(rule.Mu), maximum = Written.Lane<T>(rule.Maximum);

        public Plain<T> Initial(T weight) => new() { Weight = weight };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void TracePre(ref Trace<T> pre, in Moment<T> now) => pre.Value = Trace<T>.Next(pre.Value, now.Spiked, keepPre, 1f);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void TracePost(ref Trace<T> post, in Moment<T> now) => post.Value = Trace<T>.Next(post.Value, now.Spiked, keepPost, 1f);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T OnPre(ref Plain<T> synapse, in Trace<T> pre, in Trace<T> post)
        {
            T sent = synapse.Weight;
            synapse.Weight = T.Max(T.FusedMultiplyAdd(depression * post.Value, sent, sent), 0f);
            return sent;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void OnPost(ref Plain<T> synapse, in Trace<T> pre, in Trace<T> post)
        {
            // The logarithm wants a normal number; 0^0 is 1, so that Mu = 0 is the additive rule.
            T power = T.Select((synapse.Weight > 0f) | (mu == 0f), LaneMath.Power(T.Max(synapse.Weight, 1e-30f), mu), 0f);
            synapse.Weight = T.Min(T.FusedMultiplyAdd(potentiation * pre.Value, power, synapse.Weight), maximum);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void OnUpdate(ref Plain<T> synapse, in Trace<T> pre, in Trace<T> post)
        {
        }
    }
}
