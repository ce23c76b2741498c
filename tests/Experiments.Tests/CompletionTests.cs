using System.Diagnostics;

namespace Lepton.Neuro.Experiments.Tests;

public class CompletionTests
{
    [Theory]
    [InlineData("lepton swe", "sweep")]
    [InlineData("lepton run ", "tiny")]
    [InlineData("lepton run tiny --ep", "--epochs")]
    [InlineData("lepton run tiny --set hid", "hidden-neurons=")]
    [InlineData("lepton run tiny --vector-bits ", "128 256 512 auto")]
    [InlineData("lepton sweep tiny --grid pru", "prune=")]
    [InlineData("lepton bench cub", "cuba")]
    [InlineData("lepton runs com", "compare")]
    [InlineData("lepton completion f", "fish")]
    public void What_could_stand_at_the_cursor_is_suggested(string line, string expected)
    {
        using var bench = new Bench();
        Assert.Equal(ExitCodes.Success, bench.Run($"[suggest:{line.Length}]", line.TrimEnd()));
        string word = line.EndsWith(' ') ? "" : line.Split(' ')[^1];
        string[] suggested = [.. bench.Output.TrimEnd('\n').Split('\n').Where(s => s.StartsWith(word, StringComparison.Ordinal))];
        Assert.Equal(expected.Split(' '), suggested.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Bash_completes_with_it()
    {
        if (!File.Exists("/bin/bash")) return;
        using var bench = new Bench();
        Assert.Equal(ExitCodes.Success, bench.Run("completion", "bash"));
        File.WriteAllText(bench.At("completion"), bench.Output);
        const string Script = """
            lepton() { dotnet "$LEPTON" "$@"; }
            source completion
            COMP_LINE="lepton run digits --set image" COMP_POINT=29 COMP_WORDS=(lepton run digits --set image) COMP_CWORD=4
            compopt() { :; }
            _lepton
            printf '%s\n' "${COMPREPLY[@]}"
            """;
        using var process = Process.Start(new ProcessStartInfo("/bin/bash", ["-c", Script])
        {
            WorkingDirectory = bench.Folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            Environment = { ["LEPTON"] = Path.Combine(AppContext.BaseDirectory, "lepton.dll") },
        })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal("image-time=\n", output);
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    [InlineData("powershell")]
    public void Every_shell_asks_lepton_itself(string shell)
    {
        using var bench = new Bench();
        Assert.Equal(ExitCodes.Success, bench.Run("completion", shell));
        Assert.Contains("lepton \"[suggest:", bench.Output, StringComparison.Ordinal);
    }
}
