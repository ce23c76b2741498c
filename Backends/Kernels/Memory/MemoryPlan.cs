using System.Numerics;

namespace Lepton.Neuro.Backends.Kernels;

/// <summary>Shares out a device's memory before it is taken, so that what is needed is known first.</summary>
sealed class MemoryPlan<TMemory>
    where TMemory : struct, IDeviceMemory<TMemory>
{
    const int Alignment = 256;
    const int PartBytes = 1 << 26;

    readonly List<Action<Device<TMemory>>> uploads = [];

    public long Bytes { get; private set; }

    /// <summary>An array of zeros.</summary>
    public unsafe View<TItem> Zeros<TItem>(long count)
        where TItem : unmanaged
    {
        // A device may count in items from the beginning of its memory: each array begins at a whole one.
        long unit = (long)Alignment * sizeof(TItem) >> Math.Min(8, BitOperations.TrailingZeroCount(sizeof(TItem)));
        long offset = (Bytes + unit - 1) / unit * unit;
        var view = new View<TItem>(offset, Math.Max(1, count));
        Bytes = offset + (((view.Count * sizeof(TItem)) + Alignment - 1) / Alignment * Alignment);
        return view;
    }

    /// <summary>An array of these.</summary>
    public View<TItem> Values<TItem>(params TItem[] values)
        where TItem : unmanaged
    {
        var view = Zeros<TItem>(values.Length);
        uploads.Add(device => Upload(device, view, values));
        return view;
    }

    /// <summary>A kernel.</summary>
    public Func<Device<TMemory>, Launch> Kernel<TKernel>(string name, TKernel kernel)
        where TKernel : unmanaged, IKernel<TMemory>
    {
        var fields = Values(kernel);
        return device => device.Prepare(name, fields);
    }

    /// <summary>A kernel of groups.</summary>
    public Func<Device<TMemory>, Launch> GroupKernel<TKernel>(string before, string after, TKernel kernel)
        where TKernel : unmanaged, IGroupKernel<TMemory>
    {
        var fields = Values(kernel);
        return device => device.PrepareGroups(before, after, fields);
    }

    /// <summary>Takes the memory and copies what was given.</summary>
    public void Commit(Device<TMemory> device)
    {
        device.Allocate(Bytes);
        foreach (var upload in uploads) upload(device);
        uploads.Clear();
    }

    // A copy of all at once would want as much pinned memory as a large network has synapses.
    static unsafe void Upload<TItem>(Device<TMemory> device, View<TItem> view, TItem[] values)
        where TItem : unmanaged
    {
        int part = PartBytes / sizeof(TItem);
        for (int first = 0; first < values.Length; first += part) device.Upload(view, first, values.AsSpan(first, Math.Min(part, values.Length - first)));
    }
}
