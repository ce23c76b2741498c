using Lepton.Neuro.Experiments.Digits;
using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.Shapes;

/// <summary>A rectangle or a circle: the smallest task of <see cref="ImagePipeline"/>.</summary>
internal sealed class ShapesExperiment : IExperiment
{
    static readonly WholeNumberSetting Size = new("size", "Rows and columns of an image", 28, Encoders.Data.Shapes.SmallestSize, 64, "pixels");

    static readonly PipelineSettings Common = new(hidden: 128, learningRate: 0.004, trainImages: 60_000, testImages: 2_000, neuronsPerCore: 8);

    /// <inheritdoc/>
    public string Name => "shapes";

    /// <inheritdoc/>
    public string Summary => "A spiking network learns to tell rectangles from circles, shrinks, moves onto a tile machine and is priced";

    /// <inheritdoc/>
    public IReadOnlyList<Setting> Settings { get; } = [.. Common.All, Size];

    /// <inheritdoc/>
    public int DefaultEpochs => 2;

    /// <inheritdoc/>
    public bool CanResume => true;

    /// <inheritdoc/>
    public RunResult Run(RunContext context)
    {
        if (context.Data is { } folder) throw new InvalidInputException("--data", folder, "nothing: shapes are drawn; digits takes a folder");
        var data = Encoders.Data.Shapes.Generate(
            context.Seed,
            context.Get(Common.TrainImages) is > 0 and var train ? train : Common.DrawnTraining,
            context.Get(Common.TestImages) is > 0 and var test ? test : Common.DrawnTest,
            context.Get(Size),
            context.Threads);
        return new ImagePipeline(context, Common).Run(data, (pixels, classes, open) => new ErrorModulatedLearner(
            pixels, classes, context.Get(Common.Hidden), context.Get(Common.Steps), Common.FeedbackOf(context), context.Get(Common.LearningRate), context.Seed, open));
    }
}
