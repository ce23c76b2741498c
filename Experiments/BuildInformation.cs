using System.Reflection;

namespace Lepton.Neuro.Experiments;

/// <summary>Which build this is. The SDK records both at build time in the assembly's informational version, <c>version+commit</c>.</summary>
public static class BuildInformation
{
    static readonly string[] Parts =
        (typeof(BuildInformation).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0").Split('+', 2);

    /// <summary>The version, such as <c>0.1.0</c>.</summary>
    public static string Version => Parts[0];

    /// <summary>The full name of the git commit that was built, or <c>unknown</c> when it was built outside a git checkout.</summary>
    public static string Commit => Parts.Length > 1 ? Parts[1] : "unknown";

    /// <summary>This build as pages name it.</summary>
    internal static string Name => NameOf(Version, Commit);

    /// <summary>A build as pages name it, such as <c>Lepton.Neuro 0.1.0, commit 0123456789</c>.</summary>
    /// <param name="version">Its version.</param>
    /// <param name="commit">Its commit; ten characters of it are enough.</param>
    internal static string NameOf(string version, string commit) => $"Lepton.Neuro {version}, commit {commit[..Math.Min(10, commit.Length)]}";
}
