namespace Lepton.Neuro.Experiments.Running;

/// <summary>An experiment that <c>lepton run</c> can run. It computes and describes; the frame reads the command line, checks it, writes the
/// files and the page. List a new one in <see cref="Catalogue.All"/>.</summary>
/// <example><code>
/// sealed class CoinExperiment : IExperiment
/// {
///     static readonly NumberSetting Bias = new("bias", "How often heads comes up", 0.5, 0, 1);
///
///     public string Name =&gt; "coin";
///     public string Summary =&gt; "A coin, guessed by always saying heads";
///     public IReadOnlyList&lt;Setting&gt; Settings =&gt; [Bias];
///
///     public RunResult Run(RunContext context)
///     {
///         var random = new System.Random((int)(context.Seed % int.MaxValue));
///         var right = new double[100];
///         using var phase = context.Progress.Start("Tossing", right.Length, "tosses");
///         for (var toss = 0; toss &lt; right.Length; toss++, phase.Advance())
///         {
///             context.Cancellation.ThrowIfCancellationRequested();
///             right[toss] = (toss &gt; 0 ? right[toss - 1] : 0) + (random.NextDouble() &lt; context.Get(Bias) ? 1 : 0);
///         }
///         context.Report.AddSection("Guesses", "The line is the number of right guesses so far; its slope is the bias.",
///             LineChart.Of("Right guesses", new("Toss"), new("Right"), new LineSeries("Coin", [.. right.Index().Select(toss =&gt; toss.Index + 1.0)], right)));
///         return new RunResult { Accuracy = new() { Full = right[^1] / right.Length } };
///     }
/// }
/// </code></example>
public interface IExperiment
{
    /// <summary>What the user types: lower-case letters, digits and hyphens, such as <c>digits</c>.</summary>
    string Name { get; }

    /// <summary>One sentence that says what is learnt, from what, with what.</summary>
    string Summary { get; }

    /// <summary>What a user may change with <c>--set</c>.</summary>
    IReadOnlyList<Setting> Settings { get; }

    /// <summary>The number of passes over the training set when <c>--epochs</c> is not given; at least 1.</summary>
    int DefaultEpochs => 1;

    /// <summary>What the data folder must contain, in one phrase, or null when the experiment makes its own data.
    /// When it is not null, <c>--data</c> is required.</summary>
    string? DataNeeded => null;

    /// <summary>Whether <c>--data</c> may also name a file.</summary>
    bool TakesDataFile => false;

    /// <summary>Whether it saves itself through <see cref="RunContext.Checkpoint"/> and can go on from there.</summary>
    bool CanResume => false;

    /// <summary>The words that run it on a command line.</summary>
    IReadOnlyList<string> Command => ["lepton", "run", Name];

    /// <summary>Runs the experiment. It must be a function of the context's data, seed, epochs and settings only: never of threads, vector
    /// bits or the time of day.</summary>
    /// <param name="context">The checked configuration, progress, cancellation and the report to fill.</param>
    /// <returns>What was measured. The frame fills in experiment, seed, threads, commit, version and seconds.</returns>
    /// <exception cref="InvalidInputException">Something the user gave, such as a data file, cannot be used.</exception>
    /// <exception cref="OperationCanceledException">The context's token was cancelled.</exception>
    RunResult Run(RunContext context);
}
