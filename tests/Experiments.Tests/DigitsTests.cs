using System.Globalization;
using System.Text.Json;
using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Encoders.Preprocessing;
using Lepton.Neuro.Experiments.Digits;
using Lepton.Neuro.Experiments.Running;
using Lepton.Neuro.Experiments.Shapes;

namespace Lepton.Neuro.Experiments.Tests;

public class DigitsTests
{
    static readonly string[] Small = ["--quiet", "--set", "train-images=300", "--set", "test-images=60", "--set", "hidden=24", "--epochs", "1"];

    static readonly string[] SmallStdp = ["--set", "rule=stdp", "--set", "image-time=50"];

    static RunResult Run(IExperiment experiment, params string[] arguments)
    {
        using var bench = new Bench();
        Assert.True(bench.Run(experiment, ["run", experiment.Name, "--out", "o", .. Bench.With(Small, arguments)]) == ExitCodes.Success, bench.Error);
        return ResultFiles.FromJson(bench.Read("o/results.json"));
    }

    [Theory]
    [InlineData("rule=stdp steps=16", "Setting steps is 16; allowed: nothing but its default (32) with rule=stdp")]
    [InlineData("rule=stdp feedback=random", "Setting feedback is random")]
    [InlineData("rule=stdp learning-rate=0.1", "Setting learning-rate is 0.1")]
    [InlineData("image-time=100", "Setting image-time is 100; allowed: nothing but its default (250) with rule=emstdp")]
    [InlineData("stdp-rate=0.1", "Setting stdp-rate is 0.1")]
    [InlineData("rule=stdp own-rule=pair-stdp stdp-rate=0.1", "with own-rule")]
    [InlineData("event-time=5", "without recordings")]
    public void A_setting_that_would_have_no_effect_is_refused(string settings, string message)
    {
        using var bench = new Bench();
        Assert.Equal(ExitCodes.BadInput, bench.Run(new DigitsExperiment(), ["run", "digits", .. Small, .. settings.Split(' ').SelectMany(setting => new[] { "--set", setting })]));
        Assert.Contains(message, bench.Error, StringComparison.Ordinal);
        Assert.Single(bench.Error.TrimEnd('\n').Split('\n'));
        Assert.Empty(bench.Entries());
    }

    [Theory]
    [InlineData("emstdp")]
    [InlineData("stdp")]
    public void Threads_and_vectors_change_no_spike(string rule)
    {
        string[] how = rule == "stdp" ? SmallStdp : [];
        var one = Run(new DigitsExperiment(), [.. how, "--threads", "1", "--vector-bits", "128"]);
        foreach (var (threads, bits) in (ReadOnlySpan<(string, string)>)[("2", "256"), ("7", "512")])
        {
            var other = Run(new DigitsExperiment(), [.. how, "--threads", threads, "--vector-bits", bits]);
            Assert.Equal(one.SpikeHash, other.SpikeHash);
            Assert.Equal(one.Accuracy, other.Accuracy);
            Assert.Equal(one.PerInference, other.PerInference);
        }
        Assert.NotEqual(one.SpikeHash, Run(new DigitsExperiment(), [.. how, "--seed", "43"]).SpikeHash);
    }

