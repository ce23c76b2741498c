namespace Lepton.Neuro.Experiments.Training;

/// <summary>The two orders of an image's numbers: a picture's channels lie one after another, a sample's beside each other.</summary>
internal static class ChannelOrder
{
    /// <summary>Makes a sample of a picture.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="channels">How many channels.</param>
    /// <param name="sample">The sample: as many numbers.</param>
    public static void ToSample(ReadOnlySpan<float> picture, int channels, Span<float> sample)
    {
        int size = sample.Length / channels;
        for (int i = 0; i < sample.Length; i++) sample[i] = picture[(i % channels * size) + (i / channels)];
    }

    /// <summary>Makes a picture of a sample.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="channels">How many channels.</param>
    /// <param name="picture">The picture: as many numbers.</param>
    public static void ToPicture(ReadOnlySpan<float> sample, int channels, Span<float> picture)
    {
        int size = sample.Length / channels;
        for (int i = 0; i < sample.Length; i++) picture[(i % channels * size) + (i / channels)] = sample[i];
    }
}
