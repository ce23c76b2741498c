using Lepton.Neuro.Plasticity.Compression;

namespace Lepton.Neuro.Experiments.Digits;

/// <summary>Begins a presentation and runs it to its end.</summary>
/// <param name="session">The session.</param>
/// <param name="input">Where it is shown.</param>
/// <param name="image">What is shown.</param>
/// <param name="presentation">The presentation's number.</param>
internal delegate void ShowImage(Session session, Population input, ReadOnlySpan<float> image, ulong presentation);

/// <summary>Answers by the output neuron that fires most; among those that fire equally often, by the one of the highest potential.</summary>
/// <param name="show">How something is shown.</param>
/// <param name="steps">For how many steps.</param>
/// <param name="plan">What runs.</param>
/// <param name="input">Where images are shown.</param>
/// <param name="layers">The neurons, from the first layer to the one whose spikes are read.</param>
internal sealed class RateClassifier(ShowImage show, int steps, CompiledNetwork plan, Population input, IReadOnlyList<Population> layers) : Classifier(plan, input, layers)
{
    /// <inheritdoc/>
    public override int Steps => steps;

    /// <inheritdoc/>
    public override void Show(Session session, ReadOnlySpan<float> image, ulong presentation) => show(session, Input, image, presentation);

    /// <inheritdoc/>
    public override int Answer(Session session, ReadOnlySpan<int> spikes) => Answer(session, Output, spikes);

    /// <summary>Reads the answer of any session that has such an output.</summary>
    /// <param name="session">The session.</param>
    /// <param name="output">The output.</param>
    /// <param name="spikes">How often each output neuron fired.</param>
    public static int Answer(Session session, Population output, ReadOnlySpan<int> spikes)
    {
        Span<float> potentials = stackalloc float[output.Count];
        session.ReadState(output, "V", potentials);
        int best = 0;
        for (int i = 1; i < spikes.Length; i++)
        {
            if (spikes[i] > spikes[best] || (spikes[i] == spikes[best] && potentials[i] > potentials[best])) best = i;
        }
        return best;
    }

    /// <inheritdoc/>
    public override Classifier WithWeights(IReadOnlyList<float[]> weights)
    {
        var network = new Network(Plan.Source.Seed);
        var from = network.Add(Input.Name, Input.Count, Input.Source!);
        var source = from;
        var neurons = new List<Population>();
        for (int layer = 0; layer < Layers.Count; layer++)
        {
            var to = network.Add(Layers[layer].Name, Layers[layer].Count, Layers[layer].Model!);
            var kept = CompressedProjection.AllToAll(weights[layer], to.Count);
            network.Connect(from, to, kept.Wiring, kept.Weight);
            neurons.Add(to);
            from = to;
        }
        return new RateClassifier(show, steps, network.Compile(Plan.Step), source, neurons) { Weights = weights, Readout = Readout };
    }
}
