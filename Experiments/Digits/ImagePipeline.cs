using System.Globalization;
using Lepton.Neuro.Backends;
using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Encoders.Preprocessing;
using Lepton.Neuro.Experiments.Compressing;
using Lepton.Neuro.Experiments.Energy;
using Lepton.Neuro.Experiments.Running;
using Lepton.Neuro.Plasticity.Compression;

namespace Lepton.Neuro.Experiments.Digits;

/// <summary>From labelled images to an answer's energy: learn, judge on images never seen in training, prune and quantize, map onto a tile machine, judge again there, and count what an
/// inference costs. All that is judged runs spike by spike.</summary>
/// <param name="context">The run.</param>
/// <param name="settings">Its settings.</param>
internal sealed class ImagePipeline(RunContext context, PipelineSettings settings)
{
    /// <summary>Where the presentations of training images begin. They are numbered so that no random number of a test image is one of training: test images from 0, training from here.</summary>
    public const ulong FirstTraining = 1UL << 32;

    /// <summary>Where the presentations of training images begin that are shown after learning.</summary>
    public const ulong FirstReplay = 1UL << 48;

    /// <summary>The file of the results that holds the network as learned.</summary>
    public const string ModelFile = "model.lepton";

    /// <summary>The name of the training images' digest in a model file, where they were not drawn.</summary>
    public const string FolderDigest = "train";

    // Single precision counts to 2^24, and an image lies on the stack while it is shown.
    const int MostPixels = 1 << 16;

    /// <summary>Runs all of it, and fills the report.</summary>
    /// <param name="data">Training and test images.</param>
    /// <param name="learn">Makes what learns, given the channels of the input, the number of classes, and what opens its session.</param>
    /// <param name="channels">The channels of the input, where what is shown is not one number a channel but a series of them; else null.</param>
    /// <returns>What was measured.</returns>
    public RunResult Run(ImageData data, Func<int, int, Func<CompiledNetwork, LearningSession>, ImageLearner> learn, int? channels = null)
    {
        int inputs = channels ?? data.Train.ImageSize;
        var machine = StudyOptions.Machine("Setting machine", context.Get(settings.Machine));
        var (training, test) = Prepare(data, inputs);
        var evaluation = new Evaluation(context.Threads, context.VectorBits, context.Progress, context.Cancellation);
        if (context.Model is { } saved)
        {
            var loaded = SavedNetwork.Of(saved, data, training, test, evaluation, context.Get(settings.Bits), context.Get(settings.Sparsity), context.Get(settings.NeuronsPerCore));
            context.Study?.Invoke(loaded.IsCompressed ? loaded : loaded with { Learner = open => learn(inputs, data.Train.Classes, open) });
            return new();
        }
        using var learner = learn(inputs, data.Train.Classes, plan => context.Checkpoint.Load(plan, evaluation.Cpu, training.Digest()));
        // A network that does not fit is refused now, not after minutes of learning: as many weights are pruned then, and no more synapses are left. Which ones are left is not known yet, so of a saved
        // mapping only the machine can be judged.
        if (SavedMapping is { } mapped) Mapping.RequireMachine(mapped, machine);
        else Map(Compress(learner.Snapshot()).Classifier, machine);
        var learning = new LearningLoop(context, learner, training);
        try
        {
            learning.Run();
            return Judge(data, machine, training, test, evaluation, learner, learning, open => learn(inputs, data.Train.Classes, open));
        }
        catch (OperationCanceledException)
        {
            // Judging changes nothing of what was learned: wherever it stopped, going on begins after the last image learned.
            learning.SaveCancelled();
            throw;
        }
    }

    string? SavedMapping => context.Get(settings.Mapping) is { Length: > 0 } path ? StudyOptions.MappingFile(path) : null;

