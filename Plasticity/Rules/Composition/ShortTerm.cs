using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Plasticity;

/// <summary>Any rule together with short-term plasticity: the rule changes the weight, and what a spike carries is the weight times the efficacy that use has left.</summary>
/// <remarks>
/// <para>An arrival sends <c>s u x</c>, where s is what the rule alone would send and u, x are those of <see cref="TsodyksMarkram"/>. The rule sees nothing of u and x.</para>
/// <list type="table">
/// <listheader><term>parameter</term><description>meaning, default</description></listheader>
/// <item><term>Rule</term><description>the rule; its range must hold 0. It may itself be made of rules</description></item>
/// <item><term>Dynamics</term><description>the short-term plasticity; its bounds of the weight count for nothing here</description></item>
/// </list>
/// <para>Sources: those of <see cref="TsodyksMarkram"/> and of the rule; both together in M. Tsodyks, A. Uziel and H. Markram, J. Neurosci. 20:RC50 (2000) and E. Izhikevich, J. Gally and G. Edelman,
/// Cereb. Cortex 14:933 (2004).</para>
/// </remarks>
/// <param name="Rule">The rule that changes the weight.</param>
/// <param name="Dynamics">The short-term plasticity.</param>
public sealed record ShortTerm(SynapseRule Rule, TsodyksMarkram Dynamics) : SynapseRule, IDeclareTraits
{
    /// <inheritdoc/>
    public override (float Least, float Most) WeightRange => Rule.WeightRange;

    // The rule's weights are its own; only what is sent differs.
    RuleTraits IDeclareTraits.Traits => ((Rule as IDeclareTraits)?.Traits ?? RuleTraits.Unknown).With(rule => new ShortTerm(rule, Dynamics));

    /// <inheritdoc/>
    public override void Validate(string owner)
    {
        Rule.Validate($"{owner}: Rule");
        Dynamics.Validate($"{owner}: Dynamics");
        var (least, most) = Rule.WeightRange;
        if (!(least <= 0 && most >= 0)) throw new InvalidInputException($"{owner}: the weight range of Rule", $"{least} to {most}", "one that holds 0, for an exhausted synapse sends nearly nothing");
    }

    /// <inheritdoc/>
    public override void Lower<T>(ILowering<T> to) => Rule.Lower(new Lowering<T>(to, Dynamics));

    sealed class Lowering<T>(ILowering<T> to, TsodyksMarkram dynamics) : InnerLowering<T>(to)
        where T : unmanaged, ILane<T>
    {
        protected override void Compose<TKernel, TSynapse, TPre, TPost>(TKernel kernel, bool stepped)
        {
            var whole = new Kernel<T, TKernel, TSynapse, TPre, TPost>(kernel, dynamics, Step);
            if (stepped) To.SteppedSynapses<Kernel<T, TKernel, TSynapse, TPre, TPost>, TSynapse, Together<TPre, TsodyksMarkram.Resources<T>>, TPost>(whole);
            else To.Synapses<Kernel<T, TKernel, TSynapse, TPre, TPost>, TSynapse, Together<TPre, TsodyksMarkram.Resources<T>>, TPost>(whole);
        }
    }

    readonly struct Kernel<T, TKernel, TSynapse, TPre, TPost>(TKernel kernel, TsodyksMarkram rule, Time step) : ISteppedSynapseKernel<T, TSynapse, Together<TPre, TsodyksMarkram.Resources<T>>, TPost>
        where T : unmanaged, ILane<T>
        where TKernel : unmanaged, ISteppedSynapseKernel<T, TSynapse, TPre, TPost>
        where TSynapse : unmanaged
        where TPre : unmanaged
        where TPost : unmanaged
    {
        readonly TKernel kernel = kernel;
        readonly TsodyksMarkram.Dynamics<T> dynamics = new(rule, step);

        public TSynapse Initial(T weight) => kernel.Initial(weight);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void TracePre(ref Together<TPre, TsodyksMarkram.Resources<T>> pre, in Moment<T> now)
        {
            kernel.TracePre(ref pre.Inner, in now);
            dynamics.Next(ref pre.Added, now.Spiked);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void TracePost(ref TPost post, in Moment<T> now) => kernel.TracePost(ref post, in now);

        public void Draw(ref TSynapse synapse, T uniform) => kernel.Draw(ref synapse, uniform);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T OnPre(ref TSynapse synapse, in Together<TPre, TsodyksMarkram.Resources<T>> pre, in TPost post) =>
            kernel.OnPre(ref synapse, in pre.Inner, in post) * dynamics.Efficacy(in pre.Added);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void OnPost(ref TSynapse synapse, in Together<TPre, TsodyksMarkram.Resources<T>> pre, in TPost post) => kernel.OnPost(ref synapse, in pre.Inner, in post);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void OnStep(ref TSynapse synapse, in Together<TPre, TsodyksMarkram.Resources<T>> pre, in TPost post) => kernel.OnStep(ref synapse, in pre.Inner, in post);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void OnUpdate(ref TSynapse synapse, in Together<TPre, TsodyksMarkram.Resources<T>> pre, in TPost post) => kernel.OnUpdate(ref synapse, in pre.Inner, in post);
    }
}
