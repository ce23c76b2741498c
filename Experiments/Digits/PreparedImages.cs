using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Encoders.Preprocessing;

namespace Lepton.Neuro.Experiments.Digits;

/// <summary>Labelled images behind a fitted transform, normalised one at a time as they are read: a training set as floats would take four times its bytes.</summary>
/// <param name="images">The images.</param>
/// <param name="transform">What normalises them; fitted to training images.</param>
internal sealed class PreparedImages(ImageSet images, PixelTransform transform)
{
    /// <summary>How many there are.</summary>
    public int Count => images.Count;

    /// <summary>The set that they come from.</summary>
    public ImageSet Images => images;

    /// <summary>The class of an image.</summary>
    /// <param name="index">The image.</param>
    public int Label(int index) => images.Label(index);

    /// <summary>A digest of all pixels and labels, and of how they are read: what is learned from depends on nothing else.</summary>
    public byte[] Digest()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int i = 0; i < Count; i++)
        {
            hash.AppendData(images.Pixels(i));
            hash.AppendData([(byte)images.Label(i)]);
        }
        var first = new float[images.ImageSize];
        if (Count > 0) Read(0, first);
        hash.AppendData(MemoryMarshal.AsBytes(first.AsSpan()));
        return hash.GetHashAndReset();
    }

    /// <summary>Reads an image.</summary>
    /// <param name="index">The image.</param>
    /// <param name="pixels">Where to: numbers in [0, 1].</param>
    public void Read(int index, Span<float> pixels)
    {
        var bytes = images.Pixels(index);
        for (int i = 0; i < pixels.Length; i++) pixels[i] = bytes[i] / 255f;
        transform.Apply(pixels, pixels);
    }
}
