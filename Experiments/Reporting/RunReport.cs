using System.Globalization;
using Lepton.Neuro.Experiments.Plots;
using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.Reporting;

/// <summary>What every run's page has: title, summary, key figures and energy from the results, all results as a table, the full
/// configuration, and how to reproduce it.</summary>
internal static class RunReport
{
    /// <summary>Completes the page that an experiment filled.</summary>
    /// <param name="page">The experiment's page.</param>
    /// <param name="configuration">What was run.</param>
    /// <param name="result">What came out.</param>
    /// <param name="file">Where the configuration file lies, seen from where the user stands.</param>
    /// <returns>The page.</returns>
    public static ReportPage Complete(ReportPage page, RunConfiguration configuration, RunResult result, string file)
    {
        var experiment = configuration.Experiment;
        if (page.Title.Length == 0)
            page.Title = $"{char.ToUpperInvariant(experiment.Name[0])}{experiment.Name[1..]}";
        if (page.Question.Length == 0)
            page.Question = Ask(configuration);
        if (page.Summary.Length == 0)
            page.Summary = Summarise(result);
        page.Byline = string.Create(CultureInfo.InvariantCulture,
            $"Seed {result.Seed} · {result.Threads} {(result.Threads == 1 ? "thread" : "threads")} · {Quantity.Duration(result.WallSeconds)} · {BuildInformation.NameOf(result.Version, result.Commit)}");
        page.InsertKeyFigures(KeyFigures(result));
        AddEnergy(page, result);
        page.AddCode("How to reproduce it",
            "The same seed gives the same spikes on any machine and with any number of threads. The file config.yaml beside this page holds every setting.",
            $"{configuration.ToCommandLine()}\n\n{Again(configuration, file)}");
        page.AddDetails("All results", new ReportTable("", ["Quantity", "Value"], [.. ResultTable.Rows(result).Select(row => (IReadOnlyList<string>)[row.Name, row.Value])]));
        page.AddDetails("Full configuration", Configuration(configuration));
        return page;
    }

    // A program of one file is called by a path, which holds from where it was run.
    static string Again(RunConfiguration configuration, string file) => configuration.Experiment.Command[0] == "lepton"
        ? $"# or, from the folder of this page\n{configuration.ToCommandLine("config.yaml", "--out", "again")}"
        : $"# or, from the folder that it was run from\n{configuration.ToCommandLine(file, "--out", "again")}";

    static string Ask(RunConfiguration configuration)
    {
        var experiment = configuration.Experiment;
        var changed = experiment.Settings.Where(configuration.IsChanged)
            .Select(setting => $"{setting.Key} = {setting.FormatValue(configuration.Settings[setting.Key])}{(setting.Unit.Length == 0 ? "" : $" {setting.Unit}")} ({setting.DefaultText} by default)")
            .Prepend(string.Create(CultureInfo.InvariantCulture, $"epochs = {configuration.Epochs}"));
        return $"{experiment.Summary.Split(';')[0].TrimEnd('.')}; here with {string.Join(", ", changed)}{(configuration.Data is { } data ? $", on {System.IO.Path.GetFileName(data)}" : "")}.";
    }

