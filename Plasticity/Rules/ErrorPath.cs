using Lepton.Neuro.Random;

namespace Lepton.Neuro.Plasticity;

/// <summary>The weights by which errors go back from layer to layer.</summary>
public enum Feedback
{
    /// <summary>Those of the forward synapses, at all times: backpropagation of the error.</summary>
    Symmetric,

    /// <summary>Fixed random ones, from each layer to the one before (feedback alignment; Lillicrap et al. 2016).</summary>
    Random,

    /// <summary>Fixed random ones, from the output straight to each layer (direct feedback alignment; Nøkland 2016).</summary>
    Direct,
}

/// <summary>How an <see cref="ErrorPath"/> is built.</summary>
public sealed record ErrorPathOptions
{
    /// <summary>The weights of the way back. Default: symmetric.</summary>
    public Feedback Feedback { get; init; } = Feedback.Symmetric;

    /// <summary>What the weights of the way back are multiplied with: how many error spikes of a hidden neuron an error spike of the layer above is worth. Above 0. Default 3.
    /// Too small, and errors stay below the threshold of hidden error neurons; too large, and phase 2 overshoots.</summary>
    public float Gain { get; init; } = 3;

    /// <summary>How often the right output neuron should fire, in spikes a step, in (0, 1]; the others should not. Over phase 2 the label asks for the next half-integral number of spikes, so
    /// that the right count leaves an error below the threshold on either side, and the network is at rest where it is right. Default 0.48.</summary>
    public float Target { get; init; } = 0.48f;

    /// <summary>What pixels are multiplied with before they are shown, in (0, 1]. Default 0.5: the brightest pixel fires in every second step.</summary>
    public float Brightness { get; init; } = 0.5f;

    /// <summary>Random feedback weights are uniform within plus and minus this (before <see cref="Gain"/>). Above 0. Default 0.35.</summary>
    public float Spread { get; init; } = 0.35f;
}

/// <summary>A forward layer with its error neurons.</summary>
/// <param name="Forward">The plastic synapses that lead to the layer.</param>
/// <param name="Positive">The error neurons that make the layer fire more.</param>
/// <param name="Negative">The error neurons that make the layer fire less.</param>
public sealed record ErrorLayer(Projection Forward, Population Positive, Population Negative)
{
    /// <summary>The layer's forward neurons.</summary>
    public Population Neurons => Forward.To;
}

/// <summary>The part of a network that teaches it: a label, error neurons beside every layer, and synapses that carry errors back. All of it is an ordinary spiking network.</summary>
/// <remarks>
/// <para>A sample takes two phases of h steps (<see cref="ErrorModulated.PhaseLength"/>). In phase 1 the image alone drives the network. In phase 2 the right output's target
/// (spikes of the label) and what each output fires are integrated by output error neurons. An error spike goes to error neurons of the layer before, through synapses that mirror the
/// forward ones, and adds a spike to its own forward neuron or takes one away. The image stays on.</para>
/// <para>Departures from Shrestha et al. (arXiv:2105.03649), each because it learns better here (784-100-10 on handwritten digits):</para>
/// <list type="bullet">
/// <item><description>A volley of inhibition down to the forward neurons' Floor, and one of excitation back up to zero, begin each phase, and pixels are rounded to multiples of 1/h, so
/// that input repeats itself. Phase 2 then is the replay of phase 1 spike for spike, but for the errors: without error no weight changes at all, where otherwise every neuron's
/// count would differ by chance. After 20,000 images of MNIST this made 93 % of about 90 %.</description></item>
/// <item><description>The first step of a presentation shows each channel a phase (<see cref="Phases(Span{float})"/>), so that pixels do not fire in volleys: 1 % better.</description></item>
/// <item><description>The target is <see cref="ErrorPathOptions.Target"/> spikes a step rather than one in every step, for below saturation more and less are both
/// possible; and it is half-integral over the phase: 1 % better than a whole number, at which error spikes flicker where there is no error.</description></item>
/// <item><description>An error spike is worth one spike of the forward neuron; the threshold of error is one spike, not three.</description></item>
/// </list>
/// <para>The schedule, in steps of a presentation: volley of resets fired at 0 and h, of restoration at 1 and h + 1; phase 1 is counted in steps 1 to h, phase 2 in h + 1 to 2 h; labels and
/// the spike that enables error neurons fire from h + 2 on, the first step in which outputs can fire again.</para>
/// </remarks>
public sealed class ErrorPath
{
    /// <summary>What a reset takes from a potential beyond the floor, in thresholds: as much as a step of input may have brought.</summary>
    const float ResetMargin = 27;

