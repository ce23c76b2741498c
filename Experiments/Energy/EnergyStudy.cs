using System.Globalization;
using Lepton.Neuro.Backends;
using Lepton.Neuro.Experiments.Digits;
using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.Energy;

/// <summary>Prices an inference of a trained network on machines, image by image.</summary>
/// <param name="context">The run.</param>
/// <param name="trained">The network and its test images.</param>
/// <param name="mappingFile">The file of a mapping that is used instead of a new one; null for none.</param>
internal sealed class EnergyStudy(RunContext context, TrainedClassifier trained, string? mappingFile = null)
{
    double? asLearned;

    /// <summary>The name of the rate-network baseline among machines.</summary>
    public const string Systolic = "systolic";

    // Seconds since the arrays of an analog machine were programmed.
    const double AnalogAge = 3600;

    /// <summary>Fewer images than this make an interval of little worth.</summary>
    public const int FewestImages = 1000;

    /// <summary>The machines that come with the library, the baseline included.</summary>
    public static IReadOnlyList<string> Presets => [.. TileMachine.Presets, Systolic];

    /// <summary>Prices an inference.</summary>
    /// <param name="machine">A preset, <see cref="Systolic"/>, or the path of a YAML file.</param>
    /// <returns>A row; of the baseline a second one, for the smallest rate network that is as accurate as the spiking one, where that is not the first.</returns>
    public IReadOnlyList<MachineEnergy> On(string machine) => machine == Systolic ? OnSystolic() : [OnTiles(TileMachine.Load(machine))];

    /// <summary>Prices a learned sample: training images that the network, as it has learned so far, learns from on the machine.</summary>
    /// <param name="machine">A preset or the path of a YAML file.</param>
    /// <returns>A row; null where the machine's only price is all-in, for analog arrays, and for the baseline: those do not learn here.</returns>
    public MachineEnergy? Learning(string machine)
    {
        if (machine == Systolic || trained.Learner is null) return null;
        var tiles = TileMachine.Load(machine);
        if (tiles.Analog is not null || tiles.Prices.Priced.Any(t => tiles.Prices.Find(t)!.Scope == PriceScope.AllIn)) return null;
        // Few neurons a core spread the work; a small machine takes as many as fit.
        InvalidInputException? refused = null;
        foreach (int? most in new int?[] { trained.NeuronsPerCore, null })
        {
            TileLearningSession? session = null;
            ImageLearner learner;
            try
            {
                learner = trained.Learner(plan => session = Tiles.Load(
                    Tiles.Map(plan, tiles, new() { Learned = trained.LearnedIn(plan), Learning = true, NeuronsPerCore = most }), Evaluation.OnChip(trained.Evaluation.Cpu)));
            }
            catch (InvalidInputException error)
            {
                refused = error;
                continue;
            }
            using (learner) return Learning(tiles, learner, session!);
        }
        return new()
        {
            Machine = tiles.Name,
            Mode = EnergyMode.Learning,
            Network = NetworkOf(trained.Full),
            Accuracy = null,
            Scope = "none",
            Joules = null,
            Comparison = "no figure: the learning network is no run of this machine",
            Remarks = [$"learning does not fit: {refused!.Message}"],
        };
    }

    MachineEnergy Learning(TileMachine machine, ImageLearner learner, TileLearningSession session)
    {
        // At the end of learning rates have fallen to a tenth.
        const float Rate = 0.1f;
        int images = Math.Min(FewestImages, trained.Training.Count);
        var joules = new double[images];
        var pixels = new float[trained.Training.Images.ImageSize];
        var before = session.Tiles;
        using (var phase = context.Progress.Start($"Learning on {machine.Name}", images, "images"))
        {
            for (int image = 0; image < images; image++)
            {
                context.Cancellation.ThrowIfCancellationRequested();
                trained.Training.Read(image, pixels);
                learner.Learn(pixels, trained.Training.Label(image), ImagePipeline.FirstReplay + (ulong)image, Rate);
                var after = session.Tiles;
                joules[image] = EnergyReport.Of(after.Since(before), 1).Joules;
                before = after;
                phase.Advance();
            }
        }
        var report = EnergyReport.Of(session.Tiles, images);
        return Row(session.Tiles, report, joules) with
        {
            Mode = EnergyMode.Learning,
            Network = NetworkOf(trained.Full),
            Accuracy = asLearned ??= trained.Evaluation.Run("As learned", trained.Full, trained.Test).Accuracy,
            Comparison = $"compare it with rows of learning on a chip alone, and there in its order of magnitude: other networks and rules, measured; {Lacking(report)}",
            Remarks =
            [
                .. Few(images),
                string.Create(CultureInfo.InvariantCulture, $"a learned sample: {learner.Rule}, weights of 32 bits, nothing pruned; {images} images that it learned from before, shown again"),
                "modelled from published prices, not measured on the chip",
                $"not counted: {string.Join("; ", report.NotCounted)}",
            ],
        };
    }

