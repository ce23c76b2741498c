namespace Lepton.Neuro.Experiments.Codes;

/// <summary>What a population of an encoder fired.</summary>
/// <param name="Name">The population.</param>
/// <param name="Channels">How many channels it has.</param>
/// <param name="Spikes">The spikes, in the order of steps.</param>
internal sealed record CodedSpikes(string Name, int Channels, IReadOnlyList<(long Step, int Channel)> Spikes)
{
    /// <summary>How often each channel fired.</summary>
    public long[] Counts()
    {
        var counts = new long[Channels];
        foreach (var (_, channel) in Spikes) counts[channel]++;
        return counts;
    }

    /// <summary>The step in which each channel fired first; null where it did not.</summary>
    public long?[] First()
    {
        var first = new long?[Channels];
        foreach (var (step, channel) in Spikes) first[channel] ??= step;
        return first;
    }

    /// <summary>The steps in which each channel fired.</summary>
    public List<long>[] Trains()
    {
        var trains = new List<long>[Channels];
        for (int c = 0; c < trains.Length; c++) trains[c] = [];
        foreach (var (step, channel) in Spikes) trains[channel].Add(step);
        return trains;
    }
}
