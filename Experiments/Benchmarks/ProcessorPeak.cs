using System.Diagnostics;
using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Experiments.Benchmarks;

/// <summary>What a core does at most: fused multiplications and additions on numbers that stay in registers.</summary>
internal static class ProcessorPeak
{
    const int Sums = 12, Loops = 1 << 20;

    static float sink;

    /// <summary>Measures it, at a width of vectors, by the processor's time.</summary>
    /// <param name="vectorBits">The width.</param>
    public static double GigaflopsPerSecond(int vectorBits) => vectorBits switch
    {
        512 => Measure<Wide512>(),
        256 => Measure<Wide256>(),
        128 => Measure<Wide128>(),
        _ => Measure<Scalar>(),
    };

    /// <summary>The time that all threads of this process have used, s.</summary>
    public static double ProcessorSeconds()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime.TotalSeconds;
    }

    static double Measure<T>()
        where T : unmanaged, ILane<T>
    {
        double best = 0;
        for (int round = 0; round < 8; round++)
        {
            int repeats = 0;
            double start = ProcessorSeconds(), used;
            do
            {
                Run<T>(0.999f + (1e-6f * round), 1e-3f);
                repeats++;
                used = ProcessorSeconds() - start;
            }
            while (used < 0.1);
            best = Math.Max(best, 2e-9 * Sums * T.Width * Loops * repeats / used);
        }
        return best;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Run<T>(T factor, T term)
        where T : unmanaged, ILane<T>
    {
        T a = 1f, b = 2f, c = 3f, d = 4f, e = 5f, f = 6f, g = 7f, h = 8f, i = 9f, j = 10f, k = 11f, l = 12f;
        for (int loop = 0; loop < Loops; loop++)
        {
            a = T.FusedMultiplyAdd(a, factor, term);
            b = T.FusedMultiplyAdd(b, factor, term);
            c = T.FusedMultiplyAdd(c, factor, term);
            d = T.FusedMultiplyAdd(d, factor, term);
            e = T.FusedMultiplyAdd(e, factor, term);
            f = T.FusedMultiplyAdd(f, factor, term);
            g = T.FusedMultiplyAdd(g, factor, term);
            h = T.FusedMultiplyAdd(h, factor, term);
            i = T.FusedMultiplyAdd(i, factor, term);
            j = T.FusedMultiplyAdd(j, factor, term);
            k = T.FusedMultiplyAdd(k, factor, term);
            l = T.FusedMultiplyAdd(l, factor, term);
        }
        var sums = new float[T.Width];
        T.Store(a + b + c + d + e + f + g + h + i + j + k + l, ref sums[0]);
        sink = sums[0];
    }
}
