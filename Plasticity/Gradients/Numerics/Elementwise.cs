using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>What is done to numbers that do not depend on each other, written once over lanes.</summary>
interface IElementwise
{
    /// <summary>Does it for the numbers from a place on: as many as the lane is wide.</summary>
    void At<T>(nint place)
        where T : unmanaged, ILane<T>;
}

/// <summary>Loops over numbers side by side: whole vectors first, then one by one.</summary>
static class Elementwise
{
    /// <summary>Does the work for places 0 to <paramref name="count"/> - 1.</summary>
    public static void Run<TWork>(int vectorBits, TWork work, nint count)
        where TWork : struct, IElementwise
    {
        switch (vectorBits)
        {
            case 512: Loop<Wide512, TWork>(work, count); break;
            case 256: Loop<Wide256, TWork>(work, count); break;
            case 128: Loop<Wide128, TWork>(work, count); break;
            default: Loop<Scalar, TWork>(work, count); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Loop<T, TWork>(TWork work, nint count)
        where T : unmanaged, ILane<T>
        where TWork : struct, IElementwise
    {
        nint place = 0;
        for (; place + T.Width <= count; place += T.Width) work.At<T>(place);
        for (; place < count; place++) work.At<Scalar>(place);
    }
}
