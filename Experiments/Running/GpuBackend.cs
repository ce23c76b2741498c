namespace Lepton.Neuro.Experiments.Running;

/// <summary>The GPU backend, where the build has it; one line that says what to do where not.</summary>
internal static class GpuBackend
{
    /// <summary>The device where none is named.</summary>
    public const string DefaultDevice = "cuda:0";

    /// <summary>What is to be done to have the GPU backend.</summary>
    public static string HowToBuild => "a build with -p:Ilgpu=true (dotnet build -c Release -p:Ilgpu=true Experiments; it takes the package ILGPU 1.5.3; see docs/guides/gpu.md)";

#if ILGPU
    /// <summary>Whether this build has it.</summary>
    public static bool IsBuilt => true;

    /// <summary>The devices that can be had, a line each, and what is missing for the rest.</summary>
    public static IReadOnlyList<string> Devices() => Backends.Ilgpu.Devices();

    /// <summary>A session that learns.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="device">The device's name.</param>
    /// <param name="checkpoint">What to go on from; none where null.</param>
    /// <exception cref="InvalidInputException">There is no such device, it has too little memory, or the checkpoint cannot be used.</exception>
    public static LearningSession Load(CompiledNetwork plan, string device, string? checkpoint = null) =>
        checkpoint is null ? Backends.Ilgpu.Load(plan, device) : Backends.Ilgpu.Resume(plan, checkpoint, device);

    /// <summary>A session that does not learn.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="device">The device's name.</param>
    /// <exception cref="InvalidInputException">There is no such device, or it has too little memory.</exception>
    public static Session Evaluate(CompiledNetwork plan, string device) => Backends.Ilgpu.Evaluate(plan, device);

    /// <summary>Refuses what this build does not have.</summary>
    public static void Check()
    {
    }
#else
    /// <summary>Whether this build has it.</summary>
    public static bool IsBuilt => false;

    /// <summary>One line: what is missing.</summary>
    public static IReadOnlyList<string> Devices() => [$"not in this build: CUDA and OpenCL devices need {HowToBuild}"];

    /// <summary>Not in this build.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="device">The device's name.</param>
    /// <param name="checkpoint">What to go on from.</param>
    /// <exception cref="InvalidInputException">Always.</exception>
    public static LearningSession Load(CompiledNetwork plan, string device, string? checkpoint = null) => throw Missing();

    /// <summary>Not in this build.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="device">The device's name.</param>
    /// <exception cref="InvalidInputException">Always.</exception>
    public static Session Evaluate(CompiledNetwork plan, string device) => throw Missing();

    /// <summary>Refuses what this build does not have.</summary>
    /// <exception cref="InvalidInputException">Always.</exception>
    public static void Check() => throw Missing();

    static InvalidInputException Missing() => new("--backend", "ilgpu", $"cpu; ilgpu only in {HowToBuild}");
#endif
}
