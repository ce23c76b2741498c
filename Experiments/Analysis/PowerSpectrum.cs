using System.Numerics;
using MathNet.Numerics;
using MathNet.Numerics.IntegralTransforms;

namespace Lepton.Neuro.Experiments.Analysis;

/// <summary>How much of a signal there is at each frequency.</summary>
/// <param name="Hertz">The frequencies, from above 0 to half of the sampling frequency.</param>
/// <param name="Density">The one-sided power density at each, in the signal's unit squared a hertz.</param>
public sealed record PowerSpectrum(IReadOnlyList<double> Hertz, IReadOnlyList<double> Density)
{
    const int Fewest = 8;

    /// <summary>Estimates a spectrum by the mean over segments that overlap by half, each less its mean and seen through Hann's window.</summary>
    /// <remarks>Source: P. Welch, "The use of fast Fourier transform for the estimation of power spectra", IEEE Trans. Audio Electroacoust. 15, 70 (1967).</remarks>
    /// <param name="signal">Samples at equal distances, such as <see cref="SpikeStatistics.Rates"/>; at least 8.</param>
    /// <param name="interval">The time between two samples.</param>
    /// <param name="segments">How many segments are wanted: more are smoother, fewer tell lower frequencies apart. They get fewer where they would be shorter than 8 samples.</param>
    /// <returns>The spectrum.</returns>
    /// <exception cref="InvalidInputException">There are too few samples, one is not finite, or the interval or the segments are not above 0.</exception>
    public static PowerSpectrum Of(ReadOnlySpan<double> signal, Time interval, int segments = 8)
    {
        Require.InRange("the samples of a signal", signal.Length, (long)Fewest, int.MaxValue);
        Require.Positive("the interval between samples", interval);
        Require.InRange("the segments of a spectrum", segments, 1L, int.MaxValue);
        foreach (double sample in signal) Require.Finite("a sample of a signal", sample);
        // With an overlap of a half, n segments span (n + 1) / 2 of their lengths.
        int length = (int)Math.Max(Fewest, 2L * signal.Length / (segments + 1L));
        if (segments == 1) length = signal.Length;
        double[] window = Window.HannPeriodic(length);
        double norm = window.Sum(weight => weight * weight) / interval.Seconds;
        var density = new double[length / 2];
        int taken = 0;
        var segment = new Complex[length];
        for (int start = 0; start + length <= signal.Length; start += Math.Max(1, length / 2), taken++)
        {
            var samples = signal.Slice(start, length);
            double mean = 0;
            foreach (double sample in samples) mean += sample / length;
            for (int i = 0; i < length; i++) segment[i] = (samples[i] - mean) * window[i];
            Fourier.Forward(segment, FourierOptions.NoScaling);
            for (int k = 1; k <= density.Length; k++)
            {
                // Both signs of a frequency are one here; half of the sampling frequency has but one.
                double sides = 2 * k == length ? 1 : 2;
                density[k - 1] += sides * ((segment[k].Real * segment[k].Real) + (segment[k].Imaginary * segment[k].Imaginary)) / norm;
            }
        }
        for (int k = 0; k < density.Length; k++) density[k] /= taken;
        return new([.. Enumerable.Range(1, density.Length).Select(k => k / (length * interval.Seconds))], density);
    }
}
