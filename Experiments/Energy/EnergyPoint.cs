namespace Lepton.Neuro.Experiments.Energy;

/// <summary>A place of a sweep over bits, steps and machines, and what was found there.</summary>
/// <param name="Steps">Steps that an image is shown.</param>
/// <param name="Bits">Bits of a weight.</param>
/// <param name="Machine">The machine.</param>
/// <param name="Network">The network, layer by layer.</param>
/// <param name="Accuracy">The part of the test images that is right.</param>
/// <param name="Joules">Joules an inference; null where nothing could be priced.</param>
/// <param name="LowJoules">The lower end of the 95 % interval.</param>
/// <param name="HighJoules">Its upper end.</param>
/// <param name="LatencySeconds">Seconds an inference; null where the network does not fit.</param>
/// <param name="Scope">What the prices cover, in words.</param>
/// <param name="IsPlaced">Whether the network fits the machine; else the energy is that of its synaptic operations alone.</param>
internal sealed record EnergyPoint(
    int Steps, int Bits, string Machine, string Network, double? Accuracy, double? Joules, double? LowJoules, double? HighJoules, double? LatencySeconds, string Scope, bool IsPlaced)
{
    /// <summary>The place of a row of a study.</summary>
    /// <param name="steps">Steps.</param>
    /// <param name="bits">Bits.</param>
    /// <param name="row">The row.</param>
    public static EnergyPoint Of(int steps, int bits, MachineEnergy row) => new(
        steps, bits, row.Machine, row.Network, row.Accuracy, row.Joules?.Mean, row.Joules?.Low, row.Joules?.High, row.LatencySeconds, row.Scope, row.Load is not null);

    /// <summary>Whether another place is at least as good in energy, latency and accuracy, and better in one. Only places of one machine are compared that were found in one way: prices of two
    /// machines cover different things.</summary>
    /// <param name="other">The other place.</param>
    public bool IsBeatenBy(EnergyPoint other)
    {
        if (other.Machine != Machine || other.IsPlaced != IsPlaced || other.Scope != Scope) return false;
        double Latency(EnergyPoint p) => p.LatencySeconds ?? 0;
        bool isNoWorse = other.Joules <= Joules && Latency(other) <= Latency(this) && other.Accuracy >= Accuracy;
        return isNoWorse && (other.Joules < Joules || Latency(other) < Latency(this) || other.Accuracy > Accuracy);
    }

    /// <summary>The places that no other one beats.</summary>
    /// <param name="points">All places.</param>
    public static IReadOnlyList<EnergyPoint> Front(IReadOnlyList<EnergyPoint> points) =>
        [.. points.Where(p => p is { Joules: not null, Accuracy: not null } && !points.Any(p.IsBeatenBy))];
}