    readonly ErrorPathOptions options;
    readonly List<ErrorLayer> layers = [];

    ErrorPath(Network network, IReadOnlyList<Projection> forward, ErrorPathOptions options)
    {
        this.options = options;
        Input = forward[0].From;
        PhaseLength = ((ErrorModulated)forward[0].Rule!).PhaseLength;
        int h = PhaseLength;
        var output = forward[^1].To;
        var reset = network.Add("reset", 1, new PhaseSource(0, h + 1) { Every = h });
        var restore = network.Add("restore", 1, new PhaseSource(1, h + 2) { Every = h });
        var enable = network.Add("enable", 1, new PhaseSource(h + 2, (2 * h) + 1));
        Labels = network.Add("labels", output.Count, new PhaseSource(h + 2, (2 * h) + 1) { WhereShown = true });
        foreach (var projection in forward)
        {
            var neurons = projection.To;
            var model = (IntegrateAndFire)neurons.Model!;
            bool last = ReferenceEquals(neurons, output);
            network.Connect(reset, neurons, Wiring.AllToAll, model.Floor - (ResetMargin * model.Threshold));
            network.Connect(restore, neurons, Wiring.AllToAll, -model.Floor);
            var errors = new ErrorNeuron { Gated = !last };
            var positive = network.Add($"{neurons.Name} +", neurons.Count, errors);
            var negative = network.Add($"{neurons.Name} -", neurons.Count, errors);
            network.Connect(positive, negative, Wiring.OneToOne, errors.Threshold);
            network.Connect(negative, positive, Wiring.OneToOne, errors.Threshold);
            foreach (var half in (ReadOnlySpan<Population>)[positive, negative])
            {
                network.Connect(enable, half, Wiring.AllToAll, 1, receptor: "enable");
                if (!last) network.Connect(neurons, half, Wiring.OneToOne, 1, receptor: "activity");
            }
            network.Connect(positive, neurons, Wiring.OneToOne, model.Threshold);
            network.Connect(negative, neurons, Wiring.OneToOne, -model.Threshold);
            layers.Add(new(projection, positive, negative));
        }
        ConnectOutput(network);
        for (int layer = 0; layer + 1 < layers.Count; layer++) ConnectBack(network, layer);
    }

    /// <summary>The input, an encoder.</summary>
    public Population Input { get; }

    /// <summary>The source of labels.</summary>
    public Population Labels { get; }

    /// <summary>The output neurons.</summary>
    public Population Output => layers[^1].Neurons;

    /// <summary>The layers, from the first behind the input to the output.</summary>
    public IReadOnlyList<ErrorLayer> Layers => layers;

    /// <summary>The steps of a phase.</summary>
    public int PhaseLength { get; }

    /// <summary>What pixels are dimmed by before they are shown.</summary>
    public float Brightness => options.Brightness;

    /// <summary>The steps of a sample that is learned.</summary>
    public int TrainingSteps => (2 * PhaseLength) + 1;

    /// <summary>The steps of a sample that is only classified.</summary>
    public int InferenceSteps => PhaseLength + 1;

