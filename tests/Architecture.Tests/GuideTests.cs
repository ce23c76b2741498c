using System.Text.RegularExpressions;
using Lepton.Neuro.Architecture.Tests.Guides;

namespace Lepton.Neuro.Architecture.Tests;

/// <summary>The guides' C# is the code that is compiled and run here; what they quote is what it prints.</summary>
public sealed partial class GuideTests
{
    static string Folder => Path.Combine(House.Root, "docs", "guides");

    [Theory]
    [InlineData("from-brian2.md", nameof(FromBrian2))]
    [InlineData("from-nest.md", nameof(FromNest))]
    [InlineData("from-snntorch.md", nameof(FromSnnTorch))]
    [InlineData("write-a-neuron.md", nameof(WriteANeuron))]
    [InlineData("write-an-encoder.md", nameof(WriteAnEncoder))]
    [InlineData("write-a-machine.md", nameof(WriteAMachine))]
    [InlineData("performance.md", nameof(Performance))]
    [InlineData("reproducibility.md", nameof(Reproducibility))]
    public void The_code_of_a_guide_is_what_is_compiled_here(string guide, string source)
    {
        string[] code = File.ReadAllLines(Path.Combine(House.Root, "tests", "Architecture.Tests", "Guides", source + ".cs"));
        var compiled = Regions(code).ToArray();
        compiled[0] = [.. code.TakeWhile(line => line.Length > 0), "", .. compiled[0]];
        var shown = Blocks(File.ReadAllLines(Path.Combine(Folder, guide)), "csharp").ToArray();
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
        WriteANeuron.Run(lines.Add);
        WriteANeuron.Test(lines.Add);
        WriteAnEncoder.Run(lines.Add);
        Reproducibility.Run(lines.Add);
        File.WriteAllLines(WriteAMachine.At("small.yaml"), Blocks(File.ReadAllLines(Path.Combine(Folder, "write-a-machine.md")), "yaml").Single());
        WriteAMachine.Run(lines.Add);
        string guides = string.Concat(Directory.GetFiles(Folder, "*.md").Order(StringComparer.Ordinal).Select(File.ReadAllText));
        // The same seed gives the same figures everywhere, so the guides may quote them: in a sentence, or as a block of what is printed.
        string[] unquoted = [.. lines.Where(line => !guides.Contains($"It prints `{line}`.", StringComparison.Ordinal) && !guides.Contains($"\n{line}\n", StringComparison.Ordinal))];
        Assert.True(unquoted.Length == 0, $"no guide quotes:\n{string.Join('\n', unquoted)}");
    }

    [Fact]
    public void The_code_of_the_guide_to_performance_measures()
    {
        var lines = new List<string>();
        Performance.Run(lines.Add);
        Assert.Matches(@"^built in \d+\.\d\d s; real-time factor \d+\.\d{3}$", lines[0]);
        Assert.Contains($"\n{lines[1]}\n", File.ReadAllText(Path.Combine(Folder, "performance.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_guide_is_in_the_list()
    {
        string list = File.ReadAllText(Path.Combine(House.Root, "docs", "README.md"));
        foreach (string file in Directory.GetFiles(Path.Combine(House.Root, "docs"), "*.md", SearchOption.AllDirectories))
        {
            string path = Path.GetRelativePath(Path.Combine(House.Root, "docs"), file).Replace('\\', '/');
            if (path != "README.md") Assert.Contains($"]({path})", list, StringComparison.Ordinal);
        }
        Assert.Contains("](docs/README.md)", File.ReadAllText(Path.Combine(House.Root, "README.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void Links_between_the_documents_lead_somewhere()
    {
        var files = Directory.GetFiles(Path.Combine(House.Root, "docs"), "*.md", SearchOption.AllDirectories).Append(Path.Combine(House.Root, "README.md"));
        foreach (string file in files)
        {
            foreach (Match link in Links().Matches(File.ReadAllText(file)))
            {
                string target = Path.Combine(Path.GetDirectoryName(file)!, link.Groups["path"].Value);
                Assert.True(File.Exists(target) || Directory.Exists(target), $"{file} leads to {link.Value}");
            }
        }
    }

    static IEnumerable<string[]> Regions(string[] code)
    {
        for (int i = 0; i < code.Length; i++)
        {
            if (code[i].Trim() != "// --- guide") continue;
            int indent = code[i].IndexOf('/', StringComparison.Ordinal), end = Array.FindIndex(code, i, line => line.Trim() == "// ---");
            // A reader prints to the console and has files where the program stands.
            yield return [.. code[(i + 1)..end].Select(line => InFolder().Replace((line.Length == 0 ? line : line[indent..]).Replace("print(", "Console.WriteLine(", StringComparison.Ordinal), "${name}"))];
            i = end;
        }
    }

    static IEnumerable<string[]> Blocks(string[] guide, string language)
    {
        for (int i = 0; i < guide.Length; i++)
        {
            if (guide[i] != "```" + language) continue;
            int end = Array.IndexOf(guide, "```", i);
            yield return guide[(i + 1)..end];
            i = end;
        }
    }

    [GeneratedRegex("""\bAt\((?<name>"[^"]*")\)""")]
    private static partial Regex InFolder();

    [GeneratedRegex(@"\]\((?<path>[^)#:]+)(#[^)]*)?\)")]
    private static partial Regex Links();
}
