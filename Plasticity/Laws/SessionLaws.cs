using System.Globalization;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Plasticity.Laws;

/// <summary>Laws about sessions: a few sources and targets, all joined, that fire as a case says.</summary>
/// <param name="rule">The rule.</param>
/// <param name="step">The length of a step.</param>
/// <param name="horizon">How many steps a run takes.</param>
sealed class SessionLaws(SynapseRule rule, Time step, int horizon)
{
    const int Sources = 3, Targets = 2;

    /// <summary>The weights after a run on the oracle, in two parts where the cut is within it.</summary>
    public float[] Weights(LawCase one, bool reversed, int cut)
    {
        var (network, synapses) = Plan(one, reversed);
        using var session = Reference.Load(network);
        return Finish(session, synapses, cut);
    }

    /// <summary>What is wrong where a backend does not do what the oracle does.</summary>
    public string? Agrees(LawCase one, IEnumerable<LawBackend> backends)
    {
        var (network, synapses) = Plan(one, false);
        float[] expected = Weights(one, false, 0);
        foreach (var backend in backends)
        {
            using var session = backend.Load(network);
            if (Difference(Finish(session, synapses, 0), expected) is { } wrong) return $"{backend.Name}: {wrong}";
        }
        return null;
    }

    /// <summary>What is wrong where a session that was saved and resumed ends up elsewhere than one that ran on.</summary>
    public string? Resumes(LawCase one, IEnumerable<LawBackend> backends)
    {
        var (network, synapses) = Plan(one, false);
        string path = Path.Combine(Path.GetTempPath(), $"law-{Guid.NewGuid():N}.checkpoint");
        try
        {
            foreach (var backend in backends)
            {
                if (backend.Resume is not { } resume) continue;
                int cut = Math.Clamp(one.Number, 1, horizon - 1);
                using var whole = backend.Load(network);
                using var first = backend.Load(network);
                first.SetModulator(synapses, 0.05f);
                first.Advance(cut);
                first.Save(path);
                using var second = resume(network, path);
                second.Advance(horizon - cut);
                second.Update(synapses);
                if (Difference(second.Weights(synapses), Finish(whole, synapses, 0)) is { } wrong) return $"{backend.Name}, saved after {cut} steps: {wrong}";
            }
            return null;
        }
        finally
        {
            File.Delete(path);
        }
    }

    float[] Finish(LearningSession session, Projection synapses, int cut)
    {
        session.SetModulator(synapses, 0.05f);
        if (cut > 0) session.Advance(cut);
        if (cut < horizon) session.Advance(horizon - cut);
        session.Update(synapses);
        return session.Weights(synapses);
    }

    // Sources take turns with the arrivals, targets with the spikes.
    (CompiledNetwork Network, Projection Synapses) Plan(LawCase one, bool reversed)
    {
        float least = rule.WeightRange.Least;
        var network = new Network(1);
        var source = network.Add("source", Sources, Script(one.Stimulus.Arrivals.Select(t => t - one.Stimulus.Delay), Sources));
        var teacher = network.Add("teacher", Targets, Script(one.Stimulus.Spikes.Select(t => t - 1), Targets));
        var target = network.Add("target", Targets, new ToldNeuron());
        network.Connect(teacher, target, Wiring.OneToOne, 1.0, receptor: "teacher");
        float[] weights = [.. Enumerable.Range(0, Sources * Targets).Select(k => least + ((one.Weight - least) * (k + 1) / (Sources * Targets)))];
        if (reversed) Array.Reverse(weights);
        var synapses = network.Connect(
            source, target, Wiring.AllToAll, Weight.Explicit(weights), delay: new Time(one.Stimulus.Delay * step.Seconds), receptor: "ignored", rule: rule, modulator: Modulator.Global());
        return (network.Compile(step), synapses);

        SpikeSource Script(IEnumerable<int> times, int count) =>
            new([.. times.Select((t, k) => (t.ms, reversed ? count - 1 - (k % count) : k % count)).OrderBy(s => s.Item1)]);
    }

    static string? Difference(float[] given, float[] expected)
    {
        for (int k = 0; k < expected.Length; k++)
        {
            if (BitConverter.SingleToInt32Bits(given[k]) != BitConverter.SingleToInt32Bits(expected[k]))
                return string.Create(CultureInfo.InvariantCulture, $"weight {k} is {given[k]:R} instead of {expected[k]:R}");
        }
        return null;
    }
}
