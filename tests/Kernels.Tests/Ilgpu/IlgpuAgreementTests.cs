using Lepton.Neuro.Agreement.Tests;
using Lepton.Neuro.Backends;
using Lepton.Neuro.Testing;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Kernels.Tests;

/// <summary>A device of ILGPU is the reference session, bit for bit. Which device: LEPTON_DEVICE, or ILGPU's own emulation of one, which is slow, so networks are small and runs short.</summary>
public sealed class IlgpuAgreementTests
{
    static string Device { get; } = Environment.GetEnvironmentVariable("LEPTON_DEVICE") ?? "cpu";

    [Fact]
    public void EveryRule() => All(Samples.EveryRule(16));

    [Fact]
    public void EveryEncoderAndModel() => All(Samples.EveryEncoderAndModel(12));

    [Fact]
    public void ConvolutionsShareWeights() => All(Samples.Convolution(12));

    static void All(IEnumerable<(Network Network, NetworkCase Case)> samples)
    {
        foreach (var (network, one) in samples) Same(network.Compile(1.ms), one);
    }

    static void Same(CompiledNetwork plan, NetworkCase one)
    {
        using var oracle = Reference.Load(plan);
        using var session = Ilgpu.Load(plan, Device);
        Assert.Equal(Runs.Digest(oracle, one), Runs.Digest(session, one));
    }
}
