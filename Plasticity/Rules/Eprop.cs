using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Plasticity;

/// <summary>e-prop: gradient descent on what a recurrent network of spiking neurons is for, from what each synapse sees and one learning signal a target, without going back in time.</summary>
/// <remarks>
/// <para>For targets that are <see cref="EpropNeuron"/>s (or any model of the same equations). With z the trace of arrivals <c>z(t) = alpha z(t-1) + arrival(t)</c> and the pseudo-derivative
/// <c>psi(t) = Damping / Threshold max(0, 1 - |v(t) - Threshold - Adaptation a(t)| / Threshold)</c>, 0 while the target is refractory, a synapse keeps</para>
/// <para>its eligibility <c>e(t) = psi(t) (z(t) - Adaptation q(t))</c>, with <c>q(t+1) = rho q(t) + e(t)</c> (0 throughout without adaptation);
/// the filtered eligibility <c>f(t) = kappa f(t-1) + e(t)</c>, with <c>kappa = exp(-dt / TauReadout)</c>, 0 where TauReadout is 0;
/// and the change <c>c = -Rate sum over t of L(t) f(t)</c>, which an update adds to the weight, clipped to [Minimum, Maximum].</para>
/// <list type="table">
/// <listheader><term>parameter</term><description>meaning, default</description></listheader>
/// <item><term>Rate</term><description>the learning rate, 0 or more; 0.001</description></item>
/// <item><term>TauReadout</term><description>the time constant of the readout that the loss is taken of, 0 for none; 20 ms</description></item>
/// <item><term>Damping</term><description>the height of the pseudo-derivative, 0 or more; 0.3</description></item>
/// <item><term>TauMembrane, Threshold, Adaptation, TauAdaptation, Refractory</term><description>those of the target (see <see cref="For"/>); 20 ms, 1, 0, 200 ms, 0 ms</description></item>
/// <item><term>Minimum, Maximum</term><description>hard bounds of the weight; -1 and 1</description></item>
/// </list>
/// <para>Conventions. L(t) is the modulator that is set after step t: what the step's own spikes came to. So the session takes a step, works out the errors of the readout, tells each target its own
/// (<see cref="LearningSession.SetModulator(Projection, ReadOnlySpan{float})"/>: the sum over readouts of feedback weight times readout less wanted), and takes the next step, in which L(t) meets f(t); take one step more
/// after the last signal. <see cref="LearningSession.Update(Projection)"/> ends a sample: it applies the change and sets all that a synapse keeps to zero. Every synapse is visited in every step. The arrivals of a step count in it, with the potential that they brought about.</para>
/// <para>Where targets do not drive each other and feedback is symmetric, the change is the gradient of the loss by backpropagation through time, the reset taken as given; with recurrence it leaves out what a neuron does by way
/// of others. Left out: regularisation of rates, which the learning signal may hold.</para>
/// <para>Source: G. Bellec et al., "A solution to the learning dilemma for recurrent networks of spiking neurons", Nat. Commun. 11:3625 (2020).</para>
/// </remarks>
public sealed record Eprop : SynapseRule, IDeclareTraits
{
    /// <summary>The learning rate.</summary>
    public float Rate { get; init; } = 1e-3f;

    /// <summary>The time constant of the readout; 0 for none.</summary>
    public Time TauReadout { get; init; } = 20.ms;

    /// <summary>The height of the pseudo-derivative.</summary>
    public float Damping { get; init; } = 0.3f;

    /// <summary>The membrane time constant of the targets.</summary>
    public Time TauMembrane { get; init; } = 20.ms;

    /// <summary>The threshold of the targets.</summary>
    public float Threshold { get; init; } = 1;

    /// <summary>What a spike adds to the targets' threshold.</summary>
    public float Adaptation { get; init; }

    /// <summary>The time constant of the targets' adaptation.</summary>
    public Time TauAdaptation { get; init; } = 200.ms;

    /// <summary>How long targets do not fire after a spike.</summary>
    public Time Refractory { get; init; }

    /// <summary>The least weight.</summary>
    public float Minimum { get; init; } = -1;

    /// <summary>The greatest weight.</summary>
    public float Maximum { get; init; } = 1;

    /// <inheritdoc/>
    public override (float Least, float Most) WeightRange => (Minimum, Maximum);

    /// <inheritdoc/>
    public override bool NeedsModulator => true;

    RuleTraits IDeclareTraits.Traits => new() { Silenced = this with { Rate = 0 }, SinglePrecisionError = 1e-5, NoLimit = "learning signals are summed over steps, as the loss is" };

    /// <summary>The rule for targets of a model.</summary>
    /// <param name="model">The model.</param>
    public static Eprop For(EpropNeuron model) => new()
    {
        TauMembrane = model.TauMembrane,
        Threshold = model.Threshold,
        Adaptation = model.Adaptation,
        TauAdaptation = model.TauAdaptation,
        Refractory = model.Refractory,
    };

