using System.Runtime.Intrinsics.X86;
using Lepton.Neuro.Testing;

namespace Lepton.Neuro.Agreement.Tests;

/// <summary>The CPU backend again, in processes that have fewer instructions: not a bit may differ.</summary>
public sealed class InstructionSetTests
{
    [Fact]
    public async Task Runs_are_the_same_with_any_instruction_set_turned_off()
    {
        string[] expected = [.. Program.Digest()];
        Assert.Equal(11, expected.Length);
        for (int i = 1; i < expected.Length; i += 2) Assert.Equal(expected[i], expected[i + 1]);
        Assert.DoesNotContain(expected[1..], line => line.EndsWith(" after 0 spikes", StringComparison.Ordinal));
        string without512 = await Same("DOTNET_EnableAVX512", "DOTNET_EnableAVX512F");
        string without2 = await Same("DOTNET_EnableAVX512", "DOTNET_EnableAVX512F", "DOTNET_EnableAVX2", "DOTNET_EnableFMA");
        string without = await Same("DOTNET_EnableHWIntrinsic");
        if (!Avx2.IsSupported) return;
        // Without these the runs above would prove nothing.
        Assert.DoesNotContain("avx512", without512, StringComparison.Ordinal);
        Assert.DoesNotContain("avx2", without2, StringComparison.Ordinal);
        Assert.DoesNotContain("vectors", without, StringComparison.Ordinal);

        async Task<string> Same(params string[] switches)
        {
            string[] lines = await ChildProcess.Lines(typeof(Program).Assembly, switches);
            Assert.Equal(expected[1..], lines[1..]);
            return lines[0];
        }
    }
}
