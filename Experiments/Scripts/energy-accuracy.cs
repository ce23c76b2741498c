#:project ../Lepton.Neuro.Experiments.csproj

var images = new WholeNumberSetting("images", "Training images", 4000, 10, 1_000_000, "images");
var smallest = new WholeNumberSetting("smallest", "Hidden neurons of the smallest network", 10, 1, 1000, "neurons");
var sizes = new WholeNumberSetting("sizes", "How many sizes, each twice the one before", 5, 1, 10);

return Script.Run("energy-accuracy", "What does another percent of accuracy cost in energy?", args, [images, smallest, sizes], run =>
{
    int[] hidden = [.. Enumerable.Range(0, run.Get(sizes)).Select(i => run.Get(smallest) << i)];
    var rules = new[] { "emstdp", "stdp" };
    var networks = rules.SelectMany(rule => hidden.Select(size => (Rule: rule, Size: size))).ToArray();
    var found = run.Each(networks, "networks").Select(n => run.Run("digits", run.Seed, epochs: 1,
        [("rule", n.Rule), ("hidden", n.Size), ("train-images", run.Get(images)), ("test-images", 500), .. n.Rule == "stdp" ? [("image-time", 100)] : Array.Empty<(string, object)>()])).ToArray();
    var series = rules.Select(rule =>
    {
        var of = found.Where((_, i) => networks[i].Rule == rule).OrderBy(r => r.PerInference.EnergyJoules).ToArray();
        return new LineSeries(rule, [.. of.Select(r => r.PerInference.EnergyJoules!.Value * 1e6)], [.. of.Select(r => r.Accuracy.Mapped!.Value)]);
    }).ToArray();
    run.Show("A point is a network on the tile machine; to the left and above is better.",
        LineChart.Of("Energy against accuracy", new("Energy of an answer", "µJ", IsLogarithmic: true), new("Accuracy", IsShare: true), series));
    var best = found.MaxBy(r => r.Accuracy.Mapped)!;
    run.Found("bestAccuracy", best.Accuracy.Mapped!.Value);
    run.Found("energyOfBestJoules", best.PerInference.EnergyJoules!.Value);
    return $"The best of {networks.Length} networks is right for {best.Accuracy.Mapped:P1} and takes {best.PerInference.EnergyJoules * 1e6:F1} µJ an answer.";
});
