namespace Lepton.Neuro.Backends.Kernels;

/// <summary>What a launch is told: which steps it takes.</summary>
/// <param name="Step">The first step, counted from the beginning of the presentation.</param>
/// <param name="Steps">How many steps; above 1 only where no spike can arrive within them.</param>
/// <param name="Presentation">The presentation.</param>
public readonly record struct StepRange(long Step, int Steps, ulong Presentation);

/// <summary>A kernel: what one logical thread does. Its fields are views and numbers, the same in every launch.</summary>
/// <remarks>Threads of a launch run in any order and side by side. So two of them may touch the same item only if neither writes it, or both by <see cref="IDeviceMemory{TMemory}.Add"/>.
/// One launch sees all that the launches before it wrote.</remarks>
/// <typeparam name="TMemory">The device's memory.</typeparam>
public interface IKernel<TMemory>
    where TMemory : struct, IDeviceMemory<TMemory>
{
    /// <summary>Runs one thread.</summary>
    /// <param name="memory">The memory.</param>
    /// <param name="thread">The thread's number.</param>
    /// <param name="now">The steps.</param>
    void Run(TMemory memory, int thread, StepRange now);
}
