using Lepton.Neuro.Encoders;
using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Experiments.Digits;
using Lepton.Neuro.Plasticity.Compression;
using Lepton.Neuro.Plasticity.ModelFiles;

namespace Lepton.Neuro.Experiments.Compressing;

/// <summary>Classifiers of images as model files: the network of an inference, with what says how an image is shown and an answer read.</summary>
internal static class ClassifierModel
{
    /// <summary>What pixels go through before they are shown: every image spans the range 0 to 1.</summary>
    const string ImageRange = "normalize.image-range";

    /// <summary>Images in phases, read by the output that fires most.</summary>
    const string Phased = "classify.phased-rates";

    /// <summary>Images as rates, read by what neurons fired for in training.</summary>
    const string Votes = "classify.votes";

    // A layer is held as a matrix while it is read.
    const long MostWeights = 1 << 28;

    /// <summary>What model files of experiments may name.</summary>
    public static ModelParts Parts { get; } = ModelParts.Standard
        .With<DeterministicRate>("deterministic-rate").With<PoissonRate>("poisson-rate").With<SignedPoissonRate>("signed-poisson-rate").With<OutsideSpikes>("outside-spikes")
        .With<ConstantCurrent>("constant-current").With<Latency>("latency").With<LogarithmicLatency>("logarithmic-latency").With<TimeToFirstSpike>("time-to-first-spike")
        .With<RankOrder>("rank-order").With<Burst>("burst").With<WeightedPhase>("weighted-phase").With<Delta>("delta").With<SigmaDelta>("sigma-delta");

    /// <summary>What a file says of images that are shown in phases.</summary>
    /// <param name="images">How they are shown.</param>
    public static ModelNote Note(PhasedImages images) => new(Phased, new Dictionary<string, double[]>(StringComparer.Ordinal)
    {
        ["phase-length"] = [images.PhaseLength],
        ["brightness"] = [images.Brightness],
    });

    /// <summary>What a file says of images whose answer neurons vote for.</summary>
    /// <param name="steps">For how many steps an image is shown.</param>
    /// <param name="ink">What its pixels are scaled to sum to.</param>
    /// <param name="votes">What neurons fired for.</param>
    public static ModelNote Note(int steps, float ink, ClassVotes votes) => new(Votes, new Dictionary<string, double[]>(StringComparer.Ordinal)
    {
        ["steps"] = [steps],
        ["ink"] = [ink],
        ["classes"] = [votes.Classes],
        ["votes"] = votes.ToNumbers(),
    });

    /// <summary>The model of a classifier.</summary>
    /// <param name="classifier">The classifier: one that says how it is shown images.</param>
    /// <param name="weights">The weights of its layers.</param>
    /// <param name="quantized">How they were quantized; null where they were not.</param>
    /// <param name="provenance">Where it comes from.</param>
    public static Model Of(Classifier classifier, IReadOnlyList<float[]> weights, IReadOnlyList<QuantizedTensor>? quantized, ModelProvenance provenance)
    {
        var bare = classifier.WithWeights(weights);
        var network = new Network(bare.Plan.Source.Seed);
        foreach (var population in bare.Plan.Source.Populations)
            _ = population.Model is { } model ? network.Add(population.Name, population.Count, model) : network.Add(population.Name, population.Count, population.Source!);
        var chain = bare.Layers.Prepend(bare.Input).ToArray();
        var quantization = new Dictionary<int, QuantizedTensor>();
        foreach (var projection in bare.Plan.Source.Projections)
        {
            int layer = Array.IndexOf(chain, projection.From);
            bool isLayer = layer >= 0 && layer + 1 < chain.Length && ReferenceEquals(chain[layer + 1], projection.To);
            // A matrix with zeros takes no more of a file than a list of edges, and keeps the columns of grids together.
            var kept = isLayer ? CompressedProjection.AllToAll(weights[layer], projection.To.Count, dense: true) : new(projection.Wiring, projection.Weight);
            if (isLayer && quantized is not null) quantization[projection.Index] = quantized[layer];
            network.Connect(network.Populations[projection.From.Index], network.Populations[projection.To.Index], kept.Wiring, kept.Weight, projection.Delay, projection.To.Model!.Receptors[projection.Receptor]);
        }
        var readout = classifier.Readout ?? throw new InvalidInputException("the classifier that is saved", "one of recordings", "one of images");
        var numbers = new Dictionary<string, double[]>(readout.Numbers, StringComparer.Ordinal) { ["layers"] = [.. chain.Select(p => (double)p.Index)] };
        return new(network, bare.Plan.Step)
        {
            Learned = bare.Learned,
            Quantization = quantization,
            Preprocessing = [new(ImageRange, new Dictionary<string, double[]>(StringComparer.Ordinal))],
            Readout = readout with { Numbers = numbers },
            Provenance = provenance,
        };
    }

