using System.Diagnostics;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Lepton.Neuro.Experiments.Rules;

/// <summary>Rules of a user's own: those of an assembly, or of a C# file, which the .NET SDK compiles against this build. What it compiled is kept in
/// the folder for temporary files, so that the same text compiles once.</summary>
internal static partial class RuleFile
{
    /// <summary>How long the compiler may take.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>The endings of files that rules are read from.</summary>
    public static IReadOnlyList<string> Endings { get; } = [".dll", ".cs"];

    /// <summary>Loads the rules of a file.</summary>
    /// <param name="path">The full path of an assembly or a C# file.</param>
    /// <param name="cancellation">Stops the compiler.</param>
    /// <returns>Every rule in it that can be made without arguments, by name.</returns>
    /// <exception cref="InvalidInputException">The file is missing, does not compile, or holds no rule.</exception>
    public static IReadOnlyList<SynapseRule> Load(string path, CancellationToken cancellation)
    {
        if (!File.Exists(path))
            throw new InvalidInputException("the file of the rule", path, "a .cs or .dll file that exists");
        try
        {
            var assembly = Assembly.LoadFrom(path.EndsWith(".cs", StringComparison.OrdinalIgnoreCase) ? Compile(path, cancellation) : path);
            SynapseRule[] rules =
            [
                .. assembly.GetTypes()
                    .Where(type => type.IsSubclassOf(typeof(SynapseRule)) && !type.IsAbstract && type.GetConstructor(Type.EmptyTypes) is not null)
                    .OrderBy(type => type.Name, StringComparer.Ordinal)
                    .Select(type => (SynapseRule)Activator.CreateInstance(type)!),
            ];
            return rules.Length > 0 ? rules : throw new InvalidInputException("the rules in " + Path.GetFileName(path), "none", "a record that derives from Lepton.Neuro.SynapseRule and needs no arguments");
        }
        catch (Exception error) when (error is BadImageFormatException or FileLoadException or ReflectionTypeLoadException or TypeLoadException or FileNotFoundException or TargetInvocationException)
        {
            throw new InvalidInputException($"{path} cannot be loaded ({(error.InnerException ?? error).Message.ReplaceLineEndings(" ")}); allowed: an assembly built against this version of Lepton.Neuro", error);
        }
    }

    static string Compile(string path, CancellationToken cancellation)
    {
        var source = File.ReadAllBytes(path);
        // Another build of ours may be binary different under the same version.
        var key = Convert.ToHexStringLower(SHA256.HashData([.. source, .. Encoding.UTF8.GetBytes(typeof(SynapseRule).Module.ModuleVersionId.ToString()), .. Encoding.UTF8.GetBytes(typeof(Plasticity.PairStdp).Module.ModuleVersionId.ToString())]))[..24];
        var folder = Path.Combine(Path.GetTempPath(), "lepton-rules", key);
        var name = "Rules" + key;
        var compiled = Path.Combine(folder, "out", name + ".dll");
        if (File.Exists(compiled))
            return compiled;
        var work = $"{folder}.{Guid.NewGuid():N}";
        Directory.CreateDirectory(work);
        try
        {
            File.WriteAllBytes(Path.Combine(work, Path.GetFileName(path)), source);
            File.WriteAllText(Path.Combine(work, name + ".csproj"), Project());
            // Whatever folder the temporary files lie in, its settings are not the user's.
            foreach (var stop in new[] { "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props" })
                File.WriteAllText(Path.Combine(work, stop), "<Project />");
            var (code, output) = Run(work, cancellation);
            if (code != 0)
            {
                var errors = Errors().Matches(output).Select(match => $"{match.Groups["where"].Value}: {match.Groups["what"].Value.Trim()}").Distinct().ToArray();
                throw new InvalidInputException($"{Path.GetFileName(path)} does not compile: {(errors.Length > 0 ? string.Join("; ", errors.Take(3)) : output.Trim().ReplaceLineEndings(" "))}{(errors.Length > 3 ? $"; and {errors.Length - 3} more" : "")}");
            }
            if (!Directory.Exists(folder))
                Directory.Move(work, folder);
            return compiled;
        }
        finally
        {
            if (Directory.Exists(work))
                Directory.Delete(work, recursive: true);
        }
    }

    static string Project()
    {
        string Reference(Type type) => $"<Reference Include=\"{type.Assembly.GetName().Name}\"><HintPath>{System.Security.SecurityElement.Escape(type.Assembly.Location)}</HintPath><Private>false</Private></Reference>";
        return $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net{Environment.Version.Major}.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <GenerateDocumentationFile>true</GenerateDocumentationFile>
                <NoWarn>$(NoWarn);CS1591;CS1573;CS1712</NoWarn>
                <Deterministic>true</Deterministic>
              </PropertyGroup>
              <ItemGroup>
                {Reference(typeof(SynapseRule))}
                {Reference(typeof(Plasticity.PairStdp))}
                <Using Include="Lepton.Neuro" /><Using Include="Lepton.Neuro.Lanes" /><Using Include="Lepton.Neuro.Plasticity" /><Using Include="Lepton.Neuro.Units" Static="true" />
              </ItemGroup>
            </Project>
            """;
    }

    static (int Code, string Output) Run(string folder, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            ArgumentList = { "build", "-c", "Release", "-o", "out", "-v", "quiet", "-nologo", "-nodeReuse:false", "-p:UseSharedCompilation=false" },
        };
        // A test runner or another build around us must not steer this one.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
            start.Environment.Remove(name);
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        try
        {
            using var process = Process.Start(start)!;
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(Patience);
            using var stop = limit.Token.Register(() => process.Kill(entireProcessTree: true));
            var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            cancellation.ThrowIfCancellationRequested();
            return (process.ExitCode, output + errors.GetAwaiter().GetResult());
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            throw new InvalidInputException("the program dotnet cannot be started; allowed: the .NET SDK on the PATH, or a compiled .dll in place of a .cs file", missing);
        }
    }

    [GeneratedRegex(@"(?<where>[^\\/\s]+\.cs\(\d+,\d+\)): error (?<what>[^\[\r\n]+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 2000)]
    private static partial Regex Errors();
}