    /// <summary>Adds to a network what teaches it.</summary>
    /// <param name="network">The network.</param>
    /// <param name="forward">The synapses of the layers, in order, from the input's to the output's: all to all, with the rule <see cref="ErrorModulated"/>, of one phase length, to
    /// <see cref="IntegrateAndFire"/> neurons that have a floor between -64 thresholds and -1/64 threshold.</param>
    /// <param name="options">How; defaults where null.</param>
    /// <returns>Its parts.</returns>
    /// <exception cref="InvalidInputException">The layers do not follow each other or have other neurons or rules, or an option is out of its range.</exception>
    public static ErrorPath Attach(Network network, IReadOnlyList<Projection> forward, ErrorPathOptions? options = null)
    {
        options ??= new();
        if (forward.Count == 0) throw new InvalidInputException("the layers of an error path", "none", "at least one");
        if (forward[0].From.Source is null) throw new InvalidInputException("the first source of an error path", $"{forward[0].From} of neurons", "an encoder");
        for (int layer = 0; layer < forward.Count; layer++)
        {
            var projection = forward[layer];
            if (projection.Wiring is not AllToAllWiring) throw new InvalidInputException($"{projection}: the wiring of a layer with errors", projection.Wiring.GetType().Name, "all-to-all");
            if (projection.Rule is not ErrorModulated rule) throw new InvalidInputException($"{projection}: the rule of a layer with errors", projection.Rule?.GetType().Name, nameof(ErrorModulated));
            int length = ((ErrorModulated)forward[0].Rule!).PhaseLength;
            if (rule.PhaseLength != length) throw new InvalidInputException($"{projection}: PhaseLength", rule.PhaseLength, $"{length}, as in the first layer");
            if (projection.To.Model is not IntegrateAndFire model) throw new InvalidInputException($"{projection.To}: the neurons of a layer with errors", projection.To.Model?.GetType().Name, nameof(IntegrateAndFire));
            Require.InRange($"{projection.To}: Floor in thresholds, which the reset between phases goes down to", model.Floor / model.Threshold, -64, -1.0 / 64);
            if (layer > 0 && !ReferenceEquals(projection.From, forward[layer - 1].To)) throw new InvalidInputException($"{projection}: its source", projection.From.Name, $"the layer before, '{forward[layer - 1].To.Name}'");
        }
        if (!Enum.IsDefined(options.Feedback)) throw new InvalidInputException("Feedback", options.Feedback, "Symmetric, Random or Direct");
        Require.InRange("Gain", options.Gain, float.Epsilon, 1e6);
        Require.InRange("Target", options.Target, float.Epsilon, 1);
        Require.InRange("Brightness", options.Brightness, float.Epsilon, 1);
        Require.InRange("Spread", options.Spread, float.Epsilon, 1e6);
        return new(network, forward, options);
    }

    /// <summary>Shows an image with its label and learns from it.</summary>
    /// <param name="session">A session of the network, between two presentations.</param>
    /// <param name="image">Pixels in [0, 1], one for each channel of the input.</param>
    /// <param name="label">Which output should fire.</param>
    /// <param name="presentation">The presentation's number (see <see cref="Session.Begin"/>).</param>
    /// <param name="rate">What the rules' rates are multiplied with, above 0.</param>
    /// <returns>What the network took the image for, before it learned.</returns>
    /// <exception cref="InvalidInputException">The label is no output, the rate is not above 0, or the image has another size or range.</exception>
    public int Train(LearningSession session, ReadOnlySpan<float> image, int label, ulong presentation, float rate = 1)
    {
        Require.InRange("the label", label, 0L, Output.Count - 1L);
        Require.InRange("the factor of the learning rates", rate, float.Epsilon, float.MaxValue);
        Span<float> labels = stackalloc float[Output.Count];
        labels.Clear();
        labels[label] = 1;
        Modulate(session, -1);
        Begin(session, image, presentation);
        session.Present(Labels, labels);
        Modulate(session, 0);
        int predicted = Decide(session, PhaseLength);
        Modulate(session, rate);
        session.Advance(PhaseLength);
        foreach (var layer in layers) session.Update(layer.Forward);
        return predicted;
    }

    /// <summary>Shows an image.</summary>
    /// <param name="session">A session of the network, between two presentations.</param>
    /// <param name="image">Pixels in [0, 1], one for each channel of the input.</param>
    /// <param name="presentation">The presentation's number (see <see cref="Session.Begin"/>).</param>
    /// <returns>The output that fired most; among those that fired equally often, the one of the highest potential.</returns>
    /// <exception cref="InvalidInputException">The image has another size or range.</exception>
    public int Predict(Session session, ReadOnlySpan<float> image, ulong presentation)
    {
        Begin(session, image, presentation);
        return Decide(session, PhaseLength);
    }

    /// <summary>What an image becomes before it is shown: dimmed by <see cref="ErrorPathOptions.Brightness"/> and rounded to multiples of 1/h.</summary>
    /// <param name="image">Pixels in [0, 1].</param>
    /// <param name="signal">Where to: as many numbers.</param>
    public void Prepare(ReadOnlySpan<float> image, Span<float> signal) => Prepare(image, signal, PhaseLength, options.Brightness);

    /// <summary>What an image becomes before it is shown, without the path: for networks that no longer learn.</summary>
    /// <param name="image">Pixels in [0, 1].</param>
    /// <param name="signal">Where to: as many numbers.</param>
    /// <param name="phaseLength">The steps of a phase, h.</param>
    /// <param name="brightness">What pixels are dimmed by (see <see cref="ErrorPathOptions.Brightness"/>).</param>
    public static void Prepare(ReadOnlySpan<float> image, Span<float> signal, int phaseLength, float brightness)
    {
        for (int i = 0; i < image.Length; i++) signal[i] = MathF.Round(image[i] * brightness * phaseLength) / phaseLength;
    }

