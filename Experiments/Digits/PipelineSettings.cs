using Lepton.Neuro.Backends;
using Lepton.Neuro.Experiments.Running;
using Lepton.Neuro.Plasticity;

namespace Lepton.Neuro.Experiments.Digits;

/// <summary>The settings of <see cref="ImagePipeline"/>, with an experiment's own defaults.</summary>
/// <param name="hidden">Neurons of the layer that learns features.</param>
/// <param name="learningRate">The learning rate of error-modulated learning.</param>
/// <param name="trainImages">Training images.</param>
/// <param name="testImages">Test images.</param>
/// <param name="neuronsPerCore">Neurons a core.</param>
internal sealed class PipelineSettings(int hidden, double learningRate, int trainImages, int testImages, int neuronsPerCore)
{
    /// <summary>Neurons of the layer between input and output; with STDP, those that learn.</summary>
    public WholeNumberSetting Hidden { get; } = new("hidden", "Neurons of the layer that learns features", hidden, 1, 10_000, "neurons");

    /// <summary>The phase length of error-modulated learning.</summary>
    public WholeNumberSetting Steps { get; } = new("steps", "Steps that an image is shown; while learning it is shown twice (rule emstdp)", 32, 4, 1024, "steps");

    /// <summary>The way back of errors.</summary>
    public ChoiceSetting Feedback { get; } = new("feedback", "The weights by which errors go back (rule emstdp)", "symmetric", "symmetric", "random", "direct");

    /// <summary>The learning rate of error-modulated learning.</summary>
    public NumberSetting LearningRate { get; } = new("learning-rate", "What a weight changes by for one more spike of its target; falls to a tenth while learning (rule emstdp)", learningRate, 0, 1);

    /// <summary>Training images.</summary>
    public WholeNumberSetting TrainImages { get; } = new("train-images", $"Training images; 0 for {trainImages} that are drawn, or for all of a data folder", 0, 0, 10_000_000, "images");

    /// <summary>Test images.</summary>
    public WholeNumberSetting TestImages { get; } = new("test-images", $"Test images; 0 for {testImages} that are drawn, or for all of a data folder", 0, 0, 10_000_000, "images");

    /// <summary>Bits of a weight.</summary>
    public WholeNumberSetting Bits { get; } = new("bits", "Bits of a weight after compression, its sign included", 8, 1, 16, "bits");

    /// <summary>The part of the weights that is pruned.</summary>
    public NumberSetting Sparsity { get; } = new("sparsity", "The part of the weights that is pruned, the smallest ones", 0.5, 0, 0.99);

    /// <summary>The machine.</summary>
    public TextSetting Machine { get; } = new("machine", $"The machine that the network is mapped to: {string.Join(", ", TileMachine.Presets)}, or a YAML file", "loihi");

    /// <summary>The file of a mapping.</summary>
    public TextSetting Mapping { get; } = new("mapping", "A mapping that lepton map wrote for the same network and machine, or its folder, instead of filling cores in order; --mapping sets it too", "");

    /// <summary>Neurons a core.</summary>
    public WholeNumberSetting NeuronsPerCore { get; } = new("neurons-per-core", "The most neurons that a core is given; fewer spread the work and shorten a step", neuronsPerCore, 1, 1_000_000, "neurons");

    /// <summary>Training images that are drawn where there is no data folder.</summary>
    public int DrawnTraining => trainImages;

    /// <summary>Test images that are drawn where there is no data folder.</summary>
    public int DrawnTest => testImages;

    /// <summary>All of them, but for what belongs to a rule alone.</summary>
    public IReadOnlyList<Setting> All => [Hidden, Steps, Feedback, LearningRate, TrainImages, TestImages, Sparsity, Bits, Machine, Mapping, NeuronsPerCore];

    /// <summary>The chosen way back of errors.</summary>
    /// <param name="context">The run.</param>
    public Feedback FeedbackOf(RunContext context) => Enum.Parse<Feedback>(context.Get(Feedback), ignoreCase: true);
}
