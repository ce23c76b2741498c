using Lepton.Neuro.Experiments.Running;
using Lepton.Neuro.Plasticity.Gradients;
using static Lepton.Neuro.Plasticity.Gradients.Layers;

namespace Lepton.Neuro.Experiments.Training;

/// <summary>A convolutional network of spiking neurons, trained through time by surrogate gradients and then run by the simulator.</summary>
internal sealed class SnnCnnExperiment : IExperiment
{
    static readonly WholeNumberSetting Steps = new("steps", "Time steps that an image is shown", 4, 2, 1000, "steps");

    static readonly NumberSetting Leak = new("leak", "The part of a potential that is left after a step", 0.5, 0, 1);

    static readonly WholeNumberSetting Filters = new("filters", "Filters of the first convolution; the others have twice as many", 32, 1, 1024, "filters");

    static readonly ChoiceSetting Depth = new("depth", "Convolutions: two of 5 x 5, each followed by the greatest of windows; or three of 3 x 3, padded, such windows after the first two: twice the time, for clothes", "two", "two", "three");

    static readonly NumberSetting Dropped = new("dropout", "The part of the last picture's neurons that is left out at random", 0.2, 0, 0.9);

    static readonly NumberSetting Smoothing = new("smoothing", "The part of the target that is spread over all classes", 0.05, 0, 0.5);

    static readonly FlagSetting Mirror = new("mirror", "Whether every other training image, by chance, has left and right exchanged: for clothes, not for digits", false);

    static readonly TrainingSettings Common = new(learningRate: 0.003, shift: 1, rotate: 10, scale: 0.1, Mirror, batch: 64);

    /// <inheritdoc/>
    public string Name => "snn-cnn";

    /// <inheritdoc/>
    public string Summary => "A convolutional network of spiking neurons learns digits by surrogate gradients, then runs in the simulator; --data takes a folder of IDX files such as MNIST";

    /// <inheritdoc/>
    public IReadOnlyList<Setting> Settings { get; } = [Steps, Leak, Filters, Depth, Dropped, Smoothing, .. Common.All];

    /// <inheritdoc/>
    public int DefaultEpochs => 9;

    /// <inheritdoc/>
    public bool CanResume => true;

    /// <inheritdoc/>
    public RunResult Run(RunContext context)
    {
        double leak = context.Get(Leak);
        int filters = context.Get(Filters);
        Layer[] Two() => [.. Stage(filters, 5, 0, leak), MaxPool(2), .. Stage(2 * filters, 5, 0, leak), MaxPool(2)];
        Layer[] Three() => [.. Stage(filters, 3, 1, leak), MaxPool(2), .. Stage(2 * filters, 3, 1, leak), MaxPool(2), .. Stage(2 * filters, 3, 1, leak)];
        return new TrainingRun(context, Common) { Smoothing = context.Get(Smoothing) }.Run((images, classes) => new(
        [
            Input(images.Height, images.Width, images.Channels), RateCode(context.Get(Steps)),
            .. context.Get(Depth) == "two" ? Two() : Three(),
            Flatten(), Dropout(context.Get(Dropped)), Dense(128, bias: false), BatchNorm(), Lif(leak), Dense(classes), Last(),
        ]));
    }

    // What normalises has the biases.
    static Layer[] Stage(int filters, int kernel, int padding, double leak) => [Conv2D(filters, kernel, padding: padding, bias: false), BatchNorm(), Lif(leak)];
}
