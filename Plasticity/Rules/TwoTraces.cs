namespace Lepton.Neuro.Plasticity;

/// <summary>Two exponential traces of a neuron's spikes, with time constants of their own.</summary>
/// <typeparam name="T">The lane.</typeparam>
public struct TwoTraces<T>
{
    /// <summary>The one that pairs are made with: 0 or more.</summary>
    public T Fast;

    /// <summary>The one that remembers longer: 0 or more.</summary>
    public T Slow;
}