    /// <summary>What the network is, as NeuroBench counts it, with the weights that are asked for.</summary>
    public NeuroBenchMetrics Metrics()
    {
        var classifier = trained.Compressed(Math.Max(2, trained.Bits));
        int images = Math.Min(FewestImages, trained.Test.Count);
        using var session = Cpu.Evaluate(classifier.Plan, trained.Evaluation.Cpu, classifier.Learned);
        trained.Show(classifier, session, images);
        // The layers' projections come first in the plan, and leave weights of zero out.
        long[] leftOut = [.. Enumerable.Range(0, classifier.Plan.Projections.Count).Select(classifier.LeftOut)];
        return NeuroBenchMetrics.Of(classifier.Plan, classifier.Learned, session.Activity, images, leftOut);
    }

    static string Lacking(EnergyReport report) => report.Unpriced.Count == 0
        ? "all of its events have a price"
        : $"ours is too low by what has no price here ({string.Join(", ", report.Unpriced.Select(u => u.Term))})";

    static string NameOf(IEnumerable<int> widths) => string.Join('-', widths.Select(n => n.ToString(CultureInfo.InvariantCulture)));

    static string NetworkOf(Classifier classifier) => NameOf(WidthsOf(classifier));

    static int[] WidthsOf(Classifier classifier) => [classifier.Input.Count, .. classifier.Layers.Select(l => l.Count)];

    MachineEnergy[] OnSystolic()
    {
        if (!trained.Full.IsDense)
        {
            return
            [
                new()
                {
                    Machine = Systolic,
                    Network = NetworkOf(trained.Full),
                    Accuracy = null,
                    Scope = "none",
                    Joules = null,
                    Comparison = "no figure, so nothing to compare: the baseline is made of dense layers, and this network has others",
                    Remarks = [],
                },
            ];
        }
        int[] widths = WidthsOf(trained.Full);
        if (widths[0] != trained.Test.Images.ImageSize)
            return [Dense(widths, null, ["the rate network has the same layers; images do not enter them one number a channel, so that it was not trained"])];
        var baseline = new RateBaseline(context, trained.Training, trained.Test);
        double wanted = trained.Evaluation.Run("The spiking network, for comparison", trained.Compressed(trained.Bits), trained.Test).Accuracy;
        string spiking = string.Create(CultureInfo.InvariantCulture, $"the spiking network with weights of {trained.Bits} bits reaches {wanted * 100:0.0#} %");
        double accuracy = baseline.Accuracy(widths);
        var same = Dense(widths, accuracy, [$"a rate network of the same layers, trained here by gradients on the same images; {spiking}"]);
        if (accuracy < wanted) return [same with { Remarks = [.. same.Remarks, "so it is the less accurate one here, and no baseline of equal accuracy"] }];
        // Hidden layers of half the width, again and again, as long as that is enough.
        (int[] Widths, double Accuracy)? smallest = null;
        for (var tried = Halved(widths); tried is not null; tried = Halved(tried))
        {
            double reached = baseline.Accuracy(tried);
            if (reached < wanted) break;
            smallest = (tried, reached);
        }
        return smallest is { } found
            ? [same, Dense(found.Widths, found.Accuracy, [$"the smallest rate network, by halves, that is as accurate as the spiking one; {spiking}"]) with { Machine = $"{Systolic}, as accurate" }]
            : [same];
    }

    static int[]? Halved(int[] widths) =>
        widths.Length > 2 && widths[1..^1].Any(w => w > 1) ? [widths[0], .. widths[1..^1].Select(w => Math.Max(1, w / 2)), widths[^1]] : null;

