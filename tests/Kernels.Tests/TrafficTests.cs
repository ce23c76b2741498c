using Lepton.Neuro.Backends.Kernels;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Kernels.Tests;

/// <summary>What a step moves through memory is what its spikes cause.</summary>
public sealed class TrafficTests
{
    const int Skipped = 10, Counted = 30;

    [Fact]
    public void EverySpikeIsListedOnceAndEverySynapticEventIsAnAddition()
    {
        var plan = Plan(1);
        using var oracle = Reference.Load(plan);
        // What is sent in a step is delivered by the launch of the next.
        oracle.Advance(Skipped - 1);
        long events = oracle.Activity.TotalSynapticEvents;
        oracle.Advance(1);
        long spikes = oracle.Activity.TotalSpikes;
        oracle.Advance(Counted - 1);
        events = oracle.Activity.TotalSynapticEvents - events;
        oracle.Advance(1);
        spikes = oracle.Activity.TotalSpikes - spikes;
        var traffic = DeviceTraffic.Of(plan, Skipped, Counted);
        Assert.True(spikes > 200 && events > 2000, $"{spikes} spikes, {events} events");
        Assert.Equal(spikes + events, traffic.Additions * Counted, 0.1);
        Assert.Equal(traffic.NeuronBytes + traffic.SynapseBytes + (DeviceTraffic.BytesPerAddition * traffic.Additions), traffic.Bytes);
    }

    [Fact]
    public void ALargerNetworkMovesMoreAndASilentOneNoSynapses()
    {
        DeviceTraffic one = DeviceTraffic.Of(Plan(1), Skipped, Counted), two = DeviceTraffic.Of(Plan(2), Skipped, Counted);
        Assert.InRange(two.NeuronBytes / one.NeuronBytes, 1.5, 2.5);
        var network = new Network(3);
        network.Connect(network.Add("source", 40, new PoissonSource(0.Hz)), network.Add("cells", 60, new Lif()), Wiring.InDegree(20), 100);
        var silent = DeviceTraffic.Of(network.Compile(1.ms), Skipped, Counted);
        Assert.Equal(0, silent.Additions);
        Assert.True(silent.NeuronBytes > 60 * sizeof(float));
        Assert.Contains("the steps to count", Assert.Throws<InvalidInputException>(() => DeviceTraffic.Of(Plan(1), Skipped, 0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ThePredictionIsTheTimeOfBytesAndLaunches()
    {
        var traffic = new DeviceTraffic(3, 1000, 500, 10).Scaled(2, 4);
        Assert.Equal(new(3, 2000, 2000, 40), traffic);
        Assert.Equal(2000 + 2000 + (40 * 64), traffic.Bytes);
        // 6,560 bytes at 1 MB/s are 6.56 ms, three launches 0.3 ms; a step is 0.1 ms.
        Assert.Equal(68.6, traffic.RealTimeFactor(1e6, 1e-4, 0.1.ms), 1e-9);
    }

    static CompiledNetwork Plan(int times)
    {
        var network = new Network(3);
        var source = network.Add("source", 40 * times, new PoissonSource(300.Hz));
        var cells = network.Add("cells", 60 * times, new Lif { Start = Distribution.Uniform(-65, -51) });
        network.Connect(source, cells, Wiring.InDegree(20), Weight.Uniform(100, 400), Delay.Uniform(1.ms, 3.ms));
        network.Connect(cells, cells, Wiring.InDegree(10), -60, Delay.Uniform(1.ms, 3.ms));
        return network.Compile(1.ms);
    }
}
