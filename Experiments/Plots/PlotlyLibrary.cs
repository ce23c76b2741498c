using System.Text.Json;

namespace Lepton.Neuro.Experiments.Plots;

/// <summary>plotly.js for report pages: embedded in this assembly where the build could fetch it, else its public address.</summary>
public static class PlotlyLibrary
{
    static readonly Lazy<byte[]?> Embedded = new(() => Read("plotly.min.js.gz"));
    static readonly Lazy<(string Version, string Integrity)> Package = new(ReadPackage);

    /// <summary>The gzipped library, or null when the build could not fetch it.</summary>
    // The conversion is spelled out: without it the null would become an empty memory.
    public static ReadOnlyMemory<byte>? Compressed => Embedded.Value is { } bytes ? new ReadOnlyMemory<byte>(bytes) : default(ReadOnlyMemory<byte>?);

    /// <summary>The version, such as <c>4.1.2</c>.</summary>
    public static string Version => Package.Value.Version;

    /// <summary>Where the same file can be loaded from.</summary>
    public static string PublicAddress => $"https://cdn.jsdelivr.net/npm/plotly.js-dist-min@{Version}/plotly.min.js";

    /// <summary>The hash that a browser compares the loaded file with.</summary>
    public static string Integrity => Package.Value.Integrity;

    static (string Version, string Integrity) ReadPackage()
    {
        using var document = JsonDocument.Parse(Read("plotly.package.json") ?? throw new InvalidOperationException("package.json is not embedded."));
        var root = document.RootElement;
        return (root.GetProperty("dependencies").GetProperty("plotly.js-dist-min").GetString()!, root.GetProperty("integrity").GetString()!);
    }

    static byte[]? Read(string name)
    {
        using var stream = typeof(PlotlyLibrary).Assembly.GetManifestResourceStream(name);
        if (stream is null)
            return null;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
