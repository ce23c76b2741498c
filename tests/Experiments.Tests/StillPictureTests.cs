using System.Xml.Linq;
using FsCheck;
using FsCheck.Fluent;
using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Experiments.Plots;
using Lepton.Neuro.Experiments.Plots.Static;
using Lepton.Neuro.Testing;

namespace Lepton.Neuro.Experiments.Tests;

public sealed class StillPictureTests : IDisposable
{
    readonly Bench bench = new();

    public void Dispose() => bench.Dispose();

    [Theory]
    [MemberData(nameof(FigureTests.Hostiles), MemberType = typeof(FigureTests))]
    public void Hostile_texts_and_numbers_give_well_formed_pictures(Figure figure)
    {
        FigureFile.Write(figure, bench.At("a.svg"), Theme.Dark, 640);
        var svg = XDocument.Parse(bench.Read("a.svg"));
        Assert.DoesNotContain(svg.Descendants(), element => element.Name.LocalName is "script" or "a" or "foreignObject");
        Assert.DoesNotContain(svg.Descendants().Attributes(), attribute => attribute.Value.Contains("NaN", StringComparison.Ordinal) || attribute.Value.Contains("Infinity", StringComparison.Ordinal));
        FigureFile.Write(figure, bench.At("a.png"), width: 640);
        Assert.Equal(1280, Picture.Read(bench.At("a.png")).Width);
        FigureFile.Write(figure, bench.At("a.html"));
        Assert.StartsWith("<!doctype html>", bench.Read("a.html"), StringComparison.Ordinal);
        Assert.Equal(["a.html", "a.png", "a.svg"], bench.Entries());
    }

