using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Plasticity;

/// <summary>The rule of error-modulated learning (EMSTDP): a synapse compares how often its target fired before and after an error was injected into it.</summary>
/// <remarks>
/// <para>A sample has two phases. In phase 1 the network runs freely; in phase 2 error neurons push its neurons towards what they should have done (see <see cref="ErrorPath"/>).
/// Then <c>w &lt;- w + Rate * m * n_pre1 * (n_post2 - n_post1) / PhaseLength</c>, clipped to [Minimum, Maximum], where n are the spikes of source and target in the phases.
/// With one layer, where each error spike makes or suppresses one spike of its neuron, this is the delta rule: <c>w &lt;- w + a * error * input</c>.</para>
/// <list type="table">
/// <listheader><term>parameter</term><description>meaning, default</description></listheader>
/// <item><term>Rate</term><description>the change for a source that fires in every step and a target that fires once more, 0 or more; 0.001</description></item>
/// <item><term>PhaseLength</term><description>the steps of a phase, 1 to 65536; 32</description></item>
/// <item><term>Minimum, Maximum</term><description>hard bounds of the weight; -1 and 1</description></item>
/// </list>
/// <para>The modulator tells the phase: 0 is phase 1; a number m above 0 is phase 2, and scales the change (a schedule of rates is a schedule of m); below 0 nothing is
/// counted. The weight changes only in <see cref="LearningSession.Update(Projection)"/>; spikes change nothing and carry the weight. Traces are counts: they begin anew with
/// each presentation.</para>
/// <para>Source: A. Shrestha, H. Fang, D. Rider, Z. Mei and Q. Qiu, "In-hardware learning of multilayer spiking neural networks on a neuromorphic processor",
/// arXiv:2105.03649 (2021). There each weight's rate is normalised by the running mean square of its changes; here it is not, for a synapse would need another variable.</para>
/// </remarks>
public sealed record ErrorModulated : SynapseRule, IDeclareTraits
{
    /// <summary>The learning rate.</summary>
    public float Rate { get; init; } = 1e-3f;

    /// <summary>The steps of a phase.</summary>
    public int PhaseLength { get; init; } = 32;

    /// <summary>The least weight.</summary>
    public float Minimum { get; init; } = -1;

    /// <summary>The greatest weight.</summary>
    public float Maximum { get; init; } = 1;

    /// <inheritdoc/>
    public override (float Least, float Most) WeightRange => (Minimum, Maximum);

    RuleTraits IDeclareTraits.Traits => new() { DecaysExactly = true, Silenced = this with { Rate = 0 } };

    /// <inheritdoc/>
    public override void Validate(string owner)
    {
        Require.InRange($"{owner}: Rate", Rate, 0, float.MaxValue);
        Require.InRange($"{owner}: PhaseLength", PhaseLength, 1L, 1L << 16);
        Require.Finite($"{owner}: Minimum", Minimum);
        Require.Finite($"{owner}: Maximum", Maximum);
        if (!(Minimum < Maximum)) throw new InvalidInputException($"{owner}: Minimum", Minimum, $"below Maximum ({Maximum})");
    }

    /// <inheritdoc/>
    public override void Lower<T>(ILowering<T> to) => to.Synapses<Kernel<T>, Plain<T>, PreCounts<T>, PostCounts<T>>(new(this));

    /// <summary>What a source keeps of a presentation.</summary>
    /// <typeparam name="T">The lane.</typeparam>
    public struct PreCounts<T>
    {
        /// <summary>Spikes in phase 1.</summary>
        public T First;
    }

    /// <summary>What a target keeps of a presentation.</summary>
    /// <typeparam name="T">The lane.</typeparam>
    public struct PostCounts<T>
    {
        /// <summary>Spikes in phase 1.</summary>
        public T First;

        /// <summary>Spikes in phase 2.</summary>
        public T Second;

        /// <summary>The latest modulator above 0.</summary>
        public T Factor;
    }

    readonly struct Kernel<T>(ErrorModulated rule) : ISynapseKernel<T, Plain<T>, PreCounts<T>, PostCounts<T>>
        where T : unmanaged, ILane<T>
    {
        readonly T rate = rule.Rate / rule.PhaseLength, minimum = rule.Minimum, maximum = rule.Maximum;

        public Plain<T> Initial(T weight) => new() { Weight = weight };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void TracePre(ref PreCounts<T> pre, in Moment<T> now) => pre.First = pre.First + T.Select(now.Spiked & (now.Modulator == 0f), 1f, 0f);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void TracePost(ref PostCounts<T> post, in Moment<T> now)
        {
            T second = now.Modulator > 0f;
            post.First = post.First + T.Select(now.Spiked & (now.Modulator == 0f), 1f, 0f);
            post.Second = post.Second + T.Select(now.Spiked & second, 1f, 0f);
            post.Factor = T.Select(second, now.Modulator, post.Factor);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T OnPre(ref Plain<T> synapse, in PreCounts<T> pre, in PostCounts<T> post) => synapse.Weight;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void OnPost(ref Plain<T> synapse, in PreCounts<T> pre, in PostCounts<T> post)
        {
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void OnUpdate(ref Plain<T> synapse, in PreCounts<T> pre, in PostCounts<T> post)
        {
            T changed = T.FusedMultiplyAdd(rate * pre.First, post.Factor * (post.Second - post.First), synapse.Weight);
            synapse.Weight = T.Max(T.Min(changed, maximum), minimum);
        }
    }
}
