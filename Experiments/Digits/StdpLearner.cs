using Lepton.Neuro.Encoders;
using Lepton.Neuro.Experiments.Compressing;
using Lepton.Neuro.Plasticity;
using Lepton.Neuro.Plasticity.Compression;
using Lepton.Neuro.Plasticity.ModelFiles;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Experiments.Digits;

/// <summary>Neurons that inhibit each other and learn without labels: each comes to stand for a shape that is often seen. Which class a shape belongs to is read off the training images
/// afterwards.</summary>
/// <remarks>After P. Diehl and M. Cook, Front. Comput. Neurosci. 9:99 (2015), with currents in place of conductances, inhibition from neuron to neuron in place of a population between,
/// a step of 1 ms, no delays, no rest between images (a presentation begins at rest), the pair rule with nearest
/// neighbours in place of theirs of triplets (few neurons fire twice for an image), and images scaled to the same sum.</remarks>
internal sealed class StdpLearner : ImageLearner
{
    // Learned features are compared over so many images: the labels of the block before judge the next one.
    const int BlockOfImages = 1000;

    // The rate of the brightest pixel, and what weights sum to a pixel, are those of Diehl and Cook's program. The rest was chosen on training images: a mean pixel of an image after scaling
    // of about 1/8, and inhibition strong enough that who fires first is heard alone for a while.
    const double LargestHertz = 63.75, Inhibition = 120;
    const float MeanWeight = 0.1f, Ink = 100 / 784f;

    // With a synaptic time constant of 1 ms and a capacitance of 1 pF a weight of 1 lifts the potential by about 1 mV.
    static readonly AdaptiveLif Neuron = new()
    {
        TauMembrane = 100.ms,
        TauSynapse = 1.ms,
        TauInhibitory = 4.ms,
        Capacitance = 1.pF,
        Rest = -65.mV,
        Reset = -65.mV,
        Threshold = -52.mV,
        Refractory = 5.ms,
        Homeostatic = true,
        Increment = 0.1.mV,
        TauThreshold = 1e7.ms,
        Floor = -100.mV,
    };

    readonly Projection forward;
    readonly CompiledNetwork plan;
    readonly LearningSession session;
    readonly Shown how;
    readonly float total;
    readonly int[] counts;
    readonly long[] before, after;
    ClassVotes votes;
    ClassVotes? former;
    int shown;

    /// <summary>Describes the network and opens its session.</summary>
    /// <param name="pixels">Pixels of an image.</param>
    /// <param name="classes">Classes.</param>
    /// <param name="neurons">Neurons that learn.</param>
    /// <param name="milliseconds">How long an image is shown.</param>
    /// <param name="rate">What a spike of a neuron adds to a weight at most.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="open">Opens the session.</param>
    /// <param name="rule">The rule by which synapses learn; null for the pair rule at that rate.</param>
    public StdpLearner(
        int pixels, int classes, int neurons, int milliseconds, double rate, ulong seed, Func<CompiledNetwork, LearningSession> open, SynapseRule? rule = null)
    {
        var network = new Network(seed);
        var input = network.Add("input", pixels, new PoissonRate(LargestHertz.Hz));
        var excitatory = network.Add("neurons", neurons, Neuron);
        total = MeanWeight * pixels;
        forward = network.Connect(input, excitatory, Wiring.AllToAll, Weight.Uniform(0, 3 * MeanWeight), rule: rule ?? new PairStdp
        {
            Potentiation = (float)rate,
            Depression = (float)rate / 100,
            Pairing = SpikePairing.Nearest,
        }, modulator: Modulator.For(rule));
        Inhibit(network, excitatory);
        plan = network.Compile(1.ms);
        session = open(plan);
        how = new(milliseconds, Ink * pixels);
        counts = new int[neurons];
        (before, after) = (new long[neurons], new long[neurons]);
        votes = new(neurons, classes);
    }

    /// <inheritdoc/>
    public override string Rule => "spike-timing-dependent plasticity without labels";

    /// <inheritdoc/>
    public override LearningSession Session => session;

    /// <inheritdoc/>
    public override IReadOnlyList<Population> Watched => [forward.From, forward.To];

    /// <inheritdoc/>
    public override int Learn(ReadOnlySpan<float> image, int label, ulong presentation, float rate)
    {
        session.Normalize(forward, total);
        how.Show(session, forward.From, image, presentation);
        session.ReadSpikeCounts(forward.To, after);
        for (int i = 0; i < counts.Length; i++) counts[i] = (int)(after[i] - before[i]);
        after.CopyTo(before, 0);
        int answer = former?.Answer(counts) ?? -1;
        votes.Add(label, counts);
        if (++shown % BlockOfImages == 0)
        {
            former = votes;
            votes = new(counts.Length, votes.Classes);
        }
        return answer;
    }

    /// <inheritdoc/>
    public override Classifier Snapshot() => Named(null);

    /// <inheritdoc/>
    public override void EndLearning() => session.Normalize(forward, total);