    [Fact]
    public void Every_text_and_series_of_a_figure_is_in_the_picture()
    {
        var figure = LineChart.Of("Accuracy", new ChartAxis("Images"), new ChartAxis("Energy", "nJ"), new LineSeries("first & best", [0, 10], [1, 2]), new LineSeries("second", [0, 10], [2, 1]));
        FigureFile.Write(figure, bench.At("a.svg"));
        var texts = XDocument.Parse(bench.Read("a.svg")).Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value).ToArray();
        Assert.Superset(new HashSet<string> { "Accuracy", "Images", "Energy (nJ)", "first & best", "second", "0", "10" }, texts.ToHashSet());
        foreach (var colour in Theme.Light.Series.Take(2))
            Assert.Contains(colour, bench.Read("a.svg"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_figure_is_the_same_bytes()
    {
        Figure Draw() => SpikeRaster.Of("r", [new RasterPopulation("p", 9, new float[] { 1, 2, 3 }, new[] { 0, 4, 8 })], 10);
        foreach (var ending in FigureFile.Endings)
        {
            FigureFile.Write(Draw(), bench.At("a" + ending));
            FigureFile.Write(Draw(), bench.At("b" + ending));
            Assert.Equal(File.ReadAllBytes(bench.At("a" + ending)), File.ReadAllBytes(bench.At("b" + ending)));
        }
    }

    [Theory]
    [InlineData("a.pdf")]
    [InlineData("a")]
    public void Another_ending_is_refused(string name)
    {
        var error = Assert.Throws<InvalidInputException>(() => FigureFile.Write(LineChart.Of("l", new ChartAxis("x"), new ChartAxis("y")), bench.At(name)));
        Assert.Contains(".svg, .png, .html", error.Message, StringComparison.Ordinal);
        Assert.Empty(bench.Entries());
    }

    [Fact]
    public void A_picture_that_cannot_be_written_leaves_the_earlier_one() =>
        Assert.Contains("cannot be written", Assert.Throws<InvalidInputException>(() => FigureFile.Write(LineChart.Of("l", new ChartAxis("x"), new ChartAxis("y")), bench.At("missing/a.svg"))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_PNG_holds_the_pixels_that_were_given() =>
        Properties.Holds(
            from width in Gen.Choose(1, 9)
            from height in Gen.Choose(1, 9)
            from opaque in ArbMap.Default.GeneratorFor<bool>()
            from parts in Gen.ArrayOf(Gen.Choose(0, 255), width * height * 4)
            select (Width: width, Height: height, Pixels: parts.Chunk(4).Select(c => new Rgba((byte)c[0], (byte)c[1], (byte)c[2], opaque ? (byte)255 : (byte)c[3])).ToArray()),
            sample =>
            {
                var picture = Picture.Parse(PngWriter.Write(sample.Width, sample.Height, sample.Pixels), "made");
                Assert.Equal((sample.Width, sample.Height), (picture.Width, picture.Height));
                for (var channel = 0; channel < picture.Channels; channel++)
                {
                    var which = channel;
                    Assert.Equal(sample.Pixels.Select(c => new[] { c.R, c.G, c.B, c.A }[which]), picture.Channel(channel).ToArray().Select(v => (byte)Math.Round(v * 255)));
                }
                Assert.True(picture.Channels == 4 || sample.Pixels.All(c => c.A == 255));
            });

    /// <summary>However a box lies between the pixels, the ink is its area.</summary>
    [Fact]
    public void The_ink_of_a_box_is_its_area() =>
        Properties.Holds(
            from numbers in Gen.ArrayOf(Gen.Choose(0, 1000), 4)
            select new Box(2 + numbers[0] / 100.0, 2 + numbers[1] / 100.0, numbers[2] / 100.0, numbers[3] / 100.0),
            box => Assert.InRange(Ink(new BoxMark(box, new Rgba(0, 0, 0)), 24) - box.Width * box.Height, -0.3, 0.3));

    [Fact]
    public void The_ink_of_a_line_is_its_length_times_its_width_and_its_round_ends() =>
        Properties.Holds(
            from numbers in Gen.ArrayOf(Gen.Choose(0, 1000), 5)
            select (From: new Place(8 + numbers[0] / 40.0, 8 + numbers[1] / 40.0), To: new Place(8 + numbers[2] / 40.0, 8 + numbers[3] / 40.0), Width: 2 + numbers[4] / 250.0),
            line =>
            {
                var length = Math.Sqrt(Math.Pow(line.To.X - line.From.X, 2) + Math.Pow(line.To.Y - line.From.Y, 2));
                var area = length * line.Width + Math.PI * line.Width * line.Width / 4;
                Assert.InRange(Ink(new LineMark([line.From, line.To], new Rgba(0, 0, 0), line.Width), 41) / area, 0.93, 1.07);
            });

    [Fact]
    public void The_cells_of_a_heat_map_have_the_colours_of_the_scale()
    {
        var map = TileMap.Of("", new ChartAxis("Load", IsShare: true, Minimum: 0, Maximum: 1), new[,] { { 0.0, 1 }, { 1, 0 } });
        FigureFile.Write(map, bench.At("a.svg"));
        var cells = XDocument.Parse(bench.Read("a.svg")).Descendants().Where(e => e.Name.LocalName == "rect" && e.Attribute("clip-path") is not null).ToArray();
        string[] colours = [.. cells.OrderBy(c => (double)c.Attribute("y")!).ThenBy(c => (double)c.Attribute("x")!).Select(c => c.Attribute("fill")!.Value)];
        var (low, high) = (Theme.Light.Sequential[0], Theme.Light.Sequential[^1]);
        Assert.Equal([low, high, high, low], colours);
    }

    [Fact]
    public void Ticks_are_round_numbers_inside_the_axis() =>
        Properties.Holds(
            from middle in Gen.Choose(-1000, 1000)
            from width in Gen.Choose(1, 100_000)
            from power in Gen.Choose(-12, 12)
            from most in Gen.Choose(2, 12)
            select (Low: (middle - width) * Math.Pow(10, power), High: (middle + width) * Math.Pow(10, power), Most: most),
            sample =>
            {
                var axis = new AxisScale(new Axis(), []);
                axis.Span(sample.Low, sample.High, 0);
                var ticks = axis.Ticks(sample.Most);
                Assert.InRange(ticks.Count, 1, sample.Most + 1);
                var room = 1e-6 * (sample.High - sample.Low);
                Assert.All(ticks, tick => Assert.InRange(tick.At, sample.Low - room, sample.High + room));
                Assert.Equal(ticks.Count, ticks.Select(tick => tick.Lines[0]).Distinct().Count());
            });

    [Fact]
    public void Every_letter_that_figures_use_has_strokes()
    {
        const string Used = "ABCXYZabcxyz0123456789 .,:;!?+-–−×·%()/[]µΔτ°²³⁻⁶";
        Assert.All(Used.EnumerateRunes(), rune => Assert.Contains(GlyphTable.All, glyph => glyph.Letter == rune.ToString()));
        Assert.Equal(StrokeFont.Measure("Angstrom", 12), StrokeFont.Measure("Ångström", 12));
    }

    [Fact]
    public void A_raster_is_drawn_from_a_table_or_a_folder_of_spikes()
    {
        File.WriteAllText(bench.At("spikes.csv"), "time_ms,population,neuron\n1.5,E,3\n2,I,0\n7.25,E,1\n");
        Assert.Equal(ExitCodes.Success, bench.Run("plot", "raster", "spikes.csv", "--out", "a.svg", "--out", "a.png", "--theme", "dark"));
        Assert.Equal("Spikes of spikes.csv: 3 of 5 neurons: a.svg\nSpikes of spikes.csv: 3 of 5 neurons: a.png\n", bench.Output);
        Assert.Equal(ExitCodes.Success, bench.Run("plot", "raster", "."));
        Assert.Equal(["a.png", "a.svg", "raster.svg", "spikes.csv"], bench.Entries());
        var counted = bench.At("counted.csv");
        using (var recorder = new SpikeRecorder(counted))
        {
            var population = new Network(seed: 1).Add("S", 4, new SpikeSource([]));
            recorder.Record(12, population, [0, 3]);
        }
        Assert.Equal(ExitCodes.Success, bench.Run("plot", "raster", "counted.csv", "--step", "0.5", "--out", "b.svg"));
        Assert.Contains(">6</text>", bench.Read("b.svg"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plot", "Name a plot: raster")]
    [InlineData("plot rastre x.csv", "There is no plot rastre: did you mean raster?")]
    [InlineData("plot raster missing.csv", "missing.csv cannot be read")]
    [InlineData("plot raster bad.csv", "bad.csv, line 3 is '2'; allowed: 2 values")]
    [InlineData("plot raster steps.csv", "--step is missing; allowed: the length of a step in ms, as steps.csv counts steps")]
    [InlineData("plot raster steps.csv --step -1", "--step is -1; allowed: a number of ms above 0")]
    [InlineData("plot raster steps.csv --step 1 --out a.gif", "a.gif; allowed: a name that ends in .svg, .png, .html")]
    [InlineData("plot raster steps.csv --step 1 --theme pink", "--theme is pink; allowed: light or dark")]
    [InlineData("plot raster steps.csv --step 1 --width 10", "--width is 10; allowed: a whole number from 200 to 4000")]
    public void Bad_input_is_one_line_and_code_2(string arguments, string message)
    {
        File.WriteAllText(bench.At("bad.csv"), "time,neuron\n1,2\n2\n");
        File.WriteAllText(bench.At("steps.csv"), "step,neuron\n1,2\n");
        Assert.Equal(ExitCodes.BadInput, bench.Run(arguments.Split(' ')));
        Assert.Contains(message, bench.Error, StringComparison.Ordinal);
        Assert.Single(bench.Error.TrimEnd('\n').Split('\n'));
        Assert.Equal(["bad.csv", "steps.csv"], bench.Entries());
    }

    static double Ink(Mark mark, int size)
    {
        var picture = Picture.Parse(Canvas.Write(new Scene("", size, size, new Rgba(255, 255, 255), [mark]), 1), "painted");
        var ink = 0.0;
        foreach (var value in picture.Channel(0))
            ink += 1 - value;
        return ink;
    }
}
