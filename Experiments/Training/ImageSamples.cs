using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Plasticity.Gradients;

namespace Lepton.Neuro.Experiments.Training;

/// <summary>Labelled images as samples: numbers in [0, 1], <c>[row, column, channel]</c>.</summary>
/// <param name="images">The images.</param>
internal sealed class ImageSamples(ImageSet images) : ISamples
{
    /// <summary>The images.</summary>
    public ImageSet Images => images;

    /// <inheritdoc/>
    public int Count => images.Count;

    /// <inheritdoc/>
    public int Classes => images.Classes;

    /// <inheritdoc/>
    public int Label(int index) => images.Label(index);

    /// <inheritdoc/>
    public void Read(int index, Span<float> values)
    {
        var bytes = images.Pixels(index);
        int channels = images.Channels, size = images.Height * images.Width;
        for (int channel = 0; channel < channels; channel++)
        {
            var from = bytes.Slice(channel * size, size);
            for (int i = 0; i < size; i++) values[(i * channels) + channel] = from[i] / 255f;
        }
    }
}
