using Lepton.Neuro.Experiments;
using Lepton.Neuro.Experiments.Running;
using Microsoft.Playwright;
using Xunit.Abstractions;

namespace Lepton.Neuro.Browser.Tests;

/// <summary>A real browser opens what a person would: the pages of runs and sweeps, in both modes, on a wide and a narrow screen.</summary>
public sealed class ReportTests(Browser browser, ITestOutputHelper output) : IClassFixture<Browser>, IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("lepton-browser-").FullName;

    public static TheoryData<string, string> Pages() => new()
    {
        { "digits", "run digits --epochs 1 --set train-images=400 --set test-images=100 --set hidden=40" },
        { "microcircuit", "run microcircuit --set scale=0.1 --set time=1" },
        { "energy", "sweep energy digits --bits 2,4,8 --steps 8,16 --machine loihi,truenorth --epochs 1 --set train-images=400 --set test-images=100 --set hidden=20" },
        { "sweep", "sweep digits --epochs 1 --set train-images=200 --set test-images=50 --grid hidden=10,20 --grid bits=2,8 --seeds 2 --metric accuracy.mapped,perInference.energyJoules" },
    };

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task A_report_is_drawn_without_an_error_or_the_network(string name, string command)
    {
        if (!Screenshots.CanOpen(browser, output)) return;
        using var written = new StringWriter();
        int code = CommandLine.Run([.. command.Split(' '), "--quiet", "--out", "o"], new Host { Output = written, Error = written, Experiments = Catalogue.All, CurrentDirectory = folder });
        Assert.True(code == ExitCodes.Success, written.ToString());
        foreach (var (width, scheme) in new[] { (1280, ColorScheme.Light), (1280, ColorScheme.Dark), (390, ColorScheme.Light), (390, ColorScheme.Dark) })
            await Screenshots.Look(browser, output, name, Path.Combine(folder, "o", "report.html"), width, scheme);
    }
}