    /// <inheritdoc/>
    public override void Validate(string owner)
    {
        Require.InRange($"{owner}: Rate", Rate, 0, float.MaxValue);
        Require.NotNegative($"{owner}: TauReadout", TauReadout);
        Require.InRange($"{owner}: Damping", Damping, 0, float.MaxValue);
        Require.Positive($"{owner}: TauMembrane", TauMembrane);
        Require.InRange($"{owner}: Threshold", Threshold, 1e-30, float.MaxValue);
        Require.InRange($"{owner}: Adaptation", Adaptation, 0, float.MaxValue);
        Require.Positive($"{owner}: TauAdaptation", TauAdaptation);
        Require.NotNegative($"{owner}: Refractory", Refractory);
        Bounds.Validate(owner, Minimum, Maximum);
    }

    /// <inheritdoc/>
    public override void Lower<T>(ILowering<T> to) => to.SteppedSynapses<Kernel<T>, Eligible<T>, Trace<T>, Target<T>>(new(this, to.Step));

    /// <summary>A synapse.</summary>
    /// <typeparam name="T">The lane.</typeparam>
    public struct Eligible<T>
    {
        /// <summary>The weight.</summary>
        public T Weight;

        /// <summary>q: how the threshold's adaptation depends on the weight.</summary>
        public T Slow;

        /// <summary>f: the filtered eligibility.</summary>
        public T Filtered;

        /// <summary>c: the change so far.</summary>
        public T Change;
    }

    /// <summary>A target.</summary>
    /// <typeparam name="T">The lane.</typeparam>
    public struct Target<T>
    {
        /// <summary>psi: the pseudo-derivative of the step.</summary>
        public T Slope;

        /// <summary>a: the adaptation of the next step.</summary>
        public T Adaptation;

        /// <summary>The steps left of the refractory period.</summary>
        public T Wait;

        /// <summary>Minus the rate, times the learning signal.</summary>
        public T Signal;
    }

    readonly struct Kernel<T>(Eprop rule, Time step) : ISteppedSynapseKernel<T, Eligible<T>, Trace<T>, Target<T>>
        where T : unmanaged, ILane<T>
    {
        readonly T keep = T.FromDouble(step.Decay(rule.TauMembrane)), keepAdaptation = T.FromDouble(step.Decay(rule.TauAdaptation));
        readonly T keepReadout = T.FromDouble(rule.TauReadout.Seconds > 0 ? step.Decay(rule.TauReadout) : 0);
        readonly T threshold = Written.Lane<T>(rule.Threshold), adaptation = Written.Lane<T>(rule.Adaptation), wait = rule.Refractory.Steps(step);
        readonly T height = T.FromDouble(Written.Value(rule.Damping) / Written.Value(rule.Threshold)), perThreshold = T.FromDouble(-1 / Written.Value(rule.Threshold));
        readonly T rate = Written.Lane<T>(-rule.Rate), minimum = Written.Lane<T>(rule.Minimum), maximum = Written.Lane<T>(rule.Maximum);

        public Eligible<T> Initial(T weight) => new() { Weight = weight, Slow = 0f, Filtered = 0f, Change = 0f };

        // The step's arrivals count whole at its end.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void TracePre(ref Trace<T> pre, in Moment<T> now) => pre.Value = Trace<T>.Cut(T.FusedMultiplyAdd(pre.Value, keep, T.Select(now.Spiked, 1f, 0f)));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void TracePost(ref Target<T> post, in Moment<T> now)
        {
            T distance = T.Abs(now.Potential - T.FusedMultiplyAdd(adaptation, post.Adaptation, threshold));
            T slope = height * T.Max(T.FusedMultiplyAdd(distance, perThreshold, 1f), 0f);
            post.Slope = T.Select(post.Wait > 0f, 0f, slope);
            post.Adaptation = Trace<T>.Cut(T.FusedMultiplyAdd(post.Adaptation, keepAdaptation, T.Select(now.Spiked, 1f, 0f)));
            post.Wait = T.Select(now.Spiked, wait, T.Max(post.Wait - 1f, 0f));
            post.Signal = rate * now.Modulator;
        }

        public void Draw(ref Eligible<T> synapse, T uniform)
        {
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T OnPre(ref Eligible<T> synapse, in Trace<T> pre, in Target<T> post) => synapse.Weight;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void OnPost(ref Eligible<T> synapse, in Trace<T> pre, in Target<T> post)
        {
        }

        // The signal is that of the step before, and so is the eligibility that it meets.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void OnStep(ref Eligible<T> synapse, in Trace<T> pre, in Target<T> post)
        {
            synapse.Change = T.FusedMultiplyAdd(synapse.Filtered, post.Signal, synapse.Change);
            T eligibility = post.Slope * T.FusedMultiplyAdd(-adaptation, synapse.Slow, pre.Value);
            synapse.Filtered = Small(T.FusedMultiplyAdd(synapse.Filtered, keepReadout, eligibility));
            synapse.Slow = Small(T.FusedMultiplyAdd(synapse.Slow, keepAdaptation, eligibility));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void OnUpdate(ref Eligible<T> synapse, in Trace<T> pre, in Target<T> post) =>
            synapse = Initial(T.Max(T.Min(synapse.Weight + synapse.Change, maximum), minimum));

        static T Small(T value) => T.Select(T.Abs(value) >= 1e-20f, value, 0f);
    }
}
