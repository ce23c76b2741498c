namespace Lepton.Neuro.Architecture.Tests;

/// <summary>Experiments -> Backends, Plasticity, Encoders -> Simulator, and no other arrow.</summary>
public sealed class ArrowTests
{
    [Fact]
    public void Projects_reference_only_what_lies_below_them()
    {
        Assert.Superset(new HashSet<string>(StringComparer.Ordinal) { "Simulator", "Plasticity", "Encoders", "Backends/Cpu", "Backends/Tiles", "Experiments" }, House.Projects.Keys.ToHashSet(StringComparer.Ordinal));
        var wrong = from project in House.Projects
                    from reference in project.Value
                    where !House.MayReference(project.Key, reference)
                    select $"{project.Key} -> {reference}";
        Assert.Empty(wrong);
        Assert.Empty(House.Projects["Simulator"]);
    }

    [Fact]
    public void Compiled_assemblies_reference_only_what_lies_below_them()
    {
        var folders = House.Projects.Keys.ToDictionary(folder => folder == "Experiments" ? "lepton" : "Lepton.Neuro." + folder.Replace('/', '.'), StringComparer.Ordinal);
        foreach (string name in House.Libraries.Append("lepton"))
        {
            foreach (string reference in House.Load(name).GetReferencedAssemblies().Select(r => r.Name!).Where(IsOurs))
                Assert.True(folders.TryGetValue(reference, out string? folder) && House.MayReference(folders[name], folder), $"{name} -> {reference}");
        }

        static bool IsOurs(string name) => name == "lepton" || name.StartsWith("Lepton.", StringComparison.Ordinal);
    }

    [Fact]
    public void The_simulator_needs_only_the_framework()
    {
        Assert.All(House.Load("Lepton.Neuro.Simulator").GetReferencedAssemblies(), r => Assert.StartsWith("System.", r.Name!, StringComparison.Ordinal));
        string text = File.ReadAllText(Path.Combine(House.Root, "Simulator", "Lepton.Neuro.Simulator.csproj"));
        Assert.DoesNotContain("PackageReference", text, StringComparison.Ordinal);
    }

    [Fact]
    public void There_are_no_circles()
    {
        foreach (string start in House.Projects.Keys) Assert.DoesNotContain(start, Below(start, []));

        static IEnumerable<string> Below(string folder, HashSet<string> seen) =>
            House.Projects.GetValueOrDefault(folder, []).Where(seen.Add).SelectMany(r => Below(r, seen).Prepend(r));
    }

    [Theory]
    [InlineData("Simulator", "Encoders", false)]
    [InlineData("Plasticity", "Encoders", false)]
    [InlineData("Encoders", "Backends/Cpu", false)]
    [InlineData("Backends/Cpu", "Backends/Tiles", false)]
    [InlineData("Backends/Cpu", "Experiments", false)]
    [InlineData("Plasticity/Laws", "Plasticity", true)]
    [InlineData("Backends/Tiles", "Backends/Cpu", true)]
    [InlineData("Experiments", "Backends/Tiles", true)]
    [InlineData("Experiments", "tests/Testing", false)]
    public void The_arrows_are_these(string from, string to, bool allowed) => Assert.Equal(allowed, House.MayReference(from, to));
}
