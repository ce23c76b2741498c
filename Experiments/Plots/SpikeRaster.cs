using System.Globalization;
using Lepton.Neuro.Experiments.Analysis;
using Lepton.Neuro.Experiments.Reporting;

namespace Lepton.Neuro.Experiments.Plots;

/// <summary>Spikes over time: a row a neuron, populations above each other in their colours, the first on top. Up to
/// <see cref="DensityAbove"/> spikes each is a point; above that points would be a solid block, so the figure shows how many there are in each
/// small field. The rates of the populations can be drawn below, over the same time.</summary>
public static class SpikeRaster
{
    /// <summary>From this number of spikes on the figure shows densities.</summary>
    public const int DensityAbove = 100_000;

    const int MostSvgPoints = 20_000;

    /// <summary>So few points are drawn larger: small ones would be lost in an empty figure.</summary>
    const int FewSpikes = 3_000, VeryFewSpikes = 400;

    const int DensityColumns = 800;
    const int DensityRows = 400;

    /// <summary>The smallest share of the height that a population gets.</summary>
    const double ThinnestBand = 0.09;

    /// <summary>The room between populations, as a share of the height.</summary>
    const double Gap = 0.02;

    /// <summary>The share of the height that rates get below the populations, and the room above them.</summary>
    const double RatesHeight = 0.32, RatesGap = 0.06;

    /// <summary>Draws a raster.</summary>
    /// <param name="title">The title.</param>
    /// <param name="populations">The populations, from top to bottom; at least one.</param>
    /// <param name="duration">The length of the time axis in milliseconds, or null to end at the last spike.</param>
    /// <param name="rateBin">Where given, the mean rate of each population is drawn below the spikes, over bins of so many milliseconds.</param>
    /// <returns>The figure.</returns>
    /// <exception cref="ArgumentException">There is no population, one is empty, or times and neurons do not agree.</exception>
    /// <exception cref="InvalidInputException">The bin is not above 0 or longer than half of the time.</exception>
    public static Figure Of(string title, IReadOnlyList<RasterPopulation> populations, double? duration = null, double? rateBin = null)
    {
        Check(populations);
        var spikes = populations.Sum(population => (long)population.Times.Length);
        var end = duration ?? Math.Max(1, populations.Max(LastTime));
        var bands = Bands(populations);
        var traces = new List<Trace>();
        var shapes = new List<Shape>();
        var labels = new List<string>();
        for (var i = 0; i < populations.Count; i++)
        {
            var population = populations[i];
            traces.Add(spikes > DensityAbove
                ? Density(population, i, bands[i], end)
                : Points(population, i, bands[i], spikes));
            labels.Add(string.Create(CultureInfo.InvariantCulture, $"{PlotText.Escape(population.Name)}<br>{population.Size:N0}"));
            if (i > 0)
            {
                var place = bands[i].Top - Gap / 2;
                shapes.Add(new Shape { XRef = "paper", X0 = 0, X1 = 1, Y0 = place, Y1 = place, Line = new LineStyle { Color = Colour.Rule, Width = 1 } });
            }
        }
        List<double> places = [.. bands.Select(band => band.Top + band.Height / 2)];
        // One population has room for the numbers of its neurons, and its name beside them.
        TextBlock? name = null;
        if (populations is [var only] && rateBin is null)
        {
            name = new TextBlock { Text = only.Name == "Neurons" ? "Neuron" : $"Neuron of {PlotText.Escape(only.Name)}" };
            int[] numbers = NeuronTicks(only.Size);
            places = [.. numbers.Select(number => bands[0].Top + (number + 0.5) / only.Size * bands[0].Height)];
            labels = [.. numbers.Select(number => number.ToString("N0", CultureInfo.InvariantCulture))];
        }
        var bottom = bands[^1].Top + bands[^1].Height + Gap / 2;
        if (rateBin is { } bin)
        {
            var band = new Band(bottom + RatesGap, RatesHeight);
            bottom = band.Top + band.Height + Gap / 2;
            var rates = populations.Select(population => SpikeStatistics.Rates(population, end, bin)).ToArray();
            var most = Math.Max(rates.Max(rate => rate.Max()), 1e-9);
            traces.AddRange(populations.Select((population, i) => Rate(population, i, rates[i], bin, band, most)));
            places.AddRange([band.Top + band.Height, band.Top]);
            labels.AddRange(["0 Hz", $"{Quantity.Digits(most)} Hz"]);
            var line = band.Top - RatesGap / 2;
            shapes.Add(new Shape { XRef = "paper", X0 = 0, X1 = 1, Y0 = line, Y1 = line, Line = new LineStyle { Color = Colour.Muted, Width = 1 } });
        }

        return new Figure
        {
            Title = title,
            Data = traces,
            Layout = new Layout
            {
                XAxis = new Axis { Title = new TextBlock { Text = "Time (ms)" }, Range = [0, end], ShowGrid = false, ShowLine = true, Ticks = "outside" },
                // Downwards, so that the first population is on top.
                YAxis = new Axis
                {
                    Title = name,
                    Range = [bottom, -Gap / 2],
                    TickVals = places,
                    TickText = labels,
                    ShowGrid = false,
                    AutoMargin = true,
                },
                ShowLegend = false,
                Shapes = shapes,
                HoverMode = "closest",
            },
            Height = rateBin is null ? 440 : 560,
        };
    }