    [Theory]
    [InlineData("emstdp")]
    [InlineData("stdp")]
    public void What_is_mapped_answers_as_what_was_compressed_and_every_field_is_measured(string rule)
    {
        using var bench = new Bench();
        Assert.True(bench.Run(new DigitsExperiment(), ["run", "digits", .. Small, .. rule == "stdp" ? SmallStdp : [], "--out", "o"]) == ExitCodes.Success, bench.Error);
        var result = ResultFiles.FromJson(bench.Read("o/results.json"));
        Assert.Equal(result.Accuracy.Compressed, result.Accuracy.Mapped);
        using var document = JsonDocument.Parse(bench.Read("o/results.json"));
        foreach (string field in (ReadOnlySpan<string>)[
            "experiment", "seed", "threads", "commit", "wallSeconds", "train.images", "train.epochs", "train.imagesPerSecond", "accuracy.full", "accuracy.compressed", "accuracy.mapped",
            "perInference.steps", "perInference.spikes", "perInference.synapticOperations", "perInference.energyJoules", "perInference.energyBreakdown.neurons",
            "perInference.energyBreakdown.synapses", "perInference.energyBreakdown.network", "perInference.energyBreakdown.static", "perInference.latencySeconds",
            "perInference.annEnergyJoules", "network.neurons", "network.synapses", "network.weightBits", "network.sparsity", "machine.name", "machine.tiles", "machine.coresUsed", "spikeHash"])
        {
            var found = document.RootElement;
            foreach (string part in field.Split('.')) found = found.GetProperty(part);
            Assert.True(found.ValueKind is JsonValueKind.Number or JsonValueKind.String, field);
        }
        var parts = result.PerInference.EnergyBreakdown;
        Assert.Equal(result.PerInference.EnergyJoules!.Value, (parts.Neurons + parts.Synapses + parts.Network + parts.Static)!.Value, 1e-15);
        Assert.InRange(result.Network.Sparsity!.Value, 0.5, 1);
        string page = bench.Read("o/report.html");
        foreach (string heading in (ReadOnlySpan<string>)["One image", "Learning", "Which are mistaken for which", "What the neurons look for", "On the machine", "What an inference costs, and what is counted"])
            Assert.True(page.Contains($"<h2>{heading}</h2>", StringComparison.Ordinal) || (heading == "Learning" && rule == "stdp"), heading);
    }

    [Fact]
    public void It_learns()
    {
        var result = Run(new DigitsExperiment(), "--set", "train-images=2000", "--set", "test-images=300");
        Assert.InRange(result.Accuracy.Mapped!.Value, 0.6, 1);
        Assert.InRange(Run(new ShapesExperiment(), "--set", "train-images=3000", "--set", "test-images=300", "--set", "hidden=64").Accuracy.Mapped!.Value, 0.6, 1);
    }

    [Theory]
    [InlineData("emstdp")]
    [InlineData("stdp")]
    public void Nothing_of_the_test_images_reaches_what_is_learned(string rule)
    {
        using var bench = new Bench();
        var data = Glyphs.Generate(5, 300, 60);
        byte[] pixels = [.. Enumerable.Range(0, 60).SelectMany(i => data.Test.Pixels(i).ToArray().Select(p => (byte)(255 - p)))];
        byte[] labels = [.. Enumerable.Range(0, 60).Select(i => (byte)((data.Test.Label(i) + 1) % 10))];
        IdxFolder.Save(bench.At("a"), data);
        IdxFolder.Save(bench.At("b"), data with { Test = ImageSet.Create(28, 28, 1, pixels, labels, data.Test.ClassNames, "inverted, with other labels") });
        string WeightsOf(string folder)
        {
            string[] how = rule == "stdp" ? SmallStdp : [];
            Assert.True(bench.Run(new DigitsExperiment(), ["run", "digits", .. Small, .. how, "--data", folder, "--out", $"of-{folder}"]) == ExitCodes.Success, bench.Error);
            string page = bench.Read($"of-{folder}/report.html");
            // The figures that show weights: they follow from what was learned alone.
            int from = page.IndexOf("<h2>What the neurons look for</h2>", StringComparison.Ordinal);
            Assert.True(from > 0);
            var extra = ResultFiles.FromJson(bench.Read($"of-{folder}/results.json")).Extra;
            return string.Join('\n', Figures(page).Where(f => f.Contains("\"z\"", StringComparison.Ordinal) && f.Contains("Weight", StringComparison.Ordinal)))
                + (extra.TryGetValue("trainAccuracy.epoch1", out var accuracy) ? accuracy.Number?.ToString("R", CultureInfo.InvariantCulture) : "");
        }
        string one = WeightsOf("a");
        Assert.True(one.Length > 1000);
        Assert.Equal(one, WeightsOf("b"));
    }

    static IEnumerable<string> Figures(string page)
    {
        const string Start = "<script type=\"application/json\"";
        for (int at = page.IndexOf(Start, StringComparison.Ordinal); at >= 0; at = page.IndexOf(Start, at + 1, StringComparison.Ordinal))
            yield return page[at..page.IndexOf("</script>", at, StringComparison.Ordinal)];
    }

