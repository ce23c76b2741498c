using Lepton.Neuro.Experiments.Running;
using static Lepton.Neuro.Plasticity.Gradients.Layers;

namespace Lepton.Neuro.Experiments.Training;

/// <summary>A convolutional network of spiking neurons, trained through time by surrogate gradients and then run by the simulator.</summary>
internal sealed class SnnCnnExperiment : IExperiment
{
    static readonly WholeNumberSetting Steps = new("steps", "Time steps that an image is shown", 4, 2, 1000, "steps");

    static readonly NumberSetting Leak = new("leak", "The part of a potential that is left after a step", 0.5, 0, 1);

    static readonly WholeNumberSetting Filters = new("filters", "Filters of the first convolution; the second has twice as many", 16, 1, 1024, "filters");

    static readonly TrainingSettings Common = new(learningRate: 0.003, shift: 1, rotate: 10, scale: 0.1, batch: 64);

    /// <inheritdoc/>
    public string Name => "snn-cnn";

    /// <inheritdoc/>
    public string Summary => "A convolutional network of spiking neurons learns digits by surrogate gradients, then runs in the simulator; --data takes a folder of IDX files such as MNIST";

    /// <inheritdoc/>
    public IReadOnlyList<Setting> Settings { get; } = [Steps, Leak, Filters, .. Common.All];

    /// <inheritdoc/>
    public int DefaultEpochs => 10;

    /// <inheritdoc/>
    public bool CanResume => true;

    /// <inheritdoc/>
    public RunResult Run(RunContext context)
    {
        double leak = context.Get(Leak);
        int filters = context.Get(Filters);
        return new TrainingRun(context, Common).Run((images, classes) => new(
            Input(images.Height, images.Width, images.Channels), RateCode(context.Get(Steps)),
            Conv2D(filters, 5), BatchNorm(), Lif(leak), MaxPool(2),
            Conv2D(2 * filters, 5), BatchNorm(), Lif(leak), MaxPool(2),
            Flatten(), Dense(128), Lif(leak), Dense(classes), Last()));
    }
}
