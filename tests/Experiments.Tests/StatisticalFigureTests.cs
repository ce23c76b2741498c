using Lepton.Neuro.Experiments.Plots;

namespace Lepton.Neuro.Experiments.Tests;

public class StatisticalFigureTests
{
    [Fact]
    public void The_bars_of_a_histogram_are_the_shares_of_its_bins()
    {
        var figure = Histogram.Of("h", new ChartAxis("x", Minimum: 0, Maximum: 4), [("a", [0.5, 0.6, 1.5, 4, 9, double.NaN])], bins: 4);
        var bars = Assert.Single(figure.Data);
        Assert.Equal("bar", bars.Type);
        Assert.Equal([0.5, 1.5, 2.5, 3.5], bars.X!.ToNumbers());
        // One of five lies outside; one at the upper end belongs to the last bin.
        Assert.Equal([0.4, 0.2, 0, 0.2], bars.Y!.ToNumbers().Select(share => Math.Round(share, 12)));
    }

    [Fact]
    public void Several_sets_share_bins_and_a_logarithmic_axis_has_bins_of_equal_ratio()
    {
        var figure = Histogram.Of("h", new ChartAxis("x", "ms", IsLogarithmic: true), [("a", [1, 10, 0, -3]), ("b", [100])], bins: 2);
        Assert.Equal(2, figure.Data.Count);
        Assert.All(figure.Data, trace => Assert.Equal([1, 1, 10, 10, 100, 100], trace.X!.ToNumbers().Select(x => Math.Round(x, 9))));
        Assert.Equal([0, 0.5, 0.5, 0.5, 0.5, 0], figure.Data[0].Y!.ToNumbers());
        Assert.Equal([0, 0, 0, 1, 1, 0], figure.Data[1].Y!.ToNumbers());
    }

    [Fact]
    public void Equal_values_and_no_values_are_histograms_too()
    {
        Assert.Equal(1, Histogram.Of("h", new ChartAxis("x"), [("a", [2, 2, 2])]).Data[0].Y!.ToNumbers().Sum(), 9);
        Assert.Equal(0, Histogram.Of("h", new ChartAxis("x"), [("a", [])]).Data[0].Y!.ToNumbers().Sum());
    }

    [Fact]
    public void A_front_holds_those_that_none_beats()
    {
        ParetoPoint cheap = new("cheap", 1, 0.5), fair = new("fair", 2, 0.8), beaten = new("beaten", 3, 0.7), best = new("best", 4, 0.9), dear = new("dear", 5, 0.9), odd = new("odd", double.NaN, 1);
        Assert.Equal([cheap, fair, best], ParetoFront.Best([best, odd, beaten, cheap, dear, fair]));
        Assert.Equal([cheap], ParetoFront.Best([best, beaten, cheap, dear, fair], lowerY: true));
        Assert.Equal([dear], ParetoFront.Best([best, beaten, cheap, dear, fair], lowerX: false));
        Assert.Equal([cheap, cheap with { Name = "twin" }], ParetoFront.Best([cheap, cheap with { Name = "twin" }]));
        var figure = ParetoFront.Of("p", new("Energy", "nJ", IsLogarithmic: true), new("Accuracy", IsShare: true), [best, beaten, cheap, dear, fair]);
        Assert.Equal([3.0, 5.0], figure.Data[0].X!.ToNumbers().Order());
        Assert.Equal([1.0, 2, 4], figure.Data[1].X!.ToNumbers());
        Assert.Equal(["cheap", "fair", "best"], figure.Layout.Annotations!.Select(note => note.Text));
    }

    [Fact]
    public void Rates_below_a_raster_are_those_of_its_spikes()
    {
        // 2 neurons, bins of 5 ms: 2 spikes are 200 Hz, one is 100 Hz.
        var figure = SpikeRaster.Of("r", [new RasterPopulation("p", 2, new float[] { 1, 2, 6 }, new[] { 0, 1, 0 })], 10, rateBin: 5);
        Assert.Equal(2, figure.Data.Count);
        Assert.Equal([200.0, 100], figure.Data[1].CustomData!.ToNumbers().Select(rate => Math.Round(rate, 9)));
        Assert.Equal([2.5, 7.5], figure.Data[1].X!.ToNumbers());
        Assert.Equal(["p<br>2", "0 Hz", "200 Hz"], figure.Layout.YAxis!.TickText);
        double[] heights = figure.Data[1].Y!.ToNumbers(), places = [.. figure.Layout.YAxis.TickVals!];
        Assert.Equal(places[2], heights[0], 6);
        Assert.Equal((places[1] + places[2]) / 2, heights[1], 6);
        Assert.Throws<InvalidInputException>(() => SpikeRaster.Of("r", [new RasterPopulation("p", 2, new float[] { 1 }, new[] { 0 })], 10, rateBin: 6));
    }

    [Fact]
    public void Traces_keep_their_potentials_and_mark_each_spike_above_them()
    {
        var figure = MembraneTraces.Of("m", [new("a", [0, 1, 2], [-65, -60, -55], [1.5]), new("b", [0, 1], [-65, -64], [])], threshold: -50);
        Assert.Equal(3, figure.Data.Count);
        Assert.Equal([-65.0, -60, -55], figure.Data[0].Y!.ToNumbers());
        Assert.Equal([1.5], figure.Data[2].X!.ToNumbers());
        Assert.True(Assert.Single(figure.Data[2].Y!.ToNumbers()) > -50);
        Assert.Equal(-50, Assert.Single(figure.Layout.Shapes!).Y0);
        Assert.Throws<ArgumentException>(() => MembraneTraces.Of("m", []));
        Assert.Throws<ArgumentException>(() => MembraneTraces.Of("m", [new("a", [0], [], [])]));
    }

    [Fact]
    public void A_matrix_of_weights_shows_each_or_the_mean_of_neighbours()
    {
        var small = Assert.Single(WeightMatrix.Of("w", [1, -2, float.NaN, 4, 5, 6], 2, 3).Data);
        Assert.Equal([1, -2, double.NaN, 4, 5, 6], small.Z!.ToNumbers());
        Assert.Equal((-6.0, 6.0, 0.0, 1.0), (small.ZMin, small.ZMax, small.X0, small.Dx));
        Assert.Equal(0, Assert.Single(WeightMatrix.Of("w", [1, 2], 1, 2).Data).ZMin);
        var large = Assert.Single(WeightMatrix.Of("w", [.. Enumerable.Range(0, 2400).Select(i => (float)(i % 2))], 2400, 1).Data);
        Assert.Equal((1200, 1), large.Z!.Shape);
        Assert.All(large.Z.ToNumbers(), mean => Assert.Equal(0.5, mean));
        Assert.Throws<ArgumentException>(() => WeightMatrix.Of("w", new float[5], 2, 3));
    }

    [Fact]
    public void A_history_of_weights_is_a_histogram_a_moment()
    {
        var history = Assert.Single(WeightHistory.Of("w", [0, 2], [[0, 0, 1, 1], [1, 1, 1, float.NaN]], bins: 2).Data);
        // Rows are bins, columns are moments.
        Assert.Equal([0.5, 0, 0.5, 1], history.Z!.ToNumbers().Select(share => Math.Round(share, 6)));
        Assert.Equal((0.0, 2.0, 0.25, 0.5), (history.X0, history.Dx, history.Y0, history.Dy));
        Assert.Throws<ArgumentException>(() => WeightHistory.Of("w", [0], []));
        Assert.Throws<ArgumentException>(() => WeightHistory.Of("w", [0], [[1]], bins: 0));
    }
}
