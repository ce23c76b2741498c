using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Lepton.Neuro.Random;

/// <summary>The counter-based generator Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011): a number is a pure
/// function of a key and a counter, so it does not matter which thread, lane, rank or batch asks for it, or in which order.</summary>
public static class Philox
{
    const uint MultiplierA = 0xD2511F53, MultiplierB = 0xCD9E8D57, WeylA = 0x9E3779B9, WeylB = 0xBB67AE85;
    const int Rounds = 10;

    /// <summary>How many consecutive words one group of counters yields: word i is word <c>(i / 16) % 4</c> of counter <c>(i / 64) * 16 + i % 16</c>.</summary>
    public const int Group = 64;

    /// <summary>One block: four words of 32 random bits.</summary>
    /// <param name="key">The key.</param>
    /// <param name="counter">The counter.</param>
    /// <returns>The words.</returns>
    public static (uint A, uint B, uint C, uint D) Block((uint A, uint B) key, (uint A, uint B, uint C, uint D) counter)
    {
        var (a, b, c, d) = counter;
        var (keyA, keyB) = key;
        for (int round = 0; round < Rounds; round++)
        {
            ulong first = (ulong)MultiplierA * a, second = (ulong)MultiplierB * c;
            (a, b, c, d) = ((uint)(second >> 32) ^ b ^ keyA, (uint)second, (uint)(first >> 32) ^ d ^ keyB, (uint)first);
            keyA += WeylA;
            keyB += WeylB;
        }
        return (a, b, c, d);
    }

    /// <summary>Word <paramref name="index"/> of a stream, by the layout of <see cref="Group"/>.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="index">Which word: a neuron, a synapse.</param>
    /// <param name="b">The second counter word: a step, a target.</param>
    /// <param name="c">The third counter word: a presentation.</param>
    /// <param name="d">The fourth counter word.</param>
    public static uint Word(RandomStream stream, uint index, uint b, uint c, uint d)
    {
        var (w0, w1, w2, w3) = Block(stream.Key, ((index / Group * 16) + (index % 16), b, c, d));
        return ((index >> 4) & 3) switch { 0 => w0, 1 => w1, 2 => w2, _ => w3 };
    }

    /// <summary>The fourth counter word of what happens in a step of a presentation; step and presentation give the second and third theirs.</summary>
    /// <param name="step">The step of the presentation.</param>
    /// <param name="presentation">The presentation.</param>
    public static uint Fourth(long step, ulong presentation) => (uint)(presentation >> 32) ^ ((uint)(step >> 32) << 16);

    /// <summary>Consecutive words of a stream, equal to <see cref="Word"/> for each index.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="first">The first index: a multiple of <see cref="Group"/>.</param>
    /// <param name="b">The second counter word.</param>
    /// <param name="c">The third counter word.</param>
    /// <param name="d">The fourth counter word.</param>
    /// <param name="words">Where to; any length.</param>
    public static void Fill(RandomStream stream, uint first, uint b, uint c, uint d, Span<uint> words)
    {
        if (first % Group != 0) throw new ArgumentOutOfRangeException(nameof(first), first, "must be a multiple of 64");
        uint counter = first / Group * 16;
        while (words.Length >= Group)
        {
            FillGroup(stream.Key, counter, b, c, d, ref MemoryMarshal.GetReference(words));
            words = words[Group..];
            counter += 16;
        }
        if (words.IsEmpty) return;
        Span<uint> rest = stackalloc uint[Group];
        FillGroup(stream.Key, counter, b, c, d, ref MemoryMarshal.GetReference(rest));
        rest[..words.Length].CopyTo(words);
    }

