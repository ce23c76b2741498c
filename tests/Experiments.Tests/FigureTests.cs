using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Lepton.Neuro.Experiments.Plots;
using Lepton.Neuro.Testing;

namespace Lepton.Neuro.Experiments.Tests;

public class FigureTests
{
    const string Hostile = "</script><!--<script>\"\\\0\n\u2028%{y} <a href='javascript:x'> &amp;";

    static readonly float[] Odd = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, -0f, float.Epsilon, 1];

    public static TheoryData<Figure> Hostiles() => new(
        SpikeRaster.Of(Hostile, [new RasterPopulation(Hostile, 6, Odd, new[] { 0, 1, 2, 3, 4, 5 })], 10),
        LineChart.Of(Hostile, new ChartAxis(Hostile, Hostile), new ChartAxis(Hostile, Hostile, IsLogarithmic: true, Minimum: 0, Maximum: double.NaN),
            new LineSeries(Hostile, [1, double.NaN], [double.PositiveInfinity, 2])),
        StackedBars.Of(Hostile, new ChartAxis(Hostile, "J"), [Hostile, "b"], new BarPart(Hostile, [double.NaN, double.NegativeInfinity])),
        StackedBars.Of(Hostile, new ChartAxis(Hostile, "J", IsLogarithmic: true), [Hostile], new BarPart(Hostile, [0])),
        ConfusionMatrix.Of(Hostile, [Hostile, "b"], new int[2, 2]),
        TileMap.Of(Hostile, new ChartAxis(Hostile, Hostile), new[,] { { double.NaN, double.PositiveInfinity } }, new[,] { { Hostile, null! } }),
        ImageGrid.OfWeights(Hostile, [new SmallImage(Hostile, Odd)], 2, 3),
        ImageGrid.OfGrey(Hostile, [new SmallImage("", new float[6]), new SmallImage(Hostile, Odd)], 3, 2),
        SpikeRaster.Of(Hostile, [new RasterPopulation(Hostile, 6, Odd, new[] { 0, 1, 2, 3, 4, 5 })], 10, rateBin: 2),
        Histogram.Of(Hostile, new ChartAxis(Hostile, Hostile), [(Hostile, [.. Odd.Select(x => (double)x)])]),
        Histogram.Of(Hostile, new ChartAxis(Hostile, Hostile, IsLogarithmic: true, Minimum: -1, Maximum: double.NaN), [(Hostile, [double.NaN, -1, 0]), (Hostile, [3])]),
        MembraneTraces.Of(Hostile, [new MembraneTrace(Hostile, [0, double.NaN], [double.NaN, double.PositiveInfinity], [double.NaN, 1])], double.NaN),
        WeightMatrix.Of(Hostile, Odd, 2, 3, Hostile),
        WeightHistory.Of(Hostile, [0, 1], [Odd, []], Hostile),
        ParetoFront.Of(Hostile, new ChartAxis(Hostile, Hostile, IsLogarithmic: true), new ChartAxis(Hostile, IsShare: true),
            [new ParetoPoint(Hostile, -1, 0), new ParetoPoint(Hostile, double.NaN, 1), new ParetoPoint("", 3, 1)]));

    [Theory]
    [MemberData(nameof(Hostiles))]
    public void Hostile_texts_and_numbers_keep_figures_well_formed(Figure figure)
    {
        var json = figure.ToJson();
        using var document = JsonDocument.Parse(json);
        Assert.DoesNotContain('<', json);
        Assert.DoesNotContain("NaN", json, StringComparison.Ordinal);
        Assert.DoesNotContain("Infinity", json, StringComparison.Ordinal);
        Assert.All(Texts(document.RootElement), text =>
        {
            // What plotly.js would read as markup or as a template of the user's.
            Assert.DoesNotContain("<a", text, StringComparison.Ordinal);
            Assert.DoesNotContain("<script", text, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void One_population_has_numbered_neurons_and_several_have_names()
    {
        RasterPopulation Of(string name, int size) => new(name, size, new float[] { 1 }, new[] { size - 1 });
        var one = SpikeRaster.Of("", [Of("retina", 784)]).Layout.YAxis!;
        Assert.Equal("Neuron of retina", one.Title!.Text);
        Assert.Equal(["0", "200", "400", "600"], one.TickText!);
        Assert.Equal([0.5 / 784, 200.5 / 784, 400.5 / 784, 600.5 / 784], one.TickVals!);
        foreach (int size in (ReadOnlySpan<int>)[1, 2, 6, 7, 19, 1000, 4097, int.MaxValue - 1])
            Assert.InRange(SpikeRaster.Of("", [Of("n", size)]).Layout.YAxis!.TickVals!.Count, 1, 6);
        var two = SpikeRaster.Of("", [Of("a", 10), Of("b", 10)]).Layout.YAxis!;
        Assert.Null(two.Title);
        Assert.Equal(["a<br>10", "b<br>10"], two.TickText!);
    }

    [Fact]
    public void Places_may_have_names_and_whole_ones_are_not_divided()
    {
        var named = LineChart.Of("", new("Population") { Names = ["E", "I<"] }, new("Rate", "Hz"), new LineSeries("a", [1, 2], [0.5, 1.25]) { IsPoints = true });
        Assert.Equal(["E", "I&lt;"], named.Layout.XAxis!.TickText!);
        Assert.Equal([1, 2], named.Layout.XAxis!.TickVals!);
        Assert.Equal("markers", named.Data[0].Mode);
        double? Step(params double[] x) => LineChart.Of("", new("x"), new("y"), new LineSeries("a", x, x)).Layout.XAxis!.DTick;
        Assert.Equal((1.0, null, null), (Step(2, 4, 8), Step(2, 2.5), Step(0, 100)));
    }

    [Fact]
    public void Logarithmic_axes_name_powers_over_many_decades_and_2_and_5_over_few()
    {
        Axis Of(bool share, params double[] x) => LineChart.Of("", new("x", IsLogarithmic: true, IsShare: share), new("y"), new LineSeries("a", x, x)).Layout.XAxis!;
        Assert.Equal([5, 10, 20, 50], Of(false, 4, 60).TickVals!);
        Assert.Equal([0.01, 0.02, 0.05], Of(true, 0.01, 0.05).TickVals!);
        Assert.Equal((null, 1.0), (Of(false, 1, 200).TickVals, Of(false, 1, 200).DTick));
        Assert.Equal((null, null), (Of(false, 3, 7).TickVals, Of(false, 3, 7).DTick));
        // Bars over many decades are in the unit of their middle.
        var bars = StackedBars.Of("", new("Energy", "J", IsLogarithmic: true), ["a", "b"], new BarPart("p", [1e-8, 1e-2]));
        Assert.Equal("Energy (µJ)", bars.Layout.XAxis!.Title!.Text);
    }

    [Fact]
    public void Weights_that_are_never_negative_have_one_colour()
    {
        static (string Scale, double? Low) Of(params float[] weights)
        {
            var trace = ImageGrid.OfWeights("", [new SmallImage("", weights)], 1, weights.Length).Data[0];
            return (trace.ColorScale!.Value.Name, trace.ZMin);
        }
        Assert.Equal(("sequential", 0), Of(0, 0.5f, 1, float.NaN, -0f));
        Assert.Equal(("diverging", -1), Of(0, -float.Epsilon, 1));
        Assert.Equal(("diverging", -2), Of(-2, 1));
    }

    [Fact]
    public void Names_are_those_of_plotly()
    {
        using var document = JsonDocument.Parse(ImageGrid.OfWeights("w", [new SmallImage("a", new float[] { -2, 1 })], 1, 2).ToJson());
        var trace = document.RootElement.GetProperty("data")[0];
        Assert.Equal("heatmap", trace.GetProperty("type").GetString());
        Assert.Equal("diverging", trace.GetProperty("colorscale").GetProperty("$theme").GetString());
        Assert.Equal((-2.0, 2.0), (trace.GetProperty("zmin").GetDouble(), trace.GetProperty("zmax").GetDouble()));
        Assert.False(trace.TryGetProperty("x", out _));
    }

    [Fact]
    public void Typed_arrays_carry_their_numbers_exactly() =>
        Properties.Holds(
            from values in ArbMap.Default.GeneratorFor<float[]>()
            from columns in Gen.Choose(1, 4)
            select (Values: values[..(values.Length / columns * columns)], Columns: columns),
            sample =>
            {
                using var document = JsonDocument.Parse(JsonSerializer.Serialize(PlotData.Matrix(sample.Values, sample.Values.Length / sample.Columns, sample.Columns)));
                Assert.Equal("f4", document.RootElement.GetProperty("dtype").GetString());
                Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"{sample.Values.Length / sample.Columns}, {sample.Columns}"), document.RootElement.GetProperty("shape").GetString());
                Assert.Equal(
                    MemoryMarshal.AsBytes(sample.Values.AsSpan()).ToArray(),
                    document.RootElement.GetProperty("bdata").GetBytesFromBase64());
            });

    [Fact]
    public void Above_the_limit_a_raster_shows_counts_and_loses_no_spike()
    {
        const int Count = SpikeRaster.DensityAbove + 1;
        var times = Enumerable.Range(0, Count).Select(i => (float)(i % 1000)).ToArray();
        var neurons = Enumerable.Range(0, Count).Select(i => (int)(i * 7919L % 613)).ToArray();
        Figure Draw(int count) => SpikeRaster.Of("r", [new RasterPopulation("p", 613, times.AsMemory(0, count), neurons.AsMemory(0, count))]);
        Assert.All(Draw(Count - 1).Data, trace => Assert.Equal("scattergl", trace.Type));
        using var document = JsonDocument.Parse(Draw(Count).ToJson());
        var trace = Assert.Single(document.RootElement.GetProperty("data").EnumerateArray());
        Assert.Equal("heatmap", trace.GetProperty("type").GetString());
        var counts = MemoryMarshal.Cast<byte, float>(trace.GetProperty("z").GetProperty("bdata").GetBytesFromBase64());
        var sum = 0.0;
        foreach (var cell in counts)
            sum += cell;
        Assert.Equal(Count, sum);
    }

    [Fact]
    public void Wrong_shapes_are_refused()
    {
        Assert.Throws<ArgumentException>(() => SpikeRaster.Of("r", []));
        Assert.Throws<ArgumentException>(() => SpikeRaster.Of("r", [new RasterPopulation("p", 2, new float[1], new[] { 2 })]));
        Assert.Throws<ArgumentException>(() => SpikeRaster.Of("r", [new RasterPopulation("p", 2, new float[2], new[] { 1 })]));
        Assert.Throws<ArgumentException>(() => ConfusionMatrix.Of("c", ["a"], new int[1, 2]));
        Assert.Throws<ArgumentException>(() => ImageGrid.OfGrey("g", [new SmallImage("", new float[5])], 2, 3));
        Assert.Throws<ArgumentException>(() => LineChart.Of("l", new ChartAxis("x"), new ChartAxis("y"), new LineSeries("s", [1], [1, 2])));
        Assert.Throws<ArgumentException>(() => StackedBars.Of("s", new ChartAxis("x"), ["a", "b"], new BarPart("p", [1])));
        Assert.Throws<ArgumentException>(() => TileMap.Of("t", new ChartAxis("x"), new double[2, 2], new string[2, 1]));
    }

    [Fact]
    public void The_rows_of_a_confusion_matrix_are_shares()
    {
        using var document = JsonDocument.Parse(ConfusionMatrix.Of("c", ["a", "b"], new[,] { { 3, 1 }, { 0, 0 } }).ToJson());
        var trace = document.RootElement.GetProperty("data")[0];
        Assert.Equal(
            new float[] { 0.75f, 0.25f, 0, 0 },
            MemoryMarshal.Cast<byte, float>(trace.GetProperty("z").GetProperty("bdata").GetBytesFromBase64()).ToArray());
        Assert.Equal("3<br>75.0 %", trace.GetProperty("text")[0][0].GetString());
    }

    [Fact]
    public void Every_colour_exists_in_both_themes()
    {
        Colour[] colours =
        [
            Colour.Ink, Colour.Muted, Colour.Rule, Colour.Surface, Colour.Sequential, Colour.Diverging, Colour.Grey,
            .. Enumerable.Range(0, 20).SelectMany(i => new[] { Colour.Series(i), Colour.Density(i) }),
        ];
        Assert.All(colours, colour =>
        {
            Assert.True(Theme.Light.ToJson().ContainsKey(colour.Name));
            Assert.True(Theme.Dark.ToJson().ContainsKey(colour.Name));
        });
    }

    [Fact]
    public void The_embedded_library_is_the_one_that_the_public_address_serves()
    {
        // A build without npm embeds nothing; its pages use the public address.
        if (PlotlyLibrary.Compressed is not { } compressed)
        {
            Assert.EndsWith($"@{PlotlyLibrary.Version}/plotly.min.js", PlotlyLibrary.PublicAddress, StringComparison.Ordinal);
            return;
        }
        using var packed = new System.IO.Compression.GZipStream(new MemoryStream(compressed.ToArray()), System.IO.Compression.CompressionMode.Decompress);
        Assert.Equal(PlotlyLibrary.Integrity, "sha384-" + Convert.ToBase64String(SHA384.HashData(packed)));
    }

    static IEnumerable<string> Texts(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => [element.GetString()!],
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Texts),
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => Texts(property.Value)),
        _ => [],
    };
}
