using System.Diagnostics;
using System.Globalization;
using Lepton.Neuro.Experiments.Plots;
using Microsoft.Playwright;
using Xunit.Abstractions;

namespace Lepton.Neuro.Browser.Tests;

/// <summary>Opens a page as a person would, and says what is wrong with it.</summary>
static class Screenshots
{
    // The processor time a page may take until it is drawn, and how long a busy machine is given for that.
    const double MostSeconds = 10;
    const float PatienceMilliseconds = 300_000;

    // What was drawn into each figure: plotly.js draws lines, bars and points as paths, heat maps as images, many points on a canvas.
    const string CountMarks = """
        () => [...document.querySelectorAll('.plot')].map(plot => ({
          name: plot.getAttribute('aria-label'),
          failed: plot.classList.contains('failed'),
          surfaces: plot.querySelectorAll('svg.main-svg').length,
          marks: plot.querySelectorAll('.trace path, .points path, .heatmaplayer image, .js-line, canvas').length,
          width: plot.getBoundingClientRect().width, height: plot.getBoundingClientRect().height,
        }))
        """;

    // Parts that stick out at the right; a table may, as its box scrolls.
    const string Overflow = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth";

    /// <summary>Where pictures are kept: the folder that <c>LEPTON_SCREENSHOTS</c> names; null where it is not set.</summary>
    public static string? Folder { get; } = Environment.GetEnvironmentVariable("LEPTON_SCREENSHOTS") is { Length: > 0 } named ? Directory.CreateDirectory(named).FullName : null;

    /// <summary>Whether there are a browser and pages that need no network; else says what is missing.</summary>
    public static bool CanOpen(Browser browser, ITestOutputHelper output)
    {
        string? missing = browser.Chromium is null ? Browser.Missing : PlotlyLibrary.Compressed is null ? "this build has no plotting library of its own, so pages need the network" : null;
        if (missing is not null) output.WriteLine($"skipped: {missing}");
        return missing is null;
    }

    /// <summary>Opens a page, waits until it is drawn, and checks it.</summary>
    public static async Task Look(Browser browser, ITestOutputHelper output, string name, string path, int width, ColorScheme scheme)
    {
        await using var context = await browser.Chromium!.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = 900 }, ColorScheme = scheme });
        context.SetDefaultTimeout(PatienceMilliseconds);
        var page = await context.NewPageAsync();
        List<string> errors = [], requests = [];
        page.Console += (_, message) => Add(errors, message.Type is "error" or "warning" ? message.Text : null);
        page.PageError += (_, error) => Add(errors, error);
        page.Request += (_, request) => Add(requests, IsLocal(request.Url) ? null : request.Url);
        var session = await context.NewCDPSessionAsync(page);
        await session.SendAsync("Performance.enable");
        long start = Stopwatch.GetTimestamp();
        await page.GotoAsync(new Uri(path).AbsoluteUri);
        await page.WaitForFunctionAsync("() => document.documentElement.dataset.drawn === 'true'", null, new() { Timeout = PatienceMilliseconds });
        double wall = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double processor = await ProcessorSeconds(session);
        var figures = (await page.EvaluateAsync(CountMarks))!.Value.EnumerateArray().ToArray();
        string view = string.Create(CultureInfo.InvariantCulture, $"{name}-{width}-{(scheme == ColorScheme.Dark ? "dark" : "light")}");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{view}: {figures.Length} figures in {wall:0.0} s, {processor:0.0} s of a processor"));
        if (Folder is { } kept) await page.ScreenshotAsync(new() { Path = Path.Combine(kept, view + ".png"), FullPage = true });
        Assert.NotEmpty(figures);
        Assert.All(figures, figure =>
        {
            Assert.False(figure.GetProperty("failed").GetBoolean(), figure.ToString());
            Assert.True(figure.GetProperty("surfaces").GetInt32() > 0 && figure.GetProperty("marks").GetInt32() > 0, figure.ToString());
            Assert.True(figure.GetProperty("width").GetDouble() > 200 && figure.GetProperty("height").GetDouble() > 60, figure.ToString());
        });
        Assert.True((await page.EvaluateAsync<int>(Overflow)) <= 0, $"{view} is wider than the window");
        Assert.Empty(errors);
        Assert.Empty(requests);
        Assert.InRange(processor, 0, MostSeconds);
    }

    static bool IsLocal(string address) => new Uri(address).Scheme is "file" or "data" or "blob";

    // Of the thread that draws: a machine that is busy with other work makes the wall time longer, not this.
    static async Task<double> ProcessorSeconds(ICDPSession session)
    {
        var answer = await session.SendAsync("Performance.getMetrics");
        return answer!.Value.GetProperty("metrics").EnumerateArray().Single(metric => metric.GetProperty("name").GetString() == "ThreadTime").GetProperty("value").GetDouble();
    }

    static void Add(List<string> list, string? text)
    {
        if (text is null) return;
        lock (list) list.Add(text);
    }
}
