using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Plasticity;

/// <summary>Clopath's rule, which looks at the target's membrane potential: arrivals weaken a synapse on a depolarised target, and spikes of the target strengthen it if the target was depolarised before.</summary>
/// <remarks>
/// <para>An arrival: <c>w &lt;- w - Depression [uMinus - ThetaMinus]+</c>. The target fires: <c>w &lt;- w + Potentiation x S [uPlus - ThetaMinus]+</c>; then w is clipped to [Minimum, Maximum]. x is the
/// trace of arrivals, <c>exp(-t / TauX) / TauX</c> of each (time in milliseconds); uMinus and uPlus are the potential, low-pass filtered with TauMinus and TauPlus; []+ is 0 below 0.</para>
/// <para>This is the rule <c>dw/dt = -Depression X [uMinus - ThetaMinus]+ + Potentiation x [u - ThetaPlus]+ [uPlus - ThetaMinus]+</c> for neurons whose potential exceeds ThetaPlus only while they fire. A
/// model neuron here has no spike of any shape, so the rule gives it one: SpikeWidth long at SpikePotential. <c>S = (SpikePotential - ThetaPlus) SpikeWidth</c> is then what a spike contributes to the integral
/// of <c>[u - ThetaPlus]+</c>, and each spike adds <c>(SpikePotential - Rest) SpikeWidth / tau</c> to a filtered potential.</para>
/// <list type="table">
/// <listheader><term>parameter</term><description>meaning, default</description></listheader>
/// <item><term>Depression, Potentiation</term><description>the amplitudes, in units of the weight a mV and a mV^2, 0 or more; 0.00014 and 0.00008</description></item>
/// <item><term>ThetaMinus, ThetaPlus</term><description>the thresholds; -70.6 mV and -45.3 mV</description></item>
/// <item><term>TauX</term><description>the time constant of x; 15 ms</description></item>
/// <item><term>TauMinus, TauPlus</term><description>the time constants of uMinus and uPlus; 10 ms and 7 ms</description></item>
/// <item><term>Rest</term><description>the potential from which both filters begin; -70.6 mV</description></item>
/// <item><term>SpikePotential, SpikeWidth</term><description>the shape of a spike; 33 mV and 2 ms</description></item>
/// <item><term>Minimum, Maximum</term><description>hard bounds of the weight; 0 and 1</description></item>
/// </list>
/// <para>Conventions as for <see cref="PairStdp"/>: an event sees x and the filtered potentials as they were before this step. The target must have a membrane potential in millivolts; a source that has none
/// counts as 0 mV.</para>
/// <para>Left out: the homeostatic factor of the depression, and potentiation below the spike, which would have to visit every synapse in every step.</para>
/// <para>Source: C. Clopath, L. Büsing, E. Vasilaki and W. Gerstner, "Connectivity reflects coding: a model of voltage-based STDP with homeostasis", Nat. Neurosci. 13:344 (2010).</para>
/// </remarks>
public sealed record ClopathStdp : SynapseRule, IDeclareTraits
{
    /// <summary>The amplitude of depression.</summary>
    public float Depression { get; init; } = 14e-5f;

    /// <summary>The amplitude of potentiation.</summary>
    public float Potentiation { get; init; } = 8e-5f;

    /// <summary>The filtered potential above which a synapse is plastic.</summary>
    public Voltage ThetaMinus { get; init; } = -70.6.mV;

    /// <summary>The potential above which it is strengthened.</summary>
    public Voltage ThetaPlus { get; init; } = -45.3.mV;

    /// <summary>The time constant of the trace of arrivals.</summary>
    public Time TauX { get; init; } = 15.ms;

    /// <summary>The time constant of the potential that depression sees.</summary>
    public Time TauMinus { get; init; } = 10.ms;

    /// <summary>The time constant of the potential that potentiation sees.</summary>
    public Time TauPlus { get; init; } = 7.ms;

    /// <summary>The potential at first.</summary>
    public Voltage Rest { get; init; } = -70.6.mV;

    /// <summary>The potential during a spike.</summary>
    public Voltage SpikePotential { get; init; } = 33.mV;

    /// <summary>How long a spike is.</summary>
    public Time SpikeWidth { get; init; } = 2.ms;

    /// <summary>The least weight.</summary>
    public float Minimum { get; init; }

    /// <summary>The greatest weight.</summary>
    public float Maximum { get; init; } = 1;

    /// <inheritdoc/>
    public override (float Least, float Most) WeightRange => (Minimum, Maximum);

    // A pair's change depends on the potential, which its spike moves: no window of its own.
    RuleTraits IDeclareTraits.Traits => new() { RestingPotential = Rest.Millivolts, Silenced = this with { Depression = 0, Potentiation = 0 } };

