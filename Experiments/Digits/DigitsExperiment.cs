using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.Digits;

/// <summary>Digits, end to end: drawn ones, or those of a folder of IDX files such as MNIST.</summary>
internal sealed class DigitsExperiment : IExperiment
{
    static readonly ChoiceSetting Rule = new("rule", "How synapses learn: from errors that go back as spikes, or without labels from spike times", "emstdp", "emstdp", "stdp");

    static readonly PipelineSettings Common = new(hidden: 100, trainImages: 12_000, testImages: 2_000, neuronsPerCore: 8);

    /// <inheritdoc/>
    public string Name => "digits";

    /// <inheritdoc/>
    public string Summary => "A spiking network learns to read digits, shrinks, moves onto a tile machine and is priced; --data takes a folder of IDX files such as MNIST";

    /// <inheritdoc/>
    public IReadOnlyList<Setting> Settings { get; } = [Rule, .. Common.All];

    /// <inheritdoc/>
    public RunResult Run(RunContext context)
    {
        var data = context.Data is { } folder ? IdxFolder.Load(folder) : Drawn(context);
        return new ImagePipeline(context, Common).Run(data, (pixels, classes, cpu) => new ErrorModulatedLearner(
            pixels, classes, context.Get(Common.Hidden), context.Get(Common.Steps), Common.FeedbackOf(context), context.Get(Common.LearningRate), context.Seed, cpu));
    }

    static ImageData Drawn(RunContext context) => Glyphs.Generate(
        context.Seed,
        context.Get(Common.TrainImages) is > 0 and var train ? train : Common.DrawnTraining,
        context.Get(Common.TestImages) is > 0 and var test ? test : Common.DrawnTest,
        context.Threads);
}
