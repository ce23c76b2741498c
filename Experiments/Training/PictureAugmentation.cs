using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Encoders.Preprocessing;
using Lepton.Neuro.Plasticity.Gradients;

namespace Lepton.Neuro.Experiments.Training;

/// <summary>Changes training images as <see cref="Augmentation"/> does, another way each time that they are shown.</summary>
/// <param name="How">How.</param>
internal sealed record PictureAugmentation(Augmentation How) : IAugmentation
{
    /// <inheritdoc/>
    public void Apply(Span<float> values, SignalShape shape, ulong presentation)
    {
        int channels = shape.Channels, size = shape.Height * shape.Width;
        var planes = new float[values.Length];
        for (int i = 0; i < values.Length; i++) planes[(i % channels * size) + (i / channels)] = values[i];
        var changed = How.Apply(Picture.Create(shape.Width, shape.Height, channels, planes), (uint)presentation, (uint)(presentation >> 32)).Values;
        for (int i = 0; i < values.Length; i++) values[i] = changed[(i % channels * size) + (i / channels)];
    }
}
