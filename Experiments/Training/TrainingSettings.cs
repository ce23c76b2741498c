using Lepton.Neuro.Encoders.Preprocessing;
using Lepton.Neuro.Experiments.Running;
using Lepton.Neuro.Plasticity.Gradients;

namespace Lepton.Neuro.Experiments.Training;

/// <summary>What a user may change of an experiment that trains by gradients.</summary>
/// <param name="learningRate">The greatest learning rate.</param>
/// <param name="shift">The most an image is shifted, in pixels.</param>
/// <param name="rotate">The most it is turned, in degrees.</param>
/// <param name="scale">The most it is scaled by.</param>
/// <param name="mirror">Whether every other image is mirrored; never where null.</param>
/// <param name="erase">The most of each side that is erased; nothing where null.</param>
/// <param name="batch">Images of an update.</param>
/// <param name="background">What lies beyond the edge of a training image, and where it is erased: black, or 0.5 for photographs, which have no black border.</param>
internal sealed class TrainingSettings(double learningRate, double shift, double rotate, double scale, FlagSetting? mirror = null, NumberSetting? erase = null, int batch = 128, float background = 0)
{
    // What the embedded default draws: enough to learn from, few enough to be done in a minute.
    public const int DrawnTraining = 12_000, DrawnTest = 2_000;

    /// <summary>The learning rate.</summary>
    public NumberSetting LearningRate { get; } = new("learning-rate", "The greatest learning rate: it rises over the first twentieth of training, then falls along half a cosine", learningRate, 0, 10);

    /// <summary>Whether rate, batch and optimizer are changed on the way.</summary>
    public ChoiceSetting Strategy { get; } = new("strategy", "fixed: the rate follows its cosine; adaptive: the rate stays at learning-rate and falls in the last 0.4 of training, and rate, batch and optimizer are changed by the validation loss and the counted cost of a step", "fixed", "fixed", "adaptive");

    /// <summary>The parameters to begin with.</summary>
    public TextSetting Start { get; } = new("start", "Fine-tuning: the network.parameters of an earlier run, which training begins with; empty for none", "");

    /// <summary>How many layers stay as they are.</summary>
    public WholeNumberSetting Freeze { get; } = new("freeze", "Fine-tuning: how many of the first layers that have parameters stay as they are", 0, 0, 1000, "layers");

    /// <summary>How gradients of dense layers of spiking neurons are made: for the experiments that have no others.</summary>
    public static ChoiceSetting Gradient { get; } = new(
        "gradient", "through-time: back through all steps; online: in each step from three factors (a trace of what came in, the potential, what the loss says at once), in memory that does not grow with the steps", "through-time", "through-time", "online");

    /// <summary>Samples of an update.</summary>
    public WholeNumberSetting Batch { get; } = new("batch", "Images of an update", batch, 1, 65_536, "images");

    /// <summary>Decay of weights.</summary>
    public NumberSetting Decay { get; } = new("decay", "The decay of weights, apart from their gradients (AdamW)", 1e-4, 0, 10);

    /// <summary>Shifts of training images.</summary>
    public NumberSetting Shift { get; } = new("shift", "The most a training image is shifted to each side, in pixels", shift, 0, 100);

    /// <summary>Rotations of training images.</summary>
    public NumberSetting Rotate { get; } = new("rotate", "The most a training image is turned to each side, in degrees", rotate, 0, 180);

    /// <summary>Scalings of training images.</summary>
    public NumberSetting Scale { get; } = new("scale", "The most a training image grows or shrinks, as a part of its size", scale, 0, 0.9);

    /// <summary>Images held out to watch training by.</summary>
    public WholeNumberSetting Validation { get; } = new("validation-images", "Training images held out to watch training by: the last ones, at most a sixth", 5_000, 0, 10_000_000, "images");

    /// <summary>Training images.</summary>
    public WholeNumberSetting TrainImages { get; } = new("train-images", $"Training images; 0 for {DrawnTraining} that are drawn, or for all of a data folder", 0, 0, 10_000_000, "images");

    /// <summary>Test images.</summary>
    public WholeNumberSetting TestImages { get; } = new("test-images", $"Test images; 0 for {DrawnTest} that are drawn, or for all of a data folder", 0, 0, 10_000_000, "images");

    /// <summary>All of them.</summary>
    public IReadOnlyList<Setting> All => [LearningRate, Batch, Decay, Strategy, Start, Freeze, Shift, Rotate, Scale, Validation, TrainImages, TestImages, .. new Setting?[] { mirror, erase }.OfType<Setting>()];

    /// <summary>What changes training images; nothing where null.</summary>
    /// <param name="context">The run.</param>
    public IAugmentation? AugmentationOf(RunContext context)
    {
        var how = new Augmentation
        {
            Shift = context.Get(Shift),
            Rotate = context.Get(Rotate),
            Scale = context.Get(Scale),
            Erase = erase is null ? 0 : context.Get(erase),
            Background = background,
            Seed = context.Seed,
        };
        bool mirrors = mirror is not null && context.Get(mirror);
        return how.Shift > 0 || how.Rotate > 0 || how.Scale > 0 || how.Erase > 0 || mirrors ? new PictureAugmentation(how, mirrors) : null;
    }
}
