#:project ../Lepton.Neuro.Experiments.csproj

var neurons = new WholeNumberSetting("neurons", "Neurons that learn", 100, 1, 6400, "neurons");
var images = new WholeNumberSetting("images", "Training images", 5000, 10, 1_000_000, "images");
var rate = new NumberSetting("rate", "What a spike adds to a weight at most", 0.01, 0, 1);

return Script.Run("digits-stdp", "How well do neurons that inhibit each other learn digits without labels?", args, [neurons, images, rate], run =>
{
    int count = run.Get(neurons);
    var net = new Network(run.Seed);
    var retina = net.Add("retina", 784, new PoissonRate(63.75.Hz));
    var cells = net.Add("cells", count, new AdaptiveLif
    {
        TauMembrane = 100.ms, TauSynapse = 1.ms, TauInhibitory = 4.ms, Capacitance = 1.pF, Rest = -65.mV, Reset = -65.mV, Threshold = -52.mV,
        Refractory = 5.ms, Homeostatic = true, Increment = 0.1.mV, TauThreshold = 1e7.ms, Floor = -100.mV,
    });
    var learned = net.Connect(retina, cells, Wiring.AllToAll, Weight.Uniform(0, 0.3),
        rule: new PairStdp { Potentiation = (float)run.Get(rate), Depression = (float)run.Get(rate) / 100, Pairing = SpikePairing.Nearest });
    net.Connect(cells, cells, Wiring.Probability(1, allowSelf: false), -120, receptor: "inhibitory");

    var data = Glyphs.Generate(run.Seed, run.Get(images), 1000);
    using var session = run.Load(net.Compile(1.ms));
    foreach (int i in run.Each([.. Enumerable.Range(0, data.Train.Count)], "images"))
    {
        session.Normalize(learned, 78.4f);
        session.Show(retina, data.Train.Signal(i, ink: 100), 250.ms, (ulong)i);
    }
    // What the neurons stand for is read off a part of the training images, with learning off.
    var votes = new ClassVotes(count, 10);
    using var judge = Cpu.Evaluate(session.Network, null, session.Learned);
    foreach (int i in Enumerable.Range(0, Math.Min(1000, data.Train.Count))) votes.Add(data.Train.Label(i), judge.Show(retina, data.Train.Signal(i, ink: 100), 250.ms, (ulong)i, cells));
    int right = Enumerable.Range(0, data.Test.Count).Count(i => votes.Answer(judge.Show(retina, data.Test.Signal(i, ink: 100), 250.ms, (1UL << 32) + (ulong)i, cells)) == data.Test.Label(i));
    run.Show("An image is a neuron: the stronger a pixel's colour, the more the neuron waits for it.", ReceptiveFields.Of("What the neurons look for", session.Weights(learned), count, 28, 28));
    run.Found("accuracy", right / (double)data.Test.Count);
    return $"{count} neurons name {right / (double)data.Test.Count:P1} of {data.Test.Count} digits that they have never seen.";
});
