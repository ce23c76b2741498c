namespace Lepton.Neuro.Experiments.Running;

/// <summary>Keeps other processes, and other runs of this one, out of a folder for as long as it lives. The system lets go of it when the process ends, however it ends.</summary>
internal sealed class FolderLock : IDisposable
{
    /// <summary>The name of the file that is held open.</summary>
    public const string FileName = ".lock";

    readonly FileStream file;

    FolderLock(FileStream file) => this.file = file;

    /// <summary>Takes a folder.</summary>
    /// <param name="folder">The full path of a folder that exists.</param>
    /// <returns>The lock, to be disposed.</returns>
    /// <exception cref="InvalidInputException">It is taken.</exception>
    public static FolderLock Take(string folder)
    {
        string path = Path.Combine(folder, FileName);
        try
        {
            return new(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose));
        }
        catch (IOException error) when (File.Exists(path))
        {
            throw new InvalidInputException($"--out is {folder}, which another run is writing to; allowed: another folder, or this one when that run has ended", error);
        }
    }

    /// <summary>Lets go.</summary>
    public void Dispose() => file.Dispose();
}
