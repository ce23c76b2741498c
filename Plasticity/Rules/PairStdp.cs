using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Plasticity;

/// <summary>Pair-based spike-timing-dependent plasticity: additive, multiplicative, or anything between by Gütig's powers.</summary>
/// <remarks>
/// <para>With <c>R = Maximum - Minimum</c> and <c>u = (w - Minimum) / R</c>:</para>
/// <para>a spike arrives: <c>w &lt;- w - Depression * R * u^MuMinus * y</c>; the target fires: <c>w &lt;- w + Potentiation * R * (1 - u)^MuPlus * x</c>; then w is clipped
/// to [Minimum, Maximum]. The traces x of arrivals and y of the target's spikes decay with TauPre and TauPost.</para>
/// <list type="table">
/// <listheader><term>parameter</term><description>meaning, default</description></listheader>
/// <item><term>Potentiation, Depression</term><description>the greatest change a pair makes, as a part of the range, 0 or more; 0.005 and 0.00525</description></item>
/// <item><term>TauPre, TauPost</term><description>the time constants of x and y; 20 ms each</description></item>
/// <item><term>MuPlus, MuMinus</term><description>how the changes depend on the weight, in [0, 1]: 0 additive, 1 multiplicative; 0 each</description></item>
/// <item><term>Pairing</term><description>all pairs, or one of three schemes of neighbours; all pairs</description></item>
/// <item><term>Minimum, Maximum</term><description>hard bounds of the weight; 0 and 1</description></item>
/// </list>
/// <para>Conventions. Time is counted where the spikes meet, at the synapse: a source's spike counts from its arrival, a delay after it was fired. An arrival and a spike of
/// the target in the same step do not pair with each other; the depression that the arrival owes to earlier spikes is done first. A spike carries the weight as it was
/// before its arrival changed it, so a session that does not learn sends the weights that were learned.</para>
/// <para>Sources: S. Song, K. Miller and L. Abbott, Nat. Neurosci. 3:919 (2000) (the defaults); R. Gütig et al., J. Neurosci. 23:3697 (2003) (the powers);
/// A. Morrison, M. Diesmann and W. Gerstner, Biol. Cybern. 98:459 (2008) (the pairings).</para>
/// </remarks>
public sealed record PairStdp : SynapseRule, IDeclareTraits
{
    /// <summary>What a pair adds at most, as a part of the range.</summary>
    public float Potentiation { get; init; } = 0.005f;

    /// <summary>What a pair takes away at most, as a part of the range.</summary>
    public float Depression { get; init; } = 0.00525f;

    /// <summary>The time constant of the trace of arrivals.</summary>
    public Time TauPre { get; init; } = 20.ms;

    /// <summary>The time constant of the trace of the target's spikes.</summary>
    public Time TauPost { get; init; } = 20.ms;

    /// <summary>The power by which potentiation fades towards the maximum.</summary>
    public float MuPlus { get; init; }

    /// <summary>The power by which depression fades towards the minimum.</summary>
    public float MuMinus { get; init; }

    /// <summary>Which spikes pair.</summary>
    public SpikePairing Pairing { get; init; }

    /// <summary>The least weight.</summary>
    public float Minimum { get; init; }

    /// <summary>The greatest weight.</summary>
    public float Maximum { get; init; } = 1;

    /// <inheritdoc/>
    public override (float Least, float Most) WeightRange => (Minimum, Maximum);

    // Near its bound a power below 1 is steep: it makes small errors large.
    RuleTraits IDeclareTraits.Traits => new()
    {
        DecaysExactly = true,
        Window = PairWindow.Causal,
        ArrivalFirst = TauPre,
        SpikeFirst = TauPost,
        Silenced = this with { Potentiation = 0, Depression = 0 },
        SinglePrecisionError = MuPlus is 0 or 1 && MuMinus is 0 or 1 ? 1e-6 : 1e-4,
    };

    /// <inheritdoc/>
    public override void Validate(string owner)
    {
        Require.InRange($"{owner}: Potentiation", Potentiation, 0, float.MaxValue);
        Require.InRange($"{owner}: Depression", Depression, 0, float.MaxValue);
        Require.Positive($"{owner}: TauPre", TauPre);
        Require.Positive($"{owner}: TauPost", TauPost);
        Require.InRange($"{owner}: MuPlus", MuPlus, 0, 1);
        Require.InRange($"{owner}: MuMinus", MuMinus, 0, 1);
        if (!Enum.IsDefined(Pairing)) throw new InvalidInputException($"{owner}: Pairing", Pairing, "AllToAll, Nearest, PresynapticCentred or Restricted");
        Require.Finite($"{owner}: Minimum", Minimum);
        Require.Finite($"{owner}: Maximum", Maximum);
        if (!(Minimum < Maximum)) throw new InvalidInputException($"{owner}: Minimum", Minimum, $"below Maximum ({Maximum})");
    }

