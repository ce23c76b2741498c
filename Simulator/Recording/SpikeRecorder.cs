using System.Globalization;

namespace Lepton.Neuro;

/// <summary>Keeps the spikes of a population, in memory or, beyond a bound, in a file.</summary>
public sealed class SpikeRecorder : IRecorder, IDisposable
{
    readonly int capacity;
    readonly StreamWriter? file;
    readonly List<(long Step, int Neuron)> kept = [];

    /// <summary>A recorder that keeps all spikes in memory.</summary>
    public SpikeRecorder() => capacity = int.MaxValue;

    /// <summary>A recorder whose memory is bounded: whenever it is full, spikes go to a file, a line <c>step,population,neuron</c> each.</summary>
    /// <param name="path">The file; an existing one is replaced.</param>
    /// <param name="capacity">How many spikes stay in memory at most.</param>
    /// <exception cref="InvalidInputException">The file cannot be written, or the capacity is below 1.</exception>
    public SpikeRecorder(string path, int capacity = 1 << 16)
    {
        this.capacity = (int)Require.InRange("the capacity of a spike recorder", capacity, 1L, int.MaxValue);
        file = Outputs.Open(path);
        file.WriteLine("step,population,neuron");
    }

    /// <summary>How many spikes there were in all.</summary>
    public long Count { get; private set; }

    /// <summary>The spikes in memory, by step, then neuron.</summary>
    public IReadOnlyList<(long Step, int Neuron)> Spikes => kept;

    /// <inheritdoc/>
    public void Record(long step, Population population, ReadOnlySpan<int> spiked)
    {
        foreach (int neuron in spiked)
        {
            if (kept.Count == capacity) kept.Clear();
            kept.Add((step, neuron));
            file?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{step},{population.Name},{neuron}"));
        }
        Count += spiked.Length;
    }

    /// <summary>The mean rate of a neuron.</summary>
    /// <param name="population">The population recorded.</param>
    /// <param name="duration">The time recorded.</param>
    public Frequency Rate(Population population, Time duration) => new(Count / (population.Count * duration.Seconds));

    /// <summary>Closes the file.</summary>
    public void Dispose() => file?.Dispose();
}
