using Lepton.Neuro.Experiments.Plots.Static;
using Lepton.Neuro.Experiments.Reporting;

namespace Lepton.Neuro.Experiments.Plots;

/// <summary>Writes a figure to a file whose name says how: <c>.html</c> is a page to explore, <c>.svg</c> and <c>.png</c> are still pictures, drawn
/// without a browser and the same on every machine.</summary>
public static class FigureFile
{
    const double PngScale = 2;

    /// <summary>The smallest width of a still picture, in pixels.</summary>
    public const int SmallestWidth = 200;

    /// <summary>The largest width of a still picture, in pixels.</summary>
    public const int LargestWidth = 4000;

    /// <summary>The width of a still picture where none is asked for, in pixels.</summary>
    public const int DefaultWidth = 900;

    /// <summary>The endings of names that can be written.</summary>
    public static IReadOnlyList<string> Endings { get; } = [".svg", ".png", ".html"];

    /// <summary>Writes a figure. An earlier file stays as it is until the new one is whole.</summary>
    /// <param name="figure">The figure.</param>
    /// <param name="path">The file; its ending is one of <see cref="Endings"/>. Its folder must exist.</param>
    /// <param name="theme">The colours of a still picture; null is <see cref="Theme.Light"/>. A page follows the reader's own choice.</param>
    /// <param name="width">The width of a still picture in pixels, 200 to 4000; a PNG has twice as many columns.</param>
    /// <exception cref="InvalidInputException">The ending is another, the width is out of range, or the file cannot be written.</exception>
    public static void Write(Figure figure, string path, Theme? theme = null, int width = DefaultWidth)
    {
        CheckPath(path);
        Require.InRange("the width of a picture", (long)width, SmallestWidth, LargestWidth);
        var bytes = Render(figure, Path.GetExtension(path), theme ?? Theme.Light, width);
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            File.WriteAllBytes(temporary, bytes);
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            if (File.Exists(temporary))
                File.Delete(temporary);
            throw new InvalidInputException($"{path} cannot be written ({failure.Message.ReplaceLineEndings(" ")}); allowed: a file in a folder that exists and can be written", failure);
        }
    }

    /// <summary>Whether a name ends as a figure's file must: for a check before long work.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidInputException">The ending is none of <see cref="Endings"/>.</exception>
    public static void CheckPath(string path)
    {
        if (!Endings.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase))
            throw new InvalidInputException("the file of a figure", path, $"a name that ends in {string.Join(", ", Endings)}");
    }

    /// <summary>The bytes of a figure's file.</summary>
    internal static byte[] Render(Figure figure, string ending, Theme theme, int width)
    {
        if (ending.Equals(".html", StringComparison.OrdinalIgnoreCase))
        {
            using var stream = new MemoryStream();
            new ReportPage { Title = figure.Title }.AddSection("", "", figure).WriteTo(stream);
            return stream.ToArray();
        }
        var scene = FigureDrawing.Draw(figure, theme, width);
        return ending.Equals(".svg", StringComparison.OrdinalIgnoreCase) ? SvgWriter.Write(scene) : Canvas.Write(scene, PngScale);
    }
}
