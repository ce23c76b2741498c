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

    /// <summary>Asks a process to stop, as Ctrl-C does; by SIGTERM, which means the same to it, where it was started in the background and so ignores SIGINT.</summary>
    public static void Interrupt(Process process)
    {
        string ignored = File.ReadLines($"/proc/{process.Id}/status").First(line => line.StartsWith("SigIgn:", StringComparison.Ordinal))["SigIgn:".Length..].Trim();
        bool ignores = (Convert.ToUInt64(ignored, 16) & 2) != 0;
        Assert.Equal(0, Kill(process.Id, ignores ? 15 : 2));
    }

    [System.Runtime.InteropServices.DllImport("libc", EntryPoint = "kill")]
    static extern int Kill(int process, int signal);

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
