namespace Lepton.Neuro.Experiments.Running;

/// <summary>The folder of a run's results, written as a transaction: everything goes to temporary names in a hidden folder inside it, and
/// <see cref="Commit"/> renames it all at the end. Disposed without a commit, it leaves what was there before untouched. While it is open no other run can open it.</summary>
internal sealed class RunFolder : IDisposable
{
    /// <summary>The names of the files that the frame itself writes. The results come last, so that where they are new all else is.</summary>
    public static readonly string[] FrameFiles = ["config.yaml", "report.html", "results.csv", "results.json"];

    /// <summary>The name of the file to which a cancelled run saves itself where the user named none.</summary>
    public const string CheckpointFile = "unfinished.checkpoint";

    const string StagingPrefix = ".unfinished-";

    readonly string staging;
    readonly List<string> created = [];
    readonly List<string> files = [];
    FolderLock? held;

    RunFolder(string path)
    {
        Path = path;
        staging = System.IO.Path.Combine(path, $"{StagingPrefix}{Guid.NewGuid():N}");
    }

    /// <summary>The full path of the folder.</summary>
    public string Path { get; }

    /// <summary>Whether results of an earlier run lie there.</summary>
    public bool HasEarlierResults => File.Exists(System.IO.Path.Combine(Path, "results.json"));

    /// <summary>Opens the folder, creating it where needed.</summary>
    /// <param name="path">The full path.</param>
    /// <returns>The folder, to be committed or disposed.</returns>
    /// <exception cref="InvalidInputException">The folder cannot be created or written, or another run has it open.</exception>
    public static RunFolder Open(string path)
    {
        var folder = new RunFolder(path);
        try
        {
            for (var missing = path; missing is not null && !Directory.Exists(missing); missing = System.IO.Path.GetDirectoryName(missing))
                folder.created.Add(missing);
            Directory.CreateDirectory(path);
            folder.held = FolderLock.Take(path);
            // What runs left behind that were killed: nobody else can be writing here now.
            foreach (var left in Directory.EnumerateDirectories(path, StagingPrefix + "*"))
                Directory.Delete(left, recursive: true);
            Directory.CreateDirectory(folder.staging);
            return folder;
        }
        catch (InvalidInputException)
        {
            folder.Dispose();
            throw;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            folder.Dispose();
            throw new InvalidInputException($"--out is {path}, which cannot be created or written: {error.Message.ReplaceLineEndings(" ")}", error);
        }
    }

    /// <summary>The path of a file that goes when the folder is closed.</summary>
    /// <param name="name">A plain file name.</param>
    public string Temporary(string name) => System.IO.Path.Combine(staging, $"{StagingPrefix}{name}");

    /// <summary>Adds a file of the experiment's own.</summary>
    /// <param name="name">A plain file name.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="ArgumentException">The name is not plain, or belongs to the frame.</exception>
    public void Add(string name, Action<Stream> write)
    {
        if (FrameFiles.Append(CheckpointFile).Contains(name, StringComparer.OrdinalIgnoreCase))
            throw new ArgumentException($"{name} is written by the frame.", nameof(name));
        Write(name, write);
    }

    /// <summary>Writes a file under its temporary name.</summary>
    /// <param name="name">A plain file name.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="ArgumentException">The name is not plain.</exception>
    /// <exception cref="InvalidInputException">The file cannot be written: the disk is full, say.</exception>
    public void Write(string name, Action<Stream> write)
    {
        if (name.Length == 0 || name[0] == '.' || name.AsSpan().ContainsAny("/\\:") || name.Any(char.IsControl))
            throw new ArgumentException($"'{name}' is not a plain file name.", nameof(name));
        try
        {
            using var stream = new FileStream(System.IO.Path.Combine(staging, name), FileMode.Create, FileAccess.Write, FileShare.None);
            write(stream);
            // A disk that turns out to be full says so here, and not after earlier results have been replaced.
            stream.Flush(flushToDisk: true);
        }
        // The last of them is what a file beyond the file system's or the user's limit comes as.
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException { ParamName: "value" })
        {
            throw CannotWrite(name, error);
        }
        if (!files.Contains(name, StringComparer.Ordinal))
            files.Add(name);
    }

    /// <summary>Gives every file its real name.</summary>
    /// <exception cref="InvalidInputException">A file cannot be renamed.</exception>
    public void Commit()
    {
        foreach (var name in files)
        {
            try
            {
                File.Move(System.IO.Path.Combine(staging, name), System.IO.Path.Combine(Path, name), overwrite: true);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw CannotWrite(name, error);
            }
        }
        created.Clear();
        files.Clear();
    }

    /// <summary>Removes what was not committed, and the folders that were created for it.</summary>
    public void Dispose()
    {
        try
        {
            if (Directory.Exists(staging))
                Directory.Delete(staging, recursive: true);
            held?.Dispose();
            held = null;
            foreach (var path in created)
            {
                if (Directory.Exists(path) && !Directory.EnumerateFileSystemEntries(path).Any())
                    Directory.Delete(path);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // What stays behind is hidden and unfinished; a clean-up that fails must not hide why the run failed.
            return;
        }
    }

    InvalidInputException CannotWrite(string name, Exception error) => new(
        $"--out is {Path}, where {name} cannot be written: {error.Message.ReplaceLineEndings(" ")}; allowed: a folder with room; earlier results there are untouched", error);
}
