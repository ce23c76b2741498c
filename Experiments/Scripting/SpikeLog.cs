using Lepton.Neuro.Experiments.Plots;

namespace Lepton.Neuro.Experiments.Scripting;

/// <summary>All spikes of some populations of a session: as a raster, as rates, as a digest.</summary>
public sealed class SpikeLog : IRecorder
{
    readonly Session session;
    readonly SpikeHash hash = new();
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
    public double Irregularity(Population population)
    {
        var (_, steps, neurons) = spikes[population.Index];
        var values = steps.Zip(neurons).GroupBy(spike => spike.Second, spike => spike.First).Select(times => times.Zip(times.Skip(1), (a, b) => (double)(b - a)).ToArray())
            .Where(intervals => intervals.Length >= 2)
            .Select(intervals => Math.Sqrt(intervals.Sum(i => (i - intervals.Average()) * (i - intervals.Average())) / intervals.Length) / intervals.Average());
        return values.DefaultIfEmpty(double.NaN).Average();
    }

    /// <summary>The spikes as a raster.</summary>
    /// <param name="title">The title.</param>
    /// <param name="first">How many neurons of each population are shown at most; all where 0.</param>
    public Figure Raster(string title, int first = 0) => SpikeRaster.Of(title, [.. spikes.Values.Select(log =>
    {
        int size = first > 0 ? Math.Min(first, log.Population.Count) : log.Population.Count;
        int[] shown = [.. Enumerable.Range(0, log.Steps.Count).Where(i => log.Neurons[i] < size)];
        return new RasterPopulation(
            log.Population.Name, size, shown.Select(i => (float)((log.Steps[i] - start) * session.Network.Step.Milliseconds)).ToArray(), shown.Select(i => log.Neurons[i]).ToArray());
    })], Duration.Milliseconds);
}