    static string Summarise(RunResult result)
    {
        var parts = new List<string>();
        var accuracy = result.Accuracy.Mapped ?? result.Accuracy.Compressed ?? result.Accuracy.Full;
        if (accuracy is { } share && double.IsFinite(share))
            parts.Add($"{Quantity.Percent(share)} of the test set is classified correctly");
        if (result.PerInference.EnergyJoules is { } energy && double.IsFinite(energy))
            parts.Add($"an inference takes {Quantity.WithPrefix(energy, "J")}{Advantage(result)}");
        if (result.Train.Images is { } images && result.Train.Epochs is { } epochs)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"learnt from {images:N0} images in {epochs} {(epochs == 1 ? "epoch" : "epochs")}"));
        var extra = result.Extra.Where(pair => pair.Value.Number is { } number && double.IsFinite(number)).Take(3).Select(pair => $"{ResultTable.NameOf(pair.Key)} is {ResultTable.ValueOf(pair.Key, pair.Value.Number!.Value)}");
        if (parts.Count == 0)
            parts.AddRange(extra);
        return parts.Count == 0 ? "" : $"{char.ToUpperInvariant(parts[0][0])}{string.Join("; ", parts)[1..]}.";
    }

    static string Advantage(RunResult result)
    {
        var (spiking, conventional) = (result.PerInference.EnergyJoules, result.PerInference.AnnEnergyJoules);
        if (spiking is not > 0 || conventional is not > 0)
            return "";
        var ratio = conventional.Value / spiking.Value;
        return ratio >= 1
            ? $", {Quantity.Digits(ratio)} times less than a conventional network of the same layers"
            : $", {Quantity.Digits(1 / ratio)} times more than a conventional network of the same layers";
    }

    static IEnumerable<(string Label, string Value, string Note)> KeyFigures(RunResult result)
    {
        var accuracy = result.Accuracy;
        var cost = result.PerInference;
        var all = new (string Label, string Value, string Note)[]
        {
            ("Accuracy, full precision", Quantity.Percent(accuracy.Full, 2), "as learnt"),
            ("Accuracy, compressed", Quantity.Percent(accuracy.Compressed, 2), Difference(accuracy.Compressed, accuracy.Full)),
            ("Accuracy, on tiles", Quantity.Percent(accuracy.Mapped, 2), Difference(accuracy.Mapped, accuracy.Full)),
            ("Energy per inference", Quantity.WithPrefix(cost.EnergyJoules, "J"),
                cost.AnnEnergyJoules is null ? "" : $"conventional network: {Quantity.WithPrefix(cost.AnnEnergyJoules, "J").Replace(' ', '\u00a0')}"),
            ("Latency", Quantity.WithPrefix(cost.LatencySeconds, "s"), cost.Steps is null ? "" : $"{Quantity.Count(cost.Steps)} steps"),
            ("Spikes per inference", Quantity.Count(cost.Spikes),
                cost.SynapticOperations is null ? "" : $"{Quantity.Count(cost.SynapticOperations)} synaptic operations"),
            ("Synapses", Quantity.Count(result.Network.Synapses), Compression(result.Network)),
            ("Learning speed", result.Train.ImagesPerSecond is null ? Quantity.Missing : $"{Quantity.Count(result.Train.ImagesPerSecond)}/s", "images per second"),
        };
        return all.Where(figure => !string.Equals(figure.Value, Quantity.Missing, StringComparison.Ordinal));
    }

    static string Difference(double? value, double? reference) =>
        value is { } one && reference is { } other && double.IsFinite(one - other)
            ? string.Create(CultureInfo.InvariantCulture, $"{(one < other ? "−" : "+")}{Math.Abs(one - other) * 100:0.00} points against full precision")
            : "";

    static string Compression(NetworkResult network)
    {
        var parts = new List<string>();
        if (network.Sparsity is { } sparsity && double.IsFinite(sparsity))
            parts.Add($"{Quantity.Percent(sparsity, 0)} pruned");
        if (network.WeightBits is { } bits && double.IsFinite(bits))
            parts.Add($"{Quantity.Count(bits)} bits each");
        return string.Join(", ", parts);
    }

    static void AddEnergy(ReportPage page, RunResult result)
    {
        var cost = result.PerInference;
        var parts = cost.EnergyBreakdown;
        if (page.ShowsEnergy)
            return;
        if (parts.Neurons is null && parts.Synapses is null && parts.Network is null && parts.Static is null)
            return;
        var stack = new (string Name, double? Value)[]
        {
            ("Neurons", parts.Neurons), ("Synapses", parts.Synapses), ("Network", parts.Network), ("Static", parts.Static),
        };
        var axis = new ChartAxis("Energy per inference", "J");
        var breakdown = StackedBars.Of("Where the energy goes", axis, ["Spiking"], [.. stack.Select(part => new BarPart(part.Name, [part.Value ?? double.NaN]))]);
        const string HowToRead = "A bar is the mean energy of one inference on the test set: its colours are what the energy is spent on, and the number behind it is the sum.";
        if (cost.AnnEnergyJoules is not { } conventional)
        {
            page.AddSection("Energy of one inference", HowToRead, breakdown);
            return;
        }
        // Beside a bar that is many times longer the parts could not be seen: they have a figure of their own.
        var comparison = StackedBars.Of("Beside a conventional network", axis, ["Spiking", "Conventional"],
        [
            .. stack.Select(part => new BarPart(part.Name, [part.Value ?? double.NaN, double.NaN])),
            new BarPart("All products", [double.NaN, conventional]),
        ]);
        comparison = comparison with { Layout = comparison.Layout with { ShowLegend = false } };
        page.AddSection("Energy of one inference", HowToRead + " The conventional network has the same layers and computes every product; beside it the scale is longer.",
            breakdown.Half(), comparison.Half());
    }

    static ReportTable Configuration(RunConfiguration configuration)
    {
        var rows = new List<IReadOnlyList<string>>
        {
            (IReadOnlyList<string>)["experiment", configuration.Experiment.Name, "", configuration.Experiment.Summary],
            (IReadOnlyList<string>)["data", configuration.Data ?? Quantity.Missing, "", "folder of the data"],
            (IReadOnlyList<string>)["seed", configuration.Seed.ToString(CultureInfo.InvariantCulture), "", "of all random numbers"],
            (IReadOnlyList<string>)["threads", configuration.Threads.ToString(CultureInfo.InvariantCulture), "", "results do not depend on it"],
            (IReadOnlyList<string>)["vector-bits", RunConfiguration.FormatVectorBits(configuration.VectorBits), "", "results do not depend on it"],
            (IReadOnlyList<string>)["epochs", configuration.Epochs.ToString(CultureInfo.InvariantCulture), "", "passes over the training set"],
        };
        foreach (var setting in configuration.Experiment.Settings)
        {
            rows.Add([
                setting.Key,
                setting.FormatValue(configuration.Settings[setting.Key]),
                setting.Unit,
                configuration.IsChanged(setting) ? $"{setting.Description} (default {setting.DefaultText})" : setting.Description,
            ]);
        }
        return new ReportTable("", ["Key", "Value", "Unit", "Meaning"], rows);
    }
}
