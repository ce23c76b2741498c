using System.Globalization;

namespace Lepton.Neuro;

/// <summary>A 64-bit digest of all spikes recorded: of step, population and neuron of each. Two runs with the same digest had the same spikes.</summary>
public sealed class SpikeHash : IRecorder
{
    ulong hash = 0x9E3779B97F4A7C15;

    /// <summary>A digest of nothing yet.</summary>
    public SpikeHash()
    {
    }

    /// <summary>Goes on with a digest that was kept: with that of the spikes so far it comes to that of all.</summary>
    /// <param name="value">The <see cref="Value"/> of the digest to go on with.</param>
    public SpikeHash(ulong value) => hash = value;

    /// <summary>The digest.</summary>
    public ulong Value => hash;

    /// <inheritdoc/>
    public void Record(long step, Population population, ReadOnlySpan<int> spiked)
    {
        Add((ulong)step);
        Add((ulong)population.Index);
        // Without the number of spikes, those of two populations could read like those of one.
        Add((ulong)spiked.Length);
        foreach (int neuron in spiked) Add((ulong)neuron);
    }

    /// <summary>Adds another number: the digest of another session, a weight's bits.</summary>
    /// <param name="word">The number.</param>
    public void Add(ulong word)
    {
        // A round of MurmurHash's finaliser a word: invertible, so no word can be lost.
        hash ^= word;
        hash *= 0xFF51AFD7ED558CCD;
        hash ^= hash >> 32;
        hash *= 0xC4CEB9FE1A85EC53;
        hash ^= hash >> 29;
    }

    /// <summary>The digest in hexadecimal.</summary>
    public override string ToString() => hash.ToString("x16", CultureInfo.InvariantCulture);
}
