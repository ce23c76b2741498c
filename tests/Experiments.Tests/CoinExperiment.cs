using Lepton.Neuro.Experiments.Plots;
using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.Tests;

// The example in the documentation of IExperiment; a test keeps the two alike.
sealed class CoinExperiment : IExperiment
{
    static readonly NumberSetting Bias = new("bias", "How often heads comes up", 0.5, 0, 1);

    public string Name => "coin";
    public string Summary => "A coin, guessed by always saying heads";
    public IReadOnlyList<Setting> Settings => [Bias];

    public RunResult Run(RunContext context)
    {
        var random = new System.Random((int)(context.Seed % int.MaxValue));
        var right = new double[100];
        using var phase = context.Progress.Start("Tossing", right.Length, "tosses");
        for (var toss = 0; toss < right.Length; toss++, phase.Advance())
        {
            context.Cancellation.ThrowIfCancellationRequested();
            right[toss] = (toss > 0 ? right[toss - 1] : 0) + (random.NextDouble() < context.Get(Bias) ? 1 : 0);
        }
        context.Report.AddSection("Guesses", "The line is the number of right guesses so far; its slope is the bias.",
            LineChart.Of("Right guesses", new("Toss"), new("Right"), new LineSeries("Coin", [.. right.Index().Select(toss => toss.Index + 1.0)], right)));
        return new RunResult { Accuracy = new() { Full = right[^1] / right.Length } };
    }
}
