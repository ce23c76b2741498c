using System.Runtime.Intrinsics;
using Lepton.Neuro.Random;

namespace Lepton.Neuro.Backends;

/// <summary>The events of a Poisson drive: for each neuron and step the number of thresholds that a random word reaches.</summary>
sealed unsafe class PoissonCounts(CompiledDrive plan, ulong seed)
{
    readonly RandomStream stream = new(seed, RandomPurpose.Drive, plan.Description.Index);
    readonly uint[] thresholds = [.. plan.Thresholds];

    public void AddTo(int* sums, int start, int count, long now, ulong presentation)
    {
        if (thresholds.Length == 0) return;
        Span<uint> words = stackalloc uint[Shard.Block];
        uint second = (uint)now, third = (uint)presentation, fourth = (uint)(presentation >> 32) ^ ((uint)(now >> 32) << 16);
        for (int block = 0; block < count; block += Shard.Block)
        {
            Philox.Fill(stream, (uint)(start + block), second, third, fourth, words);
            if (Vector512.IsHardwareAccelerated) Count512(words, sums + block);
            else Count256(words, sums + block);
        }
    }

    void Count512(ReadOnlySpan<uint> words, int* sums)
    {
        var weight = Vector512.Create(plan.Quantized);
        for (int i = 0; i < Shard.Block; i += 16)
        {
            var word = Vector512.LoadUnsafe(in words[i]);
            var count = Vector512<int>.Zero;
            foreach (uint threshold in thresholds)
            {
                var reached = Vector512.GreaterThanOrEqual(word, Vector512.Create(threshold));
                if (reached == Vector512<uint>.Zero) break;
                count -= reached.AsInt32();
            }
            (Vector512.Load(sums + i) + (count * weight)).Store(sums + i);
        }
    }

    void Count256(ReadOnlySpan<uint> words, int* sums)
    {
        var weight = Vector256.Create(plan.Quantized);
        for (int i = 0; i < Shard.Block; i += 8)
        {
            var word = Vector256.LoadUnsafe(in words[i]);
            var count = Vector256<int>.Zero;
            foreach (uint threshold in thresholds)
            {
                var reached = Vector256.GreaterThanOrEqual(word, Vector256.Create(threshold));
                if (reached == Vector256<uint>.Zero) break;
                count -= reached.AsInt32();
            }
            (Vector256.Load(sums + i) + (count * weight)).Store(sums + i);
        }
    }
}
