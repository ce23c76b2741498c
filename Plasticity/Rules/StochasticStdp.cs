using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Plasticity;

/// <summary>Spike-timing-dependent plasticity by chance, for synapses of few states: a pair moves the weight by a whole level, or not at all.</summary>
/// <remarks>
/// <para>A spike arrives: with probability <c>Depression y</c> the weight falls by a level; the target fires: with probability <c>Potentiation x</c> it rises by one. The Levels weights are spread
/// evenly from Minimum to Maximum; with two of them a synapse is on or off. The traces x of arrivals and y of the target's spikes are those of the nearest spike and decay with TauPre and TauPost. On average a weight
/// inside its range drifts as by the additive pair rule with amplitudes of a level times the probability.</para>
/// <list type="table">
/// <listheader><term>parameter</term><description>meaning, default</description></listheader>
/// <item><term>Potentiation, Depression</term><description>the probabilities of a pair without a gap, in [0, 1]; 0.05 and 0.0525</description></item>
/// <item><term>TauPre, TauPost</term><description>the time constants of x and y; 20 ms each</description></item>
/// <item><term>Levels</term><description>how many weights there are, 2 to 65536; 2</description></item>
/// <item><term>Minimum, Maximum</term><description>the least and the greatest weight; 0 and 1</description></item>
/// </list>
/// <para>Conventions as for <see cref="PairStdp"/>: spikes that meet in the same step do not pair, and a spike carries the weight as it was before its arrival changed it. Initial weights are moved to the
/// nearest level. The random numbers are each synapse's own and depend on the step (see <see cref="ISteppedSynapseKernel{T, TSynapse, TPre, TPost}"/>).</para>
/// <para>Sources: W. Senn and S. Fusi, "Convergence of stochastic learning in perceptrons with binary synapses", Phys. Rev. E 71:061907 (2005); M. Suri et al., "Bio-inspired stochastic computing using binary CBRAM synapses",
/// IEEE Trans. Electron Devices 60:2402 (2013).</para>
/// </remarks>
public sealed record StochasticStdp : SynapseRule, IDeclareTraits
{
    /// <summary>The probability that a pair without a gap strengthens.</summary>
    public float Potentiation { get; init; } = 0.05f;

    /// <summary>The probability that a pair without a gap weakens.</summary>
    public float Depression { get; init; } = 0.0525f;

    /// <summary>The time constant of the trace of arrivals.</summary>
    public Time TauPre { get; init; } = 20.ms;

    /// <summary>The time constant of the trace of the target's spikes.</summary>
    public Time TauPost { get; init; } = 20.ms;

    /// <summary>How many weights there are.</summary>
    public int Levels { get; init; } = 2;

    /// <summary>The least weight.</summary>
    public float Minimum { get; init; }

    /// <summary>The greatest weight.</summary>
    public float Maximum { get; init; } = 1;

    /// <inheritdoc/>
    public override (float Least, float Most) WeightRange => (Minimum, Maximum);

    RuleTraits IDeclareTraits.Traits => new()
    {
        IsStochastic = true,
        NoLimit = "whether a weight moves is a matter of chance, and other steps have other chances",
    };

    /// <inheritdoc/>
    public override void Validate(string owner)
    {
        Require.InRange($"{owner}: Potentiation", Potentiation, 0, 1);
        Require.InRange($"{owner}: Depression", Depression, 0, 1);
        Require.Positive($"{owner}: TauPre", TauPre);
        Require.Positive($"{owner}: TauPost", TauPost);
        Require.InRange($"{owner}: Levels", Levels, 2L, 1L << 16);
        Bounds.Validate(owner, Minimum, Maximum);
    }

    /// <inheritdoc/>
    public override void Lower<T>(ILowering<T> to) => to.SteppedSynapses<Kernel<T>, Chosen<T>, Trace<T>, Trace<T>>(new(this, to.Step));

    /// <summary>A synapse with a random number for its next event.</summary>
    /// <typeparam name="T">The lane.</typeparam>
    public struct Chosen<T>
    {
        /// <summary>The weight.</summary>
        public T Weight;

        /// <summary>The random number.</summary>
        public T Chance;
    }

    readonly struct Kernel<T>(StochasticStdp rule, Time step) : ISteppedSynapseKernel<T, Chosen<T>, Trace<T>, Trace<T>>
        where T : unmanaged, ILane<T>
    {
        readonly T keepPre = T.FromDouble(step.Decay(rule.TauPre)), keepPost = T.FromDouble(step.Decay(rule.TauPost));
        readonly T potentiation = Written.Lane<T>(rule.Potentiation), depression = Written.Lane<T>(rule.Depression);
        readonly T minimum = Written.Lane<T>(rule.Minimum), maximum = Written.Lane<T>(rule.Maximum);
        readonly T level = T.FromDouble(Level(rule)), perLevel = T.FromDouble(1 / Level(rule));

        public Chosen<T> Initial(T weight) => new() { Weight = Moved(weight, 0f), Chance = 0f };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void TracePre(ref Trace<T> pre, in Moment<T> now) => pre.Value = Trace<T>.Next(pre.Value, now.Spiked, keepPre, 0f);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void TracePost(ref Trace<T> post, in Moment<T> now) => post.Value = Trace<T>.Next(post.Value, now.Spiked, keepPost, 0f);

        public void Draw(ref Chosen<T> synapse, T uniform) => synapse.Chance = uniform;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T OnPre(ref Chosen<T> synapse, in Trace<T> pre, in Trace<T> post)
        {
            T sent = synapse.Weight;
            synapse.Weight = Moved(sent, T.Select(synapse.Chance < depression * post.Value, -1f, 0f));
            return sent;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void OnPost(ref Chosen<T> synapse, in Trace<T> pre, in Trace<T> post) =>
            synapse.Weight = Moved(synapse.Weight, T.Select(synapse.Chance < potentiation * pre.Value, 1f, 0f));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void OnStep(ref Chosen<T> synapse, in Trace<T> pre, in Trace<T> post)
        {
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void OnUpdate(ref Chosen<T> synapse, in Trace<T> pre, in Trace<T> post)
        {
        }

        // Counted in levels from the minimum, so that no error adds up.
        T Moved(T weight, T levels) => T.Max(T.Min(T.FusedMultiplyAdd(T.Round((weight - minimum) * perLevel) + levels, level, minimum), maximum), minimum);

        static double Level(StochasticStdp rule) => (Written.Value(rule.Maximum) - Written.Value(rule.Minimum)) / (rule.Levels - 1);
    }
}
