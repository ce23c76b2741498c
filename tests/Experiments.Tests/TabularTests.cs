using System.Globalization;
using System.Text.Json;
using Lepton.Neuro.Experiments.Running;
using Lepton.Neuro.Experiments.Training;

namespace Lepton.Neuro.Experiments.Tests;

public class TabularTests
{
    static JsonElement Run(Bench bench, params string[] arguments)
    {
        Assert.True(bench.Run(new TabularExperiment(), ["run", "tabular", "--quiet", "--out", "o", .. arguments]) == ExitCodes.Success, bench.Error);
        using var document = JsonDocument.Parse(bench.Read("o/results.json"));
        return document.RootElement.GetProperty("extra").Clone();
    }

    static double Number(JsonElement extra, string name) => extra.GetProperty(name).GetDouble();

    [Fact]
    public void The_network_learns_what_no_line_separates()
    {
        using var bench = new Bench();
        var extra = Run(bench, "--set", "rows=6000", "--epochs", "10");
        Assert.True(Number(extra, "network.accuracy") > Number(extra, "logistic.accuracy") + 0.1, extra.ToString());
        Assert.True(Number(extra, "network.averagePrecision") > Number(extra, "logistic.averagePrecision") + 0.1, extra.ToString());
        Assert.True(Number(extra, "missingValues") > 0 && Number(extra, "outOfRangeValues") > 0);
        string page = bench.Read("o/report.html");
        foreach (string heading in (string[])["The network beside a logistic regression", "Learning", "What was repaired"]) Assert.Contains($"<h2>{heading}</h2>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Few_positive_rows_are_found()
    {
        using Bench bench = new(), again = new();
        string[] arguments = ["--set", "rows=12000", "--epochs", "8", "--set", "task=fraud", "--set", "positives=0.02"];
        var extra = Run(bench, [.. arguments, "--threads", "1"]);
        Assert.InRange(Number(extra, "positivesInTest"), 20, 80);
        // Who guesses has 0.02.
        Assert.True(Number(extra, "network.averagePrecision") > 0.2, extra.ToString());
        Assert.True(Number(extra, "network.averagePrecision") > Number(extra, "logistic.averagePrecision"), extra.ToString());
        Assert.Equal(extra.ToString(), Run(again, [.. arguments, "--threads", "2", "--vector-bits", "128"]).ToString());
    }

    [Fact]
    public void A_table_of_the_users_is_read_and_repaired()
    {
        using var bench = new Bench();
        var random = new System.Random(3);
        List<string> lines = ["height,verdict,weight"];
        for (int i = 0; i < 300; i++)
        {
            double a = random.NextDouble(), b = random.NextDouble();
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{(i == 7 ? "?" : a.ToString("F4", CultureInfo.InvariantCulture))},{((a > 0.5) ^ (b > 0.5) ? "yes" : "no")},{(i == 9 ? 5e7 : b):F4}"));
        }
        File.WriteAllLines(bench.At("table.csv"), lines);
        var extra = Run(bench, "--data", "table.csv", "--set", "label=verdict", "--epochs", "3");
        Assert.Equal((1.0, 1.0, 0.0), (Number(extra, "missingValues"), Number(extra, "outOfRangeValues"), Number(extra, "droppedRows")));
        extra = Run(bench, "--data", "table.csv", "--set", "label=verdict", "--epochs", "1", "--set", "missing=drop", "--set", "out-of-range=drop");
        Assert.Equal(2, Number(extra, "droppedRows"));
        Assert.Equal(ExitCodes.BadInput, bench.Run(new TabularExperiment(), "run", "tabular", "--data", "table.csv", "--set", "label=verdict", "--set", "missing=refuse", "--out", "p"));
        Assert.Equal(ExitCodes.BadInput, bench.Run(new TabularExperiment(), "run", "tabular", "--data", "table.csv", "--set", "label=colour", "--out", "p"));
        File.AppendAllLines(bench.At("table.csv"), ["0.1,perhaps,0.2"]);
        Assert.Equal(ExitCodes.BadInput, bench.Run(new TabularExperiment(), "run", "tabular", "--data", "table.csv", "--set", "label=verdict", "--out", "p"));
        Assert.Contains("3; allowed: 2", bench.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Scores_are_judged_as_their_definition_says()
    {
        // By hand: thresholds 0.9 (1 of 1), 0.8 (1 of 2), 0.7 twice alike (3 of 4), 0.1 (3 of 5).
        var scores = new BinaryScores([0.7, 0.9, 0.8, 0.7, 0.1], [true, true, false, true, false]);
        Assert.Equal((1.0 / 3 * 1) + (2.0 / 3 * 0.75), scores.AveragePrecision, 1e-12);
        Assert.Equal((0.7, 0.75, 1.0, 0.8), (scores.Best().Threshold, scores.Best().Precision, scores.Best().Recall, scores.Best().Accuracy));
        Assert.Equal((1.0, 0.0), (scores.At(2).Precision, scores.At(2).Recall));
        // Whoever ranks all positive ones first has it all; equal scores are a guess.
        Assert.Equal(1, new BinaryScores([3, 2, 1], [true, true, false]).AveragePrecision);
        Assert.Equal(0.25, new BinaryScores([1, 1, 1, 1], [true, false, false, false]).AveragePrecision);
    }
}
