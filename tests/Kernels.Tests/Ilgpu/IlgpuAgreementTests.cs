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
    public void OtherModels() => All(Samples.OtherModels(12));

    [Fact]
    public void ConvolutionsShareWeights() => All(Samples.Convolution(12));

    [Fact]
    public void RandomNetworks() => Properties.Holds(NetworkCase.Any, one => All([Samples.Small(one)]), 5);

    [Fact]
    public void Batches()
    {
        var (network, one) = Samples.EveryRule(8).First();
        foreach (bool learning in (bool[])[false, true]) BatchRuns.Same(network.Compile(1.ms), one, [4, 0], learning, (plan, images) => Ilgpu.Batch(plan, images, Device, learning));
    }

    [Fact]
    public void CheckpointsGoOn()
    {
        var (network, one) = Samples.EveryRule(8).First();
        var plan = network.Compile(1.ms);
        string path = Path.Combine(Directory.CreateTempSubdirectory("lepton-ilgpu-").FullName, "checkpoint");
        using var whole = Cpu.Load(plan);
        whole.Advance(20);
        whole.Save(path);
        using var resumed = Ilgpu.Resume(plan, path, Device);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        Assert.Equal(RunDigest.Of(whole, one), RunDigest.Of(resumed, one));
    }

    [Theory]
    [InlineData("")]
    [InlineData("gpu")]
    [InlineData("cuda:x")]
    [InlineData("cuda:0:1")]
    [InlineData("cpu:9")]
    [InlineData("cuda:99")]
    [InlineData("opencl:99")]
    public void DevicesThatAreNotThereAreRefusedInALine(string device)
    {
        string message = Assert.Throws<InvalidInputException>(() => Ilgpu.Load(Samples.Convolution().First().Network.Compile(1.ms), device)).Message;
        Assert.Contains("--device", message, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", message, StringComparison.Ordinal);
    }

    [Fact]
    public void DevicesAreListedByKind()
    {
        var lines = Ilgpu.Devices();
        foreach (string kind in (string[])["cuda", "opencl", "cpu:0"]) Assert.Contains(lines, line => line.StartsWith(kind, StringComparison.Ordinal));
    }

    static void All(IEnumerable<(Network Network, NetworkCase Case)> samples)
    {
        foreach (var (network, one) in samples) Same(network.Compile(1.ms), one);
    }

    static void Same(CompiledNetwork plan, NetworkCase one)
    {
        using var oracle = Reference.Load(plan);
        using var session = Ilgpu.Load(plan, Device);
        Assert.Equal(RunDigest.Of(oracle, one), RunDigest.Of(session, one));
    }
}
