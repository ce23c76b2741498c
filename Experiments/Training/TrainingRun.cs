using System.Diagnostics;
using System.Globalization;
using Lepton.Neuro.Backends;
using Lepton.Neuro.Encoders;
using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Experiments.Compressing;
using Lepton.Neuro.Experiments.Digits;
using Lepton.Neuro.Experiments.Running;
using Lepton.Neuro.Plasticity.Gradients;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Experiments.Training;

/// <summary>Trains a network by gradients on labelled images, watches it by images held out, and judges it on the test images, once, at the end. A spiking network is judged as what it becomes: a
/// <see cref="Network"/> that the simulator runs.</summary>
/// <param name="context">The run.</param>
/// <param name="settings">Its settings.</param>
internal sealed class TrainingRun(RunContext context, TrainingSettings settings)
{
    // Thresholds of converted networks are read off so many training images.
    const int CalibrationImages = 1_000;

    /// <summary>Runs all of it, and fills the report.</summary>
    /// <param name="build">Makes the network, given images and the number of classes.</param>
    /// <param name="convert">Makes a spiking network of the trained one, given images to calibrate by; null where the trained one is what is asked for.</param>
    public RunResult Run(Func<ImageSet, int, Sequential> build, Func<Sequential, ISamples, Sequential>? convert = null)
    {
        var data = context.Data is { } folder ? IdxFolder.Load(folder) : Drawn();
        if (data.Test.Classes > data.Train.Classes) throw new InvalidInputException("the classes of the test images", data.Test.Classes, $"at most {data.Train.Classes}, as in training");
        ImageSet all = Take(data.Train, settings.TrainImages, "training"), judged = Take(data.Test, settings.TestImages, "test");
        int held = Math.Min(context.Get(settings.Validation), all.Count / 6);
        var (training, validation) = all.Split(all.Count - held);
        var test = new ImageSamples(judged);
        var network = build(all, all.Classes);
        network.Initialize(context.Seed);
        var options = Options();
        using var trainer = new Trainer(network, options);
        foreach (string warning in Trainer.Warnings(new ImageSamples(training))) context.Progress.Note(warning);
        double processor = ProcessorSeconds();
        long start = Stopwatch.GetTimestamp();
        var history = Fit(trainer, new ImageSamples(training), held > 0 ? new ImageSamples(validation) : null);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        processor = ProcessorSeconds() - processor;
        var engine = trainer.Evaluate(test, context.Cancellation);
        // A network that was converted is one more: the trained one is what it is compared with.
        var spiking = convert is null ? network : convert(network, new ImageSamples(training.Take(Math.Min(training.Count, CalibrationImages))));
        var simulated = spiking.Layers.Any(l => l is RateCodeLayer or SequenceLayer { Threshold: not null }) ? Simulate(spiking, test) : null;
        var outcome = new TrainingOutcome(data, network, history, training.Count, test, engine, simulated);
        TrainingReport.Fill(context.Report, outcome);
        var model = TrainedModel.Of(spiking, context.Seed, TrainedModel.Provenance(context, training, judged));
        context.AddFile(ImagePipeline.ModelFile, stream => stream.Write(model.ToBytes(ClassifierModel.Parts)));
        return Result(outcome, trainer.SamplesTrained, seconds, processor);
    }

    TrainingHistory Fit(Trainer trainer, ImageSamples training, ImageSamples? validation)
    {
        long batches = (training.Count + context.Get(settings.Batch) - 1) / context.Get(settings.Batch);
        IProgressPhase? phase = null;
        try
        {
            return trainer.Fit(
                training,
                validation,
                epochDone: epoch =>
                {
                    phase?.Dispose();
                    phase = null;
                    context.Progress.Note(string.Create(CultureInfo.InvariantCulture,
                        $"Epoch {epoch.Epoch}: loss {epoch.Loss:F4}, {epoch.Accuracy * 100:F2} % right; of images held out {(double.IsNaN(epoch.ValidationAccuracy) ? "none" : FormattableString.Invariant($"{epoch.ValidationAccuracy * 100:F2} %"))}"));
                },
                batchDone: count =>
                {
                    phase ??= context.Progress.Start("Training", training.Count, "images");
                    phase.Advance(count);
                },
                context.Cancellation);
        }
        finally
        {
            phase?.Dispose();
        }
    }

