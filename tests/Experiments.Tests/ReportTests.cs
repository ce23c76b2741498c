using System.Text.Json;
using System.Text.RegularExpressions;
using Lepton.Neuro.Experiments.Plots;
using Lepton.Neuro.Experiments.Reporting;

namespace Lepton.Neuro.Experiments.Tests;

public partial class ReportTests
{
    const string Hostile = "<img src=x onerror=alert(1)>\"'&</title></script>";

    [Fact]
    public void A_page_with_the_library_inside_names_no_other_address()
    {
        if (PlotlyLibrary.Compressed is null)
            return; // Built without npm: such pages do name the public address, which the next test checks.
        var html = Render(Everything());
        Assert.DoesNotMatch(Address(), html);
        Assert.Contains("default-src 'none'", html, StringComparison.Ordinal);
        Assert.Contains(Convert.ToBase64String(PlotlyLibrary.Compressed.Value.Span), html, StringComparison.Ordinal);
    }

    [Fact]
    public void A_page_without_the_library_names_only_its_public_address()
    {
        var html = Render(Everything(), embedsLibrary: false);
        Assert.Contains($"<script src=\"{PlotlyLibrary.PublicAddress}\" integrity=\"{PlotlyLibrary.Integrity}\" crossorigin=\"anonymous\">", html, StringComparison.Ordinal);
        Assert.DoesNotMatch(Address(), html.Replace(PlotlyLibrary.PublicAddress, "", StringComparison.Ordinal).Replace("https://cdn.jsdelivr.net\"", "\"", StringComparison.Ordinal));
        Assert.Contains("script-src 'unsafe-inline' 'unsafe-eval' https://cdn.jsdelivr.net", html, StringComparison.Ordinal);
    }

    [Fact]
    public void A_page_without_figures_needs_no_library() =>
        Assert.True(Render(new ReportPage { Title = "t" }.AddSection("s", "h", new ReportText("x"))).Length < 20_000);

    [Fact]
    public void Texts_are_escaped_wherever_they_stand()
    {
        var html = Render(Everything());
        Assert.DoesNotContain("<img", html, StringComparison.Ordinal);
        Assert.DoesNotContain("onerror=alert(1)>", html, StringComparison.Ordinal);
        Assert.Equal(Regex.Count(html, "<script"), Regex.Count(html, "</script>"));
        Assert.Single(Regex.Matches(html, "</title>"));
    }

    [Fact]
    public void Every_figure_has_a_place_and_its_data()
    {
        var html = Render(Everything());
        var data = FigureData().Matches(html);
        Assert.Equal(2, data.Count);
        Assert.All(data, match =>
        {
            Assert.Contains($"id=\"figure-{match.Groups["id"].Value}\"", html, StringComparison.Ordinal);
            using var document = JsonDocument.Parse(match.Groups["json"].Value);
            Assert.True(document.RootElement.GetProperty("data").GetArrayLength() > 0);
        });
    }

