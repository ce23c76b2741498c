using System.Globalization;

namespace Lepton.Neuro.Plasticity.Laws;

/// <summary>A case that a law is tried on. Printed, it is a raster.</summary>
/// <param name="Stimulus">What happens to the synapse.</param>
/// <param name="Weight">Its weight at first.</param>
/// <param name="Number">What else the law chooses: a shift, a cut, an interval.</param>
public sealed record LawCase(Stimulus Stimulus, float Weight, int Number)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Stimulus}, weight {Weight}, number {Number}");

    /// <summary>Simpler cases: without one of the spikes, or with a gap closed, or with a smaller number.</summary>
    internal IEnumerable<LawCase> Simpler(int leastNumber)
    {
        foreach (int t in Stimulus.Arrivals) yield return With([.. Stimulus.Arrivals.Where(a => a != t)], Stimulus.Spikes);
        foreach (int t in Stimulus.Spikes) yield return With(Stimulus.Arrivals, [.. Stimulus.Spikes.Where(s => s != t)]);
        int before = Stimulus.Delay;
        foreach (int t in Stimulus.Arrivals.Concat(Stimulus.Spikes).Distinct().Order())
        {
            int gap = t - before - 1;
            if (gap > 0) yield return With([.. Stimulus.Arrivals.Select(Closer)], [.. Stimulus.Spikes.Select(Closer)]);
            before = t;

            int Closer(int time) => time >= t ? time - gap : time;
        }
        if (Number > leastNumber) yield return this with { Number = leastNumber + ((Number - leastNumber) / 2) };

        LawCase With(IReadOnlyList<int> arrivals, IReadOnlyList<int> spikes) => this with { Stimulus = new(arrivals, spikes) { Delay = Stimulus.Delay } };
    }
}