    /// <inheritdoc/>
    public override void Lower<T>(ILowering<T> to)
    {
        if (Pairing == SpikePairing.PresynapticCentred) to.Synapses<CentredKernel<T>, Spent<T>, Trace<T>, TwoTraces<T>>(new(this, to.Step));
        else if (Pairing == SpikePairing.Restricted) to.Synapses<RestrictedKernel<T>, Plain<T>, TwoTraces<T>, TwoTraces<T>>(new(this, to.Step));
        else if (MuPlus is 0 or 1 && MuMinus is 0 or 1) to.Synapses<LinearKernel<T>, Plain<T>, Trace<T>, Trace<T>>(new(this, to.Step));
        else to.Synapses<PowerKernel<T>, Plain<T>, Trace<T>, Trace<T>>(new(this, to.Step));
    }

    readonly struct Traces<T>(PairStdp rule, Time step)
        where T : unmanaged, ILane<T>
    {
        readonly T keepPre = T.FromDouble(step.Decay(rule.TauPre)), keepPost = T.FromDouble(step.Decay(rule.TauPost));
        readonly T kept = rule.Pairing == SpikePairing.AllToAll ? 1f : 0f;

        public T Pre(T value, T spiked) => Trace<T>.Next(value, spiked, keepPre, kept);

        public T Post(T value, T spiked) => Trace<T>.Next(value, spiked, keepPost, kept);
    }

