using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Plasticity;

/// <summary>Short-term plasticity: a synapse tires when it is used often, or warms up. Its weight stays what it is; what it sends changes from spike to spike.</summary>
/// <remarks>
/// <para>An arrival sends <c>w u x</c>, with u and x as they are right before it. Between arrivals x recovers to 1 with TauRecovery and u falls to Utilisation with TauFacilitation; an arrival
/// takes <c>u x</c> from x and brings u to <c>u + Utilisation (1 - u)</c>. From one arrival to the next, a time D later:
/// <c>x &lt;- 1 + (x - x u - 1) exp(-D / TauRecovery)</c>, <c>u &lt;- Utilisation + u (1 - Utilisation) exp(-D / TauFacilitation)</c>.</para>
/// <list type="table">
/// <listheader><term>parameter</term><description>meaning, default</description></listheader>
/// <item><term>Utilisation</term><description>the part of the resources that the first spike uses, in [0, 1]; 0.5</description></item>
/// <item><term>TauRecovery</term><description>the time constant of depression; 800 ms</description></item>
/// <item><term>TauFacilitation</term><description>the time constant of facilitation, 0 for none; 0 ms</description></item>
/// <item><term>Minimum, Maximum</term><description>the range of the weight, which must hold 0; 0 and 1</description></item>
/// </list>
/// <para>Conventions. The old u meets the old x, as in NEST: x after a spike is reduced by the u that the same spike used, not by the next one (Brian and others raise u first). u and x belong to the
/// source and are seen a delay late, so that all synapses of a source share them; they begin anew with each presentation, rested.</para>
/// <para>Sources: M. Tsodyks, A. Uziel and H. Markram, J. Neurosci. 20:RC50 (2000); M. Tsodyks, K. Pawelzik and H. Markram, Neural Comput. 10:821 (1998).</para>
/// </remarks>
public sealed record TsodyksMarkram : SynapseRule, IDeclareTraits
{
    /// <summary>The part of the resources that the first spike uses.</summary>
    public float Utilisation { get; init; } = 0.5f;

    /// <summary>The time constant by which resources recover.</summary>
    public Time TauRecovery { get; init; } = 800.ms;

    /// <summary>The time constant by which facilitation goes.</summary>
    public Time TauFacilitation { get; init; } = 0.ms;

    /// <summary>The least weight.</summary>
    public float Minimum { get; init; }

    /// <summary>The greatest weight.</summary>
    public float Maximum { get; init; } = 1;

    /// <inheritdoc/>
    public override (float Least, float Most) WeightRange => (Minimum, Maximum);

    RuleTraits IDeclareTraits.Traits => new() { DecaysExactly = true, Silenced = this };

    /// <inheritdoc/>
    public override void Validate(string owner)
    {
        Require.InRange($"{owner}: Utilisation", Utilisation, 0, 1);
        Require.Positive($"{owner}: TauRecovery", TauRecovery);
        Require.NotNegative($"{owner}: TauFacilitation", TauFacilitation);
        Bounds.Validate(owner, Minimum, Maximum);
        Require.InRange($"{owner}: Minimum", Minimum, float.MinValue, 0);
        Require.InRange($"{owner}: Maximum", Maximum, 0, float.MaxValue);
    }

    /// <inheritdoc/>
    public override void Lower<T>(ILowering<T> to) => to.Synapses<Kernel<T>, Plain<T>, Resources<T>, Unused<T>>(new(this, to.Step));

    /// <summary>What a source's terminals have left, as distances from rest: zero at first.</summary>
    /// <typeparam name="T">The lane.</typeparam>
    public struct Resources<T>
    {
        /// <summary>1 - x: the part of the resources that is used up, in [0, 1].</summary>
        public T Depleted;

        /// <summary>u - Utilisation: 0 or more.</summary>
        public T Facilitated;
    }

    /// <summary>A target has no part in this.</summary>
    /// <typeparam name="T">The lane.</typeparam>
    public struct Unused<T>
    {
        /// <summary>Zero.</summary>
        public T Nothing;
    }

    /// <summary>How resources are used and recover.</summary>
    internal readonly struct Dynamics<T>(TsodyksMarkram rule, Time step)
        where T : unmanaged, ILane<T>
    {
        readonly T keepDepleted = T.FromDouble(step.Decay(rule.TauRecovery));
        readonly T keepFacilitated = T.FromDouble(rule.TauFacilitation.Seconds > 0 ? step.Decay(rule.TauFacilitation) : 0);
        readonly T utilisation = Written.Lane<T>(rule.Utilisation), rest = T.FromDouble(1 - Written.Value(rule.Utilisation));

        public void Next(ref Resources<T> resources, T spiked)
        {
            T u = utilisation + resources.Facilitated, x = 1f - resources.Depleted;
            resources.Depleted = Trace<T>.Cut(T.Select(spiked, T.FusedMultiplyAdd(u, x, resources.Depleted), resources.Depleted) * keepDepleted);
            resources.Facilitated = Trace<T>.Cut(T.Select(spiked, u * rest, resources.Facilitated) * keepFacilitated);
        }

        public T Efficacy(in Resources<T> resources) => (utilisation + resources.Facilitated) * (1f - resources.Depleted);
    }

    readonly struct Kernel<T>(TsodyksMarkram rule, Time step) : ISynapseKernel<T, Plain<T>, Resources<T>, Unused<T>>
        where T : unmanaged, ILane<T>
    {
        readonly Dynamics<T> dynamics = new(rule, step);

        public Plain<T> Initial(T weight) => new() { Weight = weight };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void TracePre(ref Resources<T> pre, in Moment<T> now) => dynamics.Next(ref pre, now.Spiked);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void TracePost(ref Unused<T> post, in Moment<T> now)
        {
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T OnPre(ref Plain<T> synapse, in Resources<T> pre, in Unused<T> post) => synapse.Weight * dynamics.Efficacy(in pre);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void OnPost(ref Plain<T> synapse, in Resources<T> pre, in Unused<T> post)
        {
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void OnUpdate(ref Plain<T> synapse, in Resources<T> pre, in Unused<T> post)
        {
        }
    }
}
