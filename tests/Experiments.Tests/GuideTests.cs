namespace Lepton.Neuro.Experiments.Tests;

public class GuideTests
{
    // What the guide runs takes minutes; the same commands with small settings and fewer seeds take seconds.
    static readonly string[] Small = ["--set", "train-images=150", "--set", "test-images=40"];

    static string Guide()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Lepton.Neuro.sln"))) folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("the repository is not above the tests");
        return File.ReadAllText(Path.Combine(folder, "docs", "guides", "first-run.md"));
    }

    [Fact]
    public void Every_command_of_the_first_guide_works_in_its_order()
    {
        using var bench = new Bench();
        string[][] commands = [.. Guide().Split('\n').Where(line => line.StartsWith("lepton ", StringComparison.Ordinal)).Select(line => line.Split(' ')[1..])];
        Assert.True(commands.Length >= 9);
        foreach (string[] command in commands)
        {
            string[] more = command switch
            {
                // Compiled and run by the tests of that guide.
                ["rule" or "laws", ..] => ["--help"],
                ["run", "--config", ..] => ["--quiet"],
                ["run" or "sweep", ..] => [.. Small, "--quiet", .. command.Contains("--epochs", StringComparer.Ordinal) ? (string[])[] : ["--epochs", "1"]],
                _ => [],
            };
            Assert.True(bench.Run(new Digits.DigitsExperiment(), [.. command.Select(word => word == "5" ? "2" : word), .. more]) == ExitCodes.Success, $"{string.Join(' ', command)}: {bench.Error}");
        }
        Assert.True(File.Exists(bench.At("out/sweep-digits/report.html")));
    }

    [Fact]
    public void The_first_guide_names_every_script()
    {
        string folder = AppContext.BaseDirectory, guide = Guide();
        while (!File.Exists(Path.Combine(folder, "Lepton.Neuro.sln"))) folder = Path.GetDirectoryName(folder)!;
        foreach (string script in Directory.GetFiles(Path.Combine(folder, "Experiments", "Scripts"), "*.cs"))
            Assert.Contains($"| `{Path.GetFileNameWithoutExtension(script)}` |", guide, StringComparison.Ordinal);
    }
}
