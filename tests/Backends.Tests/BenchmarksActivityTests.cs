using Lepton.Neuro.Experiments.Models;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Backends.Tests;

/// <summary>The benchmark models do what they are known for: rates, irregular and uncorrelated spikes, weights. Bounds are four standard errors, from the spread over seeds.</summary>
public class BenchmarksActivityTests
{
    // Rates at scale 0.1 of one second in each of NEST and Brian2, and their standard deviation from seed to seed (twelve seeds, one second each, measured here).
    static readonly (double Nest, double Brian, double Deviation)[] MicrocircuitTenth =
    [
        (0.47, 0.49, 0.022), (2.12, 2.13, 0.062), (4.05, 4.02, 0.046), (4.99, 5.04, 0.035), (6.36, 6.49, 0.35), (7.78, 7.79, 0.042), (0.83, 0.90, 0.039), (7.03, 6.99, 0.064),
    ];

    [Fact]
    public void Cuba_fires_irregularly_at_the_reference_rate()
    {
        const double Seconds = 5;
        double[] rates = [0, 0];
        ulong[] seeds = [1, 2, 3];
        foreach (ulong seed in seeds)
        {
            using var session = Cpu.Load(Cuba.Build(seed).Compile(Cuba.Step), new() { Threads = 1 });
            session.Advance(1.s);
            var activity = new BenchmarksStatistics(session);
            session.Advance(Seconds.s);
            foreach (var population in session.Network.Source.Populations)
            {
                rates[population.Index] += activity.Rate(population, Seconds) / seeds.Length;
                AssertAsynchronousIrregular(activity, population, Seconds, leastSpikes: 10);
            }
        }
        // The reference is 5.1 to 5.2 Hz; five seconds scatter by 0.044 Hz (excitatory) and 0.012 Hz (inhibitory).
        Assert.InRange(rates[0], 5.1 - (4 * 0.044 / Math.Sqrt(seeds.Length)), 5.2 + (4 * 0.044 / Math.Sqrt(seeds.Length)));
        Assert.InRange(rates[1], 5.1 - (4 * 0.012 / Math.Sqrt(seeds.Length)), 5.2 + (4 * 0.012 / Math.Sqrt(seeds.Length)));
    }

    [Fact]
    public void The_microcircuit_fires_irregularly_at_the_rates_of_other_simulators()
    {
        const double Seconds = 2;
        var rates = new double[8];
        ulong[] seeds = [1, 2, 3];
        foreach (ulong seed in seeds)
        {
            using var session = Cpu.Load(Microcircuit.Build(0.1, seed).Compile(Microcircuit.Step), new() { Threads = 1 });
            session.Advance(0.2.s);
            var activity = new BenchmarksStatistics(session);
            session.Advance(Seconds.s);
            foreach (var population in session.Network.Source.Populations)
            {
                rates[population.Index] += activity.Rate(population, Seconds) / seeds.Length;
                AssertAsynchronousIrregular(activity, population, Seconds, leastSpikes: 5);
            }
        }
        for (int p = 0; p < 8; p++)
        {
            var (nest, brian, deviation) = MicrocircuitTenth[p];
            // Two runs of one second there, three of two here; the references are rounded to 0.01.
            double bound = (4 * deviation * Math.Sqrt((1.0 / 2) + (1.0 / (seeds.Length * Seconds)))) + 0.005;
            Assert.True(Math.Abs(rates[p] - ((nest + brian) / 2)) <= bound, $"{Microcircuit.Names[p]}: {rates[p]:F3} Hz, not {(nest + brian) / 2:F3} +- {bound:F3}");
        }
    }

    [Fact]
    public void Balanced_stdp_keeps_its_rate_and_its_weights()
    {
        // In-degrees stay at this scale, so rates and weights do; correlations do not, for neighbours share more input.
        const double Scale = 0.4;
        using var session = Cpu.Load(BalancedStdp.Build(1, Scale).Compile(BalancedStdp.Step), new() { Threads = 1 });
        session.Advance(0.2.s);
        var activity = new BenchmarksStatistics(session);
        session.Advance(0.8.s);
        foreach (var population in session.Network.Source.Populations)
        {
            Assert.InRange(activity.Rate(population, 0.8), 16.5, 18.5);
            Assert.InRange(activity.IntervalVariation(population, 5), 0.7, 1.1);
        }
        var plastic = session.Network.Source.Projections.Single(p => p.Rule is not null);
        var weights = session.Weights(plastic);
        double mean = weights.Average(w => (double)w), deviation = Math.Sqrt(weights.Average(w => (w - mean) * (w - mean)));
        Assert.InRange(mean, BalancedStdp.ExcitatoryWeight - 1, BalancedStdp.ExcitatoryWeight + 1);
        Assert.InRange(deviation, 1.35, 1.65);
    }

    // The asynchronous irregular state: intervals nearly as irregular as a Poisson process has them (1; less for the refractory time, and for rare spikes in a short time), and pairs that
    // hardly know of each other: at a tenth of the size they share ten times more input than in the cortex.
    static void AssertAsynchronousIrregular(BenchmarksStatistics activity, Population population, double seconds, int leastSpikes)
    {
        Assert.InRange(activity.IntervalVariation(population, leastSpikes), 0.7, 1.1);
        Assert.InRange(activity.PairwiseCorrelation(population, 0.005, seconds, 200), -0.005, 0.03);
    }
}
