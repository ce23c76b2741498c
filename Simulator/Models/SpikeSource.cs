namespace Lepton.Neuro;

/// <summary>Neurons that fire at given times, counted from the beginning of each presentation.</summary>
/// <param name="Spikes">Pairs of a time and a neuron, in any order; a pair may occur once. A time falls into the nearest step.</param>
public sealed record SpikeSource(IReadOnlyList<(Time At, int Neuron)> Spikes) : Encoder
{
    /// <summary>A single neuron that fires at the given times.</summary>
    /// <param name="times">The times, in any order.</param>
    public static SpikeSource OneNeuron(params IEnumerable<Time> times) => new([.. times.Select(t => (t, 0))]);

    /// <inheritdoc/>
    public override void Validate(string owner, int count)
    {
        foreach (var (at, neuron) in Spikes)
        {
            Require.NotNegative($"{owner}: the time of a spike", at);
            Require.InRange($"{owner}: the neuron of the spike at {at}", neuron, 0L, count - 1L);
        }
    }

    /// <inheritdoc/>
    public override void Lower<T>(ILowering<T> to)
    {
        var step = to.Step;
        var spikes = Spikes.Select(s => (Step: s.At.Steps(step), s.Neuron)).Order().ToArray();
        for (int i = 1; i < spikes.Length; i++)
        {
            if (spikes[i] == spikes[i - 1])
                throw new InvalidInputException($"the spike source's neuron {spikes[i].Neuron} in step {spikes[i].Step}", "two spikes", "one spike a neuron and step");
        }
        to.Events(spikes);
    }
}
