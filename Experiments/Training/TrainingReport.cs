using System.Globalization;
using Lepton.Neuro.Experiments.Plots;
using Lepton.Neuro.Experiments.Reporting;

namespace Lepton.Neuro.Experiments.Training;

/// <summary>The pictures of <see cref="TrainingRun"/>.</summary>
internal static class TrainingReport
{
    /// <summary>Fills a page.</summary>
    /// <param name="page">The page.</param>
    /// <param name="outcome">What was found.</param>
    public static void Fill(ReportPage page, TrainingOutcome outcome)
    {
        page.Summary = Summarise(outcome);
        AddCurve(page, outcome);
        AddConfusion(page, outcome);
        AddNetwork(page, outcome);
    }

    static string Summarise(TrainingOutcome o) => string.Create(CultureInfo.InvariantCulture,
        $"A network of {o.Network.ParameterCount:N0} parameters that learned from {o.TrainingCount:N0} images of {o.Data.Name} by gradients names {o.Accuracy * 100:0.00} % of {o.Test.Count:N0} test images.")
        + (o.Simulated is null ? "" : string.Create(CultureInfo.InvariantCulture,
            $" That is the exported network, run by the simulator spike by spike; the training engine's own evaluation of the same images gives {o.Engine.Accuracy * 100:0.00} %, which is {Math.Abs(o.Accuracy - o.Engine.Accuracy) * 100:0.00} points apart."))
        + (o.Rate is not { } rate ? "" : string.Create(CultureInfo.InvariantCulture, $" The rate network that it was made of names {rate.Accuracy * 100:0.00} %."));

    static void AddCurve(ReportPage page, TrainingOutcome outcome)
    {
        var epochs = outcome.History.Epochs;
        if (epochs.Count == 0) return;
        double[] x = [.. epochs.Select(e => (double)e.Epoch)];
        List<LineSeries> accuracy = [new("Training images, as they come", x, [.. epochs.Select(e => e.Accuracy)])];
        List<LineSeries> loss = [new("Training images, as they come", x, [.. epochs.Select(e => e.Loss)])];
        if (double.IsFinite(epochs[0].ValidationLoss))
        {
            accuracy.Add(new("Images held out", x, [.. epochs.Select(e => e.ValidationAccuracy)]));
            loss.Add(new("Images held out", x, [.. epochs.Select(e => e.ValidationLoss)]));
        }
        accuracy.Add(new("Test images, at the end", [x[0], x[^1]], [outcome.Accuracy, outcome.Accuracy], IsDashed: true));
        page.AddSection("Learning",
            "Each training image, changed at random, is judged before the network learns from it; images held out are judged as they are, after each epoch. So the second line may lie above the first.",
            LineChart.Of("Accuracy while learning", new("Epoch"), new("Accuracy", IsShare: true), accuracy),
            LineChart.Of("Loss while learning", new("Epoch"), new("Mean loss", IsLogarithmic: true), loss));
        if (outcome.History.Warnings.Count > 0) page.AddSection("Warnings", string.Join(" ", outcome.History.Warnings));
    }

    static void AddConfusion(ReportPage page, TrainingOutcome outcome)
    {
        var images = outcome.Test.Images;
        var counts = new int[outcome.Data.Train.Classes, outcome.Data.Train.Classes];
        for (int i = 0; i < outcome.Answers.Length; i++) counts[images.Label(i), outcome.Answers[i]]++;
        page.AddSection("Which are mistaken for which",
            "Rows are what was shown, columns what the network answered. The diagonal is right.",
            ConfusionMatrix.Of("Test images", outcome.Data.Train.ClassNames, counts));
    }

    static void AddNetwork(ReportPage page, TrainingOutcome outcome)
    {
        List<ReportPart> parts =
        [
            new ReportTable("Layers", ["Layer", "Output", "Parameters"],
                [.. outcome.Network.Layers.Select(l => (IReadOnlyList<string>)[l.Name, l.Output.ToString(), l.Parameters.Sum(p => p.Count).ToString("N0", CultureInfo.InvariantCulture)])]),
        ];
        if (outcome.Simulated is { } simulated)
        {
            parts.Add(new ReportTable("In the simulator", ["What", "Value"],
            [
                ["Accuracy", string.Create(CultureInfo.InvariantCulture, $"{simulated.Accuracy * 100:0.00} %")],
                ["Accuracy by the training engine", string.Create(CultureInfo.InvariantCulture, $"{outcome.Engine.Accuracy * 100:0.00} %")],
                ["Points apart", string.Create(CultureInfo.InvariantCulture, $"{Math.Abs(outcome.Accuracy - outcome.Engine.Accuracy) * 100:0.00}")],
                ["Images answered otherwise", outcome.AnswersOtherwise.ToString("N0", CultureInfo.InvariantCulture)],
                .. outcome.Rate is { } rate ? new[] { new[] { "Accuracy of the rate network", string.Create(CultureInfo.InvariantCulture, $"{rate.Accuracy * 100:0.00} %") } } : [],
                ["Steps of an inference", Quantity.Count(simulated.Steps)],
                ["Spikes of an inference", Quantity.Digits(simulated.Spikes)],
                ["Neurons", Quantity.Count(simulated.Neurons)],
                ["Synapses", Quantity.Count(simulated.Synapses)],
            ]));
            parts.AddRange(simulated.Notes.Select(n => new ReportText(n)));
        }
        page.AddSection("The network", "Shapes are rows x columns x channels.", parts);
    }
}
