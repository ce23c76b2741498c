using System.Globalization;
using Lepton.Neuro.Experiments.Plots;
using Lepton.Neuro.Experiments.Reporting;
using Lepton.Neuro.Plasticity.Gradients;

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
        AddStrategy(page, outcome.History);
        AddConfusion(page, outcome);
        AddNetwork(page, outcome);
    }

    static string Summarise(TrainingOutcome o) => string.Create(CultureInfo.InvariantCulture,
        $"A network of {o.Network.ParameterCount:N0} parameters that learned from {o.TrainingCount:N0} images of {o.Data.Name} by gradients names {o.Accuracy * 100:0.00} % of {o.Test.Count:N0} test images.")
        + (o.Simulated is null ? "" : string.Create(CultureInfo.InvariantCulture,
            $" That is the exported network, run by the simulator spike by spike; the training engine's own evaluation of the same images gives {o.Engine.Accuracy * 100:0.00} %, which is {Math.Abs(o.Accuracy - o.Engine.Accuracy) * 100:0.00} points apart."))
        + (o.Rate is not { } rate ? "" : string.Create(CultureInfo.InvariantCulture, $" The rate network that it was made of names {rate.Accuracy * 100:0.00} %."))
        + (o.LinearAccuracy is { } linear ? string.Create(CultureInfo.InvariantCulture, $" A linear classifier of the same pixels names {linear * 100:0.00} %.") : "")
        + (o.Beginning.Length == 0 ? "" : $" {o.Beginning}")
        + (o.Online ? " Gradients were made step by step, from three factors." : "")
        + string.Create(CultureInfo.InvariantCulture, $" The engine held {o.WorkingBytes / 1e6:0.0} MB for training, besides images and parameters.");

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
        AddMarks(accuracy, outcome.History);
        AddMarks(loss, outcome.History);
        if (outcome.LinearAccuracy is { } linear) accuracy.Add(new("Linear classifier, test images", [x[0], x[^1]], [linear, linear], IsDashed: true));
        accuracy.Add(new("Test images, at the end", [x[0], x[^1]], [outcome.Accuracy, outcome.Accuracy], IsDashed: true));
        page.AddSection("Learning",
            "Each training image, changed at random, is judged before the network learns from it; images held out are judged as they are, after each epoch. So the second line may lie above the first.",
            LineChart.Of("Accuracy while learning", new("Epoch"), new("Accuracy", IsShare: true), accuracy),
            LineChart.Of("Loss while learning", new("Epoch"), new("Mean loss", IsLogarithmic: true), loss));
        AddTime(page, outcome);
        if (outcome.History.Warnings.Count > 0) page.AddSection("Warnings", string.Join(" ", outcome.History.Warnings));
    }

    static void AddTime(ReportPage page, TrainingOutcome outcome)
    {
        // After an interruption the earlier epochs' times are not known.
        var epochs = outcome.History.Epochs.TakeLast(outcome.EpochSeconds.Count).ToArray();
        if (outcome.LinearAccuracy is null || epochs.Length == 0 || !double.IsFinite(epochs[0].ValidationAccuracy)) return;
        page.AddSection("Accuracy against time", "Time is the processor's, of all threads together, since training began.",
            LineChart.Of("Images held out, after each epoch", new("Processor time", "s"), new("Accuracy", IsShare: true), new LineSeries("Network", [.. outcome.EpochSeconds], [.. epochs.Select(e => e.ValidationAccuracy)])));
    }

    /// <summary>A vertical line where a rule changed something.</summary>
    static void AddMarks(List<LineSeries> lines, TrainingHistory history)
    {
        double[] values = [.. lines.SelectMany(l => l.Y).Where(double.IsFinite)];
        foreach (var rule in history.Changes.GroupBy(c => c.Rule))
        {
            lines.Add(new(
                $"Strategy: {Name(rule.Key)}",
                [.. rule.SelectMany(c => Enumerable.Repeat((double)c.Epoch, 3))],
                [.. rule.SelectMany(_ => new[] { values.Min(), values.Max(), double.NaN })],
                IsDashed: true));
        }
    }

    static void AddStrategy(ReportPage page, TrainingHistory history)
    {
        if (history.Changes.Count == 0) return;
        page.AddSection("What the strategy changed",
            "Each change is after the epoch given, by the first rule that held; the dashed vertical lines above are at these places.",
            new ReportTable("", ["After epoch", "Rule", "Why", "What"], [.. history.Changes.Select(c => (IReadOnlyList<string>)[c.Epoch.ToString(CultureInfo.InvariantCulture), Name(c.Rule), c.Reason, c.Change])]));
    }

    static string Name(StrategyRule rule) => rule switch
    {
        StrategyRule.Rise => "lower rate, the loss rose",
        StrategyRule.Plateau => "lower rate, the loss stood still",
        StrategyRule.Switch => "another optimizer",
        _ => "larger batches",
    };

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