    RunResult Judge(
        ImageData data, TileMachine machine, PreparedImages training, PreparedImages test, Evaluation evaluation, ImageLearner learner, LearningLoop learning, Func<Func<CompiledNetwork, LearningSession>, ImageLearner> another)
    {
        var full = learner.Finish(training, evaluation);
        if (full.Readout is not null) SaveModel(full, training, test);
        if (context.Study is { } study)
        {
            // What a study asks of the network, it runs itself; nobody reads the results of the run beside it.
            study(new(full, training, test, evaluation, context.Get(settings.Bits), context.Get(settings.Sparsity), context.Get(settings.NeuronsPerCore), another));
            return new();
        }
        var fullVerdict = evaluation.Run("Testing, as learned", full, test);
        var (compressed, compression) = Compress(full);
        var compressedVerdict = evaluation.Run("Testing, compressed", compressed, test);
        var mapping = Map(compressed, machine);
        var mapped = evaluation.Run($"Testing, on {machine.Name}", compressed, mapping, test);
        var dense = MacBaseline.Of(Layers(compressed, pruned: false));
        var pruned = MacBaseline.Of(Layers(compressed, pruned: true));
        var outcome = new Outcome
        {
            Data = data,
            Rule = learner.Rule,
            Training = training,
            Test = test,
            Curve = learning.Curve,
            Full = fullVerdict,
            Compressed = compressedVerdict,
            Mapped = mapped.Verdict,
            Classifier = compressed,
            FullWeights = full.Weights,
            Compression = compression,
            Activity = mapped.Activity,
            Energy = mapped.Energy,
            Dense = dense,
            Pruned = pruned,
            Epochs = context.Epochs,
        };
        PipelineReport.Fill(context.Report, outcome, evaluation.Cpu);
        return Result(outcome, training.Count * (double)context.Epochs / learning.Seconds);
    }

    (PreparedImages Training, PreparedImages Test) Prepare(ImageData data, int inputs)
    {
        if (inputs > MostPixels)
            throw new InvalidInputException("the pixels of an image", inputs, string.Create(CultureInfo.InvariantCulture, $"at most {MostPixels}"));
        if (data.Train.Classes < 2) throw new InvalidInputException("the classes of the images", data.Train.Classes, "at least 2");
        if (data.Test.Classes > data.Train.Classes) throw new InvalidInputException("the classes of the test images", data.Test.Classes, $"at most {data.Train.Classes}, as in training");
        var (train, test) = (Take(data.Train, settings.TrainImages, "training"), Take(data.Test, settings.TestImages, "test"));
        var transform = new Normalize(NormalizeTo.ImageRange).Fit(train);
        return (new(train, transform), new(test, transform));
    }

    ImageSet Take(ImageSet images, WholeNumberSetting setting, string what)
    {
        int count = context.Get(setting);
        if (images.Count == 0) throw new InvalidInputException($"the number of {what} images", 0, "at least 1");
        if (count > images.Count) throw new InvalidInputException($"Setting {setting.Key}", count, string.Create(CultureInfo.InvariantCulture, $"at most {images.Count}, the {what} images there are"));
        return count == 0 ? images : images.Take(count);
    }

    (Classifier Classifier, IReadOnlyList<CompressedSize> Sizes) Compress(Classifier full)
    {
        int bits = context.Get(settings.Bits);
        var quantization = new SymmetricQuantization(bits);
        var kept = MagnitudePruning.Apply(full.Weights, context.Get(settings.Sparsity));
        var weights = kept.Select(w => quantization.Apply(w).Values).ToArray();
        return (full.WithWeights(weights), [.. weights.Select((w, layer) => CompressedSize.Of(w, full.Layers[layer].Count, bits))]);
    }

