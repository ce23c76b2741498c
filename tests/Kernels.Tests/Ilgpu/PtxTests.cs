using Lepton.Neuro.Agreement.Tests;
using Lepton.Neuro.Backends;
using Lepton.Neuro.Backends.Kernels;
using Lepton.Neuro.Experiments.Models;
using Lepton.Neuro.Testing;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Kernels.Tests;

/// <summary>What ILGPU compiles for a CUDA device is the reference session, bit for bit, whether or not the driver's assembler fuses products with sums.</summary>
public sealed class PtxTests
{
    [Fact]
    public void EveryRule() => All(Samples.EveryRule(30));

    [Fact]
    public void EveryEncoderAndModel() => All(Samples.EveryEncoderAndModel(12));

    [Fact]
    public void ConvolutionsShareWeights() => All(Samples.Convolution(12));

    [Fact]
    public void RandomNetworks() => Properties.Holds(NetworkCase.Any, one => All([Samples.Small(one)]), 20);

    [Fact]
    public void Batches()
    {
        foreach (var (network, one) in Samples.EveryRule(10).Take(5).Concat(Samples.EveryEncoderAndModel(8).Take(2)).Concat(Samples.Convolution(8)))
        {
            foreach (bool learning in (bool[])[false, true]) BatchRuns.Same(network.Compile(1.ms), one, [4, 0, 9], learning, (plan, images) => new KernelBatch<IlgpuMemory>(plan, new PtxDevice(true), images, learning));
        }
    }

    [Fact]
    public void FusedProductsAreOneInstruction()
    {
        var (network, one) = Samples.EveryRule().First();
        Same(network.Compile(1.ms), one);
        string text = PtxDevice.Compiled.First(c => c.Key.Name.StartsWith("StepOwners", StringComparison.Ordinal)).Value;
        text = text[text.IndexOf(".entry", StringComparison.Ordinal)..];
        Assert.Contains("fma.rn.f32", text, StringComparison.Ordinal);
        Assert.DoesNotContain(".f64", text, StringComparison.Ordinal);
    }

    /// <summary>The figure of docs/performance.md: what a neuron of the microcircuit costs a step in instructions, with its share of deliveries.</summary>
    [Fact]
    public void AStepOfANeuronTakesFewerThanFiveHundredInstructions()
    {
        const int Steps = 20;
        var plan = Microcircuit.Build(0.1, 42).Compile(Microcircuit.Step);
        var device = new PtxDevice(false);
        using var session = new KernelSession<IlgpuMemory>(plan, device, false);
        session.Advance(Steps);
        double each = device.Executed / (double)Steps / plan.Populations.Sum(p => p.Count);
        Assert.InRange(each, 300, 500);
    }

    // 1 + 2^-12 squared less 1 + 2^-11 is 2^-24, which a rounded product has lost.
    [Theory]
    [InlineData("mul.f32", false, 0u)]
    [InlineData("mul.f32", true, 0x33800000u)]
    [InlineData("mul.rn.f32", true, 0u)]
    public void ProductsAreFusedOnlyWhereTheyMayBe(string product, bool fusing, uint expected)
    {
        var program = new PtxProgram($".visible .entry One(\n.param .b64 _to\n)\n{{\nld.param.b64 %rd0, [_to];\nmov.f32 %f0, 0f3F800800;\n{product} %f1, %f0, %f0;\nsub.f32 %f2, %f1, 0f3F801000;\nst.f32 [%rd0+4], %f2;\nret;\n}}", fusing);
        var memory = new byte[8];
        program.Run(memory, [BitConverter.GetBytes(PtxProgram.Global)], 1, 1);
        Assert.Equal(expected, BitConverter.ToUInt32(memory, 4));
    }

    [Fact]
    public void AccessesAreChecked()
    {
        Assert.Throws<InvalidOperationException>(() => Load("ld.b32", 2));
        Assert.Throws<InvalidOperationException>(() => Load("ld.b32", 8));
        Assert.Throws<NotSupportedException>(() => Load("ld.b32 %r1, [%rd0];\nbrkpt.u32 %r1, %r1;\nld.b32", 0));
        Load("ld.b32", 4);

        static void Load(string load, int at) =>
            new PtxProgram($".visible .entry One(\n.param .b64 _to\n)\nld.param.b64 %rd0, [_to];\n{load} %r1, [%rd0+{at}];\nret;", false).Run(new byte[8], [BitConverter.GetBytes(PtxProgram.Global)], 1, 1);
    }

    [Fact]
    public void EveryKernelCompilesForOpenCl()
    {
        using var compiler = new OpenClCompiler(PtxDevice.Context);
        foreach (var (network, _) in Samples.EveryRule().Concat(Samples.EveryEncoderAndModel()).Concat(Samples.Convolution()))
            _ = new KernelSession<IlgpuMemory>(network.Compile(1.ms), compiler, true);
        Assert.True(compiler.Texts.Count > 100, $"only {compiler.Texts.Count} kernels");
        Assert.All(compiler.Texts.Values, text => Assert.Contains("kernel", text, StringComparison.Ordinal));
    }

    static void All(IEnumerable<(Network Network, NetworkCase Case)> samples)
    {
        foreach (var (network, one) in samples) Same(network.Compile(1.ms), one);
    }

    static void Same(CompiledNetwork plan, NetworkCase one)
    {
        using var oracle = Reference.Load(plan);
        string expected = RunDigest.Of(oracle, one);
        foreach (bool fusing in (bool[])[false, true])
        {
            using var session = new KernelSession<IlgpuMemory>(plan, new PtxDevice(fusing), true);
            Assert.Equal(expected, RunDigest.Of(session, one));
        }
    }
}
