using Lepton.Neuro.Lanes;

namespace Lepton.Neuro;

/// <summary>The kernel of a rule that needs more than the events of spikes: an event of every synapse in every step, or random numbers of each synapse's own. Such a rule hands its kernel over by
/// <see cref="ILowering{T}.SteppedSynapses"/>; one that does neither pays nothing for it.</summary>
/// <remarks>
/// <para><c>OnStep</c> runs at the end of each step, after the traces took theirs: it sees what the events of the next step will see. So in the order of <see cref="SynapseRule"/> it is the fifth
/// and last: the source's traces are as late as the delay, and hold the spike that arrived in this step; the target's hold the spike that it fired, its potential and the modulator.
/// Sessions that evaluate leave it out. It costs as much as there are synapses, whoever fires.</para>
/// <para><c>Draw</c> runs right before an event that reads what it wrote (a tape tells which those are) and before no other. The number is a function of the network's seed, the projection, the synapse's
/// place in the wiring's order, the step, the presentation and the kind of event, and of nothing else: it is the same on every backend, for any number of threads and any width.</para>
/// </remarks>
/// <typeparam name="T">The lane.</typeparam>
/// <typeparam name="TSynapse">A synapse's variables: fields of type <typeparamref name="T"/>, the weight first.</typeparam>
/// <typeparam name="TPre">A source's traces: fields of type <typeparamref name="T"/>; all zero at first.</typeparam>
/// <typeparam name="TPost">A target's traces: fields of type <typeparamref name="T"/>; all zero at first.</typeparam>
public interface ISteppedSynapseKernel<T, TSynapse, TPre, TPost> : ISynapseKernel<T, TSynapse, TPre, TPost>
    where T : unmanaged, ILane<T>
    where TSynapse : unmanaged
    where TPre : unmanaged
    where TPost : unmanaged
{
    /// <summary>A random number for the event that follows: keep it in a variable of the synapse.</summary>
    /// <param name="synapse">The synapse.</param>
    /// <param name="uniform">The number, uniform in (0, 1), of 23 bits.</param>
    void Draw(ref TSynapse synapse, T uniform);

    /// <summary>A step has ended.</summary>
    /// <param name="synapse">The synapse.</param>
    /// <param name="pre">The source's traces, as late as the delay.</param>
    /// <param name="post">The target's traces.</param>
    void OnStep(ref TSynapse synapse, in TPre pre, in TPost post);
}
