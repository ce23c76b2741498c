using Lepton.Neuro.Backends;
using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Experiments.Energy;
using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.Digits;

/// <summary>Digits, end to end: drawn ones, or those of a folder of IDX files such as MNIST.</summary>
internal sealed class DigitsExperiment : IEnergyExperiment
{
    static readonly ChoiceSetting Rule = new("rule", "How synapses learn: from errors that go back as spikes, or without labels from spike times", "emstdp", "emstdp", "stdp");

    static readonly WholeNumberSetting ImageTime = new("image-time", "How long an image is shown (rule stdp)", 250, 10, 10_000, "ms");

    static readonly NumberSetting StdpRate = new("stdp-rate", "What a spike of a neuron adds to a weight at most (rule stdp)", 0.01, 0, 1);

    static readonly PipelineSettings Common = new(hidden: 100, learningRate: 0.002, trainImages: 20_000, testImages: 2_000, neuronsPerCore: 8);

    /// <inheritdoc/>
    public string Name => "digits";

    /// <inheritdoc/>
    public string Summary => "A spiking network learns to read digits, shrinks, moves onto a tile machine and is priced; --data takes a folder of IDX files such as MNIST";

    /// <inheritdoc/>
    public IReadOnlyList<Setting> Settings { get; } = [Rule, .. Common.All, ImageTime, StdpRate];

    /// <inheritdoc/>
    public int DefaultEpochs => 2;

    /// <inheritdoc/>
    public RunResult Run(RunContext context) => new ImagePipeline(context, Common).Run(Data(context), Learner(context));

    /// <inheritdoc/>
    public TrainedClassifier Train(RunContext context) => new ImagePipeline(context, Common).Train(Data(context), Learner(context));

    static ImageData Data(RunContext context) => context.Data is { } folder ? IdxFolder.Load(folder) : Drawn(context);

    static Func<int, int, CpuOptions, ImageLearner> Learner(RunContext context) => (pixels, classes, cpu) => context.Get(Rule) == "stdp"
        ? new StdpLearner(pixels, classes, context.Get(Common.Hidden), context.Get(ImageTime), context.Get(StdpRate), context.Seed, cpu)
        : new ErrorModulatedLearner(
            pixels, classes, context.Get(Common.Hidden), context.Get(Common.Steps), Common.FeedbackOf(context), context.Get(Common.LearningRate), context.Seed, cpu);

    static ImageData Drawn(RunContext context) => Glyphs.Generate(
        context.Seed,
        context.Get(Common.TrainImages) is > 0 and var train ? train : Common.DrawnTraining,
        context.Get(Common.TestImages) is > 0 and var test ? test : Common.DrawnTest,
        context.Threads);
}
