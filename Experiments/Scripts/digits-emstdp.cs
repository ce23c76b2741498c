#:project ../Lepton.Neuro.Experiments.csproj

var hidden = new WholeNumberSetting("hidden", "Neurons of the hidden layer", 100, 1, 10_000, "neurons");
var images = new WholeNumberSetting("images", "Training images", 10_000, 10, 1_000_000, "images");
var phase = new WholeNumberSetting("phase", "Steps that an image is shown, twice while learning", 32, 4, 1024, "steps");
var feedback = new ChoiceSetting("feedback", "The weights by which errors go back", "symmetric", "symmetric", "random", "direct");

return Script.Run("digits-emstdp", "How well do errors that go back as spikes teach a network to read digits?", args, [hidden, images, phase, feedback], run =>
{
    var net = new Network(run.Seed);
    var rule = new ErrorModulated { Rate = 0.002f, PhaseLength = run.Get(phase) };
    var neuron = new IntegrateAndFire { Reset = ResetMode.ToZero, Floor = -4 };
    var retina = net.Add("retina", 784, new DeterministicRate());
    var middle = net.Add("hidden", run.Get(hidden), neuron);
    var output = net.Add("output", 10, neuron);
    var first = net.Connect(retina, middle, Wiring.AllToAll, Weight.Uniform(-0.05, 0.05), rule: rule);
    var second = net.Connect(middle, output, Wiring.AllToAll, Weight.Uniform(-0.35, 0.35), rule: rule);
    var errors = ErrorPath.Attach(net, [first, second], new() { Feedback = Enum.Parse<Feedback>(run.Get(feedback), ignoreCase: true) });

    var data = Glyphs.Generate(run.Seed, run.Get(images), 1000);
    using var session = run.Load(net.Compile(1.ms));
    List<double> seen = [], accuracy = [], right = [];   // What is given to Each is there again in a run that goes on.
    foreach (int i in run.Each([.. Enumerable.Range(0, data.Train.Count)], "images", seen, accuracy, right))
    {
        float rate = 1 - (0.9f * i / data.Train.Count);
        right.Add(errors.Train(session, data.Train.Signal(i), data.Train.Label(i), (1UL << 32) + (ulong)i, rate) == data.Train.Label(i) ? 1 : 0);
        if ((i + 1) % Math.Max(1, data.Train.Count / 50) != 0) continue;
        seen.Add(i + 1);
        accuracy.Add(right.Average());
        right.Clear();
    }
    double tested = Enumerable.Range(0, data.Test.Count).Count(i => errors.Predict(session, data.Test.Signal(i), (ulong)i) == data.Test.Label(i)) / (double)data.Test.Count;
    run.Show("A point is the accuracy on images that were then learned from.", LineChart.Of("Learning", new("Images"), new("Accuracy", IsShare: true), new LineSeries("as they come", seen, accuracy)));
    run.Found("accuracy", tested);
    return $"With {run.Get(feedback)} feedback, {run.Get(hidden)} hidden neurons name {tested:P1} of {data.Test.Count} digits that they have never seen.";
});
