using Lepton.Neuro.Lanes;
using Lepton.Neuro.Random;

namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>Layers of spiking neurons in continuous time that answer by who fires first, trained by the exact gradients of their spikes' times.</summary>
/// <remarks>
/// <para>The loss is the cross-entropy of a softmax of <c>-t / Scale</c>, t being the time of each output neuron's first spike, or the end of the presentation where there is none. A neuron that is silent has no
/// gradient; so <see cref="Descend"/> raises all weights of one that was silent for a whole batch by <see cref="Lift"/>.</para>
/// <para>Sources: that of <see cref="EventPropLayer"/>; J. Göltz et al., "Fast and energy-efficient neuromorphic deep learning with first-spike times", Nat. Mach. Intell. 3, 823 (2021).</para>
/// </remarks>
public sealed class EventPropNetwork
{
    readonly double[][] gradients, velocities;
    readonly bool[][] heard;

    /// <summary>A network; its weights are drawn with the seed 0.</summary>
    /// <param name="duration">How long a presentation takes, in milliseconds.</param>
    /// <param name="neuron">Its neurons; the defaults where null.</param>
    /// <param name="sizes">The inputs, then the neurons of each layer: two numbers at least.</param>
    /// <exception cref="InvalidInputException">A number is out of its range.</exception>
    public EventPropNetwork(double duration, EventPropNeuron? neuron, params int[] sizes)
    {
        if (sizes.Length < 2) throw new InvalidInputException("EventProp: the sizes of a network", sizes.Length, "the inputs and at least one layer");
        Layers = [.. sizes.Skip(1).Select((units, i) => new EventPropLayer(sizes[i], units, duration, neuron))];
        gradients = [.. Layers.Select(l => new double[l.Weights.Length])];
        velocities = [.. Layers.Select(l => new double[l.Weights.Length])];
        heard = [.. Layers.Select(l => new bool[l.Units])];
        Initialize(0);
    }

    /// <summary>The layers.</summary>
    public IReadOnlyList<EventPropLayer> Layers { get; }

    /// <summary>By how many milliseconds a spike is earlier that counts e times as much, above 0; 2.</summary>
    public double Scale { get; init; } = 2;

    /// <summary>How much an update raises all weights of a neuron that no sample of it made fire, 0 or more; 0.02.</summary>
    public double Lift { get; init; } = 0.02;

    /// <summary>The greatest length of the gradient that an update follows, above 0; a longer one is scaled down, for near a spike that hardly reaches the threshold it has no bound. 1.</summary>
    public double ClipNorm { get; init; } = 1;

    /// <summary>Draws all weights: uniform in [0, 2 strength / inputs).</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="strength">What the weights of a neuron add up to in the mean, in thresholds.</param>
    public void Initialize(ulong seed, double strength = 6)
    {
        for (int layer = 0; layer < Layers.Count; layer++)
        {
            var weights = Layers[layer].Weights;
            var words = new uint[weights.Length];
            Philox.Fill(new(seed, RandomPurpose.Weights, (1 << 17) + layer), 0, 0, 0, 0, words);
            double width = 2 * strength * Layers[layer].Neuron.Threshold / Layers[layer].Inputs;
            for (int i = 0; i < weights.Length; i++) weights[i] = words[i] / 4294967296.0 * width;
            Array.Clear(velocities[layer]);
        }
    }

    /// <summary>When each neuron of the last layer fires first, in milliseconds; the end of the presentation where it does not.</summary>
    /// <param name="spikes">What is shown, by rising time.</param>
    public double[] FirstSpikes(IReadOnlyList<TimedSpike> spikes)
    {
        foreach (var layer in Layers) spikes = layer.Forward(spikes);
        var times = new double[Layers[^1].Units];
        Array.Fill(times, Layers[^1].Duration);
        foreach (var spike in spikes) times[spike.Neuron] = Math.Min(times[spike.Neuron], spike.Time);
        return times;
    }

