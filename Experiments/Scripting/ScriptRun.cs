using Lepton.Neuro.Experiments.Plots;
using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.Scripting;

/// <summary>What a script runs with: its settings, its seed, and where its figures and pictures go.</summary>
public sealed class ScriptRun
{
    readonly RunContext context;
    readonly Dictionary<string, ExtraValue> found = new(StringComparer.Ordinal);
    int pictures;

    internal ScriptRun(RunContext context) => this.context = context;

    /// <summary>The seed of all random numbers.</summary>
    public ulong Seed => context.Seed;

    /// <summary>How many threads to use.</summary>
    public int Threads => context.Threads;

    /// <summary>Shows how far the script is.</summary>
    public IProgressReporter Progress => context.Progress;

    /// <summary>Cancelled by Ctrl-C.</summary>
    public CancellationToken Cancellation => context.Cancellation;

    /// <summary>The full path of the first picture; null where nothing was shown.</summary>
    internal string? Picture { get; private set; }

    /// <summary>What was measured.</summary>
    internal RunResult Result { get; private set; } = new();

    /// <summary>The value of a setting.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="setting">One of the script's settings.</param>
    public T Get<T>(Setting<T> setting)
        where T : notnull => context.Get(setting);

    /// <summary>Goes through things one by one: shows how far it is, and stops when the user asks for it.</summary>
    /// <typeparam name="T">What they are.</typeparam>
    /// <param name="things">The things.</param>
    /// <param name="unit">What they are called, in the plural.</param>
    /// <returns>The same things.</returns>
    public IEnumerable<T> Each<T>(IReadOnlyCollection<T> things, string unit)
    {
        using var phase = context.Progress.Start("Running", things.Count, unit);
        foreach (var thing in things)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            yield return thing;
            phase.Advance();
        }
    }

    /// <summary>Keeps a figure that was found, for results.json.</summary>
    /// <param name="name">A camelCase name that ends in the unit.</param>
    /// <param name="value">The value.</param>
    public void Found(string name, ExtraValue value)
    {
        found[name] = value;
        Result = Result with { Extra = found };
    }

    /// <summary>Keeps the digest of all spikes, for results.json: equal digests, equal spikes.</summary>
    /// <param name="hash">What recorded the spikes.</param>
    public void Found(SpikeHash hash) => Result = Result with { SpikeHash = hash.ToString() };

    /// <summary>Shows figures: a section of the page, and a PNG each.</summary>
    /// <param name="howToRead">A sentence that says how to read them.</param>
    /// <param name="figures">The figures.</param>
    public void Show(string howToRead, params IReadOnlyList<Figure> figures)
    {
        context.Report.AddSection(figures.Count > 0 ? figures[0].Title : "Result", howToRead, [.. figures]);
        foreach (var figure in figures)
        {
            string name = FormattableString.Invariant($"picture-{++pictures}.png");
            context.AddFile(name, stream => stream.Write(FigureFile.Render(figure, ".png", Theme.Light, FigureFile.DefaultWidth)));
            Picture ??= Path.Combine(context.OutputFolder, name);
        }
    }

    /// <summary>Runs one of the experiments of <c>lepton run</c>, without files.</summary>
    /// <param name="experiment">Its name.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="epochs">Passes over the training set; the experiment's own where null.</param>
    /// <param name="settings">Settings and their values, such as <c>("hidden", 50)</c>.</param>
    /// <returns>What it measured.</returns>
    /// <exception cref="InvalidInputException">There is no such experiment or setting, or a value is out of its range.</exception>
    public RunResult Run(string experiment, ulong seed, int? epochs = null, params IReadOnlyList<(string Key, object Value)> settings) =>
        ExperimentRun.InMemory(new()
        {
            Experiment = experiment,
            Seed = FormattableString.Invariant($"{seed}"),
            Threads = FormattableString.Invariant($"{Threads}"),
            Epochs = epochs is { } passes ? FormattableString.Invariant($"{passes}") : null,
            Settings = [.. settings.Select(s => KeyValuePair.Create(s.Key, FormattableString.Invariant($"{s.Value}")))],
        }, context.Cancellation);
}
