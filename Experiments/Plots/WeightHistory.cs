namespace Lepton.Neuro.Experiments.Plots;

/// <summary>How the distribution of weights changes over time: a column is the histogram of a moment.</summary>
public static class WeightHistory
{
    /// <summary>Draws histograms side by side.</summary>
    /// <param name="title">The title.</param>
    /// <param name="times">When samples were taken, s, at equal distances; at least one.</param>
    /// <param name="samples">The weights at each of these times, as a <see cref="WeightRecorder"/> keeps them; those that are not finite are left out.</param>
    /// <param name="unit">The unit of a weight, or nothing.</param>
    /// <param name="bins">How many bins, 1 to 1000.</param>
    /// <returns>The figure. A colour is the share of a moment's weights that lie in a bin.</returns>
    /// <exception cref="ArgumentException">There are no samples, not as many as times, or the number of bins is out of range.</exception>
    public static Figure Of(string title, IReadOnlyList<double> times, IReadOnlyList<float[]> samples, string unit = "", int bins = 50)
    {
        if (times.Count == 0 || times.Count != samples.Count) throw new ArgumentException($"{samples.Count} samples do not belong to {times.Count} times.", nameof(samples));
        if (bins is < 1 or > 1000) throw new ArgumentException($"{bins} bins are not 1 to 1000.", nameof(bins));
        var finite = samples.SelectMany(sample => sample).Where(float.IsFinite).DefaultIfEmpty(0);
        double low = finite.Min(), high = finite.Max();
        if (!(high > low)) (low, high) = (low - 0.5, low + 0.5);
        var shares = new float[bins * samples.Count];
        for (int moment = 0; moment < samples.Count; moment++)
        {
            float[] weights = [.. samples[moment].Where(float.IsFinite)];
            foreach (float weight in weights)
                shares[(Math.Min(bins - 1, (int)((weight - low) / (high - low) * bins)) * samples.Count) + moment] += 1f / weights.Length;
        }
        // Many weights at a bound would leave all others dark.
        float[] busy = [.. shares.Where(share => share > 0).Order()];
        return new Figure
        {
            Title = title,
            Data =
            [
                new Trace
                {
                    Type = "heatmap",
                    Z = PlotData.Matrix(shares, bins, samples.Count),
                    X0 = times[0],
                    Dx = times.Count > 1 ? (times[^1] - times[0]) / (times.Count - 1) : 1,
                    Y0 = low + ((high - low) / bins / 2),
                    Dy = (high - low) / bins,
                    ZMin = 0,
                    ZMax = busy.Length == 0 ? 1 : busy[(int)((busy.Length - 1) * 0.98)],
                    ColorScale = Colour.Sequential,
                    ColorBar = new ColorBar { Title = new TextBlock { Text = "Share of weights", Side = "right" }, TickFormat = ".1%" },
                    HoverTemplate = "%{x:.4~g} s, weight %{y:.4~g} " + PlotText.Escape(unit) + ": %{z:.2%}<extra></extra>",
                },
            ],
            Layout = new Layout
            {
                XAxis = new Axis { Title = new TextBlock { Text = "Time (s)" }, ShowGrid = false, ShowLine = true, Ticks = "outside" },
                YAxis = new Axis { Title = new TextBlock { Text = PlotText.WithUnit("Weight", unit) }, ShowGrid = false, AutoMargin = true },
                HoverMode = "closest",
            },
            Height = 360,
        };
    }
}
