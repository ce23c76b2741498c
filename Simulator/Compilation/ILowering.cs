using Lepton.Neuro.Lanes;

namespace Lepton.Neuro;

/// <summary>Where a backend receives a kernel with every type known at compile time: no reflection, no registry, no enumeration of kinds.
/// A model, rule or encoder calls exactly one of the methods from its <c>Lower</c>.</summary>
/// <typeparam name="T">The lane that the backend wants to run on.</typeparam>
public interface ILowering<T>
    where T : unmanaged, ILane<T>
{
    /// <summary>The length of a step.</summary>
    Time Step { get; }

    /// <summary>Whether learning is on. When it is off, a kernel must not change what counts as learned (a homeostatic threshold, say).</summary>
    bool Learning { get; }

    /// <summary>Receives a neuron kernel.</summary>
    /// <typeparam name="TKernel">The kernel.</typeparam>
    /// <typeparam name="TState">A neuron's state: a struct whose fields are all of type <typeparamref name="T"/>, the membrane potential first.</typeparam>
    /// <typeparam name="TInput">A step's input: a struct with one field of type <typeparamref name="T"/> a receptor.</typeparam>
    /// <param name="kernel">The kernel.</param>
    void Neurons<TKernel, TState, TInput>(TKernel kernel)
        where TKernel : unmanaged, INeuronKernel<T, TState, TInput>
        where TState : unmanaged
        where TInput : unmanaged;

    /// <summary>Receives a synapse kernel.</summary>
    /// <typeparam name="TKernel">The kernel.</typeparam>
    /// <typeparam name="TSynapse">A synapse's state: a struct whose fields are all of type <typeparamref name="T"/>, the weight first.</typeparam>
    /// <typeparam name="TPre">A source neuron's traces: a struct whose fields are all of type <typeparamref name="T"/>.</typeparam>
    /// <typeparam name="TPost">A target neuron's traces: a struct whose fields are all of type <typeparamref name="T"/>.</typeparam>
    /// <param name="kernel">The kernel.</param>
    void Synapses<TKernel, TSynapse, TPre, TPost>(TKernel kernel)
        where TKernel : unmanaged, ISynapseKernel<T, TSynapse, TPre, TPost>
        where TSynapse : unmanaged
        where TPre : unmanaged
        where TPost : unmanaged;

    /// <summary>Receives the kernel of a rule that must visit every synapse in every step, or that draws random numbers.</summary>
    /// <typeparam name="TKernel">The kernel.</typeparam>
    /// <typeparam name="TSynapse">A synapse's state: a struct whose fields are all of type <typeparamref name="T"/>, the weight first.</typeparam>
    /// <typeparam name="TPre">A source neuron's traces: a struct whose fields are all of type <typeparamref name="T"/>.</typeparam>
    /// <typeparam name="TPost">A target neuron's traces: a struct whose fields are all of type <typeparamref name="T"/>.</typeparam>
    /// <param name="kernel">The kernel.</param>
    void SteppedSynapses<TKernel, TSynapse, TPre, TPost>(TKernel kernel)
        where TKernel : unmanaged, ISteppedSynapseKernel<T, TSynapse, TPre, TPost>
        where TSynapse : unmanaged
        where TPre : unmanaged
        where TPost : unmanaged;

    /// <summary>Receives an encoder kernel.</summary>
    /// <typeparam name="TKernel">The kernel.</typeparam>
    /// <typeparam name="TState">A channel's state: a struct whose fields are all of type <typeparamref name="T"/>.</typeparam>
    /// <param name="kernel">The kernel.</param>
    void Encoder<TKernel, TState>(TKernel kernel)
        where TKernel : unmanaged, IEncoderKernel<T, TState>
        where TState : unmanaged;

    /// <summary>Receives spikes that are known beforehand.</summary>
    /// <param name="spikes">Pairs of a step, counted from the beginning of a presentation, and a neuron; ordered by step, then neuron, without repetition.</param>
    void Events(IReadOnlyList<(long Step, int Neuron)> spikes);
}
