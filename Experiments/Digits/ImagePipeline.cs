using System.Diagnostics;
using System.Globalization;
using Lepton.Neuro.Backends;
using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Encoders.Preprocessing;
using Lepton.Neuro.Experiments.Energy;
using Lepton.Neuro.Experiments.Running;
using Lepton.Neuro.Plasticity.Compression;
using Lepton.Neuro.Random;

namespace Lepton.Neuro.Experiments.Digits;

/// <summary>From labelled images to an answer's energy: learn, judge on images never seen in training, prune and quantize, map onto a tile machine, judge again there, and count what an
/// inference costs. All that is judged runs spike by spike.</summary>
/// <param name="context">The run.</param>
/// <param name="settings">Its settings.</param>
internal sealed class ImagePipeline(RunContext context, PipelineSettings settings)
{
    // Presentations are numbered so that no random number of a test image is one of training: test images from 0, training and what else training images are shown for from here.
    const ulong FirstTraining = 1UL << 32;

    /// <summary>Where the presentations of training images begin that are shown after learning.</summary>
    public const ulong FirstReplay = 1UL << 48;

    // Single precision counts to 2^24, and an image lies on the stack while it is shown.
    const int MostPixels = 1 << 16;

    /// <summary>Runs all of it, and fills the report.</summary>
    /// <param name="data">Training and test images.</param>
    /// <param name="learn">Makes what learns, given the pixels of an image, the number of classes, and how its session runs.</param>
    /// <returns>What was measured.</returns>
    public RunResult Run(ImageData data, Func<int, int, CpuOptions, ImageLearner> learn)
    {
        var machine = TileMachine.Load(context.Get(settings.Machine));
        var (training, test) = Prepare(data);
        var evaluation = new Evaluation(context.Threads, context.VectorBits, context.Progress, context.Cancellation);
        using var learner = learn(data.Train.ImageSize, data.Train.Classes, evaluation.Cpu);
        // A network that does not fit is refused now, not after minutes of learning: as many weights are pruned then, and no more synapses are left.
        Map(Compress(learner.Snapshot()).Classifier, machine);
        var (curve, seconds) = Learn(learner, training);
        var full = learner.Finish(training, evaluation);
        var fullVerdict = evaluation.Run("Testing, as learned", full, test);
        var (compressed, compression) = Compress(full);
        var compressedVerdict = evaluation.Run("Testing, compressed", compressed, test);
        var mapping = Map(compressed, machine);
        var (mappedVerdict, activity) = evaluation.Run($"Testing, on {machine.Name}", compressed, mapping, test);
        var energy = EnergyReport.Of(activity, test.Count);
        var dense = MacBaseline.Of(Layers(compressed, pruned: false));
        var pruned = MacBaseline.Of(Layers(compressed, pruned: true));
        var outcome = new Outcome
        {
            Data = data,
            Rule = learner.Rule,
            Training = training,
            Test = test,
            Curve = curve,
            Full = fullVerdict,
            Compressed = compressedVerdict,
            Mapped = mappedVerdict,
            Classifier = compressed,
            FullWeights = full.Weights,
            Compression = compression,
            Activity = activity,
            Energy = energy,
            Dense = dense,
            Pruned = pruned,
            Epochs = context.Epochs,
        };
        PipelineReport.Fill(context.Report, outcome, evaluation.Cpu);
        return Result(outcome, training.Count * (double)context.Epochs / seconds);
    }

    /// <summary>Learns, and gives what has learned to be studied further.</summary>
    /// <param name="data">Training and test images.</param>
    /// <param name="learn">Makes what learns, given the pixels of an image, the number of classes, and how its session runs.</param>
    public TrainedClassifier Train(ImageData data, Func<int, int, CpuOptions, ImageLearner> learn)
    {
        var (training, test) = Prepare(data);
        var evaluation = new Evaluation(context.Threads, context.VectorBits, context.Progress, context.Cancellation);
        using var learner = learn(data.Train.ImageSize, data.Train.Classes, evaluation.Cpu);
        Learn(learner, training);
        return new(learner.Finish(training, evaluation), training, test, evaluation, context.Get(settings.Bits), context.Get(settings.Sparsity), context.Get(settings.NeuronsPerCore));
    }

    (PreparedImages Training, PreparedImages Test) Prepare(ImageData data)
    {
        if (data.Train.ImageSize > MostPixels)
            throw new InvalidInputException("the pixels of an image", data.Train.ImageSize, string.Create(CultureInfo.InvariantCulture, $"at most {MostPixels}"));
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

    (LearningCurve Curve, double Seconds) Learn(ImageLearner learner, PreparedImages training)
    {
        var curve = new LearningCurve(training.Count, context.Epochs);
        var order = new RandomStream(context.Seed, RandomPurpose.Shuffling, 0);
        var pixels = new float[training.Images.ImageSize];
        long shown = 0, all = (long)training.Count * context.Epochs;
        long start = Stopwatch.GetTimestamp();
        for (int epoch = 0; epoch < context.Epochs; epoch++)
        {
            using var phase = context.Progress.Start(
                context.Epochs == 1 ? "Learning" : string.Create(CultureInfo.InvariantCulture, $"Learning, epoch {epoch + 1} of {context.Epochs}"), training.Count, "images");
            foreach (int image in order.Permutation(training.Count, (uint)epoch))
            {
                context.Cancellation.ThrowIfCancellationRequested();
                training.Read(image, pixels);
                float rate = 1 - (0.9f * (shown / (float)all));
                curve.Add(learner.Learn(pixels, training.Label(image), FirstTraining + (ulong)shown, rate), training.Label(image));
                shown++;
                phase.Advance();
            }
            if (double.IsFinite(curve.ByEpoch[epoch]))
                context.Progress.Note(string.Create(CultureInfo.InvariantCulture, $"Epoch {epoch + 1}: {curve.ByEpoch[epoch] * 100:0.00} % of the training images right as they came"));
        }
        return (curve, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    (Classifier Classifier, IReadOnlyList<CompressedSize> Sizes) Compress(Classifier full)
    {
        int bits = context.Get(settings.Bits);
        var quantization = new SymmetricQuantization(bits);
        var kept = MagnitudePruning.Apply(full.Weights, context.Get(settings.Sparsity));
        var weights = kept.Select(w => quantization.Apply(w).Values).ToArray();
        return (full.WithWeights(weights), [.. weights.Select((w, layer) => CompressedSize.Of(w, full.Layers[layer].Count, bits))]);
    }

    Mapping Map(Classifier classifier, TileMachine machine) =>
        Tiles.Map(classifier.Plan, machine, new() { Learned = classifier.Learned, NeuronsPerCore = context.Get(settings.NeuronsPerCore) });

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