    [Theory]
    [InlineData("an existing folder", "--data", "missing")]
    [InlineData("train-images-idx3-ubyte", "--data", "empty")]
    [InlineData("train-images-idx3-ubyte", "--data", "truncated")]
    [InlineData("has no setting hiden: did you mean hidden?", "--set", "hiden=5")]
    [InlineData("Setting hidden is 0", "--set", "hidden=0")]
    [InlineData("Setting bits is 17", "--set", "bits=17")]
    [InlineData("Setting sparsity is 1", "--set", "sparsity=1")]
    [InlineData("Setting rule is magic", "--set", "rule=magic")]
    [InlineData("--epochs is 0", "--epochs", "0")]
    [InlineData("core", "--set", "neurons-per-core=1", "--set", "hidden=200")]
    [InlineData("loihi", "--set", "machine=nowhere.yaml")]
    [InlineData("Setting train-images is 400", "--data", "good", "--set", "train-images=400")]
    [InlineData("machine", "--set", "bits=12")]
    public void Bad_input_is_one_line_and_leaves_nothing(string message, params string[] arguments)
    {
        using var bench = new Bench();
        Directory.CreateDirectory(bench.At("empty"));
        var data = Glyphs.Generate(5, 300, 60);
        IdxFolder.Save(bench.At("good"), data, gzip: false);
        IdxFolder.Save(bench.At("truncated"), data, gzip: false);
        using (var file = File.OpenWrite(bench.At("truncated/train-images-idx3-ubyte"))) file.SetLength(1000);
        var before = bench.Entries();
        int code = bench.Run(new DigitsExperiment(), ["run", "digits", "--set", "test-images=60", .. arguments.Contains("--data", StringComparer.Ordinal) ? [] : (string[])["--set", "train-images=300"], .. arguments]);
        Assert.Equal(ExitCodes.BadInput, code);
        Assert.Single(bench.Error.TrimEnd('\n').Split('\n'));
        Assert.Contains(arguments.Contains("missing", StringComparer.Ordinal) ? "--data" : message, bench.Error, StringComparison.Ordinal);
        Assert.Equal(before, bench.Entries());
    }

    [Fact]
    public void Cancelled_while_learning_it_leaves_nothing()
    {
        using var bench = new Bench();
        bench.Cancel();
        Assert.Equal(ExitCodes.Cancelled, bench.Run(new DigitsExperiment(), ["run", "digits", .. Small]));
        Assert.Empty(bench.Entries());
    }

    [Fact]
    public void Votes_weigh_a_neuron_by_what_it_stands_for_and_not_by_how_much_it_fires()
    {
        var votes = new ClassVotes(2, 2);
        votes.Add(0, [100, 0]);
        votes.Add(1, [50, 1]);
        Assert.Equal(0, votes.Answer([1, 0]));
        Assert.Equal(1, votes.Answer([1, 1]));
        Assert.Equal(0, votes.Answer([0, 0]));
    }

    [Fact]
    public void A_learning_curve_counts_what_was_judged()
    {
        var curve = new LearningCurve(4, 2);
        foreach (int answer in (ReadOnlySpan<int>)[-1, -1, 0, 1, 0, 0, 0, 0]) curve.Add(answer, 0);
        Assert.Equal([0.5, 1], curve.ByEpoch);
        Assert.Equal([3, 4, 5, 6, 7, 8], curve.Seen);
        Assert.Equal([1, 0, 1, 1, 1, 1], curve.Accuracy);
    }

    [Fact]
    public void Images_are_read_as_the_transform_makes_them()
    {
        var data = Glyphs.Generate(5, 20, 1);
        var transform = new Normalize(NormalizeTo.ImageRange).Fit(data.Train);
        var prepared = new PreparedImages(data.Train, transform);
        var all = transform.Apply(data.Train);
        var row = new float[data.Train.ImageSize];
        for (int i = 0; i < data.Train.Count; i++)
        {
            prepared.Read(i, row);
            Assert.Equal(all.Row(i), row);
        }
    }
}
