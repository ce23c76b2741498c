using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Encoders.Events;
using Lepton.Neuro.Experiments.Rules;
using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.Digits;

/// <summary>Digits, end to end: drawn ones, those of a folder of IDX files such as MNIST, or those of an event camera's recordings such as N-MNIST.</summary>
internal sealed class DigitsExperiment : IExperiment
{
    static readonly ChoiceSetting Rule = new("rule", "How synapses learn: from errors that go back as spikes, or without labels from spike times", "emstdp", "emstdp", "stdp");

    static readonly WholeNumberSetting ImageTime = new("image-time", "How long an image is shown (rule stdp)", 250, 10, 10_000, "ms");

    static readonly NumberSetting StdpRate = new("stdp-rate", "What a spike of a neuron adds to a weight at most (rule stdp)", 0.01, 0, 1);

    static readonly TextSetting OwnRule = new("own-rule", "Another rule in place of pair STDP (rule stdp): a name that lepton rule list shows, or MyRule.cs or MyRules.dll[:name]", "");

    static readonly NumberSetting EventTime = new("event-time", "The time of a recording that a step takes (recordings)", 10, 0.001, 1e6, "ms");

    static readonly PipelineSettings Common = new(hidden: 100, learningRate: 0.002, trainImages: 20_000, testImages: 2_000, neuronsPerCore: 8);

    /// <inheritdoc/>
    public string Name => "digits";

    /// <inheritdoc/>
    public string Summary => "A spiking network learns to read digits, shrinks, moves onto a tile machine and is priced; --data takes a folder of IDX files such as MNIST, or of recordings such as N-MNIST";

    /// <inheritdoc/>
    public IReadOnlyList<Setting> Settings { get; } = [Rule, .. Common.All, ImageTime, StdpRate, OwnRule, EventTime];

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
        if (context.Get(Rule) == "stdp") context.Refuse("with rule=stdp", Common.Steps, Common.Feedback, Common.LearningRate);
        else context.Refuse("with rule=emstdp", ImageTime, StdpRate);
        if (own is not null) context.Refuse("with own-rule", StdpRate);
        if (context.Data is { } recordings && EventFolder.Is(recordings)) return RunRecordings(context, recordings);
        context.Refuse("without recordings", EventTime);
        var data = context.Data is { } folder ? IdxFolder.Load(folder) : Drawn(context);
        return new ImagePipeline(context, Common).Run(data, (pixels, classes, open) => context.Get(Rule) == "stdp"
            ? new StdpLearner(pixels, classes, context.Get(Common.Hidden), context.Get(ImageTime), context.Get(StdpRate), context.Seed, open, own)
            : new ErrorModulatedLearner(
                pixels, classes, context.Get(Common.Hidden), context.Get(Common.Steps), Common.FeedbackOf(context), context.Get(Common.LearningRate), context.Seed, open));
    }

    static RunResult RunRecordings(RunContext context, string folder)
    {
        if (context.Get(Rule) != "emstdp") throw new InvalidInputException("Setting rule", context.Get(Rule), "emstdp, for recordings");
        int steps = context.Get(Common.Steps);
        var data = EventMovies.Load(
            folder, steps, (long)Math.Max(1, Math.Round(context.Get(EventTime) * 1000)), context.Get(Common.TrainImages), context.Get(Common.TestImages), context.Threads);
        return new ImagePipeline(context, Common).Run(
            data,
            (channels, classes, open) => new ErrorModulatedLearner(
                channels, classes, context.Get(Common.Hidden), steps, Common.FeedbackOf(context), context.Get(Common.LearningRate), context.Seed, open, recordings: true),
            2 * data.Train.Height * data.Train.Width);
    }

    static ImageData Drawn(RunContext context) => Glyphs.Generate(
        context.Seed,
        context.Get(Common.TrainImages) is > 0 and var train ? train : Common.DrawnTraining,
        context.Get(Common.TestImages) is > 0 and var test ? test : Common.DrawnTest,
        context.Threads);
}
