namespace Lepton.Neuro.Experiments.Tests;

public class GuideTests
{
    // What the guide runs takes minutes; the same commands with small settings and fewer seeds take seconds.
    static readonly string[] Small = ["--set", "train-images=150", "--set", "test-images=40"];

    static string Guide(string name = "first-run.md")
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Lepton.Neuro.sln"))) folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("the repository is not above the tests");
        return File.ReadAllText(Path.Combine(folder, "docs", "guides", name));
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

    // What the other guides name, made smaller: the same words with other numbers.
    static readonly string[][] Smaller = [["run", "digits"], ["run", "shapes"], ["sweep", "shapes"], ["map", "digits"], ["energy", "digits"], ["plot", "tiles"]];

    [Theory]
    [InlineData("write-an-encoder.md", 2)]
    [InlineData("write-a-machine.md", 4)]
    [InlineData("performance.md", 3)]
    [InlineData("reproducibility.md", 5)]
    public void Every_command_of_a_guide_works_in_its_order(string guide, int least)
    {
        using var bench = new Bench();
        string[] lines = Guide(guide).Split('\n');
        // The files that a reader has saved, or has.
        if (Array.IndexOf(lines, "```yaml") is >= 0 and var first) File.WriteAllLines(bench.At("small.yaml"), lines[(first + 1)..Array.IndexOf(lines, "```", first)]);
        Plots.FigureFile.Write(Plots.LineChart.Of("A picture", new("x"), new("y"), new Plots.LineSeries("line", [0, 1], [0, 1])), bench.At("photo.png"), Plots.Theme.Light);
        string[][] commands = [.. lines.Where(line => line.StartsWith("lepton ", StringComparison.Ordinal)).Select(line => line.Split(' ')[1..])];
        Assert.True(commands.Length >= least);
        foreach (string[] command in commands)
        {
            // An experiment looks for a file where the process stands, which here is not the bench's folder.
            string[] words = [.. command.Select(word => word switch
            {
                "5" => "2",
                "0.1" => "0.01",
                "machine=small.yaml" => $"machine={bench.At("small.yaml")}",
                _ => word,
            })];
            string[] more = Smaller.Any(small => command[0] == small[0] && command[1] == small[1]) && !command.Contains("--config") ? [.. Small, .. command.Contains("--epochs") ? (string[])[] : ["--epochs", "1"]]
                : command[0] == "bench" ? ["--seconds", "0.02", "--warmup", "0"] : [];
            Running.IExperiment experiment = Running.Catalogue.All.Single(known => known.Name == (guide == "reproducibility.md" ? "shapes" : "digits"));
            Assert.True(bench.Run(experiment, [.. words, .. more]) == ExitCodes.Success, $"{string.Join(' ', words)}: {bench.Error}");
        }
        if (guide == "reproducibility.md")
            Assert.Equal(Running.ResultFiles.FromJson(bench.Read("out/first/results.json")).SpikeHash, Running.ResultFiles.FromJson(bench.Read("out/second/results.json")).SpikeHash);
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
