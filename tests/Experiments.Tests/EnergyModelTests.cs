using System.Globalization;
using System.Text.Json;
using Lepton.Neuro.Experiments.Compressing;
using Lepton.Neuro.Experiments.Digits;
using Lepton.Neuro.Experiments.Running;
using Lepton.Neuro.Experiments.Training;
using Lepton.Neuro.Plasticity.ModelFiles;

namespace Lepton.Neuro.Experiments.Tests;

public sealed class EnergyModelTests
{
    static readonly string[] Small = ["--seed", "3", "--epochs", "1", "--set", "train-images=300", "--set", "test-images=40", "--set", "hidden=16", "--quiet"];

    static void Ok(Bench bench, IExperiment experiment, params string[] arguments) => Assert.True(bench.Run(experiment, arguments) == ExitCodes.Success, bench.Error);

    static (double Joules, double Accuracy, string Row) First(Bench bench, string file, string list = "machines")
    {
        var row = JsonDocument.Parse(bench.Read(file)).RootElement.GetProperty(list)[0];
        return (row.GetProperty("energyJoules").GetDouble(), row.GetProperty("accuracy").GetDouble(), row.ToString());
    }

    static double[] Compressed(Bench bench, string folder, int bits, double sparsity) =>
        [.. bench.Read($"{folder}/table.csv").TrimEnd().Split('\n').Skip(1).Select(l => l.Split(',')).Single(l => l[0] == bits.ToString(CultureInfo.InvariantCulture) && double.Parse(l[1], CultureInfo.InvariantCulture) == sparsity)
            .Select(v => v.Length == 0 ? double.NaN : double.Parse(v, CultureInfo.InvariantCulture))];

    [Theory]
    [InlineData("emstdp")]
    [InlineData("stdp")]
    public void A_saved_network_is_priced_as_the_one_that_was_trained(string rule)
    {
        string[] how = [.. Small, .. rule == "stdp" ? ["--set", "rule=stdp", "--set", "image-time=50"] : Array.Empty<string>()];
        using var bench = new Bench();
        Ok(bench, new DigitsExperiment(), ["energy", "digits", "--machine", "loihi,systolic", "--out", "trained", .. how]);
        Assert.Contains("trained/model.lepton", bench.Entries());
        Ok(bench, new DigitsExperiment(), ["energy", "trained/model.lepton", "--machine", "loihi,systolic", "--threads", "3", "--out", "saved"]);
        Assert.DoesNotContain("Epoch", bench.Output, StringComparison.Ordinal);
        // The test images are those of the run, or it would say so.
        Assert.Equal("", bench.Error);
        Assert.Contains("weights of the model file, 50 % of them pruned, rounded to 8 bits", bench.Output, StringComparison.Ordinal);
        var machines = new[] { "trained", "saved" }.Select(o => JsonDocument.Parse(bench.Read($"{o}/energy.json")).RootElement.GetProperty("machines").EnumerateArray().ToArray()).ToArray();
        Assert.Equal(machines[0].Length, machines[1].Length);
        foreach (var (trained, saved) in machines[0].Zip(machines[1]))
        {
            foreach (string field in (ReadOnlySpan<string>)["machine", "network", "accuracy", "energyJoules", "interval95", "band", "latencySeconds", "parts", "images"])
                Assert.Equal(trained.GetProperty(field).ToString(), saved.GetProperty(field).ToString());
        }
        // What it learns from a sample begins with what it knows.
        Assert.Equal(First(bench, "trained/energy.json", "learning").Joules, First(bench, "saved/energy.json", "learning").Joules);
        Ok(bench, new DigitsExperiment(), ["run", "digits", "--out", "run", .. how]);
        Assert.Equal(ResultFiles.FromJson(bench.Read("run/results.json")).PerInference.EnergyJoules!.Value, First(bench, "saved/energy.json").Joules, 1e-12 * First(bench, "saved/energy.json").Joules);
        Assert.Equal(File.ReadAllBytes(bench.At("run/model.lepton")), File.ReadAllBytes(bench.At("trained/model.lepton")));
    }

