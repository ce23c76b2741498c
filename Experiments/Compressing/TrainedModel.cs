using Lepton.Neuro.Backends;
using Lepton.Neuro.Encoders;
using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Encoders.Preprocessing;
using Lepton.Neuro.Experiments.Digits;
using Lepton.Neuro.Experiments.Running;
using Lepton.Neuro.Experiments.Training;
using Lepton.Neuro.Plasticity.Compression;
using Lepton.Neuro.Plasticity.Gradients;
using Lepton.Neuro.Plasticity.ModelFiles;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Experiments.Compressing;

/// <summary>What gradients trained, as a model file: a spiking network as the description that the simulator runs, a rate network as its layers.</summary>
/// <param name="model">The model.</param>
internal sealed class TrainedModel(Model model)
{
    /// <summary>Pixels as the training engine reads them: bytes become numbers in [0, 1].</summary>
    public const string Bytes = "scale.bytes";

    /// <summary>The answer is the greatest output of the layers.</summary>
    public const string Greatest = "classify.layers";

    // What rounds biases, which are few: machines store them beside the weights.
    static readonly UniformQuantization BiasQuantization = new(8);

    /// <summary>The layers that can be trained further.</summary>
    /// <exception cref="InvalidInputException">There are none in the model.</exception>
    public Sequential Layers => model.Layers ?? throw new InvalidInputException("the layers of the model", "missing", "a model as a training experiment leaves it");

    /// <summary>Whether the simulator runs it.</summary>
    public bool IsSpiking => model.Readout?.Id == ExportedModel.Id;

    /// <summary>Whether a model is one of these.</summary>
    /// <param name="model">The model.</param>
    public static bool Is(Model model) => model.Readout?.Id is ExportedModel.Id or Greatest;

    /// <summary>Checks that it reads pixels as the training engine does.</summary>
    /// <exception cref="InvalidInputException">It reads them otherwise.</exception>
    public void RequireBytes()
    {
        if (model.Preprocessing is not [{ Id: Bytes }]) throw new InvalidInputException("the preprocessing of the model", string.Join(", ", model.Preprocessing.Select(p => p.Id)), Bytes);
    }

    /// <summary>Whether a network can be given to the simulator.</summary>
    /// <param name="network">The network.</param>
    public static bool Spikes(Sequential network) => network.Layers.Any(l => l is RateCodeLayer or SequenceLayer { Threshold: not null });

    /// <summary>The description of a trained spiking network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="seed">The seed of the description.</param>
    public static ExportedNetwork Export(Sequential network, ulong seed) =>
        NetworkExport.Export(network, network.Layers.Any(l => l is SequenceLayer) ? new OutsideSpikes() : new DeterministicRate { Phase = RateCodeLayer.Phase }, seed);

    /// <summary>The model of a trained network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="seed">The seed of the description, where it spikes.</param>
    /// <param name="provenance">Where it comes from.</param>
    /// <param name="quantized">How its weights were quantized, in the order of its parameters; null where they were not.</param>
    /// <param name="trainable">Whether a spiking network's layers come along, to be trained further.</param>
    public static Model Of(Sequential network, ulong seed, ModelProvenance provenance, IReadOnlyList<QuantizedTensor>? quantized = null, bool trainable = true)
    {
        ModelNote[] preprocessing = [new(Bytes, new Dictionary<string, double[]>(StringComparer.Ordinal))];
        var ofLayers = new Dictionary<int, QuantizedTensor>();
        int next = 0;
        foreach (var (place, parameter) in network.Parameters.Index())
        {
            if (quantized is not null && next < quantized.Count && parameter.Kind == ParameterKind.Weight) ofLayers[place] = quantized[next++];
        }
        if (!Spikes(network))
        {
            return new(new Network(seed), 1.ms)
            {
                Layers = network,
                LayerQuantization = ofLayers,
                Preprocessing = preprocessing,
                Readout = new(Greatest, new Dictionary<string, double[]>(StringComparer.Ordinal)),
                Provenance = provenance,
            };
        }
        var exported = Export(network, seed);
        return new(exported.Network, 1.ms)
        {
            Quantization = quantized is null ? new Dictionary<int, QuantizedTensor>() : OfProjections(exported.Network, quantized),
            Layers = trainable ? network : null,
            LayerQuantization = ofLayers,
            Preprocessing = preprocessing,
            Readout = ExportedModel.Note(exported),
            Provenance = provenance,
        };
    }

    /// <summary>A spiking network of a model file as a machine stores it: synapses of weight zero take no room there.</summary>
    /// <param name="model">The model.</param>
    /// <returns>The network and its plan.</returns>
    /// <exception cref="InvalidInputException">It does not fit together.</exception>
    public static (ExportedNetwork Exported, CompiledNetwork Plan) WithoutZeros(Model model)
    {
        var network = new Network(model.Network.Seed);
        foreach (var population in model.Network.Populations)
            _ = population.Model is { } neurons ? network.Add(population.Name, population.Count, neurons) : network.Add(population.Name, population.Count, population.Source!);
        foreach (var p in model.Network.Projections)
        {
            var kept = p.Wiring is AllToAllWiring && p.Weight.Kind == "explicit" ? CompressedProjection.AllToAll(p.Weight.Parameters, p.To.Count) : new(p.Wiring, p.Weight);
            network.Connect(network.Populations[p.From.Index], network.Populations[p.To.Index], kept.Wiring, kept.Weight, p.Delay, p.To.Model!.Receptors[p.Receptor]);
        }
        return (ExportedModel.Read(new(network, model.Step) { Readout = model.Readout }), network.Compile(model.Step));
    }