    static MachineEnergy Dense(int[] widths, double? accuracy, string[] remarks)
    {
        var layers = new List<MacLayer>();
        for (int i = 1; i < widths.Length; i++)
        {
            long weights = (long)widths[i - 1] * widths[i];
            layers.Add(new($"layer {i}", widths[i - 1], widths[i], weights, weights));
        }
        var dense = MacBaseline.Of(layers);
        return new()
        {
            Machine = Systolic,
            Network = NameOf(widths),
            Accuracy = accuracy,
            Scope = "per term; arithmetic and memory of an int8 array",
            Joules = new(dense.Joules, dense.Joules, dense.Joules, 1),
            Band = (dense.Joules, dense.MostJoules),
            DynamicJoules = dense.Joules,
            Parts = [.. dense.Terms.Select(t => (t.Name, t.Joules))],
            Comparison = "compare it with events alone, without static power, which it does not hold; the published rows are chips, this is arithmetic and memory of an array on paper",
            Remarks =
            [
                .. remarks,
                .. accuracy is null ? Array.Empty<string>() : ["its weights are rounded to 8 bits after training; its activations are judged in single precision and priced as 8 bits"],
                $"not counted: {string.Join("; ", MacBaseline.NotCounted)}",
            ],
        };
    }

    MachineEnergy OnTiles(TileMachine machine)
    {
        int bits = Math.Min(trained.Bits, machine.WeightBits);
        var classifier = trained.Compressed(Math.Max(bits, 2));
        if (mappingFile is not null) return Placed(machine, classifier, Mapping.Load(mappingFile, classifier.Plan, machine, classifier.Learned));
        // Few neurons a core spread the work; a small machine takes as many as fit.
        InvalidInputException? refused = null;
        foreach (int? most in new int?[] { trained.NeuronsPerCore, null })
        {
            try
            {
                return Placed(machine, classifier, Tiles.Map(classifier.Plan, machine, new() { Learned = classifier.Learned, NeuronsPerCore = most }));
            }
            catch (InvalidInputException error)
            {
                refused = error;
            }
        }
        return Unplaced(machine, trained.Compressed(trained.Bits), refused!.Message);
    }

    MachineEnergy Placed(TileMachine machine, Classifier classifier, Mapping mapping)
    {
        var analog = machine.Analog is null ? null : new AnalogReads(AnalogAge, context.Seed);
        var (verdict, activity, report, joules) = trained.Evaluation.Run($"On {machine.Name}", classifier, mapping, trained.Test, analog, priceEach: true);
        return Row(activity, report, joules) with
        {
            Network = NetworkOf(classifier),
            Accuracy = verdict.Accuracy,
            Remarks =
            [
                .. Few(trained.Test.Count),
                .. trained.IsLoaded ? [Weights(Math.Min(trained.Bits, machine.WeightBits))] : Array.Empty<string>(),
                "modelled from published prices, not measured on the chip",
                .. analog is null ? Array.Empty<string>() : [Noisy(classifier)],
                $"not counted: {string.Join("; ", report.NotCounted)}",
            ],
        };
    }

    string Weights(int bits) => trained.IsCompressed
        ? string.Create(CultureInfo.InvariantCulture, $"weights as the model file has them, {trained.Bits} bits")
        : string.Create(CultureInfo.InvariantCulture, $"weights of the model file, {trained.Sparsity * 100:0.##} % of them pruned, rounded to {bits} bits");

    string Noisy(Classifier classifier) => string.Create(CultureInfo.InvariantCulture,
        $"its arrays were programmed with noise, drifted for an hour, and are read in each step with noise of its own; with weights as they were meant {Silent(classifier) * 100:0.0#} % are right");

    double Silent(Classifier classifier) => trained.Evaluation.Run("Without the arrays' noise", classifier, trained.Test).Accuracy;

    // What rows of inference and of learning have in common.
    MachineEnergy Row(TileActivity activity, EnergyReport report, double[] joules)
    {
        bool allIn = report.Scope == PriceScope.AllIn;
        bool hasStatic = report.Machine.Prices.Find(TileTerm.Static) is not null;
        return new()
        {
            Machine = report.Machine.Name,
            Network = "",
            Accuracy = null,
            Scope = allIn ? "all-in" : hasStatic ? "per term, static power included" : "per term, without static power",
            Joules = BootstrapInterval.Of(joules, context.Seed),
            Band = report.Band,
            DynamicJoules = allIn ? null : report.DynamicJoules,
            Parts = [.. report.Terms.GroupBy(t => t.Part).Select(g => (g.Key.ToString(), g.Sum(t => t.Joules)))],
            LatencySeconds = report.LatencySeconds,
            Load = MachineLoad.Of(activity),
            Unpriced = [.. report.Unpriced.Select(u => $"{u.Term} ({u.Reason})")],
            Comparison = hasStatic
                ? $"compare it with a published row in its order of magnitude alone: other networks, measured; this one is modelled, and {Lacking(report)}"
                : $"not comparable with a published row nor with a machine whose static power is priced: {Lacking(report)}",
            Remarks = [],
        };
    }

