namespace Lepton.Neuro.Backends.Tests;

/// <summary>The spikes of a run, and what is said of cortical activity: rates, the irregularity of trains, and how much they go together.</summary>
sealed class BenchmarksStatistics : IRecorder
{
    readonly Dictionary<int, List<long>[]> trains = [];
    readonly double stepSeconds;
    readonly long begin;

    public BenchmarksStatistics(Session session)
    {
        stepSeconds = session.Network.Step.Seconds;
        begin = session.Step;
        foreach (var population in session.Network.Populations) trains[population.Index] = [.. Enumerable.Range(0, population.Count).Select(_ => new List<long>())];
        session.RecordAll(this);
    }

    public void Record(long step, Population population, ReadOnlySpan<int> spiked)
    {
        foreach (int neuron in spiked) trains[population.Index][neuron].Add(step);
    }

    /// <summary>The mean rate, Hz.</summary>
    public double Rate(Population population, double seconds) => trains[population.Index].Sum(t => t.Count) / (population.Count * seconds);

    /// <summary>The mean over neurons of the coefficient of variation of inter-spike intervals, of those that fired often enough to have one.</summary>
    public double IntervalVariation(Population population, int leastSpikes)
    {
        var values = new List<double>();
        foreach (var train in trains[population.Index].Where(t => t.Count >= leastSpikes))
        {
            var intervals = train.Zip(train.Skip(1), (a, b) => (b - a) * stepSeconds).ToArray();
            double mean = intervals.Average();
            values.Add(Math.Sqrt(intervals.Sum(i => (i - mean) * (i - mean)) / (intervals.Length - 1)) / mean);
        }
        Assert.True(values.Count >= 30, $"{values.Count} neurons of {population} fired {leastSpikes} times");
        return values.Average();
    }

    /// <summary>The mean over pairs of Pearson's correlation of spike counts in bins.</summary>
    public double PairwiseCorrelation(Population population, double binSeconds, double seconds, int neurons)
    {
        int bins = (int)Math.Round(seconds / binSeconds);
        var active = trains[population.Index].Where(t => t.Count > 0).Take(neurons).ToArray();
        var standardised = active.Select(train =>
        {
            var counts = new double[bins];
            foreach (long step in train) counts[Math.Min(bins - 1, (int)((step - begin) * stepSeconds / binSeconds))]++;
            double mean = counts.Average(), deviation = Math.Sqrt(counts.Sum(c => (c - mean) * (c - mean)));
            return counts.Select(c => (c - mean) / deviation).ToArray();
        }).ToArray();
        // The sum over all pairs is the square of the sum, less the squares.
        double sum = Enumerable.Range(0, bins).Sum(b => Math.Pow(standardised.Sum(s => s[b]), 2)) - active.Length;
        return sum / ((double)active.Length * (active.Length - 1));
    }
}
