using Lepton.Neuro.Experiments.Running;
using Spectre.Console;

namespace Lepton.Neuro.Experiments.Reporting;

/// <summary>Results as rows of a quantity and a value: for the terminal and the page alike. What was not measured is left out.</summary>
public static class ResultTable
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
        Add("Images learnt", Quantity.Count(result.Train.Images));
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
            Add(name, value.Text ?? (value.Number is { } number && double.IsFinite(number) ? Quantity.Digits(number) : Quantity.Missing));
        Add("Spike hash", result.SpikeHash ?? Quantity.Missing);
        Add("Wall clock", Quantity.Duration(result.WallSeconds));
        return rows;
    }

    /// <summary>What a person calls a figure of <c>results.csv</c>.</summary>
    /// <param name="metric">Its name there, such as <c>accuracy.mapped</c>.</param>
    /// <returns>The name in tables and figures; the same name where there is no other.</returns>
    internal static string NameOf(string metric) => metric switch
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
        _ => metric,
    };

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
