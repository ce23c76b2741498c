using System.Globalization;
using Lepton.Neuro.Experiments.Plots;
using Lepton.Neuro.Experiments.Reporting;

namespace Lepton.Neuro.Experiments.Training;

/// <summary>The pictures of <see cref="TabularExperiment"/>.</summary>
internal static class TabularReport
{
    /// <summary>Fills a page.</summary>
    /// <param name="page">The page.</param>
    /// <param name="outcome">What was found.</param>
    public static void Fill(ReportPage page, TabularOutcome outcome)
    {
        var (network, logistic) = (outcome.Network, outcome.Logistic);
        double positives = outcome.TestPositives / (double)outcome.Labels[2].Length;
        page.Summary = string.Create(CultureInfo.InvariantCulture,
            $"Of {outcome.Labels[2].Length:N0} test rows ({Quantity.Percent(positives)} of class {outcome.Positive}) the network names {Quantity.Percent(network.Plain.Accuracy, 2)}, a logistic regression {Quantity.Percent(logistic.Plain.Accuracy, 2)}; the area under precision over recall is {network.AveragePrecision:F3} and {logistic.AveragePrecision:F3}.");
        page.AddSection("The network beside a logistic regression",
            $"Positive is class {outcome.Positive}, the rarer one. Guessing has an area of {positives.ToString("F3", CultureInfo.InvariantCulture)}. The threshold is the one of the highest F1 on rows held out; test rows had no part in its choice.",
            new ReportTable("Test rows",
                ["", "Parameters", "Accuracy", "Area under precision over recall", "Precision at the threshold", "Recall", "F1", "Precision without one", "Recall"],
                [Row("Network", network), Row("Logistic regression", logistic)]),
            LineChart.Of("Precision over recall", new("Recall", IsShare: true, Minimum: 0, Maximum: 1), new("Precision", IsShare: true, Minimum: 0, Maximum: 1),
                Line("Network", network), Line("Logistic regression", logistic), new LineSeries("Guessing", [0, 1], [positives, positives], IsDashed: true)));
        double[] epochs = [.. network.History.Epochs.Select(e => (double)e.Epoch)];
        page.AddSection("Learning", "The loss of rows is weighted by class. The parameters of the epoch with the least loss on rows held out are the ones that are judged.",
            LineChart.Of("Loss while learning", new("Epoch"), new("Mean loss", IsLogarithmic: true),
                new LineSeries("Training rows", epochs, [.. network.History.Epochs.Select(e => e.Loss)]), new LineSeries("Rows held out", epochs, [.. network.History.Epochs.Select(e => e.ValidationLoss)])));
        page.AddSection("What was repaired", "Fillers are the means of training rows.",
            new ReportTable("", ["Rows", "Missing", "Too small", "Too large", "Filled", "Clipped", "Rows dropped"],
                [[.. new[] { outcome.Repair.Rows, outcome.Repair.Missing, outcome.Repair.TooSmall, outcome.Repair.TooLarge, outcome.Repair.Filled, outcome.Repair.Clipped, outcome.Repair.Dropped }.Select(n => n.ToString("N0", CultureInfo.InvariantCulture))]]));
        if (network.History.Warnings.Count > 0) page.AddSection("Warnings", string.Join(" ", network.History.Warnings));
    }

    static IReadOnlyList<string> Row(string name, TabularJudgement judged) =>
    [
        name, judged.Parameters.ToString("N0", CultureInfo.InvariantCulture), Percent(judged.Plain.Accuracy), judged.AveragePrecision.ToString("F3", CultureInfo.InvariantCulture),
        Percent(judged.Chosen.Precision), Percent(judged.Chosen.Recall), Percent(judged.Chosen.F1), Percent(judged.Plain.Precision), Percent(judged.Plain.Recall),
    ];

    static LineSeries Line(string name, TabularJudgement judged)
    {
        // A curve of thousands of rows needs no point a row.
        var curve = judged.Scores.Curve().Where(q => q.Recall > 0).GroupBy(q => (int)(q.Recall * 200)).Select(g => g.Last()).ToArray();
        return new(name, [.. curve.Select(q => q.Recall)], [.. curve.Select(q => q.Precision)]);
    }

    static string Percent(double part) => Quantity.Percent(part, 2);
}
