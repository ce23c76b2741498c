using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Encoders.Preprocessing;
using Lepton.Neuro.Plasticity.Gradients;
using Lepton.Neuro.Random;

namespace Lepton.Neuro.Experiments.Training;

/// <summary>Changes training images as <see cref="Augmentation"/> does, another way each time that they are shown.</summary>
/// <param name="How">How.</param>
/// <param name="Mirrors">Whether every other one, by chance, has left and right exchanged.</param>
internal sealed record PictureAugmentation(Augmentation How, bool Mirrors = false) : IAugmentation
{
    /// <inheritdoc/>
    public void Apply(Span<float> values, SignalShape shape, ulong presentation)
    {
        int channels = shape.Channels;
        var planes = new float[values.Length];
        ChannelOrder.ToPicture(values, channels, planes);
        var changed = How.Apply(Picture.Create(shape.Width, shape.Height, channels, planes), (uint)presentation, (uint)(presentation >> 32)).Values;
        if (Mirrors && (Philox.Word(new(How.Seed, RandomPurpose.Augmentation, 1), (uint)presentation, (uint)(presentation >> 32), 0, 0) & 1) == 1)
        {
            var mirrored = new float[changed.Length];
            for (int row = 0; row < changed.Length; row += shape.Width)
            {
                for (int column = 0; column < shape.Width; column++) mirrored[row + column] = changed[row + shape.Width - 1 - column];
            }
            changed = mirrored;
        }
        ChannelOrder.ToSample(changed, channels, values);
    }
}
