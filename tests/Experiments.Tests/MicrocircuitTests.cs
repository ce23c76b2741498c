using Lepton.Neuro.Experiments.Cortex;
using Lepton.Neuro.Experiments.Models;
using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.Tests;

public class MicrocircuitTests
{
    static readonly string[] Small = ["run", "microcircuit", "--quiet", "--set", "scale=0.1", "--set", "time=0.4", "--set", "warm-up=0.1"];

    [Fact]
    public void Its_rates_are_near_the_published_ones_and_its_page_shows_them()
    {
        using var bench = new Bench();
        Assert.True(bench.Run(new MicrocircuitExperiment(), [.. Small, "--threads", "2", "--out", "a"]) == ExitCodes.Success, bench.Error);
        var result = ResultFiles.FromJson(bench.Read("a/results.json"));
        Assert.Equal(Microcircuit.Sizes.Sum(size => (long)Math.Round(size * 0.1)), result.Network.Neurons);
        for (int p = 0; p < 8; p++)
        {
            // A tenth of the model for less than a second: the published rates can be met roughly.
            double rate = result.Extra[$"rate.{Microcircuit.Names[p]}.hertz"].Number!.Value;
            Assert.InRange(rate, Microcircuit.Rates[p] / 3, Microcircuit.Rates[p] * 3);
            Assert.InRange(result.Extra[$"irregularity.{Microcircuit.Names[p]}"].Number ?? 0, 0, 1.5);
        }
        string page = bench.Read("a/report.html");
        foreach (string figure in (string[])["Spikes and rates", "Rates", "Irregularity of neurons", "Intervals between spikes", "Correlation of pairs", "Power spectrum of rates"])
            Assert.Contains($"<figcaption>{figure}</figcaption>", page, StringComparison.Ordinal);
        // The same configuration is the same spikes, whatever the threads.
        Assert.True(bench.Run(new MicrocircuitExperiment(), "run", "--config", "a/config.yaml", "--quiet", "--threads", "1", "--out", "b") == ExitCodes.Success, bench.Error);
        Assert.Equal(result.SpikeHash, ResultFiles.FromJson(bench.Read("b/results.json")).SpikeHash);
    }

    [Theory]
    [InlineData("--epochs 2", "--epochs is 2; allowed: 1, for nothing is learned")]
    [InlineData("--data .", "nothing, for the network is described by published figures")]
    [InlineData("--set scale=0", "Setting scale is 0; allowed: a number from 0.01 to 1")]
    public void What_has_no_meaning_is_refused(string arguments, string message)
    {
        using var bench = new Bench();
        Assert.Equal(ExitCodes.BadInput, bench.Run(new MicrocircuitExperiment(), ["run", "microcircuit", "--quiet", .. arguments.Split(' ')]));
        Assert.Contains(message, bench.Error, StringComparison.Ordinal);
        Assert.Empty(bench.Entries());
    }
}
