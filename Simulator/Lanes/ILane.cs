using System.Numerics;

namespace Lepton.Neuro.Lanes;

/// <summary>A number that a model or rule can run on: one neuron (<see cref="Scalar"/>), a SIMD bundle of neurons
/// (<see cref="Wide128"/>, <see cref="Wide256"/>, <see cref="Wide512"/>), a word of hardware (<see cref="Fixed{TFormat}"/>), a double (<see cref="Float64"/>) or a node of a
/// tape (<see cref="Traced"/>). It has all the arithmetic that a kernel may use.</summary>
/// <remarks>
/// <para>Comparisons return a <em>mask</em> of the same type. Masks are consumed by <see cref="Select"/>, <see cref="MaskBits"/> and the bitwise operators only.</para>
/// <para>Every operation is defined to the last bit and is the same on every lane of single precision, so kernels give the same
/// spikes at any width. A product that feeds a sum is written as <see cref="FusedMultiplyAdd"/>: no compiler can then contract it differently.</para>
/// </remarks>
/// <typeparam name="T">The implementing type itself.</typeparam>
public interface ILane<T> :
    IAdditionOperators<T, T, T>, ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IDivisionOperators<T, T, T>,
    IComparisonOperators<T, T, T>, IBitwiseOperators<T, T, T>, IUnaryNegationOperators<T, T>
    where T : unmanaged, ILane<T>
{
    /// <summary>How many neurons or synapses one value carries: a power of two, at most 16.</summary>
    static abstract int Width { get; }

    /// <summary>The same number in every place of the bundle.</summary>
    /// <param name="value">The number.</param>
    static abstract implicit operator T(float value);

    /// <summary>The same number in every place of the bundle, rounded once to the lane's precision: exact for <see cref="Float64"/>. Constants that a kernel derives
    /// (decays, products of parameters) are handed over by it.</summary>
    /// <param name="value">The number.</param>
    static abstract T FromDouble(double value);

    /// <summary>Chooses place by place: <paramref name="ifTrue"/> where the mask is set.</summary>
    static abstract T Select(T mask, T ifTrue, T ifFalse);

    /// <summary><c>a &lt; b ? a : b</c>: a comparison, so that NaN behaves alike on every machine.</summary>
    static abstract T Min(T a, T b);

    /// <summary><c>a &gt; b ? a : b</c>: a comparison, so that NaN behaves alike on every machine.</summary>
    static abstract T Max(T a, T b);

    /// <summary><c>a * b + c</c>, rounded once.</summary>
    static abstract T FusedMultiplyAdd(T a, T b, T c);

    /// <summary>The correctly rounded square root; NaN for negative numbers.</summary>
    static abstract T Sqrt(T x);

    /// <summary>The magnitude.</summary>
    static abstract T Abs(T x);

    /// <summary>The nearest integer, halves to the even one. Defined for |x| below 2^31.</summary>
    static abstract T Round(T x);

    /// <summary>e to the power of x, within 2 units in the last place; for single precision 0 below -87.3 (no subnormal results), infinity above 88.72.</summary>
    static abstract T Exp(T x);

    /// <summary>The natural logarithm of a positive normal number, within 2 units in the last place. Not defined elsewhere:
    /// callers guard with <see cref="Max"/>.</summary>
    static abstract T Log(T x);

    /// <summary><c>x * 2^n</c> for an integral <paramref name="n"/> in [-126, 127].</summary>
    static abstract T ScaleByPowerOfTwo(T x, T n);

    /// <summary>The exponent e of a positive normal number x = m * 2^e with m in [1/sqrt 2, sqrt 2).</summary>
    static abstract T Exponent(T x);

    /// <summary>The mantissa m of a positive normal number x = m * 2^e with m in [1/sqrt 2, sqrt 2).</summary>
    static abstract T Mantissa(T x);

    /// <summary>Whether two values are the same bits in every place.</summary>
    static abstract bool Identical(T a, T b);

    /// <summary>One bit a place: bit k is set where place k of the mask is set.</summary>
    static abstract uint MaskBits(T mask);

    /// <summary>The mask with place k set where bit k is set.</summary>
    static abstract T MaskFromBits(uint bits);

    /// <summary>Reads <see cref="Width"/> floats that lie side by side.</summary>
    static abstract T Load(ref readonly float source);

    /// <summary>Writes <see cref="Width"/> floats side by side.</summary>
    static abstract void Store(T value, ref float destination);

    /// <summary>Reads <see cref="Width"/> floats at the given distances (in floats) from an origin.</summary>
    static abstract T Gather(ref readonly float origin, ref readonly int offsets);

    /// <summary>Reads <see cref="Width"/> integers, turns them into floats (nearest, halves to even) and multiplies by what one is worth.</summary>
    static abstract T LoadScaled(ref readonly int source, float quantum);

    /// <summary>Multiplies by a factor, rounds to the nearest integer (halves to even) and adds to the <see cref="Width"/> integers at the destination.
    /// Defined for results of a magnitude below 2^31.</summary>
    static abstract void AddScaled(T value, float factor, ref int destination);

    /// <summary>Multiplies by a factor, rounds to the nearest integer (halves to even) and writes <see cref="Width"/> integers.
    /// Defined for results of a magnitude below 2^31.</summary>
    static abstract void StoreScaled(T value, float factor, ref int destination);

    /// <summary>Turns <see cref="Width"/> random words into numbers uniform in (0, 1): the upper 23 bits, centred, so that neither end occurs
    /// and every value is exact.</summary>
    static abstract T Uniform(ref readonly uint words);
}
