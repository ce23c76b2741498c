namespace Lepton.Neuro.Simulator.Tests;

/// <summary>Where the source code lies that these tests were built from.</summary>
static class Sources
{
    public static string Root { get; } = Find();

    static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Lepton.Neuro.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("these tests read the sources: run them from a checkout");
    }
}
