using System.Globalization;
using Lepton.Neuro.Experiments.Compressing;
using Lepton.Neuro.Experiments.Digits;
using Lepton.Neuro.Experiments.Running;
using Lepton.Neuro.Plasticity.ModelFiles;

namespace Lepton.Neuro.Experiments.Tests;

public sealed class CompressVerbTests
{
    static readonly string[] Small = ["--quiet", "--set", "train-images=300", "--set", "test-images=60", "--set", "hidden=24", "--epochs", "1"];

    [Theory]
    [InlineData("emstdp", false)]
    [InlineData("stdp", true)]
    public void A_run_is_compressed_from_its_file_and_each_file_answers_as_the_table_says(string rule, bool perChannel)
    {
        using var bench = new Bench();
        string[] how = rule == "stdp" ? ["--set", "rule=stdp", "--set", "image-time=50"] : [];
        Assert.True(bench.Run(new DigitsExperiment(), ["run", "digits", .. Small, .. how, "--out", "o"]) == ExitCodes.Success, bench.Error);
        var result = ResultFiles.FromJson(bench.Read("o/results.json"));
        string[] grids = perChannel ? ["--per-channel", "--asymmetric"] : [];
        Assert.True(bench.Run(new DigitsExperiment(), ["compress", "o", "--bits", "3,8", "--sparsity", "0,90", "--test-images", "60", "--out", "c", .. grids]) == ExitCodes.Success, bench.Error);
        // The drawn test images are those of the run, or it would say so.
        Assert.Equal("", bench.Error);
        var lines = bench.Read("c/table.csv").TrimEnd().Split('\n').Select(line => line.Split(',')).ToArray();
        Assert.Equal(CompressionReport.Header, lines[0]);
        var rows = lines.Skip(1).Select(line => line.Select(v => v.Length == 0 ? double.NaN : double.Parse(v, CultureInfo.InvariantCulture)).ToArray()).ToArray();
        Assert.Equal([(32, 0), (3, 0), (8, 0), (3, 0.9), (8, 0.9)], rows.Select(r => (r[0], r[1])));
        // As learned: but for the rounding of weights, the network of the run.
        Assert.InRange(rows[0][2], result.Accuracy.Full!.Value - 0.05, result.Accuracy.Full!.Value + 0.05);
        foreach (var row in rows)
        {
            byte[] file = File.ReadAllBytes(Path.Combine(bench.Folder, "c", string.Create(CultureInfo.InvariantCulture, $"bits{row[0]}-pruned{row[1] * 100}.lepton")));
            Assert.Equal(row[3], file.Length);
            Assert.InRange(row[4], 1, row[3]);
            var classifier = ClassifierModel.Read(Model.FromBytes(file, ClassifierModel.Parts));
            Assert.Equal(row[6], classifier.Weights.Sum(w => w.Count(v => v != 0)));
        }
        Assert.True(rows[3][3] < rows[1][3] && rows[1][3] < rows[2][3] && rows[2][3] < rows[0][3], "fewer bits and weights, smaller files");
        if (perChannel) Assert.All(rows, row => Assert.True(double.IsNaN(row[7]) && double.IsNaN(row[8]), "no core stores a grid a neuron"));
        else Assert.True(rows[4][7] < rows[2][7] && rows[4][8] < rows[2][8], "fewer weights, fewer operations and less energy");
        // Weights on a grid go onto a machine as they are; those as learned do not.
        if (!perChannel)
        {
            Assert.True(bench.Run(new DigitsExperiment(), ["map", "c/bits8-pruned0.lepton", "--out", "m"]) == ExitCodes.Success, bench.Error);
            Assert.Contains("34 neurons and ", bench.Output, StringComparison.Ordinal);
            Assert.Contains($"mapping.csv and mapping.yaml are in {bench.At("m")}", bench.Output, StringComparison.Ordinal);
            Assert.Equal(34, bench.Read("m/mapping.csv").TrimEnd('\n').Split('\n').Skip(1).Sum(r => int.Parse(r.Split(',')[2], CultureInfo.InvariantCulture)));
            Assert.Equal(ExitCodes.BadInput, bench.Run(new DigitsExperiment(), ["map", "o/model.lepton", "--out", "n"]));
            Assert.Contains("quantize the projection", bench.Error, StringComparison.Ordinal);
            Assert.False(Directory.Exists(bench.At("n")));
        }
        Assert.Equal(ExitCodes.Success, bench.Run(new DigitsExperiment(), ["evaluate", "c/bits3-pruned90.lepton", "--test-images", "60"]));
        Assert.StartsWith(string.Create(CultureInfo.InvariantCulture, $"{rows[3][2] * 100:0.00} % of 60 test images"), bench.Output, StringComparison.Ordinal);
        foreach (string ending in (ReadOnlySpan<string>)[".svg", ".png", ".html"]) Assert.True(File.Exists(Path.Combine(bench.Folder, "c", "pareto" + ending)));
    }

    [Theory]
    [InlineData("--bits", "0..8", "1 to 16")]
    [InlineData("--bits", "8..2", "a range that ascends")]
    [InlineData("--sparsity", "100", "below 100")]
    [InlineData("--calibration", "best", "min-max, percentile, error")]
    public void Bad_options_end_in_one_line(string option, string value, string allowed)
    {
        using var bench = new Bench();
        Assert.Equal(ExitCodes.BadInput, bench.Run(new DigitsExperiment(), ["compress", "model.lepton", option, value]));
        Assert.Contains(allowed, bench.Error, StringComparison.Ordinal);
        Assert.Single(bench.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public void A_file_that_is_no_model_ends_in_one_line()
    {
        using var bench = new Bench();
        File.WriteAllText(Path.Combine(bench.Folder, "model.lepton"), new string('x', 100));
        Assert.Equal(ExitCodes.BadInput, bench.Run(new DigitsExperiment(), ["compress", "model.lepton"]));
        Assert.Contains("the mark at byte 0", bench.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.BadInput, bench.Run(new DigitsExperiment(), ["compress", "nowhere"]));
    }
}
