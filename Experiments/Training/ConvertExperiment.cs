using Lepton.Neuro.Experiments.Running;
using Lepton.Neuro.Plasticity.Gradients;
using static Lepton.Neuro.Plasticity.Gradients.Layers;

namespace Lepton.Neuro.Experiments.Training;

/// <summary>A rate network is trained, and a spiking one is made of it: what do few steps cost?</summary>
internal sealed class ConvertExperiment : IExperiment
{
    static readonly ChoiceSetting Size = new(
        "size", "small: dense layers of 256 and 128; large: 32 and 64 filters of 5 x 5 with normalisation and average pools where `cnn` has the greatest of windows (which spikes cannot tell), dense (128)", "small", "small", "large");

    static readonly WholeNumberSetting Steps = new("steps", "Time steps of the spiking network", 16, 1, 4096, "steps");

    static readonly WholeNumberSetting Levels = new("levels", "Levels of the rate network's units while it is trained; 0 for units that are not rounded", 16, 0, 4096, "levels");

    static readonly TrainingSettings Common = new(learningRate: 0.003, shift: 1, rotate: 8, scale: 0.08);

    /// <inheritdoc/>
    public string Name => "convert";

    /// <inheritdoc/>
    public string Summary => "A rate network learns digits by gradients and becomes a spiking one that the simulator runs; --data takes a folder of IDX files such as MNIST";

    /// <inheritdoc/>
    public IReadOnlyList<Setting> Settings { get; } = [Size, Steps, Levels, .. Common.All];

    /// <inheritdoc/>
    public int DefaultEpochs => 20;

    /// <inheritdoc/>
    public bool CanResume => true;

    /// <inheritdoc/>
    public RunResult Run(RunContext context)
    {
        int levels = context.Get(Levels);
        ActivationLayer Units() => levels == 0 ? Relu() : QuantizedRelu(levels, ceiling: 2);
        return new TrainingRun(context, Common).Run(
            (images, classes) => context.Get(Size) == "small"
                ? new(Input(images.Height, images.Width, images.Channels), Flatten(), Dense(256), Units(), Dense(128), Units(), Dense(classes))
                : new(
                    Input(images.Height, images.Width, images.Channels),
                    Conv2D(32, 5), BatchNorm(), Units(), AvgPool(2),
                    Conv2D(64, 5), BatchNorm(), Units(), AvgPool(2),
                    Flatten(), Dense(128), Units(), Dropout(0.3), Dense(classes)),
            (trained, calibration) => RateConversion.Convert(trained, calibration, context.Get(Steps)));
    }
}