    [Fact]
    public void What_may_be_set_of_a_saved_network_changes_what_is_priced()
    {
        using var bench = new Bench();
        Ok(bench, new DigitsExperiment(), ["run", "digits", "--out", "r", .. Small]);
        string[] price = ["energy", "r/model.lepton", "--machine", "loihi", "--quiet"];
        Ok(bench, new DigitsExperiment(), [.. price, "--out", "a"]);
        Ok(bench, new DigitsExperiment(), [.. price, "--set", "sparsity=0.9", "--set", "bits=4", "--set", "test-images=20", "--out", "b"]);
        Assert.True(First(bench, "b/energy.json").Joules < First(bench, "a/energy.json").Joules);
        Assert.Contains("90 % of them pruned, rounded to 4 bits", bench.Output, StringComparison.Ordinal);
        Assert.Contains("only 20 images", bench.Output, StringComparison.Ordinal);
        Assert.Contains("the test images are not those", bench.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_compressed_network_is_priced_as_its_table_says()
    {
        using var bench = new Bench();
        Ok(bench, new DigitsExperiment(), ["run", "digits", "--out", "r", .. Small]);
        Ok(bench, new DigitsExperiment(), ["compress", "r", "--bits", "4", "--sparsity", "80", "--test-images", "40", "--quiet", "--out", "c"]);
        Ok(bench, new DigitsExperiment(), ["energy", "c/bits4-pruned80.lepton", "--machine", "loihi", "--quiet", "--out", "e"]);
        var (joules, accuracy, _) = First(bench, "e/energy.json");
        double[] row = Compressed(bench, "c", 4, 0.8);
        Assert.Equal(row[8], joules, 1e-12 * joules);
        Assert.Equal(row[2], accuracy);
        Assert.Contains("weights as the model file has them, 4 bits", bench.Output, StringComparison.Ordinal);
        Assert.Contains("A learned sample has no row", bench.Output, StringComparison.Ordinal);
        Assert.Empty(JsonDocument.Parse(bench.Read("e/energy.json")).RootElement.GetProperty("learning").EnumerateArray());
        // A mapping that was made of the file is one of the network that is priced.
        Ok(bench, new DigitsExperiment(), ["map", "c/bits4-pruned80.lepton", "--out", "m", "--quiet"]);
        Ok(bench, new DigitsExperiment(), ["energy", "c/bits4-pruned80.lepton", "--machine", "loihi", "--mapping", "m", "--quiet", "--out", "g"]);
        Assert.Equal(accuracy, First(bench, "g/energy.json").Accuracy);
        // Its weights are rounded already.
        Assert.Equal(ExitCodes.BadInput, bench.Run(new DigitsExperiment(), "energy", "c/bits4-pruned80.lepton", "--set", "bits=3", "--out", "f"));
        Assert.Contains("--set bits is 3; allowed: nothing beside a model file whose weights are compressed already", bench.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("f", bench.Entries());
    }

    [Fact]
    public void A_network_that_gradients_trained_is_priced_as_its_table_says()
    {
        using var bench = new Bench();
        Ok(bench, new SnnMlpExperiment(), ["run", "snn-mlp", "--quiet", "--seed", "3", "--epochs", "1", "--set", "train-images=300", "--set", "test-images=30", "--set", "steps=4", "--out", "r"]);
        Ok(bench, new SnnMlpExperiment(), ["compress", "r", "--bits", "8", "--sparsity", "50", "--test-images", "30", "--quiet", "--out", "c"]);
        Ok(bench, new SnnMlpExperiment(), ["energy", "c/bits8-pruned50.lepton", "--machine", "loihi,systolic", "--quiet", "--out", "e"]);
        var (joules, accuracy, text) = First(bench, "e/energy.json");
        double[] row = Compressed(bench, "c", 8, 0.5);
        Assert.Equal(row[8], joules, 1e-12 * joules);
        Assert.Equal(row[2], accuracy);
        Assert.Contains("784-128-64-10", text, StringComparison.Ordinal);
        // Half of the weights are gone, and the biases are none.
        Assert.InRange(JsonDocument.Parse(bench.Read("e/energy.json")).RootElement.GetProperty("neuroBench").GetProperty("connectionSparsity").GetDouble(), 0.45, 0.55);
        Assert.Equal(ExitCodes.BadInput, bench.Run(new SnnMlpExperiment(), "energy", "r/model.lepton", "--machine", "loihi", "--out", "f"));
        Assert.Contains("the weights of the model to be priced is as learned", bench.Error, StringComparison.Ordinal);
        Assert.Single(bench.Error.TrimEnd('\n').Split('\n'));
        Assert.DoesNotContain("f", bench.Entries());
    }

    [Fact]
    public void Bad_models_and_options_are_one_line_and_leave_nothing()
    {
        using var bench = new Bench();
        Ok(bench, new DigitsExperiment(), ["run", "digits", "--out", "r", .. Small]);
        byte[] whole = File.ReadAllBytes(bench.At("r/model.lepton"));
        File.WriteAllText(bench.At("text.lepton"), new string('x', 100));
        File.WriteAllBytes(bench.At("cut.lepton"), whole[..^7]);
        byte[] flipped = [.. whole];
        flipped[200] ^= 1;
        File.WriteAllBytes(bench.At("flipped.lepton"), flipped);
        void Changed(string name, Func<ModelProvenance, ModelProvenance> change)
        {
            var model = Model.FromBytes(whole, ClassifierModel.Parts);
            new Model(model.Network, model.Step) { Learned = model.Learned, Preprocessing = model.Preprocessing, Readout = model.Readout, Provenance = change(model.Provenance) }.Save(bench.At(name), ClassifierModel.Parts);
        }
        Changed("nowhere.lepton", p => p with { Configuration = "" });
        Changed("other.lepton", p => p with { Configuration = p.Configuration.Replace("experiment: digits", "experiment: dogits", StringComparison.Ordinal) });
        Changed("mad.lepton", p => p with { Configuration = "{" });
        var data = Encoders.Data.Glyphs.Generate(5, 30, 10);
        var wide = Encoders.Data.ImageSet.Create(14, 14, 1, new byte[14 * 14 * 10], [.. Enumerable.Range(0, 10).Select(i => (byte)i)], data.Test.ClassNames, "small");
        Encoders.Data.IdxFolder.Save(bench.At("small"), data with { Train = wide, Test = wide });
        Ok(bench, new DigitsExperiment(), ["map", "digits", "--out", "m", .. Bench.With(Small, "--set", "hidden=17")]);
        var before = bench.Entries();
        foreach (var (message, arguments) in new (string, string[])[]
        {
            ("the run or model is missing.lepton; allowed: digits, a model file, or the folder of an earlier run", ["missing.lepton"]),
            ("the mark at byte 0", ["text.lepton"]),
            ("the checksum at byte", ["cut.lepton"]),
            ("the checksum at byte", ["flipped.lepton"]),
            ("the configuration in ", ["nowhere.lepton"]),
            ("There is no experiment dogits", ["other.lepton"]),
            ("is not YAML at line", ["mad.lepton"]),
            ("--epochs is 2; allowed: nothing beside a model file", ["r/model.lepton", "--epochs", "2"]),
            ("--seed is 7; allowed: nothing beside a model file", ["r/model.lepton", "--seed", "7"]),
            ("--set hidden is 20; allowed: nothing beside a model file, which is not trained again; bits, sparsity, neurons-per-core, train-images, test-images may be set", ["r/model.lepton", "--set", "hidden=20"]),
            ("Setting bits is 99", ["r/model.lepton", "--set", "bits=99"]),
            ("--data is absent", ["r/model.lepton", "--data", "absent"]),
            ("the pixels of an image is 196; allowed: 784, as the model takes", ["r/model.lepton", "--data", "small", "--set", "train-images=10", "--set", "test-images=10"]),
            ("made for another network: 17 of 'hidden', now 16", ["r/model.lepton", "--machine", "loihi", "--mapping", "m"]),
            ("--machine is atari", ["r/model.lepton", "--machine", "atari"]),
        })
        {
            Assert.Equal(ExitCodes.BadInput, bench.Run(new DigitsExperiment(), ["energy", .. arguments, "--out", "o", .. arguments.Contains("--machine", StringComparer.Ordinal) ? [] : (string[])["--machine", "loihi"], "--quiet"]));
            Assert.Contains(message, bench.Error, StringComparison.Ordinal);
            Assert.Single(bench.Error.TrimEnd('\n').Split('\n'));
            Assert.Equal(before, bench.Entries());
        }
    }
}