    void SaveModel(Classifier full, PreparedImages training, PreparedImages test)
    {
        var model = ClassifierModel.Of(full, full.Weights, null, new()
        {
            Program = $"Lepton.Neuro {BuildInformation.Version}",
            Experiment = context.Experiment,
            Seed = context.Seed,
            Configuration = context.Configuration,
            DataDigests = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [context.Data is null ? "drawn" : FolderDigest] = Convert.ToHexStringLower(training.Digest()),
                ["test"] = Convert.ToHexStringLower(test.Digest()),
            },
        });
        context.AddFile(ModelFile, stream => stream.Write(model.ToBytes(ClassifierModel.Parts)));
    }

    Mapping Map(Classifier classifier, TileMachine machine) => SavedMapping is { } saved
        ? Mapping.Load(saved, classifier.Plan, machine, classifier.Learned)
        : Tiles.Map(classifier.Plan, machine, new() { Learned = classifier.Learned, NeuronsPerCore = context.Get(settings.NeuronsPerCore) });

    // The equivalent rate network has the layers that lead from the input to the output. With or without pruning: a dense array computes all products, one that skips zeros does not.
    static List<MacLayer> Layers(Classifier classifier, bool pruned)
    {
        var layers = new List<MacLayer>();
        var from = classifier.Input;
        for (int i = 0; i < classifier.Layers.Count; i++)
        {
            var to = classifier.Layers[i];
            long weights = pruned ? classifier.Weights[i].Length - classifier.Weights[i].Count(w => w == 0) : classifier.Weights[i].Length;
            layers.Add(new($"{from.Name} -> {to.Name}", from.Count, to.Count, weights, weights));
            from = to;
        }
        return layers;
    }

    RunResult Result(Outcome outcome, double imagesPerSecond)
    {
        var (energy, activity, plan) = (outcome.Energy, outcome.Activity, outcome.Classifier.Plan);
        double images = outcome.Test.Count;
        var extra = new Dictionary<string, ExtraValue>(StringComparer.Ordinal)
        {
            ["dynamicEnergyJoules"] = energy.DynamicJoules,
            ["staticEnergyJoules"] = energy.Static,
            ["annPrunedEnergyJoules"] = outcome.Pruned.Joules,
            ["annMostEnergyJoules"] = outcome.Dense.MostJoules,
            ["inputSpikes"] = activity.InputSpikes / images,
            ["packets"] = activity.Packets / images,
            ["hops"] = activity.Hops.Total / images,
            ["weightMemoryBytes"] = Math.Ceiling(outcome.Compression.Sum(c => c.Bits) / 8.0),
            ["testImages"] = images,
        };
        for (int epoch = 0; epoch < outcome.Curve.ByEpoch.Count; epoch++)
            extra[string.Create(CultureInfo.InvariantCulture, $"trainAccuracy.epoch{epoch + 1}")] = outcome.Curve.ByEpoch[epoch];
        return new()
        {
            Train = new() { Images = outcome.Training.Count, Epochs = outcome.Epochs, ImagesPerSecond = imagesPerSecond },
            Accuracy = new() { Full = outcome.Full.Accuracy, Compressed = outcome.Compressed.Accuracy, Mapped = outcome.Mapped.Accuracy },
            PerInference = new()
            {
                Steps = outcome.Classifier.Steps,
                Spikes = (activity.InputSpikes + activity.Spikes) / images,
                SynapticOperations = activity.SynapticOperations / images,
                EnergyJoules = energy.Joules,
                EnergyBreakdown = new() { Neurons = energy.Neurons, Synapses = energy.Synapses, Network = energy.Network, Static = energy.Static },
                LatencySeconds = energy.LatencySeconds,
                AnnEnergyJoules = outcome.Dense.Joules,
            },
            Network = new()
            {
                Neurons = plan.NeuronCount,
                Synapses = plan.SynapseCount,
                WeightBits = context.Get(settings.Bits),
                Sparsity = 1 - (outcome.Compression.Sum(c => c.Synapses) / (double)outcome.Compression.Sum(c => c.Weights)),
            },
            Machine = new() { Name = activity.Mapping.Machine.Name, Tiles = activity.Mapping.Machine.Tiles, CoresUsed = activity.Mapping.CoresUsed },
            SpikeHash = outcome.Mapped.Hash,
            Extra = extra,
        };
    }
}
