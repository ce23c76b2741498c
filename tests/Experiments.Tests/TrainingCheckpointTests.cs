using System.Text.Json.Nodes;
using Lepton.Neuro.Experiments.Running;
using Lepton.Neuro.Experiments.Training;

namespace Lepton.Neuro.Experiments.Tests;

/// <summary>Each training by gradients, killed and resumed on other threads and vectors: the same bytes.</summary>
public sealed class TrainingCheckpointTests
{
    // Killed in its middle: long enough not to be over before, short enough to wait for.
    const string Small = "--quiet --set train-images=360 --set test-images=60 --set batch=16";

    [Theory]
    [InlineData("lnn", Small, "1")]
    [InlineData("cnn", Small, "2")]
    [InlineData("snn-mlp", Small + " --set steps=6 --set strategy=adaptive", "1")]
    [InlineData("snn-mlp", Small + " --set steps=6 --set gradient=online", "2")]
    [InlineData("snn-cnn", Small + " --set filters=3 --set steps=4", "1")]
    [InlineData("snn-rnn", Small + " --set neurons=32", "2")]
    [InlineData("synaptic", Small + " --set units=12", "1")]
    [InlineData("convert", Small, "2")]
    [InlineData("cifar", Small + " --set filters=3 --set depth=one", "1")]
    [InlineData("tabular", "--quiet --set rows=1000 --set batch=16", "2")]
    [InlineData("tabular", "--quiet --set rows=1000 --set batch=16 --set task=fraud --set positives=0.1", "1")]
    public void Killed_and_resumed_it_comes_to_the_same_bytes(string name, string settings, string threads)
    {
        var experiment = Experiment(name);
        string[] command = ["run", name, "--epochs", "4", .. settings.Split(' ')];
        using var bench = new Bench();
        Assert.True(bench.Run(experiment, [.. command, "--threads", "2", "--out", "whole"]) == ExitCodes.Success, bench.Error);
        // It saves itself after each update.
        using (var process = Lepton.Start(bench.Folder, [.. command, "--threads", threads, "--vector-bits", "128", "--out", "parts", "--checkpoint", "c", "--every", "0"]))
        {
            bool killed = Lepton.KillWhen(process, () => File.Exists(bench.At("c")), 30);
            Assert.True(File.Exists(bench.At("c")), killed ? "" : process.StandardError.ReadToEnd());
        }
        Assert.True(bench.Run(experiment, [.. command, "--threads", "2", "--out", "parts", "--checkpoint", "c"]) == ExitCodes.Success, bench.Error);
        Assert.Equal(Found(bench, "whole"), Found(bench, "parts"));
        foreach (string file in (string[])["network.parameters", "model.lepton"])
        {
            if (name != "tabular") Assert.Equal(File.ReadAllBytes(bench.At($"whole/{file}")), File.ReadAllBytes(bench.At($"parts/{file}")));
        }
        Assert.DoesNotContain(bench.Entries(), e => Path.GetFileName(e).StartsWith('.') || e.EndsWith(".partial", StringComparison.Ordinal));
    }

    [Fact]
    public void A_checkpoint_of_another_run_is_refused_in_one_line()
    {
        using var bench = new Bench();
        string[] command = ["run", "snn-mlp", "--epochs", "1", .. Small.Split(' '), "--out", "o", "--checkpoint", "c"];
        Assert.True(bench.Run(new SnnMlpExperiment(), command) == ExitCodes.Success, bench.Error);
        foreach (string other in (string[])["leak=0.8", "gradient=online", "train-images=300", "learning-rate=0.001"])
        {
            Assert.Equal(ExitCodes.BadInput, bench.Run(new SnnMlpExperiment(), [.. command, "--set", other]));
            Assert.Single(bench.Error.TrimEnd('\n').Split('\n'));
        }
        Assert.Equal(ExitCodes.BadInput, bench.Run(new SnnMlpExperiment(), [.. command, "--seed", "5"]));
    }

    static IExperiment Experiment(string name) => name switch
    {
        "lnn" => new LnnExperiment(),
        "cnn" => new CnnExperiment(),
        "snn-mlp" => new SnnMlpExperiment(),
        "snn-cnn" => new SnnCnnExperiment(),
        "snn-rnn" => new SnnRnnExperiment(),
        "synaptic" => new SynapticExperiment(),
        "convert" => new ConvertExperiment(),
        "cifar" => new CifarExperiment(),
        _ => new TabularExperiment(),
    };

    // All that a run found, without what its clock and its threads say.
    static string Found(Bench bench, string folder)
    {
        var found = JsonNode.Parse(bench.Read($"{folder}/results.json"))!.AsObject();
        foreach (string clock in (string[])["wallSeconds", "threads", "started", "finished"]) found.Remove(clock);
        found["train"]!.AsObject().Remove("imagesPerSecond");
        if (found["extra"] is JsonObject extra)
        {
            foreach (string measured in (string[])["trainSeconds", "trainProcessorSeconds", "trainWorkingBytes"]) extra.Remove(measured);
        }
        return found.ToJsonString();
    }
}
