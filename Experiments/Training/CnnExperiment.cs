using Lepton.Neuro.Experiments.Running;
using Lepton.Neuro.Plasticity.Gradients;
using static Lepton.Neuro.Plasticity.Gradients.Layers;

namespace Lepton.Neuro.Experiments.Training;

/// <summary>A convolutional network, small or larger.</summary>
internal sealed class CnnExperiment : IExperiment
{
    static readonly ChoiceSetting Size = new("size", "small: 6 filters of 5 x 5, pooling, dense (64); large: 32 and 64 filters of 5 x 5, each with normalisation and pooling, dense (128)", "small", "small", "large");

    static readonly TrainingSettings Common = new(learningRate: 0.003, shift: 1.5, rotate: 10, scale: 0.1);

    /// <inheritdoc/>
    public string Name => "cnn";

    /// <inheritdoc/>
    public string Summary => "A convolutional network learns digits by gradients; --data takes a folder of IDX files such as MNIST";

    /// <inheritdoc/>
    public IReadOnlyList<Setting> Settings { get; } = [Size, .. Common.All];

    /// <inheritdoc/>
    public int DefaultEpochs => 10;

    /// <inheritdoc/>
    public bool CanResume => true;

    /// <inheritdoc/>
    public RunResult Run(RunContext context) => new TrainingRun(context, Common).Run((images, classes) => context.Get(Size) == "small"
        ? new(Input(images.Height, images.Width, images.Channels), Conv2D(6, 5), Relu(), MaxPool(2), Flatten(), Dense(64), Relu(), Dense(classes))
        : new(
            Input(images.Height, images.Width, images.Channels),
            Conv2D(32, 5), BatchNorm(), Relu(), MaxPool(2),
            Conv2D(64, 5), BatchNorm(), Relu(), MaxPool(2),
            Flatten(), Dense(128), Relu(), Dropout(0.3), Dense(classes)));
}
