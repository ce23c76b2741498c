using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Backends;

/// <summary>Structs of lanes, read from and written to planes of floats: field f of element i lies at <c>f * stride + i</c>. So the layout does not depend on the vectors' width,
/// and the first plane of synapses is their weights.</summary>
static unsafe class Fields
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Count<T, TFields>()
        where T : unmanaged, ILane<T>
        where TFields : unmanaged => Unsafe.SizeOf<TFields>() / Unsafe.SizeOf<T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TFields Load<T, TFields>(float* planes, nint stride, nint index)
        where T : unmanaged, ILane<T>
        where TFields : unmanaged
    {
        // A struct of one lane stays in its register.
        if (Count<T, TFields>() == 1) return Unsafe.BitCast<T, TFields>(T.Load(in planes[index]));
        Unsafe.SkipInit(out TFields fields);
        for (int f = 0; f < Count<T, TFields>(); f++) Unsafe.Add(ref Unsafe.As<TFields, T>(ref fields), f) = T.Load(in planes[(f * stride) + index]);
        return fields;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T, TFields>(TFields fields, float* planes, nint stride, nint index)
        where T : unmanaged, ILane<T>
        where TFields : unmanaged
    {
        if (Count<T, TFields>() == 1)
        {
            T.Store(Unsafe.BitCast<TFields, T>(fields), ref planes[index]);
            return;
        }
        for (int f = 0; f < Count<T, TFields>(); f++) T.Store(Unsafe.Add(ref Unsafe.As<TFields, T>(ref fields), f), ref planes[(f * stride) + index]);
    }

    /// <summary>Stores where the mask is set, and what was there before elsewhere.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T, TFields>(T mask, TFields fields, TFields before, float* planes, nint stride, nint index)
        where T : unmanaged, ILane<T>
        where TFields : unmanaged
    {
        for (int f = 0; f < Count<T, TFields>(); f++)
        {
            T chosen = T.Select(mask, Unsafe.Add(ref Unsafe.As<TFields, T>(ref fields), f), Unsafe.Add(ref Unsafe.As<TFields, T>(ref before), f));
            T.Store(chosen, ref planes[(f * stride) + index]);
        }
    }

    /// <summary>The fields of one element for all lanes; those whose bit is not set are zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TFields Broadcast<T, TFields>(float* planes, nint stride, nint index, uint wanted = uint.MaxValue)
        where T : unmanaged, ILane<T>
        where TFields : unmanaged
    {
        Unsafe.SkipInit(out TFields fields);
        for (int f = 0; f < Count<T, TFields>(); f++) Unsafe.Add(ref Unsafe.As<TFields, T>(ref fields), f) = (wanted & (1u << f)) != 0 ? planes[(f * stride) + index] : 0f;
        return fields;
    }

    /// <summary>Gathers the fields whose bit is set; the others are zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TFields Gather<T, TFields>(float* planes, nint stride, int* offsets, uint wanted = uint.MaxValue)
        where T : unmanaged, ILane<T>
        where TFields : unmanaged
    {
        Unsafe.SkipInit(out TFields fields);
        for (int f = 0; f < Count<T, TFields>(); f++)
            Unsafe.Add(ref Unsafe.As<TFields, T>(ref fields), f) = (wanted & (1u << f)) != 0 ? T.Gather(in planes[f * stride], in *offsets) : 0f;
        return fields;
    }

    /// <summary>Reads a field of structs that lie one behind the other, as neurons' states do.</summary>
    public static void Read<T, TFields>(NativeBuffer<TFields> bundles, int field, Span<float> values)
        where T : unmanaged, ILane<T>
        where TFields : unmanaged
    {
        for (int i = 0; i < values.Length; i++) values[i] = At<T, TFields>(bundles, field, i);
    }

    /// <summary>Writes a field of structs that lie one behind the other.</summary>
    public static void Write<T, TFields>(NativeBuffer<TFields> bundles, int field, ReadOnlySpan<float> values)
        where T : unmanaged, ILane<T>
        where TFields : unmanaged
    {
        for (int i = 0; i < values.Length; i++) At<T, TFields>(bundles, field, i) = values[i];
    }

    // A bundle is a struct of vectors: field f of place i of bundle b.
    static ref float At<T, TFields>(NativeBuffer<TFields> bundles, int field, int index)
        where T : unmanaged, ILane<T>
        where TFields : unmanaged => ref Unsafe.Add(ref Unsafe.As<TFields, float>(ref bundles[index / T.Width]), (field * T.Width) + (index % T.Width));
}
