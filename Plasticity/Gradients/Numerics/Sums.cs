using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>Sums of numbers side by side.</summary>
static unsafe class Sums
{
    /// <summary><c>to += from</c>.</summary>
    public static void Add(int vectorBits, float* from, float* to, nint count) => Elementwise.Run(vectorBits, new Work { From = from, To = to }, count);

    struct Work : IElementwise
    {
        public float* From, To;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void At<T>(nint place)
            where T : unmanaged, ILane<T> => T.Store(T.Load(in To[place]) + T.Load(in From[place]), ref To[place]);
    }
}
