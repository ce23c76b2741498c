using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Lepton.Neuro.Backends.Kernels;

/// <summary>Structs of lanes in a checkpoint: variable by variable, each in the order of neurons or of the wiring.</summary>
static class Saved
{
    /// <summary>How many variables a struct has.</summary>
    public static int Fields<TItem>()
        where TItem : unmanaged => Unsafe.SizeOf<TItem>() / sizeof(float);

    /// <summary>Writes them; a struct without any as <paramref name="least"/> variables that are 0.</summary>
    /// <param name="writer">The checkpoint.</param>
    /// <param name="name">The name of each section.</param>
    /// <param name="items">The structs.</param>
    /// <param name="slots">The place of each in the file; their own where empty.</param>
    /// <param name="least">How many variables there are at least.</param>
    public static void Write<TItem>(CheckpointWriter writer, string name, ReadOnlySpan<TItem> items, ReadOnlySpan<int> slots = default, int least = 0)
        where TItem : unmanaged
    {
        int fields = Fields<TItem>();
        var values = new float[items.Length];
        for (int field = 0; field < Math.Max(fields, least); field++)
        {
            if (fields > 0)
            {
                var lanes = MemoryMarshal.Cast<TItem, float>(items);
                for (int i = 0; i < values.Length; i++) values[slots.IsEmpty ? i : slots[i]] = lanes[(i * fields) + field];
            }
            writer.Write<float>(name, values);
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static void Read<TItem>(CheckpointReader reader, string name, Span<TItem> items, ReadOnlySpan<int> slots = default, int least = 0)
        where TItem : unmanaged
    {
        int fields = Fields<TItem>();
        var values = new float[items.Length];
        for (int field = 0; field < Math.Max(fields, least); field++)
        {
            reader.Read(name, values.AsSpan());
            if (fields == 0) continue;
            var lanes = MemoryMarshal.Cast<TItem, float>(items);
            for (int i = 0; i < values.Length; i++) lanes[(i * fields) + field] = values[slots.IsEmpty ? i : slots[i]];
        }
    }
}
