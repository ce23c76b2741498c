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
/// <item><term>Pairing</term><description>all pairs, or nearest neighbours; all pairs</description></item>
/// <item><term>Minimum, Maximum</term><description>hard bounds of the weight; 0 and 1</description></item>
/// </list>
/// <para>Conventions. Time is counted where the spikes meet, at the synapse: a source's spike counts from its arrival, a delay after it was fired. An arrival and a spike of
/// the target in the same step do not pair with each other; the depression that the arrival owes to earlier spikes is done first. A spike carries the weight as it was
/// before its arrival changed it, so a session that does not learn sends the weights that were learned.</para>
/// <para>Sources: S. Song, K. Miller and L. Abbott, Nat. Neurosci. 3:919 (2000) (the defaults); R. Gütig et al., J. Neurosci. 23:3697 (2003) (the powers);
/// A. Morrison, M. Diesmann and W. Gerstner, Biol. Cybern. 98:459 (2008) (the pairings).</para>
/// </remarks>
public sealed record PairStdp : SynapseRule
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

    /// <inheritdoc/>
    public override void Validate(string owner)
    {
        Require.InRange($"{owner}: Potentiation", Potentiation, 0, float.MaxValue);
        Require.InRange($"{owner}: Depression", Depression, 0, float.MaxValue);
        Require.Positive($"{owner}: TauPre", TauPre);
        Require.Positive($"{owner}: TauPost", TauPost);
        Require.InRange($"{owner}: MuPlus", MuPlus, 0, 1);
        Require.InRange($"{owner}: MuMinus", MuMinus, 0, 1);
        if (!Enum.IsDefined(Pairing)) throw new InvalidInputException($"{owner}: Pairing", Pairing, "AllToAll or Nearest");
        Require.Finite($"{owner}: Minimum", Minimum);
        Require.Finite($"{owner}: Maximum", Maximum);
        if (!(Minimum < Maximum)) throw new InvalidInputException($"{owner}: Minimum", Minimum, $"below Maximum ({Maximum})");
    }

    /// <inheritdoc/>
    public override void Lower<T>(ILowering<T> to)
    {
        if (MuPlus is 0 or 1 && MuMinus is 0 or 1) to.Synapses<LinearKernel<T>, Plain<T>, Trace<T>, Trace<T>>(new(this, to.Step));
        else to.Synapses<PowerKernel<T>, Plain<T>, Trace<T>, Trace<T>>(new(this, to.Step));
    }

    readonly struct Traces<T>(PairStdp rule, Time step)
        where T : unmanaged, ILane<T>
    {
        readonly T keepPre = (float)step.Decay(rule.TauPre), keepPost = (float)step.Decay(rule.TauPost);
        readonly T kept = rule.Pairing == SpikePairing.AllToAll ? 1f : 0f;

        public T Pre(T value, T spiked) => Trace<T>.Next(value, spiked, keepPre, kept);

        public T Post(T value, T spiked) => Trace<T>.Next(value, spiked, keepPost, kept);
    }

    /// <summary>Powers 0 and 1, where the changes are linear in the weight.</summary>
    readonly struct LinearKernel<T>(PairStdp rule, Time step) : ISynapseKernel<T, Plain<T>, Trace<T>, Trace<T>>
        where T : unmanaged, ILane<T>
    {
        readonly Traces<T> traces = new(rule, step);
        readonly T potentiation = rule.Potentiation, depression = -rule.Depression, muPlus = rule.MuPlus, muMinus = rule.MuMinus;
        readonly T minimum = rule.Minimum, maximum = rule.Maximum, range = rule.Maximum - rule.Minimum;

        public Plain<T> Initial(T weight) => new() { Weight = weight };

        public void TracePre(ref Trace<T> pre, in Moment<T> now) => pre.Value = traces.Pre(pre.Value, now.Spiked);

        public void TracePost(ref Trace<T> post, in Moment<T> now) => post.Value = traces.Post(post.Value, now.Spiked);

        public T OnPre(ref Plain<T> synapse, in Trace<T> pre, in Trace<T> post)
        {
            T sent = synapse.Weight;
            // Range * u^mu for mu = 0 and 1: nothing is left of it at the minimum where mu is 1.
            T above = T.FusedMultiplyAdd(muMinus, sent - maximum, range);
            synapse.Weight = T.Max(T.FusedMultiplyAdd(depression * post.Value, above, sent), minimum);
            return sent;
        }

        public void OnPost(ref Plain<T> synapse, in Trace<T> pre, in Trace<T> post)
        {
            T below = T.FusedMultiplyAdd(muPlus, minimum - synapse.Weight, range);
            synapse.Weight = T.Min(T.FusedMultiplyAdd(potentiation * pre.Value, below, synapse.Weight), maximum);
        }

        public void OnUpdate(ref Plain<T> synapse, in Trace<T> pre, in Trace<T> post)
        {
        }
    }

    /// <summary>Any powers.</summary>
    readonly struct PowerKernel<T>(PairStdp rule, Time step) : ISynapseKernel<T, Plain<T>, Trace<T>, Trace<T>>
        where T : unmanaged, ILane<T>
    {
        readonly Traces<T> traces = new(rule, step);
        readonly T potentiation = rule.Potentiation * (rule.Maximum - rule.Minimum), depression = -rule.Depression * (rule.Maximum - rule.Minimum);
        readonly T muPlus = rule.MuPlus, muMinus = rule.MuMinus, minimum = rule.Minimum, maximum = rule.Maximum, range = rule.Maximum - rule.Minimum;

        public Plain<T> Initial(T weight) => new() { Weight = weight };

        public void TracePre(ref Trace<T> pre, in Moment<T> now) => pre.Value = traces.Pre(pre.Value, now.Spiked);

        public void TracePost(ref Trace<T> post, in Moment<T> now) => post.Value = traces.Post(post.Value, now.Spiked);

        public T OnPre(ref Plain<T> synapse, in Trace<T> pre, in Trace<T> post)
        {
            T sent = synapse.Weight;
            synapse.Weight = T.Max(T.FusedMultiplyAdd(depression * post.Value, Power((sent - minimum) / range, muMinus), sent), minimum);
            return sent;
        }

        public void OnPost(ref Plain<T> synapse, in Trace<T> pre, in Trace<T> post)
        {
            T below = Power((maximum - synapse.Weight) / range, muPlus);
            synapse.Weight = T.Min(T.FusedMultiplyAdd(potentiation * pre.Value, below, synapse.Weight), maximum);
        }

        public void OnUpdate(ref Plain<T> synapse, in Trace<T> pre, in Trace<T> post)
        {
        }

        // The logarithm wants a normal number; 0^0 is 1 here, as for the other kernel.
        static T Power(T u, T mu) => T.Select((u > 0f) | (mu == 0f), LaneMath.Power(T.Max(u, 1e-30f), mu), 0f);
    }
}
