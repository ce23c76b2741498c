using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Plasticity;

/// <summary>A kernel of events alone, seen as one that could do more: it draws nothing and does nothing at the end of a step.</summary>
/// <typeparam name="T">The lane.</typeparam>
/// <typeparam name="TKernel">The kernel.</typeparam>
/// <typeparam name="TSynapse">A synapse's variables.</typeparam>
/// <typeparam name="TPre">A source's traces.</typeparam>
/// <typeparam name="TPost">A target's traces.</typeparam>
/// <param name="kernel">The kernel.</param>
public readonly struct Quiet<T, TKernel, TSynapse, TPre, TPost>(TKernel kernel) : ISteppedSynapseKernel<T, TSynapse, TPre, TPost>
    where T : unmanaged, ILane<T>
    where TKernel : unmanaged, ISynapseKernel<T, TSynapse, TPre, TPost>
    where TSynapse : unmanaged
    where TPre : unmanaged
    where TPost : unmanaged
{
    readonly TKernel kernel = kernel;

    /// <inheritdoc/>
    public TSynapse Initial(T weight) => kernel.Initial(weight);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void TracePre(ref TPre pre, in Moment<T> now) => kernel.TracePre(ref pre, in now);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void TracePost(ref TPost post, in Moment<T> now) => kernel.TracePost(ref post, in now);

    /// <inheritdoc/>
    public void Draw(ref TSynapse synapse, T uniform)
    {
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T OnPre(ref TSynapse synapse, in TPre pre, in TPost post) => kernel.OnPre(ref synapse, in pre, in post);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void OnPost(ref TSynapse synapse, in TPre pre, in TPost post) => kernel.OnPost(ref synapse, in pre, in post);

    /// <inheritdoc/>
    public void OnStep(ref TSynapse synapse, in TPre pre, in TPost post)
    {
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void OnUpdate(ref TSynapse synapse, in TPre pre, in TPost post) => kernel.OnUpdate(ref synapse, in pre, in post);
}