    /// <summary>Words of a stream in any order, equal to <see cref="Word"/> for each index.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="indices">Which words.</param>
    /// <param name="b">The second counter word.</param>
    /// <param name="c">The third counter word.</param>
    /// <param name="d">The fourth counter word.</param>
    /// <param name="words">Where to: as many words as indices.</param>
    public static void Scattered(RandomStream stream, ReadOnlySpan<uint> indices, uint b, uint c, uint d, Span<uint> words)
    {
        if (words.Length < indices.Length) throw new ArgumentException($"{words.Length} places for {indices.Length} words", nameof(words));
        int i = 0;
        ref uint from = ref MemoryMarshal.GetReference(indices), to = ref MemoryMarshal.GetReference(words);
        if (Avx512F.IsSupported)
        {
            for (; i + 8 <= indices.Length; i += 8) EightWords(stream.Key, Vector256.LoadUnsafe(ref from, (nuint)i), b, c, d).StoreUnsafe(ref to, (nuint)i);
        }
        if (Avx2.IsSupported)
        {
            for (; i + 4 <= indices.Length; i += 4) FourWords(stream.Key, Vector128.LoadUnsafe(ref from, (nuint)i), b, c, d).StoreUnsafe(ref to, (nuint)i);
        }
        for (; i < indices.Length; i++) words[i] = Word(stream, indices[i], b, c, d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void FillGroup((uint A, uint B) key, uint counter, uint b, uint c, uint d, ref uint to)
    {
        if (Avx512F.IsSupported)
        {
            EightCounters(key, counter, b, c, d, ref to);
            EightCounters(key, counter + 8, b, c, d, ref Unsafe.Add(ref to, 8));
        }
        else if (Avx2.IsSupported)
        {
            for (uint k = 0; k < 16; k += 4) FourCounters(key, counter + k, b, c, d, ref Unsafe.Add(ref to, (int)k));
        }
        else
        {
            for (uint k = 0; k < 16; k++)
            {
                var words = Block(key, (counter + k, b, c, d));
                Unsafe.Add(ref to, (int)k) = words.A;
                Unsafe.Add(ref to, (int)k + 16) = words.B;
                Unsafe.Add(ref to, (int)k + 32) = words.C;
                Unsafe.Add(ref to, (int)k + 48) = words.D;
            }
        }
    }

    // A 32-bit word lives in the lower half of a 64-bit place: the widening multiply reads just that half, and what stands above is never looked at.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void EightCounters((uint A, uint B) key, uint counter, uint second, uint third, uint fourth, ref uint to)
    {
        var a = Vector512.Create((ulong)counter) + Vector512<ulong>.Indices;
        Vector512<ulong> b = Vector512.Create((ulong)second), c = Vector512.Create((ulong)third), d = Vector512.Create((ulong)fourth);
        AllRounds(key, ref a, ref b, ref c, ref d);
        Avx512F.ConvertToVector256UInt32(a).StoreUnsafe(ref to);
        Avx512F.ConvertToVector256UInt32(b).StoreUnsafe(ref Unsafe.Add(ref to, 16));
        Avx512F.ConvertToVector256UInt32(c).StoreUnsafe(ref Unsafe.Add(ref to, 32));
        Avx512F.ConvertToVector256UInt32(d).StoreUnsafe(ref Unsafe.Add(ref to, 48));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<uint> EightWords((uint A, uint B) key, Vector256<uint> indices, uint second, uint third, uint fourth)
    {
        var index = Avx512F.ConvertToVector512UInt64(indices);
        var a = ((index >>> 6) << 4) | (index & Vector512.Create(15UL));
        Vector512<ulong> b = Vector512.Create((ulong)second), c = Vector512.Create((ulong)third), d = Vector512.Create((ulong)fourth);
        AllRounds(key, ref a, ref b, ref c, ref d);
        Vector512<ulong> one = Vector512.Create(16UL), two = Vector512.Create(32UL);
        var odd = Vector512.Equals(index & one, one);
        var low = Vector512.ConditionalSelect(odd, b, a);
        var high = Vector512.ConditionalSelect(odd, d, c);
        return Avx512F.ConvertToVector256UInt32(Vector512.ConditionalSelect(Vector512.Equals(index & two, two), high, low));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void AllRounds((uint A, uint B) key, ref Vector512<ulong> a, ref Vector512<ulong> b, ref Vector512<ulong> c, ref Vector512<ulong> d)
    {
        var multiplierA = Vector512.Create((ulong)MultiplierA).AsUInt32();
        var multiplierB = Vector512.Create((ulong)MultiplierB).AsUInt32();
        var (keyA, keyB) = key;
        for (int round = 0; round < Rounds; round++)
        {
            var x = Avx512F.Multiply(a.AsUInt32(), multiplierA);
            var y = Avx512F.Multiply(c.AsUInt32(), multiplierB);
            a = (y >>> 32) ^ b ^ Vector512.Create((ulong)keyA);
            c = (x >>> 32) ^ d ^ Vector512.Create((ulong)keyB);
            b = y;
            d = x;
            keyA += WeylA;
            keyB += WeylB;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void FourCounters((uint A, uint B) key, uint counter, uint second, uint third, uint fourth, ref uint to)
    {
        var a = Vector256.Create((ulong)counter) + Vector256<ulong>.Indices;
        Vector256<ulong> b = Vector256.Create((ulong)second), c = Vector256.Create((ulong)third), d = Vector256.Create((ulong)fourth);
        AllRounds(key, ref a, ref b, ref c, ref d);
        Lower(a).StoreUnsafe(ref to);
        Lower(b).StoreUnsafe(ref Unsafe.Add(ref to, 16));
        Lower(c).StoreUnsafe(ref Unsafe.Add(ref to, 32));
        Lower(d).StoreUnsafe(ref Unsafe.Add(ref to, 48));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<uint> FourWords((uint A, uint B) key, Vector128<uint> indices, uint second, uint third, uint fourth)
    {
        var index = Avx2.ConvertToVector256Int64(indices).AsUInt64();
        var a = ((index >>> 6) << 4) | (index & Vector256.Create(15UL));
        Vector256<ulong> b = Vector256.Create((ulong)second), c = Vector256.Create((ulong)third), d = Vector256.Create((ulong)fourth);
        AllRounds(key, ref a, ref b, ref c, ref d);
        Vector256<ulong> one = Vector256.Create(16UL), two = Vector256.Create(32UL);
        var odd = Vector256.Equals(index & one, one);
        var low = Vector256.ConditionalSelect(odd, b, a);
        var high = Vector256.ConditionalSelect(odd, d, c);
        return Lower(Vector256.ConditionalSelect(Vector256.Equals(index & two, two), high, low));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void AllRounds((uint A, uint B) key, ref Vector256<ulong> a, ref Vector256<ulong> b, ref Vector256<ulong> c, ref Vector256<ulong> d)
    {
        var multiplierA = Vector256.Create((ulong)MultiplierA).AsUInt32();
        var multiplierB = Vector256.Create((ulong)MultiplierB).AsUInt32();
        var (keyA, keyB) = key;
        for (int round = 0; round < Rounds; round++)
        {
            var x = Avx2.Multiply(a.AsUInt32(), multiplierA);
            var y = Avx2.Multiply(c.AsUInt32(), multiplierB);
            a = (y >>> 32) ^ b ^ Vector256.Create((ulong)keyA);
            c = (x >>> 32) ^ d ^ Vector256.Create((ulong)keyB);
            b = y;
            d = x;
            keyA += WeylA;
            keyB += WeylB;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<uint> Lower(Vector256<ulong> places) => Vector128.Narrow(
        places.GetLower() & Vector128.Create(0xffffffffUL), places.GetUpper() & Vector128.Create(0xffffffffUL));
}