    /// <inheritdoc/>
    public override void Save(BinaryWriter writer)
    {
        writer.Write(shown);
        votes.Save(writer);
        writer.Write(former is not null);
        former?.Save(writer);
    }

    /// <inheritdoc/>
    public override void Restore(BinaryReader reader)
    {
        session.ReadSpikeCounts(forward.To, before);
        shown = reader.ReadInt32();
        votes.Restore(reader);
        former = reader.ReadBoolean() ? new(counts.Length, votes.Classes) : null;
        former?.Restore(reader);
    }

    /// <inheritdoc/>
    public override Classifier Finish(PreparedImages training, Evaluation evaluation)
    {
        var verdict = evaluation.Run("Naming the neurons", Named(null), training, ImagePipeline.FirstReplay);
        var named = new ClassVotes(counts.Length, votes.Classes);
        for (int image = 0; image < training.Count; image++) named.Add(training.Label(image), verdict.Spikes.AsSpan(image * counts.Length, counts.Length));
        return Named(named);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => session.Dispose();

    /// <summary>The classifier that a model file tells of.</summary>
    /// <param name="steps">For how many steps an image is shown.</param>
    /// <param name="ink">What its pixels are scaled to sum to.</param>
    /// <param name="votes">What the neurons stand for.</param>
    /// <param name="plan">What runs.</param>
    /// <param name="input">Where images are shown.</param>
    /// <param name="neurons">The neurons.</param>
    /// <param name="weights">The weights between them.</param>
    /// <param name="learned">The neurons' thresholds.</param>
    /// <param name="readout">All of this as the file says it.</param>
    public static Classifier Restored(
        int steps, float ink, ClassVotes votes, CompiledNetwork plan, Population input, Population neurons, IReadOnlyList<float[]> weights, Learned? learned, ModelNote readout) =>
        new Winners(new(steps, ink), votes, plan, input, neurons)
        {
            Learned = learned ?? throw new InvalidInputException("the thresholds of the model's neurons", "missing", "the state of the neurons"),
            Weights = weights,
            Readout = readout,
        };

    Winners Named(ClassVotes? named) => new(how, named, plan, forward.From, forward.To)
    {
        Learned = session.Learned,
        Weights = [session.Weights(forward)],
        Readout = named is null ? null : ClassifierModel.Note(how.Steps, how.Ink, named),
    };

    static void Inhibit(Network network, Population neurons)
    {
        var others = new List<(int, int)>();
        for (int i = 0; i < neurons.Count; i++)
        {
            for (int j = 0; j < neurons.Count; j++)
            {
                if (i != j) others.Add((i, j));
            }
        }
        if (others.Count > 0) network.Connect(neurons, neurons, Wiring.Edges(others), -Inhibition, receptor: "inhibitory");
    }

    /// <summary>How an image is shown.</summary>
    /// <param name="Steps">For how many steps.</param>
    /// <param name="Ink">What its pixels are scaled to sum to, as far as the brightest one allows: thin strokes then drive the neurons as much as thick ones.</param>
    sealed record Shown(int Steps, float Ink)
    {
        public void Show(Session session, Population input, ReadOnlySpan<float> image, ulong presentation)
        {
            float sum = 0, most = 0;
            foreach (float pixel in image)
            {
                sum += pixel;
                most = MathF.Max(most, pixel);
            }
            float scale = most > 0 ? MathF.Min(Ink / sum, 1 / most) : 0;
            var signal = new float[image.Length];
            for (int i = 0; i < signal.Length; i++) signal[i] = MathF.Min(1, image[i] * scale);
            session.Begin(presentation);
            session.Present(input, signal);
            session.Advance(Steps);
        }
    }

    /// <summary>Answers by the classes that the neurons that fire stand for.</summary>
    sealed class Winners(Shown how, ClassVotes? votes, CompiledNetwork plan, Population input, Population neurons) : Classifier(plan, input, [neurons])
    {
        /// <inheritdoc/>
        public override int Steps => how.Steps;

        /// <inheritdoc/>
        public override void Show(Session session, ReadOnlySpan<float> image, ulong presentation) => how.Show(session, Input, image, presentation);

        /// <inheritdoc/>
        public override int Answer(Session session, ReadOnlySpan<int> spikes) => votes?.Answer(spikes) ?? 0;

        /// <inheritdoc/>
        public override Classifier WithWeights(IReadOnlyList<float[]> weights)
        {
            var network = new Network(Plan.Source.Seed);
            var source = network.Add(Input.Name, Input.Count, Input.Source!);
            var target = network.Add(Output.Name, Output.Count, Output.Model!);
            var kept = CompressedProjection.AllToAll(weights[0], target.Count);
            network.Connect(source, target, kept.Wiring, kept.Weight);
            Inhibit(network, target);
            // Thresholds are learned too; they are the state of the neurons, in the same order in both networks.
            return new Winners(how, votes, network.Compile(Plan.Step), source, target)
            {
                Learned = new([.. network.Projections.Select(_ => (float[]?)null)], Learned!.States),
                Weights = weights,
                Readout = Readout,
            };
        }
    }
}
