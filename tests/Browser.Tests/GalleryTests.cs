using Lepton.Neuro.Backends;
using Lepton.Neuro.Experiments.Analysis;
using Lepton.Neuro.Experiments.Plots;
using Lepton.Neuro.Experiments.Reporting;
using Lepton.Neuro.Experiments.Scripting;
using Lepton.Neuro.Plasticity;
using Microsoft.Playwright;
using Xunit.Abstractions;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Browser.Tests;

/// <summary>Every kind of figure that is about spikes, potentials and weights, of a network that really ran: on one page, and as still pictures.</summary>
public sealed class GalleryTests(Browser browser, ITestOutputHelper output) : IClassFixture<Browser>, IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("lepton-browser-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Every_kind_of_figure_is_drawn_in_a_browser_and_without_one()
    {
        var figures = Figures();
        foreach (var (index, figure) in figures.Index())
        {
            foreach (string ending in FigureFile.Endings)
            {
                string path = Path.Combine(Screenshots.Folder ?? folder, $"figure-{index}{ending}");
                FigureFile.Write(figure, path, index % 2 == 0 ? Theme.Light : Theme.Dark);
                Assert.True(new FileInfo(path).Length > 1000);
            }
        }
        string page = Path.Combine(folder, "gallery.html");
        using (var stream = File.Create(page)) new ReportPage { Title = "Figures" }.AddSection("All kinds", "One of each.", [.. figures]).WriteTo(stream);
        if (!Screenshots.CanOpen(browser, output)) return;
        await Screenshots.Look(browser, output, "gallery", page, 1280, ColorScheme.Light);
        await Screenshots.Look(browser, output, "gallery", page, 390, ColorScheme.Dark);
    }

    static List<Figure> Figures()
    {
        var net = new Network(seed: 3);
        var input = net.Add("input", 100, new PoissonSource(25.Hz));
        var neurons = net.Add("neurons", 40, new Lif { TauMembrane = 20.ms, TauSynapse = 5.ms });
        var learned = net.Connect(input, neurons, Wiring.AllToAll, Weight.Uniform(0, 60), rule: new PairStdp { Maximum = 80, Potentiation = 0.01f, Depression = 0.012f });
        net.Connect(neurons, neurons, Wiring.Probability(0.2), -80, 2.ms);
        using var session = Cpu.Load(net.Compile(0.5.ms));
        var log = SpikeLog.Of(session);
        var potentials = session.Sample(new StateRecorder(neurons, "V", [0, 1, 2]));
        var weights = session.Sample(new WeightRecorder(learned, 100));
        session.Advance(3000.ms);
        double duration = log.Duration.Milliseconds;
        var spikes = log.Spikes(neurons);
        double[] times = [.. potentials.Steps.Take(600).Select(step => step * 0.5)];
        MembraneTrace Potential(int neuron) => new(
            $"neuron {neuron}", times, [.. potentials.Samples.Take(times.Length).Select(sample => (double)sample[neuron])],
            [.. log.Times(neurons, neuron).Select(time => time.Milliseconds).Where(time => time <= times[^1])]);
        var spectrum = PowerSpectrum.Of(SpikeStatistics.Rates(spikes, duration, 1), 1.ms);
        return
        [
            log.Raster("Spikes and rates", rateBin: 10),
            MembraneTraces.Of("Membrane potentials", [Potential(0), Potential(1), Potential(2)], -50),
            WeightMatrix.Of("Weights", session.Weights(learned), 100, 40, "pA"),
            WeightMatrix.Of("Weights less their mean", [.. session.Weights(learned).Select(w => w - 30)], 100, 40, "pA"),
            WeightHistory.Of("Weights over time", [.. weights.Steps.Select(step => step * 0.5e-3)], weights.Samples, "pA"),
            Histogram.Of("Weights", new("Weight", "pA"), [("before", [.. weights.Samples[0].Select(w => (double)w)]), ("after", [.. weights.Samples[^1].Select(w => (double)w)])]),
            Histogram.Of("Intervals", new("Interval", "ms"), [("neurons", SpikeStatistics.Intervals(spikes))]),
            Histogram.Of("Correlations", new("Correlation of spike counts"), [("neurons", SpikeStatistics.Correlations(spikes, duration, 10))]),
            LineChart.Of("Power spectrum", new("Frequency", "Hz", IsLogarithmic: true), new("Power", "Hz²/Hz", IsLogarithmic: true), new LineSeries("neurons", spectrum.Hertz, spectrum.Density)),
            ParetoFront.Of("Accuracy against energy", new("Energy", "nJ"), new("Accuracy", IsShare: true),
                [new("2 bits", 12, 0.71), new("4 bits", 20, 0.93), new("8 bits", 41, 0.962), new("8 bits, dense", 80, 0.96), new("1 bit", 11, 0.4), new("3 bits", 25, 0.88)]),
        ];
    }
}
