using Microsoft.Playwright;

namespace Lepton.Neuro.Browser.Tests;

/// <summary>A browser that is installed on this machine; nothing is downloaded.</summary>
public sealed class Browser : IAsyncLifetime
{
    /// <summary>Names a browser of one's own; and, where set to <c>required</c> by <c>LEPTON_BROWSER_TESTS</c>, none is a failure.</summary>
    public const string PathVariable = "LEPTON_CHROMIUM", DemandVariable = "LEPTON_BROWSER_TESTS";

    static readonly string[] Known = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/usr/bin/google-chrome-stable"];

    IPlaywright? playwright;

    /// <summary>The browser; null where there is none.</summary>
    public IBrowser? Chromium { get; private set; }

    /// <summary>Why there is none.</summary>
    public static string Missing => $"no Chromium at {string.Join(", ", Known)}; install one, or name one in {PathVariable}";

    public async Task InitializeAsync()
    {
        string? path = Environment.GetEnvironmentVariable(PathVariable) is { Length: > 0 } own ? own : Known.FirstOrDefault(File.Exists);
        if (path is null)
        {
            Assert.False(Environment.GetEnvironmentVariable(DemandVariable) == "required", Missing);
            return;
        }
        playwright = await Playwright.CreateAsync();
        // Containers give no user namespaces and little shared memory.
        Chromium = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = path, Args = ["--no-sandbox", "--disable-dev-shm-usage"], Timeout = 120_000 });
    }

    public async Task DisposeAsync()
    {
        if (Chromium is not null) await Chromium.DisposeAsync();
        playwright?.Dispose();
    }
}
