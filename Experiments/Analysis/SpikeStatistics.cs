using Lepton.Neuro.Experiments.Plots;
using MathNet.Numerics.Statistics;

namespace Lepton.Neuro.Experiments.Analysis;

/// <summary>How a population fires: intervals, irregularity, correlation, and its rate over time.</summary>
public static class SpikeStatistics
{
    /// <summary>The intervals between successive spikes of a neuron, of all neurons.</summary>
    /// <param name="spikes">The spikes of a population, in any order.</param>
    /// <returns>Intervals in milliseconds, neuron after neuron.</returns>
    public static double[] Intervals(RasterPopulation spikes) => [.. Trains(spikes).SelectMany(Differences)];

    /// <summary>The coefficient of variation of the intervals of each neuron that fired at least three times: 0 for a clock, 1 for a Poisson process.</summary>
    /// <param name="spikes">The spikes of a population, in any order.</param>
    /// <returns>A value a neuron that fired often enough.</returns>
    public static double[] Variations(RasterPopulation spikes) =>
        [.. Trains(spikes).Select(Differences).Where(intervals => intervals.Length >= 2).Select(intervals => intervals.PopulationStandardDeviation() / intervals.Mean())];

    /// <summary>Pearson's correlation of the spike counts of pairs of neurons. Pairs with a neuron whose count never changes have none and are left out.</summary>
    /// <param name="spikes">The spikes of a population, in any order.</param>
    /// <param name="duration">The time that was looked at, ms; spikes outside of 0 to this are left out.</param>
    /// <param name="bin">The time over which spikes are counted, ms; the last bin is left out where it is not whole.</param>
    /// <param name="most">The pairs are those of so many neurons at most, the first that fired.</param>
    /// <returns>A value a pair, -1 to 1.</returns>
    /// <exception cref="InvalidInputException">The bin is not above 0 or longer than half of the time, or fewer than two neurons are asked for.</exception>
    public static double[] Correlations(RasterPopulation spikes, double duration, double bin, int most = 200)
    {
        int bins = Bins(duration, bin);
        Require.InRange("the neurons whose pairs are correlated", most, 2L, 10_000L);
        // A neuron that is silent, or fires as often in every bin, varies with nothing.
        double[][] counts = [.. Trains(spikes).Select(train => Count(train, bin, bins)).Where(count => count.Distinct().Skip(1).Any()).Take(most).Select(Standardized)];
        var found = new List<double>(counts.Length * (counts.Length - 1) / 2);
        for (int first = 0; first < counts.Length; first++)
        {
            for (int second = first + 1; second < counts.Length; second++)
            {
                double sum = 0;
                for (int i = 0; i < bins; i++) sum += counts[first][i] * counts[second][i];
                found.Add(Math.Clamp(sum, -1, 1));
            }
        }
        return [.. found];
    }

    /// <summary>The mean rate of a neuron of the population, bin after bin.</summary>
    /// <param name="spikes">The spikes of a population, in any order.</param>
    /// <param name="duration">The time that was looked at, ms; spikes outside of 0 to this are left out.</param>
    /// <param name="bin">The length of a bin, ms; the last bin is left out where it is not whole.</param>
    /// <returns>Rates in Hz.</returns>
    /// <exception cref="InvalidInputException">The bin is not above 0 or longer than half of the time.</exception>
    public static double[] Rates(RasterPopulation spikes, double duration, double bin)
    {
        var counts = Count(spikes.Times.ToArray(), bin, Bins(duration, bin));
        return [.. counts.Select(count => count / (spikes.Size * bin * 1e-3))];
    }

    static int Bins(double duration, double bin)
    {
        if (!(bin > 0 && 2 * bin <= duration)) throw new InvalidInputException("the bin in ms", bin, FormattableString.Invariant($"above 0, up to half of the time, which is {duration} ms"));
        // A time that is a multiple of the bin but for rounding is not a bin short.
        return (int)Math.Floor((duration / bin) + 1e-9);
    }

    static double[] Count(float[] times, double bin, int bins)
    {
        var counts = new double[bins];
        foreach (float time in times)
        {
            if (time >= 0 && time / bin < bins) counts[(int)(time / bin)]++;
        }
        return counts;
    }

    static double[] Standardized(double[] values)
    {
        double mean = values.Mean(), norm = Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)));
        return [.. values.Select(value => (value - mean) / norm)];
    }

    static double[] Differences(float[] train) => [.. train.Zip(train.Skip(1), (a, b) => (double)b - a)];

    // The times of each neuron that fired, in order, by its number.
    static IEnumerable<float[]> Trains(RasterPopulation spikes)
    {
        float[] times = spikes.Times.ToArray();
        int[] neurons = spikes.Neurons.ToArray();
        return Enumerable.Range(0, times.Length).GroupBy(i => neurons[i], i => times[i]).OrderBy(train => train.Key).Select(train => train.Order().ToArray());
    }
}