    TrainingOptions Options() => new()
    {
        Epochs = context.Epochs,
        BatchSize = context.Get(settings.Batch),
        Optimizer = Optimizer.AdamW(context.Get(settings.Decay)),
        LearningRate = LearningRate.Cosine(context.Get(settings.LearningRate), warmUp: 0.05),
        Augmentation = settings.AugmentationOf(context),
        Seed = context.Seed,
        Threads = context.Threads,
        VectorBits = (int)context.VectorBits,
        Checkpoint = context.Checkpoint.Request?.Path,
        CheckpointInterval = context.Checkpoint.Request?.Every,
    };

    // A presentation depends on its number alone: it does not matter which session shows which image.
    SimulatedAnswers Simulate(Sequential network, ImageSamples test)
    {
        var exported = TrainedModel.Export(network, context.Seed);
        foreach (string note in exported.Notes) context.Progress.Note(note);
        var plan = exported.Network.Compile(1.ms);
        long spikes = 0;
        using var phase = context.Progress.Start("Testing, in the simulator", test.Count, "images");
        int[] answers = TrainedModel.Ask(
            exported,
            test,
            context.Threads,
            () => Cpu.Evaluate(plan, new() { Threads = 1, VectorBits = (int)context.VectorBits }),
            context.Cancellation,
            close: session =>
            {
                foreach (var population in exported.Network.Populations)
                {
                    var counts = new long[population.Count];
                    session.ReadSpikeCounts(population, counts);
                    spikes += counts.Sum();
                }
            },
            answered: () => phase.Advance());
        int right = answers.Index().Count(a => a.Item == test.Label(a.Index));
        return new(answers, right / (double)test.Count, exported.Steps, spikes / (double)test.Count, plan.NeuronCount, plan.SynapseCount, exported.Notes);
    }

    ImageData Drawn() => Glyphs.Generate(
        context.Seed,
        context.Get(settings.TrainImages) is > 0 and var train ? train : TrainingSettings.DrawnTraining,
        context.Get(settings.TestImages) is > 0 and var test ? test : TrainingSettings.DrawnTest,
        context.Threads);

    ImageSet Take(ImageSet images, WholeNumberSetting setting, string what)
    {
        int count = context.Get(setting);
        if (images.Count == 0) throw new InvalidInputException($"the number of {what} images", 0, "at least 1");
        if (count > images.Count) throw new InvalidInputException($"Setting {setting.Key}", count, string.Create(CultureInfo.InvariantCulture, $"at most {images.Count}, the {what} images there are"));
        return count == 0 ? images : images.Take(count);
    }

    static RunResult Result(TrainingOutcome outcome, long trained, double seconds, double processor)
    {
        var extra = new Dictionary<string, ExtraValue>(StringComparer.Ordinal)
        {
            ["engineAccuracy"] = outcome.Engine.Accuracy,
            ["testLoss"] = outcome.Engine.Loss,
            ["parameters"] = (double)outcome.Network.ParameterCount,
            ["trainSeconds"] = seconds,
            ["trainProcessorSeconds"] = processor,
            ["testImages"] = (double)outcome.Test.Count,
        };
        if (outcome.History.Epochs.Count > 0 && double.IsFinite(outcome.History.Epochs[^1].ValidationAccuracy)) extra["validationAccuracy"] = outcome.History.Epochs[^1].ValidationAccuracy;
        foreach (var epoch in outcome.History.Epochs) extra[string.Create(CultureInfo.InvariantCulture, $"trainAccuracy.epoch{epoch.Epoch}")] = epoch.Accuracy;
        return new()
        {
            Train = new() { Images = outcome.TrainingCount, Epochs = outcome.History.Epochs.Count, ImagesPerSecond = trained > 0 ? trained / seconds : null },
            Accuracy = new() { Full = outcome.Accuracy },
            PerInference = new() { Steps = outcome.Simulated?.Steps, Spikes = outcome.Simulated?.Spikes },
            Network = new() { Neurons = outcome.Simulated?.Neurons, Synapses = outcome.Simulated?.Synapses },
            Extra = extra,
        };
    }

    static double ProcessorSeconds()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime.TotalSeconds;
    }
}