    /// <summary>The classifier of a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="images">Images that it is to be shown.</param>
    /// <exception cref="InvalidInputException">It is none of images, or of images of another size, or it says what does not fit.</exception>
    public static Classifier Read(Model model, ImageSet images)
    {
        var classifier = Read(model);
        if (classifier.Input.Count != images.ImageSize) throw new InvalidInputException("the pixels of an image", images.ImageSize, $"{classifier.Input.Count}, as the model takes");
        return classifier;
    }

    /// <summary>The classifier of a model.</summary>
    /// <param name="model">The model.</param>
    /// <exception cref="InvalidInputException">It is none of images, or says what does not fit.</exception>
    public static Classifier Read(Model model)
    {
        if (model.Preprocessing is not [{ Id: ImageRange }]) throw new InvalidInputException("the preprocessing of the model", string.Join(", ", model.Preprocessing.Select(p => p.Id)), ImageRange);
        if (model.Readout is not { } readout) throw new InvalidInputException("the readout of the model", "missing", $"{Phased} or {Votes}");
        var plan = model.Compile();
        int last = model.Network.Populations.Count - 1;
        var chain = readout.List("layers", 2).Select(index => model.Network.Populations[(int)Require.InRange("a layer of the model's readout", index, 0, last)]).ToArray();
        if (chain[0].Source is null || chain.Skip(1).Any(p => p.Model is null)) throw new InvalidInputException("the layers of the model's readout", string.Join(", ", chain.Select(p => p.Name)), "a source, and then neurons");
        var weights = Enumerable.Range(0, chain.Length - 1).Select(layer => Matrix(plan, chain[layer], chain[layer + 1])).ToArray();
        switch (readout.Id)
        {
            case Phased:
                var images = new PhasedImages((int)readout.Number("phase-length", 1, 1 << 20), (float)readout.Number("brightness", 0, 1));
                return new RateClassifier(images.Show, images.Steps, plan, chain[0], chain[1..]) { Weights = weights, Readout = readout, Learned = model.Learned };
            case Votes:
                if (chain.Length != 2) throw new InvalidInputException("the layers of the model's readout", chain.Length, "2, an input and neurons");
                var votes = ClassVotes.FromNumbers(chain[1].Count, (int)readout.Number("classes", 2, 65_536), readout.List("votes"));
                return StdpLearner.Restored((int)readout.Number("steps", 1, 1 << 20), (float)readout.Number("ink", 0, 1e9), votes, plan, chain[0], chain[1], weights, model.Learned, readout);
            default:
                throw new InvalidInputException("the readout of the model", readout.Id, $"{Phased} or {Votes}");
        }
    }

    static float[] Matrix(CompiledNetwork plan, Population from, Population to)
    {
        Require.InRange($"the weights from '{from.Name}' to '{to.Name}'", (long)from.Count * to.Count, 1, MostWeights);
        var projection = plan.Projections.FirstOrDefault(p => ReferenceEquals(p.Description.From, from) && ReferenceEquals(p.Description.To, to) && p.Transposed is null && !p.IsPlastic)
            ?? throw new InvalidInputException($"the projection from '{from.Name}' to '{to.Name}' of the model", "missing", "one that does not learn");
        // As the file has them, to the bit: the plan rounds weights of static projections.
        if (projection.Description is { Wiring: AllToAllWiring, Weight: { Kind: "explicit" } stored }) return stored.Parameters.ToArray();
        var weights = new float[from.Count * to.Count];
        var row = new SynapseRow();
        for (int target = 0; target < to.Count; target++)
        {
            projection.Read(target, row, SynapseParts.Sources | SynapseParts.Weights);
            for (int k = 0; k < row.Count; k++) weights[(row.Sources[k] * to.Count) + target] += row.Weights[k];
        }
        return weights;
    }
}