    // A network that does not fit still makes spikes, and a price for a synapse that one reaches needs no placement.
    MachineEnergy Unplaced(TileMachine machine, Classifier classifier, string refused)
    {
        int images = trained.Test.Count;
        var price = machine.Prices.Find(TileTerm.SynapticOperation);
        var joules = new double[images];
        var answers = new int[images];
        using var session = Cpu.Evaluate(classifier.Plan, trained.Evaluation.Cpu, classifier.Learned);
        var show = new Shown(classifier, trained.Test, session);
        using (var phase = context.Progress.Start($"For {machine.Name}, unplaced", images, "images"))
        {
            for (int image = 0; image < images; image++)
            {
                context.Cancellation.ThrowIfCancellationRequested();
                answers[image] = show.Next(image);
                joules[image] = show.Operations() * (price?.InBaseUnits ?? 0);
                phase.Advance();
            }
        }
        bool allIn = price?.Scope == PriceScope.AllIn;
        return new()
        {
            Machine = machine.Name,
            Network = NetworkOf(classifier),
            Accuracy = Accuracy(answers),
            Scope = allIn ? "all-in, times synaptic operations" : "synaptic operations alone",
            Joules = price is null ? null : BootstrapInterval.Of(joules, context.Seed),
            Band = price is null ? null : (joules.Average() * price.Least / price.Value, joules.Average() * price.Most / price.Value),
            Unpriced = allIn ? [] : [.. machine.Prices.Unpriced.Select(u => $"{u.Term} ({u.Reason})")],
            Comparison = "not comparable with any other row: the network does not fit, so this is a product of its synaptic operations and a price, and no run of the machine",
            Remarks =
            [
                .. Few(images),
                $"does not fit: {refused}",
                string.Create(CultureInfo.InvariantCulture, $"so the figure is no run of the machine: synaptic operations of the network with weights of {trained.Bits} bits, times the price of one"),
            ],
        };
    }

    static IEnumerable<string> Few(int images) =>
        images < FewestImages ? [string.Create(CultureInfo.InvariantCulture, $"only {images} images; the interval wants at least {FewestImages}")] : [];

    double Accuracy(int[] answers) => answers.Where((answer, image) => answer == trained.Test.Label(image)).Count() / (double)answers.Length;

    /// <summary>Shows images to a session one after another, and reads what each made.</summary>
    sealed class Shown(Classifier classifier, PreparedImages test, Session session)
    {
        readonly Population[] sources = [classifier.Input, .. classifier.Layers];
        readonly long[][] before = [.. new[] { classifier.Input }.Concat(classifier.Layers).Select(p => new long[p.Count])];
        readonly long[][] after = [.. new[] { classifier.Input }.Concat(classifier.Layers).Select(p => new long[p.Count])];
        readonly float[] pixels = new float[test.Images.ImageSize];

        public int Next(int image)
        {
            for (int s = 0; s < sources.Length; s++) session.ReadSpikeCounts(sources[s], before[s]);
            test.Read(image, pixels);
            classifier.Show(session, pixels, (ulong)image);
            for (int s = 0; s < sources.Length; s++) session.ReadSpikeCounts(sources[s], after[s]);
            return classifier.Answer(session, [.. after[^1].Zip(before[^1], (a, b) => (int)(a - b))]);
        }

        /// <summary>Weights that are not zero and that spikes of the last image reached.</summary>
        public double Operations()
        {
            double operations = 0;
            for (int layer = 0; layer < classifier.Weights.Count; layer++)
            {
                var weights = classifier.Weights[layer];
                int targets = classifier.Layers[layer].Count;
                for (int source = 0; source < sources[layer].Count; source++)
                {
                    long spikes = after[layer][source] - before[layer][source];
                    if (spikes == 0) continue;
                    int reached = 0;
                    foreach (float weight in weights.AsSpan(source * targets, targets)) reached += weight == 0 ? 0 : 1;
                    operations += spikes * (double)reached;
                }
            }
            return operations;
        }
    }
}
