using System.Reflection;
using System.Runtime.CompilerServices;
using System.Xml.Linq;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Architecture.Tests;

public sealed class SurfaceTests
{
    [Fact]
    public void Every_public_type_is_documented()
    {
        foreach (string library in House.Libraries)
        {
            if (!House.PublicTypes(library).Any()) continue;
            var summaries = XDocument.Load(Path.Combine(AppContext.BaseDirectory, library + ".xml")).Descendants("member")
                .Where(m => !string.IsNullOrWhiteSpace(m.Element("summary")?.Value))
                .Select(m => m.Attribute("name")!.Value)
                .ToHashSet(StringComparer.Ordinal);
            Assert.ProperSuperset(House.PublicTypes(library).Select(t => "T:" + t.FullName!.Replace('+', '.')).ToHashSet(StringComparer.Ordinal), summaries);
        }
    }

    [Fact]
    public void No_public_class_is_open_to_inheritance_by_accident()
    {
        var open = House.Libraries.SelectMany(House.PublicTypes).Where(t => t.IsClass && !t.IsSealed && !t.IsAbstract);
        Assert.Empty(open.Select(t => t.FullName));
    }

    [Fact]
    public void Kernels_are_readonly_structs_that_hold_only_lanes()
    {
        var kernels = House.Kernels().Select(k => k.Kernel).Distinct().ToArray();
        Assert.True(kernels.Length >= 5, "the search for kernels has gone blind");
        foreach (var kernel in kernels)
        {
            Assert.True(kernel.IsValueType && kernel.IsDefined(typeof(IsReadOnlyAttribute)), $"{kernel} is no readonly struct");
            Assert.Empty(NotLanes(kernel).Select(f => $"{kernel}.{f.Name}: {f.FieldType}"));
        }
    }

    [Fact]
    public void States_and_inputs_of_kernels_hold_only_lanes()
    {
        foreach (var (kernel, contract) in House.Kernels())
        {
            // A kernel around another takes its structs as they are.
            foreach (var part in contract.GetGenericArguments().Skip(1).Where(p => !p.IsGenericParameter))
            {
                Assert.True(part.IsValueType, $"{part} of {kernel} is no struct");
                Assert.Empty(NotLanes(part).Select(f => $"{part} of {kernel}: {f.Name} is a {f.FieldType}"));
                Assert.True(part.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Length > 0, $"{part} of {kernel} has no field");
            }
        }
    }

    [Fact]
    public void The_search_for_what_is_no_lane_finds_it()
    {
        Assert.Equal(["Count"], NotLanes(typeof(Wrong<>)).Select(f => f.Name));
        Assert.Equal(["Count"], NotLanes(typeof(Nested<>)).Select(f => f.Name));
        Assert.Empty(NotLanes(typeof(Right<>)));
    }

    readonly struct Wrong<T>(T value, int count)
        where T : unmanaged, ILane<T>
    {
        public readonly T Value = value;
        public readonly int Count = count;
    }

    readonly struct Nested<T>(Wrong<T> inner)
        where T : unmanaged, ILane<T>
    {
        public readonly Wrong<T> Inner = inner;
    }

    readonly struct Right<T>(T value, SingleInput<T> inner)
        where T : unmanaged, ILane<T>
    {
        public readonly T Value = value;
        public readonly SingleInput<T> Inner = inner;
    }

    /// <summary>The instance fields that are neither a lane nor a struct of lanes.</summary>
    static IEnumerable<FieldInfo> NotLanes(Type type)
    {
        foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
        {
            var held = field.FieldType;
            if (held.IsGenericParameter) continue;
            bool isStruct = held.IsValueType && held.IsGenericType;
            if (!isStruct) yield return field;
            else foreach (var inner in NotLanes(held)) yield return inner;
        }
    }

    [Fact]
    public void Interfaces_of_kernels_and_lanes_have_no_default_methods()
    {
        foreach (var contract in House.KernelContracts.Append(typeof(ILane<>)).Append(typeof(ILowering<>)))
        {
            Assert.NotEmpty(contract.GetMethods());
            Assert.Empty(contract.GetMethods(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic).Where(m => !m.IsAbstract).Select(m => $"{contract}.{m.Name}"));
        }
    }

    [Fact]
    public void Descriptions_are_sealed_records()
    {
        Type[] descriptions = [typeof(NeuronModel), typeof(SynapseRule), typeof(Encoder)];
        var found = House.Libraries.SelectMany(House.PublicTypes).Where(t => !t.IsAbstract && descriptions.Any(d => d.IsAssignableFrom(t))).ToArray();
        Assert.True(found.Length >= 8);
        Assert.All(found, t => Assert.True(t.IsSealed && t.GetMethod("<Clone>$") is not null, $"{t} is no sealed record"));
        Assert.All(found.SelectMany(t => t.GetProperties()).Where(p => p.SetMethod is { IsPublic: true }), p =>
            Assert.Contains(typeof(IsExternalInit), p.SetMethod!.ReturnParameter.GetRequiredCustomModifiers()));
    }
}