    [Fact]
    public void The_page_of_a_run_tells_how_to_reproduce_it_and_every_setting()
    {
        using var bench = new Bench();
        Assert.Equal(ExitCodes.Success, bench.Run("run", "tiny", "--seed", "9", "--threads", "2", "--set", "note=it's", "--quiet"));
        var html = bench.Read("out/tiny-9/report.html");
        Assert.Contains(System.Net.WebUtility.HtmlEncode("lepton run tiny --seed 9 --threads 2 --epochs 2 --set 'note=it'\\''s'"), html, StringComparison.Ordinal);
        Assert.All(new TinyExperiment().Settings, setting => Assert.Contains($"<td>{setting.Key}</td>", html, StringComparison.Ordinal));
        Assert.Contains("30.0 times less than a conventional network", html, StringComparison.Ordinal);
        Assert.Contains("1.00 nJ", html, StringComparison.Ordinal);
        Assert.DoesNotContain("learnt by <b>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(8.52e-8, "J", "85.2 nJ")]
    [InlineData(0.9999e-6, "J", "1.00 µJ")]
    [InlineData(999.4e-9, "J", "999 nJ")]
    [InlineData(0, "J", "0 J")]
    [InlineData(-2.5e-3, "V", "-2.50 mV")]
    [InlineData(double.NaN, "J", "–")]
    [InlineData(1, "s", "1.00 s")]
    public void Quantities_have_three_digits_and_a_prefix(double value, string unit, string text) => Assert.Equal(text, Quantity.WithPrefix(value, unit));

    [Theory]
    [InlineData(0.5, "500 ms")]
    [InlineData(59.2, "59.2 s")]
    [InlineData(59.99, "60.0 s")]
    [InlineData(130, "2 min 10 s")]
    [InlineData(7380, "2 h 3 min")]
    [InlineData(double.PositiveInfinity, "–")]
    public void Durations_read_well(double seconds, string text) => Assert.Equal(text, Quantity.Duration(seconds));

    [Theory]
    [InlineData(3542.25, "3,542 images/s")]
    [InlineData(1.26, "1.26 images/s")]
    [InlineData(0.2, "5.00 s each")]
    [InlineData(0.01, "1 min 40 s each")]
    [InlineData(0, "–")]
    [InlineData(double.PositiveInfinity, "–")]
    public void Speeds_below_one_a_second_are_the_time_of_each(double rate, string text) => Assert.Equal(text, Quantity.Speed(rate, "images"));

    [Fact]
    public void A_page_of_one_figure_says_its_title_once()
    {
        using var stream = new MemoryStream(Plots.FigureFile.Render(Plots.LineChart.Of("One title", new("x"), new("y"), new Plots.LineSeries("a", [1, 2], [1, 2])), ".html", Plots.Theme.Light, 900));
        string page = new StreamReader(stream).ReadToEnd();
        Assert.Contains("<h1>One title</h1>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<figcaption>One title", page, StringComparison.Ordinal);
        Assert.Contains("aria-label=\"One title\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<h2></h2>", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.91475, "91.48 %")]
    [InlineData(0.9825, "98.25 %")]
    [InlineData(-0.00125, "-0.13 %")]
    [InlineData(double.NaN, "–")]
    [InlineData(1e300, "1.00E+302 %")]
    public void Halves_of_percentages_round_as_people_round_them(double share, string text) => Assert.Equal(text, Quantity.Percent(share, 2));

    [Theory]
    [InlineData("extra.meanRateHertz", 37.46, "Mean rate", "37.5 Hz")]
    [InlineData("rate.L23E.hertz", 0.4491, "Rate, L23E", "0.449 Hz")]
    [InlineData("rateL4IHertz", 5.06, "Rate L4I", "5.06 Hz")]
    [InlineData("trainAccuracy.epoch12", 0.9803, "Training accuracy, epoch 12", "98.03 %")]
    [InlineData("network.f1", 0.913, "Network, f1", "0.913")]
    [InlineData("logistic.averagePrecision", 0.6182, "Logistic, average precision", "61.82 %")]
    [InlineData("dynamicEnergyJoules", 2.4549e-6, "Dynamic energy", "2.45 µJ")]
    [InlineData("weightMemoryBytes", 73728, "Memory of the weights", "73,728 bytes")]
    [InlineData("trainSeconds", 90, "Training time", "1 min 30 s")]
    [InlineData("shareOfFavourite", 0.993, "Share of favourite", "99.30 %")]
    [InlineData("rightAnswers", 8, "Right answers", "8")]
    [InlineData("perInference.energyBreakdown.static", 3.25e-6, "Energy of inference, static", "3.25 µJ")]
    [InlineData("Hertz", 2, "Hertz", "2.00 Hz")]
    public void Figures_are_spelled_for_people(string metric, double value, string name, string text)
    {
        Assert.Equal(name, ResultTable.NameOf(metric));
        Assert.Equal(text, ResultTable.ValueOf(metric, value));
    }

    [Theory]
    [InlineData("plain-1.5", "plain-1.5")]
    [InlineData("", "''")]
    [InlineData("a b", "'a b'")]
    [InlineData("it's", "'it'\\''s'")]
    [InlineData("$(rm)", "'$(rm)'")]
    public void Shell_words_are_quoted(string word, string quoted) => Assert.Equal(quoted, ShellWord.Quote(word));

    [Theory]
    [InlineData("digits", "digits", 0)]
    [InlineData("digist", "digits", 1)]
    [InlineData("", "abc", 3)]
    [InlineData("kitten", "sitting", 3)]
    public void Distances_count_slips(string a, string b, int distance)
    {
        Assert.Equal(distance, Nearest.Distance(a, b));
        Assert.Equal(distance, Nearest.Distance(b, a));
    }

    static ReportPage Everything() => new ReportPage { Title = Hostile, Summary = Hostile, Byline = Hostile }
        .AddKeyFigure(Hostile, Hostile, Hostile)
        .AddSection(Hostile, Hostile,
            LineChart.Of(Hostile, new ChartAxis(Hostile), new ChartAxis(Hostile), new LineSeries(Hostile, [1, 2], [3, 4])),
            new ReportTable(Hostile, [Hostile], [[Hostile]]),
            new ReportText(Hostile))
        .AddDetails(Hostile, ConfusionMatrix.Of(Hostile, [Hostile], new[,] { { 1 } }))
        .AddCode(Hostile, Hostile, Hostile);

    static string Render(ReportPage page, bool embedsLibrary = true)
    {
        using var writer = new StringWriter();
        page.Write(writer, embedsLibrary);
        return writer.ToString();
    }

    [GeneratedRegex("https?:|src=\"?//|url\\(|@import|<link|<iframe", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Address();

    [GeneratedRegex("<script type=\"application/json\" id=\"figure-data-(?<id>[0-9]+)\">(?<json>[^<]*)</script>", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex FigureData();
}
