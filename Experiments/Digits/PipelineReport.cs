using System.Globalization;
using Lepton.Neuro.Backends;
using Lepton.Neuro.Experiments.Plots;
using Lepton.Neuro.Experiments.Reporting;

namespace Lepton.Neuro.Experiments.Digits;

/// <summary>The pictures of <see cref="ImagePipeline"/>.</summary>
internal static class PipelineReport
{
    /// <summary>Fills a page.</summary>
    /// <param name="page">The page.</param>
    /// <param name="outcome">What was found.</param>
    /// <param name="cpu">How the session runs that one image is shown to.</param>
    public static void Fill(ReportPage page, Outcome outcome, CpuOptions cpu)
    {
        page.Summary = Summarise(outcome);
        AddImage(page, outcome, cpu);
        AddLearning(page, outcome);
        AddConfusion(page, outcome);
        AddWeights(page, outcome);
        AddTiles(page, outcome);
        AddEnergy(page, outcome);
    }

    static string Summarise(Outcome o) => string.Create(CultureInfo.InvariantCulture,
        $"A spiking network that learned from {o.Training.Count:N0} images of {o.Data.Name} by {o.Rule} names {o.Mapped.Accuracy * 100:0.00} % of {o.Test.Count:N0} test images on {o.Activity.Mapping.Machine.Name}, "
        + $"with {Quantity.WithPrefix(o.Energy.Joules, "J")} and {Quantity.WithPrefix(o.Energy.LatencySeconds, "s")} an image; an equivalent int8 network on a multiply-accumulate machine would take {Quantity.WithPrefix(o.Dense.Joules, "J")}.");

    static void AddImage(ReportPage page, Outcome outcome, CpuOptions cpu)
    {
        var (classifier, test) = (outcome.Classifier, outcome.Test);
        using var session = Cpu.Evaluate(classifier.Plan, cpu, classifier.Learned);
        var input = session.Record(classifier.Input, new SpikeRecorder());
        var layers = classifier.Layers.Select(l => (Population: l, Spikes: session.Record(l, new SpikeRecorder()))).ToArray();
        var pixels = new float[test.Images.ImageSize];
        test.Read(0, pixels);
        classifier.Show(session, pixels, 0);
        double duration = classifier.Steps * classifier.Plan.Step.Milliseconds;
        string shown = test.Images.ClassNames[test.Label(0)], answered = test.Images.ClassNames[outcome.Compressed.Answers[0]];
        page.AddSection("One image",
            "Each point is a spike. The brighter a pixel, the more often its channel of the input fires; rows of the input's raster are pixels, from the top left of the image. "
            + $"The first test image is shown: a {shown}, taken for a {answered}.",
            ImageGrid.OfGrey("What is shown", [new(shown, test.Images.Channels == 1 ? pixels : EventMovies.Flatten(pixels, test.Images.Height * test.Images.Width))], test.Images.Height, test.Images.Width).Half(),
            SpikeRaster.Of("What the input fires", [Raster(classifier.Input, input, classifier)], duration).Half(),
            SpikeRaster.Of("What the neurons fire", [.. layers.Select(l => Raster(l.Population, l.Spikes, classifier))], duration));
    }

    static RasterPopulation Raster(Population population, SpikeRecorder recorder, Classifier classifier) => new(
        population.Name,
        population.Count,
        recorder.Spikes.Select(s => (float)(s.Step * classifier.Plan.Step.Milliseconds)).ToArray(),
        recorder.Spikes.Select(s => s.Neuron).ToArray());

    static void AddLearning(ReportPage page, Outcome outcome)
    {
        var curve = outcome.Curve;
        if (curve.Seen.Count == 0) return;
        page.AddSection("Learning",
            "Each training image is judged before the network learns from it, so a point is the accuracy on images not yet seen in this epoch. The dashed line is the accuracy on the test images after learning.",
            LineChart.Of("Accuracy while learning", new("Training images shown"), new("Accuracy", IsShare: true),
                new LineSeries("Training images, as they come", curve.Seen, curve.Accuracy),
                new LineSeries("Test images, at the end", [curve.Seen[0], curve.Seen[^1]], [outcome.Full.Accuracy, outcome.Full.Accuracy], IsDashed: true)));
    }

    static void AddConfusion(ReportPage page, Outcome outcome) => page.AddSection("Which are mistaken for which",
        "Rows are what was shown, columns what the network on the machine answered. The diagonal is right.",
        ConfusionMatrix.Of("Test images", outcome.Test.Images.ClassNames, outcome.Mapped.Confusion(outcome.Test)));

    static void AddWeights(ReportPage page, Outcome outcome)
    {
        var (classifier, images) = (outcome.Classifier, outcome.Test.Images);
        if (images.Channels != 1) return;
        const int Most = 100;
        int neurons = classifier.Layers[0].Count, shown = Math.Min(neurons, Most);
        SmallImage Of(float[] weights, int neuron) => new("", Enumerable.Range(0, images.ImageSize).Select(pixel => weights[(pixel * neurons) + neuron]).ToArray());
        page.AddSection("What the neurons look for",
            $"An image is a neuron of the first layer{(shown < neurons ? $" (the first {shown} of {neurons})" : "")}: a pixel's colour is the weight of its synapse. Pruned synapses have the weight zero.",
            ImageGrid.OfWeights("Weights as learned", [.. Enumerable.Range(0, shown).Select(n => Of(outcome.FullWeights[0], n))], images.Height, images.Width),
            ImageGrid.OfWeights("Weights after pruning and quantization", [.. Enumerable.Range(0, shown).Select(n => Of(classifier.Weights[0], n))], images.Height, images.Width));
    }

