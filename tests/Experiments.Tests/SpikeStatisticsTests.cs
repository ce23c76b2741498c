using FsCheck;
using FsCheck.Fluent;
using Lepton.Neuro.Experiments.Analysis;
using Lepton.Neuro.Experiments.Plots;
using Lepton.Neuro.Testing;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Experiments.Tests;

public class SpikeStatisticsTests
{
    static RasterPopulation Spikes(int size, params (float Time, int Neuron)[] spikes) =>
        new("p", size, spikes.Select(s => s.Time).ToArray(), spikes.Select(s => s.Neuron).ToArray());

    [Fact]
    public void Intervals_and_their_variation_are_those_by_hand()
    {
        var spikes = Spikes(4, (30, 2), (1, 0), (11, 0), (31, 0), (5, 2), (2, 3));
        Assert.Equal([10.0, 20.0, 25.0], SpikeStatistics.Intervals(spikes));
        // Of 10 and 20: mean 15, deviation 5. Others fired less than three times.
        Assert.Equal(1 / 3.0, Assert.Single(SpikeStatistics.Variations(spikes)), 12);
        Assert.Empty(SpikeStatistics.Intervals(Spikes(3)));
    }

    [Fact]
    public void A_clock_has_no_variation_and_a_Poisson_process_has_one()
    {
        Assert.Equal(0, Assert.Single(SpikeStatistics.Variations(Spikes(1, [.. Enumerable.Range(0, 50).Select(i => (i * 4f, 0))]))), 12);
        var random = new System.Random(1);
        double time = 0;
        var train = Enumerable.Range(0, 20_000).Select(_ => ((float)(time -= Math.Log(1 - random.NextDouble())), 0)).ToArray();
        Assert.InRange(Assert.Single(SpikeStatistics.Variations(Spikes(1, train))), 0.97, 1.03);
    }

    [Fact]
    public void Equal_trains_correlate_fully_opposite_ones_negatively_and_silent_ones_not()
    {
        var spikes = Spikes(4, (1, 0), (1, 1), (21, 0), (21, 1), (11, 2), (31, 2));
        double[] found = SpikeStatistics.Correlations(spikes, 40, 10);
        Assert.Equal([1.0, -1.0, -1.0], found.Select(value => Math.Round(value, 12)));
        Assert.Single(SpikeStatistics.Correlations(spikes, 40, 10, most: 2));
        // Over the whole time in two bins each neuron fires as often in both.
        Assert.Empty(SpikeStatistics.Correlations(spikes, 40, 20));
    }

    [Fact]
    public void Rates_hold_every_spike_whatever_their_order() =>
        Properties.Holds(
            from size in Gen.Choose(1, 9)
            from spikes in Gen.ArrayOf(Gen.Choose(0, 999).SelectMany(time => Gen.Choose(0, size - 1).Select(neuron => (time / 10f, neuron))))
            select (Size: size, Spikes: spikes),
            sample =>
            {
                double[] rates = SpikeStatistics.Rates(Spikes(sample.Size, sample.Spikes), 100, 5);
                Assert.Equal(20, rates.Length);
                Assert.Equal(sample.Spikes.Length, rates.Sum() * sample.Size * 0.005, 6);
                Assert.Equal(rates, SpikeStatistics.Rates(Spikes(sample.Size, [.. sample.Spikes.Reverse()]), 100, 5));
            });

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(51)]
    [InlineData(double.NaN)]
    public void A_bin_that_does_not_fit_is_refused(double bin) =>
        Assert.Contains("the bin in ms", Assert.Throws<InvalidInputException>(() => SpikeStatistics.Rates(Spikes(1), 100, bin)).Message, StringComparison.Ordinal);

    [Fact]
    public void The_power_of_a_spectrum_is_the_variance_of_the_signal()
    {
        var random = new System.Random(2);
        double[] noise = [.. Enumerable.Range(0, 65_536).Select(_ => 3 * (random.NextDouble() + random.NextDouble() - 1))];
        var spectrum = PowerSpectrum.Of(noise, 2.ms, 63);
        double step = spectrum.Hertz[1] - spectrum.Hertz[0], variance = noise.Select(x => x * x).Average();
        Assert.InRange(spectrum.Density.Sum() * step / variance, 0.97, 1.03);
        Assert.Equal(250, spectrum.Hertz[^1], 9);
        // White: the lower half holds as much as the upper.
        Assert.InRange(spectrum.Density.Take(spectrum.Density.Count / 2).Sum() * step / variance, 0.47, 0.53);
    }

    [Fact]
    public void A_sine_is_a_peak_at_its_frequency_and_a_constant_is_nothing()
    {
        double[] signal = [.. Enumerable.Range(0, 4000).Select(i => 7 + Math.Sin(2 * Math.PI * 40 * i * 0.001))];
        var spectrum = PowerSpectrum.Of(signal, 1.ms, 3);
        Assert.Equal(40, spectrum.Hertz[spectrum.Density.Index().MaxBy(d => d.Item).Index], 6);
        Assert.Equal(0.5, spectrum.Density.Sum() * (spectrum.Hertz[1] - spectrum.Hertz[0]), 3);
        Assert.All(PowerSpectrum.Of(Enumerable.Repeat(5.0, 100).ToArray(), 1.ms).Density, density => Assert.InRange(density, 0, 1e-20));
        Assert.Throws<InvalidInputException>(() => PowerSpectrum.Of(new double[7], 1.ms));
        Assert.Throws<InvalidInputException>(() => PowerSpectrum.Of([1, 2, 3, 4, 5, 6, 7, double.NaN], 1.ms));
        Assert.Throws<InvalidInputException>(() => PowerSpectrum.Of(new double[9], 0.ms));
    }
}