    /// <inheritdoc/>
    public override void Validate(string owner)
    {
        Require.InRange($"{owner}: Depression", Depression, 0, float.MaxValue);
        Require.InRange($"{owner}: Potentiation", Potentiation, 0, float.MaxValue);
        Require.Finite($"{owner}: ThetaMinus in mV", ThetaMinus.Millivolts);
        Require.Finite($"{owner}: ThetaPlus in mV", ThetaPlus.Millivolts);
        Require.Positive($"{owner}: TauX", TauX);
        Require.Positive($"{owner}: TauMinus", TauMinus);
        Require.Positive($"{owner}: TauPlus", TauPlus);
        Require.Finite($"{owner}: Rest in mV", Rest.Millivolts);
        Require.Finite($"{owner}: SpikePotential in mV", SpikePotential.Millivolts);
        if (SpikePotential.Millivolts < ThetaPlus.Millivolts) throw new InvalidInputException($"{owner}: SpikePotential", SpikePotential, $"at least ThetaPlus ({ThetaPlus})");
        Require.Positive($"{owner}: SpikeWidth", SpikeWidth);
        Bounds.Validate(owner, Minimum, Maximum);
    }

    /// <inheritdoc/>
    public override void Lower<T>(ILowering<T> to) => to.Synapses<Kernel<T>, Plain<T>, Trace<T>, Potentials<T>>(new(this, to.Step));

    /// <summary>A target's filtered potentials, above rest: zero at first.</summary>
    /// <typeparam name="T">The lane.</typeparam>
    public struct Potentials<T>
    {
        /// <summary>uMinus - Rest, in mV.</summary>
        public T Minus;

        /// <summary>uPlus - Rest, in mV.</summary>
        public T Plus;
    }

    readonly struct Kernel<T>(ClopathStdp rule, Time step) : ISynapseKernel<T, Plain<T>, Trace<T>, Potentials<T>>
        where T : unmanaged, ILane<T>
    {
        readonly T keepX = T.FromDouble(step.Decay(rule.TauX)), keepMinus = T.FromDouble(step.Decay(rule.TauMinus)), keepPlus = T.FromDouble(step.Decay(rule.TauPlus));
        readonly T partMinus = T.FromDouble(1 - step.Decay(rule.TauMinus)), partPlus = T.FromDouble(1 - step.Decay(rule.TauPlus));
        readonly T jumpMinus = T.FromDouble(Area(rule, rule.Rest) / rule.TauMinus.Milliseconds), jumpPlus = T.FromDouble(Area(rule, rule.Rest) / rule.TauPlus.Milliseconds);
        readonly T rest = T.FromDouble(rule.Rest.Millivolts), theta = T.FromDouble(rule.ThetaMinus.Millivolts - rule.Rest.Millivolts);
        readonly T depression = Written.Lane<T>(-rule.Depression);
        readonly T potentiation = T.FromDouble(Written.Value(rule.Potentiation) * Area(rule, rule.ThetaPlus) / rule.TauX.Milliseconds);
        readonly T minimum = Written.Lane<T>(rule.Minimum), maximum = Written.Lane<T>(rule.Maximum);

        public Plain<T> Initial(T weight) => new() { Weight = weight };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void TracePre(ref Trace<T> pre, in Moment<T> now) => pre.Value = Trace<T>.Next(pre.Value, now.Spiked, keepX, 1f);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void TracePost(ref Potentials<T> post, in Moment<T> now)
        {
            T above = now.Potential - rest;
            post.Minus = Filter(post.Minus, above, now.Spiked, keepMinus, partMinus, jumpMinus);
            post.Plus = Filter(post.Plus, above, now.Spiked, keepPlus, partPlus, jumpPlus);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T OnPre(ref Plain<T> synapse, in Trace<T> pre, in Potentials<T> post)
        {
            T sent = synapse.Weight;
            synapse.Weight = T.Max(T.FusedMultiplyAdd(depression, T.Max(post.Minus - theta, 0f), sent), minimum);
            return sent;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void OnPost(ref Plain<T> synapse, in Trace<T> pre, in Potentials<T> post) =>
            synapse.Weight = T.Min(T.FusedMultiplyAdd(potentiation * pre.Value, T.Max(post.Plus - theta, 0f), synapse.Weight), maximum);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void OnUpdate(ref Plain<T> synapse, in Trace<T> pre, in Potentials<T> post)
        {
        }

        // A spike is over before the step is, and its after-effect decays from then on.
        static T Filter(T value, T above, T spiked, T keep, T part, T jump)
        {
            T next = T.FusedMultiplyAdd(part, above, (value + T.Select(spiked, jump, 0f)) * keep);
            return T.Select(T.Abs(next) >= 1e-20f, next, 0f);
        }

        // In mV ms.
        static double Area(ClopathStdp rule, Voltage over) => (rule.SpikePotential.Millivolts - over.Millivolts) * rule.SpikeWidth.Milliseconds;
    }
}
