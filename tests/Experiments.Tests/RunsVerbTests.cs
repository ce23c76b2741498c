using System.Text.Json;
using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.Tests;

public class RunsVerbTests
{
    // Accuracy is a function of the setting and the seed, so that differences are known.
    static readonly TinyExperiment Tiny = new();

    static void Prepare(Bench bench)
    {
        foreach (string rate in (ReadOnlySpan<string>)["0.1", "0.3"])
            Assert.Equal(ExitCodes.Success, bench.Run("run", "tiny", "--set", $"learning-rate={rate}", "--out", $"out/rate-{rate}", "--quiet"));
    }

    [Fact]
    public void List_shows_every_run_below_a_folder()
    {
        using var bench = new Bench();
        Prepare(bench);
        Assert.Equal(ExitCodes.Success, bench.Run("runs", "list"));
        foreach (string text in (ReadOnlySpan<string>)["out/rate-0.1", "out/rate-0.3", "tiny", "42", "1.00 nJ"]) Assert.Contains(text, bench.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Success, bench.Run("runs", "list", "out/rate-0.1", "--json"));
        Assert.Equal(0.1, ResultFiles.FromJson(Assert.Single(bench.Output.TrimEnd('\n').Split('\n'))).Accuracy.Full);
    }

    [Fact]
    public void Show_prints_configuration_and_results_and_how_to_run_it_again()
    {
        using var bench = new Bench();
        Prepare(bench);
        Assert.Equal(ExitCodes.Success, bench.Run("runs", "show", "out/rate-0.3"));
        foreach (string text in (ReadOnlySpan<string>)["learning-rate", "0.3", "Accuracy, full precision", "30.00 %", "lepton run --config out/rate-0.3/config.yaml"]) Assert.Contains(text, bench.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Success, bench.Run("run", "--config", "out/rate-0.3/config.yaml", "--out", "again", "--quiet"));
        Assert.Equal(ExitCodes.Success, bench.Run("runs", "compare", "out/rate-0.3", "again"));
        Assert.Contains("They have the same configuration.", bench.Output, StringComparison.Ordinal);
        Assert.Contains("The same seeds have the same spikes.", bench.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Compare_shows_what_differs_and_only_that()
    {
        using var bench = new Bench();
        Prepare(bench);
        Assert.Equal(ExitCodes.Success, bench.Run("runs", "compare", "out/rate-0.1", "out/rate-0.3"));
        Assert.Contains("learning-rate", bench.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden-neurons", bench.Output, StringComparison.Ordinal);
        Assert.Contains("accuracy.full", bench.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("perInference.energyJoules", bench.Output, StringComparison.Ordinal);
        // What lies between two shares is points.
        Assert.Contains(" +20.00 points ", bench.Output, StringComparison.Ordinal);
        Assert.Contains("One run each says nothing about chance", bench.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Success, bench.Run("runs", "compare", "out/rate-0.1", "out/rate-0.3", "--json"));
        var json = JsonDocument.Parse(bench.Output).RootElement;
        var setting = Assert.Single(json.GetProperty("configuration").EnumerateArray());
        Assert.Equal(("learning-rate", "0.1", "0.3"), (setting.GetProperty("key").GetString(), setting.GetProperty("first").GetString(), setting.GetProperty("second").GetString()));
        var accuracy = json.GetProperty("metrics").EnumerateArray().Single(m => m.GetProperty("name").GetString() == "accuracy.full");
        Assert.Equal(0.2, accuracy.GetProperty("difference").GetDouble(), 1e-12);
        Assert.Equal(JsonValueKind.Null, accuracy.GetProperty("p").ValueKind);
    }

    [Fact]
    public void Groups_over_seeds_are_compared_in_pairs_with_significance()
    {
        using var bench = new Bench();
        Assert.Equal(ExitCodes.Success, bench.Run(new Shapes.ShapesExperiment(), "sweep", "shapes", "--grid", "hidden=2,24", "--seeds", "4", "--epochs", "1", "--set", "train-images=400", "--set", "test-images=100", "--set", "size=16", "--quiet"));
        Assert.Equal(ExitCodes.Success, bench.Run("runs", "compare", "out/sweep-shapes/hidden=2", "out/sweep-shapes/hidden=24", "--json"));
        var json = JsonDocument.Parse(bench.Output).RootElement;
        var energy = json.GetProperty("metrics").EnumerateArray().Single(m => m.GetProperty("name").GetString() == "perInference.energyJoules");
        Assert.True(energy.GetProperty("isPaired").GetBoolean());
        // Twelve times the neurons take more energy beyond any doubt.
        Assert.InRange(energy.GetProperty("p").GetDouble(), 0, 0.01);
        Assert.True(energy.GetProperty("low95").GetDouble() > 0);
        Assert.False(json.GetProperty("sameSpikes").GetBoolean());
        Assert.Equal(ExitCodes.Success, bench.Run("runs", "compare", "out/sweep-shapes/hidden=2", "out/sweep-shapes/hidden=24"));
        Assert.Contains("paired t test over the same seeds", bench.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.BadInput, bench.Run("runs", "compare", "out/sweep-shapes", "out/sweep-shapes/hidden=24"));
        Assert.Contains("holds runs of several configurations: hidden is", bench.Error, StringComparison.Ordinal);
        Assert.Single(bench.Error.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public void Export_is_one_table_of_all_runs()
    {
        using var bench = new Bench();
        Prepare(bench);
        Assert.Equal(ExitCodes.Success, bench.Run("runs", "export", "--csv"));
        string printed = bench.Output;
        Assert.Equal(ExitCodes.Success, bench.Run("runs", "export", "--csv", "--out", "all.csv"));
        Assert.Equal(printed, bench.Read("all.csv"));
        Assert.StartsWith("run,config.data,config.epochs,config.learning-rate,config.membrane-time,", printed, StringComparison.Ordinal);
        Assert.Contains("\nout/rate-0.1,,2,0.1,20,", printed, StringComparison.Ordinal);
        Assert.Contains("\nout/rate-0.3,,2,0.3,20,", printed, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.BadInput, bench.Run("runs", "export", "--out", "out"));
        Assert.Contains("out cannot be written", bench.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(bench.Entries(), e => e.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("runs", "Name a runs: list, show, compare, export")]
    [InlineData("runs lst", "did you mean list?")]
    [InlineData("runs list missing", "the folder of runs is missing; allowed: a folder that exists")]
    [InlineData("runs list .", "the folder of runs is .; allowed: one with results.json and config.yaml in it or below")]
    [InlineData("runs show nothing", "nothing; allowed: a folder that exists; lepton runs list shows the runs there are")]
    [InlineData("runs list --jsn", "did you mean --json?")]
    [InlineData("completion bsh", "did you mean bash?")]
    [InlineData("completion", "Name the shell: bash, zsh, fish, powershell")]
    public void Bad_input_is_one_line_and_code_2(string arguments, string message)
    {
        using var bench = new Bench();
        Assert.Equal(ExitCodes.BadInput, bench.Run(Tiny, arguments.Split(' ')));
        Assert.Contains(message, bench.Error, StringComparison.Ordinal);
        Assert.Single(bench.Error.TrimEnd('\n').Split('\n'));
        Assert.Empty(bench.Entries());
    }
}
