namespace Lepton.Neuro.Experiments.Reporting;

/// <summary>The style and the script of pages, from <c>page.css</c> and <c>page.js</c> beside this file.</summary>
internal static class PageResources
{
    /// <summary>The style.</summary>
    public static string Css { get; } = Read("page.css");

    /// <summary>The script.</summary>
    public static string Script { get; } = Read("page.js");

    static string Read(string name)
    {
        using var stream = typeof(PageResources).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not embedded.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
