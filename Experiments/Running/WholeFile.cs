namespace Lepton.Neuro.Experiments.Running;

/// <summary>Files that appear whole or not at all.</summary>
internal static class WholeFile
{
    /// <summary>Writes a file under another name, and renames it when it is whole and on the disk.</summary>
    /// <param name="path">The full path; an existing file is replaced.</param>
    /// <param name="bytes">The content.</param>
    /// <exception cref="InvalidInputException">It cannot be written.</exception>
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        string partial = path + ".partial";
        try
        {
            using (var stream = new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                stream.Write(bytes);
                stream.Flush(flushToDisk: true);
            }
            File.Move(partial, path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(partial)) File.Delete(partial);
            throw new InvalidInputException($"{path} cannot be written: {error.Message.ReplaceLineEndings(" ")}; allowed: a path in a folder that exists, on a disk with room", error);
        }
    }
}
