using System.Collections;
using System.Reflection;
using System.Runtime.Loader;

namespace Lepton.Neuro.Mutation;

/// <summary>The tests and the laws around one build of the rules, in a load context of its own.</summary>
sealed class Trial : AssemblyLoadContext
{
    const string Rules = "Lepton.Neuro.Plasticity";

    /// <summary>What refers to the rules must be loaded anew with them; all else is shared.</summary>
    static readonly string[] Around = ["Lepton.Neuro.Plasticity.Laws", "Lepton.Neuro.Plasticity.Tests"];

    readonly string folder;
    readonly Assembly rules;

    /// <param name="folder">Where the built tests lie.</param>
    /// <param name="image">The compiled rules.</param>
    public Trial(string folder, byte[] image)
        : base(isCollectible: true)
    {
        this.folder = folder;
        rules = LoadFromStream(new MemoryStream(image));
    }

    /// <summary>Finds what objects to a rule.</summary>
    /// <param name="file">The name of the rule's file without its ending.</param>
    /// <param name="cases">Spike patterns a law.</param>
    /// <returns>The name of the first law or test that fails; null where all hold.</returns>
    public string? Objection(string file, int cases)
    {
        var tests = LoadFromAssemblyPath(Path.Combine(folder, Around[1] + ".dll"));
        var laws = tests.GetReferencedAssemblies().Where(name => name.Name == Around[0]).Select(LoadFromAssemblyName).Single();
        var held = (IEnumerable)tests.GetType("Lepton.Neuro.Plasticity.Tests.PlasticityLawsTests")!.GetField("Rules", BindingFlags.NonPublic | BindingFlags.Static)!.GetValue(null)!;
        var rule = rules.GetTypes().FirstOrDefault(type => type.Name == file);
        var mine = held.Cast<object>().Where(one => one.GetType() == rule || file is "Trace" && one.GetType().Name == "PairStdp").ToArray();
        var make = laws.GetType("Lepton.Neuro.Plasticity.Laws.PlasticityLaws")!.GetMethod("For")!;
        // The quick ones first: the tape, then the rule's own tests, then the laws that run sessions.
        if (mine.Select(one => BrokenLaw(one, name => name == "tape")).FirstOrDefault(broken => broken is not null) is { } tape)
            return tape;
        foreach (var type in TestClasses(tests, file))
        {
            foreach (var method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            {
                if (Fails(type, method))
                    return $"test: {type.Name}.{method.Name}";
            }
        }
        return mine.Select(one => BrokenLaw(one, name => name != "tape")).FirstOrDefault(broken => broken is not null);

        string? BrokenLaw(object one, Func<string, bool> wanted)
        {
            foreach (var law in (IEnumerable)make.Invoke(null, [one, .. new object?[make.GetParameters().Length - 1]])!)
            {
                var name = (string)law.GetType().GetProperty("Name")!.GetValue(law)!;
                if (!wanted(name))
                    continue;
                var verdict = law.GetType().GetMethod("Check")!.Invoke(law, [cases, 7UL])!;
                if (!(bool)verdict.GetType().GetProperty("Holds")!.GetValue(verdict)!)
                    return $"law: {name}";
            }
            return null;
        }
    }

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (assemblyName.Name == Rules)
            return rules;
        var path = Path.Combine(folder, assemblyName.Name + ".dll");
        if (!File.Exists(path))
            return null;
        return Around.Contains(assemblyName.Name, StringComparer.Ordinal) ? LoadFromAssemblyPath(path) : Default.LoadFromAssemblyPath(path);
    }

    /// <summary>The tests that are about a file: the class of its name, and those whose source names the rule.</summary>
    static IEnumerable<Type> TestClasses(Assembly tests, string file)
    {
        string[] names = file switch
        {
            "Hebb" or "Oja" or "Bcm" or "DeltaRule" => ["RateRulesTests"],
            "Trace" or "TwoTraces" => ["PairStdpTests", "RateRulesTests", "VogelsStdpTests"],
            "ShortTerm" or "ThreeFactor" or "SynapticScaling" => ["CompositionTests"],
            _ => [file + "Tests"],
        };
        return names.Append("GoldenTests").Select(name => tests.GetType("Lepton.Neuro.Plasticity.Tests." + name)).OfType<Type>();
    }

    static bool Fails(Type type, MethodInfo method)
    {
        var marks = method.GetCustomAttributes().ToArray();
        if (!marks.Any(mark => mark.GetType().Name is "FactAttribute" or "TheoryAttribute"))
            return false;
        var rows = marks.Where(mark => mark.GetType().GetMethod("GetData") is not null)
            .SelectMany(mark => ((IEnumerable)mark.GetType().GetMethod("GetData")!.Invoke(mark, [method])!).Cast<object?[]>()).ToArray();
        foreach (var row in rows.Length > 0 ? rows : [[]])
        {
            try
            {
                method.Invoke(method.IsStatic ? null : Activator.CreateInstance(type), Arguments(method, row));
            }
            catch (TargetInvocationException)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Values as xunit hands them over: numbers become the parameter's type, what is left over an array.</summary>
    static object?[] Arguments(MethodInfo method, object?[] row)
    {
        var parameters = method.GetParameters();
        var values = new object?[parameters.Length];
        for (var i = 0; i < parameters.Length; i++)
        {
            var wanted = parameters[i].ParameterType;
            if (parameters[i].IsDefined(typeof(ParamArrayAttribute)) && !(row.Length == parameters.Length && row[i]?.GetType() == wanted))
            {
                var rest = Array.CreateInstance(wanted.GetElementType()!, Math.Max(0, row.Length - i));
                for (var k = 0; k < rest.Length; k++)
                    rest.SetValue(Converted(row[i + k], wanted.GetElementType()!), k);
                values[i] = rest;
            }
            else
            {
                values[i] = i < row.Length ? Converted(row[i], wanted) : parameters[i].DefaultValue;
            }
        }
        return values;
    }

    static object? Converted(object? value, Type wanted) =>
        value is IConvertible && wanted.IsPrimitive && value.GetType() != wanted ? Convert.ChangeType(value, wanted, System.Globalization.CultureInfo.InvariantCulture) : value;
}
