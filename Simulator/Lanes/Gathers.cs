using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Lepton.Neuro.Lanes;

/// <summary>Indexed loads at each width: the machine's gather instruction where it has one, single loads elsewhere.</summary>
static unsafe class Gathers
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Floats128(ref readonly float origin, ref readonly int offsets)
    {
        var at = Vector128.LoadUnsafe(in offsets);
        if (Avx2.IsSupported) return Avx2.GatherVector128((float*)Unsafe.AsPointer(ref Unsafe.AsRef(in origin)), at, 4);
        ref var first = ref Unsafe.AsRef(in origin);
        return Vector128.Create(Unsafe.Add(ref first, at[0]), Unsafe.Add(ref first, at[1]), Unsafe.Add(ref first, at[2]), Unsafe.Add(ref first, at[3]));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Floats256(ref readonly float origin, ref readonly int offsets)
    {
        if (Avx2.IsSupported)
            return Avx2.GatherVector256((float*)Unsafe.AsPointer(ref Unsafe.AsRef(in origin)), Vector256.LoadUnsafe(in offsets), 4);
        return Vector256.Create(Floats128(in origin, in offsets), Floats128(in origin, in Unsafe.Add(ref Unsafe.AsRef(in offsets), 4)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Floats512(ref readonly float origin, ref readonly int offsets) =>
        Vector512.Create(Floats256(in origin, in offsets), Floats256(in origin, in Unsafe.Add(ref Unsafe.AsRef(in offsets), 8)));
}
