using System.Diagnostics;

namespace Lepton.Neuro.Experiments.Tests;

/// <summary>The command line as a process of its own, to be killed.</summary>
static class Lepton
{
    public static Process Start(string folder, params string[] arguments)
    {
        var how = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        how.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "lepton.dll"));
        foreach (string argument in arguments) how.ArgumentList.Add(argument);
        return Process.Start(how)!;
    }

    /// <summary>Kills a process once a condition holds, or does nothing where it has ended before.</summary>
    /// <returns>Whether it was killed.</returns>
    public static bool KillWhen(Process process, Func<bool> condition, int extraMilliseconds)
    {
        var patience = Stopwatch.StartNew();
        while (!process.HasExited && !condition())
        {
            Assert.True(patience.Elapsed < TimeSpan.FromMinutes(2), "it waits for two minutes");
            Thread.Sleep(1);
        }
        Thread.Sleep(extraMilliseconds);
        bool running = !process.HasExited;
        process.Kill();
        process.WaitForExit();
        return running;
    }
}
