using Lepton.Neuro.Experiments.Reporting;

namespace Lepton.Neuro.Experiments.Running;

/// <summary>What an experiment gets to run with. Everything in it has been checked.</summary>
public sealed class RunContext
{
    readonly RunConfiguration configuration;
    readonly RunFolder folder;

    internal RunContext(RunConfiguration configuration, RunFolder folder, IProgressReporter progress, CancellationToken cancellation, CheckpointRequest? checkpoint = null, bool live = false)
    {
        Checkpoint = new(configuration, checkpoint, System.IO.Path.Combine(folder.Path, RunFolder.CheckpointFile), folder.Temporary(RunFolder.CheckpointFile));
        Live = live ? new() : null;
        this.configuration = configuration;
        this.folder = folder;
        Progress = progress;
        Cancellation = cancellation;
    }

    /// <summary>What is done with a network that tells classes apart when it has learned; nothing where null.</summary>
    internal Action<Energy.TrainedClassifier>? Study { get; init; }

    /// <summary>A network that has learned already, which is studied in place of one that learns now; null where there is none.</summary>
    internal Plasticity.ModelFiles.Model? Model { get; init; }

    /// <summary>The full path of the data folder; null when none was given and the experiment needs none.</summary>
    public string? Data => configuration.Data;

    /// <summary>The name of the experiment.</summary>
    public string Experiment => configuration.Experiment.Name;

    /// <summary>All that was set, as the text of <c>config.yaml</c>.</summary>
    public string Configuration => ConfigurationFile.Write(configuration);

    /// <summary>The seed of all random numbers.</summary>
    public ulong Seed => configuration.Seed;

    /// <summary>How many threads to use; at least 1.</summary>
    public int Threads => configuration.Threads;

    /// <summary>The width of vectors to use.</summary>
    public VectorBits VectorBits => configuration.VectorBits;

    /// <summary>The number of passes over the training set; at least 1.</summary>
    public int Epochs => configuration.Epochs;

    /// <summary>The full path of the folder where results will lie once the run has succeeded. Write through <see cref="AddFile"/>, never directly.</summary>
    public string OutputFolder => folder.Path;

    /// <summary>Shows how far the run is.</summary>
    public IProgressReporter Progress { get; }

    /// <summary>Cancelled by Ctrl-C. Look at it at least a few times a second.</summary>
    public CancellationToken Cancellation { get; }

    /// <summary>How a long run saves itself and goes on: for experiments that say <see cref="IExperiment.CanResume"/>.</summary>
    public RunCheckpoint Checkpoint { get; }

    /// <summary>Shows spikes in characters while it runs; null unless the user asked for it.</summary>
    public LiveRaster? Live { get; }

    /// <summary>The page that a person will read. The frame adds the title, the key figures, the energy, the configuration and how to reproduce it.</summary>
    public ReportPage Report { get; } = new();

    /// <summary>The value of a setting.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="setting">One of the experiment's <see cref="IExperiment.Settings"/>.</param>
    /// <returns>What the user gave, or the default.</returns>
    /// <exception cref="ArgumentException">The setting is not listed by the experiment.</exception>
    public T Get<T>(Setting<T> setting)
        where T : notnull =>
        configuration.Settings.TryGetValue(setting.Key, out var value)
            ? (T)value
            : throw new ArgumentException($"Experiment {configuration.Experiment.Name} does not list the setting {setting.Key}.", nameof(setting));

    /// <summary>Refuses settings that have no effect in this run: whoever changed one expects another result.</summary>
    /// <param name="because">What makes them have none, such as <c>rule=stdp</c>.</param>
    /// <param name="settings">Settings of the experiment.</param>
    /// <exception cref="InvalidInputException">One of them has another value than its default.</exception>
    public void Refuse(string because, params IReadOnlyList<Setting> settings)
    {
        foreach (var setting in settings.Where(configuration.IsChanged))
            throw new InvalidInputException($"Setting {setting.Key}", setting.FormatValue(configuration.Settings[setting.Key]), $"nothing but its default ({setting.DefaultText}) {because}, where it has no effect");
    }

    /// <summary>Adds a file to the results, such as a trained network. It appears only when the run succeeds.</summary>
    /// <param name="name">A plain file name, such as <c>network.bin</c>.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="ArgumentException">The name is not a plain file name, or is one of the frame's own.</exception>
    public void AddFile(string name, Action<Stream> write) => folder.Add(name, write);
}
