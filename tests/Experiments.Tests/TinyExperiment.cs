using Lepton.Neuro.Experiments.Plots;
using Lepton.Neuro.Experiments.Reporting;
using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.Tests;

/// <summary>An experiment that computes next to nothing, with every kind of setting.</summary>
sealed class TinyExperiment : IExperiment
{
    public static readonly NumberSetting Rate = new("learning-rate", "How far a weight moves", 0.01, 0, 1);
    public static readonly NumberSetting Tau = new("membrane-time", "Time constant of the membrane", 20, 1, 1000, "ms");
    public static readonly WholeNumberSetting Hidden = new("hidden-neurons", "Neurons in the hidden layer", 40, 1, 1000, "neurons");
    public static readonly ChoiceSetting Code = new("encoding", "How images become spikes", "latency", "latency", "poisson");
    public static readonly FlagSetting Prune = new("prune", "Remove small weights", true);
    public static readonly TextSetting Note = new("note", "A remark to keep", "");

    public string Name => "tiny";

    public string Summary => "Next to nothing, learnt by <b>one</b> neuron";

    public IReadOnlyList<Setting> Settings => [Rate, Tau, Hidden, Code, Prune, Note];

    public int DefaultEpochs => 2;

    public string? DataNeeded { get; init; }

    /// <summary>What to do in the middle of the run, after a file has been added.</summary>
    public Action<RunContext>? Meanwhile { get; init; }

    public RunResult Run(RunContext context)
    {
        using (var phase = context.Progress.Start("Learning [1]", 10, "images"))
            phase.Advance(10);
        context.Progress.Note("half way [50%]");
        context.AddFile("network.txt", stream => stream.Write("weights"u8));
        Meanwhile?.Invoke(context);
        context.Report.AddSection("Activity", "Each point is a spike.",
            SpikeRaster.Of("Spikes </script><script>alert(1)</script>", [new RasterPopulation("Input <i>", 3, new float[] { 1, 2, 3 }, new[] { 0, 1, 2 })]));
        context.Report.AddSection("Table", "Numbers.", new ReportTable("A & B", ["<x>", "y"], [["<td>", "1"]]));
        return new RunResult
        {
            Accuracy = new AccuracyResult { Full = context.Get(Rate), Compressed = double.NaN, Mapped = double.PositiveInfinity },
            PerInference = new InferenceResult
            {
                EnergyJoules = 1e-9,
                AnnEnergyJoules = 3e-8,
                EnergyBreakdown = new EnergyBreakdown { Neurons = 4e-10, Synapses = 6e-10 },
            },
            SpikeHash = $"{context.Seed}-{context.Epochs}-{context.Get(Hidden)}-{context.Get(Code)}-{context.Get(Prune)}-{context.Get(Note)}",
            Extra = new Dictionary<string, ExtraValue>(StringComparer.Ordinal) { ["gap"] = double.NaN, ["remark"] = "a,\"b\"\nc", ["rateHertz"] = 4.5 },
        };
    }
}
