using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Plasticity;

/// <summary>Clopath's voltage rule in full: potentiation follows the membrane potential in every step, not only at spikes; with or without the homeostatic factor.</summary>
/// <remarks>
/// <para><c>dw/dt = -Depression h X [uMinus - ThetaMinus]+ + Potentiation x [u - ThetaPlus]+ [uPlus - ThetaMinus]+</c>, clipped to [Minimum, Maximum], with time in milliseconds. X is the train of arrivals, so
/// the first term acts at arrivals alone; x is its trace, <c>exp(-t / TauX) / TauX</c> of each; u is the target's potential, uMinus and uPlus are u low-pass filtered with TauMinus and TauPlus; []+ is 0
/// below 0. h is 1, or <c>uMean^2 / ReferenceSquare</c> where ReferenceSquare is set: uMean is uMinus less Rest, filtered with TauMean, so that a target that is depolarised for long weakens its synapses more.</para>
/// <list type="table">
/// <listheader><term>parameter</term><description>meaning, default</description></listheader>
/// <item><term>Depression, Potentiation</term><description>the amplitudes, in units of the weight a mV and a mV^2, 0 or more; 0.00014 and 0.00008</description></item>
/// <item><term>ThetaMinus, ThetaPlus</term><description>the thresholds; -70.6 mV and -45.3 mV</description></item>
/// <item><term>TauX</term><description>the time constant of x; 15 ms</description></item>
/// <item><term>TauMinus, TauPlus</term><description>the time constants of uMinus and uPlus; 10 ms and 7 ms</description></item>
/// <item><term>ReferenceSquare</term><description>the squared depolarisation at which h is 1, in mV^2, above 0; 0 for no homeostasis; 0</description></item>
/// <item><term>TauMean</term><description>the time constant of uMean; 1000 ms</description></item>
/// <item><term>Rest</term><description>the potential from which the filters begin; -70.6 mV</description></item>
/// <item><term>SpikePotential, SpikeWidth</term><description>the potential that counts from a spike on, for so long, rounded to steps; 33 mV and 2 ms. With a width of 0 the model's own potential counts throughout</description></item>
/// <item><term>Minimum, Maximum</term><description>hard bounds of the weight; 0 and 1</description></item>
/// </list>
/// <para>Conventions. The filters of a step take the potential after it; potentiation takes x with the arrivals of the step, u of the step, and uPlus as it was before it, so that a spike does not pair with itself; an arrival sees uMinus and h
/// as they were before the step, and the spike carries the weight as it was before its arrival changed it. Every synapse is visited in every step: <see cref="ClopathStdp"/> is the same rule for
/// neurons that exceed ThetaPlus only while they fire, at the cost of events. The target must have a membrane potential in millivolts. NEST, and the authors' program, see uMinus and
/// uPlus some milliseconds late, which the paper's equations do not; neither does this.</para>
/// <para>Source: C. Clopath, L. Büsing, E. Vasilaki and W. Gerstner, "Connectivity reflects coding: a model of voltage-based STDP with homeostasis", Nat. Neurosci. 13:344 (2010).</para>
/// </remarks>
public sealed record ClopathVoltage : SynapseRule, IDeclareTraits
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

    /// <summary>The squared depolarisation, in mV^2, at which homeostasis leaves depression as it is; 0 for no homeostasis.</summary>
    public float ReferenceSquare { get; init; }

    /// <summary>The time constant of the depolarisation that homeostasis sees.</summary>
    public Time TauMean { get; init; } = 1000.ms;

    /// <summary>The potential at first.</summary>
    public Voltage Rest { get; init; } = -70.6.mV;

    /// <summary>The potential during a spike.</summary>
    public Voltage SpikePotential { get; init; } = 33.mV;

    /// <summary>How long a spike is; 0 where the model's own potential has it.</summary>
    public Time SpikeWidth { get; init; } = 2.ms;

    /// <summary>The least weight.</summary>
    public float Minimum { get; init; }

    /// <summary>The greatest weight.</summary>
    public float Maximum { get; init; } = 1;

    /// <inheritdoc/>
    public override (float Least, float Most) WeightRange => (Minimum, Maximum);

    RuleTraits IDeclareTraits.Traits => new() { RestingPotential = Rest.Millivolts, Silenced = this with { Depression = 0, Potentiation = 0 }, SinglePrecisionError = 1e-5 };

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
        Require.InRange($"{owner}: ReferenceSquare", ReferenceSquare, 0, float.MaxValue);
        Require.Positive($"{owner}: TauMean", TauMean);
        Require.Finite($"{owner}: Rest in mV", Rest.Millivolts);
        Require.Finite($"{owner}: SpikePotential in mV", SpikePotential.Millivolts);
        Require.NotNegative($"{owner}: SpikeWidth", SpikeWidth);
        Bounds.Validate(owner, Minimum, Maximum);
    }

    /// <inheritdoc/>
    public override void Lower<T>(ILowering<T> to) => to.SteppedSynapses<Kernel<T>, Plain<T>, Trace<T>, Potentials<T>>(new(this, to.Step));

    /// <summary>A target: its filtered potentials above rest, and what they come to.</summary>
    /// <typeparam name="T">The lane.</typeparam>
    public struct Potentials<T>
    {
        /// <summary>uMinus - Rest, in mV.</summary>
        public T Minus;

        /// <summary>uPlus - Rest, in mV.</summary>
        public T Plus;

        /// <summary>uMean, in mV.</summary>
        public T Mean;

        /// <summary>The steps left of a spike.</summary>
        public T Left;

        /// <summary>What the step adds to a weight for each unit of x.</summary>
        public T Drive;
    }

    readonly struct Kernel<T>(ClopathVoltage rule, Time step) : ISteppedSynapseKernel<T, Plain<T>, Trace<T>, Potentials<T>>
        where T : unmanaged, ILane<T>
    {
        readonly T keepX = T.FromDouble(step.Decay(rule.TauX)), keepMinus = T.FromDouble(step.Decay(rule.TauMinus)), keepPlus = T.FromDouble(step.Decay(rule.TauPlus)), keepMean = T.FromDouble(step.Decay(rule.TauMean));
        readonly T partMinus = T.FromDouble(1 - step.Decay(rule.TauMinus)), partPlus = T.FromDouble(1 - step.Decay(rule.TauPlus)), partMean = T.FromDouble(1 - step.Decay(rule.TauMean));
        readonly T rest = T.FromDouble(rule.Rest.Millivolts), theta = T.FromDouble(rule.ThetaMinus.Millivolts - rule.Rest.Millivolts), thetaPlus = T.FromDouble(rule.ThetaPlus.Millivolts - rule.Rest.Millivolts);
        readonly T peak = T.FromDouble(rule.SpikePotential.Millivolts - rule.Rest.Millivolts), width = T.FromDouble(Math.Round(rule.SpikeWidth / step));
        readonly T depression = Written.Lane<T>(-rule.Depression);
        // A step's integral of x.
        readonly T potentiation = T.FromDouble(Written.Value(rule.Potentiation) * step.Milliseconds / rule.TauX.Milliseconds);
        readonly T homeostasis = T.FromDouble(rule.ReferenceSquare > 0 ? 1 / Written.Value(rule.ReferenceSquare) : 0), constant = T.FromDouble(rule.ReferenceSquare > 0 ? 0 : 1);
        readonly T minimum = Written.Lane<T>(rule.Minimum), maximum = Written.Lane<T>(rule.Maximum);

        public Plain<T> Initial(T weight) => new() { Weight = weight };

        // Decays first and grows then, so that the end of a step sees its arrivals whole.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void TracePre(ref Trace<T> pre, in Moment<T> now) => pre.Value = Trace<T>.Cut(T.FusedMultiplyAdd(pre.Value, keepX, T.Select(now.Spiked, 1f, 0f)));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void TracePost(ref Potentials<T> post, in Moment<T> now)
        {
            T left = T.Select(now.Spiked, width, T.Max(post.Left - 1f, 0f));
            T above = T.Select(left > 0f, peak, now.Potential - rest);
            post.Drive = T.Max(above - thetaPlus, 0f) * T.Max(post.Plus - theta, 0f) * potentiation;
            post.Left = left;
            post.Minus = Small(T.FusedMultiplyAdd(post.Minus, keepMinus, above * partMinus));
            post.Plus = Small(T.FusedMultiplyAdd(post.Plus, keepPlus, above * partPlus));
            post.Mean = Small(T.FusedMultiplyAdd(post.Mean, keepMean, post.Minus * partMean));
        }

        public void Draw(ref Plain<T> synapse, T uniform)
        {
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T OnPre(ref Plain<T> synapse, in Trace<T> pre, in Potentials<T> post)
        {
            T sent = synapse.Weight;
            T factor = T.FusedMultiplyAdd(post.Mean * post.Mean, homeostasis, constant);
            synapse.Weight = T.Max(T.FusedMultiplyAdd(depression * factor, T.Max(post.Minus - theta, 0f), sent), minimum);
            return sent;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void OnPost(ref Plain<T> synapse, in Trace<T> pre, in Potentials<T> post)
        {
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void OnStep(ref Plain<T> synapse, in Trace<T> pre, in Potentials<T> post) => synapse.Weight = T.Min(T.FusedMultiplyAdd(pre.Value, post.Drive, synapse.Weight), maximum);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void OnUpdate(ref Plain<T> synapse, in Trace<T> pre, in Potentials<T> post)
        {
        }

        static T Small(T value) => T.Select(T.Abs(value) >= 1e-20f, value, 0f);
    }
}
