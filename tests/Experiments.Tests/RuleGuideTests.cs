using System.Runtime.CompilerServices;

namespace Lepton.Neuro.Experiments.Tests;

/// <summary>The guide <c>docs/guides/write-a-rule.md</c>: its rule is compiled, and its commands are run in their order.</summary>
public sealed class RuleGuideTests
{
    [Fact]
    public void The_rule_of_the_guide_compiles_and_its_commands_run()
    {
        var guide = File.ReadAllLines(Path.Combine(Root(), "docs", "guides", "write-a-rule.md"));
        var code = Block(guide, "csharp");
        Assert.InRange(code.Length, 10, 25);
        using var bench = new Bench();
        File.WriteAllLines(bench.At("MyRule.cs"), code);
        var commands = guide.Where(line => line.StartsWith("lepton ", StringComparison.Ordinal)).ToArray();
        Assert.InRange(commands.Length, 5, 20);
        foreach (var command in commands)
        {
            // The experiment looks for the file where the process stands, which here is not the bench's folder.
            var arguments = command.Split(' ')[1..].Select(word => word == "own-rule=MyRule.cs" ? $"own-rule={bench.At("MyRule.cs")}" : word).ToArray();
            IReadOnlyList<Running.IExperiment> known = Running.Catalogue.All;
            var code2 = arguments[0] == "run" ? bench.Run(known.Single(one => one.Name == arguments[1]), arguments) : bench.Run(arguments);
            Assert.True(code2 == ExitCodes.Success, $"{command}\n{bench.Output}\n{bench.Error}");
        }
        Assert.Contains("own-window.svg", bench.Entries());
        Assert.Contains("out/own-rule/report.html", bench.Entries());
        // One that does not compile is one line with the place.
        File.WriteAllText(bench.At("Broken.cs"), "public sealed record Broken : SynapseRule { int x = ; }");
        Assert.Equal(ExitCodes.BadInput, bench.Run("laws", "Broken.cs"));
        Assert.Contains("Broken.cs does not compile: Broken.cs(1,", bench.Error, StringComparison.Ordinal);
        Assert.Single(bench.Error.TrimEnd('\n').Split('\n'));
    }

    static string[] Block(string[] guide, string language)
    {
        var first = Array.IndexOf(guide, "```" + language);
        return guide[(first + 1)..Array.IndexOf(guide, "```", first)];
    }

    static string Root([CallerFilePath] string path = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", ".."));
}
