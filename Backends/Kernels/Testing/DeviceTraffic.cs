namespace Lepton.Neuro.Backends.Kernels;

/// <summary>What a step moves through a device's memory, counted while kernels ran on a <see cref="CheckedDevice{TMemory}"/>; and from it how fast a device would be that does nothing but wait for its memory.</summary>
/// <param name="Launches">Launches a step.</param>
/// <param name="NeuronBytes">Bytes a step that neurons read and write, with the random numbers of their drives.</param>
/// <param name="SynapseBytes">Bytes a step that deliveries read.</param>
/// <param name="Additions">Indivisible additions a step.</param>
public sealed record DeviceTraffic(double Launches, double NeuronBytes, double SynapseBytes, double Additions)
{
    /// <summary>The bytes that an addition to a place of its own moves: a sector of 32 bytes there and back.</summary>
    public const int BytesPerAddition = 64;

    // As a GPU is given.
    const int GroupSize = 256;

    /// <summary>All bytes a step.</summary>
    public double Bytes => NeuronBytes + SynapseBytes + (Additions * BytesPerAddition);

    /// <summary>Counts the steps that a session takes.</summary>
    /// <param name="network">The plan: its synapses static.</param>
    /// <param name="skipped">Steps that are not counted, for the network to settle.</param>
    /// <param name="counted">Steps that are.</param>
    /// <exception cref="InvalidInputException">There are no steps to count.</exception>
    public static DeviceTraffic Of(CompiledNetwork network, int skipped, int counted)
    {
        Require.InRange("the steps to count", counted, 1L, int.MaxValue);
        var device = new CheckedDevice<CheckedMemory>(new() { RacesChecked = false, GroupSize = GroupSize });
        using var session = new KernelSession<CheckedMemory>(network, device, false);
        session.Advance(skipped);
        device.ResetCounts();
        session.Advance(counted);
        var all = device.Counts;
        var delivery = all.Where(c => c.Key.EndsWith("delivery", StringComparison.Ordinal)).Select(c => c.Value).ToArray();
        var others = all.Values.Except(delivery).ToArray();
        return new(
            all.Values.Sum(c => c.Launches) / (double)counted,
            // Deliveries only add: what is written beside them are random numbers for neurons.
            (others.Sum(c => c.BytesRead + c.BytesWritten) + delivery.Sum(c => c.BytesWritten)) / (double)counted,
            delivery.Sum(c => c.BytesRead) / (double)counted,
            all.Values.Sum(c => c.Additions) / (double)counted);
    }

    /// <summary>The same for a network of another size: neurons and what is theirs grow with the first factor, synaptic events with the second.</summary>
    /// <param name="neurons">How many times as many neurons.</param>
    /// <param name="events">How many times as many synaptic events a step.</param>
    public DeviceTraffic Scaled(double neurons, double events) => new(Launches, NeuronBytes * neurons, SynapseBytes * events, Additions * events);

    /// <summary>The predicted real-time factor: the time that memory and launches take, over the length of a step.</summary>
    /// <param name="bytesPerSecond">What the device's memory moves in a second.</param>
    /// <param name="secondsPerLaunch">What a launch costs before its first thread runs.</param>
    /// <param name="step">The length of a step.</param>
    public double RealTimeFactor(double bytesPerSecond, double secondsPerLaunch, Time step) => ((Bytes / bytesPerSecond) + (Launches * secondsPerLaunch)) / (step.Milliseconds * 1e-3);
}
