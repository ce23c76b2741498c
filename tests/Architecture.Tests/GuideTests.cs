using Lepton.Neuro.Architecture.Tests.Guides;

namespace Lepton.Neuro.Architecture.Tests;

/// <summary>The guides for those who come from another simulator: their C# is the code that is compiled and run here.</summary>
public sealed class GuideTests
{
    [Theory]
    [InlineData("from-brian2.md", nameof(FromBrian2))]
    [InlineData("from-nest.md", nameof(FromNest))]
    [InlineData("from-snntorch.md", nameof(FromSnnTorch))]
    public void The_code_of_a_guide_is_what_is_compiled_here(string guide, string source)
    {
        string[] code = File.ReadAllLines(Path.Combine(House.Root, "tests", "Architecture.Tests", "Guides", source + ".cs"));
        var compiled = Regions(code).ToArray();
        compiled[0] = [.. code.TakeWhile(line => line.Length > 0), "", .. compiled[0]];
        var shown = Blocks(File.ReadAllLines(Path.Combine(House.Root, "docs", "guides", guide))).ToArray();
        Assert.Equal(compiled.Length, shown.Length);
        for (int i = 0; i < shown.Length; i++) Assert.Equal(compiled[i], shown[i]);
    }

    [Fact]
    public void The_code_of_the_guides_says_what_they_promise()
    {
        var lines = new List<string>();
        FromBrian2.Run(lines.Add);
        FromNest.Run(lines.Add);
        FromNest.Learn(lines.Add);
        FromSnnTorch.Run(lines.Add);
        string guides = string.Concat(Directory.GetFiles(Path.Combine(House.Root, "docs", "guides"), "from-*.md").Order(StringComparer.Ordinal).Select(File.ReadAllText));
        // The same seed gives the same figures everywhere, so the guides may quote them.
        Assert.DoesNotContain(lines, line => !guides.Contains($"It prints `{line}`.", StringComparison.Ordinal));
    }

    static IEnumerable<string[]> Regions(string[] code)
    {
        for (int i = 0; i < code.Length; i++)
        {
            if (code[i].Trim() != "// --- guide") continue;
            int indent = code[i].IndexOf('/', StringComparison.Ordinal), end = Array.FindIndex(code, i, line => line.Trim() == "// ---");
            yield return [.. code[(i + 1)..end].Select(line => (line.Length == 0 ? line : line[indent..]).Replace("print(", "Console.WriteLine(", StringComparison.Ordinal))];
            i = end;
        }
    }

    static IEnumerable<string[]> Blocks(string[] guide)
    {
        for (int i = 0; i < guide.Length; i++)
        {
            if (guide[i] != "```csharp") continue;
            int end = Array.IndexOf(guide, "```", i);
            yield return guide[(i + 1)..end];
            i = end;
        }
    }
}