    /// <summary>The loss of a sample and its exact gradient.</summary>
    /// <param name="spikes">What is shown, by rising time.</param>
    /// <param name="label">The output neuron that should fire first.</param>
    /// <param name="byWeights">For each layer, the loss by its weights is added here.</param>
    /// <returns>The loss, and who fired first.</returns>
    /// <exception cref="InvalidInputException">There is no such neuron, or the room does not fit.</exception>
    public (double Loss, int Answer) Gradient(IReadOnlyList<TimedSpike> spikes, int label, IReadOnlyList<double[]> byWeights)
    {
        Require.InRange("EventProp: the label", (long)label, 0, Layers[^1].Units - 1);
        if (byWeights.Count != Layers.Count) throw new InvalidInputException("EventProp: the room for gradients, in layers", byWeights.Count, $"{Layers.Count}");
        Require.InRange("EventProp: Scale", Scale, 1e-9, 1e9);
        var output = spikes;
        for (int i = 0; i < Layers.Count; i++)
        {
            output = Layers[i].Forward(output);
            foreach (var spike in output) heard[i][spike.Neuron] = true;
        }
        var first = new int[Layers[^1].Units];
        Array.Fill(first, -1);
        for (int k = output.Count - 1; k >= 0; k--) first[output[k].Neuron] = k;
        double[] times = [.. first.Select(k => k < 0 ? Layers[^1].Duration : output[k].Time)];
        int answer = Array.IndexOf(times, times.Min());
        double[] powers = [.. times.Select(t => ExactMath.Exp((times[answer] - t) / Scale))];
        double sum = powers.Sum(), loss = ExactMath.Log(sum) + ((times[label] - times[answer]) / Scale);
        var byTimes = new double[output.Count];
        for (int unit = 0; unit < first.Length; unit++)
        {
            if (first[unit] >= 0) byTimes[first[unit]] = ((unit == label ? 1 : 0) - (powers[unit] / sum)) / Scale;
        }
        for (int i = Layers.Count - 1; i >= 0; i--) byTimes = Layers[i].Backward(byTimes, byWeights[i]);
        return (loss, answer);
    }

    /// <summary>Updates all weights by the gradient of some samples' mean loss.</summary>
    /// <param name="samples">The samples: spikes by rising time, and who should fire first.</param>
    /// <param name="rate">The learning rate, 0 or more.</param>
    /// <param name="momentum">How much of the last change is made again, in [0, 1).</param>
    /// <returns>The mean loss, and the part of right answers, before the update.</returns>
    /// <exception cref="InvalidInputException">There are no samples, or a number is out of its range.</exception>
    public (double Loss, double Accuracy) Descend(IReadOnlyList<(IReadOnlyList<TimedSpike> Spikes, int Label)> samples, double rate, double momentum = 0.9)
    {
        if (samples.Count == 0) throw new InvalidInputException("EventProp: the samples of an update", 0, "at least 1");
        Require.InRange("EventProp: the learning rate", rate, 0, 1e6);
        Require.InRange("EventProp: the momentum", momentum, 0, 0.999999);
        Require.InRange("EventProp: Lift", Lift, 0, 1e6);
        Require.InRange("EventProp: ClipNorm", ClipNorm, 1e-12, 1e12);
        foreach (var layer in gradients) Array.Clear(layer);
        foreach (var layer in heard) Array.Clear(layer);
        double loss = 0;
        int right = 0;
        foreach (var (spikes, label) in samples)
        {
            var (its, answer) = Gradient(spikes, label, gradients);
            (loss, right) = (loss + its, right + (answer == label ? 1 : 0));
        }
        double length = Math.Sqrt(gradients.Sum(layer => layer.Sum(g => g * g))) / samples.Count;
        double step = rate / samples.Count * (length > ClipNorm ? ClipNorm / length : 1);
        for (int i = 0; i < Layers.Count; i++)
        {
            var (weights, velocity, units) = (Layers[i].Weights, velocities[i], Layers[i].Units);
            for (int w = 0; w < weights.Length; w++)
            {
                velocity[w] = (momentum * velocity[w]) - (step * gradients[i][w]);
                weights[w] += velocity[w] + (heard[i][w % units] ? 0 : Lift);
            }
        }
        return (loss / samples.Count, right / (double)samples.Count);
    }
}
