using Lepton.Neuro.Lanes;

namespace Lepton.Neuro;

/// <summary>A source of spikes that turns a signal (one number a channel) into spikes, inside the step: no array of spikes is ever built.</summary>
public abstract record Encoder
{
    /// <summary>The range of signals it takes, for error messages and checks: NaN and infinities are never taken.</summary>
    public virtual (float Least, float Most) SignalRange => (0, 1);

    /// <summary>Whether its kernel uses the random number of a step.</summary>
    public virtual bool IsRandom => false;

    /// <summary>Checks the parameters.</summary>
    /// <param name="owner">How the population is called in an error's message.</param>
    /// <param name="count">The number of channels.</param>
    /// <exception cref="InvalidInputException">A parameter is out of its range.</exception>
    public abstract void Validate(string owner, int count);

    /// <summary>Hands the kernel to a backend.</summary>
    /// <typeparam name="T">The lane.</typeparam>
    /// <param name="to">The backend's receiver.</param>
    public abstract void Lower<T>(ILowering<T> to)
        where T : unmanaged, ILane<T>;
}

/// <summary>What runs of an encoder. A readonly struct whose fields are all of type <typeparamref name="T"/>; branch-free.</summary>
/// <typeparam name="T">The lane.</typeparam>
/// <typeparam name="TState">A channel's state: fields of type <typeparamref name="T"/>.</typeparam>
public interface IEncoderKernel<T, TState>
    where T : unmanaged, ILane<T>
    where TState : unmanaged
{
    /// <summary>The state at the beginning of a presentation.</summary>
    TState Initial { get; }

    /// <summary>One step.</summary>
    /// <param name="state">The channel's state.</param>
    /// <param name="signal">What is presented to the channel.</param>
    /// <param name="uniform">A random number of this channel and step, uniform in (0, 1); 0 for an encoder that is not random.</param>
    /// <param name="step">How many steps the presentation has lasted: 0 in its first step; exact up to 2^24.</param>
    /// <returns>The mask of channels that fire.</returns>
    T Step(ref TState state, T signal, T uniform, T step);
}

/// <summary>The state of an encoder that has none.</summary>
/// <typeparam name="T">The lane.</typeparam>
public struct NoState<T>
{
    /// <summary>Not used: a struct of lanes has at least one field.</summary>
    public T Unused;
}