    /// <summary>Rounds the biases of a network to 8 bits a layer.</summary>
    /// <param name="network">The network.</param>
    public static void RoundBiases(Sequential network)
    {
        foreach (var bias in network.Parameters.Where(p => p.Kind == ParameterKind.Offset)) BiasQuantization.PerTensor(bias.Values).Values.CopyTo(bias.Values);
        network.ParametersChanged();
    }

    /// <summary>Answers all test images.</summary>
    /// <param name="test">The images.</param>
    /// <param name="threads">Threads; the answers do not depend on them.</param>
    /// <param name="cancellation">Stops between images.</param>
    /// <returns>A class each.</returns>
    /// <exception cref="InvalidInputException">The images are of another size, or the model does not fit together.</exception>
    public int[] Answers(ImageSet test, int threads, CancellationToken cancellation)
    {
        var samples = new ImageSamples(test);
        RequireBytes();
        if (!IsSpiking)
        {
            Fits(Layers.Input, test);
            using var trainer = new Trainer(Layers, new() { Threads = threads });
            return trainer.Evaluate(samples, cancellation).Answers;
        }
        var exported = ExportedModel.Read(model);
        Fits(exported.Sample, test);
        var plan = model.Compile();
        return Ask(exported, samples, threads, () => Cpu.Evaluate(plan, new() { Threads = 1 }), cancellation);
    }

    /// <summary>Shows samples to sessions of an exported network, and asks it.</summary>
    /// <typeparam name="TSession">The kind of sessions.</typeparam>
    /// <param name="exported">The network.</param>
    /// <param name="samples">The samples: the presentation of each is its number, so it does not matter which session shows it.</param>
    /// <param name="threads">How many sessions.</param>
    /// <param name="open">Opens one.</param>
    /// <param name="cancellation">Stops between images.</param>
    /// <param name="close">What is done with each session at the end, one after the other.</param>
    /// <param name="answered">Told of each answer.</param>
    public static int[] Ask<TSession>(
        ExportedNetwork exported, ISamples samples, int threads, Func<TSession> open, CancellationToken cancellation, Action<TSession>? close = null, Action? answered = null)
        where TSession : Session
    {
        var answers = new int[samples.Count];
        int next = -1, workers = Math.Clamp(threads, 1, samples.Count);
        var gate = new Lock();
        Parallel.For(0, workers, new ParallelOptions { MaxDegreeOfParallelism = workers, CancellationToken = cancellation }, _ =>
        {
            using var session = open();
            var sample = new float[exported.Sample.Features];
            var scores = new float[exported.Output.Count];
            while (Interlocked.Increment(ref next) is var i && i < answers.Length)
            {
                cancellation.ThrowIfCancellationRequested();
                samples.Read(i, sample);
                exported.Show(session, sample, (ulong)i, scores);
                answers[i] = Array.IndexOf(scores, scores.Max());
                answered?.Invoke();
            }
            lock (gate) close?.Invoke(session);
        });
        return answers;
    }

    /// <summary>Where the model of a run comes from.</summary>
    /// <param name="context">The run.</param>
    /// <param name="training">What it learned from.</param>
    /// <param name="test">What it was judged on.</param>
    public static ModelProvenance Provenance(RunContext context, ImageSet training, ImageSet test) => new()
    {
        Program = $"Lepton.Neuro {BuildInformation.Version}",
        Experiment = context.Experiment,
        Seed = context.Seed,
        Configuration = context.Configuration,
        DataDigests = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [context.Data is null ? "drawn" : ImagePipeline.FolderDigest] = Digest(training),
            ["test"] = Digest(test),
        },
    };

    static string Digest(ImageSet images) => Convert.ToHexStringLower(new PreparedImages(images, new Normalize(NormalizeTo.ImageRange).Fit(images)).Digest());

    /// <summary>Checks that images are of the size that a network takes.</summary>
    /// <param name="sample">What it takes.</param>
    /// <param name="test">The images.</param>
    /// <exception cref="InvalidInputException">They are of another size.</exception>
    public static void Fits(SignalShape sample, ImageSet test)
    {
        // What is flattened before it is encoded has no shape left.
        bool fits = sample.IsVector ? sample.Channels == test.ImageSize : (sample.Height, sample.Width, sample.Channels) == (test.Height, test.Width, test.Channels);
        if (!fits)
            throw new InvalidInputException("the size of the images", $"{test.Height} x {test.Width} x {test.Channels}", $"{sample}, as the model takes");
    }

    // The weights of a description are those of the layers in another order: on the same grids.
    static Dictionary<int, QuantizedTensor> OfProjections(Network network, IReadOnlyList<QuantizedTensor> quantized)
    {
        var found = new Dictionary<int, QuantizedTensor>();
        var learned = network.Projections.Where(p => p.From.Source is not SpikeSource && p.Weight.Kind == "explicit");
        foreach (var (projection, of) in learned.Zip(quantized))
        {
            var weights = projection.Weight.Parameters.ToArray();
            int channels = of.Grids.Length, block = weights.Length / channels;
            bool byFilter = projection.Wiring is ConvolutionWiring;
            int[] integers = [.. weights.Select((w, i) => of.Grids[byFilter ? i / block : i % channels].Quantize(w))];
            found[projection.Index] = new(weights, integers, of.Grids, byFilter || channels == 1 ? 0 : channels);
        }
        return found;
    }
}
