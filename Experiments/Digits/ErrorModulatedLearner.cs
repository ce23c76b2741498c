using Lepton.Neuro.Encoders;
using Lepton.Neuro.Experiments.Compressing;
using Lepton.Neuro.Plasticity;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Experiments.Digits;

/// <summary>One hidden layer and one output neuron a class, taught by errors that are spikes themselves (see <see cref="ErrorPath"/>).</summary>
internal sealed class ErrorModulatedLearner : ImageLearner
{
    // A neuron that fired as often as its weights alone would have it go below zero by any amount could not answer a change of its input; four thresholds are what learns best.
    static readonly IntegrateAndFire Neuron = new() { Reset = ResetMode.ToZero, Floor = -4 };

    readonly ErrorPath path;
    readonly CompiledNetwork plan;
    readonly LearningSession session;

    readonly bool recordings;

    /// <summary>Describes the network and opens its session.</summary>
    /// <param name="pixels">Pixels of an image, or pixels and polarities of a sensor.</param>
    /// <param name="classes">Classes.</param>
    /// <param name="hidden">Hidden neurons.</param>
    /// <param name="phaseLength">The steps of a phase.</param>
    /// <param name="feedback">The way back of errors.</param>
    /// <param name="rate">The learning rate.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="open">Opens the session.</param>
    /// <param name="recordings">Whether what is shown are recordings, whose events are the spikes of the input (<see cref="EventMovies"/>), and not images, which are encoded.</param>
    public ErrorModulatedLearner(int pixels, int classes, int hidden, int phaseLength, Feedback feedback, double rate, ulong seed, Func<CompiledNetwork, LearningSession> open, bool recordings = false)
    {
        this.recordings = recordings;
        var network = new Network(seed);
        var rule = new ErrorModulated { Rate = (float)rate, PhaseLength = phaseLength };
        var input = network.Add("input", pixels, recordings ? new OutsideSpikes() : new DeterministicRate());
        var middle = network.Add("hidden", hidden, Neuron);
        var output = network.Add("output", classes, Neuron);
        var first = network.Connect(input, middle, Wiring.AllToAll, Spread(1.45, pixels), rule: rule);
        var second = network.Connect(middle, output, Wiring.AllToAll, Spread(3.46, hidden), rule: rule);
        path = ErrorPath.Attach(network, [first, second], new() { Feedback = feedback });
        plan = network.Compile(1.ms);
        session = open(plan);
    }

    PhasedImages Images => new(path.PhaseLength, path.Brightness);

    /// <inheritdoc/>
    public override string Rule => "error-modulated learning";

    /// <inheritdoc/>
    public override LearningSession Session => session;

    /// <inheritdoc/>
    public override IReadOnlyList<Population> Watched => [path.Input, .. path.Layers.Select(l => l.Neurons)];

    /// <inheritdoc/>
    public override int Learn(ReadOnlySpan<float> image, int label, ulong presentation, float rate) =>
        recordings ? TrainRecording(image, label, presentation, rate) : path.Train(session, image, label, presentation, rate);

    /// <inheritdoc/>
    public override Classifier Finish(PreparedImages training, Evaluation evaluation) => Snapshot();

    /// <inheritdoc/>
    public override Classifier Snapshot() => new RateClassifier(recordings ? ShowRecording : Images.Show, path.InferenceSteps, plan, path.Input, [.. path.Layers.Select(l => l.Neurons)])
    {
        Readout = recordings ? null : ClassifierModel.Note(Images),
        Learned = session.Learned,
        Weights = [.. path.Layers.Select(l => session.Weights(l.Forward))],
    };

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => session.Dispose();

    void ShowRecording(Session session, Population input, ReadOnlySpan<float> movie, ulong presentation)
    {
        BeginRecording(session, input, presentation);
        Play(session, input, movie);
    }

    // The schedule of ErrorPath.Train, with a recording that is played in each of the two phases in place of an image.
    int TrainRecording(ReadOnlySpan<float> movie, int label, ulong presentation, float rate)
    {
        var labels = new float[path.Output.Count];
        labels[label] = 1;
        Modulate(-1);
        BeginRecording(session, path.Input, presentation);
        session.Present(path.Labels, labels);
        Modulate(0);
        Span<long> before = stackalloc long[labels.Length], after = stackalloc long[labels.Length];
        Span<int> spikes = stackalloc int[labels.Length];
        session.ReadSpikeCounts(path.Output, before);
        Play(session, path.Input, movie);
        session.ReadSpikeCounts(path.Output, after);
        for (int i = 0; i < spikes.Length; i++) spikes[i] = (int)(after[i] - before[i]);
        int answer = RateClassifier.Answer(session, path.Output, spikes);
        Modulate(rate);
        Play(session, path.Input, movie);
        foreach (var layer in path.Layers) session.Update(layer.Forward);
        return answer;
    }

    static void BeginRecording(Session session, Population input, ulong presentation)
    {
        session.Begin(presentation);
        session.Present(input, new float[input.Count]);
        session.Advance(1);
    }

    static void Play(Session session, Population input, ReadOnlySpan<float> movie)
    {
        for (int at = 0; at < movie.Length; at += input.Count)
        {
            session.Present(input, movie.Slice(at, input.Count));
            session.Advance(1);
        }
    }

    void Modulate(float value)
    {
        foreach (var layer in path.Layers) session.SetModulator(layer.Forward, value);
    }

    // The range falls with the root of the number of sources, so that what they add up to has the same spread whatever their number; the rule's range ends at 1.
    static Weight Spread(double width, int sources)
    {
        double most = Math.Min(1, width / Math.Sqrt(sources));
        return Weight.Uniform(-most, most);
    }
}
