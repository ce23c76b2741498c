namespace Lepton.Neuro.Experiments.Running;

/// <summary>Writes files that are whole or not there.</summary>
internal static class WholeFile
{
    /// <summary>Writes bytes as a file that is whole or not there.</summary>
    /// <param name="path">The full path.</param>
    /// <param name="bytes">The content.</param>
    /// <exception cref="InvalidInputException">It cannot be written.</exception>
    public static void Write(string path, byte[] bytes) => Write(path, stream => stream.Write(bytes));

    /// <summary>Writes a file under another name and renames it. Folders on the way are made.</summary>
    /// <param name="path">The full path.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="InvalidInputException">It cannot be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        string temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            if (Path.GetDirectoryName(path) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
            try
            {
                using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16))
                {
                    write(stream);
                    stream.Flush(flushToDisk: true);
                }
                File.Move(temporary, path, overwrite: true);
            }
            finally
            {
                File.Delete(temporary);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new InvalidInputException($"{path} cannot be written ({failure.Message.ReplaceLineEndings(" ")}); allowed: a file in a writable place", failure);
        }
    }
}
