namespace Lepton.Neuro.Backends.Kernels;

/// <summary>What a launch is told: which steps it takes.</summary>
/// <param name="Step">The first step, counted from the beginning of the presentation.</param>
/// <param name="Steps">How many steps; above 1 only where no spike can arrive within them.</param>
/// <param name="Presentation">The presentation.</param>
/// <param name="Waiting">How many steps before the first have spikes that static synapses have yet to deliver.</param>
public readonly record struct StepRange(long Step, int Steps, ulong Presentation, int Waiting = 0);

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

/// <summary>A kernel whose threads come in groups that wait for each other once: a thread sees, after the barrier, what all threads of its group wrote before it. Between groups, the rules are those of
/// <see cref="IKernel{TMemory}"/>.</summary>
/// <typeparam name="TMemory">The device's memory.</typeparam>
public interface IGroupKernel<TMemory>
    where TMemory : struct, IDeviceMemory<TMemory>
{
    /// <summary>What a thread does before the barrier.</summary>
    /// <param name="memory">The memory.</param>
    /// <param name="thread">The thread.</param>
    /// <param name="now">The steps.</param>
    void BeforeBarrier(TMemory memory, GroupThread thread, StepRange now);

    /// <summary>What it does when all of its group have come to the barrier.</summary>
    /// <param name="memory">The memory.</param>
    /// <param name="thread">The thread.</param>
    /// <param name="now">The steps.</param>
    void AfterBarrier(TMemory memory, GroupThread thread, StepRange now);
}

/// <summary>A thread of a group.</summary>
/// <param name="Group">The number of its group.</param>
/// <param name="Lane">Its number in the group.</param>
/// <param name="Size">How many threads a group has.</param>
public readonly record struct GroupThread(int Group, int Lane, int Size);
