using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Lepton.Neuro.Mutation;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

// Makes one thing in one rule wrong at a time, and looks which law or test objects. Build the tests of Plasticity first:
//   dotnet build tests/Plasticity.Tests -c Release && dotnet run --project tests/Mutation -c Release -- [seconds] [rule ...]
var limit = TimeSpan.FromSeconds(args.Length > 0 ? double.Parse(args[0], CultureInfo.InvariantCulture) : 900);
var root = Root();
var folder = Path.Combine(root, "tests", "Plasticity.Tests", "bin", "Release", "net10.0");
// Fewer cases than the tests run with: what is caught here is caught there.
Environment.SetEnvironmentVariable("LEPTON_CASES", "25");
const int LawCases = 12;
var trialLimit = TimeSpan.FromMinutes(5);

var options = new CSharpParseOptions(LanguageVersion.Latest);
var plasticity = Path.Combine(root, "Plasticity");
var sources = Directory.EnumerateFiles(plasticity, "*.cs", SearchOption.AllDirectories)
    .Where(path => !Path.GetRelativePath(plasticity, path).Split(Path.DirectorySeparatorChar).Any(part => part is "Laws" or "bin" or "obj"))
    .Append(Directory.EnumerateFiles(Path.Combine(plasticity, "obj", "Release"), "*.GlobalUsings.g.cs", SearchOption.AllDirectories).First())
    .Select(path => CSharpSyntaxTree.ParseText(File.ReadAllText(path), options, path)).ToArray();
var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
    .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal) || Path.GetFileName(path) is "netstandard.dll" or "mscorlib.dll")
    .Concat(Directory.EnumerateFiles(folder, "Lepton.Neuro.Simulator.dll"))
    .Select(path => MetadataReference.CreateFromFile(path)).ToArray();
var whole = CSharpCompilation.Create("Lepton.Neuro.Plasticity", sources, references,
    new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));

var rules = sources.Where(tree => Path.GetRelativePath(plasticity, tree.FilePath).StartsWith("Rules", StringComparison.Ordinal) && Path.GetFileName(tree.FilePath) is not ("ErrorNeuron.cs" or "ErrorPath.cs" or "PhaseSource.cs" or "EpropNeuron.cs"))
    .Where(tree => args.Length < 2 || args.Skip(1).Contains(Path.GetFileNameWithoutExtension(tree.FilePath), StringComparer.OrdinalIgnoreCase))
    .OrderBy(tree => tree.FilePath, StringComparer.Ordinal).ToArray();
var clock = Stopwatch.StartNew();
int made = 0, caught = 0, skipped = 0, untried = 0;
var survivors = new List<string>();
foreach (var tree in rules)
{
    var rule = Path.GetFileNameWithoutExtension(tree.FilePath);
    var mutants = Mutant.Of(tree);
    if (mutants.Count == 0) continue;
    // As it is, a rule must pass; otherwise nothing would be learned from an objection.
    if (Try(whole, rule) is { } wrong)
    {
        Console.WriteLine($"{rule}: not tried, for it fails as it is ({wrong})");
        untried++;
        continue;
    }
    foreach (var mutant in mutants)
    {
        if (clock.Elapsed > limit)
        {
            skipped++;
            continue;
        }
        var by = Try(whole.ReplaceSyntaxTree(tree, mutant.Tree), rule);
        // What the compiler refuses no one can ship.
        if (by == "compiler") continue;
        made++;
        if (by is not null) caught++;
        var line = string.Create(CultureInfo.InvariantCulture, $"{mutant.File}:{mutant.Line} {mutant.Kind}: {mutant.Text.ReplaceLineEndings(" ")}");
        if (by is null) survivors.Add(line);
        Console.WriteLine($"{(by is null ? "SURVIVES" : "caught  ")} {line}{(by is null ? "" : $"  [{by}]")}");
    }
}
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\n{caught} of {made} caught, {(made == 0 ? 0 : 100.0 * caught / made):0.0} %, in {clock.Elapsed.TotalSeconds:0} s; {skipped} not tried for lack of time. Survivors:"));
foreach (var survivor in survivors) Console.WriteLine($"  {survivor}");
return untried == 0 ? 0 : 1;

string? Try(CSharpCompilation compilation, string rule)
{
    using var image = new MemoryStream();
    if (!compilation.Emit(image).Success) return "compiler";
    string? found = null;
    var work = new Thread(() =>
    {
        var trial = new Trial(folder, image.ToArray());
        try
        {
            found = trial.Objection(rule, LawCases);
        }
        catch (Exception error)
        {
            found = $"error: {(error.InnerException ?? error).GetType().Name}";
        }
        trial.Unload();
    });
    work.IsBackground = true;
    work.Start();
    return work.Join(trialLimit) ? found : "time";
}

static string Root([CallerFilePath] string path = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", ".."));
