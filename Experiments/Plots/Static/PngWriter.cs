using Lepton.Neuro.Encoders.Data;

namespace Lepton.Neuro.Experiments.Plots.Static;

/// <summary>Colours as PNG with 8 bits a channel: red, green, blue, and opacity where a pixel is not opaque.</summary>
internal static class PngWriter
{
    /// <summary>Writes an image.</summary>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="pixels">Height x width colours, row after row from the top.</param>
    /// <returns>The content of a PNG file.</returns>
    public static byte[] Write(int width, int height, IReadOnlyList<Rgba> pixels)
    {
        var channels = pixels.All(p => p.A == 255) ? 3 : 4;
        var samples = new byte[pixels.Count * channels];
        for (var i = 0; i < pixels.Count; i++)
        {
            var at = i * channels;
            (samples[at], samples[at + 1], samples[at + 2]) = (pixels[i].R, pixels[i].G, pixels[i].B);
            if (channels == 4)
                samples[at + 3] = pixels[i].A;
        }
        return Picture.ToPng(width, height, channels, samples);
    }
}
