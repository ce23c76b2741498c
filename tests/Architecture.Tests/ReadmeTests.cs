using System.Runtime.CompilerServices;

namespace Lepton.Neuro.Architecture.Tests;

public sealed class ReadmeTests
{
    [Fact]
    public void The_first_code_block_is_at_line_five_and_is_what_is_compiled_here()
    {
        string[] readme = File.ReadAllLines(Path.Combine(Root(), "README.md"));
        Assert.Equal("```csharp", readme[4]);
        int end = Array.IndexOf(readme, "```", 5);
        string[] quickstart = File.ReadAllLines(Path.Combine(Root(), "tests", "Architecture.Tests", "Quickstart.cs"));
        var usings = quickstart.TakeWhile(line => line.Length > 0);
        int first = Array.FindIndex(quickstart, line => line.Trim() == "// --- README");
        var body = quickstart.Skip(first + 1).TakeWhile(line => line.Trim() != "// --- README").Select(Unindented);
        Assert.Equal([.. usings, "", .. body], readme[5..end]);
    }

    [Fact]
    public void The_first_code_block_runs()
    {
        var lines = new List<string>();
        Quickstart.Run(lines.Add);
        Assert.Matches(@"^\d+\.\d Hz, \d+ uJ on loihi$", Assert.Single(lines));
        Assert.Contains($"prints `{lines[0]}`", File.ReadAllText(Path.Combine(Root(), "README.md")), StringComparison.Ordinal);
    }

    static string Unindented(string line) => (line.Length == 0 ? line : line[8..]).Replace("print(", "Console.WriteLine(", StringComparison.Ordinal);

    static string Root([CallerFilePath] string path = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", ".."));
}
