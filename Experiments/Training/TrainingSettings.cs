using Lepton.Neuro.Encoders.Preprocessing;
using Lepton.Neuro.Experiments.Running;
using Lepton.Neuro.Plasticity.Gradients;

namespace Lepton.Neuro.Experiments.Training;

/// <summary>What a user may change of an experiment that trains by gradients.</summary>
/// <param name="learningRate">The greatest learning rate.</param>
/// <param name="shift">The most an image is shifted, in pixels.</param>
/// <param name="rotate">The most it is turned, in degrees.</param>
/// <param name="scale">The most it is scaled by.</param>
/// <param name="batch">Images of an update.</param>
internal sealed class TrainingSettings(double learningRate, double shift, double rotate, double scale, int batch = 128)
{
    // What the embedded default draws: enough to learn from, few enough to be done in a minute.
    public const int DrawnTraining = 12_000, DrawnTest = 2_000;

    /// <summary>The learning rate.</summary>
    public NumberSetting LearningRate { get; } = new("learning-rate", "The greatest learning rate: it rises over the first twentieth of training, then falls along half a cosine", learningRate, 0, 10);

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
    public IReadOnlyList<Setting> All => [LearningRate, Batch, Decay, Shift, Rotate, Scale, Validation, TrainImages, TestImages];

    /// <summary>What changes training images; nothing where null.</summary>
    /// <param name="context">The run.</param>
    public IAugmentation? AugmentationOf(RunContext context)
    {
        var how = new Augmentation { Shift = context.Get(Shift), Rotate = context.Get(Rotate), Scale = context.Get(Scale), Seed = context.Seed };
        return how.Shift > 0 || how.Rotate > 0 || how.Scale > 0 ? new PictureAugmentation(how) : null;
    }
}
