using System.Reflection;
using System.Xml.Linq;

namespace Lepton.Neuro.Architecture.Tests;

/// <summary>The projects of the repository and what was built of them.</summary>
static class House
{
    /// <summary>The library's assemblies: what users program against.</summary>
    public static readonly string[] Libraries =
        ["Lepton.Neuro.Simulator", "Lepton.Neuro.Plasticity", "Lepton.Neuro.Plasticity.Laws", "Lepton.Neuro.Encoders", "Lepton.Neuro.Backends.Cpu", "Lepton.Neuro.Backends.Tiles"];

    public static string Root { get; } = Find();

    /// <summary>Every project but those under tests, by its folder, with the folders of the projects that it references.</summary>
    public static IReadOnlyDictionary<string, string[]> Projects { get; } = Read();

    public static Assembly Load(string name) => Assembly.LoadFrom(Path.Combine(AppContext.BaseDirectory, name + ".dll"));

    /// <summary>The public types that someone wrote: the compiler makes more, for extension blocks.</summary>
    public static IEnumerable<Type> PublicTypes(string assembly) => Load(assembly).GetExportedTypes().Where(t => !t.FullName!.Contains('<', StringComparison.Ordinal));

    /// <summary>Every type of the library that implements one of the kernel interfaces, with that interface as the type implements it.</summary>
    public static IEnumerable<(Type Kernel, Type Contract)> Kernels() =>
        from assembly in Libraries
        from type in Load(assembly).GetTypes()
        where !type.IsInterface
        from contract in type.GetInterfaces()
        where contract.IsGenericType && KernelContracts.Contains(contract.GetGenericTypeDefinition())
        select (type, contract);

    public static readonly Type[] KernelContracts = [typeof(INeuronKernel<,,>), typeof(ISynapseKernel<,,,>), typeof(ISteppedSynapseKernel<,,,>), typeof(IEncoderKernel<,>)];

    /// <summary>Which layer a folder is of: those of a lower one may be referenced, and no others.</summary>
    public static int Layer(string folder) => folder.Split('/')[0] switch
    {
        "Simulator" => 0,
        "Plasticity" or "Encoders" or "Backends" => 1,
        _ => 2,
    };

    /// <summary>Whether the project of one folder may reference that of another.</summary>
    public static bool MayReference(string from, string to)
    {
        if (to.StartsWith("tests/", StringComparison.Ordinal)) return false;
        if (Layer(from) > Layer(to)) return true;
        // A sibling may have parts: the laws of the rules stand on the rules, the tile machine on the CPU backend, the GPU backend on its kernels.
        return from.StartsWith(to + "/", StringComparison.Ordinal) || (from == "Backends/Tiles" && to == "Backends/Cpu") || (from == "Backends/Ilgpu" && to == "Backends/Kernels") || (from != to && Layer(from) == 2 && Layer(to) == 2);
    }

    static Dictionary<string, string[]> Read()
    {
        var projects = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (string path in Directory.EnumerateFiles(Root, "*.csproj", SearchOption.AllDirectories))
        {
            string folder = Relative(Path.GetDirectoryName(path)!);
            if (folder.Split('/').Intersect(["tests", "bin", "obj", "node_modules"], StringComparer.Ordinal).Any()) continue;
            projects.Add(folder, [.. XDocument.Load(path).Descendants("ProjectReference").Select(r =>
                Relative(Path.GetDirectoryName(Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, r.Attribute("Include")!.Value.Replace('\\', '/'))))!))]);
        }
        return projects;
    }

    static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Lepton.Neuro.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("these tests read the project files: run them from a checkout");
    }
}