    // Numbers of neurons at a round distance, from 0: six at most.
    static int[] NeuronTicks(int size)
    {
        var distance = 1L;
        while (size > 6 * distance)
            distance = distance.ToString(CultureInfo.InvariantCulture)[0] == '2' ? distance / 2 * 5 : distance * 2;
        return [.. Enumerable.Range(0, (int)((size - 1) / distance) + 1).Select(i => (int)(i * distance))];
    }

    static Trace Rate(RasterPopulation population, int index, double[] rates, double bin, Band band, double most) => new()
    {
        Type = "scatter",
        Mode = "lines",
        Name = PlotText.Escape(population.Name),
        X = PlotData.Of([.. rates.Select((_, i) => (i + 0.5) * bin)]),
        Y = PlotData.Of([.. rates.Select(rate => band.Top + band.Height * (1 - rate / most))]),
        CustomData = PlotData.Of(rates),
        Line = new LineStyle { Color = Colour.Series(index), Width = 1.25, Dash = index >= Theme.SeriesCount ? "dot" : null },
        HoverTemplate = $"{PlotText.Escape(population.Name)}: %{{customdata:.3~g}} Hz<br>%{{x:.1f}} ms<extra></extra>",
    };

    /// <summary>Shares the height out in proportion to sizes, but leaves no population too thin to be seen.</summary>
    static Band[] Bands(IReadOnlyList<RasterPopulation> populations)
    {
        var total = populations.Sum(population => (double)population.Size);
        var heights = populations.Select(population => Math.Max(population.Size / total, Math.Min(ThinnestBand, 1.0 / populations.Count))).ToArray();
        var bands = new Band[heights.Length];
        var top = 0.0;
        for (var i = 0; i < bands.Length; i++)
        {
            bands[i] = new Band(top, heights[i]);
            top += heights[i] + Gap;
        }
        return bands;
    }

    static Trace Points(RasterPopulation population, int index, Band band, long spikes)
    {
        var isMany = spikes > MostSvgPoints;
        var neurons = population.Neurons.Span;
        var rows = new float[neurons.Length];
        for (var i = 0; i < rows.Length; i++)
            rows[i] = (float)(band.Top + (neurons[i] + 0.5) / population.Size * band.Height);
        return new Trace
        {
            Type = isMany ? "scattergl" : "scatter",
            Mode = "markers",
            Name = PlotText.Escape(population.Name),
            X = PlotData.Of(population.Times.Span),
            Y = PlotData.Of(rows),
            CustomData = PlotData.Of(neurons),
            Marker = new Marker { Color = Colour.Series(index), Size = isMany ? 2 : spikes > FewSpikes ? 3 : spikes > VeryFewSpikes ? 4 : 6, Opacity = isMany ? 0.6 : 0.85, Line = new LineStyle { Width = 0 } },
            HoverTemplate = $"{PlotText.Escape(population.Name)}, neuron %{{customdata}}<br>%{{x:.1f}} ms<extra></extra>",
        };
    }

    static Trace Density(RasterPopulation population, int index, Band band, double end)
    {
        var rows = (int)Math.Clamp(Math.Round(DensityRows * band.Height), 1, population.Size);
        var counts = new float[rows * DensityColumns];
        var times = population.Times.Span;
        var neurons = population.Neurons.Span;
        for (var i = 0; i < times.Length; i++)
        {
            if (times[i] >= 0 && times[i] <= end)
            {
                var column = Math.Min(DensityColumns - 1, (int)(times[i] / end * DensityColumns));
                counts[(int)((long)neurons[i] * rows / population.Size) * DensityColumns + column]++;
            }
        }
        // The scale ends where all but one field in a hundred lie below, so that a few bright ones do not dim the rest.
        var busy = counts.Where(count => count > 0).Order().ToArray();
        var top = busy.Length == 0 ? 1 : Math.Max(1, busy[(int)((busy.Length - 1) * 0.99)]);
        var height = band.Height / rows;
        var width = end / DensityColumns;
        return new Trace
        {
            Type = "heatmap",
            Name = PlotText.Escape(population.Name),
            Z = PlotData.Matrix(counts, rows, DensityColumns),
            X0 = width / 2,
            Dx = width,
            Y0 = band.Top + height / 2,
            Dy = height,
            ZMin = 0,
            ZMax = top,
            ColorScale = Colour.Density(index),
            ShowScale = false,
            HoverTemplate = string.Create(CultureInfo.InvariantCulture,
                $"{PlotText.Escape(population.Name)}, {(double)population.Size / rows:0.#} neurons, {width:0.##} ms<br>at %{{x:.1f}} ms: %{{z}} spikes<extra></extra>"),
        };
    }

    static double LastTime(RasterPopulation population)
    {
        var last = 0f;
        foreach (var time in population.Times.Span)
            last = time > last ? time : last;
        return last;
    }

    static void Check(IReadOnlyList<RasterPopulation> populations)
    {
        if (populations.Count == 0)
            throw new ArgumentException("A raster needs a population.", nameof(populations));
        foreach (var population in populations)
        {
            if (population.Size < 1 || population.Times.Length != population.Neurons.Length)
                throw new ArgumentException($"Population {population.Name} has {population.Size} neurons, {population.Times.Length} times and {population.Neurons.Length} indices.", nameof(populations));
            foreach (var neuron in population.Neurons.Span)
            {
                if ((uint)neuron >= (uint)population.Size)
                    throw new ArgumentException($"Population {population.Name} of {population.Size} has no neuron {neuron}.", nameof(populations));
            }
        }
    }

    readonly record struct Band(double Top, double Height);
}
