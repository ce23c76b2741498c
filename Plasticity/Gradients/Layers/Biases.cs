using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>What a layer adds to each of its units, alike in every row.</summary>
static unsafe class Biases
{
    /// <summary>Sets every row to the biases, or to zero where there are none.</summary>
    public static void Fill(Parameter? bias, float* to, nint rows, int units)
    {
        if (bias is null)
        {
            for (nint row = 0; row < rows; row++) new Span<float>(to + (row * units), units).Clear();
            return;
        }
        var from = new ReadOnlySpan<float>(bias.Pointer, units);
        for (nint row = 0; row < rows; row++) from.CopyTo(new(to + (row * units), units));
    }

    /// <summary>The sums of the columns, each in the order of the rows.</summary>
    public static void Gradient(int vectorBits, float* from, nint rows, int units, float* to) => Elementwise.Run(vectorBits, new Columns { From = from, Rows = rows, Units = units, To = to }, units);

    struct Columns : IElementwise
    {
        public float* From, To;
        public nint Rows, Units;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void At<T>(nint place)
            where T : unmanaged, ILane<T>
        {
            T sum = 0f;
            float* from = From + place;
            for (nint row = 0; row < Rows; row++, from += Units) sum += T.Load(in *from);
            T.Store(sum, ref To[place]);
        }
    }
}
