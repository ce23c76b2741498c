namespace Lepton.Neuro.Experiments.Digits;

/// <summary>A digest of the spikes of one presentation at a time: steps are counted from its beginning, so that it does not matter what the session showed before.</summary>
internal sealed class ImageDigest : IRecorder
{
    SpikeHash hash = new();
    long start;

    /// <summary>The digest of the spikes since <see cref="Begin"/>.</summary>
    public ulong Value => hash.Value;

    /// <summary>Begins anew.</summary>
    /// <param name="step">The session's step.</param>
    public void Begin(long step)
    {
        hash = new();
        start = step;
    }

    /// <inheritdoc/>
    public void Record(long step, Population population, ReadOnlySpan<int> spiked) => hash.Record(step - start, population, spiked);
}
