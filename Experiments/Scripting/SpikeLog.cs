using Lepton.Neuro.Experiments.Analysis;
using Lepton.Neuro.Experiments.Plots;

namespace Lepton.Neuro.Experiments.Scripting;

/// <summary>All spikes of some populations of a session: as a raster, as rates, as a digest.</summary>
public sealed class SpikeLog : IRecorder
{
    readonly Session session;
    SpikeHash hash = new();
    readonly SortedDictionary<int, (Population Population, List<long> Steps, List<int> Neurons)> spikes = [];
    long start;

    SpikeLog(Session session)
    {
        this.session = session;
        start = session.Step;
    }

    /// <summary>The digest of all spikes.</summary>
    public SpikeHash Hash => hash;

    /// <summary>The time recorded.</summary>
    public Time Duration => new((session.Step - start) * session.Network.Step.Seconds);

    /// <summary>Records from now on.</summary>
    /// <param name="session">The session.</param>
    /// <param name="populations">What to record; all populations where none is named.</param>
    /// <returns>The log.</returns>
    public static SpikeLog Of(Session session, params IReadOnlyList<Population> populations)
    {
        var log = new SpikeLog(session);
        foreach (var population in populations.Count > 0 ? populations : session.Network.Source.Populations)
        {
            log.spikes.Add(population.Index, (population, [], []));
            session.Record(population, log);
        }
        return log;
    }

    /// <summary>Forgets what was recorded so far, a transient say; the digest stays that of all.</summary>
    public void Clear()
    {
        start = session.Step;
        foreach (var (_, steps, neurons) in spikes.Values)
        {
            steps.Clear();
            neurons.Clear();
        }
    }

    /// <inheritdoc/>
    public void Record(long step, Population population, ReadOnlySpan<int> spiked)
    {
        hash.Record(step, population, spiked);
        var (_, steps, neurons) = spikes[population.Index];
        foreach (int neuron in spiked)
        {
            steps.Add(step);
            neurons.Add(neuron);
        }
    }

    /// <summary>Writes what was recorded.</summary>
    /// <param name="writer">Where to.</param>
    internal void Save(BinaryWriter writer)
    {
        writer.Write(start);
        writer.Write(hash.Value);
        foreach (var (_, steps, neurons) in spikes.Values)
        {
            writer.Write(steps.Count);
            for (int i = 0; i < steps.Count; i++)
            {
                writer.Write(steps[i]);
                writer.Write(neurons[i]);
            }
        }
    }

    /// <summary>Reads what <see cref="Save"/> wrote, of the same populations.</summary>
    /// <param name="reader">Where from.</param>
    internal void Restore(BinaryReader reader)
    {
        start = reader.ReadInt64();
        hash = new(reader.ReadUInt64());
        foreach (var (_, steps, neurons) in spikes.Values)
        {
            steps.Clear();
            neurons.Clear();
            for (int count = reader.ReadInt32(); count > 0; count--)
            {
                steps.Add(reader.ReadInt64());
                neurons.Add(reader.ReadInt32());
            }
        }
    }

    /// <summary>How many spikes there were of a population.</summary>
    /// <param name="population">One that is recorded.</param>
    public int Count(Population population) => spikes[population.Index].Steps.Count;

    /// <summary>How often each neuron fired.</summary>
    /// <param name="population">One that is recorded.</param>
    /// <returns>A count a neuron.</returns>
    public int[] Counts(Population population)
    {
        var counts = new int[population.Count];
        foreach (int neuron in spikes[population.Index].Neurons) counts[neuron]++;
        return counts;
    }

    /// <summary>The times of a neuron's spikes, from the beginning of the recording.</summary>
    /// <param name="population">One that is recorded.</param>
    /// <param name="neuron">The neuron.</param>
    public IReadOnlyList<Time> Times(Population population, int neuron)
    {
        var (_, steps, neurons) = spikes[population.Index];
        return [.. Enumerable.Range(0, steps.Count).Where(i => neurons[i] == neuron).Select(i => new Time((steps[i] - start) * session.Network.Step.Seconds))];
    }

    /// <summary>The mean rate of a neuron.</summary>
    /// <param name="population">One that is recorded.</param>
    public Frequency Rate(Population population) => new(Count(population) / (population.Count * Duration.Seconds));

    /// <summary>The mean coefficient of variation of inter-spike intervals, over neurons with at least two of them: 0 for a clock, 1 for a Poisson process.</summary>
    /// <param name="population">One that is recorded.</param>
    /// <returns>The mean; NaN where no neuron fired three times.</returns>
    public double Irregularity(Population population) => SpikeStatistics.Variations(Spikes(population)).DefaultIfEmpty(double.NaN).Average();

    /// <summary>The spikes of a population, for figures and statistics.</summary>
    /// <param name="population">One that is recorded.</param>
    /// <param name="first">How many of its neurons are taken at most; all where 0.</param>
    /// <returns>The spikes, their times in ms from the beginning of the recording.</returns>
    public RasterPopulation Spikes(Population population, int first = 0)
    {
        var (_, steps, neurons) = spikes[population.Index];
        int size = first > 0 ? Math.Min(first, population.Count) : population.Count;
        int[] taken = [.. Enumerable.Range(0, steps.Count).Where(i => neurons[i] < size)];
        return new(population.Name, size, taken.Select(i => (float)((steps[i] - start) * session.Network.Step.Milliseconds)).ToArray(), taken.Select(i => neurons[i]).ToArray());
    }

    /// <summary>The spikes as a raster.</summary>
    /// <param name="title">The title.</param>
    /// <param name="first">How many neurons of each population are shown at most; all where 0.</param>
    /// <param name="rateBin">Where given, rates of these neurons are drawn below, over bins of so many milliseconds.</param>
    public Figure Raster(string title, int first = 0, double? rateBin = null) =>
        SpikeRaster.Of(title, [.. spikes.Values.Select(log => Spikes(log.Population, first))], Duration.Milliseconds, rateBin);
}
