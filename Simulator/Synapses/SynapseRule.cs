using Lepton.Neuro.Lanes;

namespace Lepton.Neuro;

/// <summary>A rule by which the synapses of a projection change: parameters with units. Its kernel is what runs.</summary>
/// <remarks>
/// <para>Variables belong to a synapse, to its source (pre) or to its target (post); code runs at events. The order of a step t, the same on every backend:</para>
/// <list type="number">
/// <item><description>for each spike of a source at step t - d that reaches a synapse of delay d: <c>OnPre</c>, and what it returns is added to the target's input;</description></item>
/// <item><description>neurons take their step;</description></item>
/// <item><description>for each target that fired at step t: <c>OnPost</c> of all its synapses;</description></item>
/// <item><description>traces take their step (<c>TracePre</c>, <c>TracePost</c>) with the spikes of step t.</description></item>
/// </list>
/// <para>So an event sees the traces as they were before this step's spikes: two spikes that meet at a synapse in the same step do not pair.
/// A synapse of delay d sees its source's traces d steps late, for a spike takes that long to reach it. <c>OnUpdate</c> runs only when the session is told to
/// (<see cref="LearningSession.Update(Projection)"/>), between two steps, for every synapse, on the traces as they are then. Rules that must visit every synapse in every step, or that need random
/// numbers, say so by another kind of kernel: <see cref="ISteppedSynapseKernel{T, TSynapse, TPre, TPost}"/>.</para>
/// </remarks>
public abstract record SynapseRule
{
    /// <summary>The range that the rule keeps its weights in. What a synapse sends must lie within it too.</summary>
    public abstract (float Least, float Most) WeightRange { get; }

    /// <summary>Whether the rule changes nothing without a third factor, so that a projection must be given one (see <see cref="Modulator"/>).</summary>
    public virtual bool NeedsModulator => false;

    /// <summary>Checks the parameters.</summary>
    /// <param name="owner">How the projection is called in an error's message.</param>
    /// <exception cref="InvalidInputException">A parameter is out of its range.</exception>
    public abstract void Validate(string owner);

    /// <summary>Hands the kernel to a backend.</summary>
    /// <typeparam name="T">The lane.</typeparam>
    /// <param name="to">The backend's receiver.</param>
    public abstract void Lower<T>(ILowering<T> to)
        where T : unmanaged, ILane<T>;
}

/// <summary>What runs of a synapse rule. A readonly struct whose fields are all of type <typeparamref name="T"/>; branch-free.</summary>
/// <typeparam name="T">The lane.</typeparam>
/// <typeparam name="TSynapse">A synapse's variables: fields of type <typeparamref name="T"/>, the weight first.</typeparam>
/// <typeparam name="TPre">A source's traces: fields of type <typeparamref name="T"/>; all zero at first.</typeparam>
/// <typeparam name="TPost">A target's traces: fields of type <typeparamref name="T"/>; all zero at first.</typeparam>
public interface ISynapseKernel<T, TSynapse, TPre, TPost>
    where T : unmanaged, ILane<T>
    where TSynapse : unmanaged
    where TPre : unmanaged
    where TPost : unmanaged
{
    /// <summary>A synapse at the beginning.</summary>
    /// <param name="weight">Its weight.</param>
    TSynapse Initial(T weight);

    /// <summary>A step of a source's traces.</summary>
    /// <param name="pre">The traces.</param>
    /// <param name="now">What happened in this step.</param>
    void TracePre(ref TPre pre, in Moment<T> now);

    /// <summary>A step of a target's traces.</summary>
    /// <param name="post">The traces.</param>
    /// <param name="now">What happened in this step.</param>
    void TracePost(ref TPost post, in Moment<T> now);

    /// <summary>A spike of the source reaches the synapse.</summary>
    /// <param name="synapse">The synapse.</param>
    /// <param name="pre">The source's traces, as late as the delay, before the spike.</param>
    /// <param name="post">The target's traces, before this step's spikes.</param>
    /// <returns>What the target receives.</returns>
    T OnPre(ref TSynapse synapse, in TPre pre, in TPost post);

    /// <summary>The target fires.</summary>
    /// <param name="synapse">The synapse.</param>
    /// <param name="pre">The source's traces, as late as the delay, before this step's spikes.</param>
    /// <param name="post">The target's traces, before the spike.</param>
    void OnPost(ref TSynapse synapse, in TPre pre, in TPost post);

    /// <summary>The session was told to update: the end of a sample, the arrival of a reward.</summary>
    /// <param name="synapse">The synapse.</param>
    /// <param name="pre">The source's traces, as they are.</param>
    /// <param name="post">The target's traces, as they are.</param>
    void OnUpdate(ref TSynapse synapse, in TPre pre, in TPost post);
}

/// <summary>What a trace sees of a step.</summary>
/// <typeparam name="T">The lane.</typeparam>
public struct Moment<T>
{
    /// <summary>The mask of neurons that fired in this step.</summary>
    public T Spiked;

    /// <summary>The membrane potential after the step, for a target; 0 for a source and for neurons that have none.</summary>
    public T Potential;

    /// <summary>The third factor: what <see cref="LearningSession.SetModulator(Projection, float)"/> set for all neurons, or for each target; 0 before.</summary>
    public T Modulator;
}

/// <summary>A synapse that has only a weight.</summary>
/// <typeparam name="T">The lane.</typeparam>
public struct Plain<T>
{
    /// <summary>The weight.</summary>
    public T Weight;
}
