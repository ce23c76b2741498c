namespace Lepton.Neuro.Backends.Kernels;

/// <summary>Starts a kernel: the device runs its threads some time before the next launch's or the next copy.</summary>
/// <param name="threads">How many logical threads.</param>
/// <param name="now">The steps.</param>
public delegate void Launch(int threads, StepRange now);

/// <summary>A device: one block of memory and a queue of launches. All that a backend for a new kind of device has to write.</summary>
/// <typeparam name="TMemory">Its memory as kernels see it.</typeparam>
public abstract class Device<TMemory> : IDisposable
    where TMemory : struct, IDeviceMemory<TMemory>
{
    /// <summary>How many threads a launch should have that shares out work of unknown size: a multiple of 256.</summary>
    public abstract int Threads { get; }

    /// <summary>How many threads a group has: a power of two.</summary>
    public abstract int GroupSize { get; }

    /// <summary>Takes the memory, all zero. Called once.</summary>
    /// <param name="bytes">How much.</param>
    /// <exception cref="InvalidInputException">There is too little: the message says what is needed and what is free.</exception>
    public abstract void Allocate(long bytes);

    /// <summary>Copies to the device.</summary>
    /// <typeparam name="TItem">The items' type.</typeparam>
    /// <param name="view">The array.</param>
    /// <param name="first">Where in the array to begin.</param>
    /// <param name="values">The items.</param>
    public abstract void Upload<TItem>(View<TItem> view, long first, ReadOnlySpan<TItem> values)
        where TItem : unmanaged;

    /// <summary>Copies from the device when all launches so far have ended.</summary>
    /// <typeparam name="TItem">The items' type.</typeparam>
    /// <param name="view">The array.</param>
    /// <param name="first">Where in the array to begin.</param>
    /// <param name="values">Where to.</param>
    public abstract void Download<TItem>(View<TItem> view, long first, Span<TItem> values)
        where TItem : unmanaged;

    /// <summary>Fills an array with zeros after all launches so far.</summary>
    /// <typeparam name="TItem">The items' type.</typeparam>
    /// <param name="view">The array.</param>
    public abstract void Clear<TItem>(View<TItem> view)
        where TItem : unmanaged;

    /// <summary>Makes a kernel ready. Its fields lie in the device's memory, so a launch hands over nothing but the steps.</summary>
    /// <typeparam name="TKernel">The kernel.</typeparam>
    /// <param name="name">What it is called in counts and messages.</param>
    /// <param name="fields">Where its fields lie: an array of one.</param>
    public abstract Launch Prepare<TKernel>(string name, View<TKernel> fields)
        where TKernel : unmanaged, IKernel<TMemory>;

    /// <summary>Makes a kernel of groups ready; its launches are given the threads of whole groups.</summary>
    /// <typeparam name="TKernel">The kernel.</typeparam>
    /// <param name="before">What its part before the barrier is called in counts and messages.</param>
    /// <param name="after">What its part after it is called.</param>
    /// <param name="fields">Where its fields lie: an array of one.</param>
    public abstract Launch PrepareGroups<TKernel>(string before, string after, View<TKernel> fields)
        where TKernel : unmanaged, IGroupKernel<TMemory>;

    /// <summary>Frees the device.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the device.</summary>
    /// <param name="disposing">Whether the managed parts go too.</param>
    protected virtual void Dispose(bool disposing)
    {
    }
}
