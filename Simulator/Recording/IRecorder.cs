namespace Lepton.Neuro;

/// <summary>Receives the spikes of a population, step by step, in the same order on every backend.</summary>
/// <remarks>
/// A recorder of one's own:
/// <code>
/// public sealed class FirstSpike : IRecorder
/// {
///     public long? Step { get; private set; }
///     public void Record(long step, Population population, ReadOnlySpan&lt;int&gt; spiked) =&gt; Step ??= step;
/// }
/// </code>
/// </remarks>
public interface IRecorder
{
    /// <summary>Spikes of a step. Called for steps in ascending order and, in a step, for populations in the network's order; not called where nothing fired.</summary>
    /// <param name="step">The step, counted from the session's beginning.</param>
    /// <param name="population">The population.</param>
    /// <param name="spiked">The neurons that fired, ascending.</param>
    void Record(long step, Population population, ReadOnlySpan<int> spiked);
}

/// <summary>Receives numbers sampled from a session at regular steps: state variables or weights.</summary>
public interface ISampler
{
    /// <summary>How many steps lie between two samples, at least 1.</summary>
    int Interval { get; }

    /// <summary>Samples the session after a step whose number (from 1) is a multiple of <see cref="Interval"/>.</summary>
    /// <param name="session">The session.</param>
    void Sample(Session session);
}
