using System.Runtime.CompilerServices;

namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>Single-precision numbers side by side, at an address that is a multiple of 64 and never moves: vectors read from it do not straddle cache lines. Zero at first. What it
/// means (rows, columns, steps) is said where it is used.</summary>
public sealed unsafe class Numbers
{
    const int Alignment = 64;

    // Pinned, so that the address stands; held, so that the memory does.
    readonly float[] store;

    /// <summary>Numbers, all zero.</summary>
    /// <param name="count">How many, at least 0.</param>
    /// <exception cref="InvalidInputException">The count is negative or too large for an array.</exception>
    public Numbers(long count)
    {
        Count = (int)Require.InRange("the count of numbers", count, 0, Array.MaxLength - (2 * Alignment / sizeof(float)));
        // A whole vector may be read where the last number is: what lies behind belongs to the buffer as well.
        store = GC.AllocateArray<float>(Count + (2 * Alignment / sizeof(float)), pinned: true);
        nint address = (nint)Unsafe.AsPointer(ref store[0]);
        Pointer = (float*)((address + Alignment - 1) & ~(Alignment - 1));
    }

    /// <summary>How many there are.</summary>
    public int Count { get; }

    /// <summary>The numbers.</summary>
    public Span<float> Span => store.AsSpan((int)(Pointer - (float*)Unsafe.AsPointer(ref store[0])), Count);

    /// <summary>Where they begin. Valid as long as this object is held.</summary>
    internal float* Pointer { get; }
}
