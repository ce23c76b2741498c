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

    // More does not help a linear classifier.
    const int LinearEpochs = 20;

    // How many images were learned from, whatever came before.
    long seen;

    /// <summary>Where images come from; an IDX folder or drawn digits where null.</summary>
    public Func<ImageData>? Load { get; init; }

    /// <summary>Whether a linear classifier is trained beside the network, to compare with.</summary>
    public bool HasLinearBaseline { get; init; }

    /// <summary>Whether gradients of a spiking network are made step by step, as <see cref="TrainingOptions.Online"/> says.</summary>
    public bool Online { get; init; }

    /// <summary>The part of the target that is spread over all classes.</summary>
    public double Smoothing { get; init; }

    /// <summary>Runs all of it, and fills the report.</summary>
    /// <param name="build">Makes the network, given images and the number of classes.</param>
    /// <param name="convert">Makes a spiking network of the trained one, given images to calibrate by; null where the trained one is what is asked for.</param>
    public RunResult Run(Func<ImageSet, int, Sequential> build, Func<Sequential, ISamples, Sequential>? convert = null)
    {
        try
        {
            return Learn(build, convert);
        }
        catch (OperationCanceledException)
        {
            context.Checkpoint.KeepTraining(string.Create(CultureInfo.InvariantCulture, $"{seen:N0} images of this session"));
            throw;
        }
    }

    RunResult Learn(Func<ImageSet, int, Sequential> build, Func<Sequential, ISamples, Sequential>? convert)
    {
        var data = Load is not null ? Load() : context.Data is { } folder ? IdxFolder.Load(folder) : Drawn();
        if (data.Test.Classes > data.Train.Classes) throw new InvalidInputException("the classes of the test images", data.Test.Classes, $"at most {data.Train.Classes}, as in training");
        ImageSet all = Take(data.Train, settings.TrainImages, "training"), judged = Take(data.Test, settings.TestImages, "test");
        int held = Math.Min(context.Get(settings.Validation), all.Count / 6);
        var (training, validation) = all.Split(all.Count - held);
        var test = new ImageSamples(judged);
        var network = build(all, all.Classes);
        network.Initialize(context.Seed);
        string beginning = Begin(network);
        long memory = GC.GetTotalMemory(forceFullCollection: true);
        using var trainer = new Trainer(network, Options());
        foreach (string warning in Trainer.Warnings(new ImageSamples(training))) context.Progress.Note(warning);
        double processor = ProcessorSeconds();
        long start = Stopwatch.GetTimestamp();
        var epochSeconds = new List<double>();
        double begin = processor;
        var history = Fit(trainer, () => epochSeconds.Add(ProcessorSeconds() - begin), new ImageSamples(training), held > 0 ? new ImageSamples(validation) : null);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        processor = ProcessorSeconds() - processor;
        memory = Math.Max(0, GC.GetTotalMemory(forceFullCollection: true) - memory);
        var trained = trainer.Evaluate(test, context.Cancellation);
        // A network that was converted is one more: the trained one is what it is compared with.
        var spiking = convert is null ? network : convert(network, new ImageSamples(training.Take(Math.Min(training.Count, CalibrationImages))));
        var simulated = spiking.Layers.Any(l => l is RateCodeLayer or SequenceLayer { Threshold: not null }) ? Simulate(spiking, test) : null;
        var engine = convert is null ? trained : Ask(spiking, test);
        var outcome = new TrainingOutcome(data, network, history, training.Count, test, engine, convert is null ? null : trained, simulated, epochSeconds)
        {
            LinearAccuracy = HasLinearBaseline ? Linear(all, new ImageSamples(training), test) : null,
            Beginning = beginning,
            Online = Online,
            WorkingBytes = memory,
        };
        context.AddFile("network.parameters", stream => ParameterFile.Write(network, stream));
        TrainingReport.Fill(context.Report, outcome);
        var model = TrainedModel.Of(spiking, context.Seed, TrainedModel.Provenance(context, training, judged));
        context.AddFile(ImagePipeline.ModelFile, stream => stream.Write(model.ToBytes(ClassifierModel.Parts)));
        return Result(outcome, trainer.SamplesTrained, seconds, processor);
    }

    string Begin(Sequential network)
    {
        string path = context.Get(settings.Start);
        int freeze = context.Get(settings.Freeze);
        if (path.Length == 0) return freeze == 0 ? "" : throw new InvalidInputException($"Setting {settings.Freeze.Key}", freeze, $"0, unless {settings.Start.Key} names what to begin with");
        var anew = ParameterFile.Read(network, Path.GetFullPath(path));
        var learners = network.Layers.Where(l => l.Parameters.Count > 0).ToArray();
        if (freeze >= learners.Length) throw new InvalidInputException($"Setting {settings.Freeze.Key}", freeze, $"less than the {learners.Length} layers that have parameters: one must learn");
        if (learners.Take(freeze).FirstOrDefault(anew.Contains) is { } drawn) throw new InvalidInputException($"Setting {settings.Freeze.Key}", freeze, $"layers that were learned: '{drawn.Name}' is not in {path}, or of another size");
        foreach (var layer in learners.Take(freeze)) layer.Frozen = true;
        string text = $"Training began with the parameters of {Path.GetFileName(path)}; drawn anew: {Names(anew)}; frozen: {Names(learners.Take(freeze))}.";
        context.Progress.Note(text);
        return text;

        static string Names(IEnumerable<Layer> layers) => string.Join(", ", layers.Select(l => l.Name)) is { Length: > 0 } names ? names : "none";
    }

    double Linear(ImageSet images, ImageSamples training, ImageSamples test)
    {
        var network = new Sequential(Layers.Input(images.Height, images.Width, images.Channels), Layers.Flatten(), Layers.Dense(images.Classes));
        network.Initialize(context.Seed);
        using var trainer = new Trainer(network, Options() with
        {
            Epochs = LinearEpochs,
            LearningRate = LearningRate.Cosine(0.001),
            Optimizer = Optimizer.Adam(),
            Loss = Loss.CrossEntropy(),
            L2 = 1e-3,
            Strategy = null,
            Online = false,
            Augmentation = null,
            Checkpoint = null,
        });
        using var phase = context.Progress.Start("Training a linear classifier", (long)LinearEpochs * training.Count, "images");
        trainer.Fit(training, batchDone: count => phase.Advance(count), cancellation: context.Cancellation);
        return trainer.Evaluate(test, context.Cancellation).Accuracy;
    }

    TrainingHistory Fit(Trainer trainer, Action epochDone, ImageSamples training, ImageSamples? validation)
    {
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
                    epochDone();
                    context.Progress.Note(string.Create(CultureInfo.InvariantCulture,
                        $"Epoch {epoch.Epoch}: loss {epoch.Loss:F4}, {epoch.Accuracy * 100:F2} % right; of images held out {(double.IsNaN(epoch.ValidationAccuracy) ? "none" : FormattableString.Invariant($"{epoch.ValidationAccuracy * 100:F2} %"))}"));
                },
                batchDone: count =>
                {
                    phase ??= context.Progress.Start("Training", training.Count, "images");
                    phase.Advance(count);
                    seen += count;
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
        // A strategy watches a rate that stays; that it falls at the end is what the last points of accuracy come from.
        LearningRate = LearningRate.Cosine(context.Get(settings.LearningRate), warmUp: 0.05, hold: context.Get(settings.Strategy) == "adaptive" ? 0.55 : 0),
        Strategy = context.Get(settings.Strategy) == "adaptive" ? new() : null,
        Loss = Loss.CrossEntropy(Smoothing),
        Online = Online,
        Augmentation = settings.AugmentationOf(context),
        Seed = context.Seed,
        Threads = context.Threads,
        VectorBits = (int)context.VectorBits,
        Checkpoint = context.Checkpoint.TrainingPath,
        CheckpointInterval = context.Checkpoint.TrainingInterval,
    };

    EvaluationResult Ask(Sequential network, ImageSamples test)
    {
        using var asker = new Trainer(network, new() { BatchSize = 1, Threads = context.Threads, VectorBits = (int)context.VectorBits });
        return asker.Evaluate(test, context.Cancellation);
    }

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
            ["trainWorkingBytes"] = (double)outcome.WorkingBytes,
            ["testImages"] = (double)outcome.Test.Count,
        };
        if (outcome.History.Epochs.Count > 0 && double.IsFinite(outcome.History.Epochs[^1].ValidationAccuracy)) extra["validationAccuracy"] = outcome.History.Epochs[^1].ValidationAccuracy;
        if (outcome.LinearAccuracy is { } linear) extra["linearAccuracy"] = linear;
        if (outcome.History.Changes.Count > 0) extra["strategyChanges"] = (double)outcome.History.Changes.Count;
        if (outcome.Simulated is not null) extra["answersOtherwise"] = (double)outcome.AnswersOtherwise;
        if (outcome.Rate is { } rate) extra["rateAccuracy"] = rate.Accuracy;
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
