using System.Runtime.Intrinsics.X86;
using Lepton.Neuro.Testing;

namespace Lepton.Neuro.Simulator.Tests;

/// <summary>The arithmetic again, in processes that have fewer instructions: not a bit may differ.</summary>
public sealed class InstructionSetTests
{
    [Fact]
    public async Task The_digest_of_all_arithmetic_is_the_same_with_any_instruction_set_turned_off()
    {
        string[] expected = [.. Program.Digest()];
        string[] names = ["add", "fused", "philox", "network"];
        Assert.All(names, name => Assert.Contains(expected, line => line.StartsWith(name + " ", StringComparison.Ordinal)));
        await Same([]);
        await Same(["DOTNET_TieredCompilation"]);
        var without512 = await Same(["DOTNET_EnableAVX512", "DOTNET_EnableAVX512F"]);
        var without2 = await Same(["DOTNET_EnableAVX512", "DOTNET_EnableAVX512F", "DOTNET_EnableAVX2", "DOTNET_EnableFMA"]);
        var without = await Same(["DOTNET_EnableHWIntrinsic"]);
        await Same(["DOTNET_EnableHWIntrinsic", "DOTNET_TieredCompilation"]);
        if (!Avx2.IsSupported) return;
        // Without these the runs above would prove nothing.
        Assert.DoesNotContain("avx512", without512, StringComparison.Ordinal);
        Assert.DoesNotContain("avx2", without2, StringComparison.Ordinal);
        Assert.DoesNotContain("vectors", without, StringComparison.Ordinal);

        async Task<string> Same(string[] switches)
        {
            string[] lines = await ChildProcess.Lines(typeof(Program).Assembly, switches);
            Assert.Equal(expected[1..], lines[1..]);
            return lines[0];
        }
    }

    [Fact]
    public void Every_lane_has_the_same_digest()
    {
        foreach (string line in Program.Digest())
        {
            string[] hashes = [.. line.Split(' ').Where(part => part.Length == 16 && part.All(char.IsAsciiHexDigitLower))];
            if (hashes.Length == 4) Assert.True(hashes.Distinct().Count() == 1, line);
        }
    }
}
