using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Experiments.Rules;
using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.Digits;

/// <summary>Digits, end to end: drawn ones, or those of a folder of IDX files such as MNIST.</summary>
internal sealed class DigitsExperiment : IExperiment
{
    static readonly ChoiceSetting Rule = new("rule", "How synapses learn: from errors that go back as spikes, or without labels from spike times", "emstdp", "emstdp", "stdp");

    static readonly WholeNumberSetting ImageTime = new("image-time", "How long an image is shown (rule stdp)", 250, 10, 10_000, "ms");

    static readonly NumberSetting StdpRate = new("stdp-rate", "What a spike of a neuron adds to a weight at most (rule stdp)", 0.01, 0, 1);

    static readonly TextSetting OwnRule = new("own-rule", "Another rule in place of pair STDP (rule stdp): a name that lepton rule list shows, or MyRule.cs or MyRules.dll[:name]", "");

    static readonly PipelineSettings Common = new(hidden: 100, learningRate: 0.002, trainImages: 20_000, testImages: 2_000, neuronsPerCore: 8);

    /// <inheritdoc/>
    public string Name => "digits";

    /// <inheritdoc/>
    public string Summary => "A spiking network learns to read digits, shrinks, moves onto a tile machine and is priced; --data takes a folder of IDX files such as MNIST";

    /// <inheritdoc/>
    public IReadOnlyList<Setting> Settings { get; } = [Rule, .. Common.All, ImageTime, StdpRate, OwnRule];

    /// <inheritdoc/>
    public int DefaultEpochs => 2;

    /// <inheritdoc/>
    public bool CanResume => true;

    /// <inheritdoc/>
    public RunResult Run(RunContext context)
    {
        // A rule that does not compile is refused now, not after the data are read.
        var own = context.Get(OwnRule) is { Length: > 0 } rule ? RuleChoice.Find(Environment.CurrentDirectory, rule, [], context.Cancellation) : null;
        if (own is not null && context.Get(Rule) != "stdp") throw new InvalidInputException("Setting own-rule", context.Get(OwnRule), "nothing with rule=emstdp; rule=stdp takes one");
        var data = context.Data is { } folder ? IdxFolder.Load(folder) : Drawn(context);
        return new ImagePipeline(context, Common).Run(data, (pixels, classes, open) => context.Get(Rule) == "stdp"
            ? new StdpLearner(pixels, classes, context.Get(Common.Hidden), context.Get(ImageTime), context.Get(StdpRate), context.Seed, open, own)
            : new ErrorModulatedLearner(
                pixels, classes, context.Get(Common.Hidden), context.Get(Common.Steps), Common.FeedbackOf(context), context.Get(Common.LearningRate), context.Seed, open));
    }

    static ImageData Drawn(RunContext context) => Glyphs.Generate(
        context.Seed,
        context.Get(Common.TrainImages) is > 0 and var train ? train : Common.DrawnTraining,
        context.Get(Common.TestImages) is > 0 and var test ? test : Common.DrawnTest,
        context.Threads);
}
