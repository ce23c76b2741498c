using Lepton.Neuro.Experiments.Running;
using Lepton.Neuro.Plasticity.Gradients;
using static Lepton.Neuro.Plasticity.Gradients.Layers;

namespace Lepton.Neuro.Experiments.Training;

/// <summary>A network of dense layers of rectified units: what the others are compared with.</summary>
internal sealed class LnnExperiment : IExperiment
{
    static readonly TrainingSettings Common = new(learningRate: 0.003, shift: 1, rotate: 8, scale: 0.08);

    /// <inheritdoc/>
    public string Name => "lnn";

    /// <inheritdoc/>
    public string Summary => "A network of dense layers (128, 64) learns digits by gradients; --data takes a folder of IDX files such as MNIST";

    /// <inheritdoc/>
    public IReadOnlyList<Setting> Settings => Common.All;

    /// <inheritdoc/>
    public int DefaultEpochs => 20;

    /// <inheritdoc/>
    public bool CanResume => true;

    /// <inheritdoc/>
    public RunResult Run(RunContext context) => new TrainingRun(context, Common).Run((images, classes) =>
        new(Input(images.Height, images.Width, images.Channels), Flatten(), Dense(128), Relu(), Dense(64), Relu(), Dense(classes)));
}
