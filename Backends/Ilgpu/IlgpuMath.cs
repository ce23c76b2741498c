using System.Reflection;
using ILGPU;
using ILGPU.Backends.OpenCL;
using ILGPU.Backends.PTX;
using ILGPU.Frontend;
using ILGPU.Frontend.Intrinsic;
using ILGPU.IR;
using ILGPU.IR.Intrinsics;
using Lepton.Neuro.Backends.Kernels;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Backends;

/// <summary>Functions that ILGPU's compiler does not know, or that some devices round as they like, in what is exact everywhere: an instruction on a CUDA device; elsewhere <see cref="DeviceMath"/>, for OpenCL
/// rounds quotients and roots rightly in double precision only.</summary>
public static class IlgpuMath
{
    static readonly Dictionary<string, string> Instructions = new(StringComparer.Ordinal)
    {
        [nameof(FusedMultiplyAdd)] = "fma.rn.f32",
        [nameof(Sqrt)] = "sqrt.rn.f32",
        [nameof(Divide)] = "div.rn.f32",
    };

    static IlgpuMath()
    {
        Replace(typeof(MathF), nameof(MathF.FusedMultiplyAdd), typeof(IlgpuMath), nameof(FusedMultiplyAdd));
        Replace(typeof(MathF), nameof(MathF.Sqrt), typeof(IlgpuMath), nameof(Sqrt));
        Replace(typeof(MathF), nameof(MathF.Round), typeof(DeviceMath), nameof(DeviceMath.Round));
        Replace(typeof(Scalar), "op_Division", typeof(IlgpuMath), nameof(Quotient));
    }

    /// <summary>Says how these functions are compiled.</summary>
    /// <param name="builder">A context that is being made.</param>
    internal static void AddTo(Context.Builder builder)
    {
        var manager = builder.GetIntrinsicManager();
        foreach (string name in Instructions.Keys)
        {
            var method = typeof(IlgpuMath).GetMethod(name)!;
            manager.RegisterMethod(method, new PTXIntrinsic(typeof(IlgpuMath), nameof(Emit), IntrinsicImplementationMode.GenerateCode));
            manager.RegisterMethod(method, new CLIntrinsic(typeof(DeviceMath), name, IntrinsicImplementationMode.Redirect));
        }
    }

    /// <summary><c>a * b + c</c>, rounded once.</summary>
    /// <param name="a">A factor.</param>
    /// <param name="b">A factor.</param>
    /// <param name="c">What is added.</param>
    [IntrinsicImplementation]
    public static float FusedMultiplyAdd(float a, float b, float c) => DeviceMath.FusedMultiplyAdd(a, b, c);

    /// <summary>A square root, rounded once.</summary>
    /// <param name="x">The number.</param>
    [IntrinsicImplementation]
    public static float Sqrt(float x) => DeviceMath.Sqrt(x);

    /// <summary>A quotient, rounded once.</summary>
    /// <param name="left">The dividend.</param>
    /// <param name="right">The divisor.</param>
    [IntrinsicImplementation]
    public static float Divide(float left, float right) => DeviceMath.Divide(left, right);

    /// <summary>A quotient of lanes.</summary>
    /// <param name="left">The dividend.</param>
    /// <param name="right">The divisor.</param>
    public static Scalar Quotient(Scalar left, Scalar right) => new(Divide(left.Value, right.Value));

    static void Emit(PTXBackend backend, PTXCodeGenerator code, Value value)
    {
        var call = (ILGPU.IR.Values.MethodCall)value;
        var arguments = call.Nodes.ToArray().Select(node => code.LoadPrimitive(node)).ToArray();
        var result = code.AllocateHardware(value);
        using var command = code.BeginCommand(Instructions[call.Target.Source.Name]);
        command.AppendArgument(result);
        foreach (var argument in arguments) command.AppendArgument(argument);
    }

    static void Replace(Type type, string name, Type by, string replacement)
    {
        var to = by.GetMethod(replacement, BindingFlags.Public | BindingFlags.Static)!;
        var from = type.GetMethod(name, BindingFlags.Public | BindingFlags.Static, [.. to.GetParameters().Select(p => p.ParameterType)])!;
        RemappedIntrinsics.AddRemapping(from, (ref InvocationContext call) => call.Method = to);
    }
}
