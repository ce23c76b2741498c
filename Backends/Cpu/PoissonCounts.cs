using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Lepton.Neuro.Random;

namespace Lepton.Neuro.Backends;

/// <summary>Adds the events of a Poisson drive to the sums of a slice: for each neuron the number of thresholds that its half word reaches.</summary>
sealed unsafe class PoissonCounts(CompiledDrive plan)
{
    readonly ushort[] thresholds = new ushort[plan.MostEvents];

    public void AddTo(int* sums, int start, int count, long now, ulong presentation)
    {
        var reached = thresholds.AsSpan(0, plan.Thresholds(now, presentation, thresholds));
        if (reached.IsEmpty) return;
        Span<uint> words = stackalloc uint[Philox.Group];
        for (int block = 0; block < count; block += CompiledDrive.Group)
        {
            plan.Fill(start + block, now, presentation, words);
            ref ushort halves = ref Unsafe.As<uint, ushort>(ref words[0]);
            if (Vector512.IsHardwareAccelerated) Count512(ref halves, reached, plan.Quantized, sums + block);
            else Count256(ref halves, reached, plan.Quantized, sums + block);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Count512(ref ushort halves, ReadOnlySpan<ushort> thresholds, int quantized, int* sums)
    {
        var weight = Vector512.Create(quantized);
        var one = Vector512<ushort>.One;
        for (int i = 0; i < CompiledDrive.Group; i += 64)
        {
            var a = Vector512.LoadUnsafe(ref halves, (nuint)i);
            var b = Vector512.LoadUnsafe(ref halves, (nuint)i + 32);
            Vector512<ushort> countA = Vector512<ushort>.Zero, countB = Vector512<ushort>.Zero;
            foreach (ushort threshold in thresholds)
            {
                var least = Vector512.Create(threshold);
                countA = Vector512.ConditionalSelect(Vector512.GreaterThanOrEqual(a, least), countA + one, countA);
                countB = Vector512.ConditionalSelect(Vector512.GreaterThanOrEqual(b, least), countB + one, countB);
            }
            Add(countA, weight, sums + i);
            Add(countB, weight, sums + i + 32);
        }

        static void Add(Vector512<ushort> counts, Vector512<int> weight, int* sums)
        {
            var (lower, upper) = Vector512.Widen(counts);
            (Vector512.Load(sums) + (lower.AsInt32() * weight)).Store(sums);
            (Vector512.Load(sums + 16) + (upper.AsInt32() * weight)).Store(sums + 16);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Count256(ref ushort halves, ReadOnlySpan<ushort> thresholds, int quantized, int* sums)
    {
        var weight = Vector256.Create(quantized);
        for (int i = 0; i < CompiledDrive.Group; i += 16)
        {
            var half = Vector256.LoadUnsafe(ref halves, (nuint)i);
            var counts = Vector256<ushort>.Zero;
            foreach (ushort threshold in thresholds) counts -= Vector256.GreaterThanOrEqual(half, Vector256.Create(threshold));
            var (lower, upper) = Vector256.Widen(counts);
            (Vector256.Load(sums + i) + (lower.AsInt32() * weight)).Store(sums + i);
            (Vector256.Load(sums + i + 8) + (upper.AsInt32() * weight)).Store(sums + i + 8);
        }
    }
}