    static void AddTiles(ReportPage page, Outcome outcome)
    {
        var map = MachineMap.Of(outcome.Activity);
        var mapping = outcome.Activity.Mapping;
        var labels = new string[map.Machine.Rows, map.Machine.Columns];
        foreach (var tile in map.Tiles)
            labels[tile.Row, tile.Column] = tile.Cores.Count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{tile.Cores.Count} cores\n{tile.Neurons} neurons");
        double images = outcome.Test.Count;
        page.AddSection("On the machine",
            string.Create(CultureInfo.InvariantCulture, $"Each field is a tile of {map.Machine.CoresPerTile} {(map.Machine.CoresPerTile == 1 ? "core" : "cores")}; pale ones are not used. {mapping.CoresUsed} of {map.Machine.Cores} cores are in use, and images enter at column {map.Machine.InputColumn}, row {map.Machine.InputRow}. ")
            + "The fill is that of the fullest limit (neurons, synapse memory, axons) of the fullest core.",
            TileMap.Of("How full the tiles are", new("Fill", IsShare: true), map.Grid(t => t.Cores.Count == 0 ? 0 : t.Cores.Max(c => c.Load.Fill)), labels).Half(),
            TileMap.Of("What the tiles do for an image", new("Synaptic operations"), map.Grid(t => t.Cores.Count == 0 ? 0 : t.Cores.Sum(c => c.Activity.SynapticOperations) / images)).Half());
    }

    static void AddEnergy(ReportPage page, Outcome outcome)
    {
        var (energy, dense, pruned) = (outcome.Energy, outcome.Dense, outcome.Pruned);
        static double Arithmetic(MacBaseline b) => b.Terms.Take(2).Sum(t => t.Joules);
        static double Memory(MacBaseline b) => b.Terms.Skip(2).Sum(t => t.Joules);
        (string Name, double Joules)[] parts = [("Neurons", energy.Neurons), ("Synapses", energy.Synapses), ("Network", energy.Network), ("Learning", energy.Learning), ("Input", energy.Input), ("Static", energy.Static)];
        var bars = StackedBars.Of("Spiking beside conventional", new("Energy per inference", "J"), ["Spiking", "Conventional", "Conventional, zeros skipped"],
            [.. parts.Where(p => p.Joules > 0).Select(p => new BarPart(p.Name, [p.Joules, double.NaN, double.NaN])),
            new BarPart("Arithmetic", [double.NaN, Arithmetic(dense), Arithmetic(pruned)]),
            new BarPart("Memory", [double.NaN, Memory(dense), Memory(pruned)])]);
        var terms = new ReportTable("The spiking network, term by term", ["Part", "Term", "Count", "Price", "Energy", "Evidence and source"],
        [
            .. energy.Terms.Select(t => (IReadOnlyList<string>)[t.Part.ToString(), t.Term.ToString(), Count(t), $"{Quantity.Digits(t.Price.Value)} {t.Price.Unit}", Quantity.WithPrefix(t.Joules, "J"), $"{t.Price.Evidence}: {t.Price.Source}"]),
            .. energy.Unpriced.Select(t => (IReadOnlyList<string>)[Quantity.Missing, t.Term.ToString(), Quantity.Count(t.Count), Quantity.Missing, Quantity.Missing, t.Reason]),
        ]);
        var mac = new ReportTable($"The conventional network ({dense.Machine.Name}), term by term", ["Term", "Count", "Energy", "Count, zeros skipped", "Energy, zeros skipped", "Source"],
        [
            .. dense.Terms.Zip(pruned.Terms, (d, p) => (IReadOnlyList<string>)[d.Name, Quantity.Count(d.Count), Quantity.WithPrefix(d.Joules, "J"), Quantity.Count(p.Count), Quantity.WithPrefix(p.Joules, "J"), d.Price.Source]),
        ]);
        page.ShowsEnergy = true;
        page.AddSection("What an inference costs, and what is counted",
            "A bar is the mean energy of one inference on the test set; its colours are what the energy is spent on. Static power is the whole machine's, for as long as an inference takes. The conventional network has the same layers with int8 weights and activations; "
            + "its memory traffic is priced, its static power is not, for no published figure fits: compare its bar with the other parts first.",
            bars, terms, mac,
            new ReportText($"Not counted for the spiking network: {List(energy.NotCounted)}. Not counted for the conventional one: {List(MacBaseline.NotCounted)}."),
            new ReportText($"Taken for granted: {List(energy.Assumptions)}."),
            new ReportText(string.Create(CultureInfo.InvariantCulture,
                $"If only neurons that fire were updated at the full price, neurons would take {Quantity.WithPrefix(energy.InactiveSaving, "J")} less. An inference takes {Quantity.WithPrefix(energy.LatencySeconds, "s")}, each step timed from its own spikes, with the waiting of packets on links.")));
    }

    static string Count(EnergyTerm term) => term.Term == TileTerm.Static ? Quantity.WithPrefix(term.Count, "s") : Quantity.Count(term.Count);

    static string List(IEnumerable<string> sentences) => string.Join("; ", sentences);
}
