using Lepton.Neuro.Encoders;
using Lepton.Neuro.Plasticity;
using Lepton.Neuro.Plasticity.Compression;
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

    /// <summary>Describes the network and opens its session.</summary>
    /// <param name="pixels">Pixels of an image.</param>
    /// <param name="classes">Classes.</param>
    /// <param name="hidden">Hidden neurons.</param>
    /// <param name="phaseLength">The steps of a phase.</param>
    /// <param name="feedback">The way back of errors.</param>
    /// <param name="rate">The learning rate.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="open">Opens the session.</param>
    public ErrorModulatedLearner(int pixels, int classes, int hidden, int phaseLength, Feedback feedback, double rate, ulong seed, Func<CompiledNetwork, LearningSession> open)
    {
        var network = new Network(seed);
        var rule = new ErrorModulated { Rate = (float)rate, PhaseLength = phaseLength };
        var input = network.Add("input", pixels, new DeterministicRate());
        var middle = network.Add("hidden", hidden, Neuron);
        var output = network.Add("output", classes, Neuron);
        var first = network.Connect(input, middle, Wiring.AllToAll, Spread(1.45, pixels), rule: rule);
        var second = network.Connect(middle, output, Wiring.AllToAll, Spread(3.46, hidden), rule: rule);
        path = ErrorPath.Attach(network, [first, second], new() { Feedback = feedback });
        plan = network.Compile(1.ms);
        session = open(plan);
    }

    /// <inheritdoc/>
    public override string Rule => "error-modulated learning";

    /// <inheritdoc/>
    public override LearningSession Session => session;

    /// <inheritdoc/>
    public override IReadOnlyList<Population> Watched => [path.Input, .. path.Layers.Select(l => l.Neurons)];

    /// <inheritdoc/>
    public override int Learn(ReadOnlySpan<float> image, int label, ulong presentation, float rate) => path.Train(session, image, label, presentation, rate);

    /// <inheritdoc/>
    public override Classifier Finish(PreparedImages training, Evaluation evaluation) => Snapshot();

    /// <inheritdoc/>
    public override Classifier Snapshot() => new Rates(path, plan, path.Input, [.. path.Layers.Select(l => l.Neurons)])
    {
        Learned = session.Learned,
        Weights = [.. path.Layers.Select(l => session.Weights(l.Forward))],
    };

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => session.Dispose();

    // The range falls with the root of the number of sources, so that what they add up to has the same spread whatever their number; the rule's range ends at 1.
    static Weight Spread(double width, int sources)
    {
        double most = Math.Min(1, width / Math.Sqrt(sources));
        return Weight.Uniform(-most, most);
    }

    /// <summary>Answers by the output neuron that fires most; among those that fire equally often, by the one of the highest potential.</summary>
    sealed class Rates(ErrorPath path, CompiledNetwork plan, Population input, IReadOnlyList<Population> layers) : Classifier(plan, input, layers)
    {
        /// <inheritdoc/>
        public override int Steps => path.InferenceSteps;

        /// <inheritdoc/>
        public override void Show(Session session, ReadOnlySpan<float> image, ulong presentation)
        {
            var signal = new float[Input.Count];
            session.Begin(presentation);
            path.Phases(signal);
            session.Present(Input, signal);
            session.Advance(1);
            path.Prepare(image, signal);
            session.Present(Input, signal);
            session.Advance(path.PhaseLength);
        }

        /// <inheritdoc/>
        public override int Answer(Session session, ReadOnlySpan<int> spikes)
        {
            Span<float> potentials = stackalloc float[Output.Count];
            session.ReadState(Output, "V", potentials);
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
            return new Rates(path, network.Compile(Plan.Step), source, neurons) { Weights = weights };
        }
    }
}
