using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Plasticity;

/// <summary>A rule that changes nothing: what a rule made of rules is put upon where there is no other, or what a session may change by hand.</summary>
/// <remarks>
/// <list type="table">
/// <listheader><term>parameter</term><description>meaning, default</description></listheader>
/// <item><term>Minimum, Maximum</term><description>the range of the weight; 0 and 1</description></item>
/// </list>
/// </remarks>
public sealed record StaticWeight : SynapseRule, IDeclareTraits
{
    /// <summary>The least weight.</summary>
    public float Minimum { get; init; }

    /// <summary>The greatest weight.</summary>
    public float Maximum { get; init; } = 1;

    /// <inheritdoc/>
    public override (float Least, float Most) WeightRange => (Minimum, Maximum);

    RuleTraits IDeclareTraits.Traits => new() { DecaysExactly = true, Silenced = this };

    /// <inheritdoc/>
    public override void Validate(string owner) => Bounds.Validate(owner, Minimum, Maximum);

    /// <inheritdoc/>
    public override void Lower<T>(ILowering<T> to) => to.Synapses<Kernel<T>, Plain<T>, Nothing<T>, Nothing<T>>(default);

    /// <summary>A neuron has no part in this.</summary>
    /// <typeparam name="T">The lane.</typeparam>
    public struct Nothing<T>
    {
        /// <summary>Zero.</summary>
        public T Zero;
    }

    readonly struct Kernel<T> : ISynapseKernel<T, Plain<T>, Nothing<T>, Nothing<T>>
        where T : unmanaged, ILane<T>
    {
        public Plain<T> Initial(T weight) => new() { Weight = weight };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void TracePre(ref Nothing<T> pre, in Moment<T> now)
        {
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void TracePost(ref Nothing<T> post, in Moment<T> now)
        {
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T OnPre(ref Plain<T> synapse, in Nothing<T> pre, in Nothing<T> post) => synapse.Weight;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void OnPost(ref Plain<T> synapse, in Nothing<T> pre, in Nothing<T> post)
        {
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void OnUpdate(ref Plain<T> synapse, in Nothing<T> pre, in Nothing<T> post)
        {
        }
    }
}
