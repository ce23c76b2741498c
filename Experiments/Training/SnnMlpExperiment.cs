using Lepton.Neuro.Experiments.Running;
using Lepton.Neuro.Plasticity.Gradients;
using static Lepton.Neuro.Plasticity.Gradients.Layers;

namespace Lepton.Neuro.Experiments.Training;

/// <summary>Dense layers of spiking neurons, trained through time by surrogate gradients and then run by the simulator.</summary>
internal sealed class SnnMlpExperiment : IExperiment
{
    static readonly WholeNumberSetting Steps = new("steps", "Time steps that an image is shown", 10, 2, 1000, "steps");

    static readonly NumberSetting Leak = new("leak", "The part of a potential that is left after a step", 0.9, 0, 1);

    static readonly TrainingSettings Common = new(learningRate: 0.003, shift: 1, rotate: 8, scale: 0.08);

    /// <inheritdoc/>
    public string Name => "snn-mlp";

    /// <inheritdoc/>
    public string Summary => "Spiking neurons in dense layers (128, 64) learn digits by surrogate gradients, then run in the simulator; --data takes a folder of IDX files such as MNIST";

    /// <inheritdoc/>
    public IReadOnlyList<Setting> Settings { get; } = [Steps, Leak, TrainingSettings.Gradient, .. Common.All];

    /// <inheritdoc/>
    public int DefaultEpochs => 20;

    /// <inheritdoc/>
    public bool CanResume => true;

    /// <inheritdoc/>
    public RunResult Run(RunContext context)
    {
        double leak = context.Get(Leak);
        return new TrainingRun(context, Common) { Online = context.Get(TrainingSettings.Gradient) == "online" }.Run((images, classes) => Network(images.Height, images.Width, images.Channels, classes, context.Get(Steps), leak));
    }

    /// <summary>The network, which is also the one of the benchmarks.</summary>
    internal static Sequential Network(int height, int width, int channels, int classes, int steps = 10, double leak = 0.9) => new(
        Input(height, width, channels), Flatten(), RateCode(steps), Dense(128), Lif(leak), Dense(64), Lif(leak), Dense(classes), Last());
}
