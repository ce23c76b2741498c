namespace Lepton.Neuro.Experiments.DataSets;

/// <summary>Where downloaded data sets lie, a folder each.</summary>
internal static class DataCache
{
    /// <summary>The folder: <c>$LEPTON_DATA</c>, or the platform's for what can be fetched again.</summary>
    public static string Folder
    {
        get
        {
            if (Environment.GetEnvironmentVariable("LEPTON_DATA") is { Length: > 0 } given) return Path.GetFullPath(given);
            string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            string cache = OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
                : OperatingSystem.IsMacOS() ? Path.Combine(home, "Library", "Caches")
                : Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } wanted ? wanted
                : Path.Combine(home, ".cache");
            return Path.Combine(cache, "lepton");
        }
    }

    /// <summary>The folder of a data set that was downloaded; null where it was not.</summary>
    /// <param name="name">A plain name, such as <c>mnist</c>.</param>
    public static string? Find(string name) =>
        name.IndexOfAny(['/', '\\', '.']) < 0 && Path.Combine(Folder, name) is var path && Directory.Exists(path) ? path : null;
}
