using System.Diagnostics;
using System.Reflection;

namespace Lepton.Neuro.Testing;

/// <summary>Runs a test assembly's own entry point in a process of its own.</summary>
public static class ChildProcess
{
    /// <summary>The lines, trimmed and without empty ones, that an assembly prints where the runtime's switches named (DOTNET_EnableAVX2, say) are 0.</summary>
    /// <exception cref="InvalidOperationException">The process failed; the message is what it wrote to its standard error.</exception>
    public static async Task<string[]> Lines(Assembly assembly, params string[] switches)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(assembly.Location);
        foreach (string name in switches) start.Environment[name] = "0";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        string text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        string error = await errors;
        if (process.ExitCode != 0) throw new InvalidOperationException($"exit code {process.ExitCode}: {error}");
        return text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
