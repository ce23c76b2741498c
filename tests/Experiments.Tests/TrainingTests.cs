using System.Text.Json;
using Lepton.Neuro.Experiments.Running;
using Lepton.Neuro.Experiments.Training;

namespace Lepton.Neuro.Experiments.Tests;

public class TrainingTests
{
    static readonly string[] Small = ["--quiet", "--set", "train-images=720", "--set", "test-images=120", "--set", "batch=16"];

    static readonly IExperiment[] All =
        [new LnnExperiment(), new CnnExperiment(), new SnnMlpExperiment(), new SnnCnnExperiment(), new SnnRnnExperiment(), new SynapticExperiment(), new ConvertExperiment(), new CifarExperiment()];

    static readonly Dictionary<string, string[]> Smaller = new(StringComparer.Ordinal)
    {
        ["snn-cnn"] = ["--set", "filters=3", "--set", "steps=4"],
        ["cifar"] = ["--set", "filters=4", "--set", "depth=one"],
        ["snn-rnn"] = ["--set", "neurons=64"],
    };

    internal static RunResult Run(Bench bench, IExperiment experiment, params string[] arguments)
    {
        string[] epochs = arguments.Contains("--epochs") ? [] : ["--epochs", "2"];
        Assert.True(bench.Run(experiment, ["run", experiment.Name, .. epochs, "--out", "o", .. Bench.With([.. Small, .. Smaller.GetValueOrDefault(experiment.Name, [])], arguments)]) == ExitCodes.Success, bench.Error);
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
            // Ten classes: guessing is right one time in ten; of two shapes, one time in two.
            Assert.True(result.Accuracy.Full > (experiment.Name == "cifar" ? 0.6 : 0.2), $"{experiment.Name}: {result.Accuracy.Full}");
            string page = bench.Read("o/report.html");
            foreach (string heading in (string[])["Learning", "Which are mistaken for which", "The network"]) Assert.Contains($"<h2>{heading}</h2>", page, StringComparison.Ordinal);
            if (experiment.Name is "lnn" or "cnn" or "synaptic" or "cifar") continue;
            // What the simulator says is what the engine says, but for the rounding of weights; a rate network that was converted may differ by what few steps cost.
            Assert.True(result.PerInference.Spikes > 0 && result.PerInference.Steps > 0);
            Assert.InRange(Math.Abs(result.Accuracy.Full!.Value - Number(bench, "engineAccuracy")), 0, 0.02);
            if (experiment.Name == "convert") Assert.InRange(Math.Abs(result.Accuracy.Full!.Value - Number(bench, "rateAccuracy")), 0, 0.15);
        }
    }

    [Fact]
    public void Spiking_convolutions_of_three_stages_learn_mirrored_pictures()
    {
        using var bench = new Bench();
        var result = Run(bench, new SnnCnnExperiment(), "--set", "depth=three", "--set", "mirror=true", "--set", "rotate=4");
        Assert.True(result.Accuracy.Full > 0.2, $"{result.Accuracy.Full}");
        Assert.InRange(Math.Abs(result.Accuracy.Full!.Value - Number(bench, "engineAccuracy")), 0, 0.02);
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

    [Fact]
    public void On_ten_thousand_images_the_simulator_and_the_engine_are_at_most_a_tenth_of_a_point_apart()
    {
        using var bench = new Bench();
        var result = Run(bench, new SnnMlpExperiment(), "--set", "train-images=3000", "--set", "test-images=10000", "--set", "batch=32");
        Assert.True(result.Accuracy.Full > 0.5, $"{result.Accuracy.Full}");
        Assert.InRange(Math.Abs(result.Accuracy.Full!.Value - Number(bench, "engineAccuracy")), 0, 0.001);
        string page = bench.Read("o/report.html");
        Assert.Contains("Accuracy by the training engine", page, StringComparison.Ordinal);
    }

    [Fact]
    public void An_adaptive_strategy_says_what_it_changed()
    {
        using var bench = new Bench();
        Run(bench, new LnnExperiment(), "--set", "strategy=adaptive", "--epochs", "6");
        Assert.True(Number(bench, "strategyChanges") > 0);
        string page = bench.Read("o/report.html");
        Assert.Contains("<h2>What the strategy changed</h2>", page, StringComparison.Ordinal);
        Assert.Contains("Strategy: larger batches", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_trained_network_is_tuned_to_other_data()
    {
        using var bench = new Bench();
        Run(bench, new LnnExperiment(), "--epochs", "4");
        double learned = Number(bench, "engineAccuracy");
        File.Copy(bench.At("o/network.parameters"), bench.At("start.parameters"));
        string start = $"start={bench.At("start.parameters")}";
        // Drawn by another seed; one pass, the first layer frozen: what was learned is still there.
        var tuned = Run(bench, new LnnExperiment(), "--seed", "5", "--epochs", "1", "--set", start, "--set", "freeze=1");
        Assert.True(tuned.Accuracy.Full > learned - 0.1, $"{learned} {tuned.Accuracy.Full}");
        Assert.Contains("frozen: dense 2", bench.Read("o/report.html"), StringComparison.Ordinal);
        foreach (var (settings, word) in new[] { (new[] { "freeze=1" }, "start"), (["start=nowhere"], "nowhere"), ([start, "freeze=3"], "must learn") })
        {
            Assert.Equal(ExitCodes.BadInput, bench.Run(new LnnExperiment(), ["run", "lnn", .. Small, .. settings.SelectMany(s => new[] { "--set", s }), "--out", "p"]));
            Assert.Contains(word, bench.Error, StringComparison.Ordinal);
        }
        // A convolution is none of its layers.
        Assert.Equal(ExitCodes.BadInput, bench.Run(new CnnExperiment(), ["run", "cnn", .. Small, "--set", start, "--set", "freeze=1", "--out", "p"]));
    }

    [Fact]
    public void Photographs_are_read_from_binary_batches()
    {
        using var bench = new Bench();
        Directory.CreateDirectory(bench.At("cifar"));
        var random = new System.Random(1);
        foreach (string name in (string[])["data_batch_1.bin", "test_batch.bin"])
        {
            var bytes = new byte[40 * 3073];
            random.NextBytes(bytes);
            for (int i = 0; i < 40; i++) bytes[i * 3073] = (byte)(i % 9);
            File.WriteAllBytes(bench.At($"cifar/{name}"), bytes);
        }
        string[] arguments = ["run", "cifar", "--data", "cifar", "--set", "filters=2", "--set", "depth=one", "--set", "batch=16", "--epochs", "1", "--out", "o"];
        Assert.True(bench.Run(new CifarExperiment(), arguments) == ExitCodes.Success, bench.Error);
        Assert.Contains("No training sample is of class 9", bench.Output, StringComparison.Ordinal);
        Assert.Contains("No training sample is of class 9", bench.Read("o/report.html"), StringComparison.Ordinal);
        Assert.Equal(ExitCodes.BadInput, bench.Run(new CifarExperiment(), [.. arguments, "--set", "batches=2"]));
        Assert.Contains("data_batch_2.bin", bench.Error, StringComparison.Ordinal);
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

    internal static double Number(Bench bench, string name)
    {
        using var document = JsonDocument.Parse(bench.Read("o/results.json"));
        return document.RootElement.GetProperty("extra").GetProperty(name).GetDouble();
    }
}
