using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.Tests;

/// <summary>Runs the command line in process, in a folder of its own.</summary>
sealed class Bench : IDisposable
{
    readonly CancellationTokenSource cancellation = new();

    readonly bool owns;

    public Bench()
        : this(Path.Combine(Path.GetTempPath(), $"lepton-{Guid.NewGuid():N}"))
    {
        Directory.CreateDirectory(Folder);
        owns = true;
    }

    /// <summary>Another command line in a folder that exists.</summary>
    public Bench(string folder) => Folder = folder;

    public string Folder { get; }

    public string Output { get; private set; } = "";

    public string Error { get; private set; } = "";

    public void Cancel() => cancellation.Cancel();

    public int Run(IExperiment experiment, params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var code = CommandLine.Run(arguments, new Host
        {
            Output = output,
            Error = error,
            Experiments = [experiment],
            CurrentDirectory = Folder,
            Cancellation = cancellation.Token,
        });
        (Output, Error) = (output.ToString(), error.ToString());
        return code;
    }

    public int Run(params string[] arguments) => Run(new TinyExperiment(), arguments);

    /// <summary>Arguments, and others whose settings (<c>--set name=value</c>) take the place of theirs.</summary>
    public static string[] With(string[] arguments, params string[] others)
    {
        var given = others.Zip(others.Skip(1)).Where(a => a.First == "--set").Select(a => a.Second.Split('=')[0]).ToHashSet(StringComparer.Ordinal);
        List<string> all = [];
        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] == "--set" && given.Contains(arguments[i + 1].Split('=')[0])) i++;
            else all.Add(arguments[i]);
        }
        return [.. all, .. others];
    }

    public string At(string path) => Path.Combine(Folder, path);

    public string Read(string path) => File.ReadAllText(At(path));

    public string[] Entries() =>
        [.. Directory.EnumerateFileSystemEntries(Folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None })
            .Select(path => Path.GetRelativePath(Folder, path).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    public void Dispose()
    {
        cancellation.Dispose();
        if (owns) Directory.Delete(Folder, recursive: true);
    }
}
