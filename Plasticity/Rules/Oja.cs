using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Plasticity;

/// <summary>Oja's rule on traces: Hebb's, with a forgetting that keeps the weights of a target on a sphere. A linear target finds the first principal component of its sources' rates.</summary>
/// <remarks>
/// <para>The target fires: <c>w &lt;- w + Rate (x - w y)</c>, then w is clipped to [Minimum, Maximum]. The traces x of arrivals and y of the target's spikes sum over all spikes and decay with Tau; both are
/// taken as they were before the spike, so that on average they are rates: this is <c>dw/dt = Rate Tau rho_y (rho_x - w rho_y)</c>, whose weights come to rest at rho_x / rho_y.</para>
/// <list type="table">
/// <listheader><term>parameter</term><description>meaning, default</description></listheader>
/// <item><term>Rate</term><description>the learning rate, in [0, 1]; 0.001</description></item>
/// <item><term>Tau</term><description>the time constant of both traces: the window over which rates are taken; 20 ms</description></item>
/// <item><term>Minimum, Maximum</term><description>hard bounds of the weight; 0 and 1</description></item>
/// </list>
/// <para>Conventions as for <see cref="PairStdp"/>: spikes that meet in the same step do not pair. An arrival changes nothing.</para>
/// <para>Source: E. Oja, "A simplified neuron model as a principal component analyzer", J. Math. Biol. 15:267 (1982), its rates taken from traces.</para>
/// </remarks>
public sealed record Oja : SynapseRule, IDeclareTraits
{
    /// <summary>The learning rate.</summary>
    public float Rate { get; init; } = 1e-3f;

    /// <summary>The time constant of the traces.</summary>
    public Time Tau { get; init; } = 20.ms;

    /// <summary>The least weight.</summary>
    public float Minimum { get; init; }

    /// <summary>The greatest weight.</summary>
    public float Maximum { get; init; } = 1;

    /// <inheritdoc/>
    public override (float Least, float Most) WeightRange => (Minimum, Maximum);

    RuleTraits IDeclareTraits.Traits => new() { DecaysExactly = true, ArrivalFirst = Rate > 0 ? Tau : null, Silenced = this with { Rate = 0 } };

    /// <inheritdoc/>
    public override void Validate(string owner)
    {
        Require.InRange($"{owner}: Rate", Rate, 0, 1);
        Require.Positive($"{owner}: Tau", Tau);
        Bounds.Validate(owner, Minimum, Maximum);
    }

    /// <inheritdoc/>
    public override void Lower<T>(ILowering<T> to) => to.Synapses<Kernel<T>, Plain<T>, Trace<T>, Trace<T>>(new(this, to.Step));

    readonly struct Kernel<T>(Oja rule, Time step) : ISynapseKernel<T, Plain<T>, Trace<T>, Trace<T>>
        where T : unmanaged, ILane<T>
    {
        readonly T keep = T.FromDouble(step.Decay(rule.Tau)), rate = Written.Lane<T>(rule.Rate), minimum = Written.Lane<T>(rule.Minimum), maximum = Written.Lane<T>(rule.Maximum);

        public Plain<T> Initial(T weight) => new() { Weight = weight };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void TracePre(ref Trace<T> pre, in Moment<T> now) => pre.Value = Trace<T>.Next(pre.Value, now.Spiked, keep, 1f);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void TracePost(ref Trace<T> post, in Moment<T> now) => post.Value = Trace<T>.Next(post.Value, now.Spiked, keep, 1f);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T OnPre(ref Plain<T> synapse, in Trace<T> pre, in Trace<T> post) => synapse.Weight;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void OnPost(ref Plain<T> synapse, in Trace<T> pre, in Trace<T> post)
        {
            T error = T.FusedMultiplyAdd(-synapse.Weight, post.Value, pre.Value);
            synapse.Weight = T.Max(T.Min(T.FusedMultiplyAdd(rate, error, synapse.Weight), maximum), minimum);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void OnUpdate(ref Plain<T> synapse, in Trace<T> pre, in Trace<T> post)
        {
        }
    }
}
