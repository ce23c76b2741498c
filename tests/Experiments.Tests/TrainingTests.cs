using System.Text.Json;
using Lepton.Neuro.Experiments.Running;
using Lepton.Neuro.Experiments.Training;

namespace Lepton.Neuro.Experiments.Tests;

public class TrainingTests
{
    static readonly string[] Small = ["--quiet", "--set", "train-images=720", "--set", "test-images=120", "--epochs", "2", "--set", "batch=16"];

    static readonly IExperiment[] All =
        [new LnnExperiment(), new CnnExperiment(), new SnnMlpExperiment(), new SnnCnnExperiment(), new SnnRnnExperiment(), new SynapticExperiment(), new ConvertExperiment()];

    static readonly Dictionary<string, string[]> Smaller = new(StringComparer.Ordinal)
    {
        ["snn-cnn"] = ["--set", "filters=3", "--set", "steps=4"],
        ["snn-rnn"] = ["--set", "neurons=64"],
    };

    static RunResult Run(Bench bench, IExperiment experiment, params string[] arguments)
    {
        Assert.True(bench.Run(experiment, ["run", experiment.Name, .. Small, .. Smaller.GetValueOrDefault(experiment.Name, []), "--out", "o", .. arguments]) == ExitCodes.Success, bench.Error);
        return ResultFiles.FromJson(bench.Read("o/results.json"));
    }

    [Fact]
    public void Every_experiment_learns_more_than_nothing_and_reports_it()
    {
        foreach (var experiment in All)
        {
            using var bench = new Bench();
            var result = Run(bench, experiment);
            Assert.Equal(600, result.Train.Images);
            // Ten classes: guessing is right one time in ten.
            Assert.True(result.Accuracy.Full > 0.2, $"{experiment.Name}: {result.Accuracy.Full}");
            string page = bench.Read("o/report.html");
            foreach (string heading in (string[])["Learning", "Which are mistaken for which", "The network"]) Assert.Contains($"<h2>{heading}</h2>", page, StringComparison.Ordinal);
            if (experiment.Name is "lnn" or "cnn" or "synaptic") continue;
            // What the simulator says is what the engine says, but for the rounding of weights; a rate network that was converted may differ by what few steps cost.
            Assert.True(result.PerInference.Spikes > 0 && result.PerInference.Steps > 0);
            Assert.InRange(Math.Abs(result.Accuracy.Full!.Value - Number(bench, "engineAccuracy")), 0, 0.02);
            if (experiment.Name == "convert") Assert.InRange(Math.Abs(result.Accuracy.Full!.Value - Number(bench, "rateAccuracy")), 0, 0.15);
        }
    }

    [Fact]
    public void Threads_and_vectors_change_nothing()
    {
        using Bench one = new(), other = new();
        var (a, b) = (Run(one, new SnnMlpExperiment(), "--threads", "1", "--vector-bits", "128"), Run(other, new SnnMlpExperiment(), "--threads", "3", "--vector-bits", "512"));
        Assert.Equal(a.Accuracy, b.Accuracy);
        Assert.Equal(a.PerInference, b.PerInference);
        Assert.Equal(Number(one, "testLoss"), Number(other, "testLoss"));
    }

    [Theory]
    [InlineData("train", "imagesPerSecond", "imagesPerProcessorSecond")]
    [InlineData("infer", "imagesPerSecond", "inputDensity")]
    [InlineData("matmul", "gigaflopsPerSecond", "partOfPeak")]
    public void A_benchs_last_line_is_one_object(string name, params string[] fields)
    {
        string? hash = null;
        foreach (string bits in (string[])["128", "256"])
        {
            using var bench = new Bench();
            Assert.True(bench.Run(["bench", name, "--seconds", "0.01", "--warmup", "0", "--threads", "2", "--vector-bits", bits, "--json"]) == ExitCodes.Success, bench.Error);
            using var json = JsonDocument.Parse(bench.Output.TrimEnd('\n').Split('\n')[^1]);
            Assert.Equal(name, json.RootElement.GetProperty("model").GetString());
            foreach (string field in fields) Assert.True(json.RootElement.TryGetProperty(field, out _), field);
            string found = json.RootElement.GetProperty("resultHash").GetString()!;
            Assert.Equal(hash ??= found, found);
        }
    }

    static double Number(Bench bench, string name)
    {
        using var document = JsonDocument.Parse(bench.Read("o/results.json"));
        return document.RootElement.GetProperty("extra").GetProperty(name).GetDouble();
    }
}
