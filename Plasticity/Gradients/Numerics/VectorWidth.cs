using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>Work that is written once over lanes and done with vectors of the width that is asked for.</summary>
interface ILaneWork
{
    void Run<T>()
        where T : unmanaged, ILane<T>;
}

/// <summary>The widths of vectors: which one the processor does best, and the way from a number of bits to a lane. Every operation of a lane gives the same bits at every width, so
/// the choice changes nothing but the time.</summary>
static class VectorWidth
{
    /// <summary>The width that the processor does best. A processor may have 512-bit vectors and yet not report them as accelerated: only the instruction set tells.</summary>
    public static int Best { get; } =
        Avx512F.IsSupported ? 512
        : Vector256.IsHardwareAccelerated && Fma.IsSupported ? 256
        : Vector128.IsHardwareAccelerated ? 128
        : 32;

    /// <summary>Checks a width that a user gave.</summary>
    /// <exception cref="InvalidInputException">It is none of those that there are.</exception>
    public static int Resolve(int bits) => bits switch
    {
        0 => Best,
        32 or 128 or 256 or 512 => bits,
        _ => throw new InvalidInputException("vector bits", bits, "32, 128, 256, 512, or 0 for the best"),
    };

    /// <summary>Does the work at a width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<TWork>(int bits, TWork work)
        where TWork : struct, ILaneWork
    {
        switch (bits)
        {
            case 512: work.Run<Wide512>(); break;
            case 256: work.Run<Wide256>(); break;
            case 128: work.Run<Wide128>(); break;
            default: work.Run<Scalar>(); break;
        }
    }
}
