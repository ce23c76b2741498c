using Lepton.Neuro.Agreement.Tests;
using Lepton.Neuro.Backends.Kernels;
using Lepton.Neuro.Testing;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Kernels.Tests;

/// <summary>Where synapses are dense, groups of threads own neurons, deliver to them and step them in one launch; elsewhere delivery is a launch of its own. Both are the reference, bit for bit.</summary>
public sealed class OwnersTests
{
    [Fact]
    public void DenseNetworksTakeOneLaunchAndSparseOnesTwo()
    {
        foreach (var (fanOut, launches) in ((int, int)[])[(40, 1), (1, 2)])
        {
            var plan = Layered(1, 300, fanOut).Compile(1.ms);
            var device = new CheckedDevice<CheckedMemory>();
            using var session = new KernelSession<CheckedMemory>(plan, device, false);
            session.Advance(1);
            device.ResetCounts();
            session.Advance(20);
            // The source's own is one more.
            Assert.Equal(20 * (launches + 1), device.Counts.Values.Sum(c => c.Launches));
            Same(plan, new());
        }
    }

    [Fact]
    public void GroupsOfAnySizeAgree()
    {
        var plan = Layered(2, 700, 60).Compile(1.ms);
        foreach (int size in (int[])[1, 2, 32, 256, 1024]) Same(plan, new() { GroupSize = size, Seed = (ulong)size });
        Same(plan, new() { GroupSize = 8, Workers = 5, Patience = 200, Seed = 9 });
    }

    [Fact]
    public void RandomNetworksOfManyOwnersAgree() => Properties.Holds(NetworkCase.Any, one =>
    {
        var plan = Layered((ulong)one.Seed, 130 + (one.Cells * 7), 20 + one.Sources).Compile(1.ms);
        Same(plan, Runs.Way(one));
    }, 12);

    [Fact]
    public void AMissingBarrierIsARace()
    {
        var plan = Layered(3, 200, 30).Compile(1.ms);
        using var session = DeviceKernels.Load(plan, new() { BarriersKept = false });
        Assert.Throws<RaceException>(() => session.Advance(30));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(2048)]
    public void GroupsOutOfRangeAreRefused(int size) =>
        Assert.Contains("a group", Assert.Throws<InvalidInputException>(() => DeviceKernels.Load(Layered(1, 10, 1).Compile(1.ms), new() { GroupSize = size })).Message, StringComparison.Ordinal);

    // Two populations of one model and one of another, of several blocks each; delays of one step and more.
    static Network Layered(ulong seed, int neurons, int fanOut)
    {
        var network = new Network(seed);
        var source = network.Add("source", 90, new PoissonSource(200.Hz));
        var one = network.Add("one", neurons, new Lif());
        var other = network.Add("other", (neurons / 3) + 1, new Lif { Capacitance = 100.pF });
        network.Connect(source, one, Wiring.Probability((double)fanOut / neurons), Weight.Uniform(100, 500), Delay.Uniform(1.ms, 6.ms));
        network.Connect(one, other, Wiring.Probability((double)fanOut / neurons), Weight.Uniform(0, 200), Delay.Uniform(2.ms, 4.ms));
        network.Connect(other, one, Wiring.Probability((double)fanOut / neurons), -60, Delay.Uniform(1.ms, 9.ms));
        return network;
    }

    static void Same(CompiledNetwork plan, CheckedDeviceOptions options)
    {
        var one = new NetworkCase(1, 1, 1, 1, 0, 1, 0, 25);
        using var oracle = Reference.Load(plan);
        using var session = DeviceKernels.Load(plan, options);
        Assert.Equal(RunDigest.Of(oracle, one), RunDigest.Of(session, one));
        Assert.True(session.Activity.TotalSpikes > 100);
    }
}