    /// <summary>What is shown in the first step of a presentation: a phase for each channel, a multiple of 1/h in [0, 1), spread evenly by the golden ratio. An encoder that accumulates its signal
    /// then fires its channels' spikes at different times, and not all bright pixels in the same step.</summary>
    /// <param name="signal">Where to.</param>
    public void Phases(Span<float> signal) => Phases(signal, PhaseLength);

    /// <summary>What is shown in the first step of a presentation, without the path: for networks that no longer learn.</summary>
    /// <param name="signal">Where to.</param>
    /// <param name="phaseLength">The steps of a phase, h.</param>
    public static void Phases(Span<float> signal, int phaseLength)
    {
        const double GoldenRatio = 0.6180339887498949;
        for (int i = 0; i < signal.Length; i++) signal[i] = (float)(Math.Floor(i * GoldenRatio % 1 * phaseLength) / phaseLength);
    }

    void Begin(Session session, ReadOnlySpan<float> image, ulong presentation)
    {
        if (image.Length != Input.Count) throw new InvalidInputException($"the image for {Input}", $"{image.Length} pixels", $"{Input.Count}, one a channel");
        Span<float> signal = stackalloc float[Input.Count];
        session.Begin(presentation);
        Phases(signal);
        session.Present(Input, signal);
        session.Advance(1);
        Prepare(image, signal);
        session.Present(Input, signal);
    }

    int Decide(Session session, int steps)
    {
        Span<long> before = stackalloc long[Output.Count], after = stackalloc long[Output.Count];
        Span<float> potentials = stackalloc float[Output.Count];
        session.ReadSpikeCounts(Output, before);
        session.Advance(steps);
        session.ReadSpikeCounts(Output, after);
        session.ReadState(Output, "V", potentials);
        int best = 0;
        for (int i = 1; i < after.Length; i++)
        {
            long more = after[i] - before[i] - (after[best] - before[best]);
            if (more > 0 || (more == 0 && potentials[i] > potentials[best])) best = i;
        }
        return best;
    }

    void Modulate(LearningSession session, float value)
    {
        foreach (var layer in layers) session.SetModulator(layer.Forward, value);
    }

    void ConnectOutput(Network network)
    {
        var top = layers[^1];
        // The steps in which labels fire: see the schedule above.
        int steps = Math.Max(1, PhaseLength - 2);
        double wanted = (Math.Floor(options.Target * (double)steps) + 0.5) / steps;
        network.Connect(Labels, top.Positive, Wiring.OneToOne, wanted);
        network.Connect(Labels, top.Negative, Wiring.OneToOne, -wanted);
        network.Connect(top.Neurons, top.Positive, Wiring.OneToOne, -1);
        network.Connect(top.Neurons, top.Negative, Wiring.OneToOne, 1);
    }

    void ConnectBack(Network network, int layer)
    {
        var to = layers[layer];
        var from = options.Feedback == Feedback.Direct ? layers[^1] : layers[layer + 1];
        float[] weights = options.Feedback == Feedback.Symmetric ? [] : RandomWeights(network.Seed, layer, from.Neurons.Count * to.Neurons.Count);
        Join(from.Positive, to.Positive, options.Gain);
        Join(from.Negative, to.Positive, -options.Gain);
        Join(from.Positive, to.Negative, -options.Gain);
        Join(from.Negative, to.Negative, options.Gain);

        void Join(Population source, Population target, float gain)
        {
            if (options.Feedback == Feedback.Symmetric) network.Connect(source, target, Wiring.TransposeOf(from.Forward, gain), 0);
            else network.Connect(source, target, Wiring.AllToAll, Weight.Explicit(Array.ConvertAll(weights, w => w * gain)));
        }
    }

    // The four projections of a pair of layers share one matrix, so it is drawn here rather than by each of them.
    float[] RandomWeights(ulong seed, int layer, int count)
    {
        var words = new uint[count];
        Philox.Fill(new RandomStream(seed, RandomPurpose.Plasticity, layer), 0, 0, 0, 0, words);
        return Array.ConvertAll(words, word => options.Spread * (((word >> 8) * (2f / (1 << 24))) - 1f));
    }
}
