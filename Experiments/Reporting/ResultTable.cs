using System.Text.RegularExpressions;
using Lepton.Neuro.Experiments.Running;
using Spectre.Console;

namespace Lepton.Neuro.Experiments.Reporting;

/// <summary>Results as rows of a quantity and a value: for the terminal and the page alike. What was not measured is left out.</summary>
public static partial class ResultTable
{
    /// <summary>The rows.</summary>
    /// <param name="result">The results.</param>
    /// <returns>Name and value of each quantity that was measured.</returns>
    public static IReadOnlyList<(string Name, string Value)> Rows(RunResult result)
    {
        var rows = new List<(string, string)>();
        void Add(string name, string value)
        {
            if (!string.Equals(value, Quantity.Missing, StringComparison.Ordinal))
                rows.Add((name, value));
        }

        Add("Seed", result.Seed.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Add("Samples learnt", Quantity.Count(result.Train.Images));
        Add("Epochs", Quantity.Count(result.Train.Epochs));
        Add("Learning speed", result.Train.ImagesPerSecond is null ? Quantity.Missing : $"{Quantity.Count(result.Train.ImagesPerSecond)} images/s");
        Add("Accuracy, full precision", Quantity.Percent(result.Accuracy.Full, 2));
        Add("Accuracy, compressed", Quantity.Percent(result.Accuracy.Compressed, 2));
        Add("Accuracy, on tiles", Quantity.Percent(result.Accuracy.Mapped, 2));
        Add("Steps per inference", Quantity.Count(result.PerInference.Steps));
        Add("Spikes per inference", Quantity.Count(result.PerInference.Spikes));
        Add("Synaptic operations per inference", Quantity.Count(result.PerInference.SynapticOperations));
        Add("Energy per inference", Quantity.WithPrefix(result.PerInference.EnergyJoules, "J"));
        Add("Energy of a conventional network", Quantity.WithPrefix(result.PerInference.AnnEnergyJoules, "J"));
        Add("Latency", Quantity.WithPrefix(result.PerInference.LatencySeconds, "s"));
        Add("Neurons", Quantity.Count(result.Network.Neurons));
        Add("Synapses kept", Quantity.Count(result.Network.Synapses));
        Add("Synapses pruned", Quantity.Percent(result.Network.Sparsity));
        Add("Bits per weight", Quantity.Count(result.Network.WeightBits));
        Add("Machine", result.Machine.Name ?? Quantity.Missing);
        Add("Tiles", Quantity.Count(result.Machine.Tiles));
        Add("Cores used", Quantity.Count(result.Machine.CoresUsed));
        foreach (var (name, value) in result.Extra)
            Add(NameOf(name), value.Text ?? (value.Number is { } number ? ValueOf(name, number) : Quantity.Missing));
        Add("Spike hash", result.SpikeHash ?? Quantity.Missing);
        Add("Wall clock", Quantity.Duration(result.WallSeconds));
        return rows;
    }

    /// <summary>What a person calls a figure of <c>results.csv</c>.</summary>
    /// <param name="metric">Its name there, such as <c>accuracy.mapped</c> or <c>extra.meanRateHertz</c>.</param>
    /// <returns>The name in tables and figures, without its unit.</returns>
    internal static string NameOf(string metric) => WithoutGroup(metric) switch
    {
        "train.imagesPerSecond" => "Learning speed (images/s)",
        "accuracy.full" => "Accuracy at full precision",
        "accuracy.compressed" => "Accuracy compressed",
        "accuracy.mapped" => "Accuracy on tiles",
        "perInference.steps" => "Steps per inference",
        "perInference.spikes" => "Spikes per inference",
        "perInference.synapticOperations" => "Synaptic operations per inference",
        "perInference.energyJoules" => "Energy per inference",
        "perInference.annEnergyJoules" => "Energy of a conventional network",
        "perInference.latencySeconds" => "Latency",
        "network.neurons" => "Neurons",
        "network.synapses" => "Synapses kept",
        "network.sparsity" => "Synapses pruned",
        "machine.coresUsed" => "Cores used",
        "wallSeconds" => "Wall clock",
        "annPrunedEnergyJoules" => "Energy of a conventional network, zeros skipped",
        "annMostEnergyJoules" => "Energy of a conventional network, every product",
        "inputSpikes" => "Input spikes per inference",
        "packets" => "Packets per inference",
        "hops" => "Hops per inference",
        "weightMemoryBytes" => "Memory of the weights",
        "engineAccuracy" => "Accuracy by the training engine",
        "rateAccuracy" => "Accuracy of the rate network",
        "linearAccuracy" => "Accuracy of a linear classifier",
        "answersOtherwise" => "Answers other than the training engine's",
        "trainSeconds" => "Training time",
        "trainProcessorSeconds" => "Training time, of all processors",
        "trainWorkingBytes" => "Memory of training",
        { } name when name.StartsWith(EnergyParts, StringComparison.Ordinal) => $"Energy of inference, {name[EnergyParts.Length..]}",
        { } name => Spell(name),
    };

    /// <summary>A figure as people read it: its name ends in its unit, or says that it is a share.</summary>
    /// <param name="metric">Its name in <c>results.csv</c>.</param>
    /// <param name="value">The figure.</param>
    /// <returns>The text; a dash where it is not finite.</returns>
    internal static string ValueOf(string metric, double value)
    {
        string[] words = Words(WithoutGroup(metric));
        return words[^1] switch
        {
            _ when metric.StartsWith(EnergyParts, StringComparison.Ordinal) => Quantity.WithPrefix(value, "J"),
            "Joules" or "joules" => Quantity.WithPrefix(value, "J"),
            "Seconds" or "seconds" => Quantity.Duration(value),
            "Hertz" or "hertz" when double.IsFinite(value) => $"{Quantity.Digits(value)} Hz",
            "Bytes" or "bytes" when double.IsFinite(value) => $"{Quantity.Count(value)} bytes",
            _ when words.Any(word => Shares.Contains(word)) => Quantity.Percent(value, 2),
            _ => Quantity.Count(value),
        };
    }

    const string EnergyParts = "perInference.energyBreakdown.";

    static readonly HashSet<string> Shares = new(["accuracy", "precision", "recall", "share", "sparsity"], StringComparer.OrdinalIgnoreCase);

    static string WithoutGroup(string metric) => metric.StartsWith("extra.", StringComparison.Ordinal) ? metric["extra.".Length..] : metric;

    static string[] Words(string name) => WordEnd().Split(name.Replace('.', ' '));

    // meanRateHertz: Mean rate; rate.L4E.hertz: Rate, L4E; trainAccuracy.epoch1: Training accuracy, epoch 1.
    static string Spell(string name)
    {
        var parts = name.Split('.', StringSplitOptions.RemoveEmptyEntries)
            .Select(part => WordEnd().Split(part).Where(word => !Units.Contains(word)).Select(word => word is "train" ? "training" : word.Any(char.IsDigit) && char.IsUpper(word[0]) ? word : word.ToLowerInvariant()))
            .Select(words => string.Join(' ', words)).Where(part => part.Length > 0).ToArray();
        string text = string.Join(", ", parts);
        return text.Length == 0 ? name : $"{char.ToUpperInvariant(text[0])}{text[1..]}";
    }

    static readonly HashSet<string> Units = new(["Joules", "Seconds", "Hertz", "Bytes"], StringComparer.OrdinalIgnoreCase);

    // Between a small letter and a capital or a digit, between capitals or digits and a capital that begins a word, and where there is a blank.
    [GeneratedRegex("(?<=[a-z])(?=[A-Z])|(?<=[a-z]{2})(?=[0-9])|(?<=[A-Z0-9])(?=[A-Z][a-z])| ", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex WordEnd();

    /// <summary>The table for the terminal.</summary>
    /// <param name="result">The results.</param>
    /// <returns>The table.</returns>
    public static Table Create(RunResult result)
    {
        var table = new Table { Border = TableBorder.Rounded, Title = new TableTitle(Markup.Escape(result.Experiment)) };
        table.AddColumn("Quantity");
        table.AddColumn(new TableColumn("Value").RightAligned());
        foreach (var (name, value) in Rows(result))
            table.AddRow(Markup.Escape(name), Markup.Escape(value));
        return table;
    }
}