    /// <summary>Powers 0 and 1, where the changes are linear in the weight.</summary>
    readonly struct LinearKernel<T>(PairStdp rule, Time step) : ISynapseKernel<T, Plain<T>, Trace<T>, Trace<T>>
        where T : unmanaged, ILane<T>
    {
        readonly Traces<T> traces = new(rule, step);
        readonly T potentiation = Written.Lane<T>(rule.Potentiation), depression = Written.Lane<T>(-rule.Depression), muPlus = rule.MuPlus, muMinus = rule.MuMinus;
        readonly T minimum = Written.Lane<T>(rule.Minimum), maximum = Written.Lane<T>(rule.Maximum);
        readonly T range = Written.Lane<T>(Written.Value(rule.Maximum) - Written.Value(rule.Minimum), rule.Maximum - rule.Minimum);

        public Plain<T> Initial(T weight) => new() { Weight = weight };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void TracePre(ref Trace<T> pre, in Moment<T> now) => pre.Value = traces.Pre(pre.Value, now.Spiked);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void TracePost(ref Trace<T> post, in Moment<T> now) => post.Value = traces.Post(post.Value, now.Spiked);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T OnPre(ref Plain<T> synapse, in Trace<T> pre, in Trace<T> post)
        {
            T sent = synapse.Weight;
            // Range * u^mu for mu = 0 and 1: nothing is left of it at the minimum where mu is 1.
            T above = T.FusedMultiplyAdd(muMinus, sent - maximum, range);
            synapse.Weight = T.Max(T.FusedMultiplyAdd(depression * post.Value, above, sent), minimum);
            return sent;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void OnPost(ref Plain<T> synapse, in Trace<T> pre, in Trace<T> post)
        {
            T below = T.FusedMultiplyAdd(muPlus, minimum - synapse.Weight, range);
            synapse.Weight = T.Min(T.FusedMultiplyAdd(potentiation * pre.Value, below, synapse.Weight), maximum);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void OnUpdate(ref Plain<T> synapse, in Trace<T> pre, in Trace<T> post)
        {
        }
    }

    /// <summary>How changes depend on the weight, for any powers.</summary>
    readonly struct Dependence<T>(PairStdp rule)
        where T : unmanaged, ILane<T>
    {
        readonly T potentiation = Written.Lane<T>(Written.Value(rule.Potentiation) * Range(rule), rule.Potentiation * (rule.Maximum - rule.Minimum));
        readonly T depression = Written.Lane<T>(-Written.Value(rule.Depression) * Range(rule), -rule.Depression * (rule.Maximum - rule.Minimum));
        readonly T muPlus = Written.Lane<T>(rule.MuPlus), muMinus = Written.Lane<T>(rule.MuMinus), minimum = Written.Lane<T>(rule.Minimum), maximum = Written.Lane<T>(rule.Maximum);
        readonly T range = Written.Lane<T>(Range(rule), rule.Maximum - rule.Minimum);

        public T Weaker(T weight, T trace) => T.Max(T.FusedMultiplyAdd(depression * trace, Power((weight - minimum) / range, muMinus), weight), minimum);

        public T Stronger(T weight, T trace) => T.Min(T.FusedMultiplyAdd(potentiation * trace, Power((maximum - weight) / range, muPlus), weight), maximum);

        static double Range(PairStdp rule) => Written.Value(rule.Maximum) - Written.Value(rule.Minimum);

        // The logarithm wants a normal number; 0^0 is 1 here, as for the other kernel.
        static T Power(T u, T mu) => T.Select((u > 0f) | (mu == 0f), LaneMath.Power(T.Max(u, 1e-30f), mu), 0f);
    }

    /// <summary>A synapse that knows how much of its source's trace the target's last spike has used up.</summary>
    /// <typeparam name="T">The lane.</typeparam>
    public struct Spent<T>
    {
        /// <summary>The weight.</summary>
        public T Weight;

        /// <summary>The source's trace as the target's last spike saw it.</summary>
        public T Seen;
    }

    /// <summary>Any powers.</summary>
    readonly struct PowerKernel<T>(PairStdp rule, Time step) : ISynapseKernel<T, Plain<T>, Trace<T>, Trace<T>>
        where T : unmanaged, ILane<T>
    {
        readonly Traces<T> traces = new(rule, step);
        readonly Dependence<T> dependence = new(rule);

        public Plain<T> Initial(T weight) => new() { Weight = weight };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void TracePre(ref Trace<T> pre, in Moment<T> now) => pre.Value = traces.Pre(pre.Value, now.Spiked);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void TracePost(ref Trace<T> post, in Moment<T> now) => post.Value = traces.Post(post.Value, now.Spiked);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T OnPre(ref Plain<T> synapse, in Trace<T> pre, in Trace<T> post)
        {
            T sent = synapse.Weight;
            synapse.Weight = dependence.Weaker(sent, post.Value);
            return sent;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void OnPost(ref Plain<T> synapse, in Trace<T> pre, in Trace<T> post) => synapse.Weight = dependence.Stronger(synapse.Weight, pre.Value);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void OnUpdate(ref Plain<T> synapse, in Trace<T> pre, in Trace<T> post)
        {
        }
    }

    /// <summary>Arrivals since the target's last spike pair with its next one.</summary>
    readonly struct CentredKernel<T>(PairStdp rule, Time step) : ISynapseKernel<T, Spent<T>, Trace<T>, TwoTraces<T>>
        where T : unmanaged, ILane<T>
    {
        readonly T keepPre = T.FromDouble(step.Decay(rule.TauPre)), keepPost = T.FromDouble(step.Decay(rule.TauPost));
        readonly Dependence<T> dependence = new(rule);

        public Spent<T> Initial(T weight) => new() { Weight = weight, Seen = 0f };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void TracePre(ref Trace<T> pre, in Moment<T> now) => pre.Value = Trace<T>.Next(pre.Value, now.Spiked, keepPre, 1f);

        // Slow decays as arrivals do: it tells what is left of what the last spike used up.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void TracePost(ref TwoTraces<T> post, in Moment<T> now)
        {
            post.Fast = Trace<T>.Next(post.Fast, now.Spiked, keepPost, 0f);
            post.Slow = Trace<T>.Next(post.Slow, now.Spiked, keepPre, 0f);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T OnPre(ref Spent<T> synapse, in Trace<T> pre, in TwoTraces<T> post)
        {
            T sent = synapse.Weight;
            synapse.Weight = dependence.Weaker(sent, post.Fast);
            return sent;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void OnPost(ref Spent<T> synapse, in Trace<T> pre, in TwoTraces<T> post)
        {
            synapse.Weight = dependence.Stronger(synapse.Weight, T.Max(T.FusedMultiplyAdd(-synapse.Seen, post.Slow, pre.Value), 0f));
            synapse.Seen = pre.Value;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void OnUpdate(ref Spent<T> synapse, in Trace<T> pre, in TwoTraces<T> post)
        {
        }
    }

    /// <summary>Each spike pairs at most once in each direction. Which of two spikes was later is read off two traces that decay alike.</summary>
    readonly struct RestrictedKernel<T>(PairStdp rule, Time step) : ISynapseKernel<T, Plain<T>, TwoTraces<T>, TwoTraces<T>>
        where T : unmanaged, ILane<T>
    {
        readonly T keepPre = T.FromDouble(step.Decay(rule.TauPre)), keepPost = T.FromDouble(step.Decay(rule.TauPost));
        readonly Dependence<T> dependence = new(rule);

        public Plain<T> Initial(T weight) => new() { Weight = weight };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void TracePre(ref TwoTraces<T> pre, in Moment<T> now)
        {
            pre.Fast = Trace<T>.Next(pre.Fast, now.Spiked, keepPre, 0f);
            pre.Slow = Trace<T>.Next(pre.Slow, now.Spiked, keepPost, 0f);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void TracePost(ref TwoTraces<T> post, in Moment<T> now)
        {
            post.Fast = Trace<T>.Next(post.Fast, now.Spiked, keepPost, 0f);
            post.Slow = Trace<T>.Next(post.Slow, now.Spiked, keepPre, 0f);
        }

        // Spikes that met did not pair with each other, so the later partner may still use them: hence "not less".
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T OnPre(ref Plain<T> synapse, in TwoTraces<T> pre, in TwoTraces<T> post)
        {
            T sent = synapse.Weight;
            synapse.Weight = dependence.Weaker(sent, T.Select(post.Fast >= pre.Slow, post.Fast, 0f));
            return sent;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void OnPost(ref Plain<T> synapse, in TwoTraces<T> pre, in TwoTraces<T> post) =>
            synapse.Weight = dependence.Stronger(synapse.Weight, T.Select(pre.Fast >= post.Slow, pre.Fast, 0f));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void OnUpdate(ref Plain<T> synapse, in TwoTraces<T> pre, in TwoTraces<T> post)
        {
        }
    }
}
