using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Plasticity;

/// <summary>Receives the kernel of a rule that another rule is made of.</summary>
/// <typeparam name="T">The lane.</typeparam>
/// <param name="to">Who receives the whole.</param>
abstract class InnerLowering<T>(ILowering<T> to) : ILowering<T>
    where T : unmanaged, ILane<T>
{
    public Time Step => to.Step;

    public bool Learning => to.Learning;

    protected ILowering<T> To => to;

    public void Synapses<TKernel, TSynapse, TPre, TPost>(TKernel kernel)
        where TKernel : unmanaged, ISynapseKernel<T, TSynapse, TPre, TPost>
        where TSynapse : unmanaged
        where TPre : unmanaged
        where TPost : unmanaged => Compose<Quiet<T, TKernel, TSynapse, TPre, TPost>, TSynapse, TPre, TPost>(new(kernel), false);

    public void SteppedSynapses<TKernel, TSynapse, TPre, TPost>(TKernel kernel)
        where TKernel : unmanaged, ISteppedSynapseKernel<T, TSynapse, TPre, TPost>
        where TSynapse : unmanaged
        where TPre : unmanaged
        where TPost : unmanaged => Compose<TKernel, TSynapse, TPre, TPost>(kernel, true);

    public void Neurons<TKernel, TState, TInput>(TKernel kernel)
        where TKernel : unmanaged, INeuronKernel<T, TState, TInput>
        where TState : unmanaged
        where TInput : unmanaged => throw new NotSupportedException("a rule is no neuron model");

    public void Encoder<TKernel, TState>(TKernel kernel)
        where TKernel : unmanaged, IEncoderKernel<T, TState>
        where TState : unmanaged => throw new NotSupportedException("a rule is no encoder");

    public void Events(IReadOnlyList<(long Step, int Neuron)> spikes) => throw new NotSupportedException("a rule is no source");

    /// <summary>Makes the whole of the inner kernel, and hands it on.</summary>
    /// <param name="kernel">The inner kernel.</param>
    /// <param name="stepped">Whether it does more than the events of spikes.</param>
    protected abstract void Compose<TKernel, TSynapse, TPre, TPost>(TKernel kernel, bool stepped)
        where TKernel : unmanaged, ISteppedSynapseKernel<T, TSynapse, TPre, TPost>
        where TSynapse : unmanaged
        where TPre : unmanaged
        where TPost : unmanaged;
}
