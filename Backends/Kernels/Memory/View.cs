namespace Lepton.Neuro.Backends.Kernels;

/// <summary>A place in a device's memory: an array of items. It is a number and nothing more, so kernels carry it in their fields.</summary>
/// <typeparam name="TItem">The items: without references.</typeparam>
/// <param name="Offset">Where it begins, in bytes from the beginning of the memory: a multiple of 256, and of the item's size.</param>
/// <param name="Count">How many items it holds.</param>
public readonly record struct View<TItem>(long Offset, long Count)
    where TItem : unmanaged
{
    /// <summary>The same bytes as items of another type: a struct of lanes as its lanes.</summary>
    /// <typeparam name="TOther">The other type; it divides the bytes without a rest.</typeparam>
    public unsafe View<TOther> As<TOther>()
        where TOther : unmanaged => new(Offset, Count * sizeof(TItem) / sizeof(TOther));
}
