#:project ../Lepton.Neuro.Experiments.csproj

var hidden = new WholeNumberSetting("hidden", "Neurons of the hidden layer", 50, 1, 1000, "neurons");
var images = new WholeNumberSetting("images", "Training images", 4000, 10, 1_000_000, "images");
var machine = new ChoiceSetting("machine", "The tile machine", "loihi", [.. TileMachine.Presets]);

return Script.Run("compress-map", "How few bits can a weight have, and how many weights can go, before a network on a tile machine forgets?", args, [hidden, images, machine], run =>
{
    int[] bits = [2, 3, 4, 6, 8];
    double[] sparsities = [0, 0.5, 0.9];
    var series = new List<LineSeries>();
    var (best, smallest) = (0.0, double.PositiveInfinity);
    var all = sparsities.SelectMany(s => bits.Select(b => (Sparsity: s, Bits: b))).ToArray();
    var found = run.Each(all, "networks").Select(c => run.Run("digits", run.Seed, epochs: 1,
        ("hidden", run.Get(hidden)), ("train-images", run.Get(images)), ("test-images", 500), ("bits", c.Bits), ("sparsity", c.Sparsity), ("machine", run.Get(machine)))).ToArray();
    foreach (double sparsity in sparsities)
    {
        double[] accuracy = [.. found.Where((_, i) => all[i].Sparsity == sparsity).Select(r => r.Accuracy.Mapped ?? 0)];
        series.Add(new($"{sparsity:P0} pruned", [.. bits.Select(b => (double)b)], accuracy));
    }
    best = found.Max(r => r.Accuracy.Mapped ?? 0);
    // The smallest network that loses at most a point in a hundred.
    smallest = found.Where(r => r.Accuracy.Mapped >= best - 0.01).Min(r => r.Extra["weightMemoryBytes"].Number ?? double.NaN);
    run.Show($"Accuracy on {run.Get(machine)}, spike by spike, after pruning and quantization.", LineChart.Of("Bits, pruning, accuracy", new("Bits of a weight", "bits"), new("Accuracy", IsShare: true), series));
    run.Found("bestAccuracy", best);
    run.Found("smallestMemoryBytes", smallest);
    return $"The best network is right for {best:P1}; within a point of it is one whose weights take {smallest:N0} bytes.";
});
