#:project ../Lepton.Neuro.Experiments.csproj

var trials = new WholeNumberSetting("trials", "Trials, two seconds each", 300, 1, 100_000, "trials");
var inputs = new WholeNumberSetting("inputs", "Inputs that do not matter", 20, 1, 1000, "neurons");
var delay = new WholeNumberSetting("reward-delay", "How long a reward waits", 500, 0, 1900, "ms");

return Script.Run("reward", "Does a neuron find out which of its inputs brings reward, when reward comes late?", args, [trials, inputs, delay], run =>
{
    var net = new Network(run.Seed);
    var noise = net.Add("noise", run.Get(inputs), new PoissonSource(1.Hz));
    var cue = net.Add("cue", 1, new SpikeSource([.. Enumerable.Range(0, run.Get(trials)).Select(t => (((t * 2000) + 50).ms, 0))]));
    var neuron = net.Add("neuron", 1, new Lif { Capacitance = 10.pF, TauSynapse = 2.ms });
    var rule = new RewardStdp { Maximum = 60 };
    var ofNoise = net.Connect(noise, neuron, Wiring.AllToAll, 20, rule: rule, modulator: Modulator.Global());
    var ofCue = net.Connect(cue, neuron, Wiring.AllToAll, 20, rule: rule, modulator: Modulator.Global());
    net.Drive(neuron, 150.Hz, 25);
    using var session = run.Load(net.Compile(1.ms));
    var heard = SpikeLog.Of(session, neuron);
    List<double> x = [], cueWeight = [], noiseWeight = [];
    foreach (int trial in run.Each([.. Enumerable.Range(1, run.Get(trials))], "trials", x, cueWeight, noiseWeight))
    {
        heard.Clear();
        session.Advance(65.ms);
        bool rewarded = heard.Times(neuron, 0).Any(t => t >= 50.ms);   // The cue comes at 50 ms: what counts is a spike soon after.
        session.Advance(run.Get(delay).ms);
        foreach (var synapses in new[] { ofNoise, ofCue }) session.SetModulator(synapses, rewarded ? 0.01f : 0);
        session.Advance(1);
        foreach (var synapses in new[] { ofNoise, ofCue }) session.SetModulator(synapses, 0);
        session.Advance((1934 - run.Get(delay)).ms);
        session.Update();
        x.Add(trial);
        cueWeight.Add(session.Weights(ofCue)[0]);
        noiseWeight.Add(session.Weights(ofNoise).Average());
    }
    run.Show("The cue's synapse parts from the others.", LineChart.Of("Weights", new("Trial"), new("Weight", "pA"),
        new LineSeries("cue", x, cueWeight), new LineSeries("others, mean", x, noiseWeight)));
    run.Found("weightOfCue", cueWeight[^1]);
    run.Found("weightOfOthers", noiseWeight[^1]);
    return $"After {x.Count} trials the cue's synapse is at {cueWeight[^1]:F1} pA, the others are at {noiseWeight[^1]:F1} pA on average.";
});
