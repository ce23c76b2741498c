namespace Lepton.Neuro.Encoders.Data;

/// <summary>Folders of pictures by class: one folder a class, PNG and netpbm files in it, all of one size and number of channels.</summary>
public static class ImageFolder
{
    static readonly string[] Endings = [".png", ".pbm", ".pgm", ".ppm", ".pnm"];

    /// <summary>Reads a folder. Classes and files are taken in the order of their names, byte by byte; files with other endings and hidden ones are passed over.</summary>
    /// <param name="path">The folder that holds the classes' folders.</param>
    /// <returns>The pictures in bytes: samples of 16 bits are rounded to 8.</returns>
    /// <exception cref="InvalidInputException">The folder cannot be read, holds no class or more than 256, a class holds no picture, or a picture is damaged or not like the first one.</exception>
    public static ImageSet Read(string path)
    {
        try
        {
            string[] classes = [.. Directory.GetDirectories(path).Where(d => Path.GetFileName(d)[0] != '.').OrderBy(d => d, StringComparer.Ordinal)];
            Require.InRange($"the classes in {path}", (long)classes.Length, 1, 256);
            var pixels = new MemoryStream();
            var labels = new List<byte>();
            Picture? first = null;
            for (int label = 0; label < classes.Length; label++)
            {
                string[] files = [.. Directory.GetFiles(classes[label])
                    .Where(f => Path.GetFileName(f)[0] != '.' && Endings.Contains(Path.GetExtension(f), StringComparer.OrdinalIgnoreCase)).OrderBy(f => f, StringComparer.Ordinal)];
                if (files.Length == 0) throw new InvalidInputException($"the pictures of the class {classes[label]}", "none", $"at least one file that ends in {string.Join(", ", Endings)}");
                foreach (string file in files)
                {
                    var picture = Picture.Read(file);
                    first ??= picture;
                    if ((picture.Width, picture.Height, picture.Channels) != (first.Width, first.Height, first.Channels))
                        throw new InvalidInputException($"the size of {file}", $"{picture.Width} x {picture.Height} x {picture.Channels}", $"{first.Width} x {first.Height} x {first.Channels}, the first picture's");
                    if (pixels.Length + picture.Values.Length > Array.MaxLength) throw new InvalidInputException($"the pictures in {path}", "too many", $"at most {Array.MaxLength} bytes of pixels");
                    foreach (float value in picture.Values) pixels.WriteByte((byte)Math.Round(value * 255));
                    labels.Add((byte)label);
                }
            }
            return ImageSet.Create(
                first!.Height, first.Width, first.Channels, pixels.GetBuffer().AsSpan(0, (int)pixels.Length), labels.ToArray(), classes.Select(c => Path.GetFileName(c)), Path.GetFileName(Path.GetFullPath(path)));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new InvalidInputException($"{path} cannot be read ({failure.Message.ReplaceLineEndings(" ")}); allowed: a folder with one folder a class", failure);
        }
    }
}
