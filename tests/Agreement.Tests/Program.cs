using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Lepton.Neuro.Backends;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Agreement.Tests;

/// <summary>Prints a digest of what the CPU backend computes, a network a line: run in processes with different instruction sets, the lines must agree.</summary>
static class Program
{
    static int Main()
    {
        foreach (string line in Digest()) Console.WriteLine(line);
        return 0;
    }

    public static IEnumerable<string> Digest()
    {
        yield return $"# {(Avx512F.IsSupported ? "avx512" : "")} {(Avx2.IsSupported ? "avx2" : "")} {(Vector128.IsHardwareAccelerated ? "vectors" : "")}";
        SynapseRule?[] rules = [null, new EverythingRule(), new SpikesOnlyRule(), new UpdateRule(), new ChanceRule()];
        for (int i = 0; i < rules.Length; i++)
        {
            var rule = rules[i];
            var one = new NetworkCase(40 + i, 70, 130 + i, 35, i, 1 + (2 * i), i, 24);
            var plan = one.Build(_ => rule).Compile(1.ms);
            // Sessions choose by what the machine has where nothing is asked for.
            foreach (var options in (CpuOptions[])[new() { Threads = 1 }, new() { Threads = 2, VectorBits = 512, NeuronsPerThread = 1 }])
            {
                using var session = Cpu.Load(plan, options);
                yield return $"{rule?.GetType().Name ?? "static"}: {RunDigest.Of(session, one)}";
            }
        }
    }
}
