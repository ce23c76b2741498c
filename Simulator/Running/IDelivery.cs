namespace Lepton.Neuro;

/// <summary>What brings the spikes of a static projection to its targets in place of its stored weights: an array of analog cells, say. See <see cref="Reference.Evaluate(CompiledNetwork, Learned?, Func{CompiledProjection, IDelivery?})"/>.</summary>
public interface IDelivery
{
    /// <summary>Adds up what arrives in one step.</summary>
    /// <param name="sources">The neurons whose spikes arrive in this step, in ascending order; none where nothing arrives.</param>
    /// <param name="step">The step of the presentation.</param>
    /// <param name="presentation">The presentation.</param>
    /// <param name="sums">For each target the sum of its receptor so far, in the projection's <see cref="CompiledProjection.Quantum"/>; what arrives is added to it.</param>
    void Deliver(ReadOnlySpan<int> sources, long step, ulong presentation, Span<int> sums);
}
