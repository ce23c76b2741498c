using Lepton.Neuro.Experiments.Running;
using static Lepton.Neuro.Plasticity.Gradients.Layers;

namespace Lepton.Neuro.Experiments.Training;

/// <summary>Spiking neurons that hear each other read an image row by row; trained through time by surrogate gradients and then run by the simulator.</summary>
internal sealed class SnnRnnExperiment : IExperiment
{
    static readonly WholeNumberSetting Neurons = new("neurons", "Recurrent neurons", 256, 1, 16_384, "neurons");

    static readonly NumberSetting Leak = new("leak", "The part of a potential that is left after a step", 0.4, 0, 1);

    static readonly NumberSetting Bright = new("bright", "From where on a pixel is a spike", 0.4, 0, 1);

    static readonly TrainingSettings Common = new(learningRate: 0.008, shift: 1, rotate: 8, scale: 0.08);

    /// <inheritdoc/>
    public string Name => "snn-rnn";

    /// <inheritdoc/>
    public string Summary => "Recurrent spiking neurons read digits row by row, by surrogate gradients, then run in the simulator; --data takes a folder of IDX files such as MNIST";

    /// <inheritdoc/>
    public IReadOnlyList<Setting> Settings { get; } = [Neurons, Leak, Bright, TrainingSettings.Gradient, .. Common.All];

    /// <inheritdoc/>
    public int DefaultEpochs => 15;

    /// <inheritdoc/>
    public bool CanResume => true;

    /// <inheritdoc/>
    public RunResult Run(RunContext context)
    {
        double leak = context.Get(Leak);
        return new TrainingRun(context, Common) { Online = context.Get(TrainingSettings.Gradient) == "online" }.Run((images, classes) => new(
            Input(images.Height, images.Width, images.Channels), Rows(threshold: context.Get(Bright)),
            Dense(context.Get(Neurons)), RecurrentLif(leak), Dense(128), Lif(leak), Dense(classes), Last()));
    }
}
