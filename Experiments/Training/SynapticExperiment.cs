using Lepton.Neuro.Experiments.Running;
using static Lepton.Neuro.Plasticity.Gradients.Layers;

namespace Lepton.Neuro.Experiments.Training;

/// <summary>Units whose synapses each answer to their own mixture of the inputs, and learn both what they answer to and how strong they are.</summary>
internal sealed class SynapticExperiment : IExperiment
{
    static readonly WholeNumberSetting Units = new("units", "Units of the hidden layer", 48, 1, 10_000, "units");

    static readonly WholeNumberSetting Synapses = new("synapses", "Synapses of a unit", 4, 1, 1000, "synapses");

    static readonly NumberSetting Readiness = new("readiness", "How readily synapses change what they answer to: a in t = t0 + a dt", 1, 1e-6, 1e6);

    static readonly TrainingSettings Common = new(learningRate: 0.003, shift: 1, rotate: 8, scale: 0.08);

    /// <inheritdoc/>
    public string Name => "synaptic";

    /// <inheritdoc/>
    public string Summary => "Units of plastic synapses, out = sum w sigmoid(sum x t) with t = t0 + a dt, learn digits by gradients; --data takes a folder of IDX files such as MNIST";

    /// <inheritdoc/>
    public IReadOnlyList<Setting> Settings { get; } = [Units, Synapses, Readiness, .. Common.All];

    /// <inheritdoc/>
    public int DefaultEpochs => 20;

    /// <inheritdoc/>
    public bool CanResume => true;

    /// <inheritdoc/>
    public RunResult Run(RunContext context) => new TrainingRun(context, Common).Run((images, classes) => new(
        Input(images.Height, images.Width, images.Channels), Flatten(), Synaptic(context.Get(Units), context.Get(Synapses), context.Get(Readiness)), Synaptic(classes, 16)));
}
